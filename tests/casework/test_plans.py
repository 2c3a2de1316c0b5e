import pytest

from casework import plans
from casework.cases import Case, CaseState, EventKind
from casework.goals import SectionKind
from casework.plans import Plan, PlanState
from lms import accounts, audit, db
from lms.errors import Invalid, Refused, WrongState
from tests.races import race, unit


def kinds(plan, by):
    return [s.kind for s in plans.sections(plan, by=by)]


def test_a_plan_begins_with_its_fixed_headings(make):
    plan = make.empty_plan()
    assert plan.state == PlanState.DRAFT
    assert kinds(plan, make.writer(plan)) == [SectionKind.SITUATION, SectionKind.STRENGTHS]


def test_a_case_has_one_plan_at_a_time(make):
    plan = make.empty_plan()
    with pytest.raises(Refused):
        plans.begin(plan.case, by=make.writer(plan))


def test_a_plan_begins_when_it_is_clear_what_the_person_needs(make):
    case = make.case(state=CaseState.ASSESSMENT)
    with pytest.raises(WrongState):
        plans.begin(case, by=make.actor(accounts.get(case.activator_id)))


def test_beginning_twice_at_once_gives_one_plan(make):
    case = make.plan_case()
    by = make.actor(accounts.get(case.activator_id))

    def begin():
        return plans.begin(db.session.get(Case, case.id), by=by)

    results = race(unit(begin), unit(begin))
    assert sum(isinstance(r, Plan) for r in results) == 1


def test_fixed_headings_are_neither_added_nor_removed(make):
    plan = make.empty_plan()
    by = make.writer(plan)
    with pytest.raises(Refused):
        plans.add_row(plan, SectionKind.STRENGTHS, {"words": "More."}, by=by)
    with pytest.raises(Invalid):
        plans.remove_row(plan, SectionKind.STRENGTHS, 1, version=1, by=by)


@pytest.mark.parametrize("state", ["submitted_plan", "approved_plan"])
def test_what_was_handed_in_is_not_written_on(make, state):
    plan = getattr(make, state)()
    by = make.writer(plan)
    with pytest.raises(WrongState):
        plans.add_row(plan, SectionKind.RISK, {"what": "a", "response": "b"}, by=by)
    with pytest.raises(WrongState):
        plans.save_row(plan, SectionKind.SITUATION, 1, {"words": "x"}, version=2, by=by)
    with pytest.raises(WrongState):
        plans.remove_row(plan, SectionKind.GOAL, 1, version=1, by=by)


def test_what_a_plan_lacks_is_said_one_by_one(make):
    empty = make.empty_plan()
    assert len(plans.lacking(plans.sections(empty, by=make.writer(empty)))) == 4
    plan = make.plan()
    assert plans.lacking(plans.sections(plan, by=make.writer(plan))) == []


def test_a_plan_stands_on_the_timeline_and_in_the_record(make):
    from casework import cases

    plan = make.empty_plan()
    db.session.commit()
    assert EventKind.PLAN_BEGUN in [e.kind for e in cases.events(plan.case)]
    assert "plan begun" in [entry.what for entry in audit.who_saw(plan.case_id)]
