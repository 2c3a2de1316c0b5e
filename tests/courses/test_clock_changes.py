"""What is right, to the minute, on days on which the clock is not: 29 March, 25 October, midnight.

Times are those of the wall in Italy. On 25 October 2026 the hour from 2 to 3 comes twice: `b` after
a time says that it is the second one. On 29 March 2026 that hour does not come at all.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from courses import (
    attendance,
    checkin,
    codes,
    ledger,
    live,
    presence,
    proposals,
    register,
    stamps,
    verification,
)
from courses.editions import Rounding
from courses.presence import Policy, Presence, StampKind, Window
from lms import clock, db
from lms.errors import Refused

SPRING, AUTUMN, PLAIN = "2026-03-29", "2026-10-25", "2026-11-12"
EXACT = Policy()


def at(text, day=PLAIN):
    """2:30b, or 2026-10-24 23:00, as a moment."""
    second, text = text.endswith("b"), text.rstrip("b")
    day, _, hour = text.rpartition(" ") if " " in text else (day, "", text)
    parts = [int(p) for p in hour.split(":")]
    local = datetime.combine(date.fromisoformat(day), time(*parts), clock.ROME)
    return local.replace(fold=int(second)).astimezone(UTC)


def minutes(day, planned, stamps, policy=EXACT):
    """What these stamps are worth on a session from and to these times."""
    start, end = (at(text, day) for text in planned.split("-", 1)) if " " not in planned else (
        at(text, day) for text in planned.split(" to ")
    )  # fmt: skip
    return read(start, end, day, stamps, policy).minutes


def read(start, end, day, stamps, policy=EXACT):
    found = []
    for part in stamps.split(", "):
        kind, _, text = part.partition(" ")
        found.append((StampKind(kind), at(text, day)))
    return presence.mark(found, Window(start, end), policy, max(end, found[-1][1]) + timedelta(1))


def tolerance(n):
    return Policy(Rounding.TOLERANCE, n)


def blocks(n):
    return Policy(Rounding.BLOCKS, n)


NIGHT = "1:00-4:00"
"""Two hours on 29 March, four on 25 October."""

CASES = [
    # 29 March: 2:00 is 3:00
    (SPRING, NIGHT, "in 0:55, out 4:05", EXACT, 120),
    (SPRING, NIGHT, "in 1:30, out 4:00", EXACT, 90),
    (SPRING, NIGHT, "in 3:30, out 4:00", EXACT, 30),
    (SPRING, NIGHT, "in 1:00, out 1:45", EXACT, 45),
    (SPRING, NIGHT, "in 1:00, out 3:15", EXACT, 75),
    (SPRING, NIGHT, "in 1:59:30, out 3:00:30", EXACT, 1),
    (SPRING, NIGHT, "in 1:59:31, out 3:00:30", EXACT, 0),
    (SPRING, NIGHT, "in 1:00, out 1:20, in 3:10, out 3:30", EXACT, 40),
    (SPRING, NIGHT, "in 1:05, out 4:00", tolerance(5), 120),
    (SPRING, NIGHT, "in 1:06, out 4:00", tolerance(5), 114),
    (SPRING, NIGHT, "in 1:00, out 3:55", tolerance(5), 120),
    (SPRING, NIGHT, "in 1:10, out 4:00", blocks(15), 105),
    (SPRING, NIGHT, "in 1:00, out 4:00", blocks(60), 120),
    (SPRING, "2026-03-28 23:00 to 4:00", "in 2026-03-28 22:50, out 4:10", EXACT, 240),
    (SPRING, "2026-03-28 20:00 to 20:00", "in 2026-03-28 20:00, out 20:00", EXACT, 1380),
    (SPRING, "9:00-12:30", "in 8:57, out 12:33", EXACT, 210),
    (SPRING, "9:00-12:30", "in 9:22, out 12:30", EXACT, 188),
    (SPRING, "9:00-12:30", "in 1:30, out 12:30", EXACT, 210),
    # 25 October: 3:00 is 2:00 again
    (AUTUMN, NIGHT, "in 0:55, out 4:05", EXACT, 240),
    (AUTUMN, NIGHT, "in 2:30, out 4:00", EXACT, 150),
    (AUTUMN, NIGHT, "in 2:30b, out 4:00", EXACT, 90),
    (AUTUMN, NIGHT, "in 2:30, out 2:30b", EXACT, 60),
    (AUTUMN, NIGHT, "in 2:45, out 2:15b", EXACT, 30),  # out before in only on the wall
    (AUTUMN, NIGHT, "in 2:59:30, out 2:00:30b", EXACT, 1),
    (AUTUMN, NIGHT, "in 2:59:31, out 2:00:30b", EXACT, 0),
    (AUTUMN, NIGHT, "in 1:00, out 2:15", EXACT, 75),
    (AUTUMN, NIGHT, "in 1:00, out 2:15b", EXACT, 135),
    (AUTUMN, NIGHT, "in 2:10, out 2:40, in 2:10b, out 2:40b", EXACT, 60),
    (AUTUMN, NIGHT, "in 1:10, out 4:00", tolerance(10), 240),
    (AUTUMN, NIGHT, "in 1:11, out 4:00", tolerance(10), 229),
    (AUTUMN, NIGHT, "in 1:30, out 4:00", blocks(60), 180),
    (AUTUMN, "2026-10-24 23:00 to 4:00", "in 2026-10-24 22:50, out 4:10", EXACT, 360),
    (AUTUMN, "2026-10-24 20:00 to 20:00", "in 2026-10-24 20:00, out 20:00", EXACT, 1500),
    (AUTUMN, "9:00-12:30", "in 8:57, out 12:33", EXACT, 210),
    (AUTUMN, "9:00-12:30", "in 2:30, out 12:30", EXACT, 210),
    # midnight
    (PLAIN, "2026-11-11 22:30 to 0:30", "in 2026-11-11 22:20, out 0:40", EXACT, 120),
    (PLAIN, "2026-11-11 22:30 to 0:30", "in 2026-11-11 23:59:30, out 0:00:30", EXACT, 1),
    (PLAIN, "2026-11-11 22:30 to 0:30", "in 0:10, out 0:30", EXACT, 20),
    (PLAIN, "2026-11-11 22:30 to 0:30", "in 2026-11-11 22:30, out 2026-11-11 23:50", EXACT, 80),
    ("2027-01-01", "2026-12-31 23:00 to 1:00", "in 2026-12-31 23:00, out 1:00", EXACT, 120),
    ("2028-02-29", "2028-02-28 23:00 to 1:00", "in 2028-02-28 23:15, out 1:00", EXACT, 105),
    # rounding: the seconds are summed, then rounded down once
    (PLAIN, "9:00-12:30", "in 9:00:01, out 12:30", EXACT, 209),
    (PLAIN, "9:00-12:30", "in 9:00, out 12:29:59", EXACT, 209),
    (PLAIN, "9:00-12:30", "in 9:00, out 10:00:40, in 11:00, out 12:00:40", EXACT, 121),
    (PLAIN, "9:00-12:30", "in 9:05, out 12:30", tolerance(5), 210),
    (PLAIN, "9:00-12:30", "in 9:05:01, out 12:30", tolerance(5), 204),
    (PLAIN, "9:00-12:30", "in 9:00, out 12:25", tolerance(5), 210),
    (PLAIN, "9:00-12:30", "in 9:00, out 12:24:59", tolerance(5), 204),
    (PLAIN, "9:00-12:30", "in 9:05, out 12:25", tolerance(5), 210),
    (PLAIN, "9:00-12:30", "in 9:00, out 12:29:59", blocks(15), 195),
    (PLAIN, "9:00-12:30", "in 9:00, out 12:30", blocks(30), 210),
    (PLAIN, "9:00-12:30", "in 9:00, out 9:14:59", blocks(15), 0),
    (PLAIN, "9:00-12:30", "in 8:40, out 8:55", EXACT, 0),
    (PLAIN, "9:00-12:30", "in 12:30, out 12:45", EXACT, 0),
    # out before in, and twice the same
    (PLAIN, "9:00-12:30", "out 8:50, in 9:00, out 12:30", EXACT, 210),
    (PLAIN, "9:00-12:30", "out 12:30", EXACT, 0),
    (PLAIN, "9:00-12:30", "in 9:00, in 9:00:30, out 12:30", EXACT, 210),
    (PLAIN, "9:00-12:30", "in 9:00, out 12:00, out 12:30", EXACT, 180),
    (PLAIN, "9:00-12:30", "in 9:00, in 11:00, out 12:30", EXACT, 210),
    (AUTUMN, NIGHT, "out 2:45, in 2:15b, out 4:00", EXACT, 105),
]


@pytest.mark.parametrize(
    ("day", "planned", "stamps", "policy", "expected"),
    CASES,
    ids=[f"{c[0]} {c[1]}: {c[2]}, {c[3].rounding.value} {c[3].minutes}" for c in CASES],
)
def test_the_minutes_are_right(day, planned, stamps, policy, expected):
    assert minutes(day, planned, stamps, policy) == expected


def test_there_are_enough_of_them():
    assert len(CASES) >= 40
    assert len({c[:3] + (c[3].rounding, c[3].minutes) for c in CASES}) == len(CASES)


def test_an_exit_that_is_before_the_entry_leaves_the_entry_without_exit():
    """On the wall the exit reads half an hour later; in truth it is half an hour before."""
    start, end = at("1:00", AUTUMN), at("4:00", AUTUMN)
    mark = read(start, end, AUTUMN, "out 2:45, in 2:15b")
    assert (mark.presence, mark.minutes, mark.is_missing_exit) == (Presence.FORGOTTEN, 0, True)


# Planning


@pytest.mark.parametrize(
    ("begins", "length", "why"),
    [
        (at("1:00", SPRING), 210, "clocks change"),
        (at("2026-03-28 22:30"), 210, "cross midnight"),
        (at("1:00", AUTUMN), 210, "clocks change"),
        (at("2:30", AUTUMN), 60, "clocks change"),
        (at("2026-10-24 23:00"), 120, "cross midnight"),
        (at("2026-12-31 22:00"), 210, "cross midnight"),
        (at("2:30b", AUTUMN), 210, None),
        (at("3:00", SPRING), 210, None),
        (at("9:00", SPRING), 210, None),
        (at("20:29", AUTUMN), 210, None),
        (at("20:31", AUTUMN), 210, "cross midnight"),
    ],
)
def test_nothing_is_planned_over_midnight_or_a_clock_change(begins, length, why):
    refusal = proposals.problem(begins, proposals.end_of(begins, length), length)
    assert (refusal is None) if why is None else (why in str(refusal))


def test_a_week_over_the_change_begins_at_the_same_hour_of_the_wall():
    days = proposals.half_days(date(2026, 3, 26), [3, 4], [time(9)])
    found = [next(days) for _ in range(3)]
    assert [clock.local(m).hour for m in found] == [9, 9, 9]
    assert found[2] - found[1] == timedelta(days=6) - timedelta(hours=1)


# The register on those days


def on(make, day, begins="9:00", **more):
    """A class whose first session is that day, its page open since ten minutes before."""
    group = make.class_in_motion(**more)
    group.session = group.sessions[0]
    group.session.starts_at = at(begins, day)
    group.session.ends_at = group.session.starts_at + timedelta(minutes=210)
    for enrolment in group.enrolments:
        enrolment.entered_on = date.fromisoformat(day) - timedelta(days=1)
    db.session.commit()
    return make.opened_page(group)


@pytest.mark.parametrize("day", [SPRING, AUTUMN, PLAIN])
def test_a_page_of_that_day_gives_the_hours_of_any_other(make, day):
    group = on(make, day)
    make.scan(group, 0, at("8:58", day))
    make.scan(group, 1, at("9:22", day))
    make.scan(group, 1, at("11:40", day))
    make.scan(group, 0, at("12:31", day))
    make.scan(group, 2, at("9:00", day))
    by = make.actor(group.trainer, group.programme)
    with clock.held(at("12:45", day)):
        exit_at = register.moment_of(group.session, time(12, 30))
        register.attest_exit(group.session, group.enrolments[2].id, exit_at, by=by)
        db.session.commit()
        register.sign(group.session, topic="x", head_count=2, by=by)
        db.session.commit()
    given = ledger.posted(group.session.id)
    assert [given[e.id] for e in group.enrolments] == [210, 138, 210]
    assert [v.fault for v in verification.verify()] == [None]


def test_a_night_that_was_never_planned_counts_by_real_hours(make):
    """A page that stands over the change all the same: 1:00 to 5:30 are 210 minutes in spring."""
    group = on(make, SPRING, "1:00")
    assert clock.local(group.session.ends_at).time() == time(5, 30)
    make.scan(group, 0, at("1:00", SPRING))
    make.scan(group, 0, at("3:10", SPRING))
    make.scan(group, 1, at("3:10", SPRING))
    make.scan(group, 1, at("5:30", SPRING))
    found = {e: m.minutes for e, m in attendance.marks(group.session).items()}
    assert [found[e.id] for e in group.enrolments] == [70, 140, 0]


def test_entries_open_a_quarter_of_an_hour_before_though_the_wall_skips_an_hour(make):
    group = on(make, SPRING, "3:05")
    with pytest.raises(Refused, match="1:50"):
        make.scan(group, 0, at("1:49:59", SPRING))
    db.session.rollback()
    assert make.scan(group, 0, at("1:50", SPRING)).kind == StampKind.IN


def test_exits_stay_open_ten_minutes_though_the_wall_shows_the_hour_again(make):
    """From 23:25 to 2:55 the first time: exits until 2:05 the second time."""
    group = on(make, AUTUMN, "2026-10-24 23:25")
    end = at("2:55", AUTUMN)
    assert group.session.ends_at == end
    make.scan(group, 0, group.session.starts_at)
    make.scan(group, 1, group.session.starts_at)
    assert make.scan(group, 0, at("2:04:59b", AUTUMN)).kind == StampKind.OUT
    with pytest.raises(Refused, match="Exits were open until 2:05"):
        make.scan(group, 1, at("2:05b", AUTUMN))


def test_the_code_of_the_first_half_past_two_is_not_that_of_the_second(make):
    group = on(make, AUTUMN, "1:00")
    first, second = at("2:30", AUTUMN), at("2:30b", AUTUMN)
    shown = codes.code(group.session.id, codes.slice_of(first))
    assert not codes.fits(group.session.id, shown, second)
    by = make.actor(group.trainees[0], group.programme)
    with clock.held(second), pytest.raises(Refused):
        checkin.check_in(by.id, shown, by=by)


@pytest.mark.parametrize(("framed", "pressed"), [("2:58", "2:02b"), ("2:59:59", "2:04:59b")])
def test_five_minutes_of_grace_are_five_minutes_over_the_change(make, framed, pressed):
    group = on(make, AUTUMN, "1:00")
    by, moment = make.actor(group.trainees[0], group.programme), at(framed, AUTUMN)
    typed = codes.code(group.session.id, codes.slice_of(moment))
    with clock.held(moment):
        proof = checkin.frame(by.id, typed, None, by=by)
    with clock.held(at(pressed, AUTUMN)):
        assert checkin.check_in(by.id, typed, proof=proof, by=by).at == moment


def test_the_hour_that_comes_twice_is_no_hour_of_grace(make):
    group = on(make, AUTUMN, "1:00")
    by, moment = make.actor(group.trainees[0], group.programme), at("2:30", AUTUMN)
    typed = codes.code(group.session.id, codes.slice_of(moment))
    with clock.held(moment):
        proof = checkin.frame(by.id, typed, None, by=by)
    with clock.held(at("2:31b", AUTUMN)), pytest.raises(Refused):
        checkin.check_in(by.id, typed, proof=proof, by=by)


def test_a_head_count_knows_who_was_inside_at_which_half_past_two(make):
    group = on(make, AUTUMN, "1:00")
    make.scan(group, 0, at("1:00", AUTUMN))
    make.scan(group, 1, at("1:00", AUTUMN))
    make.scan(group, 1, at("2:45", AUTUMN))
    by = make.actor(group.trainer, group.programme)
    with clock.held(at("3:30", AUTUMN)):
        counts = [
            live.count(group.session, 2, at=at(text, AUTUMN), by=by).inside
            for text in ("2:30", "2:30b")
        ]
    assert counts == [2, 1]


# Double scans, and clocks of servers that disagree


@pytest.mark.parametrize(("seconds", "stamps_there"), [(0, 1), (59, 1), (60, 2)])
def test_within_a_minute_a_scan_is_the_same_scan(make, seconds, stamps_there):
    """Also when the minute holds the change of the clock."""
    group = on(make, AUTUMN, "1:00")
    first = at("2:59:30", AUTUMN)
    make.scan(group, 0, first)
    make.scan(group, 0, first + timedelta(seconds=seconds))
    assert len(stamps.of_page(group.session.id)[group.enrolments[0].id]) == stamps_there


@pytest.mark.parametrize("behind", [1, 30, 59])
def test_a_server_that_is_behind_sees_a_second_scan_as_the_same(make, behind):
    group = on(make, PLAIN)
    first = make.scan(group, 0, at("9:10"))
    assert make.scan(group, 0, at("9:10") - timedelta(seconds=behind)).id == first.id


def test_a_wall_that_is_ahead_is_understood_as_soon_as_the_server_is_there(make):
    """The wall's server is 15 s ahead: its code is wrong until the other has come to it."""
    group = on(make, PLAIN)
    by = make.actor(group.trainees[0], group.programme)
    shown = codes.code(group.session.id, codes.slice_of(at("9:00:25")))
    with clock.held(at("9:00:10")), pytest.raises(Refused, match="not the code"):
        checkin.check_in(by.id, shown, by=by)
    with clock.held(at("9:00:20")):
        assert checkin.check_in(by.id, shown, by=by)


