"""Shares: what counts, what may still be lost, and until which day things can be turned round."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courses import shares
from courses.shares import Coming, Reach, Share

DAY = date(2026, 11, 12)


def ahead(*sessions, live=()):
    """Sessions of 210 minutes by module, one a day."""
    return [
        Coming(DAY + timedelta(days=n), module, 210, is_live=n in live)
        for n, module in enumerate(sessions)
    ]


def test_live_minutes_beyond_the_cap_are_done_but_do_not_count():
    found = Share(1260, 945, 840, 630, 420, 0, beyond=200, beyond_certified=30, beyond_at_best=410)
    assert (found.counted, found.sure, found.best) == (640, 600, 850)
    assert (found.slack, found.lacks) == (-95, 305)
    assert not found.is_reached


@pytest.mark.parametrize(
    ("recorded", "sessions", "minimum", "day"),
    [
        (0, (1, 1, 1), 630, 0),  # she must come to all
        (0, (1, 1, 1), 420, 1),  # she may miss the first, not the second as well
        (0, (1, 1, 1), 210, 2),
        (0, (1, 1, 1), 211, 1),
        (210, (1, 1, 1), 210, None),  # nothing more is needed
        (0, (1, 1, 1), 631, None),  # always coming is not enough
        (100, (1, 1), 520, 0),
        (0, (), 210, None),
    ],
)
def test_the_last_day_is_that_of_the_session_that_must_not_be_missed(
    recorded, sessions, minimum, day
):
    done = Reach({None: recorded, 1: recorded})
    found = shares.last_days(done, ahead(*sessions), {}, {None: minimum})
    assert found == {None: None if day is None else DAY + timedelta(days=day)}


def test_each_module_has_a_last_day_of_its_own():
    found = shares.last_days(
        Reach({None: 0}), ahead(1, 2, 1, 2), {}, {None: 630, 1: 420, 2: 210, 3: 210}
    )
    assert found == {
        None: DAY + timedelta(days=1),
        1: DAY,
        2: DAY + timedelta(days=3),
        3: None,
    }


def test_live_sessions_beyond_the_cap_do_not_help():
    done, sessions = Reach({None: 0}), ahead(1, 1, 1, live=(1, 2))
    free = shares.last_days(done, sessions, {}, {None: 420})
    assert free == {None: DAY + timedelta(days=1)}
    assert shares.last_days(done, sessions, {}, {None: 420}, 210) == {None: DAY}
    assert shares.last_days(done, sessions, {}, {None: 420}, 200) == {None: None}
    assert shares.last_days(Reach({None: 420}, 420), sessions, {}, {None: 420}, 210) == {None: DAY}


def test_a_make_up_session_gives_no_more_than_was_lost():
    sessions = [
        Coming(DAY, 1, 210, makes_up="a"),
        Coming(DAY + timedelta(days=1), 1, 210, makes_up="a"),
        Coming(DAY + timedelta(days=2), 1, 210, makes_up="b"),
    ]
    assert shares.gains(sessions, {"a": 250}) == [210, 40, 0]
    found = shares.last_days(Reach({None: 0}), sessions, {"a": 250}, {None: 200, 1: 250})
    assert found == {None: DAY + timedelta(days=1), 1: DAY}


def test_what_is_over_and_not_yet_signed_is_no_day_to_act():
    over, *rest = ahead(1, 1, 1)
    sessions = [replace(over, is_over=True), *rest]
    for minimum, day in ((630, 1), (420, 1), (210, 2), (631, None)):
        found = shares.last_days(Reach({None: 0}), sessions, {}, {None: minimum})
        assert found == {None: None if day is None else DAY + timedelta(days=day)}
    assert shares.last_days(Reach({}), sessions[:1], {}, {None: 210, 1: 210}) == {
        None: None,
        1: None,
    }


def of_one_session(one):
    """What makes up for a session teaches the same module, in a room."""
    if one.makes_up is None:
        return one
    return replace(one, module=1 if one.makes_up == "a" else 2, is_live=False)


@given(
    some.lists(
        some.builds(
            Coming,
            on=some.dates(DAY, DAY + timedelta(days=40)),
            module=some.integers(1, 3),
            minutes=some.integers(1, 240),
            is_live=some.booleans(),
            makes_up=some.none() | some.sampled_from("ab"),
        ).map(of_one_session),
        max_size=8,
    ),
    some.dictionaries(some.sampled_from("ab"), some.integers(0, 300)),
    some.dictionaries(some.sampled_from([1, 2, 3]), some.integers(0, 400)),
    some.dictionaries(some.sampled_from([None, 1, 2, 3]), some.integers(0, 900), min_size=1),
    some.none() | some.integers(0, 500),
)
def test_the_last_day_is_what_trying_every_day_finds(coming, lacks, done, minimum, most):
    coming.sort(key=lambda c: c.on)

    def reach(sessions):
        got = shares.gains(sessions, lacks)
        minutes = {m: done.get(m, 0) for m in (1, 2, 3)}
        for one, gain in zip(sessions, got, strict=True):
            minutes[one.module] += gain
        live = sum(g for c, g in zip(sessions, got, strict=True) if c.is_live)
        return Reach({**minutes, None: sum(minutes.values())}, live)

    found = shares.last_days(reach([]), coming, lacks, minimum, most)
    for part, asked in minimum.items():
        enough = [reach(coming[n:]).counted(part, most) >= asked for n in range(len(coming) + 1)]
        if enough[-1] or not enough[0]:
            assert found[part] is None
        else:
            last = max(n for n, is_enough in enumerate(enough) if is_enough)
            assert found[part] == coming[last].on


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2/3 3/4 4/5", ["2/3", "3/4", "4/5"]),
        ("4/5  2/3 6/9", ["2/3", "4/5"]),
        ("", []),
        ("3/2 0/4 4/4 1/0 x/3 1/2x 75%", []),
    ],
)
def test_ticks_are_fractions_between_nothing_and_all(written, found):
    assert shares.ticks(written) == [Fraction(f) for f in found]


def test_the_cap_is_a_share_of_what_is_due():
    assert shares.cap(6300, 30) == 1890
    assert shares.cap(101, 50) == 50
    assert shares.cap(6300, None) is None
    assert (shares.over(100, None), shares.over(100, 60), shares.over(50, 60)) == (0, 40, 0)
