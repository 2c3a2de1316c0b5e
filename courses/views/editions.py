"""Editions: making one, its people, its calendar, its trainees."""

from datetime import datetime, time

from flask import Blueprint, flash, redirect, render_template, request, url_for

from courses import calendar, curriculum, enrolments, planning, policy
from courses.calendar import EDITION_FLOW, Part, SessionState
from lms import clock, drafts, forms
from lms.accounts import Grant
from lms.guard import allow, me
from lms.i18n import clock_time, gettext, lazy, ngettext
from lms.permissions import Role, allowed, can

bp = Blueprint("editions", __name__)

MORNING, AFTERNOON = time(9), time(14)
BEGINS = {"morning": [MORNING], "afternoon": [AFTERNOON], "day": [MORNING, AFTERNOON]}
WEEKDAYS = [
    ("0", lazy("Monday")),
    ("1", lazy("Tuesday")),
    ("2", lazy("Wednesday")),
    ("3", lazy("Thursday")),
    ("4", lazy("Friday")),
    ("5", lazy("Saturday")),
]


class EditionForm(forms.Form):
    version = forms.RowField(
        lazy("Course"),
        policy.MAKE_EDITION,
        within=curriculum.is_published,
        say=lambda v: f"{v.title}, {v.number}",
    )
    code = forms.Words(lazy("Code"), most=40)
    name = forms.Words(lazy("Name"))
    starts_on = forms.Day(lazy("From"))
    ends_on = forms.Day(lazy("To"))
    room = forms.Words(lazy("Room"), required=False)
    total_percent = forms.Number(lazy("Least hours in all, in percent"), 1, 100)
    module_percent = forms.Number(lazy("Least hours of each module, in percent"), 0, 100)


def holder(label, role):
    return forms.RowField(
        label, policy.APPOINT, within=lambda: Grant.role == role, say=lambda g: g.person.name
    )


class TrainerForm(forms.Form):
    trainer = holder(lazy("Trainer"), Role.TRAINER)


class CoordinatorForm(forms.Form):
    coordinator = holder(lazy("Coordinator"), Role.COORDINATOR)


class ProposalForm(forms.Form):
    starts_on = forms.Day(lazy("First day"))
    weekdays = forms.Choices(lazy("Weekdays"), WEEKDAYS)
    begins = forms.Choice(
        lazy("When in the day"),
        [
            ("morning", lazy("Mornings, from 9:00")),
            ("afternoon", lazy("Afternoons, from 14:00")),
            ("day", lazy("Both")),
        ],
        radio=True,
    )
    room = forms.Words(lazy("Room"))


class SessionForm(forms.Form):
    on = forms.Day(lazy("Day"))
    at = forms.Clock(lazy("From"))
    room = forms.Words(lazy("Room"))
    trainer = holder(lazy("Trainer"), Role.TRAINER)
    version = forms.Version()


class ReasonForm(forms.Form):
    reason = forms.Words(lazy("Why"), most=400)


class TraineeForm(forms.Form):
    name = forms.Words(lazy("First name and family name"))
    mail = forms.Words(lazy("Mail"))


class ListForm(forms.Form):
    file = forms.Attachment(lazy("List of trainees (CSV)"))


class LeavingForm(forms.Form):
    on = forms.Day(lazy("Last day"))
    reason = forms.Words(lazy("Why"), most=400)


