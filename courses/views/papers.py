"""The printed pages of an edition and of one session: numbers, files, what is done beside them."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from courses import (
    blanks,
    calendar,
    papers,
    paperwork,
    planning,
    register,
    register_policy,
    scans,
)
from courses.calendar import SessionState
from courses.views.scans import content_of
from lms import clock, forms
from lms.errors import NotFound
from lms.guard import allow, me
from lms.i18n import gettext, lazy, ngettext
from lms.permissions import allowed_ids, can

bp = Blueprint("papers", __name__)
BESIDE = [
    register_policy.PRINT_PAGE,
    register_policy.NUMBER_PAGE,
    register_policy.OPEN_LATE,
    register_policy.TRANSCRIBE_PAGE,
    register_policy.ATTACH_SCAN,
    register_policy.COMPARE_SCAN,
]
"""What one may do with the paper of a page."""


class BookForm(forms.Form):
    name = forms.Words(lazy("Stamped book"), description=lazy("As its cover says."))
    first = forms.Number(lazy("First page"), 1, papers.HIGHEST)
    last = forms.Number(lazy("Last page"), 1, papers.HIGHEST)


class AheadForm(forms.Form):
    count = forms.Number(lazy("How many pages, from the next session on"), 1, papers.MOST_AHEAD)


class NumberForm(forms.Form):
    number = forms.Number(
        lazy("Number of the stamped page"),
        1,
        papers.HIGHEST,
        required=False,
        description=lazy("Empty: the next of the stamped book."),
    )
    why = forms.Words(lazy("Why the page before is not used"), most=400, required=False)


class LateForm(forms.Form):
    reason = forms.Words(
        lazy("What failed, and how long"),
        most=400,
        description=lazy("It stays on the page: no names, nothing personal."),
    )


class ScanForm(forms.Form):
    file = forms.Attachment(lazy("Scan of the signed page, PDF or picture"))


def edition_page(edition, form, ahead=None):
    sessions = [s for s in planning.calendar_of(edition.id) if s.state not in calendar.OUT]
    printed = papers.of_edition(edition.id)
    found = render_template(
        "courses/papers/edition.html",
        edition=edition,
        sessions=sessions,
        printed=printed,
        books=papers.books(edition.id),
        used={paper.number for found in printed.values() for paper in found},
        next=papers.next_number(edition),
        open_to_me=allowed_ids(sessions, me(), register_policy.READ_REGISTER),
        form=form,
        ahead=ahead or AheadForm(count=1),
    )
    return found, 422 if form.errors or (ahead and ahead.errors) else 200


@bp.get("/editions/<uuid:edition>/papers")
@allow(register_policy.KEEP_PAPERS, "edition")
def edition(edition):
    return edition_page(edition, BookForm())


@bp.post("/editions/<uuid:edition>/papers")
@allow(register_policy.KEEP_PAPERS, "edition")
def add_book(edition):
    form = BookForm()
    if not (form.validate() and form.attempt(papers.add_book, edition, **form.facts(), by=me())):
        return edition_page(edition, form)
    flash(gettext("The pages of %(name)s can be used.", name=form.name.data))
    return redirect(url_for(".edition", edition=edition.id), 303)


@bp.post("/editions/<uuid:edition>/papers/ahead")
@allow(register_policy.KEEP_PAPERS, "edition")
def ahead(edition):
    form = AheadForm()
    made = form.validate() and form.attempt(papers.print_ahead, edition, form.count.data, by=me())
    if not made:
        return edition_page(edition, BookForm(), form)
    said = ngettext("One page has its number.", "%(num)d pages have their number.", len(made))
    flash(said)
    return redirect(url_for(".edition", edition=edition.id), 303)


@bp.get("/editions/<uuid:edition>/papers.pdf")
@allow(register_policy.KEEP_PAPERS, "edition")
def every(edition):
    pages = blanks.to_come(edition)
    if not pages:
        raise NotFound()
    return printed(edition, pages, "pages")


@bp.post("/books/<uuid:book>/remove")
@allow(register_policy.REMOVE_BOOK, "book")
def remove_book(book):
    edition_id = book.edition_id
    papers.remove_book(book, by=me())
    flash(gettext("The book is taken back."))
    return redirect(url_for(".edition", edition=edition_id), 303)


def page(session, **given):
    may = {p.name: can(me(), p, session) for p in BESIDE}
    work = paperwork.of_page(session)
    late = (
        session.state == SessionState.SCHEDULED
        and session.ends_at <= clock.now() <= register.last_opening(session)
    )
    shown = {
        "number_form": given.get("number_form") or NumberForm(),
        "late_form": given.get("late_form") or LateForm(),
        "scan_form": given.get("scan_form") or ScanForm(),
    }
    shown["number_form"].why.flags.optional = work.paper is None
    found = render_template(
        "courses/papers/show.html",
        session=session,
        work=work,
        agreement=scans.agreement(session) if work.scan else None,
        may=may,
        late=late,
        scannable=session.state in scans.SCANNABLE,
        opens_until=register.last_opening(session),
        printable=session.state in papers.PRINTABLE,
        **shown,
    )
    return found, 422 if any(form.errors for form in shown.values()) else 200


def to(session):
    return redirect(url_for("papers.show", session=session.id), 303)


@bp.get("/sessions/<uuid:session>/paper")
@allow(register_policy.READ_REGISTER, "session", also=BESIDE)
def show(session):
    return page(session)


@bp.post("/sessions/<uuid:session>/paper")
@allow(register_policy.PRINT_PAGE, "session", also=BESIDE)
def take(session):
    form = NumberForm()
    form.number.data = None
    done = form.attempt(papers.print_page, session, by=me())
    return _printed(session, done) if done else page(session, number_form=form)


@bp.post("/sessions/<uuid:session>/paper/number")
@allow(register_policy.NUMBER_PAGE, "session", also=BESIDE)
def number(session):
    form = NumberForm()
    done = form.validate() and form.attempt(papers.print_page, session, **form.facts(), by=me())
    return _printed(session, done) if done else page(session, number_form=form)


def _printed(session, paper):
    flash(gettext("The page has number %(number)d. Print it now.", number=paper.number))
    return to(session)


def printed(edition, pages, name):
    """These pages as one file to print."""
    at = max(paper.at for _, paper in pages)
    return Response(
        blanks.pdf(edition, pages, at=at, by=me()),
        mimetype="application/pdf",
        headers={"Content-Disposition": f"inline; filename={name}.pdf"},
    )


@bp.get("/sessions/<uuid:session>/paper.pdf")
@allow(register_policy.READ_REGISTER, "session")
def pdf(session):
    paper = papers.latest(session.id)
    if paper is None:
        raise NotFound()
    return printed(session.edition, [(session, paper)], f"page-{paper.number}")


@bp.post("/sessions/<uuid:session>/open-late")
@allow(register_policy.OPEN_LATE, "session", also=BESIDE)
def open_late(session):
    form = LateForm()
    if not (form.validate() and form.attempt(register.open_late, session, **form.facts(), by=me())):
        return page(session, late_form=form)
    flash(gettext("Page %(page)s is open: type its times from the paper.", page=session.page))
    return redirect(url_for("transcripts.show", session=session.id), 303)


@bp.post("/sessions/<uuid:session>/scans")
@allow(register_policy.ATTACH_SCAN, "session", also=BESIDE)
def attach(session):
    form = ScanForm()
    content = content_of(form)
    if content is None or not form.attempt(scans.attach, session, content, by=me()):
        return page(session, scan_form=form)
    flash(gettext("The scan is attached."))
    return to(session)
