"""The balance of an edition, or of one of its months: what was planned, held and recognised.

Everything here is added up from the ledger and the calendar; nothing is kept. A closing sheet
freezes it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from courses import calendar, credits, enrolments
from courses.calendar import Session, SessionKind, SessionMode, SessionState
from courses.curriculum import Module
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.ledger import Line, Source
from lms import clock, db
from lms.accounts import Person
from lms.flow import Word, say
from lms.i18n import lazy

WAITING = (SessionState.OPEN, SessionState.SIGNED, SessionState.COUNTERSIGNED)
"""Pages whose hours are not certified yet."""


class Way(StrEnum):
    """How minutes were followed."""

    CLASSROOM = "classroom"
    LIVE = "live"
    SELF_PACED = "self_paced"


say(
    {
        Way.CLASSROOM: Word(lazy("in the classroom")),
        Way.LIVE: Word(lazy("live online")),
        Way.SELF_PACED: Word(lazy("self-paced")),
    }
)


@dataclass
class Account:
    """What one trainee has, in minutes."""

    enrolment: Enrolment
    present: int = 0
    recovered: int = 0
    """On make-up sessions: never above what was missed."""
    credited: int = 0
    """By which less is due of her; it is no presence."""
    by_module: Counter[int] = field(default_factory=Counter)
    by_way: Counter[Way] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.present + self.recovered


@dataclass(frozen=True)
class Part:
    """One module, or all of them: what the course asks, what was planned, what was held."""

    due: int
    planned: int
    held: int


@dataclass(frozen=True)
class Balance:
    """Everything that a closing sheet says in figures."""

    edition: Edition
    month: str
    """2026-11; empty for the whole edition."""
    sessions: Sequence[Session]
    modules: Mapping[int, tuple[Module, Part]]
    people: Sequence[Account]
    trainers: Sequence[tuple[Person, int, int]]
    """Who taught, how many certified pages, how many minutes they lasted."""

    @property
    def total(self) -> Part:
        parts = [part for _, part in self.modules.values()]
        return Part(
            sum(p.due for p in parts), sum(p.planned for p in parts), sum(p.held for p in parts)
        )

    @property
    def waiting(self) -> list[Session]:
        """The sessions that must be certified, cancelled or said not to have been held."""
        return [s for s in self.sessions if s.state in (*WAITING, SessionState.SCHEDULED)]

    def asked(self, account: Account) -> int:
        """The minutes of which her share is taken: of the course less credits, or of the month."""
        return self.total.held if self.month else max(self.total.due - account.credited, 0)


# Rules


def month_of(session: Session) -> str:
    """The month of a session, as people in Italy count it."""
    return clock.local(session.starts_at).strftime("%Y-%m")


def share(part: int, whole: int) -> int:
    """In hundredths of a percent, rounded down: 10,000 is all of it."""
    return part * 10_000 // whole if whole else 0


def way(line: Any, traced: set[tuple[UUID, UUID]]) -> Way:
    """How the minutes of a line were followed; what corrects a trace is of the trace."""
    if line.source == Source.SELF_PACED:
        return Way.SELF_PACED
    if line.mode == SessionMode.LIVE or (line.enrolment_id, line.session_id) in traced:
        return Way.LIVE
    return Way.CLASSROOM


# Queries


def months(edition_id: UUID) -> list[str]:
    """The months in which an edition has sessions, in order."""
    return sorted({month_of(s) for s in calendar.sessions(edition_id)})


def balance(edition: Edition, month: str = "") -> Balance:
    """The balance of an edition, or of one month of it."""
    query = (
        select(Session)
        .options(joinedload(Session.unit), joinedload(Session.trainer))
        .where(Session.edition_id == edition.id)
        .order_by(Session.starts_at)
    )
    every = db.session.scalars(query).all()
    sessions = [s for s in every if not month or month_of(s) == month]
    return Balance(
        edition=edition,
        month=month,
        sessions=sessions,
        modules=_modules(edition, sessions),
        people=_accounts(edition, month, {s.id for s in sessions}),
        trainers=_trainers(sessions),
    )


def _modules(edition: Edition, sessions: Sequence[Session]) -> dict[int, tuple[Module, Part]]:
    planned: Counter[UUID] = Counter()
    held: Counter[UUID] = Counter()
    for session in sessions:
        if session.kind == SessionKind.MAKE_UP or session.state in calendar.OUT:
            continue
        planned[session.unit.module_id] += session.minutes
        if session.state == SessionState.CERTIFIED:
            held[session.unit.module_id] += session.minutes
    query = select(Module).where(Module.version_id == edition.version_id).order_by(Module.number)
    return {
        m.number: (m, Part(m.minutes, planned[m.id], held[m.id])) for m in db.session.scalars(query)
    }


def _accounts(edition: Edition, month: str, sessions: set[UUID]) -> list[Account]:
    found = {e.id: Account(e) for e in enrolments.of_edition(edition.id)}
    query = (
        select(
            Line.enrolment_id,
            Line.session_id,
            Line.module,
            Line.source,
            Line.minutes,
            Line.at,
            Session.mode,
            Session.kind,
            Session.state,
        )
        .outerjoin(Session, Session.id == Line.session_id)
        .where(Line.edition_id == edition.id)
    )
    lines = [row for row in db.session.execute(query) if _counts(row, month, sessions)]
    traced = {(r.enrolment_id, r.session_id) for r in lines if r.source == Source.TRACE}
    for row in lines:
        account = found[row.enrolment_id]
        if row.kind == SessionKind.MAKE_UP or row.source == Source.MADE_UP:
            account.recovered += row.minutes
        else:
            account.present += row.minutes
        account.by_module[row.module] += row.minutes
        account.by_way[way(row, traced)] += row.minutes
    for enrolment_id, by_module in credits.of(found).items():
        found[enrolment_id].credited += sum(by_module.values())
    return list(found.values())


def _counts(row: Any, month: str, sessions: set[UUID]) -> bool:
    """Whether a line is of this balance: of a certified page of its sessions, or of its days."""
    if row.session_id is not None:
        return row.session_id in sessions and row.state == SessionState.CERTIFIED
    return not month or clock.local(row.at).strftime("%Y-%m") == month


def _trainers(sessions: Sequence[Session]) -> list[tuple[Person, int, int]]:
    people: dict[UUID, Person] = {}
    minutes: dict[UUID, list[int]] = defaultdict(list)
    for session in sessions:
        if session.state == SessionState.CERTIFIED:
            people[session.trainer_id] = session.trainer
            minutes[session.trainer_id].append(session.minutes)
    order = sorted(people.values(), key=lambda p: (p.sort_name, p.id))
    return [(p, len(minutes[p.id]), sum(minutes[p.id])) for p in order]
