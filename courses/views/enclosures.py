"""The papers of an edition: which are there, which are missing, and one more."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    certification_policy,
    editions,
    enclosures,
    enrolments,
    policy,
)
from courses.editions import Part
from courses.enclosures import EnclosureKind
from courses.enrolments import Enrolment
from courses.views.registers import sent
from lms import forms
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy

bp = Blueprint("enclosures", __name__)
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


def paper_form(edition):
    class PaperForm(forms.Form):
        kind = forms.Choice(
            lazy("What it is"), [(kind.value, word(kind).label) for kind in EnclosureKind]
        )
        trainer = forms.RowField(
            lazy("Trainer, for a letter of appointment"),
            certification_policy.CHOOSE_PART,
            say=lambda part: part.person.name,
            within=lambda: enclosures.teaching_in(edition),
            required=False,
        )
        trainee = forms.RowField(
            lazy("Trainee, for a training agreement"),
            policy.READ_HOURS,
            say=lambda enrolment: enrolment.person.name,
            within=lambda: Enrolment.edition_id == edition.id,
            required=False,
        )
        file = forms.Attachment(
            lazy("File of the paper"), description=lazy("PDF, PNG or JPEG, up to 10 MB.")
        )

    return PaperForm()


def _page(edition, form):
    found = enclosures.of_edition(edition.id)
    teaching = [g.person for g in editions.people_of(edition.id) if g.role == Part.TRAINER]
    trainees = [e.person for e in enrolments.of_edition(edition.id)]
    page = render_template(
        "courses/enclosures/edition.html",
        edition=edition,
        papers=found,
        lacking=enclosures.lacking(found, teaching, trainees),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.get("/editions/<uuid:edition>/enclosures")
@allow(certification_policy.ATTACH_PAPER, "edition")
def edition(edition):
    return _page(edition, paper_form(edition))


@bp.post("/editions/<uuid:edition>/enclosures")
@allow(certification_policy.ATTACH_PAPER, "edition")
def attach(edition):
    form = paper_form(edition)
    content = form.file.data.read() if form.file.data else None
    if not (
        form.validate()
        and form.attempt(
            enclosures.enclose,
            edition,
            EnclosureKind(form.kind.data),
            content,
            trainer=form.trainer.data,
            trainee=form.trainee.data,
            by=me(),
        )
    ):
        return _page(edition, form)
    flash(gettext("The paper is attached. It stays."))
    return redirect(url_for(".edition", edition=edition.id), 303)


@bp.get("/enclosures/<uuid:enclosure>")
@allow(certification_policy.READ_PAPER, "enclosure")
def paper(enclosure):
    kind = enclosure.file.media_type
    made = enclosures.read(enclosure, by=me())
    return sent(made, f"{enclosure.kind.value}.{ENDINGS[kind]}", kind)
