"""Which pages await whom, and what is asked of her."""

from datetime import timedelta

import pytest

from courses import attendance, awaiting, calendar, editions, pages
from courses.calendar import Session, SessionMode, SessionState
from lms import clock, db
from lms.accounts import Person

AWAITED = [
    (SessionState.SCHEDULED, timedelta(hours=-2), False, None),
    (SessionState.SCHEDULED, timedelta(minutes=-60), False, "Ada: open the page"),
    (SessionState.SCHEDULED, timedelta(hours=4), False, "Bea: say that it was not held"),
    (SessionState.OPEN, timedelta(hours=1), False, "Ada: sign the page"),
    (SessionState.SIGNED, timedelta(hours=4), False, "Bea: countersign"),
    (SessionState.COUNTERSIGNED, timedelta(days=1), False, "The programme manager: certify"),
    (SessionState.CERTIFIED, timedelta(days=9), False, None),
    (SessionState.CANCELLED, timedelta(days=-1), False, "Bea: choose another day"),
    (SessionState.CANCELLED, timedelta(days=-1), True, None),
    (SessionState.NOT_HELD, timedelta(days=1), False, "Bea: choose another day"),
    (SessionState.NOT_HELD, timedelta(days=1), True, None),
]


@pytest.mark.parametrize(("state", "after", "again", "said"), AWAITED)
def test_a_page_says_who_is_awaited(state, after, again, said):
    now = clock.now()
    session = Session(state=state, starts_at=now, ends_at=now + timedelta(minutes=210))
    session.trainer = Person(name="Ada")
    found = awaiting.awaited(session, coordinators=["Bea"], is_planned_again=again, now=now + after)
    assert (said is None) is (found is None)
    assert said is None or str(found).startswith(said)


def test_every_state_of_a_session_has_been_thought_of():
    assert {state for state, *_ in AWAITED} == set(SessionState)


def test_nobody_is_awaited_for_a_countersignature_of_her_own_page(make):
    group = make.signed_page()
    also = group.trainer
    editions.appoint(group.edition, also, editions.Part.COORDINATOR, by=make.actor(group.manager))
    db.session.commit()
    (session, who), *_ = awaiting.of_edition(group.edition)
    assert session.id == group.session.id
    assert str(who) == f"{group.coordinator.name}: countersign"


KEPT = [
    (SessionMode.CLASSROOM, False, "Attest 2 missing exits, then sign page 1"),
    (SessionMode.MIXED, False, "Attest 2 missing exits, then sign page 1"),
    (SessionMode.MIXED, True, "Attest one missing exit, then sign page 1"),
    (SessionMode.LIVE, False, "Sign page 1"),
    (SessionMode.LIVE, True, "Sign page 1"),
]


@pytest.mark.parametrize(("mode", "is_traced", "said"), KEPT)
def test_the_trainer_is_asked_for_the_exits_that_signing_asks_for(make, mode, is_traced, said):
    group = make.opened_page(trainees=3)
    session = group.session
    session.mode = mode
    for number in (0, 1):
        make.scan(group, number, session.starts_at)
    by = make.actor(group.trainer)
    with clock.held(session.ends_at + timedelta(minutes=20)):
        if is_traced:
            spans = [(session.starts_at, session.ends_at)]
            coordinator = make.actor(group.coordinator)
            attendance.trace(session, {group.enrolments[1].id: spans}, by=coordinator)
            attendance.trace(session, {group.enrolments[0].id: spans}, by=coordinator)
            db.session.flush()
        (todo, *_) = awaiting.to_keep(by)
        assert str(todo.title) == said
        open_ends = len(pages.sheet(session).open_ends)
        if mode != SessionMode.LIVE or is_traced:
            assert said.startswith("Attest") is (open_ends > 0)


def test_where_no_room_is_known_none_is_said(make):
    session = make.class_in_motion().sessions[0]
    assert calendar.placed(session).endswith(", 12 November, 9:00, Room Dora")
    session.room = ""
    assert calendar.placed(session).endswith(", 12 November, 9:00")
