"""Editions and sessions: their states, and what an edition must have."""

from datetime import date, time

import pytest

from courses import calendar, planning
from courses.calendar import SESSION_FLOW, EditionState, Part, SessionState
from lms import db
from lms.errors import Invalid, Refused, WrongState

MOVES = {
    SessionState.SCHEDULED: {"open", "cancel", "not_held"},
    SessionState.OPEN: {"sign"},
    SessionState.SIGNED: {"countersign"},
    SessionState.COUNTERSIGNED: {"certify"},
    SessionState.CERTIFIED: set(),
    SessionState.CANCELLED: set(),
    SessionState.NOT_HELD: set(),
}


def _proposed(edition, **more):
    trainers = [g.person for g in calendar.people_of(edition.id) if g.role == Part.TRAINER]
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
        calendar.archive(edition, by=manager)
    for row in rows:
        planning.cancel(row, reason="called off", by=manager)
    db.session.flush()
    calendar.close(edition, by=manager)
    calendar.archive(edition, by=manager)
    assert edition.state == EditionState.ARCHIVED


def test_an_edition_ends_after_it_begins_and_has_a_code_of_its_own(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    facts = {"name": "x", "starts_on": date(2026, 9, 1), "by": manager}
    with pytest.raises(Invalid):
        calendar.make_edition(make.course(), code="N", ends_on=date(2026, 8, 1), **facts)
    with pytest.raises(Invalid):
        calendar.make_edition(make.course(), code=edition.code, ends_on=date(2027, 1, 1), **facts)
