"""Project work and visits: a dated sheet filled by each, confirmed or refused, then stamps."""

from datetime import time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from courses import attendance, changes, pages, register, sheets, stamps, verification
from courses.calendar import SessionKind
from courses.sheets import SheetAnswer, SheetState
from courses.stamps import StampSource
from lms import clock, db
from lms.errors import Invalid, Refused, WrongState


def actor(make, group, who="trainer"):
    return make.actor(getattr(group, who), group.programme)


def refuse(make, group, sheet, reason="Write what you did"):
    row = sheets.refuse(sheet, reason=reason, by=actor(make, group))
    db.session.commit()
    return row


def confirm(make, group, sheet):
    row = sheets.confirm(sheet, by=actor(make, group))
    db.session.commit()
    return row


def state(make, group, number=0):
    return sheets.kept(make.expected(group, number)).state


@pytest.mark.parametrize("kind", [SessionKind.PROJECT_WORK, SessionKind.FIELD_VISIT])
def test_a_confirmed_sheet_is_stamps_on_the_page(make, kind):
    group = make.outing(kind=kind)
    assert state(make, group) == SheetState.EMPTY
    row = make.sheet(group, came=time(9, 30))
    assert state(make, group) == SheetState.WAITING
    assert stamps.of_page(group.session.id) == {}
    confirm(make, group, row)
    assert state(make, group) == SheetState.CONFIRMED
    found = stamps.of_page(group.session.id)[group.enrolments[0].id]
    assert {s.source for s in found} == {StampSource.SHEET}
    assert attendance.marks(group.session)[group.enrolments[0].id].minutes == 180
    assert pages.sheet(group.session).rows[0].sources == [StampSource.SHEET]


def test_what_is_signed_from_sheets_verifies(make):
    group = make.outing(trainees=1)
    confirm(make, group, make.sheet(group))
    with clock.held(group.session.ends_at + timedelta(hours=2)):
        register.sign(group.session, topic="Maps", head_count=1, by=actor(make, group))
        db.session.commit()
    assert next(verification.verify()).fault is None


def test_a_refused_sheet_is_followed_by_another(make):
    group = make.outing()
    refuse(make, group, make.sheet(group))
    assert state(make, group) == SheetState.REFUSED
    again = make.sheet(group, done="We mapped twelve services")
    assert again.number == 2
    assert state(make, group) == SheetState.WAITING
    confirm(make, group, again)
    assert state(make, group) == SheetState.CONFIRMED


def test_a_sheet_is_answered_once_and_a_refusal_says_why(make):
    group = make.outing()
    row = make.sheet(group)
    with pytest.raises(Invalid):
        refuse(make, group, row, reason=" ")
    refuse(make, group, row)
    for answer in (confirm, refuse):
        with pytest.raises(WrongState):
            answer(make, group, row)
        db.session.rollback()


def test_one_sheet_at_a_time(make):
    group = make.outing()
    make.sheet(group)
    with pytest.raises(WrongState, match="already"):
        make.sheet(group)


@pytest.mark.parametrize(
    ("came", "went", "field"),
    [
        (time(12), time(11), "went"),
        (time(9), time(9), "went"),
        (time(9), time(20), "went"),
        (time(7), time(8), "came"),
    ],
)
def test_times_that_cannot_be_are_refused_beside_the_field(make, came, went, field):
    group = make.outing()
    with pytest.raises(Invalid) as refusal:
        make.sheet(group, came=came, went=went)
    assert set(refusal.value.fields) == {field}


def test_nobody_fills_the_sheet_of_another(make):
    group = make.outing()
    with pytest.raises(Refused, match="of another"):
        sheets.fill(
            make.expected(group, 1),
            came=time(9),
            went=time(10),
            done="x",
            by=make.actor(group.trainees[0], group.programme),
        )


def test_nobody_answers_her_own_sheet(make):
    group = make.outing()
    row = make.sheet(group)
    own = make.actor(group.trainees[0], group.programme)
    for answer in (
        lambda: sheets.confirm(row, by=own),
        lambda: sheets.refuse(row, reason="x", by=own),
    ):
        with pytest.raises(Refused, match="her own sheet"):
            answer()
        db.session.rollback()


def test_a_lesson_is_not_told_by_sheets(make):
    group = make.opened_page()
    with pytest.raises(Refused, match="signing in and out"):
        make.sheet(group)


def test_who_signed_in_with_the_code_has_no_sheet_confirmed(make):
    group = make.outing()
    make.scan(group, 0, group.session.starts_at)
    row = make.sheet(group)
    with pytest.raises(Refused, match="signed in on this page"):
        confirm(make, group, row)


def test_a_page_is_signed_once_every_sheet_has_its_answer(make):
    group = make.outing()
    row, when = make.sheet(group), group.session.ends_at + timedelta(hours=2)
    with clock.held(when), pytest.raises(Refused, match="One sheet waits"):
        register.sign(group.session, topic="x", head_count=0, by=actor(make, group))
    db.session.rollback()
    refuse(make, group, row)
    with clock.held(when):
        register.sign(group.session, topic="x", head_count=0, by=actor(make, group))
        db.session.commit()
    with pytest.raises(WrongState):
        make.sheet(group)


@pytest.mark.parametrize("table", ["courses_sheets", "courses_sheet_answers"])
def test_sheets_and_answers_are_never_changed(make, table):
    group = make.outing()
    confirm(make, group, make.sheet(group))
    with pytest.raises(DBAPIError):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.rollback()


def test_the_database_asks_for_the_reason_and_answers_once(make):
    group = make.outing()
    row = make.sheet(group)
    facts = {
        "programme_id": row.programme_id,
        "edition_id": row.edition_id,
        "session_id": row.session_id,
        "sheet_id": row.id,
        "at": clock.now(),
        "by_id": group.trainer.id,
    }
    db.session.add(SheetAnswer(**facts, is_confirmed=False, reason=""))
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()
    refuse(make, group, row)
    db.session.add(SheetAnswer(**facts, is_confirmed=True, reason=""))
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()


def test_the_kind_of_a_session_changes_until_its_page_is_open(make):
    group = make.class_in_motion()
    by = actor(make, group, "coordinator")
    changes.change_kind(group.sessions[0], SessionKind.PROJECT_WORK, by=by)
    db.session.commit()
    make.opened_page(group)
    with pytest.raises(WrongState):
        changes.change_kind(group.session, SessionKind.LESSON, by=by)
    db.session.rollback()
    with pytest.raises(Refused):
        changes.change_kind(group.sessions[1], SessionKind.MAKE_UP, by=by)
