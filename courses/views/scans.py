"""Scans of pages signed by hand: attached, opened, held against the ledger."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from courses import (
    paperwork,
    register_policy,
    scans,
)
from lms import files, forms
from lms.guard import allow, me
from lms.i18n import clock_time, gettext, hours, lazy

bp = Blueprint("scans", __name__)
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


def content_of(form):
    """The bytes that were sent, or None with what is missing beside the field."""
    if not form.validate():
        return None
    if form.file.data is None:
        form.file.errors = [gettext("Choose the file.")]
        return None
    return form.file.data.read()


def sent(file, name, *, shown=False):
    """A kept file as an answer, under a name that says nothing about anybody."""
    how = "inline" if shown else "attachment"
    name = f"{name}.{ENDINGS[file.media_type]}"
    return Response(
        files.read(file, by=me()),
        mimetype=file.media_type,
        headers={"Content-Disposition": f"{how}; filename={name}"},
    )


def compare_form(entries):
    """A tick for each line of the ledger that the scan says too; none to begin with."""

    class CompareForm(forms.Form):
        lines = forms.Choices(
            lazy("The scan says the same"), [(str(e.number), _said(e)) for e in entries]
        )

    return CompareForm()


def _said(entry):
    mark = entry.mark
    if not mark.came:
        return lazy("%(name)s: absent", name=entry.name)
    return lazy(
        "%(name)s: %(hours)s, from %(came)s to %(went)s",
        name=entry.name,
        hours=hours(entry.minutes),
        came=clock_time(mark.came),
        went=clock_time(mark.went) if mark.went else "?",
    )


def page(session, form=None):
    work = paperwork.of_page(session)
    form = form or compare_form(scans.entries(session))
    found = render_template(
        "courses/scans/compare.html",
        session=session,
        work=work,
        agreement=scans.agreement(session),
        form=form,
        comparable=session.state in scans.COMPARABLE,
        is_own=me().id in (session.trainer_id, session.signed_by_id),
    )
    return found, 422 if form.errors else 200


@bp.get("/sessions/<uuid:session>/compare")
@allow(register_policy.COMPARE_SCAN, "session")
def compare(session):
    return page(session)


@bp.post("/sessions/<uuid:session>/compare")
@allow(register_policy.COMPARE_SCAN, "session")
def agree(session):
    entries = scans.entries(session)
    form = compare_form(entries)
    ticked = {e.enrolment_id for e in entries if str(e.number) in (form.lines.data or [])}
    if not (form.validate() and form.attempt(scans.agree, session, ticked, by=me())):
        return page(session, form)
    said = gettext(
        "You declared that the scan of page %(page)s says what the ledger says.", page=session.page
    )
    flash(said)
    return redirect(url_for("register.show", session=session.id), 303)


@bp.get("/scans/<uuid:scan>")
@allow(register_policy.READ_SCAN, "scan")
def show(scan):
    return sent(scan.file, f"scan-{scan.session.page}")
