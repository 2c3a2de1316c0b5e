"""Sessions: their states, and what an edition needs of them to begin and to end."""

import pytest

from courses import calendar, changes, editions
from courses.calendar import SESSION_FLOW, SessionState
from courses.editions import EditionState
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


@pytest.mark.parametrize("state", list(SessionState))
def test_moves_open_in_each_state(state):
    assert SESSION_FLOW.open_to(state) == MOVES[state]


def test_an_edition_begins_with_a_calendar_and_ends_when_it_is_used_up(make):
    manager = make.actor(make.person("manager"))
    with pytest.raises(Refused, match="propose the calendar"):
        calendar.start(make.edition(), by=manager)
    edition, rows, _ = make.planned()
    calendar.start(edition, by=manager)
    with pytest.raises(Refused, match="26 sessions are still"):
        calendar.close(edition, by=manager)
    with pytest.raises(WrongState):
        editions.archive(edition, by=manager)
    for row in rows:
        changes.cancel(row, reason="called off", by=manager)
    db.session.flush()
    calendar.close(edition, by=manager)
    editions.archive(edition, by=manager)
    assert edition.state == EditionState.ARCHIVED
