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


@bp.get("/identities/<uuid:identity>")
@allow(policy.READ_IDENTITY, "identity", also=[policy.WRITE_IDENTITY])
def identity(identity):
    return _page("identity", identity, IdentityForm, policy.WRITE_IDENTITY)


@bp.post("/identities/<uuid:identity>")
@allow(policy.WRITE_IDENTITY, "identity")
def write_identity(identity):
    return _save("identity", identity, IdentityForm, policy.WRITE_IDENTITY)


@bp.get("/social/<uuid:social>")
@allow(policy.READ_SOCIAL, "social", also=[policy.WRITE_SOCIAL])
def social(social):
    return _page("social", social, SocialForm, policy.WRITE_SOCIAL)


@bp.post("/social/<uuid:social>")
@allow(policy.WRITE_SOCIAL, "social")
def write_social(social):
    return _save("social", social, SocialForm, policy.WRITE_SOCIAL)


@bp.get("/special/<uuid:special>")
@allow(policy.READ_SPECIAL, "special", also=[policy.WRITE_SPECIAL])
def special(special):
    return _page("special", special, SpecialForm, policy.WRITE_SPECIAL)


@bp.post("/special/<uuid:special>")
@allow(policy.WRITE_SPECIAL, "special")
def write_special(special):
    return _save("special", special, SpecialForm, policy.WRITE_SPECIAL)
