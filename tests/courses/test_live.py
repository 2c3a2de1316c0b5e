"""The live page: how everybody stands, heads counted, places marked empty; also from far behind."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError

from courses import live, stamps, verification
from courses.live import AbsentMark, HeadCount, Standing
from courses.presence import StampKind
from lms import clock, db
from lms.errors import Refused, Stale, WrongState
from tests.races import race, unit
from tests.tampering import past_the_triggers


@pytest.fixture
def group(make):
    """Three expected: the first is inside, the second has announced her absence."""
    found = make.class_in_motion()
    make.announced(found.trainees[1], found.sessions[0])
    make.opened_page(found)
    make.scan(found, 0, found.session.starts_at)
    found.by = make.actor(found.trainer, found.programme)
    found.expected = [stamps.expected_of(found.session.id, e.id) for e in found.enrolments]
    return found


def at(group, minutes, work, *args, **facts):
    with clock.held(group.session.starts_at + timedelta(minutes=minutes)):
        made = work(*args, by=group.by, **facts)
        db.session.commit()
    return made


def stands(group):
    return [p.standing for p in live.sheet(group.session).people]


def test_each_stands_where_she_is(make, group):
    assert stands(group) == [Standing.INSIDE, Standing.ANNOUNCED, Standing.AWAITED]
    at(group, 10, live.mark_absent, group.expected[2])
    assert stands(group)[2] == Standing.ABSENT
    make.scan(group, 2, group.session.starts_at + timedelta(minutes=20))
    assert stands(group)[2] == Standing.INSIDE, "who comes after the mark signs in all the same"
    make.scan(group, 0, group.session.starts_at + timedelta(minutes=90))
    assert stands(group) == [Standing.GONE, Standing.ANNOUNCED, Standing.INSIDE]


def test_lists_are_in_order_and_hold_everybody_once(group):
    found = live.sheet(group.session)
    assert [(s, len(people)) for s, people in found.lists] == [
        (Standing.INSIDE, 1),
        (Standing.AWAITED, 1),
        (Standing.ANNOUNCED, 1),
    ]
    assert found.inside == 1


def test_somebody_who_has_signed_is_not_marked_absent(group):
    with pytest.raises(Refused, match="signed in at 9:00, so she is not marked absent"):
        at(group, 10, live.mark_absent, group.expected[0])


def test_a_second_mark_is_the_first(group):
    first = at(group, 10, live.mark_absent, group.expected[1])
    assert at(group, 30, live.mark_absent, group.expected[1]).id == first.id
    assert db.session.query(AbsentMark).count() == 1


def test_a_count_is_kept_beside_what_the_register_said(make, group):
    first = at(group, 10, live.count, group.session, 2)
    assert (first.number, first.counted, first.inside) == (1, 2, 1)
    assert live.sheet(group.session).differs
    make.scan(group, 2, group.session.starts_at + timedelta(minutes=20))
    second = at(group, 30, live.count, group.session, 2, known=1)
    assert (second.number, second.inside) == (2, 2)
    found = live.sheet(group.session)
    assert not found.differs
    assert [c.number for c in found.counts] == [2, 1]


def test_another_count_meanwhile_is_shown_and_neither_wins_silently(group):
    at(group, 10, live.count, group.session, 2, known=0)
    with pytest.raises(Stale, match="2 heads at 9:10") as caught:
        at(group, 12, live.count, group.session, 3, known=0)
    assert caught.value.theirs == {"counted": "2"}
    db.session.rollback()
    assert at(group, 12, live.count, group.session, 3, known=1).number == 2


def test_two_counts_at_once_are_one_count_and_one_conflict(group):
    session_id, by = group.session.id, group.by

    def work():
        session = db.session.get_one(live.Session, session_id)
        live.count(session, 3, known=0, by=by)

    found = race(unit(work), unit(work))
    assert sorted(type(f).__name__ for f in found) == ["NoneType", "Stale"]
    assert db.session.query(HeadCount).count() == 1
    assert [v.fault for v in verification.verify()] == [None]


def test_two_marks_at_once_are_one(group):
    expected_id, by = group.expected[2].id, group.by

    def work():
        live.mark_absent(db.session.get_one(stamps.Expected, expected_id), by=by)

    assert race(unit(work), unit(work)) == [None, None]
    assert db.session.query(AbsentMark).count() == 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (20, 20),  # as the device says
        (400, 60),  # a clock ahead: not after it arrived
        (-400, -10),  # a clock behind: not before the page was opened
        (None, 60),
    ],
)
def test_what_arrives_late_is_of_its_own_moment(group, said, kept):
    start = group.session.starts_at
    claimed = None if said is None else start + timedelta(minutes=said)
    row = at(group, 60, live.count, group.session, 1, at=claimed)
    assert row.at == start + timedelta(minutes=kept)
    assert row.noted_at == start + timedelta(minutes=60)


def test_a_late_count_is_compared_with_who_was_inside_then(make, group):
    start = group.session.starts_at
    make.scan(group, 2, start + timedelta(minutes=30))
    make.scan(group, 0, start + timedelta(minutes=40))
    for minutes, inside in ((20, 1), (35, 2), (50, 1)):
        row = at(group, 60, live.count, group.session, 1, at=start + timedelta(minutes=minutes))
        assert row.inside == inside


def test_a_mark_that_arrives_after_she_signed_in_is_refused_with_the_time(make, group):
    start = group.session.starts_at
    make.scan(group, 2, start + timedelta(minutes=30))
    with pytest.raises(Refused, match="signed in at 9:30"):
        at(group, 60, live.mark_absent, group.expected[2], at=start + timedelta(minutes=10))


def test_a_page_that_is_not_open_takes_neither(make):
    group = make.signed_page()
    by = make.actor(group.trainer, group.programme)
    expected = stamps.expected_of(group.session.id, group.enrolments[0].id)
    for work in (
        lambda: live.count(group.session, 3, by=by),
        lambda: live.mark_absent(expected, by=by),
    ):
        with pytest.raises(WrongState, match="no longer open"):
            work()


def test_what_a_poll_has_seen_changes_with_each_thing_noted(make, group):
    seen = []

    def look(minutes):
        with clock.held(group.session.starts_at + timedelta(minutes=minutes)):
            seen.append(live.seen(group.session))

    look(5)
    look(6)
    assert seen[0] == seen[1]
    at(group, 10, live.count, group.session, 1)
    look(11)
    at(group, 12, live.mark_absent, group.expected[1])
    look(13)
    make.scan(group, 2, group.session.starts_at + timedelta(minutes=14))
    look(15)
    look(211)
    assert len(set(seen)) == 5


def test_who_was_inside_at_a_moment():
    start = clock.now()
    made = [
        SimpleNamespace(kind=kind, at=start + timedelta(minutes=m))
        for kind, m in ((StampKind.IN, 0), (StampKind.OUT, 60))
    ]
    inside = [live.was_inside(made, start + timedelta(minutes=m)) for m in (-1, 0, 59, 60, 61)]
    assert inside == [False, True, True, False, False]


def test_two_from_one_device_are_named(make):
    from courses import checkin, codes

    group = make.opened_page()
    for number, seconds in ((0, 0), (1, 12)):
        when = group.session.starts_at + timedelta(seconds=seconds)
        by = make.actor(group.trainees[number], group.programme)
        with clock.held(when):
            code = codes.code(group.session.id, codes.slice_of(when))
            checkin.check_in(by.id, code, device="one phone", by=by)
            db.session.commit()
    (pair,) = live.sheet(group.session).pairs
    assert (pair.first, pair.second) == (group.trainees[0].name, group.trainees[1].name)
    assert pair.seconds == 12


# The chain and the database


def test_counts_and_marks_are_entries_of_the_chain(group):
    at(group, 10, live.count, group.session, 2)
    at(group, 11, live.mark_absent, group.expected[2])
    assert [v.fault for v in verification.verify()] == [None]
    with past_the_triggers() as connection:
        connection.exec_driver_sql("UPDATE courses_head_counts SET counted = 1")
    (found,) = verification.verify()
    assert "page 1" in found.fault
    assert "courses_head_counts was changed" in found.fault


def test_a_mark_that_was_taken_away_is_named(group):
    at(group, 11, live.mark_absent, group.expected[2])
    with past_the_triggers() as connection:
        connection.exec_driver_sql("DELETE FROM courses_absent_marks")
    assert "courses_absent_marks is gone" in next(verification.verify()).fault


@pytest.mark.parametrize("table", ["courses_head_counts", "courses_absent_marks"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_they_only_grow(group, table, verb):
    at(group, 10, live.count, group.session, 2)
    at(group, 11, live.mark_absent, group.expected[2])
    with pytest.raises(Exception, match="only grows"):
        db.session.execute(db.text(verb.format(table)))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"counted": -1}, "counted_not_negative"),
        ({"noted_at": timedelta(minutes=-1)}, "noted_after_counting"),
    ],
)
def test_the_database_says_what_must_be_true_of_a_count(group, change, name):
    row = at(group, 10, live.count, group.session, 2)
    values = {c.key: getattr(row, c.key) for c in HeadCount.__table__.columns}
    values |= {"id": db.new_id(), "number": 2}
    for column, value in change.items():
        values[column] = row.at + value if isinstance(value, timedelta) else value
    db.session.add(HeadCount(**values))
    with pytest.raises(IntegrityError, match=name):
        db.session.flush()


def test_the_database_numbers_counts_once_and_marks_each_once(group):
    for row in (
        at(group, 10, live.count, group.session, 2),
        at(group, 11, live.mark_absent, group.expected[2]),
    ):
        values = {c.key: getattr(row, c.key) for c in type(row).__table__.columns}
        db.session.add(type(row)(**values | {"id": db.new_id()}))
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()
