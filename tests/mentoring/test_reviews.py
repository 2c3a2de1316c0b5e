from datetime import date

import pytest

from casework import versions
from lms import db
from lms.errors import Invalid, NotFound, Refused, WrongState
from lms.mail import Mail
from mentoring import comments, reviews
from mentoring.comments import CommentKind, CommentState
from mentoring.reviews import ReviewState
from tests.races import race, unit


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 10), date(2026, 11, 13)),
        (date(2026, 11, 12), date(2026, 11, 17)),
        (date(2026, 12, 23), date(2026, 12, 29)),  # Christmas and Saint Stephen are holidays
    ],
)
def test_an_opinion_is_due_in_three_working_days(day, due):
    assert reviews.working_days_after(day, 3) == due


def test_asking_sends_a_mail_that_tells_only_the_code(make):
    plan = make.submitted_plan()
    review = versions.round_of(plan)
    mail = db.session.query(Mail).filter_by(template="mentoring/awaits").one()
    assert mail.person_id == review.reviewer_id
    assert (mail.code, mail.about) == (plan.case.code, "")
    assert mail.link == f"/casework/plans/{plan.id}/review"


def test_nobody_reviews_her_own(make):
    plan = make.submitted_plan()
    review, writer = versions.round_of(plan), make.writer(plan)
    with pytest.raises(Refused):
        reviews.comment(review, 1, kind=CommentKind.SUGGESTION, said="Fine.", by=writer)
    with pytest.raises(Refused):
        reviews.approve(review, "", link="", code="", by=writer)


def test_the_first_comment_begins_the_reading(make):
    plan = make.submitted_plan()
    make.plan_comment(plan)
    assert versions.round_of(plan).state == ReviewState.IN_REVIEW


def test_a_quote_must_be_in_its_section(make):
    plan = make.submitted_plan()
    with pytest.raises(Invalid) as refusal:
        make.plan_comment(plan, quote="sings well")
    assert "quote" in refusal.value.fields


def test_a_section_that_is_not_there_has_no_comment(make):
    with pytest.raises(NotFound):
        make.plan_comment(make.submitted_plan(), section=99)


def test_to_send_back_something_must_change(make):
    plan = make.submitted_plan()
    make.plan_comment(plan, CommentKind.SUGGESTION)
    with pytest.raises(Refused):
        versions.send_back(plan, "", by=make.reader(plan))


def test_to_approve_nothing_must_change(make):
    plan = make.submitted_plan()
    row = make.plan_comment(plan)
    with pytest.raises(Refused):
        versions.approve(plan, "", by=make.reader(plan))
    reviews.settle(versions.round_of(plan), row, by=make.reader(plan))
    versions.approve(plan, "Good.", by=make.reader(plan))
    assert versions.round_of(plan).state == ReviewState.APPROVED


def test_comments_are_answered_when_the_version_has_come_back(make):
    plan = make.submitted_plan()
    row = make.plan_comment(plan)
    review = versions.round_of(plan)
    with pytest.raises(Refused):
        reviews.answer(review, row, "Yes.", by=make.writer(plan))
    versions.send_back(plan, "", by=make.reader(plan))
    with pytest.raises(Refused):
        reviews.answer(review, row, "Yes.", by=make.reader(plan))
    reviews.answer(review, row, "Yes.", by=make.writer(plan))
    reviews.answer(review, row, "And by Friday.", by=make.writer(plan))
    assert row.state == CommentState.ANSWERED
    assert len(comments.spoken(row.subject_id)[row]) == 2


def test_an_answered_change_is_open_until_the_senior_settles_it(make):
    plan = make.resubmitted_plan()
    row = comments.of_subject(plan.id)[0]
    review, senior = versions.round_of(plan), make.reader(plan)
    assert comments.count_unsettled(plan.id) == 1
    reviews.settle(review, row, by=senior)
    assert comments.count_unsettled(plan.id) == 0
    reviews.reopen(review, row, by=senior)
    assert row.state == CommentState.OPEN


def test_what_was_answered_and_not_settled_is_asked_again(make):
    plan = make.resubmitted_plan()
    versions.send_back(plan, "", by=make.reader(plan))
    assert comments.count_unanswered(plan.id) == 1


def test_a_decided_review_takes_no_more_comments_and_no_other_verdict(make):
    plan = make.approved_plan()
    review, senior = versions.round_of(plan), make.reader(plan)
    with pytest.raises(Refused):
        reviews.comment(review, 1, kind=CommentKind.SUGGESTION, said="Late.", by=senior)
    with pytest.raises(WrongState):
        reviews.approve(review, "", link="", code="", by=senior)
    with pytest.raises(WrongState):
        reviews.withdraw(review, by=make.writer(plan))


def test_what_has_been_sent_back_takes_no_other_verdict_whatever_is_still_open(make):
    plan = make.resubmitted_plan()
    review, senior = versions.round_of(plan), make.reader(plan)
    versions.send_back(plan, "", by=senior)
    for verdict in (reviews.approve, reviews.send_back):
        with pytest.raises(WrongState):
            verdict(review, "", link="", code="", by=senior)


def test_approving_and_commenting_at_once_never_leave_an_approved_plan_with_an_open_change(make):
    plan = make.submitted_plan()
    review, senior = versions.round_of(plan), make.reader(plan)

    def comment():
        fresh = versions.round_of(plan)
        return reviews.comment(
            fresh, 1, kind=CommentKind.MUST_CHANGE, said="Wait, this too.", by=senior
        )

    def approve():
        fresh = db.session.get(type(plan), plan.id)
        versions.approve(fresh, "", by=senior)

    race(unit(comment), unit(approve))
    db.session.refresh(review)
    approved = review.state == ReviewState.APPROVED
    assert approved == (comments.count_unsettled(plan.id) == 0)
