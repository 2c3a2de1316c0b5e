"""Absences announced: hers alone to say and to take back; why is sealed."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from courses import absences
from courses.absences import Absence, AbsenceState, Category
from lms import audit, clock, db, files, keys
from lms.errors import Invalid, Refused, WrongState
from lms.files import File

PAPER = b"%PDF-1.4 canary paper"
GONE = {"category": None, "reason": None}


@pytest.fixture
def group(make):
    found = make.class_in_motion()
    found.session = found.sessions[0]
    return found


def announce(make, group, number=0, *, before=timedelta(days=1), reason="Flu", paper=None):
    with clock.held(group.session.starts_at - before):
        by = make.actor(group.trainees[number], group.programme)
        row = absences.announce(group.session, Category.HEALTH, reason, paper=paper, by=by)
        db.session.commit()
    return row


def test_an_absence_is_announced_and_the_page_knows_only_that(make, group):
    announce(make, group)
    assert absences.announced(group.session.id) == {group.enrolments[0].id}
    assert absences.announced(group.sessions[1].id) == set()


def test_why_lies_sealed_and_who_reads_it_leaves_a_trace(make, group):
    row = announce(make, group, reason="canary-flu")
    for value in (row.category, row.reason):
        assert b"canary" not in value
        assert b"health" not in value
    coordinator = make.actor(group.coordinator, group.programme)
    db.session.expire_all()
    assert absences.why(row, by=coordinator) == (Category.HEALTH, "canary-flu")
    db.session.commit()
    seen = audit.who_saw(row.id)
    assert [entry.actor_id for entry in seen][-1] == coordinator.id


def test_erasing_her_key_erases_why_and_leaves_that_she_was_away(make, group):
    row = announce(make, group)
    keys.destroy(db.session.get_one(keys.SubjectKey, group.trainees[0].key_id))
    db.session.commit()
    assert absences.why(row, by=make.actor(group.coordinator, group.programme)) is None
    assert absences.announced(group.session.id) == {group.enrolments[0].id}


def test_the_paper_lies_sealed_and_is_read_back(make, group):
    row = announce(make, group, paper=PAPER)
    assert files.read(row.file, by=make.actor(group.coordinator, group.programme)) == PAPER
    assert row.file.key_id == group.trainees[0].key_id
    with pytest.raises(Invalid, match="Only PDF"):
        announce(make, group, 1, paper=b"words")


def test_twice_is_refused_and_again_after_taking_back_is_not(make, group):
    row = announce(make, group)
    with pytest.raises(Refused, match="already"):
        announce(make, group)
    withdraw(make, group, row)
    assert announce(make, group).id != row.id


def withdraw(make, group, row, before=timedelta(hours=2)):
    with clock.held(group.session.starts_at - before):
        absences.withdraw(row, by=make.actor(group.trainees[0], group.programme))
        db.session.commit()


def test_what_was_taken_back_is_emptied(make, group):
    row = announce(make, group, paper=PAPER)
    withdraw(make, group, row)
    assert (row.state, row.category, row.reason) == (AbsenceState.WITHDRAWN, None, None)
    assert row.file_id is None
    assert db.session.scalars(select(File)).all() == [], "its key is gone with its row"
    assert absences.why(row, by=make.actor(group.coordinator, group.programme)) is None
    with pytest.raises(WrongState):
        withdraw(make, group, row)


def test_once_the_page_is_open_it_is_neither_announced_nor_taken_back(make, group):
    row = announce(make, group)
    make.opened_page(group)
    with pytest.raises(Refused, match="page of the session is open"):
        withdraw(make, group, row, before=timedelta(minutes=5))
    with pytest.raises(Refused, match="too late"):
        announce(make, group, 1, before=timedelta(minutes=5))


def test_a_session_that_has_begun_takes_no_announcement_though_its_page_was_never_opened(
    make, group
):
    with pytest.raises(Refused, match="too late"):
        announce(make, group, before=timedelta())


def test_a_reason_is_asked_for(make, group):
    with pytest.raises(Invalid, match="Write why"):
        announce(make, group, reason="  ")


def test_her_next_sessions_say_what_she_has_announced(make, group):
    row = announce(make, group)
    with clock.held(group.session.starts_at - timedelta(hours=5)):
        mine = absences.of_own(make.actor(group.trainees[0], group.programme))
        others = absences.of_own(make.actor(group.trainees[1], group.programme))
    assert [a and a.id for _, a in mine] == [row.id, None, None, None, None, None]
    assert {a for _, a in others} == {None}
    assert [a.id for a in absences.of_edition(group.edition.id)] == [row.id]


def test_the_database_keeps_one_standing_announcement_of_each(make, group):
    row = announce(make, group)
    values = {c.key: getattr(row, c.key) for c in Absence.__table__.columns}
    db.session.add(Absence(**values | {"id": db.new_id(), "version": 1}))
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (
            {"state": AbsenceState.WITHDRAWN, "category": None, "reason": None},
            "withdrawn_has_moment",
        ),
        ({"reason": None}, "announced_says_why"),
        ({"category": None}, "announced_says_why"),
    ],
)
def test_the_database_says_what_must_be_true(make, group, change, name):
    row = announce(make, group)
    for column, value in change.items():
        setattr(row, column, value)
    with pytest.raises(IntegrityError, match=name):
        db.session.flush()
