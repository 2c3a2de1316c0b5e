"""The appendices of a control bundle: what lies beside the pages, each file as it was handed in.

Attendance files of platforms, scans of stamped pages, sheets of project work, the funder's
authorisation, duplicates of certificates, and what each delivering body has delivered. Each table
names the file it speaks of, and the SHA-256 under which the register knows it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from courses.bodies import DeliveringBody
from courses.calendar import OUT, Session, SessionState
from courses.certificates import Certificate
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.papers import Paper
from courses.replacements import Duplicate
from courses.scans import Agreement, Scan
from courses.sheets import Sheet, SheetAnswer, state_of
from courses.terms import Authorisation
from courses.traces import Import
from lms import clock, db, files, tables
from lms.accounts import Person
from lms.files import File
from lms.flow import word
from lms.i18n import gettext
from lms.permissions import Actor
from lms.tables import Cell, Origin, Table

Make = Callable[[], bytes]
Pieces = Iterable[tuple[str, Make]]
Part = Callable[[Edition, Actor], Pieces]
Listed = Callable[[Edition], tuple[list[str], list[list[Cell]]]]
ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "text/csv": "csv",
    "text/plain": "txt",
}


def ending(file: File) -> str:
    """What stands behind the point in the name of a file that was handed in."""
    return ENDINGS.get(file.media_type, "bin")


def as_csv(table: Table, edition: Edition, by: Actor) -> bytes:
    return tables.as_csv(table, Origin(by.name, clock.now(), edition.code))


def attached(edition: Edition) -> dict[UUID, str]:
    """Where in a bundle each file lies that was handed in beside the pages, by its row."""
    return {
        **{row.id: _trace(row, page) for row, page, _ in _by_page(Import, edition)},
        **{row.id: _scan(row, page) for row, page, _ in _by_page(Scan, edition)},
        **{row.id: _authorisation(row) for row in _authorisations(edition)},
    }


def listed(name: str, told: Listed, edition: Edition, by: Actor) -> bytes:
    """A table of a bundle: what a topic tells of an edition."""
    columns, rows = told(edition)
    return as_csv(Table(name, columns, rows), edition, by)


def _by_page(model: Any, edition: Edition) -> Sequence[Any]:
    """Rows of a topic with the page they are of and who wrote them, in the order of pages."""
    query = (
        select(model, Session.page, Person.name)
        .join(Session, Session.id == model.session_id)
        .join(Person, Person.id == model.by_id)
        .where(model.edition_id == edition.id)
        .order_by(Session.page, model.at, model.id)
    )
    return db.session.execute(query).all()


# Live lessons


def trace_files(edition: Edition, by: Actor) -> Pieces:
    """Each attendance file as the platform wrote it."""
    for row, page, _ in _by_page(Import, edition):
        yield _trace(row, page), partial(files.read, row.file, by=by)
    yield "traces/files.csv", partial(listed, "files", _imports, edition, by)


def _trace(row: Import, page: int) -> str:
    return f"traces/page-{page:03d}-{row.number}.{ending(row.file)}"


def _imports(edition: Edition) -> tuple[list[str], list[list[Cell]]]:
    columns = [
        gettext("File"),
        gettext("Page"),
        gettext("Import"),
        gettext("Layout"),
        gettext("SHA-256"),
        gettext("When"),
        gettext("Person"),
    ]
    return columns, [
        [
            _trace(row, page),
            page,
            row.number,
            str(word(row.layout).label),
            row.digest.hex(),
            row.at,
            name,
        ]
        for row, page, name in _by_page(Import, edition)
    ]


# Paper


def scans(edition: Edition, by: Actor) -> Pieces:
    """Each page that was signed by hand, and which stamped page it was printed on."""
    for row, page, _ in _by_page(Scan, edition):
        yield _scan(row, page), partial(files.read, row.file, by=by)
    yield "scans/scans.csv", partial(listed, "scans", _scans, edition, by)
    yield "scans/printed.csv", partial(listed, "printed", _printed, edition, by)


def _scan(row: Scan, page: int) -> str:
    return f"scans/page-{page:03d}-{row.number}.{ending(row.file)}"


def _scans(edition: Edition) -> tuple[list[str], list[list[Cell]]]:
    agreed = {
        row.scan_id: (row.at, name)
        for row, _, name in _by_page(Agreement, edition)  # the last one counts
    }
    columns = [
        gettext("File"),
        gettext("Page"),
        gettext("SHA-256"),
        gettext("When"),
        gettext("Person"),
        gettext("Said to agree with the ledger at"),
        gettext("Said by"),
    ]
    return columns, [
        [
            _scan(row, page),
            page,
            row.digest.hex(),
            row.at,
            name,
            *agreed.get(row.id, (None, "")),
        ]
        for row, page, name in _by_page(Scan, edition)
    ]


def _printed(edition: Edition) -> tuple[list[str], list[list[Cell]]]:
    columns = [
        gettext("Stamped page"),
        gettext("Page"),
        gettext("Why the one before is not used"),
        gettext("When"),
        gettext("Person"),
    ]
    return columns, [
        [row.number, page, row.why, row.at, name] for row, page, name in _by_page(Paper, edition)
    ]


def authorisations(edition: Edition, by: Actor) -> Pieces:
    """The funder's written word that the electronic register is the original."""
    for row in _authorisations(edition):
        yield _authorisation(row), partial(files.read, row.file, by=by)
    yield (
        "papers/authorisations.csv",
        partial(listed, "authorisations", _authorised, edition, by),
    )


