"""Proposing a calendar: which half-days follow each other, and what cannot be planned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from uuid import UUID

import holidays

from lms import clock, i18n
from lms.i18n import Lazy, lazy

PATRON = (6, 24)
"""Saint John, Turin's own holiday."""
MOST_A_DAY = 8 * 60
"""Minutes of lessons in one day (rule 5 of the register)."""
LONGEST_SEARCH = 400


@dataclass(frozen=True)
class Proposal:
    """A session that could be: one unit at one time, in one room, with one trainer."""

    unit_id: UUID
    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str
    trainer_id: UUID
    is_live: bool = False
    """Held online, over a platform: it needs no room."""

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@cache
def _closed_in(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("IT", years=year)) | {date(year, *PATRON)}


def is_holiday(day: date) -> bool:
    """Italian public holidays, and Turin's 24 June."""
    return day in _closed_in(day.year)


def half_days(
    start: date, weekdays: Sequence[int], begins: Sequence[time], closed: Sequence[date] = ()
) -> Iterator[datetime]:
    """The moments at which a lesson can begin, from a day on; Monday is 0."""
    for later in range(LONGEST_SEARCH):
        day = start + timedelta(days=later)
        if day.weekday() in weekdays and not is_holiday(day) and day not in closed:
            for begin in sorted(begins):
                yield clock.utc(day, begin)


def problem(starts_at: datetime, ends_at: datetime, minutes: int) -> Lazy | None:
    """Why one session cannot stand in a calendar by itself."""
    first, last = clock.local(starts_at), clock.local(ends_at)
    said = i18n.moment(starts_at)
    if ends_at <= starts_at:
        return lazy("%(when)s: a session ends after it begins.", when=said)
    if first.date() != last.date():
        return lazy("%(when)s: a session does not cross midnight.", when=said)
    if first.utcoffset() != last.utcoffset():
        return lazy("%(when)s: the clocks change during it. Choose another time.", when=said)
    if int((ends_at - starts_at).total_seconds()) != minutes * 60:
        return lazy("%(when)s: it must last %(hours)s.", when=said, hours=i18n.hours(minutes))
    return None


def clash(spans: Sequence[tuple[datetime, datetime]]) -> datetime | None:
    """The beginning of the first span that overlaps the one before it."""
    ordered = sorted(spans)
    for (_, ended), (begins, _) in pairwise(ordered):
        if begins < ended:
            return begins
    return None


def overfull(spans: Sequence[tuple[datetime, datetime]]) -> date | None:
    """The first day on which the lessons are more than eight hours."""
    by_day: dict[date, int] = {}
    for begins, ends in spans:
        day = clock.local(begins).date()
        by_day[day] = by_day.get(day, 0) + int((ends - begins).total_seconds()) // 60
        if by_day[day] > MOST_A_DAY:
            return day
    return None


def end_of(starts_at: datetime, minutes: int) -> datetime:
    return (starts_at.astimezone(UTC)) + timedelta(minutes=minutes)
