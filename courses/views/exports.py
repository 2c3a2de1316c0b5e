"""The register and what comes of it as tables: which one, of which month, for which program."""

from flask import Blueprint, render_template

from courses import (
    balance,
    certification_policy,
    declaration,
    exports,
)
from courses.exports import Export
from courses.views.registers import sent
from lms import forms, tables
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import lazy
from lms.permissions import can

bp = Blueprint("exports", __name__)


def export_form(edition, **given):
    months = [(m, declaration.period(m)) for m in balance.months(edition.id)]

    class ExportForm(forms.Form):
        table = forms.Choice(lazy("Which table"), [(e.value, word(e).label) for e in Export])
        month = forms.Choice(
            lazy("Of which month"), [("", lazy("whole edition")), *months], required=False
        )
        format = forms.Choice(
            lazy("As"),
            [(tables.CSV, lazy("CSV, for every program")), (tables.XLSX, lazy("XLSX, for Excel"))],
            radio=True,
        )

    return ExportForm(**given)


def _page(edition, form):
    page = render_template(
        "courses/exports/edition.html",
        edition=edition,
        form=form,
        controls=can(me(), certification_policy.SEE_CONTROL, edition),
    )
    return page, 422 if form.errors else 200


@bp.get("/editions/<uuid:edition>/exports")
@allow(certification_policy.EXPORT_REGISTER, "edition", also=[certification_policy.SEE_CONTROL])
def edition(edition):
    return _page(edition, export_form(edition, format=tables.CSV))


@bp.get("/editions/<uuid:edition>/exports/file")
@allow(certification_policy.EXPORT_REGISTER, "edition", also=[certification_policy.SEE_CONTROL])
def file(edition):
    form = export_form(edition, asked=True)
    if not form.validate():
        return _page(edition, form)
    kind, chosen = Export(form.table.data), form.format.data
    made = exports.export(edition, kind, format=chosen, month=form.month.data or "", by=me())
    return sent(made, f"{kind.value}.{chosen}", tables.FORMATS[chosen])