def _authorisations(edition: Edition) -> Sequence[Authorisation]:
    query = (
        select(Authorisation)
        .where(Authorisation.edition_id == edition.id)
        .order_by(Authorisation.number)
    )
    return db.session.scalars(query).all()


def _authorisation(row: Authorisation) -> str:
    return f"papers/authorisation-{row.number:02d}.{ending(row.file)}"


def _authorised(edition: Edition) -> tuple[list[str], list[list[Cell]]]:
    columns = [gettext("File"), gettext("Reference"), gettext("Dated"), gettext("SHA-256")]
    return columns, [
        [_authorisation(row), row.reference, row.dated_on, row.digest.hex()]
        for row in _authorisations(edition)
    ]


# Sheets of project work and field visits


def dated_sheets(edition: Edition, by: Actor) -> Pieces:
    """What trainees wrote of project work and visits, and what was answered."""
    yield "sheets/sheets.csv", partial(listed, "sheets", _sheets, edition, by)


def _sheets(edition: Edition) -> tuple[list[str], list[list[Cell]]]:
    answering = aliased(Person)
    query = (
        select(Sheet, Session.page, Person.name, SheetAnswer, answering.name)
        .join(Session, Session.id == Sheet.session_id)
        .join(Enrolment, Enrolment.id == Sheet.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(SheetAnswer, SheetAnswer.sheet_id == Sheet.id)
        .outerjoin(answering, answering.id == SheetAnswer.by_id)
        .where(Sheet.edition_id == edition.id)
        .order_by(Session.page, Person.sort_name, Sheet.number)
    )
    columns = [
        gettext("Page"),
        gettext("Person"),
        gettext("Sheet"),
        gettext("In"),
        gettext("Out"),
        gettext("What was done"),
        gettext("Handed in at"),
        gettext("State"),
        gettext("Answered by"),
        gettext("Reason"),
    ]
    return columns, [
        [
            page,
            name,
            row.number,
            row.came,
            row.went,
            row.done,
            row.at,
            str(word(state_of(row, answer)).label),
            answered_by or "",
            answer.reason if answer else "",
        ]
        for row, page, name, answer, answered_by in db.session.execute(query)
    ]


# Delivering bodies


def delivered(edition: Edition, by: Actor) -> Pieces:
    """What each body has delivered."""
    yield "calendar/bodies.csv", partial(listed, "bodies", _bodies, edition, by)


def _bodies(edition: Edition) -> tuple[list[str], list[list[Cell]]]:
    query = select(Session).where(Session.edition_id == edition.id)
    planned, held, minutes = Counter[UUID | None](), Counter[UUID | None](), Counter[UUID | None]()
    for session in db.session.scalars(query):
        if session.state not in OUT:
            planned[session.body_id] += 1
        if session.state == SessionState.CERTIFIED:
            held[session.body_id] += 1
            minutes[session.body_id] += session.minutes
    bodies = db.session.scalars(select(DeliveringBody).where(DeliveringBody.id.in_(list(planned))))
    said: list[tuple[UUID | None, str, str]] = [
        (body.id, body.name, body.accreditation) for body in bodies
    ]
    if planned[None]:
        said.append((None, gettext("the organiser of the programme"), edition.operator_code))
    columns = [
        gettext("Delivering body"),
        gettext("Accreditation"),
        gettext("Sessions"),
        gettext("Certified pages"),
        gettext("Minutes held"),
    ]
    return columns, [
        [name, code, planned[id], held[id], minutes[id]]
        for id, name, code in sorted(said, key=lambda one: one[1])
    ]


# Certificates


def duplicates(edition: Edition, by: Actor) -> Pieces:
    """Which duplicates of certificates were made."""
    yield "certificates/duplicates.csv", partial(listed, "duplicates", _duplicates, edition, by)


def _duplicates(edition: Edition) -> tuple[list[str], list[list[Cell]]]:
    query = (
        select(Duplicate, Certificate.number, Person.name)
        .join(Certificate, Certificate.id == Duplicate.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Person, Person.id == Duplicate.by_id)
        .where(Enrolment.edition_id == edition.id)
        .order_by(Certificate.number, Duplicate.number)
    )
    columns = [gettext("Number"), gettext("Duplicate"), gettext("When"), gettext("Person")]
    return columns, [
        [number, row.number, row.at, name] for row, number, name in db.session.execute(query)
    ]


PARTS: tuple[Part, ...] = (
    trace_files,
    scans,
    authorisations,
    dated_sheets,
    delivered,
    duplicates,
)
