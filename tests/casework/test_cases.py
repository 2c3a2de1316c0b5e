"""Cases: opened from a referral, numbered without gaps, led on with a reason."""

from datetime import timedelta

import pytest

from casework import activators, cases
from casework.cases import CaseState, EventKind, Outcome, Reason
from lms import accounts, clock, db, keys
from lms.errors import Invalid, Refused, WrongState
from lms.mail import Mail
from lms.programmes import Hub
from tests.races import race, unit


@pytest.fixture
def manager(make):
    return make.actor(make.person("manager"))


def by_activator(make, case):
    return make.actor(accounts.get(case.activator_id))


# Opening


def test_codes_count_up_per_hub_and_year(make):
    first, second = (make.activator(make.hub(letter=letter)) for letter in "AB")
    codes = [make.case(activator).code for activator in (first, first, second)]
    year = clock.today().year
    assert codes == [f"A-{year}-0001", f"A-{year}-0002", f"B-{year}-0001"]


def test_a_new_year_begins_at_one(make):
    activator = make.activator(make.hub(letter="A"))
    make.case(activator)
    with clock.held(clock.now() + timedelta(days=366)):
        assert make.case(activator).code.endswith("-0001")


def test_a_case_has_a_key_of_its_own_and_tells_how_it_began(make):
    case = make.case()
    assert case.key_id != case.beneficiary.key_id
    assert db.session.get(keys.SubjectKey, case.key_id).kind == keys.Subject.CASE
    assert [e.kind for e in cases.events(case)] == [
        EventKind.REFERRED, EventKind.ACCEPTED, EventKind.ASSIGNED,
    ]  # fmt: skip
    assert cases.events(case)[0].at == case.referral.received_at


def test_the_activator_gets_a_mail_with_the_code_only(make):
    case = make.case()
    letter = db.session.query(Mail).filter_by(template="casework/case_assigned").one()
    assert (letter.person_id, letter.code, letter.about) == (case.activator_id, case.code, "")


def test_a_referral_has_one_case(make, manager):
    case = make.case()
    activator = activators.of_person(case.activator_id, case.programme_id)
    with pytest.raises(WrongState):
        cases.assign(case.referral, activator.hub, activator, by=manager)


def test_a_case_needs_an_accepted_referral(make, manager):
    activator = make.activator()
    with pytest.raises(WrongState):
        cases.assign(make.referral(hub=activator.hub), activator.hub, activator, by=manager)


def test_a_case_is_not_given_to_somebody_in_training(make, manager):
    activator = make.authorised_activator()
    referral = make.accepted_referral(hub=activator.hub)
    with pytest.raises(Invalid) as refusal:
        cases.assign(referral, activator.hub, activator, by=manager)
    assert "activator" in refusal.value.fields


def test_a_case_is_not_given_to_an_activator_of_another_hub(make, manager):
    activator, elsewhere = make.activator(), make.hub()
    referral = make.accepted_referral(hub=elsewhere)
    with pytest.raises(Invalid):
        cases.assign(referral, elsewhere, activator, by=manager)


def test_people_who_open_cases_at_once_leave_no_gap(make, manager):
    activator = make.activator(make.hub(letter="A"))
    hub_id, activator_id = activator.hub_id, activator.id
    waiting = [make.accepted_referral(hub=activator.hub).id for _ in range(6)]

    def opening(referral_id):
        def work():
            referral = db.session.get(cases.Referral, referral_id)
            row = db.session.get(activators.Activator, activator_id)
            return cases.assign(referral, db.session.get(Hub, hub_id), row, by=manager).code

        return unit(work)

    codes = race(*(opening(r) for r in waiting))
    year = clock.today().year
    assert sorted(codes) == [f"A-{year}-{n:04d}" for n in range(1, 7)]


def test_a_refused_opening_gives_its_number_back(make, manager):
    activator = make.activator()
    referral = make.accepted_referral(hub=activator.hub)
    cases.assign(referral, activator.hub, activator, by=manager)
    db.session.rollback()
    db.session.refresh(activator)
    assert make.case(activator).code.endswith("-0001")


# Moves


def test_a_case_goes_from_contact_to_planning_and_back(make):
    case = make.case()
    me = by_activator(make, case)
    make.note(case)
    cases.begin_assessment(case, Reason.WANTS_TO_BEGIN, by=me)
    cases.begin_planning(case, Reason.NEEDS_ARE_CLEAR, by=me)
    assert case.state == CaseState.PLANNING
    cases.look_again(case, Reason.LIFE_HAS_CHANGED, by=me)
    assert case.state == CaseState.ASSESSMENT
    moved = [e.detail for e in cases.events(case) if e.kind == EventKind.MOVED]
    assert moved == ["wants_to_begin", "needs_are_clear", "life_has_changed"]


def test_assessment_waits_for_a_contact_in_which_they_spoke(make):
    case = make.case()
    make.note(case, Outcome.NO_ANSWER, said="")
    with pytest.raises(Refused):
        cases.begin_assessment(case, Reason.WANTS_TO_BEGIN, by=by_activator(make, case))


@pytest.mark.parametrize(
    ("state", "move", "reason"),
    [
        (CaseState.PLANNING, cases.begin_assessment, Reason.WANTS_TO_BEGIN),
        (CaseState.CONTACT, cases.begin_planning, Reason.NEEDS_ARE_CLEAR),
        (CaseState.CONTACT, cases.look_again, Reason.LIFE_HAS_CHANGED),
    ],
)
def test_a_move_is_refused_from_elsewhere(make, state, move, reason):
    case = make.case(state=state)
    with pytest.raises(WrongState):
        move(case, reason, by=by_activator(make, case))


def test_each_move_has_reasons_of_its_own(make):
    case = make.case(state=CaseState.ASSESSMENT)
    with pytest.raises(Invalid):
        cases.begin_planning(case, Reason.LIFE_HAS_CHANGED, by=by_activator(make, case))
