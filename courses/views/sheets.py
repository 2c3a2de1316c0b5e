"""Sheets of project work and visits: filled by a trainee, then confirmed or refused."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    register_policy,
    sheets,
)
from courses.calendar import SessionState
from lms import clock, forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import allowed

bp = Blueprint("sheets", __name__, url_prefix="/sheets")


class SheetForm(forms.Form):
    came = forms.Clock(lazy("From"))
    went = forms.Clock(lazy("To"))
    done = forms.Prose(
        lazy("What you did"),
        most=2000,
        description=lazy("It stays on the register as you write it: no names of other people."),
        render_kw={"rows": 4},
    )


class RefuseForm(forms.Form):
    reason = forms.Words(
        lazy("Why"), most=400, description=lazy("She reads it, and can hand in another sheet.")
    )


@bp.get("")
@allow(register_policy.FILL_SHEET)
def mine():
    found = sheets.mine(me())
    return render_template(
        "courses/sheets/mine.html", found=found, hers=[k for k in found if k.is_hers_to_fill]
    )


def filling(place, form):
    kept = sheets.kept(place)
    found = render_template(
        "courses/sheets/fill.html", place=place, kept=kept, form=form or begun(kept)
    )
    return found, 422 if form and form.errors else 200


def begun(kept):
    """As the session is planned, or as the refused sheet said."""
    since, until = kept.session.starts_at, kept.session.ends_at
    if kept.sheet:
        since, until = kept.sheet.came, kept.sheet.went
    done = kept.sheet.done if kept.sheet else ""
    return SheetForm(came=clock.local(since).time(), went=clock.local(until).time(), done=done)


@bp.get("/<uuid:place>")
@allow(register_policy.FILL_SHEET, "place")
def fill(place):
    return filling(place, None)


@bp.post("/<uuid:place>")
@allow(register_policy.FILL_SHEET, "place")
def hand_in(place):
    form = SheetForm()
    if not (form.validate() and form.attempt(sheets.fill, place, **form.facts(), by=me())):
        return filling(place, form)
    flash(gettext("Handed in. The trainer or your senior trainer answers it."))
    return redirect(url_for(".mine"), 303)


@bp.get("/waiting")
@allow(register_policy.ANSWER_SHEET)
def waiting():
    found = sheets.waiting(allowed(me(), register_policy.ANSWER_SHEET))
    return render_template("courses/sheets/waiting.html", found=found)


def answering(sheet, form):
    answer = sheets.answer_to(sheet)
    found = render_template(
        "courses/sheets/show.html",
        sheet=sheet,
        answer=answer,
        state=sheets.state_of(sheet, answer),
        answerable=answer is None and sheet.session.state == SessionState.OPEN,
        form=form,
    )
    return found, 422 if form.errors else 200


@bp.get("/answers/<uuid:sheet>")
@allow(register_policy.ANSWER_SHEET, "sheet")
def show(sheet):
    return answering(sheet, RefuseForm())


@bp.post("/answers/<uuid:sheet>/confirm")
@allow(register_policy.ANSWER_SHEET, "sheet")
def confirm(sheet):
    sheets.confirm(sheet, by=me())
    flash(gettext("Confirmed: its times are on the page."))
    return redirect(url_for(".waiting"), 303)


@bp.post("/answers/<uuid:sheet>/refuse")
@allow(register_policy.ANSWER_SHEET, "sheet")
def refuse(sheet):
    form = RefuseForm()
    if not (form.validate() and form.attempt(sheets.refuse, sheet, **form.facts(), by=me())):
        return answering(sheet, form)
    flash(gettext("Refused, with the reason. She can hand in another."))
    return redirect(url_for(".waiting"), 303)
