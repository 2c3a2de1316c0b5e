"""Moments as platforms write them: which day comes first, halves of the day, zones, lengths."""

from datetime import UTC, date, datetime, timedelta

import pytest

from courses import moments
from lms import clock

DAY = date(2026, 11, 12)


def at(*parts):
    return datetime(2026, 11, 12, *parts, tzinfo=clock.ROME)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("12/11/2026 09:02:37", at(9, 2, 37)),
        ("12/11/2026, 9:02:37", at(9, 2, 37)),
        ("12/11/26, 09:02", at(9, 2)),
        ("12/11/2026 09:02:37 AM", at(9, 2, 37)),
        ("12/11/2026 01:02:37 PM", at(13, 2, 37)),
        ("12/11/2026 12:00:00 AM", at(0, 0)),
        ("12/11/2026 12:30 p.m.", at(12, 30)),
        ("12/11/26, 2:48:05\u202fPM", at(14, 48, 5)),
        ("12.11.2026 09.02.37", at(9, 2, 37)),
        ("2026-11-12 09:02:37", at(9, 2, 37)),
        ("2026-11-12T08:02:37Z", at(9, 2, 37)),
        ("2026-11-12T08:02:37.512Z", at(9, 2, 37)),
        ("2026-11-12 03:02:37-05:00", at(9, 2, 37)),
        ("12/11/2026 08:02 UTC", at(9, 2)),
        ("12 nov 2026 9:02:37", at(9, 2, 37)),
        ("12 novembre 2026, 9:02", at(9, 2)),
        ("Nov 12, 2026 09:02:37 AM", at(9, 2, 37)),
    ],
)
def test_a_moment_is_read_as_it_is_written(said, found):
    assert moments.moment(said, day_first=True) == found


@pytest.mark.parametrize(
    "said",
    [
        "", "yesterday", "12/11/2026", "9:02:37", "31/02/2026 09:00", "12/11/2026 25:00",
        "12/11/2026 13:00 PM", "12/11/2026 00:30 AM", "12/11/2026 09:61", "12/11-2026 09:00",
        "12 xyz 2026 9:00", "0/11/2026 09:00",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_none(said):
    assert moments.moment(said, day_first=True) is None


def test_the_day_of_the_lesson_tells_which_figure_is_the_day():
    assert moments.is_day_first("12/11/2026 09:00", DAY)
    assert not moments.is_day_first("11/12/2026 09:00", DAY)
    assert moments.is_day_first("13/11/2026 09:00", DAY)
    assert not moments.is_day_first("11/13/2026 09:00", DAY)
    assert moments.moment("11/12/2026 09:00", day_first=False) == at(9)


def test_dots_and_a_year_in_front_are_clear_by_themselves():
    assert moments.moment("12.11.2026 09:00", day_first=False) == at(9)
    assert moments.moment("2026/11/12 09:00", day_first=False) == at(9)


def test_the_hour_in_which_the_clocks_change_is_not_certain():
    for said in ("25/10/2026 02:30:00", "29/03/2026 02:30:00"):
        assert not moments.is_certain(moments.moment(said, day_first=True))
    assert moments.is_certain(moments.moment("25/10/2026 03:00:00", day_first=True))
    assert moments.is_certain(moments.moment("2026-10-25T00:30:00Z", day_first=True))


def test_a_heading_may_say_its_zone():
    assert moments.shift("Join Time (UTC)") == 0
    assert moments.shift("Join time (GMT+01:00)") == 60
    assert moments.shift("Timestamp (UTC-5)") == -300
    assert moments.shift("Join time") is None
    assert moments.shift("Ora di ingresso") is None
    assert moments.moment("12/11/2026 08:00", day_first=True, zone=UTC) == at(9)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("1h 27m 51s", 5271), ("1 h 27 min 51 s", 5271), ("1 ora 2 min", 3720), ("2 ore", 7200),
        ("43 min 12 sec", 2592), ("8s", 8), ("1:27:51", 5271),
    ],
)  # fmt: skip
def test_a_length_is_read(said, seconds):
    assert moments.length(said) == timedelta(seconds=seconds)


@pytest.mark.parametrize("said", ["", "12", "about three", "3 x", "12/11/2026"])
def test_what_is_no_length_is_none(said):
    assert moments.length(said) is None
