"""Presence: from stamps to spans, from spans to minutes. Pure rules on moments and minutes.

A stamp says that somebody came in or went out. Spans are computed from stamps, never stored, and
minutes are the whole minutes of the summed seconds that lie inside the planned window.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from courses.editions import Rounding
from lms.flow import Word, say
from lms.i18n import Lazy, lazy, nlazy

MINUTE = timedelta(minutes=1)
GAP = timedelta(minutes=2)
"""Who comes back to a live lesson within this time has not been away."""


class StampKind(StrEnum):
    """What a stamp says."""

    IN = "in"
    OUT = "out"


class Presence(StrEnum):
    """How somebody's day on one page reads; derived, never stored."""

    EXPECTED = "expected"
    INSIDE = "inside"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left early"
    FORGOTTEN = "forgotten"
    ABSENT = "absent"


say(
    {
        StampKind.IN: Word(lazy("in"), "good plain", "ok"),
        StampKind.OUT: Word(lazy("out"), "", "exit"),
        Presence.EXPECTED: Word(lazy("Not in yet"), "", "wait"),
        Presence.INSIDE: Word(lazy("Inside"), "good plain", "ok"),
        Presence.PRESENT: Word(lazy("Present"), "good plain", "ok"),
        Presence.LATE: Word(lazy("Late"), "", "late"),
        Presence.LEFT_EARLY: Word(lazy("Left early"), "", "exit"),
        Presence.FORGOTTEN: Word(lazy("Exit missing"), "turn", "ask"),
        Presence.ABSENT: Word(lazy("Absent"), "bad", "none"),
    }
)


@dataclass(frozen=True)
class Window:
    """From when to when something is planned. Kept in UTC, where an hour is always an hour."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // MINUTE


@dataclass(frozen=True)
class Span:
    """From when to when somebody was there; `end` is None while her exit is missing."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Policy:
    """How an edition rounds: exactly, with some minutes of tolerance, or in whole blocks."""

    rounding: Rounding = Rounding.EXACT
    minutes: int = 0

    @property
    def tolerance(self) -> timedelta:
        return MINUTE * (self.minutes if self.rounding == Rounding.TOLERANCE else 0)

    @property
    def named(self) -> Lazy:
        """The policy as pages and papers say it."""
        if self.minutes and self.rounding == Rounding.TOLERANCE:
            return nlazy(
                "with a tolerance of one minute",
                "with a tolerance of %(num)d minutes",
                self.minutes,
            )
        if self.minutes and self.rounding == Rounding.BLOCKS:
            return nlazy(
                "in blocks of one minute", "in whole blocks of %(num)d minutes", self.minutes
            )
        return lazy("exactly: whole minutes, rounded down")


@dataclass(frozen=True)
class Mark:
    """What a page says of one person: her state, her times, her minutes."""

    presence: Presence
    spans: Sequence[Span]
    minutes: int
    late: int = 0
    early: int = 0

    @property
    def came(self) -> datetime | None:
        return self.spans[0].start if self.spans else None

    @property
    def went(self) -> datetime | None:
        return self.spans[-1].end if self.spans else None

    @property
    def is_missing_exit(self) -> bool:
        return bool(self.spans) and self.spans[-1].end is None

    @property
    def is_inside(self) -> bool:
        """Whether she counts among the heads in the room: came, and did not leave early."""
        return bool(self.spans) and self.presence != Presence.LEFT_EARLY


# Rules


def spans(stamps: Iterable[tuple[StampKind, datetime]]) -> list[Span]:
    """Pair each entry with the exit after it. A second entry, or an exit alone, adds nothing."""
    found: list[Span] = []
    since: datetime | None = None
    moments = [(at.astimezone(UTC), kind) for kind, at in stamps]
    for at, kind in sorted(moments, key=lambda m: (m[0], m[1] == StampKind.OUT)):
        if kind == StampKind.IN and since is None:
            since = at
        elif kind == StampKind.OUT and since is not None:
            found.append(Span(since, at))
            since = None
    return found if since is None else [*found, Span(since, None)]


def overlap(span: Span, window: Window) -> timedelta:
    """How much of a span lies inside the window; nothing while its exit is missing."""
    if span.end is None:
        return timedelta()
    return max(min(span.end, window.end) - max(span.start, window.start), timedelta())


def merged(found: Iterable[tuple[datetime, datetime]], window: Window) -> list[Span]:
    """Connections as they count: those that follow within the gap are one, cut to the window."""
    joined: list[tuple[datetime, datetime]] = []
    for began, ended in sorted((a.astimezone(UTC), b.astimezone(UTC)) for a, b in found):
        if joined and began - joined[-1][1] <= GAP:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ended))
        else:
            joined.append((began, ended))
    cut = [(max(began, window.start), min(ended, window.end)) for began, ended in joined]
    return [Span(began, ended) for began, ended in cut if began < ended]


def apart(one: Sequence[Span], other: Sequence[Span], window: Window) -> timedelta:
    """For how long within the window only one of the two says that somebody was there.

    An exit that is missing yet is taken as the end of the window.
    """
    first, second = (
        merged([(s.start, max(s.end or window.end, s.start)) for s in spans], window)
        for spans in (one, other)
    )
    both = sum(
        (overlap(a, Window(b.start, b.end)) for a in first for b in second if b.end), timedelta()
    )
    return sum((overlap(s, window) for s in (*first, *second)), -2 * both)


def tolerated(found: Sequence[Span], window: Window, policy: Policy) -> list[Span]:
    """The spans as they count: a little late is on time, a little early is to the end."""
    if not found or not policy.tolerance:
        return list(found)
    counted = list(found)
    first, grace = counted[0], policy.tolerance
    if window.start < first.start <= window.start + grace:
        counted[0] = Span(window.start, first.end)
    last = counted[-1]
    if last.end is not None and window.end - grace <= last.end < window.end:
        counted[-1] = Span(last.start, window.end)
    return counted


def recognised(found: Sequence[Span], window: Window, policy: Policy) -> int:
    """The minutes that count: seconds inside the window are summed, and rounded down once."""
    counted = tolerated(found, window, policy)
    minutes = sum((overlap(s, window) for s in counted), timedelta()) // MINUTE
    if policy.rounding == Rounding.BLOCKS and policy.minutes > 0:
        return minutes - minutes % policy.minutes
    return minutes


def worth(stamps: Iterable[tuple[StampKind, datetime]], window: Window, policy: Policy) -> int:
    """The minutes that somebody's stamps give her on a page."""
    return recognised(spans(stamps), window, policy)


def mark(
    stamps: Iterable[tuple[StampKind, datetime]], window: Window, policy: Policy, now: datetime
) -> Mark:
    """How one person's stamps read at this moment."""
    found = spans(stamps)
    if not found:
        state = Presence.ABSENT if now >= window.end else Presence.EXPECTED
        return Mark(state, (), 0)
    counted = tolerated(found, window, policy)
    minutes = recognised(found, window, policy)
    late = max((counted[0].start - window.start) // MINUTE, 0)
    end = counted[-1].end
    if end is None:
        if now >= window.end:
            state = Presence.FORGOTTEN
        else:
            state = Presence.LATE if late else Presence.INSIDE
        return Mark(state, found, minutes, late)
    early = max((window.end - end) // MINUTE, 0)
    if early:
        return Mark(Presence.LEFT_EARLY, found, minutes, late, early)
    return Mark(Presence.LATE if late else Presence.PRESENT, found, minutes, late)