def page(template, form=None, status=200, **shown):
    found = render_template(f"courses/editions/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else status


def to(edition, where="editions.show"):
    return redirect(url_for(where, edition=edition.id), 303)


# Editions


@bp.get("/editions")
@allow(policy.READ_EDITION)
def index():
    rows = calendar.editions(allowed(me(), policy.READ_EDITION))
    return page("index", rows=rows, may_make=policy.MAKE_EDITION.held_by(me()))


@bp.get("/editions/new")
@allow(policy.MAKE_EDITION)
def new():
    return page("new", EditionForm(total_percent=75, module_percent=50))


@bp.post("/editions/new")
@allow(policy.MAKE_EDITION)
def make():
    form = EditionForm()
    edition = form.validate() and form.attempt(
        calendar.make_edition, form.version.data, **form.facts("version"), by=me()
    )
    if not edition:
        return page("new", form)
    flash(gettext("The edition is made. Now its people, then its calendar."))
    return to(edition)


@bp.get("/editions/<uuid:edition>")
@allow(policy.READ_EDITION, "edition")
def show(edition):
    return overview(edition)


def doors(edition):
    """The other pages about an edition that the person may open."""
    found = [
        (policy.READ_EDITION_HOURS, gettext("Hours"), "hours.edition", "sum"),
        (policy.READ_CERTIFICATION, gettext("Certification"), "certification.edition", "star"),
        (policy.CERTIFY_HOURS, gettext("Certify hours"), "hours.certify", "pen"),
    ]
    return [
        (label, url_for(endpoint, edition=edition.id), icon)
        for permission, label, endpoint, icon in found
        if permission.held_by(me())
    ]


def overview(edition, **given):
    plans = can(me(), policy.PLAN_EDITION, edition)
    return page(
        "show",
        given.get("trainer_form") or given.get("coordinator_form"),
        edition=edition,
        people=calendar.people_of(edition.id),
        sessions=calendar.sessions(edition.id),
        trainees=enrolments.of_edition(edition.id) if plans else [],
        today=clock.today(),
        plans=plans,
        moves=EDITION_FLOW.open_to(edition.state),
        doors=doors(edition) if plans else [],
        trainer_form=plans and (given.get("trainer_form") or TrainerForm()),
        coordinator_form=plans and (given.get("coordinator_form") or CoordinatorForm()),
    )


@bp.post("/editions/<uuid:edition>/trainers")
@allow(policy.PLAN_EDITION, "edition")
def add_trainer(edition):
    form = TrainerForm()
    if not form.validate():
        return overview(edition, trainer_form=form)
    person = form.trainer.data.person
    calendar.appoint(edition, person, Part.TRAINER, by=me())
    flash(gettext("%(name)s teaches in this edition.", name=person.name))
    return to(edition)


@bp.post("/editions/<uuid:edition>/coordinators")
@allow(policy.PLAN_EDITION, "edition")
def add_coordinator(edition):
    form = CoordinatorForm()
    if not form.validate():
        return overview(edition, coordinator_form=form)
    person = form.coordinator.data.person
    calendar.appoint(edition, person, Part.COORDINATOR, by=me())
    flash(gettext("%(name)s coordinates this edition.", name=person.name))
    return to(edition)


@bp.post("/editions/<uuid:edition>/start")
@allow(policy.PLAN_EDITION, "edition")
def start(edition):
    calendar.start(edition, by=me())
    flash(gettext("The edition has begun."))
    return to(edition)


@bp.post("/editions/<uuid:edition>/close")
@allow(policy.PLAN_EDITION, "edition")
def close(edition):
    calendar.close(edition, by=me())
    flash(gettext("The edition is closed."))
    return to(edition)


# Calendar


@bp.get("/editions/<uuid:edition>/calendar", endpoint="calendar")
@allow(policy.READ_EDITION, "edition")
def show_calendar(edition):
    rows = calendar.calendar_of(edition.id)
    if rows or not can(me(), policy.PLAN_EDITION, edition):
        plans = can(me(), policy.PLAN_EDITION, edition)
        return page("calendar", edition=edition, sessions=rows, plans=plans)
    form = ProposalForm(
        asked=True,
        starts_on=edition.starts_on,
        weekdays=["1", "3"],
        begins="morning",
        room=edition.room,
    )
    proposed = form.validate() and proposal(edition, form) if request.args else []
    return page("propose", form, edition=edition, proposed=proposed or [])


def proposal(edition, form):
    trainers = [g.person for g in calendar.people_of(edition.id) if g.role == Part.TRAINER]
    return planning.propose(
        edition,
        starts_on=form.starts_on.data,
        weekdays=[int(d) for d in form.weekdays.data],
        begins=BEGINS[form.begins.data],
        room=form.room.data,
        trainers=trainers,
    )


@bp.post("/editions/<uuid:edition>/calendar")
@allow(policy.PLAN_EDITION, "edition")
def accept(edition):
    form = ProposalForm()
    if not form.validate():
        return page("propose", form, edition=edition, proposed=[])
    rows = planning.accept(edition, proposal(edition, form), by=me())
    said = ngettext(
        "%(num)d session is in the calendar.", "%(num)d sessions are in the calendar.", len(rows)
    )
    flash(said)
    return to(edition, "editions.calendar")


@bp.get("/sessions/<uuid:session>/plan")
@allow(policy.MOVE_SESSION, "session")
def plan(session):
    begins = clock.local(session.starts_at)
    form = SessionForm(
        on=begins.date(), at=begins.time(), room=session.room, version=session.version
    )
    return session_page(session, form)


def session_page(session, form, reason=None):
    movable = session.state == SessionState.SCHEDULED
    refused = form if form.errors else reason
    return page(
        "session",
        refused,
        session=session,
        move=form,
        reason=reason or ReasonForm(),
        movable=movable,
    )


@bp.post("/sessions/<uuid:session>/plan")
@allow(policy.MOVE_SESSION, "session")
def move(session):
    form = SessionForm()
    if not form.validate():
        return session_page(session, form)
    planning.reschedule(
        session,
        starts_at=clock.utc(form.on.data, form.at.data),
        room=form.room.data,
        trainer=form.trainer.data.person,
        version=form.version.data,
        by=me(),
    )
    when = clock_time(clock.utc(form.on.data, form.at.data))
    flash(gettext("The session is moved. It begins at %(time)s.", time=when))
    return to(session.edition, "editions.calendar")


@bp.post("/sessions/<uuid:session>/cancel")
@allow(policy.MOVE_SESSION, "session")
def cancel(session):
    form = ReasonForm()
    if not form.validate():
        begins: datetime = clock.local(session.starts_at)
        first = SessionForm(on=begins.date(), at=begins.time(), room=session.room)
        first.process(None, on=begins.date(), at=begins.time(), room=session.room)
        return session_page(session, first, form)
    calendar.cancel(session, reason=form.reason.data, by=me())
    flash(gettext("The session is cancelled."))
    return to(session.edition, "editions.calendar")


# Trainees


def trainees(edition, form=None, upload=None):
    return page(
        "enrolments",
        form if form and form.errors else upload,
        edition=edition,
        rows=enrolments.of_edition(edition.id),
        one=form or TraineeForm(),
        upload=upload or ListForm(),
    )


@bp.get("/editions/<uuid:edition>/enrolments", endpoint="enrolments")
@allow(policy.ENROL, "edition")
def show_enrolments(edition):
    return trainees(edition)


@bp.post("/editions/<uuid:edition>/enrolments")
@allow(policy.ENROL, "edition")
def enrol(edition):
    form = TraineeForm()
    done = form.validate() and form.attempt(
        enrolments.invite, edition, **form.facts(), on=entry_day(edition), by=me()
    )
    if not done:
        return trainees(edition, form)
    flash(gettext("%(name)s is enrolled.", name=form.name.data))
    return to(edition, "editions.enrolments")


def entry_day(edition):
    return max(edition.starts_on, clock.today())


@bp.post("/editions/<uuid:edition>/enrolments/list")
@allow(policy.ENROL, "edition")
def upload(edition):
    form = ListForm()
    file = form.file.data
    content = file.read(enrolments.LARGEST + 1) if file else b""
    report = form.attempt(enrolments.check, edition, content)
    if not report:
        return trainees(edition, upload=form)
    address = url_for("editions.preview", edition=edition.id)
    drafts.save(address, {"csv": enrolments.decoded(content)}, key_id=me().key_id, by=me())
    return redirect(address, 303)


@bp.get("/editions/<uuid:edition>/enrolments/list")
@allow(policy.ENROL, "edition")
def preview(edition):
    kept = drafts.find(request.path, by=me())
    if kept is None:
        return to(edition, "editions.enrolments")
    report = enrolments.check(edition, kept[1]["csv"].encode())
    return page("preview", edition=edition, report=report)


@bp.post("/editions/<uuid:edition>/enrolments/import", endpoint="import")
@allow(policy.ENROL, "edition")
def import_list(edition):
    address = url_for("editions.preview", edition=edition.id)
    kept = drafts.find(address, by=me())
    if kept is None:
        return to(edition, "editions.enrolments")
    report = enrolments.import_csv(
        edition,
        kept[1]["csv"].encode(),
        only_good="only_good" in request.form,
        on=entry_day(edition),
        by=me(),
    )
    drafts.drop(address, by=me())
    flash(ngettext("%(num)d person is enrolled.", "%(num)d people are enrolled.", len(report.good)))
    return to(edition, "editions.enrolments")


@bp.get("/enrolments/<uuid:enrolment>/leave")
@allow(policy.END_ENROLMENT, "enrolment")
def leaving(enrolment):
    return page("leave", LeavingForm(on=clock.today()), enrolment=enrolment)


@bp.post("/enrolments/<uuid:enrolment>/leave")
@allow(policy.END_ENROLMENT, "enrolment")
def leave(enrolment):
    form = LeavingForm()
    done = form.validate() and form.attempt(enrolments.leave, enrolment, **form.facts(), by=me())
    if not done:
        return page("leave", form, enrolment=enrolment)
    flash(gettext("It is recorded. What is past stays as it was."))
    return to(enrolment.edition, "editions.enrolments")
