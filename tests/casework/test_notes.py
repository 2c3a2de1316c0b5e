"""Contact notes: sealed, never changed; the last one says what comes next."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from casework import notes
from casework.cases import Case, CaseState, Outcome
from lms import accounts, clock, db
from lms.errors import NotFound, WrongState


def by_activator(make, case):
    return make.actor(accounts.get(case.activator_id))


def test_notes_are_sealed_with_the_key_of_the_case(make):
    note = make.note(make.case())
    assert b"canary" not in note.said
    assert note.key_id == db.session.get(Case, note.case_id).key_id


@pytest.mark.parametrize("table", ["casework_notes", "casework_events"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_notes_and_events_only_grow(make, table, change):
    make.note(make.case())
    with pytest.raises(Exception, match="only grows"):
        db.session.execute(text(change.format(table)))
    db.session.rollback()


def test_nobody_writes_notes_in_anothers_case(make):
    case, other = make.case(), make.activator()
    with pytest.raises(NotFound):
        notes.write(
            case, Outcome.NO_ANSWER, said="", next_step="", next_on=None,
            by=make.actor(other.person),
        )  # fmt: skip


def test_nothing_is_added_to_a_closed_case(make):
    case = make.case(state=CaseState.CLOSED)
    with pytest.raises(WrongState):
        make.note(case)


def test_the_first_contact_is_due_three_days_after_the_referral_was_accepted(make):
    case = make.case()
    accepted = clock.local(case.referral.answered_at).date()
    assert case.contact_by == accepted + timedelta(days=3)
    (coming,) = notes.my_coming(by_activator(make, case))
    assert (coming.on, coming.is_first) == (case.contact_by, True)


def test_the_next_step_is_that_of_the_last_note(make):
    case = make.case()
    soon, later = (clock.today() + timedelta(days=n) for n in (1, 5))
    make.note(case, next_step="Call", next_on=soon)
    make.note(case, next_step="Meet", next_on=later)
    (coming,) = notes.my_coming(by_activator(make, case))
    assert (coming.on, coming.is_first) == (later, False)


def test_a_note_without_a_next_step_leaves_none_waiting(make):
    case = make.case()
    make.note(case)
    assert notes.my_coming(by_activator(make, case))[0].on is None
