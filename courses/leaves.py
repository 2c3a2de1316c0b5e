"""The leaves of the register: its pages read whole, with all that counts on them and why.

A leaf says who was there from when to when as it was stamped and as it counts, what was corrected
and by whom, who signed, and the hash of the page's last entry and of the day's last entry.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased, joinedload

from courses import attendance, presence, register
from courses.attendance import Amendment, Basis, Moments, TraceSpan
from courses.calendar import Session, SessionMode
from courses.corrections import Correction, CorrectionState
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.ledger import Line
from courses.presence import Mark, Policy, Span
from courses.stamps import Act, ActKind, Expected, Stamp, StampSource
from lms import clock, counters, db
from lms.accounts import Person
from lms.chains import Chain, Entry, Kind
from lms.flow import word
from lms.i18n import gettext

WRITTEN: tuple[Any, ...] = (Stamp, Amendment, TraceSpan, Line, Act)
"""What stands on a page, as rows of the register."""
Place = tuple[UUID, UUID, datetime | None]
"""A page, somebody on it, and when."""
Found = TypeVar("Found", bound=db.Model)


@dataclass(frozen=True)
class Change:
    """What an approved correction has changed for one person on one page."""

    page: int
    number: int
    """Of the person, on the page."""
    name: str
    before: Mark
    after: Mark
    at: datetime
    why: str
    """Who approved it, and the reason where it is known."""


@dataclass(frozen=True)
class Entered:
    """One person on a page, as it was stamped and as it counts."""

    number: int
    enrolment_id: UUID
    name: str
    mark: Mark
    basis: Basis
    stamps: Sequence[Stamp]
    posted: int | None
    """What the ledger gives her for the page; None before it is signed."""
    raw: int
    """The whole minutes inside the planned time, without any rounding of the edition."""
    changes: Sequence[Change]

    @property
    def minutes(self) -> int:
        return self.mark.minutes if self.posted is None else self.posted

    @property
    def sources(self) -> list[StampSource]:
        """How her stamps came about, where it was not with the code, each once."""
        found = (s.source for s in self.stamps if s.source != StampSource.CODE)
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Leaf:
    """One page of the register, whole."""

    session: Session
    of: int
    """How many pages the register has; nought where it is only looked at."""
    people: Sequence[Entered]
    acts: Sequence[Act]
    names: Mapping[UUID, str]
    hash: bytes | None
    """Of the last entry that is about this page."""
    day_hash: bytes | None
    """Of the last entry of the whole register up to the end of that day."""

    @property
    def number(self) -> int:
        return self.session.page or 0

    @property
    def changes(self) -> list[Change]:
        return [change for person in self.people for change in person.changes]

    @property
    def signed(self) -> Act | None:
        return next((a for a in self.acts if a.kind == ActKind.SIGNED), None)

    @property
    def came(self) -> int:
        return sum(person.mark.came is not None for person in self.people)

    @property
    def inside(self) -> int:
        return sum(person.mark.is_inside for person in self.people)

    @property
    def minutes(self) -> int:
        return sum(person.minutes for person in self.people)

    @property
    def mark(self) -> str:
        """Another one as soon as anything has been added to the page."""
        stamps = sum(len(person.stamps) for person in self.people)
        return f"{len(self.acts)}-{stamps}-{len(self.changes)}-{self.minutes}"


# Rules


def raw_minutes(found: Sequence[Span], session: Session) -> int:
    """The minutes as they were, whatever the edition rounds."""
    return presence.recognised(found, attendance.window(session), Policy())


class Links:
    """The hashes of a register's entries: by what they are about, and by their day."""

    def __init__(self, entries: Iterable[tuple[UUID | None, bytes, datetime]]) -> None:
        self._hashes: list[bytes] = []
        self._days: list[date] = []
        self._places: dict[UUID | None, int] = {}
        for place, (row_id, link, at) in enumerate(entries):
            self._hashes.append(link)
            self._days.append(clock.local(at).date())
            self._places[row_id] = place

    def last(self, rows: Iterable[Any]) -> bytes | None:
        """That of the last entry about one of these rows."""
        place = max((self._places.get(row.id, -1) for row in rows), default=-1)
        return self._hashes[place] if place >= 0 else None

    def up_to(self, day: date) -> bytes | None:
        """That of the last entry up to the end of a day."""
        place = bisect_right(self._days, day)
        return self._hashes[place - 1] if place else None


