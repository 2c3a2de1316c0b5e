"""The ledger's sums, and whether somebody can still make it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courses import forecast, ledger, register
from courses.calendar import SESSION_FLOW
from courses.forecast import Outlook
from courses.ledger import Part
from lms import clock, db


def stand(group, at=None):
    """The forecast of the first trainee at a moment, by default the morning of the first day."""
    with clock.held(at or group.sessions[0].starts_at - timedelta(hours=3)):
        return forecast.forecasts([group.enrolments[0].id])[group.enrolments[0].id]


def test_at_the_beginning_all_is_planned_and_one_session_may_be_missed(make):
    found = stand(make.class_in_motion())
    assert (found.total.due, found.total.minimum, found.total.planned) == (1260, 945, 1260)
    assert [m.share.minimum for m in found.modules] == [210, 210, 210]
    assert (found.outlook, found.may_miss) == (Outlook.STILL, 1)


def test_a_signed_page_is_recorded_and_no_longer_planned(make):
    group = make.signed_page()
    found = stand(group, group.session.ends_at + timedelta(hours=1))
    assert (found.total.recorded, found.total.certified, found.total.planned) == (210, 0, 1050)
    assert found.total.lost == 0


def test_an_absence_is_lost_and_makes_it_narrow(make):
    group = make.opened_page()
    for i in (1, 2):
        make.scan(group, i, group.session.starts_at)
        make.scan(group, i, group.session.ends_at)
    with clock.held(group.session.ends_at + timedelta(minutes=1)):
        register.sign(group.session, topic="x", head_count=2, by=make.actor(group.trainer))
        db.session.commit()
    found = stand(group, group.session.ends_at + timedelta(hours=1))
    assert (found.total.lost, found.total.recorded, found.may_miss) == (210, 0, 0)
    assert found.outlook == Outlook.NARROW
    assert ledger.lines(group.enrolments[0].id)[0].minutes == 0


def test_what_the_calendar_no_longer_offers_must_be_made_up(make):
    group = make.class_in_motion()
    for session in group.sessions[:2]:
        SESSION_FLOW.move(session, "cancel", reason="ill")
    db.session.commit()
    found = stand(group)
    assert found.modules[0].share.slack == -210
    assert (found.outlook, found.worst) == (Outlook.NOT_ALONE, -210)


def test_a_session_that_passed_without_a_page_is_not_planned(make):
    group = make.class_in_motion()
    found = stand(group, group.sessions[0].ends_at + timedelta(minutes=1))
    assert found.total.planned == 1050


def test_sessions_before_she_entered_are_not_planned_for_her(make):
    group = make.class_in_motion()
    group.enrolments[0].entered_on = clock.local(group.sessions[1].starts_at).date()
    db.session.commit()
    assert stand(group).total.planned == 1050


def test_thresholds_are_reached_by_certified_minutes(make):
    group = make.class_in_motion(trainees=1)
    for session in group.sessions:
        make.countersigned_page(group, session)
    found = stand(group, group.sessions[-1].ends_at + timedelta(hours=3))
    assert (found.total.recorded, found.outlook) == (1260, Outlook.STILL)
    with clock.held(group.sessions[-1].ends_at + timedelta(hours=4)):
        register.certify(group.sessions, by=make.actor(group.manager))
        db.session.commit()
    assert stand(group, group.sessions[-1].ends_at + timedelta(hours=5)).outlook == Outlook.REACHED


def test_the_forecasts_of_ten_take_as_many_statements_as_of_one(make, statements):
    group = make.signed_page(trainees=10)
    counted, everybody = [], [e.id for e in group.enrolments]
    for ids in (everybody[:1], everybody):
        db.session.rollback()
        with statements() as seen:
            forecast.forecasts(ids)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_the_threshold_is_rounded_up_to_a_whole_minute():
    assert forecast.least(6300, 75) == 4725
    assert forecast.least(101, 50) == 51
    assert forecast.least(0, 50) == 0


@pytest.mark.parametrize(
    ("coming", "slack", "by_module", "may"),
    [
        ({1: [210, 210]}, 420, {1: 420}, 2),
        ({1: [210, 210]}, 419, {1: 420}, 1),
        ({1: [210, 210], 2: [210]}, 420, {1: 210, 2: 0}, 0),
        ({1: [60, 240]}, 239, {1: 300}, 0),
        ({}, 100, {}, 0),
        ({1: [210]}, -1, {1: 210}, 0),
    ],
)
def test_missable_sessions_are_counted_as_if_the_longest_were_missed(coming, slack, by_module, may):
    assert forecast.may_miss(coming, slack, by_module) == may


@given(
    some.dictionaries(
        some.integers(1, 3), some.lists(some.integers(30, 240), max_size=6), max_size=3
    ),
    some.integers(-100, 1500),
    some.data(),
)
def test_whichever_sessions_are_missed_the_promise_holds(coming, slack, data):
    by_module = {m: data.draw(some.integers(0, 700)) for m in coming}
    promised = forecast.may_miss(coming, slack, by_module)
    flat = [(m, length) for m, lengths in coming.items() for length in lengths]
    if promised:
        picks = some.lists(
            some.sampled_from(range(len(flat))), min_size=promised, max_size=promised, unique=True
        )
        missed = [flat[i] for i in data.draw(picks)]
        assert sum(length for _, length in missed) <= slack
        for m, allowed in by_module.items():
            assert sum(length for module, length in missed if module == m) <= allowed


@given(
    some.dictionaries(
        some.integers(1, 3), some.tuples(some.integers(0, 3000), some.integers(0, 3000))
    )
)
def test_the_totals_are_the_sum_of_their_parts(parts):
    found = ledger.summed({m: Part(r, c) for m, (r, c) in parts.items()})
    assert found.recorded == sum(p.recorded for p in found.by_module.values())
    assert found.certified == sum(p.certified for p in found.by_module.values())
