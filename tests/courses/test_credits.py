"""Credits lower what is due, and are never added to what is done."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from courses import credits, enrolments, forecast, ledger, shares, verification
from courses.credits import CREDIT_FLOW, Credit, CreditState
from courses.editions import EditionState
from lms import accounts, clock, db
from lms.errors import Invalid, Refused, WrongState
from lms.permissions import Role
from tests.races import race, unit


def share(group, number=0):
    found = forecast.forecasts([group.enrolments[number].id])
    return found[group.enrolments[number].id]


def taken_back(make, row, **more):
    facts = {"record_number": "13/2026", "record_on": clock.today(), "note": "", **more}
    return credits.take_back(row, **facts, by=make.actor(row.group.coordinator))


def test_the_moves_of_a_credit():
    moves = {state: CREDIT_FLOW.open_to(state) for state in CreditState}
    assert moves == {
        CreditState.PROPOSED: {"confirm", "decline"},
        CreditState.CONFIRMED: set(),
        CreditState.DECLINED: set(),
    }


def test_ten_hours_and_a_half_of_credit_leave_ninety_four_and_a_half_due(make):
    edition, _, manager = make.planned_edition()
    coordinator = make.person("coordinator")
    enrolment = enrolments.enrol(
        edition, make.person("trainee"), on=edition.starts_on, by=make.actor(manager)
    )
    db.session.commit()
    row = credits.record(
        enrolment,
        module=1,
        minutes=630,
        record_number="1",
        record_on=clock.today(),
        note="",
        by=make.actor(coordinator),
    )
    db.session.commit()
    before = forecast.forecasts([enrolment.id])[enrolment.id]
    assert before.total.due == 6300
    credits.confirm(row, by=make.actor(manager))
    db.session.commit()
    after = forecast.forecasts([enrolment.id])[enrolment.id]
    assert after.total.due == 94 * 60 + 30
    assert after.total.recorded == after.total.certified == 0
    assert after.modules[0].share.due == before.modules[0].share.due - 630
    assert after.total.minimum == shares.least(5670, edition.total_percent)
    assert credits.of([enrolment.id]) == {enrolment.id: {1: 630}}


def test_what_is_done_is_counted_without_it(make):
    group = make.certified_page(trainees=2)
    make.confirmed_credit(group, 0, 1, 100)
    assert [share(group, n).total.recorded for n in (0, 1)] == [210, 210]
    assert [share(group, n).total.due for n in (0, 1)] == [1160, 1260]
    assert {x.source.value for x in ledger.lines(group.enrolments[0].id)} == {"presence"}


def test_only_what_a_second_person_confirmed_counts(make):
    row = make.credit()
    assert credits.of([row.enrolment_id]) == {}
    for decide in (credits.confirm, credits.decline):
        with pytest.raises(Refused, match="another person"):
            decide(row, by=make.actor(row.group.coordinator))
    credits.decline(row, by=make.actor(row.group.manager))
    db.session.commit()
    assert row.state == CreditState.DECLINED
    assert credits.of([row.enrolment_id]) == {}
    with pytest.raises(WrongState):
        credits.confirm(row, by=make.actor(row.group.manager))


def test_who_recorded_it_does_not_confirm_it_though_she_is_the_manager(make):
    group = make.class_in_motion(trainees=1)
    accounts.grant(group.coordinator, Role.MANAGER, by=None, programme_id=group.programme.id)
    row = make.credit(group)
    with pytest.raises(Refused, match="another person"):
        credits.confirm(row, by=make.actor(group.coordinator))


def test_nobody_decides_on_her_own(make):
    group = make.class_in_motion(trainees=1)
    accounts.grant(group.trainees[0], Role.MANAGER, by=None, programme_id=group.programme.id)
    own = make.actor(group.trainees[0])
    with pytest.raises(Refused, match="her own"):
        make.credit(group, by=own)
    row = make.credit(group)
    with pytest.raises(Refused, match="her own"):
        credits.confirm(row, by=own)


def test_a_module_gives_no_more_credit_than_it_has(make):
    row = make.confirmed_credit(minutes=400)
    with pytest.raises(Invalid, match="At most 20′"):
        make.credit(row.group, minutes=21)
    db.session.rollback()
    first, second = make.credit(row.group, minutes=20), make.credit(row.group, minutes=20)
    by = make.actor(row.group.manager)
    credits.confirm(first, by=by)
    with pytest.raises(Invalid, match="At most"):
        credits.confirm(second, by=by)
    for module, minutes in ((9, 1), (1, 0), (1, -5)):
        with pytest.raises(Invalid):
            make.credit(row.group, module=module, minutes=minutes)


def test_taking_back_is_a_new_decision_with_a_second_person(make):
    row = make.confirmed_credit()
    back = taken_back(make, row, note="The paper was another's")
    db.session.commit()
    assert credits.of([row.enrolment_id]) == {row.enrolment_id: {1: 60}}
    with pytest.raises(Refused, match="already"):
        taken_back(make, row)
    with pytest.raises(Refused, match="another person"):
        credits.confirm(back, by=make.actor(row.group.coordinator))
    credits.confirm(back, by=make.actor(row.group.manager))
    db.session.commit()
    assert credits.of([row.enrolment_id]) == {}
    assert [d.minutes for d in credits.decisions(row.enrolment_id)] == [60, -60]
    assert credits.note_of(back, by=make.actor(row.group.manager)) == "The paper was another's"
    back.group = row.group
    with pytest.raises(WrongState):
        taken_back(make, back)
    assert [v.fault for v in verification.verify()] == [None]


def test_a_credit_not_confirmed_is_not_taken_back_and_a_declined_one_may_be_tried_again(make):
    row = make.credit()
    with pytest.raises(WrongState):
        taken_back(make, row)
    credits.confirm(row, by=make.actor(row.group.manager))
    db.session.commit()
    back = taken_back(make, row)
    credits.decline(back, by=make.actor(row.group.manager))
    db.session.commit()
    taken_back(make, row)
    db.session.commit()


def test_a_record_is_of_today_or_before(make):
    row = make.confirmed_credit()
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Invalid, match="still to come"):
        taken_back(make, row, record_on=tomorrow)


def test_a_closed_edition_has_no_new_credit(make):
    group = make.class_in_motion(trainees=1)
    row = make.credit(group)
    group.edition.state = EditionState.CLOSED
    db.session.commit()
    with pytest.raises(WrongState, match="closed"):
        make.credit(group)
    with pytest.raises(WrongState, match="closed"):
        credits.confirm(row, by=make.actor(group.manager))


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"minutes": 0}, "less_only_in_reverse"),
        ({"minutes": -3}, "less_only_in_reverse"),
        ({"decided_at": clock.now()}, "decided_by_somebody"),
        ({"module": 0}, "module_is_known"),
    ],
)
def test_the_database_keeps_a_credit_whole(make, columns, name):
    row = make.credit()
    for column, value in columns.items():
        setattr(row, column, value)
    with pytest.raises(IntegrityError, match=name):
        db.session.flush()


def test_the_database_too_wants_a_second_person(make):
    row = make.credit()
    CREDIT_FLOW.move(row, "confirm", decided_at=clock.now(), decided_by_id=row.recorded_by_id)
    with pytest.raises(IntegrityError, match="another_confirms"):
        db.session.flush()


def test_a_credit_that_was_changed_by_hand_is_named(make):
    make.confirmed_credit()
    db.session.execute(db.text("UPDATE courses_credits SET minutes = 61"))
    db.session.commit()
    db.session.expire_all()
    assert "courses_credits was changed" in [v.fault for v in verification.verify()][0]


def test_two_credits_confirmed_at_once_stay_within_the_module(make):
    group = make.class_in_motion(trainees=1)
    ids = [make.credit(group, minutes=300).id for _ in range(2)]
    by = make.actor(group.manager)

    def confirming(credit_id):
        def work():
            credits.confirm(db.session.get_one(Credit, credit_id), by=by)

        return unit(work)

    results = race(*map(confirming, ids))
    assert sum(isinstance(r, Exception) for r in results) == 1
    assert credits.of([group.enrolments[0].id]) == {group.enrolments[0].id: {1: 300}}


def test_the_manager_sees_what_waits_for_her(make):
    row = make.credit()
    waits = credits.todos(make.actor(row.group.manager))
    assert [str(t.title) for t in waits] == ["A credit of 1\N{NO-BREAK SPACE}h to confirm"]
    assert credits.todos(make.actor(row.group.coordinator)) == []
