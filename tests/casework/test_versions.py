import pytest

from casework import cases, goals, plans, readings, versions
from casework.cases import EventKind
from casework.goals import SectionKind
from casework.plans import PlanState
from lms import accounts, clock, db, frozen
from lms.errors import Refused, WrongState
from mentoring import assignments, reviews
from mentoring.comments import CommentKind
from mentoring.differences import Change
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


def test_an_approved_version_stays_and_says_by_whom(make):
    plan = make.approved_plan()
    document, sections = readings.approved(plan, by=make.writer(plan))
    assert plan.state == PlanState.APPROVED
    assert plan.approved_by_id == make.reader(plan).id
    assert document.number == 1
    assert sections[0]["text"] == make.SITUATION


def test_handing_in_twice_at_once_gives_one_version(make):
    plan = make.plan()
    by = make.writer(plan)

    def submit():
        versions.submit(db.session.get(type(plan), plan.id), by=by)

    race(unit(submit), unit(submit))
    assert len(versions.documents(plan)) == len(reviews.of_subject(plan.id)) == 1


# Reading a version beside the one before


def text(passage, *kinds):
    return "".join(p.text for line in passage.lines for p in line if p.change in kinds).strip()


def test_the_first_version_has_no_changes(make):
    plan = make.submitted_plan()
    reading = readings.read(plan, by=make.reader(plan))
    pieces = [p for passage in reading.passages for line in passage.lines for p in line]
    assert {p.change for p in pieces} == {Change.SAME}


def test_the_next_version_shows_what_changed(make):
    plan = make.resubmitted_plan()
    reading = readings.read(plan, by=make.reader(plan))
    assert text(reading.passages[0], Change.ADDED) == "On Tuesdays."
    assert text(reading.passages[0], Change.REMOVED) == ""


def test_a_section_that_is_gone_is_shown_as_taken_out(make):
    plan = make.returned_plan()
    by = make.writer(plan)
    facts = {"words": "Another goal.", "result": "Seen.", "due_on": make.DAY}
    plans.add_row(plan, SectionKind.GOAL, facts, by=by)
    plans.remove_row(plan, SectionKind.GOAL, 1, version=1, by=by)
    from mentoring import comments

    reviews.answer(versions.round_of(plan), comments.of_subject(plan.id)[0], "Yes.", by=by)
    versions.submit(plan, by=by)
    reading = readings.read(plan, by=make.reader(plan))
    goals_read = [p for p in reading.passages if p.kind == SectionKind.GOAL]
    assert [p.number for p in goals_read] == [3, 0]
    assert make.WANTS in text(goals_read[1], Change.REMOVED)


def test_a_comment_is_carried_with_its_quote(make):
    plan = make.resubmitted_plan(quote="sews well")
    reading = readings.read(plan, by=make.reader(plan))
    assert [s.quote for s in reading.passages[0].said] == ["sews well"]
    assert reading.passages[0].said[0].replies[0].text == "Done, and dated."
    quoted = [p.text for line in reading.passages[0].lines for p in line if p.is_quoted]
    assert "".join(quoted).strip() == "sews well"


def test_a_comment_whose_words_are_gone_has_lost_its_place(make):
    plan = make.resubmitted_plan(quote="sews well", words="She waits for the course.")
    reading = readings.read(plan, by=make.reader(plan))
    assert [s.quote for s in reading.lost] == ["sews well"]
    assert reading.unsettled == 1
    first = readings.read(plan, 1, by=make.reader(plan))
    assert not first.lost
    assert len(first.passages[0].said) == 1


def test_a_settled_comment_stays_beside_its_section(make):
    plan = make.resubmitted_plan(quote="sews well", words="She waits for the course.")
    from mentoring import comments

    row = comments.of_subject(plan.id)[0]
    reviews.settle(versions.round_of(plan), row, by=make.reader(plan))
    reading = readings.read(plan, by=make.reader(plan))
    assert not reading.lost
    assert len(reading.passages[0].said) == 1


def test_comments_of_a_later_version_are_not_beside_an_earlier_one(make):
    plan = make.resubmitted_plan()
    make.plan_comment(plan, CommentKind.SUGGESTION, section=2)
    assert len(readings.read(plan, 1, by=make.reader(plan)).passages[1].said) == 0
    assert len(readings.read(plan, 2, by=make.reader(plan)).passages[1].said) == 1


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
