"""An exception is answered for by two people, never below the least hours, never by the trainee."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from courses import certificates, certification, exceptions
from courses.certification import CertificationState
from courses.exceptions import FLOW, ExceptionState
from lms import db, i18n
from lms.errors import Invalid, Refused, WrongState

MOVES = {
    ExceptionState.PROPOSED: {"sign", "refuse", "withdraw"},
    ExceptionState.SIGNED: set(),
    ExceptionState.REFUSED: set(),
    ExceptionState.WITHDRAWN: set(),
}


@pytest.mark.parametrize("state", list(ExceptionState))
def test_moves_open_in_each_state(state):
    assert FLOW.open_to(state) == MOVES[state]


def second(make, row):
    """Another manager of the same programme."""
    return make.actor(make.person("manager", programme=row.group.programme), row.group.programme)


def proposed(make, minutes, percent=50, **more):
    group = make.certifiable(minutes, **more)
    group.edition.least_percent = percent
    return exceptions.propose(group.enrolments[0], reason="why", by=make.actor(group.manager))


def test_two_people_certify_who_lacks_something(make):
    row = make.excepted()
    by = second(make, row)
    certificate = certificates.issue_with_exception(row, by=by)
    db.session.commit()
    decided = certificate.certification
    assert (row.state, row.answered_by_id) == (ExceptionState.SIGNED, by.id)
    assert decided.state == CertificationState.WITH_EXCEPTION
    assert decided.decided_by_id == row.group.manager.id
    told = certification.content(certificate.dossier, by=by)
    assert told["exception"]["reason"] == "canary-reason of an exception"
    assert told["exception"]["signed"]["by"] == str(by.id)
    assert told["exception"]["proposed"]["name"] == row.group.manager.name
    assert [m["what_it"] for m in told["exception"]["lacks"]][0] == "ore certificate in tutto"
    assert told["decided"]["name"] == row.group.manager.name
    assert told["minutes"]["certified"] == certificate.minutes == 800


def test_what_is_missing_is_frozen_and_read_in_either_language(make):
    row = make.excepted()
    assert [str(m.what) for m in row.missing][0] == "certified hours in all"
    with i18n.speaking("it"):
        assert [str(m.what) for m in row.missing][0] == "ore certificate in tutto"


def test_the_reason_lies_sealed(make):
    row = make.excepted()
    assert b"canary" not in row.reason
    stored = db.session.execute(text("SELECT reason FROM courses_exceptions")).scalar_one()
    assert b"canary" not in bytes(stored)


def test_nobody_signs_or_refuses_what_she_proposed(make):
    row = make.excepted()
    by = make.actor(row.group.manager)
    with pytest.raises(Refused, match="second person"):
        certificates.issue_with_exception(row, by=by)
    with pytest.raises(Refused, match="second person"):
        exceptions.refuse(row, answer="no", by=by)
    assert certification.of_enrolment(row.enrolment_id) is None


def test_the_trainee_neither_proposes_nor_signs_her_own(make):
    row = make.excepted()
    with pytest.raises(Refused, match="herself"):
        certificates.issue_with_exception(row, by=make.actor(row.group.trainees[0]))
    group = make.certifiable(800)
    with pytest.raises(Refused, match="herself"):
        exceptions.propose(group.enrolments[0], reason="x", by=make.actor(group.trainees[0]))


@pytest.mark.parametrize(
    ("column", "name"),
    [("answered_by_id", "two_people"), ("person", "never_the_trainee"), ("minutes", "below")],
)
def test_the_database_refuses_one_who_stands_alone(column, name, make):
    """What a hand-made statement would try is refused by the database itself, on both engines."""
    row = make.excepted()
    change = {
        "answered_by_id": "state = 'signed', answered_at = proposed_at,"
        " answered_by_id = proposed_by_id",
        "person": "state = 'signed', answered_at = proposed_at, answered_by_id = person_id",
        "minutes": "minutes = least - 1",
    }[column]
    with pytest.raises(IntegrityError, match=name):
        db.session.execute(text(f"UPDATE courses_exceptions SET {change}"))
    db.session.rollback()
    assert row.state == ExceptionState.PROPOSED


@pytest.mark.parametrize(("minutes", "refused"), [(630, False), (629, True)])
def test_never_below_the_least_of_the_edition(minutes, refused, make):
    """Of 1,260 minutes due half is 630: with 630 there can be an exception, with 629 none."""
    if refused:
        with pytest.raises(Refused, match="nobody below"):
            proposed(make, minutes)
    else:
        assert proposed(make, minutes).least == 630


def test_the_least_of_an_edition_is_its_threshold_unless_it_was_set(make):
    group = make.certifiable(944)
    with pytest.raises(Refused, match="nobody below"):
        exceptions.propose(group.enrolments[0], reason="x", by=make.actor(group.manager))


def test_who_has_what_it_takes_needs_no_exception(make):
    with pytest.raises(Refused, match="without an exception"):
        proposed(make, 1260)


def test_unit_1_10_is_never_excepted(make):
    with pytest.raises(Refused, match="no exception"):
        proposed(make, 800, passed=False)


def test_an_exception_needs_its_reason(make):
    group = make.certifiable(800)
    group.edition.least_percent = 50
    with pytest.raises(Invalid):
        exceptions.propose(group.enrolments[0], reason="  ", by=make.actor(group.manager))


def test_one_waits_at_a_time(make):
    row = make.excepted()
    with pytest.raises(Refused, match="proposed already"):
        exceptions.propose(row.enrolment, reason="again", by=second(make, row))


def test_what_has_changed_since_is_proposed_anew(make):
    row = make.excepted()
    row.group.edition.total_percent = 74
    db.session.commit()
    with pytest.raises(Refused, match="has changed"):
        certificates.issue_with_exception(row, by=second(make, row))
    assert row.state == ExceptionState.PROPOSED


def test_who_has_come_to_have_it_all_is_not_certified_with_exception(make):
    row = make.excepted()
    row.group.edition.total_percent, row.group.edition.module_percent = 50, 0
    db.session.commit()
    with pytest.raises(Refused, match="without an exception"):
        certificates.issue_with_exception(row, by=second(make, row))


def test_who_refuses_says_why_and_nothing_is_certified(make):
    row = make.excepted()
    with pytest.raises(Invalid):
        exceptions.refuse(row, answer=" ", by=second(make, row))
    exceptions.refuse(row, answer="Too few", by=second(make, row))
    db.session.commit()
    assert row.state == ExceptionState.REFUSED
    assert certification.of_enrolment(row.enrolment_id) is None
    with pytest.raises(WrongState):
        certificates.issue_with_exception(row, by=second(make, row))


def test_only_who_proposed_takes_it_back(make):
    row = make.excepted()
    with pytest.raises(Refused):
        exceptions.withdraw(row, by=second(make, row))
    exceptions.withdraw(row, by=make.actor(row.group.manager))
    assert row.state == ExceptionState.WITHDRAWN
    again = exceptions.propose(row.enrolment, reason="x", by=make.actor(row.group.manager))
    assert again.state == ExceptionState.PROPOSED