def test_a_wall_that_is_behind_is_understood_for_one_slice(make):
    group = on(make, PLAIN)
    by = make.actor(group.trainees[0], group.programme)
    shown = codes.code(group.session.id, codes.slice_of(at("9:00:00")))
    with clock.held(at("9:00:45")), pytest.raises(Refused, match="old"):
        checkin.check_in(by.id, shown, by=by)
    with clock.held(at("9:00:39")):
        assert checkin.check_in(by.id, shown, by=by)


def test_a_proof_from_a_server_that_is_ahead_waits_for_its_moment(make):
    group = on(make, PLAIN)
    by = make.actor(group.trainees[0], group.programme)
    typed = codes.code(group.session.id, codes.slice_of(at("9:00:00")))
    with clock.held(at("9:00:39")):
        proof = checkin.frame(by.id, typed, None, by=by)
    with clock.held(at("8:59:59")), pytest.raises(Refused):
        checkin.check_in(by.id, typed, proof=proof, by=by)


# Sessions that overlap


@pytest.mark.parametrize(
    ("leaves", "taken"),
    [("10:00", True), ("9:59:59", True), (None, False)],
)
def test_whoever_is_in_one_room_enters_no_other(make, leaves, taken):
    group = on(make, PLAIN)
    other = group.sessions[1]
    other.starts_at = at("10:00")
    other.ends_at = at("13:30")
    db.session.commit()
    make.scan(group, 0, at("9:00"))
    if leaves:
        make.scan(group, 0, at(leaves))
    make.opened_page(group, other)
    if not taken:
        with pytest.raises(Refused, match="sign out of it first"):
            make.scan(group, 0, at("10:00"))
        return
    make.scan(group, 0, at("10:00"))
    make.scan(group, 0, at("13:30"))
    found = [
        attendance.marks(s)[group.enrolments[0].id].minutes for s in (group.sessions[0], other)
    ]
    assert sum(found) <= 270, "nobody has more minutes than passed"
    assert found[1] == 210
