"""Make-up sessions: for those who missed something, and never above it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from courses import (
    attendance,
    changes,
    corrections,
    forecast,
    ledger,
    makeups,
    register,
    stamps,
    upcoming,
    verification,
)
from courses.calendar import SessionKind, SessionState
from courses.corrections import Correction
from courses.editions import EditionState
from courses.ledger import Source
from lms import clock, db
from lms.errors import Invalid, Refused
from tests.races import race, unit

MINUTE = timedelta(minutes=1)


def holds():
    return [v.fault for v in verification.verify()] == [None]


def minutes(session, group):
    posted = ledger.posted(session.id)
    return [posted.get(e.id) for e in group.enrolments]


def held(make, group, session, spans):
    """The page of a make-up session: trainee by trainee, from and to in minutes after its start."""
    make.opened_page(group, session)
    for number, (came, went) in spans.items():
        make.scan(group, number, session.starts_at + came * MINUTE)
        make.scan(group, number, session.starts_at + went * MINUTE)
    return signed(make, group, session)


def signed(make, group, session):
    with clock.held(session.ends_at + 5 * MINUTE):
        inside = sum(m.is_inside for m in attendance.marks(session).values())
        register.sign(session, topic="Again", head_count=inside, by=make.actor(group.trainer))
        db.session.commit()
    return session


def test_it_is_planned_for_those_who_missed_something_and_linked_to_it(make):
    group = make.missed_page(trainees=3, present=(0,))
    session = make.make_up(group)
    assert (session.kind, session.makes_up_id) == (SessionKind.MAKE_UP, group.session.id)
    assert session.unit_id == group.session.unit_id
    assert makeups.who_missed(group.session) == {e.id: 210 for e in group.enrolments[1:]}
    make.opened_page(group, session)
    expected = {e.enrolment_id for e in stamps.expected(session.id)}
    assert expected == {e.id for e in group.enrolments[1:]}
    assert session.page == 2


def test_what_it_gives_is_never_above_what_each_missed(make):
    group = make.missed_page(trainees=3, present=(0, 1), minutes=150)
    assert minutes(group.session, group) == [150, 150, 0]
    session = make.make_up(group, minutes=120)
    held(make, group, session, {0: (0, 120), 1: (0, 40), 2: (0, 120)})
    assert minutes(session, group) == [60, 40, 120]
    assert {x.source for x in ledger.lines(group.enrolments[0].id)} == {
        Source.PRESENCE,
        Source.MADE_UP,
    }
    assert holds()
    second = make.make_up(group, group.sessions[0], minutes=120, days=25)
    make.opened_page(group, second)
    assert {e.enrolment_id for e in stamps.expected(second.id)} == {
        group.enrolments[1].id,
        group.enrolments[2].id,
    }
    for number in (1, 2):
        make.scan(group, number, second.starts_at)
        make.scan(group, number, second.ends_at)
    signed(make, group, second)
    assert minutes(second, group) == [None, 20, 90]
    totals = ledger.totals([e.id for e in group.enrolments])
    assert [totals[e.id].recorded for e in group.enrolments] == [210, 210, 210]
    assert holds()


def test_a_correction_of_what_was_missed_takes_from_what_made_up_for_it(make):
    group = make.missed_page(trainees=2, present=(0,))
    missed = group.session
    session = held(make, group, make.make_up(group), {1: (0, 210)})
    assert minutes(session, group) == [None, 210]
    group.session = missed
    row = make.correction(group, 1, (0, 200), days=30)
    corrections.approve(row, by=make.actor(group.coordinator))
    db.session.commit()
    assert minutes(missed, group) == [210, 200]
    assert minutes(session, group) == [None, 10]
    assert ledger.totals([row.enrolment_id])[row.enrolment_id].recorded == 210
    assert holds()
    group.session = session
    own = make.correction(group, 1, (0, 100), days=5)
    corrections.approve(own, by=make.actor(group.coordinator))
    db.session.commit()
    assert minutes(session, group) == [None, 10]
    assert holds()


def test_a_correction_of_an_earlier_make_up_gives_to_the_later(make):
    group = make.missed_page(trainees=2, present=(0,))
    missed = group.session
    first = held(make, group, make.make_up(group, minutes=180), {1: (0, 180)})
    second = held(make, group, make.make_up(group, missed, days=25), {1: (0, 210)})
    assert (minutes(first, group)[1], minutes(second, group)[1]) == (180, 30)
    group.session = first
    row = make.correction(group, 1, (0, 60), days=8)
    corrections.approve(row, by=make.actor(group.coordinator))
    db.session.commit()
    assert (minutes(first, group)[1], minutes(second, group)[1]) == (60, 150)
    assert holds()


def test_two_make_up_pages_of_one_session_are_not_open_at_once(make):
    group = make.missed_page(trainees=2, present=(0,))
    missed = group.session
    one, other = make.make_up(group), make.make_up(group, missed, days=25)
    make.opened_page(group, one)
    with pytest.raises(Refused, match="Page 2 makes up for the same session"):
        make.opened_page(group, other)


def test_when_nobody_lacks_anything_it_is_not_opened(make):
    group = make.missed_page(trainees=2, present=(0,))
    missed = group.session
    one, other = make.make_up(group), make.make_up(group, missed, days=25)
    held(make, group, one, {1: (0, 210)})
    with pytest.raises(Refused, match="Nobody lacks"):
        make.opened_page(group, other)
    db.session.rollback()
    with pytest.raises(Refused, match="Nobody lacks"):
        make.make_up(group, missed, days=26)


def test_what_cannot_be_made_up_is_refused_with_its_reason(make):
    group = make.class_in_motion(trainees=2)
    with pytest.raises(Refused, match="not signed yet"):
        make.make_up(group, group.sessions[0])
    make.missed_page(group, present=(0,))
    for wrong in (0, 211):
        with pytest.raises(Invalid, match="Between 1 and 210"):
            make.make_up(group, minutes=wrong)
        db.session.rollback()
    with pytest.raises(Refused, match="two sessions at once"):
        make.make_up(group, days=1)
    db.session.rollback()
    session = make.make_up(group)
    with pytest.raises(Refused, match="from the page of the session that was missed"):
        make.make_up(group, session)
    changes.cancel(session, reason="No room", by=make.actor(group.coordinator))
    with pytest.raises(Refused, match="from the page of the session that was missed"):
        changes.hold_again(
            session,
            starts_at=session.starts_at,
            room="Room",
            trainer=group.trainer,
            by=make.actor(group.coordinator),
        )
    group.edition.state = EditionState.CLOSED
    db.session.commit()
    with pytest.raises(Refused, match="closed"):
        make.make_up(group)


def test_it_keeps_its_length_when_it_is_moved(make):
    group = make.missed_page(trainees=2, present=(0,))
    session = make.make_up(group, minutes=90)
    changes.reschedule(
        session,
        starts_at=session.starts_at + timedelta(days=1),
        room="Room",
        trainer=group.trainer,
        version=session.version,
        by=make.actor(group.coordinator),
    )
    assert session.minutes == 90


def test_the_database_wants_what_it_makes_up_for(make):
    group = make.class_in_motion(trainees=1)
    group.sessions[0].kind = SessionKind.MAKE_UP
    with pytest.raises(IntegrityError, match="make_up_says_of_what"):
        db.session.flush()


def test_it_is_planned_only_for_those_who_need_it(make):
    group = make.missed_page(trainees=3, present=(0, 1), minutes=150)
    session = make.make_up(group, minutes=120)
    before = {e.id: 4 * 210 for e in group.enrolments}
    with clock.held(group.session.ends_at + timedelta(days=1)):
        found = forecast.forecasts(e.id for e in group.enrolments)
        assert [found[e.id].total.planned - before[e.id] for e in group.enrolments] == [60, 60, 120]
        make.make_up(group, group.sessions[0], minutes=210, days=25)
        found = forecast.forecasts(e.id for e in group.enrolments)
        assert [found[e.id].total.planned - before[e.id] for e in group.enrolments] == [60, 60, 210]
    held(make, group, session, {0: (0, 120), 1: (0, 120)})
    with clock.held(session.ends_at + timedelta(days=1)):
        found = forecast.forecasts(e.id for e in group.enrolments)
        assert [found[e.id].total.planned for e in group.enrolments] == [0, 0, 210]
        assert [found[e.id].total.lost for e in group.enrolments] == [0, 0, 210]


def test_nobody_is_told_of_a_make_up_that_is_not_for_her(make):
    group = make.missed_page(trainees=2, present=(0,))
    for session in group.sessions[1:]:
        session.state = SessionState.CANCELLED
    db.session.commit()
    session = make.make_up(group)
    with clock.held(group.session.ends_at + timedelta(days=2)):
        first, second = (upcoming.coming(make.actor(t)) for t in group.trainees)
        assert "No lesson of yours" in str(first[0].title)
        assert "The next lesson" in str(second[0].title)
        assert makeups.needless(group.trainees[0].id, group.programme.id) == [session.id]
        assert makeups.needless(group.trainees[1].id, group.programme.id) == []
    make.opened_page(group, session)
    assert makeups.needless(group.trainees[0].id, group.programme.id) == [session.id]
    assert makeups.needless(group.trainees[1].id, group.programme.id) == []


def test_a_signature_and_a_correction_at_once_stay_within_what_was_missed(make):
    group = make.missed_page(trainees=2, present=(0,))
    missed = group.session
    session = make.make_up(group)
    row = make.correction(group, 1, (0, 200))
    make.opened_page(group, session)
    make.scan(group, 1, session.starts_at)
    make.scan(group, 1, session.ends_at)
    coordinator, trainer = make.actor(group.coordinator), make.actor(group.trainer)

    def approve():
        corrections.approve(db.session.get_one(Correction, row.id), by=coordinator)

    def sign():
        with clock.held(session.ends_at + 5 * MINUTE):
            register.sign(
                db.session.get_one(type(session), session.id),
                topic="Again",
                head_count=1,
                by=trainer,
            )

    assert [r for r in race(unit(approve), unit(sign)) if isinstance(r, Exception)] == []
    assert minutes(missed, group)[1] == 200
    assert minutes(session, group)[1] == 10
    assert holds()


def test_the_time_of_a_senior_trainer_is_no_source_of_hours():
    """What a senior does beside somebody is not in the 105 hours: nothing posts it."""
    assert {s.value for s in Source} == {"presence", "trace", "self_paced", "correction", "made up"}
    posting = {
        str(file)
        for package in ("lms", "courses", "mentoring", "casework")
        for file in Path(package).rglob("*.py")
        if "ledger.post(" in file.read_text() or "ledger.correct(" in file.read_text()
    }
    assert "courses/register.py" in posting
    assert not [f for f in posting if not f.startswith("courses")]
