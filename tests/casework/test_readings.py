import pytest

from casework import plans, readings, versions
from casework.goals import SectionKind
from casework.plans import PlanState
from lms.errors import NotFound
from mentoring import comments, reviews
from mentoring.comments import CommentKind
from mentoring.differences import Change


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


def test_an_approved_version_stays_and_says_by_whom(make):
    plan = make.approved_plan()
    document, sections = readings.approved(plan, by=make.writer(plan))
    assert plan.state == PlanState.APPROVED
    assert plan.approved_by_id == make.reader(plan).id
    assert document.number == 1
    assert sections[0]["text"] == make.SITUATION


def test_a_version_that_is_not_there_is_not_found(make):
    plan = make.submitted_plan()
    for number in (-1, 2):
        with pytest.raises(NotFound):
            readings.read(plan, number, by=make.reader(plan))
    with pytest.raises(NotFound):
        readings.approved(plan, by=make.reader(plan))


def test_beside_a_section_that_is_rewritten_stands_what_is_not_settled(make):
    plan = make.returned_plan(quote="sews well")
    by = make.writer(plan)
    first, second = plans.sections(plan, by=by)[:2]
    assert [s.quote for s in readings.open_comments(plan, first.id, by=by)] == ["sews well"]
    assert readings.open_comments(plan, second.id, by=by) == []
