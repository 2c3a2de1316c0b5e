"""The forecast: can she still make it? What is done and planned, against what is asked.

Thresholds are reached with certified minutes. What may still be reached is what is recorded, and
what the calendar still offers. Credits lower what is due; minutes followed live online beyond the
cap of the edition are done, but do not count.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from courses import credits, ledger, makeups, shares
from courses.calendar import Session, SessionMode, SessionState
from courses.curriculum import CourseVersion, Module, Unit
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.ledger import Part, Totals
from courses.shares import Coming, Reach, Share
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
    has_left: bool = False
    credited: int = 0
    """What she is recognised at her entry: it is not due, and not among the minutes done."""
    live: int = 0
    """Of what is recorded, what was followed live online."""
    live_cap: int | None = None
    """The most of it that counts; None: all."""
    ticks: Sequence[Fraction] = ()
    """The shares of the hours that pictures mark beside the thresholds."""

    @property
    def parts(self) -> list[Share]:
        return [self.total, *(m.share for m in self.modules)]

    @property
    def outlook(self) -> Outlook:
        if all(s.is_reached for s in self.parts):
            return Outlook.REACHED
        if any(s.slack < 0 for s in self.parts):
            return Outlook.NOT_ALONE
        return Outlook.STILL if self.may_miss or not self.total.planned else Outlook.NARROW

    @property
    def is_in_need(self) -> bool:
        """Whether somebody has to do something: not for who has left."""
        return not self.has_left and self.outlook in IN_NEED

    @property
    def worst(self) -> int:
        """The narrowest of all margins."""
        return min(s.slack for s in self.parts)

    @property
    def last_on(self) -> date | None:
        """The day by which she must come again: the first of all her shares'."""
        return min((s.last_on for s in self.parts if s.last_on), default=None)

    @property
    def days_left(self) -> int | None:
        """How many days there are until then; None where there is no such day."""
        return shares.days_to(self.last_on)

    def share(self, module: int | None) -> Share | None:
        """The share of a module; None for the whole course, and where there is no such module."""
        return next((m.share for m in self.modules if m.number == module), None)

    def urgency(self, share: Share | None = None) -> tuple[bool, bool, int, int]:
        """The order of lists: by days left, then by margin; of one share, or of the narrowest.

        First who can no longer make it alone; last who needs nothing more, and who has left.
        """
        slack = self.worst if share is None else share.slack
        left = shares.days_to(self.last_on if share is None else share.last_on)
        return self.has_left, slack >= 0 and left is None, -1 if slack < 0 else left or 0, slack


# Rules


def awaits(enrolment: Enrolment, row: Any, now: datetime) -> bool:
    """Whether this is a coming session, and one that she can still attend."""
    day = clock.local(row.starts_at).date()
    gone = enrolment.left_on is not None and enrolment.left_on < day
    over = row.state == SessionState.SCHEDULED and row.ends_at <= now
    return row.state in AHEAD and enrolment.entered_on <= day and not gone and not over


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
    lacks = _lacks([row for rows in sessions.values() for row in rows])
    return {
        enrolment.id: _forecast(
            enrolment,
            found,
            sessions[enrolment.edition_id],
            sums[enrolment.id],
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


def _modules(enrolment_ids: Sequence[UUID]) -> dict[Enrolment, list[tuple[Module, int]]]:
    """The enrolments with edition and course; its modules, and what is recognised of each."""
    query = (
        select(Enrolment, Module, credits.recognised(Enrolment.id, Module.number))
        .join(Enrolment.edition)
        .join(Edition.course)
        .join(Module, Module.version_id == CourseVersion.id)
        .options(contains_eager(Enrolment.edition).contains_eager(Edition.course))
        .where(Enrolment.id.in_(enrolment_ids))
        .order_by(Module.number)
    )
    found: dict[Enrolment, list[tuple[Module, int]]] = {}
    for enrolment, module, minutes in db.session.execute(query):
        found.setdefault(enrolment, []).append((module, int(minutes)))
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
            Session.mode,
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
    modules: Sequence[tuple[Module, int]],
    sessions: Sequence[Any],
    sums: Totals,
    lacks: Mapping[Any, int],
) -> Forecast:
    edition, now = enrolment.edition, clock.now()
    held: dict[int | None, int] = defaultdict(int)
    coming = [_coming(row, now) for row in sessions if awaits(enrolment, row, now)]
    for row in sessions:
        if row.state in HELD and row.makes_up_id is None:
            held[row.number] += _minutes(row)
            held[None] += _minutes(row)
    due = {m.number: m.minutes - credit for m, credit in modules}
    credited = sum(credit for _, credit in modules)
    whole = edition.course.minutes - credited
    cap = shares.cap(whole, edition.live_percent)
    minimum: dict[int | None, int] = {
        n: shares.least(minutes, edition.module_percent) for n, minutes in due.items()
    }
    minimum[None] = shares.least(whole, edition.total_percent)
    done = Reach(
        {None: sums.recorded, **{n: part.recorded for n, part in sums.by_module.items()}}, sums.live
    )
    last = shares.last_days(done, coming, lacks, minimum, cap)
    gains = list(zip(coming, shares.gains(coming, lacks), strict=True))
    lengths = {n: [gain for one, gain in gains if one.module == n and gain] for n in due}
    live = sum(gain for one, gain in gains if one.is_live)

    def share(part: int | None, sums: Part, asked: int, planned: int) -> Share:
        most = cap if part is None else None
        return Share(
            due=asked,
            minimum=minimum[part],
            recorded=sums.recorded,
            certified=sums.certified,
            planned=planned,
            lost=max(held[part] - sums.recorded, 0),
            beyond=shares.over(sums.live, most),
            beyond_certified=shares.over(sums.live_certified, most),
            beyond_at_best=shares.over(sums.live + live, most),
            last_on=last[part],
        )

    of_modules = {n: share(n, sums.by_module.get(n, Part()), due[n], sum(lengths[n])) for n in due}
    parts = [ModuleShare(m.number, m, of_modules[m.number]) for m, _ in modules]
    total = share(None, sums, whole, sum(gain for _, gain in gains))
    return Forecast(
        enrolment.id,
        total,
        parts,
        shares.may_miss(lengths, total.slack, {n: s.slack for n, s in of_modules.items()}),
        enrolment.left_on is not None,
        credited,
        sums.live,
        cap,
        shares.ticks(edition.ticks),
    )


def _minutes(row: Any) -> int:
    return int((row.ends_at - row.starts_at).total_seconds()) // 60


def _coming(row: Any, now: datetime) -> Coming:
    return Coming(
        clock.local(row.starts_at).date(),
        row.number,
        _minutes(row),
        row.mode == SessionMode.LIVE,
        row.makes_up_id,
        row.ends_at <= now,
    )
