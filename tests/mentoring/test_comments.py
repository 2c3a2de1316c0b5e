import pytest

from casework import versions
from lms import keys
from lms.errors import NotFound, Refused
from mentoring import comments, reviews
from mentoring.comments import CommentKind, CommentState


def test_praise_asks_for_nothing(make):
    plan = make.submitted_plan()
    row = make.plan_comment(plan, CommentKind.WELL_DONE)
    assert row.state == CommentState.SETTLED
    assert comments.count_unsettled(plan.id) == comments.count_unanswered(plan.id) == 0
    with pytest.raises(Refused):
        reviews.reopen(versions.round_of(plan), row, by=make.reader(plan))


def test_a_quote_is_kept_with_the_letters_around_it(make):
    plan = make.submitted_plan()
    row = make.plan_comment(plan, quote="sews  well")
    plain = keys.open_row(row, by=make.reader(plan))
    assert plain.quote == "sews well"
    assert plain.before.endswith("two children. She ")
    assert row.offset == make.SITUATION.index("sews")


def test_comments_are_counted_through_all_versions(make):
    plan = make.resubmitted_plan()
    make.plan_comment(plan, CommentKind.SUGGESTION)
    assert [row.number for row in comments.of_subject(plan.id)] == [1, 2]
    assert comments.numbered(plan.id, 2).kind == CommentKind.SUGGESTION
    with pytest.raises(NotFound):
        comments.numbered(plan.id, 3)


def test_what_waits_for_an_answer_is_counted_by_thing(make):
    first, second = make.returned_plan(), make.resubmitted_plan()
    assert comments.unanswered([first.id, second.id]) == {first.id: 1}
    assert comments.count_unsettled(second.id) == 1


@pytest.mark.parametrize(
    ("kind", "state", "unsettled"),
    [
        (CommentKind.MUST_CHANGE, CommentState.OPEN, True),
        (CommentKind.MUST_CHANGE, CommentState.ANSWERED, True),
        (CommentKind.MUST_CHANGE, CommentState.SETTLED, False),
        (CommentKind.SUGGESTION, CommentState.OPEN, False),
        (CommentKind.WELL_DONE, CommentState.SETTLED, False),
    ],
)
def test_only_a_change_that_is_not_settled_holds_the_approval_up(kind, state, unsettled):
    assert comments.is_unsettled(comments.Comment(kind=kind, state=state)) == unsettled
