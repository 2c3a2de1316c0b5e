"""Pages as people read them: the sheet of one session, and what several give together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from courses import attendance, ledger, paperwork, stamps
from courses.attendance import Basis
from courses.calendar import Session
from courses.enrolments import Enrolment
from courses.paperwork import Paperwork
from courses.presence import Mark, Presence, Span
from courses.stamps import Act, ActKind, Stamp, StampSource
from lms import accounts, clock, db
from lms.chains import Chain, Entry, Kind

_In = aliased(Stamp)
SHOWN = 30


@dataclass(frozen=True)
class Row:
    """One person on a page."""

    number: int
    enrolment_id: UUID
    name: str
    mark: Mark
    sources: Sequence[StampSource]
    """How her stamps came about."""
    basis: Basis
    """From what her presence is read."""
    posted: int | None
    """The minutes that the signed page gave her."""

    @property
    def is_attested(self) -> bool:
        return StampSource.ATTESTED in self.sources

    @property
    def minutes(self) -> int:
        return self.mark.minutes if self.posted is None else self.posted


@dataclass(frozen=True)
class Sheet:
    """A page: its rows, what was done to it, by whom."""

    work: Paperwork
    rows: Sequence[Row]
    acts: Sequence[Act]
    names: dict[UUID, str]
    fingerprint: str
    """The first letters of the hash of its last act."""
    connected: Mapping[UUID, Sequence[Span]]
    """The trace of a live lesson, by enrolment."""
    stamped: Mapping[UUID, Sequence[Stamp]]

    @property
    def session(self) -> Session:
        return self.work.session

    @property
    def marks(self) -> dict[UUID, Mark]:
        return {row.enrolment_id: row.mark for row in self.rows}

    @property
    def people(self) -> dict[UUID, str]:
        return {row.enrolment_id: row.name for row in self.rows}

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.rows if row.mark.presence == Presence.FORGOTTEN]

    @property
    def open_ends(self) -> list[Row]:
        return [row for row in self.rows if row.mark.is_missing_exit]

    @property
    def came(self) -> int:
        return sum(row.mark.came is not None for row in self.rows)

    @property
    def inside(self) -> int:
        return sum(row.mark.is_inside for row in self.rows)

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)

    @property
    def counts(self) -> list[tuple[Presence, int]]:
        found = Counter(row.mark.presence for row in self.rows)
        return [(state, found[state]) for state in Presence if found[state]]

    @property
    def is_over(self) -> bool:
        return clock.now() >= self.session.ends_at

    @property
    def signed(self) -> Act | None:
        return next((a for a in self.acts if a.kind == ActKind.SIGNED), None)

    @property
    def is_from_paper(self) -> bool:
        return any(a.kind == ActKind.COPIED for a in self.acts)


# Queries


def sheet(session: Session) -> Sheet:
    """The page of a session; the same statements however many are on it."""
    work = paperwork.of_page(session)
    session = work.session
    people = stamps.expected(session.id)
    found = stamps.of_page(session.id)
    connected = attendance.traced(session)
    counts = attendance.counted(session, found, connected)
    marks = attendance.read(session, [one.enrolment_id for one in people], counts)
    posted = ledger.posted(session.id)
    done = _acts(session.id)
    rows = [
        Row(
            number,
            one.enrolment_id,
            one.enrolment.person.name,
            marks[one.enrolment_id],
            sorted({s.source for s in found.get(one.enrolment_id, [])}),
            counts.get(one.enrolment_id, attendance.NOTHING).basis,
            posted.get(one.enrolment_id),
        )
        for number, one in enumerate(people, 1)
    ]
    names = {session.trainer_id: session.trainer.name, **{a.by_id: n for a, n, _ in done}}
    last = done[-1][2] if done else None
    return Sheet(
        work,
        rows,
        [act for act, _, _ in done],
        names,
        last.hex()[:16] if last else "",
        connected,
        found,
    )


def _acts(session_id: UUID) -> list[tuple[Act, str, bytes | None]]:
    """What was done to a page, in order, by whom, and the hash of its entry in the chain."""
    query = (
        select(Act, accounts.Person.name, Entry.hash)
        .join(accounts.Person, accounts.Person.id == Act.by_id)
        .outerjoin(
            Entry,
            and_(
                Entry.row_id == Act.id,
                Entry.row_table == Act.__tablename__,
                Entry.chain_id.in_(select(Chain.id).where(Chain.kind == Kind.REGISTER)),
            ),
        )
        .where(Act.session_id == session_id)
        .order_by(Act.at)
    )
    return [(act, name, found) for act, name, found in db.session.execute(query)]


def head_counts(session: Session) -> tuple[int, int]:
    """How many came in so far, and how many are expected: what the wall shows."""
    expected = select(func.count()).where(stamps.Expected.session_id == session.id)
    came = select(func.count()).where(Stamp.session_id == session.id, Stamp.kind == "in")
    row = db.session.execute(select(came.scalar_subquery(), expected.scalar_subquery())).one()
    return int(row[0]), int(row[1])


def batch(sessions: Sequence[Session]) -> tuple[dict[UUID, dict[int, int]], dict[UUID, str]]:
    """The minutes of these pages by trainee and module, and the trainees' names in list order."""
    query = (
        select(ledger.Line.enrolment_id, ledger.Line.module, func.sum(ledger.Line.minutes))
        .where(ledger.Line.session_id.in_([s.id for s in sessions]))
        .group_by(ledger.Line.enrolment_id, ledger.Line.module)
    )
    sums: dict[UUID, dict[int, int]] = {}
    for enrolment_id, module, minutes in db.session.execute(query):
        sums.setdefault(enrolment_id, {})[module] = int(minutes)
    people = db.session.execute(
        select(Enrolment.id, accounts.Person.name)
        .join(accounts.Person, accounts.Person.id == Enrolment.person_id)
        .where(Enrolment.id.in_(list(sums)))
        .order_by(accounts.Person.sort_name, accounts.Person.id)
    )
    return sums, dict(people.all())
