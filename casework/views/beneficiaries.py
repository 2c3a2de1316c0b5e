"""What is known of an accompanied person: three pages, each under a permission of its own."""

from flask import Blueprint, flash, redirect, render_template, url_for

from casework import beneficiaries, cases, policy
from lms import forms, keys
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import allowed, can

bp = Blueprint("beneficiaries", __name__, url_prefix="/casework")


class IdentityForm(forms.Form):
    first_name = forms.Words(lazy("First name"))
    family_name = forms.Words(lazy("Family name"), required=False)
    contact = forms.Words(lazy("How to reach her"), most=300, required=False)
    languages = forms.Words(lazy("Languages she speaks"), required=False)
    birth_date = forms.Words(lazy("Date of birth"), most=40, required=False)
    version = forms.Version()


class SocialForm(forms.Form):
    household = forms.Prose(lazy("Whom she lives with"), most=4000, required=False)
    home = forms.Prose(lazy("Home"), most=4000, required=False)
    work = forms.Prose(lazy("Work and studies"), most=4000, required=False)
    people = forms.Prose(lazy("Whom she can count on"), most=4000, required=False)
    version = forms.Version()


class SpecialForm(forms.Form):
    health = forms.Prose(lazy("Health, only what the plan needs"), most=4000, required=False)
    measures = forms.Prose(lazy("Measures of a court"), most=4000, required=False)
    version = forms.Version()


HEADINGS = {
    "identity": lazy("Who %(code)s is, and how to reach her."),
    "social": lazy("How she lives: facts that she could read."),
    "special": lazy("Health and court measures: only what the plan needs."),
}


def _page(part, row, form_class, write, form=None):
    case = cases.of_beneficiary(row.beneficiary_id, allowed(me(), policy.READ_CASE))
    plain = keys.open_row(row, by=me(), subject=case.id)
    form = form or form_class(obj=plain, version=row.version)
    page = render_template(
        "casework/beneficiaries/part.html",
        case=case,
        row=row,
        form=form,
        fields=[field for field in form if field.name != "version"],
        plain=plain,
        action=url_for(f".write_{part}", **{part: row.id}) if can(me(), write, row) else "",
        heading=str(HEADINGS[part]) % {"code": case.code},
    )
    return page, 422 if form.errors else 200


def _save(part, row, form_class, write):
    form = form_class()
    case = cases.of_beneficiary(row.beneficiary_id, allowed(me(), policy.READ_CASE))
    if not form.validate():
        return _page(part, row, form_class, write, form)
    beneficiaries.write(row, by=me(), subject=case.id, **form.facts())
    flash(gettext("Saved."))
    return redirect(url_for("cases.show", case=case.id), 303)


def _offer(part, address, form_class, read, write):
    """The page of one part, and saving what is written there."""

    @bp.get(f"/{address}/<uuid:{part}>", endpoint=part)
    @allow(read, part, also=[write])
    def show(**rows):
        return _page(part, rows[part], form_class, write)

    @bp.post(f"/{address}/<uuid:{part}>", endpoint=f"write_{part}")
    @allow(write, part)
    def save(**rows):
        return _save(part, rows[part], form_class, write)


_offer("identity", "identities", IdentityForm, policy.READ_IDENTITY, policy.WRITE_IDENTITY)
_offer("social", "social", SocialForm, policy.READ_SOCIAL, policy.WRITE_SOCIAL)
_offer("special", "special", SpecialForm, policy.READ_SPECIAL, policy.WRITE_SPECIAL)
