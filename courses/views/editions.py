"""Editions: making one, its people, its calendar, its trainees."""

from datetime import time

from flask import Blueprint, flash, redirect, render_template, request, url_for

from courses import calendar, curriculum, enrolments, planning, policy
from courses.calendar import EDITION_FLOW, Part, SessionState
from lms import clock, forms
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
    starts_on = forms.Day(lazy("First day"))
    ends_on = forms.Day(lazy("Last day"))
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


def page(template, form=None, status=200, **shown):
    found = render_template(f"courses/editions/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else status


def to(edition, where="editions.show"):
    return redirect(url_for(where, edition=edition.id), 303)


# Editions


@bp.get("/editions")
@allow(policy.PLAN_EDITION)
def index():
    rows = calendar.editions(allowed(me(), policy.PLAN_EDITION))
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


@bp.post("/editions/<uuid:edition>/archive")
@allow(policy.PLAN_EDITION, "edition")
def archive(edition):
    calendar.archive(edition, by=me())
    flash(gettext("The edition is put away. It stays readable."))
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
    rows = planning.calendar_of(edition.id)
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
    return propose(edition, form, proposed=proposal(edition, form) if request.args else [])


def propose(edition, form, proposed):
    people = calendar.people_of(edition.id)
    names = {g.person_id: g.person.name for g in people}
    return page("propose", form, edition=edition, proposed=proposed or [], names=names)


def proposal(edition, form):
    """What the form asks for, or False with what is wrong beside its fields."""
    trainers = [g.person for g in calendar.people_of(edition.id) if g.role == Part.TRAINER]
    return form.validate() and form.attempt(
        planning.propose,
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
    proposed = proposal(edition, form)
    if not proposed:
        return propose(edition, form, [])
    rows = planning.accept(edition, proposed, by=me())
    said = ngettext(
        "%(num)d session is in the calendar.", "%(num)d sessions are in the calendar.", len(rows)
    )
    flash(said)
    return to(edition, "editions.calendar")


@bp.get("/sessions/<uuid:session>/plan")
@allow(policy.MOVE_SESSION, "session")
def plan(session):
    return session_page(session)


def session_page(session, form=None, reason=None):
    return page(
        "session",
        form or reason,
        session=session,
        move=form or as_planned(session),
        reason=reason or ReasonForm(),
        movable=session.state == SessionState.SCHEDULED,
        out=session.state in calendar.OUT,
    )


def as_planned(session):
    """The form as the session stands in the calendar, whatever was sent."""
    begins, form = clock.local(session.starts_at), SessionForm()
    grants = form.trainer.rows()
    form.process(
        None,
        on=begins.date(),
        at=begins.time(),
        room=session.room,
        trainer=next((g for g in grants if g.person_id == session.trainer_id), None),
        version=session.version,
    )
    return form


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
        return session_page(session, reason=form)
    planning.cancel(session, reason=form.reason.data, by=me())
    flash(gettext("The session is out of the calendar. Its unit can be held on another day."))
    return to(session.edition, "editions.calendar")


@bp.post("/sessions/<uuid:session>/again", endpoint="again")
@allow(policy.MOVE_SESSION, "session")
def hold_again(session):
    form = SessionForm()
    if not form.validate():
        return session_page(session, form)
    planning.hold_again(
        session,
        starts_at=clock.utc(form.on.data, form.at.data),
        room=form.room.data,
        trainer=form.trainer.data.person,
        by=me(),
    )
    flash(gettext("Unit %(unit)s is in the calendar again.", unit=session.unit.code))
    return to(session.edition, "editions.calendar")
