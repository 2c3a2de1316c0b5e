"""Live: what a trainer sees of her open page while the session goes on, and what she notes on it.

Who is inside, who is not yet, who has announced her absence, whom she has marked absent. She counts
heads whenever she likes: each count is kept with its moment, beside what the register said then.
She can mark somebody absent and nothing else: presence is signed by each for herself, and who comes
after the mark signs in all the same. Counts and marks may arrive late, from a device that had no
network; they then carry the moment at which they were made. Both only grow, as entries of the
chain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from courses import absences, stamps
from courses.calendar import Session, SessionState
from courses.presence import StampKind
from courses.stamps import Expected, Stamp
from lms import clock, db, i18n
from lms.errors import Refused, Stale, WrongState
from lms.flow import Word, say
from lms.i18n import lazy
from lms.permissions import Actor


class Standing(StrEnum):
    """How one person stands on an open page, at this moment."""

    INSIDE = "inside"
    AWAITED = "awaited"
    ANNOUNCED = "announced"
    ABSENT = "absent"
    GONE = "gone"


say(
    {
        Standing.INSIDE: Word(lazy("Inside"), "good plain", "ok"),
        Standing.AWAITED: Word(lazy("Not in yet"), "", "wait"),
        Standing.ANNOUNCED: Word(lazy("Absence announced"), "", "mail"),
        Standing.ABSENT: Word(lazy("Marked absent"), "bad", "none"),
        Standing.GONE: Word(lazy("Gone out"), "", "exit"),
    }
)


class HeadCount(db.Model):
    """How many heads the trainer counted in the room at one moment."""

    __tablename__ = "courses_head_counts"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        UniqueConstraint("session_id", "number"),
        CheckConstraint("counted >= 0", name="counted_not_negative"),
        CheckConstraint("noted_at >= at", name="noted_after_counting"),
        Index("ix_courses_head_counts_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    """From 1 on each page."""
    counted: Mapped[int] = mapped_column()
    inside: Mapped[int] = mapped_column()
    """How many the stamps say were inside at that moment."""
    at: Mapped[db.Moment]
    noted_at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


class AbsentMark(db.Model):
    """That the trainer saw somebody's place empty. It takes nothing from who comes later."""

    __tablename__ = "courses_absent_marks"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        UniqueConstraint("session_id", "enrolment_id"),
        CheckConstraint("noted_at >= at", name="noted_after_seeing"),
        Index("ix_courses_absent_marks_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[db.Moment]
    noted_at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


db.append_only(HeadCount.__table__)
db.append_only(AbsentMark.__table__)


@dataclass(frozen=True)
class Person:
    """One person on a live page."""

    expected_id: UUID
    name: str
    standing: Standing
    came: datetime | None
    went: datetime | None
    marked: datetime | None


@dataclass(frozen=True)
class Pair:
    """Two people who signed from one device within a few seconds."""

    first: str
    second: str
    at: datetime
    seconds: int


@dataclass(frozen=True)
class Live:
    """An open page as it stands now."""

    people: Sequence[Person]
    counts: Sequence[HeadCount]
    """The latest first."""
    pairs: Sequence[Pair]

    @property
    def lists(self) -> list[tuple[Standing, list[Person]]]:
        """The people by how they stand, in list order; each list that is not empty."""
        found = {s: [p for p in self.people if p.standing == s] for s in Standing}
        return [(standing, people) for standing, people in found.items() if people]

    @property
    def inside(self) -> int:
        return sum(p.standing == Standing.INSIDE for p in self.people)

    @property
    def last(self) -> HeadCount | None:
        return self.counts[0] if self.counts else None

    @property
    def differs(self) -> bool:
        """Whether the last count was not what the register said at its moment."""
        return self.last is not None and self.last.counted != self.last.inside


# Scopes


def on_page(session: Session) -> ColumnElement[bool]:
    return Expected.session_id == session.id


# Rules


def was_inside(made: Iterable[Stamp], at: datetime) -> bool:
    """Whether these stamps of one person say that she was inside at a moment."""
    before = [s for s in made if s.at <= at]
    return any(s.kind == StampKind.IN for s in before) and not any(
        s.kind == StampKind.OUT for s in before
    )


def standing(made: Sequence[Stamp], *, is_marked: bool, is_announced: bool) -> Standing:
    """How somebody stands: what she signed comes before what was said of her."""
    if any(s.kind == StampKind.OUT for s in made):
        return Standing.GONE
    if made:
        return Standing.INSIDE
    if is_marked:
        return Standing.ABSENT
    return Standing.ANNOUNCED if is_announced else Standing.AWAITED


def moment(session: Session, claimed: datetime | None, now: datetime) -> datetime:
    """When something was noted: as a device says it, but not before the page nor still to come."""
    opened = session.opened_at or now
    return now if claimed is None else max(min(claimed, now), opened)


# Queries


def sheet(session: Session) -> Live:
    """The open page of a session; the same statements however many are on it."""
    expected = stamps.expected(session.id)
    made = stamps.of_page(session.id)
    marks, told = _marks(session.id), absences.announced(session.id)
    people, names = [], {}
    for one in expected:
        found = made.get(one.enrolment_id, [])
        times = {s.kind: s.at for s in found}
        names[one.enrolment_id] = one.enrolment.person.name
        people.append(
            Person(
                one.id,
                names[one.enrolment_id],
                standing(
                    found,
                    is_marked=one.enrolment_id in marks,
                    is_announced=one.enrolment_id in told,
                ),
                times.get(StampKind.IN),
                times.get(StampKind.OUT),
                marks.get(one.enrolment_id),
            )
        )
    every = [s for found in made.values() for s in found]
    return Live(people, _counts(session.id), _pairs(stamps.close(every), names))


def seen(session: Session) -> str:
    """What changes whenever the page does: a poll that knows it need not be answered."""
    parts = [
        select(func.count()).where(model.session_id == session.id).scalar_subquery()
        for model in (Stamp, AbsentMark, HeadCount)
    ]
    counts = db.session.execute(select(*parts)).one()
    return "-".join(str(n) for n in [*counts, int(clock.now() >= session.ends_at)])


def _pairs(found: Iterable[tuple[Stamp, Stamp]], names: Mapping[UUID, str]) -> list[Pair]:
    return [
        Pair(
            names.get(a.enrolment_id, ""),
            names.get(b.enrolment_id, ""),
            b.noted_at,
            int((b.noted_at - a.noted_at).total_seconds()),
        )
        for a, b in found
    ]


def _marks(session_id: UUID) -> dict[UUID, datetime]:
    query = select(AbsentMark.enrolment_id, AbsentMark.at)
    rows = db.session.execute(query.where(AbsentMark.session_id == session_id))
    return {row.enrolment_id: row.at for row in rows}


def _counts(session_id: UUID) -> list[HeadCount]:
    query = select(HeadCount).where(HeadCount.session_id == session_id)
    return list(db.session.scalars(query.order_by(HeadCount.number.desc())))


# Operations


def count(
    session: Session,
    counted: int,
    *,
    known: int | None = None,
    at: datetime | None = None,
    by: Actor,
) -> HeadCount:
    """Keep how many heads were counted. `known` is the number of the last count that she saw.

    Raises Stale when somebody has kept another one meanwhile: both are shown, and she decides.
    """
    session = db.locked(session)
    _open(session)
    last, now = next(iter(_counts(session.id)), None), clock.now()
    number = last.number if last else 0
    if known is not None and last is not None and known != number:
        raise Stale(
            lazy(
                "Another count was kept meanwhile: %(counted)d heads at %(time)s. Yours was not "
                "kept: if it is the newer one, send it again.",
                counted=last.counted,
                time=i18n.clock_time(last.at),
            ),
            theirs={"counted": str(last.counted)},
        )
    when, made = moment(session, at, now), stamps.of_page(session.id)
    row = HeadCount(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        number=number + 1,
        counted=counted,
        inside=sum(was_inside(found, when) for found in made.values()),
        at=when,
        noted_at=now,
        by_id=by.id,
    )
    stamps.chained("heads counted", row, by=by)
    return row


def mark_absent(expected: Expected, *, at: datetime | None = None, by: Actor) -> AbsentMark:
    """Mark somebody absent whose place is empty. A second time is the same as once.

    Raises Refused when she has signed in: her signature stands.
    """
    session = db.locked(db.session.get_one(Session, expected.session_id))
    _open(session)
    made = stamps.of_page(session.id).get(expected.enrolment_id)
    if made:
        raise Refused(
            lazy(
                "%(name)s signed in at %(time)s, so she is not marked absent.",
                name=expected.enrolment.person.name,
                time=i18n.clock_time(made[0].at),
            )
        )
    known = db.session.scalar(
        select(AbsentMark).where(
            AbsentMark.session_id == session.id,
            AbsentMark.enrolment_id == expected.enrolment_id,
        )
    )
    if known is not None:
        return known
    now = clock.now()
    row = AbsentMark(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        enrolment_id=expected.enrolment_id,
        at=moment(session, at, now),
        noted_at=now,
        by_id=by.id,
    )
    stamps.chained("marked absent", row, by=by)
    return row


def _open(session: Session) -> None:
    if session.state != SessionState.OPEN:
        raise WrongState(lazy("This page is no longer open: nothing more is noted on it."))