# Queries


def leaf(session: Session) -> Leaf:
    """One page as it is now, to be looked at: without its hashes, which the paper prints."""
    return _bound(_sessions(Session.id == session.id), Links(()), 0)[0]


def printed(session: Session) -> Leaf:
    """One page with the hashes that stand on paper."""
    of = counters.last(register.PAGES, session.edition_id)
    return _bound(_sessions(Session.id == session.id), links(session.edition_id), of)[0]


def leaves(edition: Edition) -> list[Leaf]:
    """Every page of an edition, in order; the same statements however many there are."""
    found = _sessions(Session.edition_id == edition.id, Session.page.is_not(None))
    return _bound(found, links(edition.id), len(found))


def has_pages(edition_id: UUID) -> bool:
    """Whether the register of an edition has a page yet."""
    query = select(Session.id).where(Session.edition_id == edition_id, Session.page.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def _sessions(*which: ColumnElement[bool]) -> list[Session]:
    query = (
        select(Session)
        .where(*which)
        .options(joinedload(Session.unit), joinedload(Session.trainer), joinedload(Session.edition))
        .order_by(Session.page)
    )
    return list(db.session.scalars(query))


def links(edition_id: UUID) -> Links:
    """The hashes of an edition's chain."""
    query = (
        select(Entry.row_id, Entry.hash, Entry.at)
        .join(Chain, Chain.id == Entry.chain_id)
        .where(Chain.kind == Kind.REGISTER, Chain.owner_id == edition_id)
        .order_by(Entry.sequence)
    )
    return Links(db.session.execute(query))


def _bound(sessions: Sequence[Session], chain: Links, of: int) -> list[Leaf]:
    """These pages, read together."""
    ids = [s.id for s in sessions]
    names = {s.trainer_id: s.trainer.name for s in sessions}
    amendable = [s.id for s in sessions if attendance.is_amendable(s)]
    live = [s.id for s in sessions if s.mode != SessionMode.CLASSROOM]
    people = _by_page(_expected(ids))
    stamped = _by_page(_of(Stamp, ids, names, Stamp.at, Stamp.id))
    traced = _by_page(_of(TraceSpan, live, names, TraceSpan.number, TraceSpan.began))
    changed = _by_page(_of(Amendment, amendable, names, Amendment.number))
    lines = _by_page(_of(Line, amendable, names, Line.at, Line.id))
    acts = _by_page(_of(Act, ids, names, Act.at))
    whys = _whys(amendable)
    found = []
    for session in sessions:
        i = session.id
        written = [*stamped[i], *traced[i], *changed[i], *lines[i], *acts[i]]
        entered = _entered(
            session, people[i], stamped[i], traced[i], changed[i], _sums(lines[i]), names, whys
        )
        day = chain.up_to(clock.local(session.starts_at).date())
        found.append(Leaf(session, of, entered, acts[i], names, chain.last(written), day))
    return found


def _expected(ids: Sequence[UUID]) -> Iterable[Expected]:
    return db.session.scalars(
        select(Expected)
        .join(Enrolment, Enrolment.id == Expected.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .options(joinedload(Expected.enrolment).joinedload(Enrolment.person))
        .where(Expected.session_id.in_(ids))
        .order_by(Person.sort_name, Person.id)
    )


def _of(
    model: type[Found], ids: Sequence[UUID], names: dict[UUID, str], *order: Any
) -> Iterable[Found]:
    """What stands on these pages; the names of those who wrote it are added to `names`."""
    if not ids:
        return []
    on: Any = model
    query = select(model, Person.name).join(Person, Person.id == on.by_id)
    found = []
    for row, name in db.session.execute(query.where(on.session_id.in_(ids)).order_by(*order)):
        wrote: Any = row
        names[wrote.by_id] = name
        found.append(row)
    return found


def _whys(ids: Sequence[UUID]) -> dict[Place, str]:
    """The reason of each correction that was approved, who asked for it and who approved it."""
    if not ids:
        return {}
    asker, approver = aliased(Person), aliased(Person)
    query = (
        select(Correction, asker.name, approver.name)
        .join(asker, asker.id == Correction.asked_by_id)
        .join(approver, approver.id == Correction.decided_by_id)
        .where(Correction.session_id.in_(ids), Correction.state == CorrectionState.APPROVED)
    )
    return {
        (row.session_id, row.enrolment_id, row.decided_at): gettext(
            "%(reason)s. Asked by %(asker)s, approved by %(name)s.",
            reason=str(word(row.reason).label).capitalize(),
            asker=asked_by,
            name=approved_by,
        )
        for row, asked_by, approved_by in db.session.execute(query)
    }


def _by_page(rows: Iterable[Found]) -> dict[UUID, list[Found]]:
    found: dict[UUID, list[Found]] = defaultdict(list)
    for row in rows:
        found[row.session_id].append(row)  # type: ignore[attr-defined]  # the same
    return found


def _sums(lines: Iterable[Line]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for line in lines:
        found[line.enrolment_id] = found.get(line.enrolment_id, 0) + line.minutes
    return found


def _entered(
    session: Session,
    people: Sequence[Expected],
    stamped: Sequence[Stamp],
    traced: Sequence[TraceSpan],
    changed: Sequence[Amendment],
    posted: Mapping[UUID, int],
    names: Mapping[UUID, str],
    whys: Mapping[Place, str],
) -> list[Entered]:
    """Each person of a page, with every change that was made to what counts for her."""
    ids = [one.enrolment_id for one in people]
    stamps: dict[UUID, list[Stamp]] = {i: [] for i in ids}
    for stamp in stamped:
        stamps.setdefault(stamp.enrolment_id, []).append(stamp)
    made = {i: [(s.kind, s.at) for s in row] for i, row in stamps.items()}
    counts = attendance.settled(session, made, last_trace(session, traced), {})
    marks, changes = attendance.read(session, ids, counts), defaultdict[UUID, list[Change]](list)
    who = {one.enrolment_id: (n, one.enrolment.person.name) for n, one in enumerate(people, 1)}
    for amendment in changed if attendance.is_amendable(session) else ():
        one = {amendment.enrolment_id: attendance.times(amendment.came, amendment.went)}
        counts |= attendance.settled(session, {}, {}, one)
        after = attendance.read(session, one, counts)[amendment.enrolment_id]
        number, name = who[amendment.enrolment_id]
        changes[amendment.enrolment_id].append(
            Change(
                page=session.page or 0,
                number=number,
                name=name,
                before=marks[amendment.enrolment_id],
                after=after,
                at=amendment.at,
                why=whys.get((session.id, amendment.enrolment_id, amendment.at))
                or gettext("Approved by %(name)s.", name=names.get(amendment.by_id, "")),
            )
        )
        marks[amendment.enrolment_id] = after
    return [
        Entered(
            number=n,
            enrolment_id=i,
            name=name,
            mark=marks[i],
            basis=counts.get(i, attendance.NOTHING).basis,
            stamps=stamps[i],
            posted=posted.get(i),
            raw=raw_minutes(marks[i].spans, session),
            changes=changes[i],
        )
        for i, (n, name) in who.items()
    ]


def last_trace(session: Session, traced: Sequence[TraceSpan]) -> dict[UUID, Moments]:
    """The comings and goings of the last import of a page, by enrolment."""
    if session.mode == SessionMode.CLASSROOM or not traced:
        return {}
    number = max(span.number for span in traced)
    found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for span in traced:
        if span.number == number:
            found[span.enrolment_id].append((span.began, span.ended))
    return {i: attendance.of_spans(spans) for i, spans in found.items()}
