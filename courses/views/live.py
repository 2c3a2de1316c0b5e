"""The live page of a session: who is inside, the heads counted, the places that are empty."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from wtforms import HiddenField

from courses import (
    live,
    register_policy,
)
from courses.calendar import SessionState
from lms import clock, forms
from lms.guard import allow, me
from lms.i18n import clock_time, gettext, lazy, ngettext

bp = Blueprint("live", __name__)
MOST_MILLISECONDS = 10**14


def _noted_at(text):
    """The moment at which a device says that something was noted, by the server's own clock."""
    if not (text and text.isascii() and text.isdecimal() and int(text) < MOST_MILLISECONDS):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


class CountForm(forms.Form):
    counted = forms.Number(lazy("How many people do you see in the room?"), 0, 500)
    known = HiddenField(filters=[lambda v: int(v) if v and v.isdecimal() else None])
    at = HiddenField(filters=[_noted_at])


def absent_form(session):
    """Whose place is empty: one at a time, among those expected on the page."""

    class AbsentForm(forms.Form):
        who = forms.RowField(
            lazy("Who"),
            register_policy.MARK_ABSENT,
            say=lambda row: row.enrolment.person.name,
            within=lambda: live.on_page(session),
        )
        at = HiddenField(filters=[_noted_at])

    return AbsentForm()


def _page(session, form, refused=None):
    seen = live.seen(session)  # before the rest: what comes between is told by the next poll
    found = live.sheet(session)
    page = render_template(
        "courses/live/show.html",
        session=session,
        found=found,
        form=form,
        refused=refused,
        now=clock.now(),
        seen=seen,
    )
    return page, 422 if form.errors or refused else 200


@bp.get("/sessions/<uuid:session>/live")
@allow(register_policy.KEEP_REGISTER, "session", polled=True)
def show(session):
    if session.state != SessionState.OPEN:
        return redirect(url_for("register.show", session=session.id), 303)
    if request.args.get("seen") == live.seen(session):
        return Response(status=204)
    return _page(session, CountForm())


@bp.post("/sessions/<uuid:session>/live/count")
@allow(register_policy.KEEP_REGISTER, "session")
def count(session):
    form = CountForm()
    kept = form.validate() and form.attempt(
        live.count,
        session,
        form.counted.data,
        known=form.known.data,
        at=form.at.data,
        by=me(),
    )
    if not kept:
        return _page(session, form)
    flash(
        ngettext(
            "One head counted at %(time)s.",
            "%(num)d heads counted at %(time)s.",
            kept.counted,
            time=clock_time(kept.at),
        )
    )
    return redirect(url_for(".show", session=session.id, _anchor="inside"), 303)


@bp.post("/sessions/<uuid:session>/live/absent")
@allow(register_policy.KEEP_REGISTER, "session")
def absent(session):
    form = absent_form(session)
    if not (
        form.validate() and form.attempt(live.mark_absent, form.who.data, at=form.at.data, by=me())
    ):
        return _page(session, CountForm(formdata=None), refused=form.who.errors)
    name = form.who.data.enrolment.person.name
    flash(gettext("%(name)s is marked absent. If she comes, she signs in all the same.", name=name))
    return redirect(url_for(".show", session=session.id), 303)
