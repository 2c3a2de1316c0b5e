from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    certificates,
    certification,
    certification_policy,
    exceptions,
    forecast,
    shares,
)
from courses.views.certification import conditions
from lms import clock, forms, keys
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.manifest import Todo
from lms.permissions import allowed

bp = Blueprint("exceptions", __name__)


class ProposeForm(forms.Form):
    reason = forms.Prose(
        lazy("Why she is to be certified all the same"),
        most=2000,
        description=lazy("It lies sealed, and stays in her dossier."),
    )


class RefuseForm(forms.Form):
    answer = forms.Prose(lazy("Why you refuse it"), most=2000)


def to_sign(me):
    """For who may sign: each exception that somebody else has proposed."""
    if not certification_policy.SIGN_EXCEPTION.held_by(me):
        return []
    return [
        Todo(
            on=clock.local(row.proposed_at).date(),
            title=lazy("An exception waits for your signature"),
            endpoint="exceptions.show",
            values={"exception": row.id},
            small=row.enrolment.edition.name,
        )
        for row in exceptions.waiting(allowed(me, certification_policy.SIGN_EXCEPTION))
    ]


def _proposing(enrolment, form):
    hours = forecast.forecasts([enrolment.id])
    found = hours[enrolment.id]
    page = render_template(
        "courses/exceptions/propose.html",
        enrolment=enrolment,
        form=form,
        found=found,
        least=shares.least(found.total.due, enrolment.edition.least_percent),
        missing=certification.missing([enrolment], conditions(), hours=hours)[enrolment.id],
    )
    return page, 422 if form.errors else 200


@bp.get("/enrolments/<uuid:enrolment>/exception")
@allow(certification_policy.PROPOSE_EXCEPTION, "enrolment")
def proposing(enrolment):
    return _proposing(enrolment, ProposeForm())


@bp.post("/enrolments/<uuid:enrolment>/exception")
@allow(certification_policy.PROPOSE_EXCEPTION, "enrolment")
def propose(enrolment):
    form = ProposeForm()
    if not (
        form.validate()
        and form.attempt(exceptions.propose, enrolment, **form.facts(), also=conditions(), by=me())
    ):
        return _proposing(enrolment, form)
    flash(gettext("Proposed. A second person who may certify now signs or refuses it."))
    return redirect(url_for("dossiers.show", enrolment=enrolment.id), 303)


def _page(exception, form=None):
    page = render_template(
        "courses/exceptions/show.html",
        exception=exception,
        told=keys.open_row(exception, by=me()),
        moves=exceptions.FLOW.open_to(exception.state),
        form=form or RefuseForm(),
    )
    return page, 422 if form is not None else 200


@bp.get("/exceptions/<uuid:exception>")
@allow(certification_policy.SIGN_EXCEPTION, "exception")
def show(exception):
    return _page(exception)


@bp.post("/exceptions/<uuid:exception>/sign")
@allow(certification_policy.SIGN_EXCEPTION, "exception")
def sign(exception):
    row = certificates.issue_with_exception(exception, also=conditions(), by=me())
    flash(gettext("Signed. The certificate is number %(number)s.", number=row.number))
    return redirect(url_for("dossiers.show", enrolment=row.enrolment_id), 303)


@bp.post("/exceptions/<uuid:exception>/refuse")
@allow(certification_policy.SIGN_EXCEPTION, "exception")
def refuse(exception):
    form = RefuseForm()
    if not (
        form.validate() and form.attempt(exceptions.refuse, exception, **form.facts(), by=me())
    ):
        return _page(exception, form)
    flash(gettext("Refused. Whoever proposed it reads why in the dossier."))
    return redirect(url_for("dossiers.show", enrolment=exception.enrolment_id), 303)


@bp.post("/exceptions/<uuid:exception>/withdraw")
@allow(certification_policy.WITHDRAW_EXCEPTION, "exception")
def withdraw(exception):
    exceptions.withdraw(exception, by=me())
    flash(gettext("You took the exception back."))
    return redirect(url_for("dossiers.show", enrolment=exception.enrolment_id), 303)
