from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    answers,
    policy,
    quizzes,
)
from courses.questions import QuestionKind
from courses.quizzes import AttemptState
from lms import forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy, ngettext

bp = Blueprint("quizzes", __name__, url_prefix="/assessments")


def quiz_form(rows):
    """One field a question, as this attempt shows it; what was kept is filled in."""

    class QuizForm(forms.Form):
        pass

    for row in rows:
        setattr(QuizForm, row.name, _field(row))
    return QuizForm(**{row.name: _kept(row) for row in rows})


def _field(row):
    label = f"{row.position}. {row.question.text}"
    if row.kind == QuestionKind.SHORT:
        return forms.Words(label, description=lazy("Write one word, or a few."))
    choices = [(choice.value, choice.text) for choice in answers.choices(row)]
    if row.kind == QuestionKind.MULTIPLE:
        return forms.Choices(label, choices, description=lazy("Choose one or more answers."))
    return forms.Choice(label, choices, radio=True)


def _kept(row):
    if row.kind == QuestionKind.SHORT:
        return row.said
    ticked = [choice.value for choice in answers.choices(row) if choice.ticked]
    return ticked if row.kind == QuestionKind.MULTIPLE else next(iter(ticked), None)


def _sent(form):
    """What was sent, by the name of the question."""
    found = {name: field.data for name, field in form._fields.items()}
    return {
        name: data if isinstance(data, list) else [data] for name, data in found.items() if data
    }


def _page(attempt, rows, form):
    page = render_template("courses/quizzes/attempt.html", attempt=attempt, rows=rows, form=form)
    return page, 422 if form.form_errors or any(f.errors for f in form) else 200


@bp.post("/units/<uuid:unit>/attempts")
@allow(policy.TAKE_QUIZ, "unit")
def start(unit):
    attempt = quizzes.start(unit, by=me())
    return redirect(url_for(".show", attempt=attempt.id), 303)


@bp.get("/attempts/<uuid:attempt>")
@allow(policy.ANSWER_QUIZ, "attempt")
def show(attempt):
    rows = answers.of(attempt.id)
    if attempt.state == AttemptState.IN_PROGRESS:
        return _page(attempt, rows, quiz_form(rows))
    standing = quizzes.standings([attempt.unit], me().id)[attempt.unit_id]
    return render_template(
        "courses/quizzes/result.html",
        attempt=attempt,
        rows=rows,
        standing=standing,
        retries=quizzes.retries(attempt.unit_id, me().id),
        reveal=standing.passed,
        feedback=answers.feedback,
        right=answers.right,
        choices=answers.choices,
    )


@bp.post("/attempts/<uuid:attempt>/save")
@allow(policy.ANSWER_QUIZ, "attempt")
def save(attempt):
    rows = answers.of(attempt.id)
    form = quiz_form(rows)
    missing = form.attempt(quizzes.save, attempt, _sent(form), by=me())
    if missing is False:
        return _page(attempt, rows, form)
    flash(
        ngettext(
            "Saved. One question is still open.",
            "Saved. %(num)d questions are still open.",
            missing,
        )
        if missing
        else gettext("Saved. Every question has an answer: you can hand it in.")
    )
    return redirect(url_for(".show", attempt=attempt.id), 303)


@bp.post("/attempts/<uuid:attempt>/submit")
@allow(policy.ANSWER_QUIZ, "attempt")
def submit(attempt):
    rows = answers.of(attempt.id)
    form = quiz_form(rows)
    if not form.attempt(quizzes.submit, attempt, _sent(form), by=me()):
        return _page(attempt, rows, form)
    flash(gettext("Handed in and marked."))
    return redirect(url_for(".show", attempt=attempt.id), 303)
