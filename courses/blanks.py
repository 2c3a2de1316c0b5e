"""Blanks: the pages of the register as they are printed, to be signed by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from courses import bodies, planning, stamps, terms
from courses.bodies import DeliveringBody
from courses.calendar import Session, SessionState
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.papers import Paper
from courses.papers import of_edition as printed
from lms import clock, documents, i18n
from lms.i18n import gettext
from lms.permissions import Actor

TEMPLATE = "courses/blank.typ"
NOON = 13


# Queries


def to_come(edition: Edition) -> list[tuple[Session, Paper]]:
    """The sessions in the calendar whose pages are printed, each with the page that counts."""
    papers = printed(edition.id)
    return [
        (session, papers[session.id][-1])
        for session in planning.calendar_of(edition.id)
        if session.id in papers and session.state == SessionState.SCHEDULED
    ]


def codes(edition: Edition) -> list[tuple[str, str]]:
    """The codes that the funder's papers show: those that were said."""
    every = [
        (gettext("Practice no."), edition.practice_number),
        (gettext("Operator code"), edition.operator_code),
        (gettext("Course code"), edition.course_code),
        (gettext("CUP"), edition.project_code),
        (gettext("Site"), edition.site),
    ]
    return [(label, said) for label, said in every if said]


def pdf(
    edition: Edition, pages: Sequence[tuple[Session, Paper]], *, at: datetime, by: Actor
) -> bytes:
    """These pages as PDF/A-2a and PDF/UA-1, in the reader's language."""
    return documents.pdf(TEMPLATE, data(edition, pages, by=by), at=at)


def data(edition: Edition, pages: Sequence[tuple[Session, Paper]], *, by: Actor) -> dict[str, Any]:
    """All words and figures of these pages; the same statements however many they are."""
    known: dict[UUID | None, DeliveringBody] = {
        body.id: body for body in bodies.of_programme(edition.programme_id)
    }
    people = _people([session for session, _ in pages])
    return {
        "language": i18n.language(),
        "title": gettext("Register of %(edition)s, pages to sign", edition=edition.name),
        "logos": terms.drawn(edition.id, by=by),
        "stamped": gettext("Stamped page no.")
        if terms.is_paper(edition.original)
        else gettext("Printed page no."),
        "edition": f"{edition.name} ({edition.code})",
        "codes": [list(pair) for pair in codes(edition)],
        "headings": [
            gettext("No."),
            gettext("Trainee"),
            gettext("In at"),
            gettext("Signature"),
            gettext("Out at"),
            gettext("Signature"),
        ],
        "absent": gettext(
            "The trainer bars the boxes of who is absent. A mistake is struck once so that it "
            "stays legible, put right beside, dated and signed."
        ),
        "boxes": [
            gettext("What was taught"),
            gettext("Heads counted"),
            gettext("Signature of the trainer"),
            gettext("Signature of the coordinator"),
        ],
        "pages": [
            _page(session, paper, people[session.id], known.get(session.body_id))
            for session, paper in pages
        ],
    }


def _people(sessions: Sequence[Session]) -> dict[Any, list[Enrolment]]:
    """Whom each page expects, or will expect when it is opened."""
    found = stamps.due_of([s for s in sessions if not s.page])
    for session in sessions:
        if session.page:
            found[session.id] = [one.enrolment for one in stamps.expected(session.id)]
    return found


def _page(
    session: Session, paper: Paper, people: Sequence[Enrolment], body: DeliveringBody | None
) -> dict[str, Any]:
    return {
        "title": gettext("Register page %(number)d", number=paper.number),
        "number": str(paper.number),
        "page": gettext("Electronic page %(page)d", page=session.page)
        if session.page
        else gettext("The electronic page gets its own number when it is opened."),
        "unit": f"{session.unit.code} {session.unit.title}",
        "facts": [list(pair) for pair in _facts(session, body)],
        "half": gettext("Morning")
        if clock.local(session.starts_at).hour < NOON
        else gettext("Afternoon"),
        "people": [enrolment.person.name for enrolment in people],
    }


def _facts(session: Session, body: DeliveringBody | None) -> list[tuple[str, str]]:
    start, end = i18n.clock_time(session.starts_at), i18n.clock_time(session.ends_at)
    found = [
        (gettext("Day"), i18n.date_year(session.starts_at)),
        (gettext("Time"), f"{start}–{end}"),
        (gettext("Room"), session.room),
        (gettext("Trainer"), session.trainer.name),
        (gettext("Delivering body"), f"{body.name} {body.accreditation}".strip() if body else ""),
    ]
    return [(label, said) for label, said in found if said]
