"""Credits: what a trainee is recognised at her entry, recorded by one and confirmed by another."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    credits,
    register_policy,
)
from courses.credits import CreditState
from lms import clock, forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import allowed_ids, can

bp = Blueprint("credits", __name__)


class RecordForm(forms.Form):
    """The record (verbale) in which it was decided."""

    record_number = forms.Words(lazy("Number of the record"), most=60)
    record_on = forms.Day(lazy("Day of the record"))
    note = forms.Prose(
        lazy("What for"),
        most=2000,
        required=False,
        description=lazy("It lies sealed with the trainee’s key."),
    )


def credit_form(modules):
    """Which module, how much, and the record."""

    class CreditForm(RecordForm):
        module = forms.Choice(
            lazy("Module"), [(str(m.number), f"{m.number}. {m.title}") for m in modules]
        )
        minutes = forms.Number(
            lazy("Minutes"), 1, 100_000, description=lazy("Ten hours and a half are 630.")
        )

    return CreditForm()


def page(template, form=None, **shown):
    found = render_template(f"courses/credits/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else 200


def of_enrolment(enrolment, form=None):
    rows, modules = credits.decisions(enrolment.id), credits.modules(enrolment)
    return page(
        "listed",
        form or credit_form(modules),
        enrolment=enrolment,
        rows=rows,
        total=sum(credits.of([enrolment.id]).get(enrolment.id, {}).values()),
        modules={m.number: m for m in modules},
        course=enrolment.edition.course,
        opens=allowed_ids(rows, me(), register_policy.READ_CREDIT),
    )


@bp.get("/enrolments/<uuid:enrolment>/credits")
@allow(register_policy.RECORD_CREDIT, "enrolment")
def listed(enrolment):
    return of_enrolment(enrolment)


@bp.post("/enrolments/<uuid:enrolment>/credits")
@allow(register_policy.RECORD_CREDIT, "enrolment")
def record(enrolment):
    form = credit_form(credits.modules(enrolment))
    if not (form.validate() and form.attempt(_record, enrolment, form)):
        return of_enrolment(enrolment, form)
    flash(gettext("It is recorded. It counts when a second person has confirmed it."))
    return redirect(url_for(".listed", enrolment=enrolment.id), 303)


def _record(enrolment, form):
    facts = form.facts("module")
    return credits.record(enrolment, module=int(form.module.data), **facts, by=me())


def shown(credit, form=None):
    waits = credit.state == CreditState.PROPOSED
    stands = credit.state == CreditState.CONFIRMED and credit.minutes > 0
    return page(
        "show",
        form or RecordForm(record_on=clock.today()),
        credit=credit,
        note=credits.note_of(credit, by=me()),
        confirms=waits
        and credit.recorded_by_id != me().id
        and can(me(), register_policy.CONFIRM_CREDIT, credit),
        takes_back=stands and not credits.is_taken_back(credit),
    )


@bp.get("/credits/<uuid:credit>")
@allow(register_policy.READ_CREDIT, "credit", also=[register_policy.CONFIRM_CREDIT])
def show(credit):
    return shown(credit)


@bp.post("/credits/<uuid:credit>/confirm")
@allow(register_policy.CONFIRM_CREDIT, "credit")
def confirm(credit):
    credits.confirm(credit, by=me())
    flash(gettext("Confirmed: it lowers what is due from now on."))
    return redirect(url_for(".listed", enrolment=credit.enrolment_id), 303)


@bp.post("/credits/<uuid:credit>/decline")
@allow(register_policy.CONFIRM_CREDIT, "credit")
def decline(credit):
    credits.decline(credit, by=me())
    flash(gettext("Not confirmed: it counts for nothing."))
    return redirect(url_for(".listed", enrolment=credit.enrolment_id), 303)


@bp.post("/credits/<uuid:credit>/take-back")
@allow(register_policy.READ_CREDIT, "credit")
def take_back(credit):
    form = RecordForm()
    if not (form.validate() and form.attempt(credits.take_back, credit, **form.facts(), by=me())):
        return shown(credit, form)
    flash(gettext("It is recorded. It counts when a second person has confirmed it."))
    return redirect(url_for(".listed", enrolment=credit.enrolment_id), 303)
