"""Moments: days, times and lengths as platforms write them in their files. Pure rules on words.

Some write the day before the month and some after it, with or without a half of the day; what the
figures alone do not tell, the day of the lesson tells.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from lms import clock
from lms.keys import folded

MONTHS = {
    "jan": 1, "gen": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "mag": 5, "jun": 6, "giu": 6,
    "jul": 7, "lug": 7, "aug": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "ott": 10, "nov": 11,
    "dec": 12, "dic": 12,
}  # fmt: skip
MOMENT = re.compile(
    r"(?P<a>\d{1,4})(?P<mark>[/.-])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,4})(?:\s*,\s*|\s+|t)"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}))?"
)
NAMED = re.compile(r"(?:(\d{1,2}) )?([a-z]{3})[a-z]*\.? (?:(\d{1,2}),? )?(\d{4})")
SHIFT = re.compile(r"\b(?:utc|gmt)\s*(?:([+-])(\d{1,2})(?::?(\d{2}))?)?")
UNITS = {"h": 3600, "o": 3600, "m": 60, "s": 1}
"""By the first letter: h, ora, ore; m, min; s, sec."""


def moment(said: str, *, day_first: bool, zone: tzinfo = clock.ROME) -> datetime | None:
    """A day and a time of the clock, in this zone unless the words name another; None if neither.

    A year in front and dots between are clear by themselves, whatever comes first elsewhere.
    """
    found = MOMENT.fullmatch(_in_figures(folded(said)))
    if found is None:
        return None
    a, b, c = (int(found[part]) for part in "abc")
    if len(found["a"]) == 4:
        year, month, day = a, b, c
    elif day_first or found["mark"] == ".":
        day, month, year = a, b, c
    else:
        month, day, year = a, b, c
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    year += 2000 if year < 100 else 0
    second = int(found["second"] or 0)
    try:
        at = datetime(year, month, day, hour, int(found["minute"]), second, tzinfo=zone)
    except ValueError:
        return None
    return at.replace(tzinfo=_zone(found["zone"]) or zone)


def is_certain(at: datetime) -> bool:
    """Whether the clocks leave no doubt: no time of the hour in which they change."""
    return at.utcoffset() == at.replace(fold=1).utcoffset()


def is_day_first(said: str, day: date, zone: tzinfo = clock.ROME) -> bool:
    """Whether these words are of this day, or any day, when read with the day before the month."""
    readings = {first: moment(said, day_first=first, zone=zone) for first in (True, False)}
    for first, found in readings.items():
        if found is not None and clock.local(found).date() == day:
            return first
    return readings[True] is not None


def shift(said: str) -> int | None:
    """The minutes by which a heading says that its times are ahead of UTC; None if it does not."""
    found = SHIFT.search(folded(said))
    if found is None:
        return None
    minutes = int(found[2] or 0) * 60 + int(found[3] or 0)
    return -minutes if found[1] == "-" else minutes


def length(said: str) -> timedelta | None:
    """How long: 1h 27m 51s, 1 ora 27 min, 1:27:51."""
    if clocked := re.fullmatch(r"(\d+):(\d{2}):(\d{2})", said):
        hours, minutes, seconds = (int(part) for part in clocked.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    found = re.findall(r"(\d+)\s*([a-z]+)", folded(said))
    if not found or any(unit[0] not in UNITS for _, unit in found):
        return None
    return timedelta(seconds=sum(int(number) * UNITS[unit[0]] for number, unit in found))


def _in_figures(said: str) -> str:
    """The same with the month as a number: 12 nov 2026, nov 12, 2026."""
    found = NAMED.match(said)
    day = found and (found[1] or found[3])
    if found is None or not day or found[2] not in MONTHS:
        return said
    return f"{found[4]}-{MONTHS[found[2]]}-{day}{said[found.end() :]}"


def _zone(said: str | None) -> tzinfo | None:
    if not said:
        return None
    if said[0] not in "+-":
        return UTC
    minutes = int(said[1:3]) * 60 + int(said[-2:])
    return timezone(timedelta(minutes=-minutes if said[0] == "-" else minutes))
