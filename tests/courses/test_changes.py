"""Changes of the calendar: what may be moved, called off and held again."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from courses import calendar, changes, planning
from courses.calendar import SessionMode, SessionState
from lms import clock, db
from lms.errors import Invalid, Refused, Stale, WrongState

MOVES = {
    SessionState.SCHEDULED: {"open", "cancel", "not_held"},
    SessionState.OPEN: {"sign"},
    SessionState.SIGNED: {"countersign"},
    SessionState.COUNTERSIGNED: {"certify"},
    SessionState.CERTIFIED: set(),
    SessionState.CANCELLED: set(),
    SessionState.NOT_HELD: set(),
}


def test_an_older_version_does_not_win(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    row = planning.accept(edition, make.proposed(edition), by=manager)[0]
    db.session.flush()
    facts = {"starts_at": row.starts_at, "room": "Other", "trainer": row.trainer, "by": manager}
    changes.reschedule(row, version=row.version, **facts)
    db.session.flush()
    with pytest.raises(Stale):
        changes.reschedule(row, version=row.version - 1, **facts)


def test_a_cancelled_session_is_not_moved(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    row = planning.accept(edition, make.proposed(edition), by=manager)[0]
    db.session.flush()
    changes.cancel(row, reason="snow", by=manager)
    facts = {"starts_at": row.starts_at, "room": "Other", "trainer": row.trainer, "by": manager}
    with pytest.raises(Refused, match="can no longer be moved"):
        changes.reschedule(row, version=row.version, **facts)
    with pytest.raises(WrongState):
        changes.cancel(row, reason="again", by=manager)


def test_a_session_whose_time_has_come_was_not_held(make):
    _, (first, *_), manager = make.planned()
    with clock.held(first.starts_at):
        changes.cancel(first, reason="snow", by=manager)
    assert (first.state, first.reason) == (SessionState.NOT_HELD, "snow")


def test_the_unit_of_a_cancelled_session_is_held_on_another_day(make):
    edition, (first, *_), manager = make.planned()
    on = clock.utc(date(2027, 5, 3), time(9))
    facts = {"starts_at": on, "room": "Other", "trainer": first.trainer, "by": manager}
    with pytest.raises(Refused, match="move it instead"):
        changes.hold_again(first, **facts)
    with clock.held(first.starts_at - timedelta(days=1)):
        changes.cancel(first, reason="snow", by=manager)
    late = clock.utc(date(2027, 5, 3), time(23))
    with pytest.raises(Refused, match="cross midnight"):
        changes.hold_again(first, **{**facts, "starts_at": late})
    row = changes.hold_again(first, **facts)
    db.session.commit()
    assert (row.unit_id, row.minutes, row.position) == (first.unit_id, 210, 27)
    with pytest.raises(Refused, match="already"):
        changes.hold_again(first, **facts)
    assert len(calendar.sessions(edition.id)) == 27


def test_a_session_is_moved_online_and_back(make):
    _, (first, *_), manager = make.planned()
    facts = {"starts_at": first.starts_at, "trainer": first.trainer, "by": manager}
    link = "https://meet.demo.example/j/81255500142?pwd=abc"
    changes.reschedule(
        first, room="", mode=SessionMode.LIVE, link=link, version=first.version, **facts
    )
    db.session.commit()
    assert (first.mode, first.link, str(first.place)) == (SessionMode.LIVE, link, "live online")
    changes.reschedule(first, room="", version=first.version, **facts)
    assert (first.mode, first.link) == (SessionMode.LIVE, link), "what is not said stays"
    db.session.flush()
    changes.reschedule(
        first, room="Dora", mode=SessionMode.MIXED, link=link, version=first.version, **facts
    )
    assert str(first.place) == "Dora and online"
    db.session.flush()
    changes.reschedule(
        first, room="Dora", mode=SessionMode.CLASSROOM, link="", version=first.version, **facts
    )
    db.session.commit()
    assert (first.mode, first.link, first.place) == (SessionMode.CLASSROOM, "", "Dora")


@pytest.mark.parametrize(
    ("mode", "room", "link", "field"),
    [
        (SessionMode.CLASSROOM, "", "", "room"),
        (SessionMode.MIXED, "", "https://meet.demo.example/7", "room"),
        (SessionMode.CLASSROOM, "Dora", "https://meet.demo.example/7", "link"),
        (SessionMode.LIVE, "", "javascript:alert(1)", "link"),
        (SessionMode.LIVE, "", "http://meet.demo.example/7", "link"),
        (SessionMode.LIVE, "", "https://meet demo", "link"),
    ],
)
def test_a_session_needs_a_place_and_a_link_that_is_one(make, mode, room, link, field):
    _, (first, *_), manager = make.planned()
    facts = {"starts_at": first.starts_at, "trainer": first.trainer, "by": manager}
    with pytest.raises(Invalid) as refusal:
        changes.reschedule(first, room=room, mode=mode, link=link, version=first.version, **facts)
    assert list(refusal.value.fields) == [field]


def test_the_database_refuses_a_link_of_a_classroom(make):
    _, (first, *_), _ = make.planned()
    first.link = "https://meet.demo.example/7"
    with pytest.raises(IntegrityError, match="classroom_has_no_link"):
        db.session.flush()


def test_a_live_session_is_held_again_as_it_was(make):
    _, rows, manager = make.planned()
    live = next(row for row in rows if row.mode == SessionMode.LIVE)
    with clock.held(live.starts_at - timedelta(days=1)):
        changes.cancel(live, reason="snow", by=manager)
    on = clock.utc(date(2027, 5, 3), time(9))
    row = changes.hold_again(live, starts_at=on, room="", trainer=live.trainer, by=manager)
    db.session.commit()
    assert (row.mode, row.room) == (SessionMode.LIVE, "")
