"""Sessions: their states, and what an edition needs of them to begin and to end."""

from datetime import time

import pytest

from courses import calendar, editions, planning
from courses.calendar import SESSION_FLOW, SessionState
from courses.editions import EditionState, Part
from lms import db
from lms.errors import Refused, WrongState

MOVES = {
    SessionState.SCHEDULED: {"open", "cancel", "not_held"},
    SessionState.OPEN: {"sign", "bar"},
    SessionState.SIGNED: {"countersign"},
    SessionState.COUNTERSIGNED: {"certify"},
    SessionState.CERTIFIED: set(),
    SessionState.CANCELLED: set(),
    SessionState.NOT_HELD: set(),
}


def _proposed(edition, **more):
    trainers = [g.person for g in editions.people_of(edition.id) if g.role == Part.TRAINER]
    facts = {
        "starts_on": edition.starts_on,
        "weekdays": [1, 3],
        "begins": [time(9)],
        "room": "Room Dora",
        "trainers": trainers,
    }
    return planning.propose(edition, **{**facts, **more})


def _planned(make, **more):
    edition, manager = make.edition(**more), make.actor(make.person("manager"))
    rows = planning.accept(edition, _proposed(edition), by=manager)
    db.session.commit()
    return edition, rows, manager


@pytest.mark.parametrize("state", list(SessionState))
def test_moves_open_in_each_state(state):
    assert SESSION_FLOW.open_to(state) == MOVES[state]


def test_an_edition_begins_with_a_calendar_and_ends_when_it_is_used_up(make):
    manager = make.actor(make.person("manager"))
    with pytest.raises(Refused, match="propose the calendar"):
        calendar.start(make.edition(), by=manager)
    edition, rows, _ = _planned(make)
    calendar.start(edition, by=manager)
    with pytest.raises(Refused, match="26 sessions are still"):
        calendar.close(edition, by=manager)
    with pytest.raises(WrongState):
        editions.archive(edition, by=manager)
    for row in rows:
        planning.cancel(row, reason="called off", by=manager)
    db.session.flush()
    calendar.close(edition, by=manager)
    editions.archive(edition, by=manager)
    assert edition.state == EditionState.ARCHIVED
