"""The codes of a hub's cases and referrals, counted year by year without gaps."""

from enum import StrEnum

from lms import clock, counters
from lms.programmes import Hub


class Series(StrEnum):
    CASES = "cases"
    REFERRALS = "referrals"


# Rules


def code(series: Series, letter: str, year: int, number: int) -> str:
    """A-2026-0042 for a case of hub A, R-A-2026-0007 for a referral to it."""
    bare = f"{letter}-{year}-{number:04d}"
    return f"R-{bare}" if series == Series.REFERRALS else bare


# Operations


def take(series: Series, hub: Hub) -> str:
    """The next code of this series in this hub; its counter stays locked until the commit."""
    year = clock.today().year
    number = counters.take(f"{series} {year}", hub.id, hub.programme_id)
    return code(series, hub.letter, year, number)
