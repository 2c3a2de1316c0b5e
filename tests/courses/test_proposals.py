"""Which days are free, and what one session or one day cannot be."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from courses import proposals
from lms import clock


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2026, 6, 24), True),
        (date(2026, 12, 8), True),
        (date(2027, 3, 29), True),
        (date(2026, 11, 12), False),
    ],
)
def test_public_holidays_and_the_patron_are_left_out(day, closed):
    assert proposals.is_holiday(day) is closed


def test_half_days_follow_weekdays_and_skip_holidays():
    found = proposals.half_days(date(2026, 12, 7), [0, 1], [time(9)])
    assert [clock.local(next(found)).date() for _ in range(3)] == [
        date(2026, 12, 7),
        date(2026, 12, 14),
        date(2026, 12, 15),
    ]


@pytest.mark.parametrize(
    ("starts_at", "minutes", "refused"),
    [
        (clock.utc(date(2026, 11, 12), time(9)), 210, False),
        (clock.utc(date(2026, 11, 12), time(22)), 210, True),
        (clock.utc(date(2026, 10, 25), time(1)), 210, True),
        (clock.utc(date(2027, 3, 28), time(1)), 210, True),
        (clock.utc(date(2026, 10, 25), time(9)), 210, False),
    ],
)
def test_no_session_crosses_midnight_or_a_clock_change(starts_at, minutes, refused):
    ends_at = proposals.end_of(starts_at, minutes)
    assert (proposals.problem(starts_at, ends_at, minutes) is not None) is refused


def test_a_session_lasts_as_long_as_its_unit():
    starts_at = datetime(2026, 11, 12, 8, tzinfo=UTC)
    assert proposals.problem(starts_at, starts_at + timedelta(minutes=209), 210) is not None


def test_no_day_has_more_than_eight_hours():
    begin = datetime(2026, 11, 12, 7, tzinfo=UTC)
    spans = [(begin + timedelta(hours=3 * n), begin + timedelta(hours=3 * n + 3)) for n in range(3)]
    assert proposals.overfull(spans[:2]) is None
    assert proposals.overfull(spans) == date(2026, 11, 12)
