"""Contests: a trainee says a line of her hours is wrong; the coordinator answers."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    contests,
    register_policy,
)
from courses.contests import ContestState
from courses.corrections import Reason
from courses.views.corrections import TimesForm
from lms import clock, forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy

bp = Blueprint("contests", __name__)


class ContestForm(forms.Form):
    said = forms.Prose(
        lazy("What is wrong"),
        most=2000,
        description=lazy("The coordinator reads it; it lies sealed with your key."),
    )


class RejectForm(forms.Form):
    answer = forms.Prose(lazy("Your answer"), most=2000, description=lazy("She reads it."))


class AcceptForm(TimesForm):
    word = forms.Prose(
        lazy("A word to her"), most=2000, required=False, description=lazy("She reads it.")
    )


def page(template, form=None, **shown):
    found = render_template(f"courses/contests/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else 200


def of_line(line, form=None):
    edition, row = contests.edition_of(line), contests.of_line(line)
    return page(
        "line",
        form or ContestForm(),
        line=line,
        contest=row,
        words=contests.opened(row, by=me()) if row else None,
        why_not=None if row else contests.why_not(line, edition),
        until=contests.until(line, edition),
    )


@bp.get("/lines/<uuid:line>")
@allow(register_policy.CONTEST_LINE, "line")
def line(line):
    return of_line(line)


@bp.post("/lines/<uuid:line>")
@allow(register_policy.CONTEST_LINE, "line")
def contest(line):
    form = ContestForm()
    if not (form.validate() and form.attempt(contests.contest, line, **form.facts(), by=me())):
        return of_line(line, form)
    flash(gettext("The coordinator has it, and answers you here."))
    return redirect(url_for(".line", line=line.id), 303)


def shown(contest, accepts=None, rejects=None):
    return page(
        "show",
        rejects if rejects is not None else accepts or begun(contest),
        contest=contest,
        words=contests.opened(contest, by=me()),
        accepts=accepts or begun(contest),
        rejects=rejects or RejectForm(),
        waits=contest.state == ContestState.OPEN,
    )


def begun(contest):
    """With the times of the session: most who contest were there to the end."""
    session = contest.session
    return AcceptForm(
        came=clock.local(session.starts_at).time(), went=clock.local(session.ends_at).time()
    )


@bp.get("/contests/<uuid:contest>")
@allow(register_policy.ANSWER_CONTEST, "contest")
def show(contest):
    return shown(contest)


@bp.post("/contests/<uuid:contest>/reject")
@allow(register_policy.ANSWER_CONTEST, "contest")
def reject(contest):
    form = RejectForm()
    if not (form.validate() and form.attempt(contests.reject, contest, **form.facts(), by=me())):
        return shown(contest, rejects=form)
    flash(gettext("She is answered, and gets a mail. The line stays."))
    return redirect(url_for("corrections.listed", edition=contest.edition_id), 303)


@bp.post("/contests/<uuid:contest>/accept")
@allow(register_policy.ANSWER_CONTEST, "contest")
def accept(contest):
    form = AcceptForm()
    if not (form.validate() and form.attempt(_accept, contest, form)):
        return shown(contest, accepts=form)
    flash(gettext("A correction is asked in your name. Somebody else decides on it."))
    return redirect(url_for("corrections.listed", edition=contest.edition_id), 303)


def _accept(contest, form):
    return contests.accept(
        contest,
        form.times(contest.session),
        reason=Reason(form.reason.data),
        answer=form.word.data,
        by=me(),
    )
