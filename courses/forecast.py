"""The forecast: can she still make it? What is done and planned, against what is asked.

Thresholds are reached with certified minutes. What may still be reached is what is recorded, and
what the calendar still offers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from courses import credits, ledger, makeups
from courses.calendar import Session, SessionState
from courses.curriculum import CourseVersion, Module, Unit
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.ledger import Totals
from lms import clock, db
from lms.flow import Word, say
from lms.i18n import lazy

AHEAD = frozenset({SessionState.SCHEDULED, SessionState.OPEN})
HELD = frozenset({SessionState.SIGNED, SessionState.COUNTERSIGNED, SessionState.CERTIFIED})


class Outlook(StrEnum):
    """What the figures say, in one word."""

    REACHED = "reached"
    STILL = "still"
    NARROW = "narrow"
    NOT_ALONE = "not alone"


IN_NEED = frozenset({Outlook.NARROW, Outlook.NOT_ALONE})

say(
    {
        Outlook.REACHED: Word(lazy("Reached"), "good", "ok"),
        Outlook.STILL: Word(lazy("Within reach"), "good", "ok"),
        Outlook.NARROW: Word(lazy("No session to lose"), "turn", "warn"),
        Outlook.NOT_ALONE: Word(lazy("Hours to make up"), "bad", "warn"),
    }
)


@dataclass(frozen=True)
class Share:
    """The hours of one module, or of the whole course, in minutes."""

    due: int
    minimum: int
    recorded: int
    certified: int
    planned: int
    lost: int

    @property
    def best(self) -> int:
        """What she reaches if she always comes."""
        return self.recorded + self.planned

    @property
    def slack(self) -> int:
        """What she may still lose; less than nought is what she must make up."""
        return self.best - self.minimum

    @property
    def lacks(self) -> int:
        """What is still between her and the minimum."""
        return max(self.minimum - self.recorded, 0)


@dataclass(frozen=True)
class ModuleShare:
    """The hours of one module, with its name."""

    number: int
    module: Module
    share: Share


@dataclass(frozen=True)
class Forecast:
    """Where one trainee stands, and what may still come of it."""

    enrolment_id: UUID
    total: Share
    modules: Sequence[ModuleShare]
    may_miss: int
    """How many of the coming sessions she may miss, whichever they are."""

    @property
    def outlook(self) -> Outlook:
        shares = [self.total, *(m.share for m in self.modules)]
        if all(s.certified >= s.minimum for s in shares):
            return Outlook.REACHED
        if any(s.slack < 0 for s in shares):
            return Outlook.NOT_ALONE
        return Outlook.STILL if self.may_miss or not self.total.planned else Outlook.NARROW

    @property
    def worst(self) -> int:
        """The narrowest of all margins: lists begin with the least."""
        return min(s.slack for s in (self.total, *(m.share for m in self.modules)))


# Rules


def least(due: int, percent: int) -> int:
    """The minutes that a threshold asks for; a part of a minute counts as one."""
    return -(-due * percent // 100)


def may_miss(coming: Mapping[int, Sequence[int]], slack: int, by_module: Mapping[int, int]) -> int:
    """How many coming sessions may be missed, whichever: the longest ones are taken first.

    `coming` are the lengths of the sessions ahead by module; the slacks are those of the whole
    course and of each module.
    """
    longest = sorted((length for one in coming.values() for length in one), reverse=True)
    for missed in range(len(longest) + 1):
        lost = sum(longest[:missed])
        lost_by = {m: sum(sorted(one, reverse=True)[:missed]) for m, one in coming.items()}
        if lost > slack or any(lost_by[m] > by_module.get(m, 0) for m in lost_by):
            return max(missed - 1, 0)
    return len(longest)


# Queries


def forecasts(
    enrolment_ids: Iterable[UUID],
    *,
    sums: Mapping[UUID, Totals] | None = None,
    ahead: bool = True,
) -> dict[UUID, Forecast]:
    """The forecast of each enrolment; the same statements, however many they are.

    `sums` are the totals of their lines, where they are there already. Not `ahead`: where they
    stand, as if nothing were still to come.
    """
    ids = list(enrolment_ids)
    modules = _modules(ids)
    sessions = _sessions({enrolment.edition_id for enrolment in modules} if ahead else set())
    sums = ledger.totals(ids) if sums is None else sums
    recognised = credits.of(ids)
    lacks = _lacks([row for rows in sessions.values() for row in rows])
    return {
        enrolment.id: _forecast(
            enrolment,
            found,
            sessions[enrolment.edition_id],
            sums[enrolment.id],
            recognised.get(enrolment.id, {}),
            lacks.of(enrolment.id),
        )
        for enrolment, found in modules.items()
    }


def enrolment_of(person_id: UUID, programme_id: UUID) -> Enrolment | None:
    """The enrolment that a trainee's own hours are about: the one she entered last."""
    query = (
        select(Enrolment)
        .options(joinedload(Enrolment.edition))
        .where(Enrolment.person_id == person_id, Enrolment.programme_id == programme_id)
        .order_by(Enrolment.entered_on.desc(), Enrolment.id)
        .limit(1)
    )
    return db.session.scalar(query)


