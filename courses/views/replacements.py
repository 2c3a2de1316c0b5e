from flask import Blueprint, flash, redirect, render_template, request, url_for

from courses import (
    certification_policy,
    replacements,
)
from courses.views.certification import address_of, asked_language, conditions, paper
from lms import drafts, forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy, speaking

bp = Blueprint("replacements", __name__)


class ReasonForm(forms.Form):
    reason = forms.Prose(
        lazy("Why"),
        most=1000,
        description=lazy("She reads it on the page of her certificate; it lies sealed."),
    )


def _page(name, certificate, form=None, **shown):
    page = render_template(
        f"courses/replacements/{name}.html",
        certificate=certificate,
        enrolment=certificate.enrolment,
        form=form,
        **shown,
    )
    return page, 422 if form is not None and form.errors else 200


def _back(certificate):
    return redirect(url_for("dossiers.show", enrolment=certificate.enrolment_id), 303)


@bp.get("/certificates/<uuid:certificate>/replace")
@allow(certification_policy.REPLACE_CERTIFICATE, "certificate")
def replacing(certificate):
    return _page("replace", certificate, ReasonForm())


@bp.post("/certificates/<uuid:certificate>/replace")
@allow(certification_policy.REPLACE_CERTIFICATE, "certificate")
def replace(certificate):
    form = ReasonForm()
    row = form.validate() and form.attempt(
        replacements.replace, certificate, **form.facts(), also=conditions(), by=me()
    )
    if not row:
        return _page("replace", certificate, form)
    flash(gettext("Replaced. The certificate is now number %(number)s.", number=row.number))
    return _back(certificate)


@bp.get("/certificates/<uuid:certificate>/revoke")
@allow(certification_policy.REVOKE_CERTIFICATE, "certificate")
def revoking(certificate):
    return _page("revoke", certificate, ReasonForm())


@bp.post("/certificates/<uuid:certificate>/revoke")
@allow(certification_policy.REVOKE_CERTIFICATE, "certificate")
def ask_to_revoke(certificate):
    form = ReasonForm()
    if not form.validate():
        return _page("revoke", certificate, form)
    address = url_for(".look_again", certificate=certificate.id)
    drafts.save(address, form.facts(), key_id=me().key_id, by=me())
    return redirect(address, 303)


@bp.get("/certificates/<uuid:certificate>/revoke/sure")
@allow(certification_policy.REVOKE_CERTIFICATE, "certificate")
def look_again(certificate):
    kept = drafts.find(request.path, by=me())
    if kept is None:
        return redirect(url_for(".revoking", certificate=certificate.id), 303)
    return _page("sure", certificate, reason=kept[1]["reason"])


@bp.post("/certificates/<uuid:certificate>/revoke/sure")
@allow(certification_policy.REVOKE_CERTIFICATE, "certificate")
def revoke(certificate):
    kept = drafts.find(request.path, by=me())
    if kept is None:
        return redirect(url_for(".revoking", certificate=certificate.id), 303)
    replacements.revoke(certificate, reason=kept[1]["reason"], by=me())
    drafts.drop(request.path, by=me())
    flash(gettext("Revoked. Whoever verifies its number reads since when."))
    return _back(certificate)


@bp.post("/certificates/<uuid:certificate>/duplicates")
@allow(certification_policy.DUPLICATE_CERTIFICATE, "certificate")
def duplicate(certificate):
    row = replacements.duplicate(certificate, by=me())
    flash(gettext("Duplicate no. %(n)s is made.", n=row.number))
    return _back(certificate)


@bp.get("/duplicates/<uuid:duplicate>/pdf")
@allow(certification_policy.READ_DUPLICATE, "duplicate")
def pdf(duplicate):
    number = duplicate.certificate.number
    with speaking(asked_language()):
        made = replacements.pdf(duplicate, address=address_of(number), by=me())
    return paper(made, f"{number}-{duplicate.number}")
