"""Comments counted through all the versions of a thing: what is open, what waits for an answer."""

import pytest

from lms.errors import NotFound
from mentoring import comments
from mentoring.comments import FLOW, CommentKind, CommentState

MOVES = {
    CommentState.OPEN: {"answer", "settle"},
    CommentState.ANSWERED: {"answer", "settle", "reopen"},
    CommentState.SETTLED: {"reopen"},
}


@pytest.mark.parametrize("state", list(CommentState))
def test_moves_open_in_each_state(state):
    assert FLOW.open_to(state) == MOVES[state]


def test_only_what_must_change_keeps_a_version_open(make):
    plan = make.submitted_plan()
    make.plan_comment(plan, kind=CommentKind.SUGGESTION)
    assert comments.count_unsettled(plan.id) == 0
    make.plan_comment(plan)
    assert comments.count_unsettled(plan.id) == 1


def test_praise_waits_for_nobody(make):
    plan = make.submitted_plan()
    make.plan_comment(plan, kind=CommentKind.WELL_DONE)
    assert comments.count_unanswered(plan.id) == 0
    make.plan_comment(plan, kind=CommentKind.SUGGESTION)
    assert comments.count_unanswered(plan.id) == 1


def test_comments_are_numbered_through_the_whole_thing(make):
    plan = make.submitted_plan()
    for _ in range(2):
        make.plan_comment(plan)
    assert [c.number for c in comments.of_subject(plan.id)] == [1, 2]
    assert comments.numbered(plan.id, 2).number == 2
    with pytest.raises(NotFound):
        comments.numbered(plan.id, 3)
