"""Certify many by one act, follow how far it has come, and fetch their certificates in one file."""

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from courses import (
    batches,
    certification,
    certification_policy,
    packing,
)
from courses.batches import BatchState
from courses.views.certification import conditions
from lms import forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import can

bp = Blueprint("batches", __name__)
LOOKS_AGAIN = 10
"""Seconds after which the page of a batch that is under way looks again."""


def choose_form(people):
    """Those of these who are chosen, by the permission to certify each."""

    class ChooseForm(forms.Form):
        who = forms.MultipleRowsField(
            lazy("Who is certified"),
            certification_policy.CERTIFY_TRAINEE,
            say=lambda row: row.person.name,
            order=lambda row: (row.person.sort_name, str(row.id)),
            within=lambda: certification.among(people),
        )

    return ChooseForm(who=people)


def _ready(edition):
    people = certification.people(edition.id)
    decided = certification.decided(people)
    waiting = [e for e in people if not certification.is_settled(decided.get(e.id))]
    missing = certification.missing(waiting, conditions())
    return [e for e in waiting if not missing[e.id]]


def _choosing(edition, form, people):
    page = render_template("courses/batches/choose.html", edition=edition, form=form, people=people)
    return page, 422 if form.errors else 200


@bp.get("/editions/<uuid:edition>/certify-trainees")
@allow(certification_policy.CERTIFY_TRAINEES, "edition")
def choose(edition):
    people = _ready(edition)
    return _choosing(edition, choose_form(people), people)


@bp.post("/editions/<uuid:edition>/certify-trainees")
@allow(certification_policy.CERTIFY_TRAINEES, "edition")
def certify(edition):
    people = certification.people(edition.id)
    form = choose_form(people)
    batch = form.validate() and form.attempt(
        batches.certify, edition, form.who.data, also=conditions(), by=me()
    )
    if not batch:
        return _choosing(edition, form, _ready(edition))
    return redirect(url_for(".show", batch=batch.id), 303)


@bp.post("/editions/<uuid:edition>/certificates")
@allow(certification_policy.CERTIFY_TRAINEES, "edition")
def gather(edition):
    batch = batches.gather(edition, by=me())
    flash(gettext("The certificates are being gathered in one file."))
    return redirect(url_for(".show", batch=batch.id), 303)


@bp.get("/batches/<uuid:batch>")
@allow(
    certification_policy.READ_BATCH, "batch", polled=True, also=[certification_policy.FETCH_BATCH]
)
def show(batch):
    beyond = max(request.args.get("beyond", 0, type=int), 0)
    moves = batch.state != BatchState.DONE and "still" not in request.args
    page = render_template(
        "courses/batches/show.html",
        batch=batch,
        progress=batches.progress(batch, beyond=beyond),
        beyond=beyond,
        most=batches.SHOWN,
        moves=moves,
        stopped=batches.has_stopped(batch),
        fetches=can(me(), certification_policy.FETCH_BATCH, batch),
        kept=packing.KEPT,
    )
    return page, 200, {"Refresh": str(LOOKS_AGAIN)} if moves else {}


@bp.get("/batches/<uuid:batch>/file")
@allow(certification_policy.FETCH_BATCH, "batch")
def fetch(batch):
    chunks, size = packing.content(batch, by=me())
    return Response(
        chunks,
        mimetype="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{batch.id}.zip"',
            "Content-Length": str(size),
        },
    )