def columns(edition_id: UUID) -> list[Session]:
    """The sessions of an edition as the columns of the grid: held, or still to come."""
    query = (
        select(Session)
        .options(joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en))
        .where(Session.edition_id == edition_id, Session.state.in_(AHEAD | HELD))
        .order_by(Session.starts_at, Session.id)
    )
    return list(db.session.scalars(query))


def _modules(enrolment_ids: Sequence[UUID]) -> dict[Enrolment, list[Module]]:
    """The enrolments with edition, course and the modules of the course."""
    query = (
        select(Enrolment, Module)
        .join(Enrolment.edition)
        .join(Edition.course)
        .join(Module, Module.version_id == CourseVersion.id)
        .options(contains_eager(Enrolment.edition).contains_eager(Edition.course))
        .where(Enrolment.id.in_(enrolment_ids))
        .order_by(Module.number)
    )
    found: dict[Enrolment, list[Module]] = {}
    for enrolment, module in db.session.execute(query):
        found.setdefault(enrolment, []).append(module)
    return found


def _sessions(edition_ids: set[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    if not edition_ids:
        return found
    query = (
        select(
            Session.id,
            Session.edition_id,
            Session.starts_at,
            Session.ends_at,
            Session.state,
            Session.makes_up_id,
            Module.number,
        )
        .join(Unit, Unit.id == Session.unit_id)
        .join(Module, Module.id == Unit.module_id)
        .where(Session.edition_id.in_(edition_ids), Session.state.in_(AHEAD | HELD))
        .order_by(Session.starts_at, Session.id)
    )
    for row in db.session.execute(query):
        found[row.edition_id].append(row)
    return found


def _lacks(sessions: Sequence[Any]) -> makeups.Lacks:
    """What each lacks of the sessions that a coming one makes up for."""
    missed = {row.makes_up_id for row in sessions if row.makes_up_id and row.state in AHEAD}
    whole = {row.id: _minutes(row) for row in sessions if row.id in missed}
    return makeups.Lacks(whole, makeups.given(missed) if missed else {})


def _forecast(
    enrolment: Enrolment,
    modules: Sequence[Module],
    sessions: Sequence[Any],
    sums: Totals,
    recognised: Mapping[int, int],
    lacks: dict[UUID, int],
) -> Forecast:
    now, edition = clock.now(), enrolment.edition
    coming: dict[int, list[int]] = {m.number: [] for m in modules}
    held = dict.fromkeys(coming, 0)
    for row in sessions:
        minutes = _minutes(row)
        if row.state in HELD:
            held[row.number] += 0 if row.makes_up_id else minutes
        elif _awaits(enrolment, row, now):
            if row.makes_up_id:  # only for her who lacks it, and no more than she lacks
                minutes = min(minutes, lacks[row.makes_up_id])
                lacks[row.makes_up_id] -= minutes
            if minutes:
                coming[row.number].append(minutes)
    shares = [
        ModuleShare(
            m.number,
            m,
            _share(
                m.minutes - recognised.get(m.number, 0),
                edition.module_percent,
                sums.by_module.get(m.number, ledger.Part()),
                sum(coming[m.number]),
                held[m.number],
            ),
        )
        for m in modules
    ]
    total = _share(
        edition.course.minutes - sum(recognised.values()),
        edition.total_percent,
        sums,
        sum(s.share.planned for s in shares),
        sum(held.values()),
    )
    missable = may_miss(coming, total.slack, {s.number: s.share.slack for s in shares})
    return Forecast(enrolment.id, total, shares, missable)


def _minutes(row: Any) -> int:
    return int((row.ends_at - row.starts_at).total_seconds()) // 60


def _awaits(enrolment: Enrolment, row: Any, now: Any) -> bool:
    """Whether this coming session is still one that she can attend."""
    day = clock.local(row.starts_at).date()
    gone = enrolment.left_on is not None and enrolment.left_on < day
    over = row.state == SessionState.SCHEDULED and row.ends_at <= now
    return enrolment.entered_on <= day and not gone and not over


def _share(due: int, percent: int, sums: ledger.Part, planned: int, held: int) -> Share:
    return Share(
        due=due,
        minimum=least(due, percent),
        recorded=sums.recorded,
        certified=sums.certified,
        planned=planned,
        lost=max(held - sums.recorded, 0),
    )
