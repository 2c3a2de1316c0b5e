"""Attendance: from what somebody's presence on a page is read.

Who signs in a room is read by her stamps; who follows a live lesson by the trace that its platform
kept, whatever she clicked; and an approved amendment stands before both. Amendments and spans of a
trace only grow, and each is an entry of the edition's chain.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    Uuid,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from courses import makeups, presence, stamps
from courses.calendar import Session, SessionMode, SessionState
from courses.editions import Edition
from courses.ledger import Source
from courses.presence import Mark, Policy, Span, StampKind, Window
from courses.stamps import Expected, Stamp
from lms import clock, db
from lms.errors import Refused, WrongState
from lms.flow import Word, say
from lms.i18n import lazy
from lms.permissions import Actor


class Basis(StrEnum):
    """From what somebody's presence is read."""

    STAMPS = "stamps"
    TRACE = "trace"
    AMENDMENT = "amendment"


say(
    {
        Basis.STAMPS: Word(lazy("stamps"), "", "qr"),
        Basis.TRACE: Word(lazy("trace of the live lesson"), "", "doc"),
        Basis.AMENDMENT: Word(lazy("amended"), "voice", "undo"),
    }
)


class Amendment(db.Model):
    """The times of one trainee on one page as an approved correction says them.

    Both empty: she was not there. Of several the last one counts.
    """

    __tablename__ = "courses_amendments"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        UniqueConstraint("session_id", "enrolment_id", "number"),
        CheckConstraint("(came IS NULL) = (went IS NULL)", name="both_or_neither"),
        CheckConstraint("went > came", name="out_after_in"),
        Index("ix_courses_amendments_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    """From 1, for one trainee on one page."""
    came: Mapped[db.Moment | None]
    went: Mapped[db.Moment | None]
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    """Who approved it."""


class TraceSpan(db.Model):
    """One connection of one trainee to a live lesson, as the platform's file has it."""

    __tablename__ = "courses_trace_spans"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        UniqueConstraint("session_id", "enrolment_id", "number", "began"),
        CheckConstraint("ended > began", name="ends_after_start"),
        Index("ix_courses_trace_spans_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    """Of the import that it came with: the last import of a page counts."""
    began: Mapped[db.Moment]
    ended: Mapped[db.Moment]
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    """Who imported the file."""


db.append_only(Amendment.__table__)
db.append_only(TraceSpan.__table__)

Moments = Sequence[tuple[StampKind, datetime]]


@dataclass(frozen=True)
class Counted:
    """What counts for one person on one page: her comings and goings, and where they come from."""

    basis: Basis
    moments: Moments


NOTHING = Counted(Basis.STAMPS, ())


@dataclass
class Sources:
    """What one page is read from, by enrolment: stamps, the last trace, the last amendments."""

    stamped: dict[UUID, list[tuple[StampKind, datetime]]] = field(default_factory=dict)
    traced: dict[UUID, Moments] = field(default_factory=dict)
    amended: dict[UUID, Moments] = field(default_factory=dict)


# Rules


def window(session: Session) -> Window:
    return Window(session.starts_at, session.ends_at)


def policy(edition: Edition) -> Policy:
    return Policy(edition.rounding, edition.rounding_minutes)


def of_spans(found: Iterable[tuple[datetime, datetime]]) -> Moments:
    """Comings and goings, from spans that are whole; those that overlap or touch are one."""
    whole: list[tuple[datetime, datetime]] = []
    for began, ended in sorted(found):
        if whole and began <= whole[-1][1]:
            began, last = whole.pop()
            ended = max(last, ended)
        whole.append((began, ended))
    return [m for began, ended in whole for m in ((StampKind.IN, began), (StampKind.OUT, ended))]


def is_amendable(session: Session) -> bool:
    """Whether amendments count on a page: not before it is signed."""
    return session.state not in (SessionState.SCHEDULED, SessionState.OPEN)


def times(came: datetime | None, went: datetime | None) -> Moments:
    """The comings and goings of an amendment: none when she was not there."""
    return of_spans([(came, went)] if came and went else [])


def settled(
    session: Session,
    stamped: Mapping[UUID, Moments],
    traced: Mapping[UUID, Moments],
    amended: Mapping[UUID, Moments],
) -> dict[UUID, Counted]:
    """What counts on a page: stamps or the trace, as it is followed; an amendment before both."""
    found = {i: Counted(Basis.STAMPS, moments) for i, moments in stamped.items()}
    if session.mode != SessionMode.CLASSROOM and traced:
        spans = {i: Counted(Basis.TRACE, moments) for i, moments in traced.items()}
        found = spans if session.mode == SessionMode.LIVE else found | spans
    return found | {i: Counted(Basis.AMENDMENT, moments) for i, moments in amended.items()}


def source_of(session: Session, found: Counted) -> Source:
    """What the ledger calls minutes that are read from this."""
    if session.makes_up_id is not None:
        return Source.MADE_UP
    return Source.TRACE if found.basis == Basis.TRACE else Source.PRESENCE


# Queries


def read(
    session: Session, expected: Iterable[UUID], found: Mapping[UUID, Counted]
) -> dict[UUID, Mark]:
    """How these enrolments read, by what counts for them on a page.

    On the page of a make-up session nobody is recognised more than she lacked.
    """
    planned, rounding, now = window(session), policy(session.edition), clock.now()
    marks = {
        i: presence.mark(found.get(i, NOTHING).moments, planned, rounding, now) for i in expected
    }
    if session.makes_up_id is None:
        return marks
    most = makeups.most(session, marks)
    return {i: replace(m, minutes=min(m.minutes, most[i])) for i, m in marks.items()}


def counted(
    session: Session,
    stamped: Mapping[UUID, Sequence[Stamp]] | None = None,
    connected: Mapping[UUID, Sequence[Span]] | None = None,
    *,
    amended: bool = True,
) -> dict[UUID, Counted]:
    """What counts on a page, by enrolment; those without anything are left out.

    `stamped` are the stamps of the page, and `connected` its trace, where the caller has them. Not
    `amended`: as the trainer signed it.
    """
    if stamped is None:
        stamped = stamps.of_page(session.id)
    made = {i: [(s.kind, s.at) for s in row] for i, row in stamped.items()}
    if connected is None:
        connected = traced(session)
    found = {
        i: of_spans([(s.start, s.end) for s in spans if s.end]) for i, spans in connected.items()
    }
    last = amendments(session.id) if amended and is_amendable(session) else {}
    return settled(session, made, found, {i: times(row.came, row.went) for i, row in last.items()})


def sources(edition_id: UUID) -> dict[UUID, Sources]:
    """What every page of an edition is read from; three statements, however many they are."""
    found: dict[UUID, Sources] = defaultdict(Sources)
    where = Stamp.session_id, Stamp.enrolment_id, Stamp.edition_id
    query = _of(edition_id, *where, Stamp.kind, Stamp.at).order_by(Stamp.at, Stamp.id)
    for session_id, enrolment_id, kind, at in db.session.execute(query):
        found[session_id].stamped.setdefault(enrolment_id, []).append((kind, at))
    last: dict[UUID, int] = {}
    spans: dict[UUID, dict[UUID, list[tuple[datetime, datetime]]]] = {}
    where = TraceSpan.session_id, TraceSpan.enrolment_id, TraceSpan.edition_id
    query = _of(edition_id, *where, TraceSpan.number, TraceSpan.began, TraceSpan.ended)
    query = query.order_by(TraceSpan.number, TraceSpan.began)
    for session_id, enrolment_id, number, began, ended in db.session.execute(query):
        if last.setdefault(session_id, number) != number:
            last[session_id] = number
            spans.pop(session_id, None)
        spans.setdefault(session_id, {}).setdefault(enrolment_id, []).append((began, ended))
    for session_id, connected in spans.items():
        found[session_id].traced = {i: of_spans(whole) for i, whole in connected.items()}
    where = Amendment.session_id, Amendment.enrolment_id, Amendment.edition_id
    query = _of(edition_id, *where, Amendment.came, Amendment.went).order_by(Amendment.number)
    for session_id, enrolment_id, came, went in db.session.execute(query):
        found[session_id].amended[enrolment_id] = times(came, went)
    return found


def _of(edition_id: UUID, session: Any, enrolment: Any, edition: Any, *columns: Any) -> Select[Any]:
    """The rows of an edition, by page and enrolment."""
    return select(db.seen(session), db.seen(enrolment), *columns).where(edition == edition_id)


def marks(session: Session) -> dict[UUID, Mark]:
    """How each person expected on a page reads now."""
    query = select(Expected.enrolment_id).where(Expected.session_id == session.id)
    return read(session, db.session.scalars(query).all(), counted(session))


def last_import(session_id: UUID) -> int:
    """The number of the last import that gave a page spans; nought when there was none."""
    query = select(func.max(TraceSpan.number)).where(TraceSpan.session_id == session_id)
    return db.session.scalar(query) or 0


def is_traced(session_id: Any, enrolment_id: Any) -> ColumnElement[bool]:
    """Whether the last import of a page has a connection of somebody: of columns, in a query."""
    earlier = aliased(TraceSpan)
    last = select(func.max(earlier.number)).where(earlier.session_id == session_id)
    return exists().where(
        TraceSpan.session_id == session_id,
        TraceSpan.enrolment_id == enrolment_id,
        TraceSpan.number == last.scalar_subquery(),
    )


def traced(session: Session) -> dict[UUID, list[Span]]:
    """The connections of the last import of a page, by enrolment; none where there was none."""
    if session.mode == SessionMode.CLASSROOM:
        return {}
    of_page = select(func.max(TraceSpan.number)).where(TraceSpan.session_id == session.id)
    query = (
        select(TraceSpan)
        .where(TraceSpan.session_id == session.id, TraceSpan.number == of_page.scalar_subquery())
        .order_by(TraceSpan.began)
    )
    found: dict[UUID, list[Span]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.enrolment_id, []).append(Span(row.began, row.ended))
    return found


def amendments(session_id: UUID) -> dict[UUID, Amendment]:
    """The last amendment of each person on a page who has one."""
    query = select(Amendment).where(Amendment.session_id == session_id).order_by(Amendment.number)
    return {row.enrolment_id: row for row in db.session.scalars(query)}


# Operations


def takes_a_trace(session: Session) -> None:
    """Refuse a page that takes no trace: Refused or WrongState with the reason."""
    if session.mode == SessionMode.CLASSROOM:
        raise Refused(lazy("This session is held in the classroom: it has no trace."))
    if session.state == SessionState.SCHEDULED:
        raise Refused(lazy("Open the page first: then it is known who is expected."))
    if session.state != SessionState.OPEN:
        raise WrongState(lazy("This page has been signed: from here on it is corrected by adding."))


def amend(
    session: Session,
    enrolment_id: UUID,
    times: tuple[datetime, datetime] | None,
    *,
    detail: dict[str, object] | None = None,
    by: Actor,
) -> Amendment:
    """Write what the times of one person on a page are from now on; None: she was not there.

    The caller holds the lock of the page, and posts what follows for the ledger.
    """
    before = amendments(session.id).get(enrolment_id)
    came, went = times or (None, None)
    row = Amendment(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        enrolment_id=enrolment_id,
        number=before.number + 1 if before else 1,
        came=came,
        went=went,
        at=clock.now(),
        by_id=by.id,
    )
    stamps.chained("times amended", row, by=by, detail=detail)
    return row


def trace(
    session: Session, found: Mapping[UUID, Sequence[tuple[datetime, datetime]]], *, by: Actor
) -> int:
    """Write the connections of one import of a live lesson, by enrolment; returns its number.

    The caller holds the lock of the page. Raises Refused or WrongState if it takes no trace.
    """
    takes_a_trace(session)
    number = last_import(session.id) + 1
    for enrolment_id, spans in found.items():
        for began, ended in spans:
            row = TraceSpan(
                programme_id=session.programme_id,
                edition_id=session.edition_id,
                session_id=session.id,
                enrolment_id=enrolment_id,
                number=number,
                began=began,
                ended=ended,
                at=clock.now(),
                by_id=by.id,
            )
            stamps.chained("connection traced", row, by=by)
    return number
