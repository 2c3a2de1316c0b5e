import pytest

from casework import goals, plans
from casework.goals import SectionKind
from lms import keys
from lms.errors import NotFound, Stale


def test_the_texts_of_a_plan_are_sealed_with_the_cases_key(make):
    plan = make.plan()
    row = goals.get(plan.id, SectionKind.GOAL, 1)
    assert row.key_id == plan.case.key_id
    assert make.WANTS.encode() not in row.words
    assert keys.open_row(row, by=make.writer(plan)).words == make.WANTS


def test_sections_are_read_in_order_and_in_whole_lines(make):
    plan = make.plan()
    by = make.writer(plan)
    plans.add_row(
        plan, SectionKind.UNDERTAKING, {"party": "Canaria", "what": "brings the paper"}, by=by
    )
    plans.add_row(
        plan,
        SectionKind.SUPPORT,
        {"what": "School", "giver": "CPIA", "rhythm": "two mornings", "due_on": make.DAY},
        by=by,
    )
    plans.add_row(plan, SectionKind.RISK, {"what": "No nursery", "response": "Ask"}, by=by)
    found = {s.kind: s for s in plans.sections(plan, by=by)}
    assert list(found) == list(SectionKind)
    assert found[SectionKind.GOAL].title == "Goal 1"
    assert found[SectionKind.GOAL].text == (
        f"{make.WANTS}\nHow we will see it: She begins a placement as a seamstress.\n"
        "By 15 March 2027."
    )
    assert found[SectionKind.UNDERTAKING].text == "Canaria: brings the paper"
    assert found[SectionKind.SUPPORT].text.endswith("Until 15 March 2027.")


def test_a_removed_row_leaves_its_place_empty(make):
    plan = make.plan()
    by = make.writer(plan)
    plans.remove_row(plan, SectionKind.GOAL, 1, version=1, by=by)
    facts = {"words": "Another.", "result": "Seen.", "due_on": make.DAY}
    assert plans.add_row(plan, SectionKind.GOAL, facts, by=by).place == 2
    with pytest.raises(NotFound):
        goals.get(plan.id, SectionKind.GOAL, 1)


def test_a_stale_save_shows_what_was_saved_meanwhile(make):
    plan = make.plan()
    with pytest.raises(Stale) as refusal:
        plans.save_row(
            plan, SectionKind.GOAL, 1, {"words": "Mine."}, version=0, by=make.writer(plan)
        )
    assert refusal.value.theirs["words"] == make.WANTS
    assert refusal.value.theirs["due_on"] == "2027-03-15"


def test_what_no_plan_has_is_not_found():
    with pytest.raises(NotFound):
        goals.kind("poem")


def test_the_five_levels_of_a_goal_are_lines_of_its_text(make):
    plan = make.empty_plan()
    by = make.writer(plan)
    facts = {"words": "Work.", "result": "Seen.", "due_on": make.DAY, "much_less": "Nothing."}
    row = plans.add_row(plan, SectionKind.GOAL, facts, by=by)
    found = plans.section(plan, SectionKind.GOAL, row.place, by=by)
    assert found.text.splitlines()[-1] == "Much less than expected (-2): Nothing."


def test_a_plan_is_read_in_one_statement(make, statements):
    plan = make.plan()
    with statements() as seen:
        assert len(goals.rows(plan.id)) == 5
    assert len([s for s in seen if s.startswith("SELECT")]) == 1


def test_places_are_counted_within_each_kind(make):
    plan = make.plan()
    facts = {"what": "a", "response": "b"}
    first, second = (
        plans.add_row(plan, SectionKind.RISK, facts, by=make.writer(plan)) for _ in range(2)
    )
    assert (first.place, second.place) == (1, 2)
