"""Times from paper: one types them, another confirms them."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    paperwork,
    register_policy,
    transcripts,
)
from courses.calendar import SessionState
from courses.transcripts import TranscriptState
from lms import clock, forms
from lms.errors import Stale
from lms.guard import allow, me
from lms.i18n import gettext, lazy, ngettext

bp = Blueprint("transcripts", __name__)


def grid_form(rows):
    """An entry and an exit for everybody expected, by her place in the list."""
    fields = {"version": forms.Version()}
    for row in rows:
        entry = lazy("Entry of %(name)s", name=row.name)
        leaving = lazy("Exit of %(name)s", name=row.name)
        fields[f"in_{row.number}"] = forms.Clock(entry, required=False)
        fields[f"out_{row.number}"] = forms.Clock(leaving, required=False)
    return type("GridForm", (forms.Form,), fields)


class HandForm(forms.Form):
    version = forms.Version()


class BackForm(forms.Form):
    reason = forms.Words(lazy("What is wrong"), most=400)
    version = forms.Version()


class ConfirmForm(forms.Form):
    seen = forms.Tick(lazy("I have looked at each difference: the stamps stay as they are"))
    version = forms.Version()


def as_typed(rows):
    """The grid as it is kept."""
    said = {}
    for row in rows:
        said[f"in_{row.number}"] = row.came and clock.local(row.came).time()
        said[f"out_{row.number}"] = row.went and clock.local(row.went).time()
    return said


def page(session, rows=None, *, different=(), **given):
    work = paperwork.of_page(session)
    transcript = work.transcript
    rows = rows or transcripts.rows(session, transcript)
    version = transcript.version if transcript else None
    found = render_template(
        "courses/transcripts/show.html",
        session=session,
        work=work,
        transcript=transcript,
        rows=rows,
        version=version,
        typing=session.state == SessionState.OPEN
        and (transcript is None or transcript.state == TranscriptState.DRAFT),
        waiting=session.state == SessionState.OPEN
        and transcript is not None
        and transcript.state == TranscriptState.WAITING,
        is_mine=transcript is not None and transcript.typed_by_id == me().id,
        differences=[row for row in rows if row.is_different],
        different=different,
        grid=given.get("grid") or grid_form(rows)(**as_typed(rows)),
        back=given.get("back") or BackForm(),
        confirming=given.get("confirming") or ConfirmForm(),
    )
    return found, 409 if different else 422 if any(f.errors for f in given.values()) else 200


def to(session):
    return redirect(url_for("transcripts.show", session=session.id), 303)


@bp.get("/sessions/<uuid:session>/paper-times")
@allow(register_policy.TRANSCRIBE_PAGE, "session")
def show(session):
    return page(session)


@bp.post("/sessions/<uuid:session>/paper-times")
@allow(register_policy.TRANSCRIBE_PAGE, "session")
def save(session):
    rows = transcripts.rows(session, transcripts.of_page(session.id))
    form, different = grid_form(rows)(), ()
    try:
        done = form.validate() and form.attempt(
            transcripts.type_times,
            session,
            times_of(session, rows, form),
            version=form.version.data,
            by=me(),
        )
    except Stale:
        done, different = False, _different(rows, form)
        if not different:
            flash(gettext("Somebody saved the same meanwhile: nothing is left to change."))
            return to(session)
    if not done:
        return page(session, rows, grid=form, different=different)
    flash(gettext("The times are kept. Attach the scan, then hand them to somebody else."))
    return to(session)


def times_of(session, rows, form):
    """What was typed, as moments on the day of the session."""
    day = clock.local(session.starts_at).date()
    return {
        row.enrolment_id: tuple(
            at and clock.utc(day, at)
            for at in (form[f"in_{row.number}"].data, form[f"out_{row.number}"].data)
        )
        for row in rows
    }


def _different(rows, form):
    """Person by person, what was typed and what was saved meanwhile, where the two differ."""
    kept = as_typed(rows)
    names = {row.number: row.name for row in rows}
    found = []
    for number, name in names.items():
        pair = [f"in_{number}", f"out_{number}"]
        typed, saved = [form[f].data for f in pair], [kept[f] for f in pair]
        if typed != saved:
            found.append((name, _said(typed), _said(saved)))
    return found


def _said(times):
    return " ".join(at.strftime("%H:%M") if at else "–" for at in times)


@bp.post("/sessions/<uuid:session>/paper-times/hand-over")
@allow(register_policy.TRANSCRIBE_PAGE, "session")
def hand_over(session):
    transcripts.hand_over(session, version=HandForm().version.data, by=me())
    flash(gettext("Handed over: somebody else compares them with the scan and confirms them."))
    return to(session)


@bp.post("/sessions/<uuid:session>/paper-times/send-back")
@allow(register_policy.TRANSCRIBE_PAGE, "session")
def send_back(session):
    form = BackForm()
    if not (
        form.validate() and form.attempt(transcripts.send_back, session, **form.facts(), by=me())
    ):
        return page(session, back=form)
    flash(gettext("Sent back, with what is wrong."))
    return to(session)


@bp.post("/sessions/<uuid:session>/paper-times/confirm")
@allow(register_policy.TRANSCRIBE_PAGE, "session")
def confirm(session):
    form = ConfirmForm()
    try:
        made = form.validate() and form.attempt(
            transcripts.confirm, session, **form.facts(), by=me()
        )
    except Stale:
        flash(gettext("These times changed meanwhile: look at them again."))
        return to(session)
    if made is False:
        return page(session, confirming=form)
    made = made if isinstance(made, list) else []
    flash(
        ngettext(
            "Confirmed: one stamp is on the page, marked as from paper.",
            "Confirmed: %(num)d stamps are on the page, marked as from paper.",
            len(made),
        )
    )
    return redirect(url_for("register.show", session=session.id), 303)
