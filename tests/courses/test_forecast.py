"""The ledger's sums, and whether somebody can still make it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from courses import attendance, certification, evidence, forecast, ledger, register, shares
from courses.calendar import SESSION_FLOW, Session, SessionKind, SessionMode
from courses.forecast import Outlook
from courses.ledger import Part
from courses.shares import Share
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


# Credits, the cap on live lessons, make-up sessions, the last day


def test_a_credit_lowers_what_is_due_and_adds_nothing_to_what_is_done(make):
    """10.5 h of credit on 105 h: due 94.5, done counted without it."""
    group = make.class_in_motion()
    group.edition.course.minutes = 6300
    for module in {u.module for u in group.units}:
        module.minutes = 2100
    db.session.commit()
    make.certified_page(group)
    enrolment = group.enrolments[0].id
    with clock.held(group.session.ends_at + timedelta(hours=3)):
        plain = forecast.forecasts([enrolment])[enrolment]
        make.confirmed_credit(group, 0, module=2, minutes=630)
        found = forecast.forecasts([enrolment])[enrolment]
    assert (plain.total.due, found.total.due, found.credited) == (6300, 5670, 630)
    assert found.total.minimum == shares.least(5670, 75) == 4253
    assert [m.share.due for m in found.modules] == [2100, 1470, 2100]
    assert [m.share.minimum for m in found.modules] == [1050, 735, 1050]
    for one in (plain, found):
        assert (one.total.recorded, one.total.certified, one.total.planned) == (210, 210, 1050)


def live_class(make, *modes, percent=None, trainees=2):
    """A class whose first sessions are held so; at most this much of all hours live online."""
    group = make.class_in_motion(trainees=trainees)
    group.edition.live_percent = percent
    for session, mode in zip(group.sessions, modes, strict=False):
        session.mode = mode
    db.session.commit()
    return group


def follow(make, group, session, numbers=(0, 1), minutes=210):
    """The page of a lesson that these followed from afar for so long, signed."""
    make.opened_page(group, session)
    begins = session.starts_at
    spans = {
        group.enrolments[n].id: [(begins, begins + timedelta(minutes=minutes))] for n in numbers
    }
    for n in {0, 1} - set(numbers):
        make.scan(group, n, begins)
        make.scan(group, n, session.ends_at)
    with clock.held(session.ends_at + timedelta(minutes=20)):
        attendance.trace(session, spans, by=make.actor(group.coordinator))
        db.session.commit()
        register.sign(session, topic="x", head_count=2, by=make.actor(group.trainer))
        db.session.commit()


def test_live_minutes_beyond_the_cap_do_not_reach_the_threshold(make):
    group = live_class(make, *[SessionMode.LIVE] * 4, percent=25)
    for session in group.sessions[:2]:
        follow(make, group, session)
    found = stand(group, group.sessions[1].ends_at + timedelta(hours=1))
    assert (found.live, found.live_cap) == (420, 315)
    assert (found.total.recorded, found.total.beyond, found.total.counted) == (420, 105, 315)
    assert found.total.best == 420 + 840 - (840 - 315)
    assert found.outlook == Outlook.NOT_ALONE
    assert [m.share.beyond for m in found.modules] == [0, 0, 0]
    group.edition.live_percent = None
    db.session.commit()
    free = stand(group, group.sessions[1].ends_at + timedelta(hours=1))
    assert (free.total.beyond, free.total.best, free.live_cap) == (0, 1260, None)


def test_certified_minutes_beyond_the_cap_are_not_enough_for_the_certificate(make):
    group = live_class(make, *[SessionMode.LIVE] * 6, percent=50)
    for session in group.sessions:
        follow(make, group, session)
        SESSION_FLOW.move(
            session,
            "countersign",
            countersigned_at=session.ends_at,
            countersigned_by_id=group.coordinator.id,
        )
    last = group.sessions[-1].ends_at + timedelta(hours=1)
    with clock.held(last):
        register.certify(group.sessions, by=make.actor(group.manager))
        db.session.commit()
    found = stand(group, last)
    assert (found.total.certified, found.total.sure, found.total.beyond_certified) == (
        1260,
        630,
        630,
    )
    assert found.outlook == Outlook.NOT_ALONE
    missing = certification.missing(group.enrolments[:1], hours={group.enrolments[0].id: found})
    assert any("in all" in str(m.what) for m in missing[group.enrolments[0].id])


def test_in_a_mixed_lesson_only_who_was_far_away_fills_the_cap_also_after_a_correction(make):
    group = live_class(make, SessionMode.MIXED, percent=10)
    session = group.sessions[0]
    follow(make, group, session, numbers=(1,))
    with clock.held(session.ends_at + timedelta(days=1)):
        by = make.actor(group.manager)
        for enrolment in group.enrolments:
            times = (session.starts_at, session.starts_at + timedelta(minutes=150))
            attendance.amend(session, enrolment.id, times, by=by)
            ledger.correct(session, enrolment.id, 150, by=by)
        db.session.commit()
    ids = [e.id for e in group.enrolments]
    found, lines = ledger.totals(ids), evidence.lines_of(ids)
    assert [found[i].recorded for i in ids] == [150, 150]
    assert [found[i].live for i in ids] == [0, 150]
    assert {i: evidence.totalled(lines[i]) for i in ids} == found, "a dossier tells the same"


def made_up(make, group, missed, begins, minutes=210):
    """A make-up session of one that was missed."""
    row = Session(
        programme_id=group.programme.id,
        edition_id=group.edition.id,
        unit_id=missed.unit_id,
        position=90,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=minutes),
        room="Room Dora",
        kind=SessionKind.MAKE_UP,
        makes_up_id=missed.id,
        trainer_id=group.trainer.id,
    )
    db.session.add(row)
    db.session.commit()
    return row


def test_a_make_up_session_is_planned_for_who_lacks_it_and_no_more_than_she_lacks(make):
    group = make.opened_page(trainees=3)
    for n, minutes in ((0, 210), (1, 150)):
        make.scan(group, n, group.session.starts_at)
        make.scan(group, n, group.session.starts_at + timedelta(minutes=minutes))
    with clock.held(group.session.ends_at + timedelta(minutes=1)):
        register.sign(group.session, topic="x", head_count=1, by=make.actor(group.trainer))
        db.session.commit()
    made_up(make, group, group.session, group.sessions[-1].ends_at + timedelta(days=1), 120)
    with clock.held(group.session.ends_at + timedelta(hours=1)):
        found = forecast.forecasts([e.id for e in group.enrolments])
    planned = [found[e.id].total.planned - 5 * 210 for e in group.enrolments]
    assert planned == [0, 60, 120]
    assert [found[e.id].total.lost for e in group.enrolments] == [0, 60, 210]


def test_the_last_day_to_act_is_named_in_all_and_for_each_module(make):
    group = make.class_in_motion()
    days = [clock.local(s.starts_at).date() for s in group.sessions]
    found = stand(group)
    assert found.total.last_on == days[1], "945 of 1,260: one may be missed, not the second"
    assert [m.share.last_on for m in found.modules] == [days[1], days[3], days[5]]
    assert found.last_on == days[1]
    with clock.held(group.sessions[0].starts_at - timedelta(hours=3)):
        assert (found.days_left, found.modules[2].share.days_left) == (1, 5)


def test_who_needs_nothing_more_and_who_cannot_make_it_alone_have_no_last_day(make):
    group = make.class_in_motion(trainees=1)
    for session in group.sessions[:5]:
        make.signed_page(group, session)
    found = stand(group, group.sessions[4].ends_at + timedelta(hours=1))
    assert (found.total.last_on, found.modules[2].share.last_on) == (None, None)
    assert found.urgency()[:2] == (False, True)
    other = make.class_in_motion(trainees=1)
    for session in other.sessions[:2]:
        SESSION_FLOW.move(session, "cancel", reason="ill")
    db.session.commit()
    lost = stand(other)
    assert (lost.outlook, lost.modules[0].share.last_on) == (Outlook.NOT_ALONE, None)
    assert lost.urgency() == (False, False, -1, -210)


def test_lists_begin_with_fewest_days_left_then_with_the_least_margin(make):
    def one(days, slack, left=False):
        last = clock.today() + timedelta(days=days) if days is not None else None
        total = Share(100, 50, 0, 0, 50 + slack, 0, last_on=last)
        return forecast.Forecast(None, total, [], 0, has_left=left)

    rows = [one(9, 5), one(None, 20), one(3, 40), one(3, 7), one(1, 0, True), one(None, -5)]
    order = [rows.index(r) for r in sorted(rows, key=lambda r: r.urgency())]
    assert order == [5, 3, 2, 0, 1, 4]


def test_who_has_left_needs_nobody(make):
    group = make.class_in_motion()
    group.enrolments[0].left_on = group.enrolments[0].entered_on
    group.enrolments[0].key_id = group.trainees[0].key_id
    group.enrolments[0].left_reason = b"sealed"
    db.session.commit()
    found = stand(group)
    assert (found.outlook, found.is_in_need) == (Outlook.NOT_ALONE, False)


def test_the_ticks_are_those_of_the_edition(make):
    group = make.class_in_motion()
    group.edition.ticks = "1/2 9/10"
    db.session.commit()
    assert [str(t) for t in stand(group).ticks] == ["1/2", "9/10"]


def test_the_threshold_is_rounded_up_to_a_whole_minute():
    assert shares.least(6300, 75) == 4725
    assert shares.least(101, 50) == 51
    assert shares.least(0, 50) == 0


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
    assert shares.may_miss(coming, slack, by_module) == may


@given(
    some.dictionaries(
        some.integers(1, 3), some.lists(some.integers(30, 240), max_size=6), max_size=3
    ),
    some.integers(-100, 1500),
    some.data(),
)
def test_whichever_sessions_are_missed_the_promise_holds(coming, slack, data):
    by_module = {m: data.draw(some.integers(0, 700)) for m in coming}
    promised = shares.may_miss(coming, slack, by_module)
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
