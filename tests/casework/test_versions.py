import pytest

from casework import cases, goals, versions
from casework.cases import EventKind
from casework.goals import SectionKind
from casework.plans import PlanState
from lms import accounts, clock, db, frozen
from lms.errors import Refused, WrongState
from mentoring import assignments, reviews
from mentoring.reviews import ReviewState
from tests.races import race, unit

# Each move, and where it leads


def test_handing_in_freezes_a_numbered_version(make):
    plan = make.submitted_plan()
    document = versions.documents(plan)[0]
    content = frozen.read(document, by=make.writer(plan))
    row = goals.get(plan.id, SectionKind.SITUATION, 1)
    assert (plan.state, plan.number, document.number) == (PlanState.SUBMITTED, 1, 1)
    assert content["format"] == "affianca/plan-version/1"
    assert content["sections"][0] == {
        "id": str(row.id),
        "kind": "situation",
        "title": "How it goes now",
        "text": make.SITUATION,
    }


def test_what_is_written_later_does_not_change_a_version(make):
    plan = make.resubmitted_plan(words="Wholly other words.")
    first, second = versions.documents(plan)
    by = make.writer(plan)
    assert frozen.read(first, by=by)["sections"][0]["text"] == make.SITUATION
    assert frozen.read(second, by=by)["sections"][0]["text"] == "Wholly other words."


def test_every_move_is_on_the_timeline(make):
    plan = make.resubmitted_plan()
    events = [(e.kind, e.detail) for e in cases.events(plan.case)]
    assert (EventKind.PLAN_SUBMITTED, "1") in events
    assert (EventKind.PLAN_RETURNED, "1") in events
    assert (EventKind.PLAN_SUBMITTED, "2") in events


def test_a_plan_is_taken_back_only_before_it_is_read(make):
    plan = make.submitted_plan()
    versions.withdraw(plan, by=make.writer(plan))
    assert plan.state == PlanState.DRAFT
    assert versions.round_of(plan).state == ReviewState.WITHDRAWN
    versions.submit(plan, by=make.writer(plan))
    assert plan.number == 2
    db.session.commit()
    make.plan_comment(plan)
    with pytest.raises(WrongState):
        versions.withdraw(plan, by=make.writer(plan))


def test_a_plan_that_lacks_something_is_not_handed_in(make):
    plan = make.empty_plan()
    with pytest.raises(Refused, match="how it goes now"):
        versions.submit(plan, by=make.writer(plan))


def test_a_plan_is_not_handed_in_twice(make):
    plan = make.submitted_plan()
    with pytest.raises(WrongState):
        versions.submit(plan, by=make.writer(plan))


def test_comments_are_answered_before_the_plan_is_handed_in_again(make):
    plan = make.returned_plan()
    with pytest.raises(Refused, match="answer"):
        versions.submit(plan, by=make.writer(plan))


def test_without_a_senior_trainer_nothing_is_handed_in(make):
    plan = make.plan()
    for row in assignments.of_programme(plan.programme_id):
        assignments.end(row, by=make.actor(make.person("manager")))
        row.ends_on = row.starts_on = clock.today().replace(year=2020)
    with pytest.raises(Refused, match="senior"):
        versions.submit(plan, by=make.writer(plan))


def test_a_draft_is_neither_sent_back_nor_approved(make):
    plan = make.plan()
    senior = make.reader(plan)
    with pytest.raises(WrongState):
        versions.send_back(plan, "", by=senior)
    with pytest.raises(WrongState):
        versions.approve(plan, "", by=senior)
    with pytest.raises(WrongState):
        versions.withdraw(plan, by=make.writer(plan))


def test_nobody_approves_her_own(make):
    plan = make.submitted_plan()
    with pytest.raises(Refused):
        versions.approve(plan, "", by=make.writer(plan))


def test_handing_in_twice_at_once_gives_one_version(make):
    plan = make.plan()
    by = make.writer(plan)

    def submit():
        versions.submit(db.session.get(type(plan), plan.id), by=by)

    race(unit(submit), unit(submit))
    assert len(versions.documents(plan)) == len(reviews.of_subject(plan.id)) == 1


# What awaits whom


def test_each_is_told_what_awaits_her(make):
    plan = make.submitted_plan()
    assert [t.values["plan"] for t in versions.for_senior(make.reader(plan))] == [plan.id]
    assert versions.for_activator(make.writer(plan)) == []
    make.plan_comment(plan)
    versions.send_back(plan, "", by=make.reader(plan))
    assert versions.for_senior(make.reader(plan)) == []
    (todo,) = versions.for_activator(make.writer(plan))
    assert str(todo.title) == f"Answer one comment on the plan of {plan.case.code}"


def test_another_senior_is_told_nothing(make):
    make.submitted_plan()
    assert versions.for_senior(make.actor(make.person("senior"))) == []
    assert versions.for_activator(make.actor(accounts.get(make.activator().person_id))) == []
