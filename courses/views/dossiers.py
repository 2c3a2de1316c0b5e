from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    certification_policy,
    dossiers,
    identities,
)
from courses.views.certification import asked_language, conditions, paper
from lms import forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy, speaking
from lms.permissions import can

bp = Blueprint("dossiers", __name__)


class IdentityForm(forms.Form):
    name = forms.Words(lazy("First name and family name"))
    birth_date = forms.Day(lazy("Date of birth"), required=False)
    birth_place = forms.Words(lazy("Place of birth"), required=False)
    tax_code = forms.Words(lazy("Tax code"), most=20, required=False)
    version = forms.Version()


@bp.get("/enrolments/<uuid:enrolment>/certification")
@allow(certification_policy.READ_DOSSIER, "enrolment", also=[certification_policy.CERTIFY_TRAINEE])
def show(enrolment):
    dossier = dossiers.of(enrolment, conditions(), by=me())
    born = dossier.found.person.birth_date
    return render_template(
        "courses/dossiers/show.html",
        enrolment=enrolment,
        dossier=dossier,
        birth_date=date.fromisoformat(born) if born else None,
        found=dossier.found.found,
        certifies=can(me(), certification_policy.CERTIFY_TRAINEE, enrolment),
    )


@bp.get("/enrolments/<uuid:enrolment>/certification/pdf")
@allow(certification_policy.READ_DOSSIER, "enrolment")
def pdf(enrolment):
    with speaking(asked_language()):
        made = dossiers.pdf(dossiers.of(enrolment, conditions(), by=me()))
    return paper(made, enrolment.id)


@bp.get("/enrolments/<uuid:enrolment>/identity")
@allow(certification_policy.IDENTIFY_TRAINEE, "enrolment")
def identity(enrolment):
    known = identities.of(enrolment.person, by=me())
    return _identity(
        enrolment,
        IdentityForm(
            name=enrolment.person.name,
            birth_date=date.fromisoformat(known.birth_date) if known.birth_date else None,
            birth_place=known.birth_place,
            tax_code=known.tax_code,
            version=enrolment.person.version,
        ),
    )


def _identity(enrolment, form):
    page = render_template("courses/dossiers/identity.html", enrolment=enrolment, form=form)
    return page, 422 if form.errors else 200


@bp.post("/enrolments/<uuid:enrolment>/identity")
@allow(certification_policy.IDENTIFY_TRAINEE, "enrolment")
def identify(enrolment):
    form = IdentityForm()
    if not (form.validate() and form.attempt(identities.write, enrolment, **form.facts(), by=me())):
        return _identity(enrolment, form)
    flash(gettext("It is written. A certificate given before says what it said: replace it."))
    return redirect(url_for(".show", enrolment=enrolment.id), 303)
