"""The grid of sessions by trainees: what each cell shows, and what it says."""

from datetime import timedelta

import pytest

from courses import grid, ledger, register
from courses.grid import Cell, Shade
from lms import clock, db


@pytest.mark.parametrize(
    ("minutes", "more", "kinds"),
    [
        (210, {}, "full"),
        (209, {}, "part p3"),
        (105, {}, "part p2"),
        (60, {}, "part p1"),
        (1, {}, "part p1"),
        (0, {}, "lost"),
        (0, {"made_up": 120}, "made"),
        (120, {"is_make_up": True}, "made"),
        (0, {"is_make_up": True}, "lost"),
        (210, {"is_amended": True}, "full amended"),
        (150, {"is_traced": True, "is_amended": True}, "part p2 amended traced"),
    ],
)
def test_minutes_are_a_shade(minutes, more, kinds):
    assert grid.cell(minutes, 210, **more).kinds == kinds


def test_who_came_late_and_left_early_is_told_but_not_after_an_amendment():
    assert (
        grid.cell(150, 210, times=(20, 40)).late,
        grid.cell(150, 210, times=(20, 40)).early,
    ) == (
        20,
        40,
    )
    for more in ({"is_amended": True}, {"is_traced": True}):
        assert grid.cell(150, 210, times=(20, 40), **more).late == 0
    assert grid.cell(210, 210, times=(20, 40)).early == 0


def test_the_grid_tells_minutes_lateness_corrections_and_what_is_to_come(make):
    group = make.opened_page(trainees=3)
    start, end = group.session.starts_at, group.session.ends_at
    make.scan(group, 0, start)
    make.scan(group, 0, end)
    make.scan(group, 1, start + timedelta(minutes=30))
    make.scan(group, 1, end - timedelta(minutes=15))
    with clock.held(end + timedelta(minutes=5)):
        register.sign(group.session, topic="x", head_count=1, by=make.actor(group.trainer))
        ledger.correct(group.session, group.enrolments[2].id, 210, by=make.actor(group.coordinator))
        db.session.commit()
        drawn = grid.of_edition(group.edition)
        first = [drawn.cell(e, group.session) for e in group.enrolments]
        assert first[0] == Cell(Shade.FULL, 210, 210)
        assert first[1] == Cell(Shade.PART, 165, 210, late=30, early=15)
        assert first[2] == Cell(Shade.FULL, 210, 210, is_amended=True)
        assert drawn.minutes(group.session) == drawn.total == 585
        assert drawn.cell(group.enrolments[0], group.sessions[1]) == Cell(Shade.PLAN)


def test_nothing_is_to_come_for_who_has_left_or_did_not_miss_what_is_made_up(make):
    group = make.missed_page(trainees=3, present=(0,))
    gone = group.enrolments[2]
    gone.left_on, gone.left_reason = clock.local(group.session.ends_at).date(), b"work"
    gone.key_id = group.trainees[2].key_id
    db.session.commit()
    again = make.make_up(group)
    with clock.held(group.session.ends_at + timedelta(hours=1)):
        drawn = grid.of_edition(group.edition)
        shades = [drawn.cell(e, again).shade for e in group.enrolments]
        assert shades == [Shade.NONE, Shade.PLAN, Shade.NONE]
        assert drawn.cell(gone, group.sessions[1]).shade == Shade.NONE


def test_the_grid_takes_as_many_statements_for_ten_as_for_one(make, statements):
    counted = []
    for trainees in (1, 10):
        group = make.signed_page(trainees=trainees)
        db.session.refresh(group.edition)
        with statements() as seen:
            drawn = grid.of_edition(group.edition)
            assert [drawn.cell(e, s) for e in group.enrolments for s in drawn.sessions]
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 5
