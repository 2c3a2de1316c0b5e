"""The one source of the time: UTC inside, Europe/Rome for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")

_held: ContextVar[datetime | None] = ContextVar("held", default=None)
_shift_file: Path | None = None


def steer(path: Path | None) -> None:
    """Read a shift in seconds from this file: only demonstrations and journeys set one."""
    global _shift_file
    _shift_file = path


def _shift() -> timedelta:
    if _shift_file is None or not _shift_file.exists():
        return timedelta()
    return timedelta(seconds=int(_shift_file.read_text().strip() or 0))


def now() -> datetime:
    """The present moment, in UTC; the same all through one request."""
    return _held.get() or datetime.now(UTC) + _shift()


def today() -> date:
    """The day it is in Italy."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The moment as people in Italy read it."""
    return moment.astimezone(ROME)


def utc(day: date, at: time) -> datetime:
    """A day and a wall-clock time in Italy, as a moment."""
    return datetime.combine(day, at, ROME).astimezone(UTC)


@contextmanager
def held(moment: datetime | None = None) -> Iterator[datetime]:
    """Stop the clock, now or at a given moment, until the block ends."""
    stopped = moment or now()
    token = _held.set(stopped)
    try:
        yield stopped
    finally:
        _held.reset(token)
