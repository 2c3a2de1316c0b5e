from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    policy,
    retries,
)
from courses.editions import Edition
from courses.enrolments import Enrolment
from lms import forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy

bp = Blueprint("retries", __name__)


def retry_form(found):
    """Which of her quizzes, and why; the first of them is chosen."""

    class RetryForm(forms.Form):
        unit = forms.Choice(
            lazy("Quiz"),
            [(one.unit.code, f"{one.unit.code} {one.unit.title}") for one in found],
            radio=True,
        )
        reason = forms.Words(
            lazy("Why"), most=400, description=lazy("She reads it, here and in a mail.")
        )

    return RetryForm(unit=found[0].unit.code if found else None)


@bp.get("/editions/<uuid:edition>/retries")
@allow(policy.LIST_STUCK, "edition")
def listed(edition):
    found = retries.stuck(Edition.id == edition.id)
    return render_template("courses/retries/listed.html", edition=edition, found=found)


def _asked(enrolment, found, form):
    page = render_template(
        "courses/retries/allow.html", enrolment=enrolment, found=found, form=form
    )
    return page, 422 if form.errors else 200


@bp.get("/enrolments/<uuid:enrolment>/retries")
@allow(policy.ALLOW_RETRY, "enrolment")
def ask(enrolment):
    found = retries.stuck(Enrolment.id == enrolment.id)
    return _asked(enrolment, found, retry_form(found))


@bp.post("/enrolments/<uuid:enrolment>/retries")
@allow(policy.ALLOW_RETRY, "enrolment")
def grant(enrolment):
    found = retries.stuck(Enrolment.id == enrolment.id)
    form = retry_form(found)
    unit = next((one.unit for one in found if one.unit.code == form.unit.data), None)
    done = form.validate() and form.attempt(
        retries.allow, enrolment, unit, reason=form.reason.data, by=me()
    )
    if not done:
        return _asked(enrolment, found, form)
    flash(gettext("Allowed: one more attempt at quiz %(unit)s. She gets a mail.", unit=unit.code))
    return redirect(url_for(".listed", edition=enrolment.edition_id), 303)
