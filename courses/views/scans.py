"""Scans of pages signed by hand: attached, opened, held against the ledger."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from courses import pages, paperwork, policy, scans
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


def compare_form(sheet):
    """A tick for each line of the ledger that the scan says too; none to begin with."""

    class CompareForm(forms.Form):
        lines = forms.Choices(
            lazy("The scan says the same"), [(str(r.number), _line(r)) for r in sheet.rows]
        )

    return CompareForm()


def _line(row):
    if not row.mark.came:
        return lazy("%(name)s: absent", name=row.name)
    return lazy(
        "%(name)s: %(hours)s, from %(came)s to %(went)s",
        name=row.name,
        hours=hours(row.minutes),
        came=clock_time(row.mark.came),
        went=clock_time(row.mark.went) if row.mark.went else "?",
    )


def page(session, form, sheet):
    found = render_template(
        "courses/scans/compare.html",
        session=session,
        work=paperwork.of_page(session),
        sheet=sheet,
        form=form,
        comparable=session.state in scans.COMPARABLE,
        is_own=me().id in (session.trainer_id, session.signed_by_id),
    )
    return found, 422 if form.errors else 200


@bp.get("/sessions/<uuid:session>/compare")
@allow(policy.COMPARE_SCAN, "session")
def compare(session):
    sheet = pages.sheet(session)
    return page(session, compare_form(sheet), sheet)


@bp.post("/sessions/<uuid:session>/compare")
@allow(policy.COMPARE_SCAN, "session")
def agree(session):
    sheet = pages.sheet(session)
    form = compare_form(sheet)
    ticked = {r.enrolment_id for r in sheet.rows if str(r.number) in (form.lines.data or [])}
    if not (form.validate() and form.attempt(scans.agree, session, ticked, by=me())):
        return page(session, form, sheet)
    flash(gettext("You declared that the scan of page %(page)s says what the ledger says.",
                  page=session.page))  # fmt: skip
    return redirect(url_for("register.show", session=session.id), 303)


@bp.get("/scans/<uuid:scan>")
@allow(policy.READ_SCAN, "scan")
def show(scan):
    return sent(scan.file, f"scan-{scan.session.page}")
