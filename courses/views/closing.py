"""Closing sheets of an edition and of its months, and what reopens an edition."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    certification_policy,
    closing,
    declaration,
)
from courses.editions import EDITION_FLOW
from courses.views.registers import sent
from lms import forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.tables import CSV, FORMATS

bp = Blueprint("closing", __name__)


def month_form(edition, **given):
    months = [(m, declaration.period(m)) for m in closing.closable(edition)]

    class MonthForm(forms.Form):
        month = forms.Choice(lazy("Which month"), months)
        declarant = forms.Words(
            lazy("Who declares that it is true"),
            description=lazy("First name and family name of the legal representative."),
        )

    return MonthForm(**given)


class ReopenForm(forms.Form):
    reason = forms.Prose(
        lazy("Why it is reopened"),
        most=2000,
        description=lazy("It stands on the next closing sheet: no names, nothing personal."),
    )


def _page(edition, month=None, reopen=None):
    asked = month or reopen
    page = render_template(
        "courses/closing/edition.html",
        edition=edition,
        sheets=closing.of_edition(edition.id),
        reopenings=closing.reopenings(edition.id),
        period=declaration.period,
        month=month or month_form(edition, declarant=me().name),
        reopen=reopen or ReopenForm(),
        makes=certification_policy.MAKE_CLOSING.held_by(me()),
        moves=EDITION_FLOW.open_to(edition.state),
    )
    return page, 422 if asked and asked.errors else 200


@bp.get("/editions/<uuid:edition>/closing")
@allow(certification_policy.SEE_CONTROL, "edition")
def edition(edition):
    return _page(edition)


@bp.post("/editions/<uuid:edition>/closing")
@allow(certification_policy.MAKE_CLOSING, "edition")
def close_month(edition):
    form = month_form(edition)
    made = form.validate() and form.attempt(closing.close_month, edition, **form.facts(), by=me())
    if not made:
        return _page(edition, month=form)
    month = declaration.period(made.month)
    flash(gettext("The closing sheet of %(month)s is made.", month=month))
    return redirect(url_for(".edition", edition=edition.id), 303)


@bp.post("/editions/<uuid:edition>/reopen")
@allow(certification_policy.REOPEN_EDITION, "edition")
def reopen(edition):
    form = ReopenForm()
    if not (form.validate() and form.attempt(closing.reopen, edition, **form.facts(), by=me())):
        return _page(edition, reopen=form)
    flash(gettext("The edition is open again. Closing it makes a new version of the sheet."))
    return redirect(url_for(".edition", edition=edition.id), 303)


@bp.get("/closings/<uuid:closing>/pdf")
@allow(certification_policy.READ_CLOSING, "closing")
def pdf(closing):
    return sent(declaration.pdf(closing, by=me()), f"foglio_chiusura-{closing.number}.pdf")


@bp.get("/closings/<uuid:closing>/csv")
@allow(certification_policy.READ_CLOSING, "closing")
def table(closing):
    made = declaration.as_csv(closing, by=me())
    return sent(made, f"foglio_chiusura-{closing.number}.csv", FORMATS[CSV])
