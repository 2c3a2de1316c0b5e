"""Absences told ahead: announced and taken back by the trainee, read by who coordinates."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from courses import (
    absences,
    policy,
)
from courses.absences import Category
from lms import files, forms
from lms.errors import NotFound
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy

bp = Blueprint("absences", __name__)


class AbsenceForm(forms.Form):
    category = forms.Choice(
        lazy("What keeps you away"), [(c.value, word(c).label) for c in Category], radio=True
    )
    reason = forms.Prose(lazy("Why, in a few words"), most=absences.LONGEST)
    file = forms.Attachment(
        lazy("A paper that shows it"), description=lazy("Optional. PDF, PNG or JPEG.")
    )


@bp.get("/absences")
@allow(policy.ANNOUNCE_ABSENCE)
def mine():
    rows = absences.of_own(me())
    return render_template(
        "courses/absences/mine.html", rows=rows, told=sum(a is not None for _, a in rows)
    )


def _new(session, form):
    page = render_template("courses/absences/new.html", session=session, form=form)
    return page, 422 if form.errors else 200


@bp.get("/sessions/<uuid:session>/absence")
@allow(policy.ANNOUNCE_ABSENCE, "session")
def new(session):
    return _new(session, AbsenceForm())


@bp.post("/sessions/<uuid:session>/absence")
@allow(policy.ANNOUNCE_ABSENCE, "session")
def announce(session):
    form = AbsenceForm()
    paper = form.file.data.read() if form.file.data else None
    done = form.validate() and form.attempt(
        absences.announce,
        session,
        Category(form.category.data),
        form.reason.data,
        paper=paper,
        by=me(),
    )
    if not done:
        return _new(session, form)
    flash(gettext("Announced. The trainer sees that you will not come, and not why."))
    return redirect(url_for(".mine"), 303)


@bp.post("/absences/<uuid:absence>/withdraw")
@allow(policy.WITHDRAW_ABSENCE, "absence")
def withdraw(absence):
    absences.withdraw(absence, by=me())
    flash(gettext("Taken back: you are expected. What you had written is gone."))
    return redirect(url_for(".mine"), 303)


@bp.get("/editions/<uuid:edition>/absences")
@allow(policy.LIST_ABSENCES, "edition")
def edition(edition):
    return render_template(
        "courses/absences/edition.html", edition=edition, rows=absences.of_edition(edition.id)
    )


@bp.get("/absences/<uuid:absence>")
@allow(policy.READ_ABSENCE, "absence")
def show(absence):
    return render_template(
        "courses/absences/show.html",
        absence=absence,
        said=absences.why(absence, by=me()),
        is_own=absence.enrolment.person_id == me().id,
    )


@bp.get("/absences/<uuid:absence>/paper")
@allow(policy.READ_ABSENCE, "absence")
def paper(absence):
    if absence.file is None:
        raise NotFound()
    ending = absence.file.media_type.rpartition("/")[2]
    return Response(
        files.read(absence.file, by=me()),
        mimetype=absence.file.media_type,
        headers={"Content-Disposition": f"attachment; filename=paper.{ending}"},
    )
