"""The calendar of an edition: proposing it; moving, cancelling, holding again a session."""

from datetime import time

from flask import Blueprint, flash, redirect, render_template, request, url_for

from courses import (
    calendar,
    changes,
    editions,
    planning,
    policy,
)
from courses.calendar import SessionKind, SessionMode, SessionState
from courses.editions import Part
from lms import clock, forms
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import clock_time, gettext, lazy, ngettext
from lms.permissions import can

bp = Blueprint("planning", __name__)

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


def choose_trainer(**within):
    return forms.RowField(
        lazy("Trainer"), policy.CHOOSE_TRAINER, say=lambda grant: grant.person.name, **within
    )


class SessionForm(forms.Form):
    """When, where and with whom."""

    on = forms.Day(lazy("Day"))
    at = forms.Clock(lazy("From"))
    mode = forms.Choice(
        lazy("How it is held"),
        [(m.value, word(m).label) for m in SessionMode],
        radio=True,
    )
    room = forms.Words(lazy("Room"), required=False)
    link = forms.Words(
        lazy("Link of the live lesson"),
        most=500,
        required=False,
        description=lazy("The address at which the platform opens it: those enrolled see it."),
    )
    trainer = choose_trainer()
    version = forms.Version()


def session_form(session):
    """With one of the trainers of the edition."""

    class InEdition(SessionForm):
        trainer = choose_trainer(within=lambda: planning.teaching_in(session.edition))

    return InEdition()


class KindForm(forms.Form):
    kind = forms.Choice(
        lazy("What it is"), [(k.value, word(k).label) for k in changes.KINDS], radio=True
    )


class ReasonForm(forms.Form):
    reason = forms.Words(lazy("Why"), most=400)


def page(template, form=None, **shown):
    found = render_template(f"courses/planning/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else 200


def to(edition):
    return redirect(url_for("planning.calendar", edition=edition.id), 303)


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
    people = editions.people_of(edition.id)
    names = {g.person_id: g.person.name for g in people}
    return page("propose", form, edition=edition, proposed=proposed or [], names=names)


def proposal(edition, form):
    """What the form asks for, or False with what is wrong beside its fields."""
    trainers = [g.person for g in editions.people_of(edition.id) if g.role == Part.TRAINER]
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
    return to(edition)


@bp.get("/sessions/<uuid:session>/plan")
@allow(policy.MOVE_SESSION, "session")
def plan(session):
    return session_page(session)


def session_page(session, form=None, reason=None, kind=None):
    return page(
        "session",
        form or reason or kind,
        kind=kind or KindForm(session),
        session=session,
        move=form or as_planned(session),
        reason=reason or ReasonForm(),
        movable=session.state == SessionState.SCHEDULED,
        kinds=session.kind in changes.KINDS,
        out=session.state in calendar.OUT,
    )


def as_planned(session):
    """The form as the session stands in the calendar, whatever was sent."""
    begins, form = clock.local(session.starts_at), session_form(session)
    grants = form.trainer.rows()
    form.process(
        None,
        on=begins.date(),
        at=begins.time(),
        mode=session.mode.value,
        room=session.room,
        link=session.link,
        trainer=next((g for g in grants if g.person_id == session.trainer_id), None),
        version=session.version,
    )
    return form


def asked(form):
    return {
        "starts_at": clock.utc(form.on.data, form.at.data),
        "mode": SessionMode(form.mode.data),
        "room": form.room.data,
        "link": form.link.data,
        "trainer": form.trainer.data.person,
    }


@bp.post("/sessions/<uuid:session>/plan")
@allow(policy.MOVE_SESSION, "session")
def move(session):
    form = session_form(session)
    done = form.validate() and form.attempt(
        changes.reschedule, session, **asked(form), version=form.version.data, by=me()
    )
    if not done:
        return session_page(session, form)
    when = clock_time(clock.utc(form.on.data, form.at.data))
    flash(gettext("The session is moved. It begins at %(time)s.", time=when))
    return to(session.edition)


@bp.post("/sessions/<uuid:session>/kind")
@allow(policy.MOVE_SESSION, "session")
def kind(session):
    form = KindForm()
    if not form.validate():
        return session_page(session, kind=form)
    changes.change_kind(session, SessionKind(form.kind.data), by=me())
    flash(gettext("The session is now: %(kind)s.", kind=word(session.kind).label))
    return redirect(url_for(".plan", session=session.id), 303)


@bp.post("/sessions/<uuid:session>/cancel")
@allow(policy.MOVE_SESSION, "session")
def cancel(session):
    form = ReasonForm()
    if not form.validate():
        return session_page(session, reason=form)
    changes.cancel(session, reason=form.reason.data, by=me())
    flash(gettext("The session is out of the calendar. Its unit can be held on another day."))
    return to(session.edition)


@bp.post("/sessions/<uuid:session>/again", endpoint="again")
@allow(policy.MOVE_SESSION, "session")
def hold_again(session):
    form = session_form(session)
    done = form.validate() and form.attempt(changes.hold_again, session, **asked(form), by=me())
    if not done:
        return session_page(session, form)
    flash(gettext("Unit %(unit)s is in the calendar again.", unit=session.unit.code))
    return to(session.edition)
