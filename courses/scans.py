"""Scans: the printed page as it was signed by hand, and that it says what the ledger says.

Where stamped paper is the original, alone or beside the electronic register, a page is certified
only once somebody has held its last scan against the ledger, line by line. A line that differs is
corrected first; a correction made later asks to hold the two together again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from courses import attendance, calendar, editions, ledger, stamps, terms
from courses.calendar import Session, SessionState
from courses.ledger import Line
from courses.presence import Mark
from lms import clock, db, files, frozen, i18n
from lms.errors import Invalid, Refused, WrongState
from lms.files import File
from lms.i18n import lazy
from lms.permissions import Actor

TOPIC = "courses.scans"
SCANNABLE = (SessionState.OPEN, SessionState.SIGNED, SessionState.COUNTERSIGNED)
COMPARABLE = (SessionState.SIGNED, SessionState.COUNTERSIGNED)


class Scan(db.Model):
    """A page that was signed by hand, as a file. Of several the last one counts."""

    __tablename__ = "courses_scans"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        UniqueConstraint("session_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    """From 1, for one page."""
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the file."""
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    file: Mapped[File] = relationship(foreign_keys=[file_id])
    session: Mapped[Session] = relationship(foreign_keys=[session_id])


class Agreement(db.Model):
    """Somebody declares that a scan and the ledger agree, line by line."""

    __tablename__ = "courses_agreements"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_scans", "scan_id"),
        UniqueConstraint("scan_id", "number"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    scan_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    """From 1, for one scan: the last one counts."""
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    """A hash of the minutes that the ledger gave then: a later correction undoes the agreement."""
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


db.append_only(Scan.__table__)
db.append_only(Agreement.__table__)
_Any = aliased(Scan)


@dataclass(frozen=True)
class Compared:
    """One line to hold against the scan."""

    number: int
    enrolment_id: UUID
    name: str
    minutes: int
    mark: Mark


# Scopes


def of_held(me: Actor) -> ColumnElement[bool]:
    """The scans of the pages that this trainer holds."""
    return Scan.session_id.in_(select(Session.id).where(calendar.held(me)))


def where_coordinated(me: Actor) -> ColumnElement[bool]:
    """The scans of the editions that this coordinator follows."""
    return Scan.session_id.in_(select(Session.id).where(calendar.of_coordinated(me)))


# Rules


def digest(minutes: Mapping[UUID, int]) -> bytes:
    """What the ledger says of a page, as a hash: the same for the same minutes of each."""
    said = frozen.canonical({"lines": {str(i): minutes[i] for i in sorted(minutes, key=str)}})
    return hashlib.sha256(said).digest()


# Queries


def latest(session_id: UUID) -> Scan | None:
    """The scan of a page that counts."""
    query = (
        select(Scan)
        .where(Scan.session_id == session_id)
        .options(joinedload(Scan.file))
        .order_by(Scan.number.desc())
    )
    return db.session.scalar(query.limit(1))


def is_last() -> ColumnElement[bool]:
    """Only the scan of each page that counts."""
    later = select(_Any.id).where(_Any.session_id == Scan.session_id, _Any.number > Scan.number)
    return ~later.exists()


def agreement(session: Session) -> Agreement | None:
    """The declaration that the scan of a page and its ledger agree, while it holds."""
    return _agreed([session.id]).get(session.id)


def _agreed(ids: Iterable[UUID]) -> dict[UUID, Agreement]:
    """The declaration of each page that has one which still holds: two statements."""
    wanted = list(ids)
    query = (
        select(Agreement)
        .join(Scan, Scan.id == Agreement.scan_id)
        .where(Agreement.session_id.in_(wanted), is_last())
        .order_by(Agreement.number)
    )
    found = {row.session_id: row for row in db.session.scalars(query)}
    sums = _minutes(found)
    return {i: row for i, row in found.items() if row.lines == digest(sums.get(i, {}))}


def _minutes(ids: Iterable[UUID]) -> dict[UUID, dict[UUID, int]]:
    """What the ledger gives on each page to each person."""
    if not (wanted := list(ids)):
        return {}
    query = (
        select(Line.session_id, Line.enrolment_id, func.sum(Line.minutes))
        .where(Line.session_id.in_(wanted))
        .group_by(Line.session_id, Line.enrolment_id)
    )
    found: dict[UUID, dict[UUID, int]] = {}
    for session_id, enrolment_id, minutes in db.session.execute(query):
        if session_id is not None:
            found.setdefault(session_id, {})[enrolment_id] = int(minutes)
    return found


def entries(session: Session) -> list[Compared]:
    """What the ledger and the stamps of a page say of each person on it, in list order."""
    people = stamps.expected(session.id)
    marks = attendance.read(
        session, [one.enrolment_id for one in people], attendance.counted(session)
    )
    posted = ledger.posted(session.id)
    return [
        Compared(
            number,
            one.enrolment_id,
            one.enrolment.person.name,
            posted.get(one.enrolment_id, 0),
            marks[one.enrolment_id],
        )
        for number, one in enumerate(people, 1)
    ]


def lacking(sessions: Iterable[Session]) -> set[UUID]:
    """Of these pages, those whose scan has still to be declared to agree with the ledger."""
    needed = {s.id for s in sessions if terms.is_paper(s.original)}
    return needed - _agreed(needed).keys() if needed else needed


# Operations


def attach(session: Session, content: bytes, *, by: Actor) -> Scan:
    """Attach the scan of a page; a better one follows the one before. Raises Invalid, Refused."""
    session = db.locked(session)
    if session.state not in SCANNABLE:
        raise WrongState(
            lazy("A scan is attached from when the page is open until it is certified.")
        )
    stamps.not_of_the_class([session], by)
    before = latest(session.id)
    key_id = editions.key_of(session.edition)
    kept = files.keep(content, TOPIC, session, key_id=key_id, by=by)
    row = Scan(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        number=before.number + 1 if before else 1,
        file_id=kept.id,
        digest=hashlib.sha256(content).digest(),
        at=clock.now(),
        by_id=by.id,
    )
    stamps.chained("scan attached", row, by=by)
    return row


def agree(session: Session, agreeing: Iterable[UUID], *, by: Actor) -> Agreement:
    """Declare that the last scan of a page and the ledger agree for everybody on it.

    `agreeing` are the enrolments whose lines were found to agree. Raises Invalid with the names
    of the others: their lines are corrected first.
    """
    session = db.locked(session)
    if session.state not in COMPARABLE:
        raise WrongState(lazy("Scan and ledger are compared once the page is signed."))
    if by.id in (session.trainer_id, session.signed_by_id):
        raise Refused(lazy("You signed this page: somebody else compares it."))
    stamps.not_of_the_class([session], by)
    scan = latest(session.id)
    if scan is None:
        raise Refused(lazy("Attach the scan of the page first."))
    found = set(agreeing)
    differing = [e for e in stamps.expected(session.id) if e.enrolment_id not in found]
    if differing:
        names = i18n.listed([one.enrolment.person.name for one in differing])
        raise Invalid(
            lines=lazy(
                "Scan and ledger differ for %(names)s. Ask for a correction of what is wrong, "
                "then compare again.",
                names=names,
            )
        )
    query = select(func.count()).where(Agreement.scan_id == scan.id)
    row = Agreement(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        scan_id=scan.id,
        number=(db.session.scalar(query) or 0) + 1,
        lines=digest(ledger.posted(session.id)),
        at=clock.now(),
        by_id=by.id,
    )
    stamps.chained("scan agreed", row, by=by)
    return row
