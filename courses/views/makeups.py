"""Make-up sessions: planned from the page of the session that was missed."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    enrolments,
    makeups,
    planning,
    register_policy,
)
from courses.views.planning import choose_trainer
from lms import clock, forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy

bp = Blueprint("makeups", __name__)


def plan_form(session, most):
    """When, for how long, where and with whom; as long as the one who missed most."""

    class PlanForm(forms.Form):
        on = forms.Day(lazy("Day"))
        at = forms.Clock(lazy("From"))
        minutes = forms.Number(lazy("Minutes"), 1, session.minutes)
        room = forms.Words(lazy("Room"))
        trainer = choose_trainer(within=lambda: planning.teaching_in(session.edition))

    return PlanForm(minutes=most or None, room=session.room)


def page(session, form=None):
    lacks = makeups.who_missed(session)
    people = [e for e in enrolments.of_edition(session.edition_id) if e.id in lacks]
    found = render_template(
        "courses/makeups/plan.html",
        session=session,
        lacks=lacks,
        people=people,
        sessions=makeups.of(session),
        is_held=session.state in makeups.HELD,
        form=form or plan_form(session, max(lacks.values(), default=0)),
    )
    return found, 422 if form is not None and form.errors else 200


@bp.get("/sessions/<uuid:session>/make-up")
@allow(register_policy.PLAN_MAKE_UP, "session")
def plan(session):
    if session.makes_up_id is not None:
        return redirect(url_for(".plan", session=session.makes_up_id), 303)
    return page(session)


@bp.post("/sessions/<uuid:session>/make-up")
@allow(register_policy.PLAN_MAKE_UP, "session")
def planned(session):
    form = plan_form(session, 0)
    if not (form.validate() and form.attempt(_plan, session, form)):
        return page(session, form)
    flash(gettext("The make-up session is in the calendar."))
    return redirect(url_for(".plan", session=session.id), 303)


def _plan(session, form):
    return makeups.plan(
        session,
        starts_at=clock.utc(form.on.data, form.at.data),
        minutes=form.minutes.data,
        room=form.room.data,
        trainer=form.trainer.data.person,
        by=me(),
    )
