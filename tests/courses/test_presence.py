"""From stamps to minutes: late, early, forgotten, rounded, over a change of the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courses import presence
from courses.editions import Rounding
from courses.presence import Policy, Presence, Span, StampKind, Window
from lms import clock

IN, OUT = StampKind.IN, StampKind.OUT
START = datetime(2026, 11, 12, 8, 0, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(minutes=210))
EXACT = Policy()
AFTER = WINDOW.end + timedelta(minutes=20)


def at(minutes, seconds=0):
    return START + timedelta(minutes=minutes, seconds=seconds)


def read(*stamps, policy=EXACT, now=AFTER, window=WINDOW):
    return presence.mark(stamps, window, policy, now)


def test_someone_there_from_before_to_after_gets_the_planned_minutes_and_no_more():
    mark = read((IN, at(-12)), (OUT, at(214)))
    assert (mark.presence, mark.minutes) == (Presence.PRESENT, 210)


def test_late_arrival_loses_what_she_missed():
    mark = read((IN, at(22)), (OUT, at(210)))
    assert (mark.presence, mark.minutes, mark.late) == (Presence.LATE, 188, 22)


def test_early_leave_loses_what_she_missed():
    mark = read((IN, at(-2)), (OUT, at(160)))
    assert (mark.presence, mark.minutes, mark.early) == (Presence.LEFT_EARLY, 160, 50)
    assert not mark.is_inside


def test_forgotten_exit_gives_nothing_until_it_is_attested():
    mark = read((IN, at(1)))
    assert (mark.presence, mark.minutes, mark.is_missing_exit) == (Presence.FORGOTTEN, 0, True)


def test_before_the_end_someone_without_exit_is_inside():
    assert read((IN, at(0)), now=at(100)).presence == Presence.INSIDE
    assert read((IN, at(30)), now=at(100)).presence == Presence.LATE


def test_someone_who_never_came_is_awaited_and_then_absent():
    assert read(now=at(5)).presence == Presence.EXPECTED
    assert read().presence == Presence.ABSENT


def test_seconds_are_summed_and_rounded_down_once():
    parts = [(IN, at(0)), (OUT, at(10, 40)), (IN, at(20)), (OUT, at(30, 40))]
    assert read(*parts).minutes == 21, "10:40 and 10:40 are 21:20"
    assert read((IN, at(0, 1)), (OUT, at(210))).minutes == 209


def test_a_second_scan_and_an_exit_without_entry_add_nothing():
    stamps = [(OUT, at(-1)), (IN, at(0)), (IN, at(5)), (OUT, at(100)), (OUT, at(110))]
    assert presence.spans(stamps) == [Span(at(0), at(100))]


@pytest.mark.parametrize(
    ("came", "went", "minutes"), [(5, 205, 210), (6, 205, 204), (5, 204, 204), (0, 210, 210)]
)
def test_tolerance_forgives_up_to_its_minutes_at_either_end(came, went, minutes):
    five = Policy(Rounding.TOLERANCE, 5)
    assert read((IN, at(came)), (OUT, at(went)), policy=five).minutes == minutes


@pytest.mark.parametrize(("went", "minutes"), [(210, 210), (209, 195), (14, 0), (15, 15)])
def test_blocks_count_only_when_whole(went, minutes):
    assert read((IN, at(0)), (OUT, at(went)), policy=Policy(Rounding.BLOCKS, 15)).minutes == minutes


@pytest.mark.parametrize(
    ("start", "hours", "why"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 2, "the night of 29 March jumps from 2 to 3"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 2, "the night of 25 October has 2:30 twice"),
        (datetime(2026, 11, 12, 22, 30, tzinfo=UTC), 2, "midnight lies in the middle"),
    ],
)
def test_minutes_are_real_ones_when_the_clock_changes_and_over_midnight(start, hours, why):
    window = Window(start, start + timedelta(hours=hours))
    local = presence.Window(clock.local(window.start), clock.local(window.end))
    for read_as in (window, local):
        stamps = [(IN, read_as.start), (OUT, read_as.end)]
        found = presence.recognised(presence.spans(stamps), window, EXACT)
        assert found == hours * 60, why


moments = some.integers(-3_000, 15_600).map(lambda s: START + timedelta(seconds=s))
stamps = some.lists(some.tuples(some.sampled_from(StampKind), moments), max_size=12)


@given(stamps, some.integers(1, 209))
def test_the_parts_of_a_window_sum_to_the_whole(found, cut):
    spans = [s for s in presence.spans(found) if s.end]
    first, second = Window(START, at(cut)), Window(at(cut), WINDOW.end)
    whole = sum((presence.overlap(s, WINDOW) for s in spans), timedelta())
    parts = sum((presence.overlap(s, w) for s in spans for w in (first, second)), timedelta())
    assert whole == parts


@given(stamps, some.sampled_from(Rounding), some.integers(0, 60))
def test_nobody_gets_less_than_nought_or_more_than_planned(found, rounding, minutes):
    got = presence.recognised(presence.spans(found), WINDOW, Policy(rounding, minutes))
    assert 0 <= got <= WINDOW.minutes


@given(stamps)
def test_the_order_in_which_stamps_are_read_makes_no_difference(found):
    assert presence.spans(found) == presence.spans(reversed(found))
