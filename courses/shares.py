"""Shares: the minutes of one module, or of the whole course, against what is asked of them.

Pure rules on minutes and days: what is done and counts, what may still come, what may still be
lost, and until which day somebody can turn things round.
"""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lms import clock


@dataclass(frozen=True)
class Share:
    """The hours of one module, or of the whole course, in minutes."""

    due: int
    minimum: int
    recorded: int
    certified: int
    planned: int
    lost: int
    beyond: int = 0
    """Recorded live online beyond the cap of the edition: done, but not counted."""
    beyond_certified: int = 0
    beyond_at_best: int = 0
    """What would lie beyond the cap if she always came."""
    last_on: date | None = None
    """The day of the session that she must not miss, if she misses all before it."""

    @property
    def best(self) -> int:
        """What counts if she always comes."""
        return self.recorded + self.planned - self.beyond_at_best

    @property
    def slack(self) -> int:
        """What she may still lose; less than nought is what she must make up."""
        return self.best - self.minimum

    @property
    def counted(self) -> int:
        """What is done and counts, certified or not yet."""
        return self.recorded - self.beyond

    @property
    def sure(self) -> int:
        """What is certified and counts: what reaches the threshold."""
        return self.certified - self.beyond_certified

    @property
    def lacks(self) -> int:
        """What is still between her and the minimum."""
        return max(self.minimum - self.counted, 0)

    @property
    def days_left(self) -> int | None:
        return days_to(self.last_on)

    @property
    def is_reached(self) -> bool:
        return self.sure >= self.minimum


@dataclass(frozen=True)
class Coming:
    """A session ahead, for one trainee."""

    on: date
    module: int
    minutes: int
    is_live: bool = False
    makes_up: Hashable = None
    """The missed session that it makes up for, if it does."""
    is_over: bool = False
    """Its page waits for the trainer's signature: whether she came is no longer hers to change."""


@dataclass(frozen=True)
class Reach:
    """What somebody comes to, in all (under None) and in each module."""

    minutes: Mapping[int | None, int]
    live: int = 0

    def counted(self, part: int | None, cap: int | None) -> int:
        """The minutes of a part that count; in all, live minutes count up to the cap."""
        return self.minutes.get(part, 0) - (over(self.live, cap) if part is None else 0)


# Rules


def days_to(day: date | None) -> int | None:
    """How many days there are until a day; None where there is none."""
    return None if day is None else (day - clock.today()).days


def least(due: int, percent: int) -> int:
    """The minutes that a threshold asks for; a part of a minute counts as one."""
    return -(-due * percent // 100)


def cap(due: int, percent: int | None) -> int | None:
    """The most minutes that may be followed live online; a part of a minute counts for none."""
    return None if percent is None else due * percent // 100


def over(minutes: int, most: int | None) -> int:
    """What lies beyond a cap."""
    return 0 if most is None else max(minutes - most, 0)


def gains(coming: Iterable[Coming], lacks: Mapping[Hashable, int]) -> list[int]:
    """What each session ahead may give: one that makes up gives no more than was lost there."""
    left = dict(lacks)
    found = []
    for one in coming:
        minutes = one.minutes
        if one.makes_up is not None:
            minutes = min(minutes, left.get(one.makes_up, 0))
            left[one.makes_up] = left.get(one.makes_up, 0) - minutes
        found.append(minutes)
    return found


def last_days(
    done: Reach,
    coming: Sequence[Coming],
    lacks: Mapping[Hashable, int],
    minimum: Mapping[int | None, int],
    most_live: int | None = None,
) -> dict[int | None, date | None]:
    """For each part, the day of the session that must not be missed if all before it are.

    None where nothing more is needed, and where always coming is not enough. The sessions ahead
    are given in time; they are counted from the last one backwards. Those that are over come last:
    where they are needed too, she must not miss the first one that is still to come.
    """
    last: dict[int | None, date | None] = {}
    minutes, live = dict(done.minutes), done.live
    reached = {p for p, least in minimum.items() if done.counted(p, most_live) >= least}
    open_to = [c for c in coming if not c.is_over]
    first = {part: c.on for c in reversed(open_to) for part in (None, c.module)}
    ordered = [*reversed(open_to), *(c for c in coming if c.is_over)]
    for one, gain in zip(ordered, gains(ordered, lacks), strict=True):
        for part in (None, one.module):
            minutes[part] = minutes.get(part, 0) + gain
        live += gain if one.is_live else 0
        now = Reach(minutes, live)
        for part, asked in minimum.items():
            if part not in reached and now.counted(part, most_live) >= asked:
                reached.add(part)
                last[part] = first.get(part) if one.is_over else one.on
    return {part: last.get(part) for part in minimum}


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


def ticks(written: str) -> list[Fraction]:
    """The shares of the hours that a picture marks: fractions between nothing and all, once each.

    What is no such fraction marks nothing.
    """
    found = {
        Fraction(int(part), int(whole))
        for part, whole in re.findall(r"(?<!\S)(\d{1,3})/(\d{1,3})(?!\S)", written)
        if 0 < int(part) < int(whole)
    }
    return sorted(found)
