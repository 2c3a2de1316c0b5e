"""What counts for somebody on a page: an amendment, a trace, or her stamps."""

from datetime import timedelta

import pytest

from courses import attendance, ledger, register, verification
from courses.attendance import Basis
from courses.calendar import SessionMode, SessionState
from courses.ledger import Source
from lms import clock, db
from lms.errors import Invalid, Refused

MINUTE = timedelta(minutes=1)


def _live(make, mode=SessionMode.LIVE, **more):
    group = make.class_in_motion(**more)
    group.sessions[0].mode = mode
    db.session.commit()
    return make.attended_page(group)


def _sign(make, group, heads):
    with clock.held(group.session.ends_at + 20 * MINUTE):
        register.sign(
            group.session,
            topic="What was taught",
            head_count=heads,
            by=make.actor(group.trainer, group.programme),
        )
        db.session.commit()


def _trace(make, group, spans):
    """Trainee by trainee: from and to, in minutes after the start."""
    begins = group.session.starts_at
    found = {
        group.enrolments[n].id: [(begins + a * MINUTE, begins + b * MINUTE) for a, b in one]
        for n, one in spans.items()
    }
    with clock.held(group.session.ends_at + 10 * MINUTE):
        number = attendance.trace(group.session, found, by=make.actor(group.coordinator))
        db.session.commit()
    return number


def _amend(make, group, number, times, days=2):
    with clock.held(group.session.ends_at + timedelta(days=days)):
        by = make.actor(group.manager, group.programme)
        attendance.amend(group.session, group.enrolments[number].id, times, by=by)
        minutes = attendance.marks(group.session)[group.enrolments[number].id].minutes
        ledger.correct(group.session, group.enrolments[number].id, minutes, by=by)
        db.session.commit()


def _faults():
    return [v.fault for v in verification.verify() if v.fault]


def test_a_live_lesson_counts_by_its_trace_and_not_by_clicks(make):
    group = _live(make, trainees=2)
    with pytest.raises(Refused, match="attendance file"):
        _sign(make, group, 2)
    db.session.rollback()
    _trace(make, group, {0: [(0, 100), (110, 210)]})
    counts = attendance.counted(group.session)
    assert {i: c.basis for i, c in counts.items()} == {group.enrolments[0].id: Basis.TRACE}
    _sign(make, group, 1)
    lines = {e.id: ledger.lines(e.id) for e in group.enrolments}
    assert [(row.minutes, row.source) for row in lines[group.enrolments[0].id]] == [
        (200, Source.TRACE)
    ]
    assert [row.minutes for row in lines[group.enrolments[1].id]] == [0]
    assert not _faults()


def test_the_last_import_of_a_page_counts(make):
    group = _live(make, trainees=1)
    assert _trace(make, group, {0: [(0, 60)]}) == 1
    assert _trace(make, group, {0: [(0, 90)]}) == 2
    assert attendance.marks(group.session)[group.enrolments[0].id].minutes == 90


@pytest.mark.parametrize(
    "spans", [[(0, 100), (100, 210)], [(0, 120), (60, 210)], [(0, 210), (30, 60)]]
)
def test_connections_that_touch_or_overlap_lose_no_minute(make, spans):
    group = _live(make, trainees=1)
    _trace(make, group, {0: spans})
    assert attendance.marks(group.session)[group.enrolments[0].id].minutes == 210


def test_in_a_mixed_lesson_each_is_read_from_where_she_was(make):
    group = _live(make, SessionMode.MIXED, trainees=2)
    _trace(make, group, {1: [(30, 210)]})
    found = attendance.counted(group.session)
    assert [found[e.id].basis for e in group.enrolments] == [Basis.STAMPS, Basis.TRACE]
    minutes = attendance.marks(group.session)
    assert [minutes[e.id].minutes for e in group.enrolments] == [210, 180]


def test_an_amendment_counts_instead_of_what_was_stamped(make):
    group = make.signed_page(trainees=2)
    first, begins = group.enrolments[0].id, group.session.starts_at
    _amend(make, group, 0, (begins + 60 * MINUTE, begins + 120 * MINUTE))
    _amend(make, group, 1, None)
    assert attendance.counted(group.session)[first].basis == Basis.AMENDMENT
    marks = attendance.marks(group.session)
    assert [marks[e.id].minutes for e in group.enrolments] == [60, 0]
    assert attendance.counted(group.session, amended=False)[first].basis == Basis.STAMPS
    assert ledger.posted(group.session.id) == {first: 60, group.enrolments[1].id: 0}
    assert not _faults()
    _amend(make, group, 0, (begins, begins + 200 * MINUTE), days=3)
    assert [(row.minutes, row.reverses_id is None) for row in ledger.lines(first)] == [
        (210, True),
        (-210, False),
        (60, True),
        (-60, False),
        (200, True),
    ]
    assert ledger.totals([first])[first].recorded == 200
    assert not _faults()


def test_an_amendment_that_the_ledger_does_not_follow_is_named(make):
    group = make.signed_page(trainees=1)
    attendance.amend(group.session, group.enrolments[0].id, None, by=make.actor(group.manager))
    db.session.commit()
    assert "page 1, person 1: her minutes" in _faults()[0]


@pytest.mark.parametrize("table", ["courses_amendments", "courses_trace_spans"])
def test_what_counts_is_never_changed(make, table):
    group = _live(make, trainees=1)
    _trace(make, group, {0: [(0, 210)]})
    _sign(make, group, 1)
    _amend(make, group, 0, None)
    for statement in (f"UPDATE {table} SET number = 7", f"DELETE FROM {table}"):
        with pytest.raises(Exception, match="only grows"):
            db.session.execute(db.text(statement))
        db.session.rollback()


def test_a_barred_page_keeps_its_number_and_gives_no_minutes(make):
    group = make.opened_page(trainees=1)
    by = make.actor(group.trainer, group.programme)
    with pytest.raises(Invalid, match="why"):
        register.bar(group.session, reason=" ", by=by)
    register.bar(group.session, reason="The heating broke", by=by)
    db.session.commit()
    assert (group.session.state, group.session.page) == (SessionState.CANCELLED, 1)
    assert ledger.posted(group.session.id) == {}
    assert make.opened_page(group, group.sessions[1]).session.page == 2
    assert not _faults()
