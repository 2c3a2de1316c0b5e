"""Handing a plan in, and the page on which it is reviewed."""

import pytest

from casework import versions
from casework.plans import PlanState
from lms import accounts, db
from lms.chains import Entry, Subject
from mentoring import comments, reviews
from mentoring.comments import CommentKind, CommentState

MUST = {"kind": "must_change", "said": "Say how we will see it.", "quote": ""}


def writer(plan):
    return accounts.get(plan.case.activator_id)


def senior(make, plan):
    return accounts.get(make.reader(plan).id)


@pytest.fixture
def plan(make):
    return make.submitted_plan()


@pytest.fixture
def page(plan):
    return f"/casework/plans/{plan.id}/review"


def test_a_plan_is_handed_in_and_taken_back(make, browse):
    plan = make.plan()
    browser = browse(writer(plan))
    assert browser.post(f"/casework/plans/{plan.id}/submit").status_code == 303
    assert db.session.get(type(plan), plan.id).state == PlanState.SUBMITTED
    text = browser.get(f"/casework/plans/{plan.id}").text
    assert "Version 1 is handed in" in text
    assert "says her opinion by" in text
    assert browser.post(f"/casework/plans/{plan.id}/withdraw").status_code == 303
    assert db.session.get(type(plan), plan.id).state == PlanState.DRAFT


def test_handing_in_twice_has_one_effect(make, browse):
    plan = make.plan()
    browser = browse(writer(plan))
    address = f"/casework/plans/{plan.id}/submit"
    assert browser.post(address, once="the same").status_code == 303
    assert browser.post(address, once="the same").status_code == 303
    assert browser.post(address).status_code == 409
    assert len(versions.documents(plan)) == 1


def test_a_plan_that_lacks_something_is_refused(make, browse):
    plan = make.empty_plan()
    answer = browse(writer(plan)).post(f"/casework/plans/{plan.id}/submit")
    assert answer.status_code == 409
    assert "how it goes now" in answer.text


def test_the_senior_is_told_what_to_do_and_by_when(make, browse, plan, page):
    text = browse(senior(make, plan)).get(page).text
    assert "waits for your opinion by" in text
    assert "Nothing asks for a change: you can approve it" in text
    assert make.SITUATION in text


def test_a_comment_has_its_form_beside_its_section(make, browse, plan, page):
    browser = browse(senior(make, plan))
    text = browser.get(page, query_string={"comment": 3}).text
    assert 'data-quotes="3"' in text
    assert 'data-section="3"' in text
    answer = browser.post(f"/casework/plans/{plan.id}/sections/3/comments", MUST)
    assert answer.location == f"{page}#section-3"
    text = browser.get(page).text
    assert "Say how we will see it." in text
    assert "Send back with 1 to change" in text
    assert "One comment still asks for a change" in text


def test_a_quote_is_marked_in_the_text(make, browse, plan, page):
    browser = browse(senior(make, plan))
    typed = {**MUST, "quote": "sews well", "offset": "33"}
    assert browser.post(f"/casework/plans/{plan.id}/sections/1/comments", typed).status_code == 303
    assert "<mark>sews well</mark>" in " ".join(browser.get(page).text.split()).replace(
        "<mark> ", "<mark>"
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"quote": "sings well"}, "These words are not in this section"),
        ({"said": ""}, "One thing to put right"),
        ({"kind": "poem"}, "One thing to put right"),
    ],
)
def test_a_comment_that_cannot_be_is_refused_and_kept(make, browse, plan, typed, said):
    browser = browse(senior(make, plan))
    answer = browser.post(f"/casework/plans/{plan.id}/sections/1/comments", {**MUST, **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert {**MUST, **typed}["said"] in answer.text
    assert comments.of_subject(plan.id) == []


def test_a_comment_on_no_section_is_not_found(make, browse, plan):
    browser = browse(senior(make, plan))
    assert browser.post(f"/casework/plans/{plan.id}/sections/99/comments", MUST).status_code == 404


def test_sent_back_answered_handed_in_again_and_approved(make, browse, plan, page):
    hers, mine = browse(senior(make, plan)), browse(writer(plan))
    address = f"/casework/plans/{plan.id}"
    hers.post(f"{address}/sections/1/comments", {**MUST, "quote": "sews well"})
    answer = hers.post(f"{address}/send-back", {"verdict": "Nearly there."})
    assert answer.location == "/reviews"
    text = mine.get(page).text
    assert "Answer one comment, then hand the plan in again." in text
    assert "Nearly there." in text
    assert mine.post(f"{address}/submit").status_code == 409
    answered = mine.post(f"{address}/comments/1/answer", {"answer": "Now it says so."})
    assert answered.location == f"{page}#comment-1"
    saved = {"words": make.SITUATION + " On Tuesdays.", "version": "2"}
    assert mine.post(f"{address}/situation/1", saved).status_code == 303
    assert mine.post(f"{address}/submit").status_code == 303
    text = hers.get(page).text
    assert "<ins>On Tuesdays.</ins>" in text
    assert "Now it says so." in text
    assert hers.post(f"{address}/approve", {"verdict": ""}).status_code == 409
    assert hers.post(f"{address}/comments/1/settle").status_code == 303
    assert hers.post(f"{address}/approve", {"verdict": "Well done."}).location == "/reviews"
    text = mine.get(address).text
    assert "Version 2 is approved: print it and sign it together." in text
    printed = mine.get(f"{address}/approved").text
    assert make.SITUATION + " On Tuesdays." in printed
    assert "Signatures" in printed


def test_an_empty_answer_is_refused(make, browse):
    plan = make.returned_plan()
    answer = browse(writer(plan)).post(
        f"/casework/plans/{plan.id}/comments/1/answer", {"answer": " "}
    )
    assert answer.status_code == 422
    assert comments.of_subject(plan.id)[0].state == CommentState.OPEN


def test_to_send_back_something_must_change(make, browse, plan):
    answer = browse(senior(make, plan)).post(
        f"/casework/plans/{plan.id}/send-back", {"verdict": "No."}
    )
    assert answer.status_code == 409
    assert "at least one thing that must change" in answer.text


def test_the_senior_marks_a_change_as_still_to_be_made(make, browse):
    plan = make.resubmitted_plan()
    browser = browse(senior(make, plan))
    browser.post(f"/casework/plans/{plan.id}/comments/1/settle")
    browser.post(f"/casework/plans/{plan.id}/comments/1/reopen")
    assert comments.of_subject(plan.id)[0].state == CommentState.OPEN
    assert browser.post(f"/casework/plans/{plan.id}/comments/7/settle").status_code == 404


def test_a_comment_without_a_place_is_shown_at_the_end(make, browse):
    plan = make.resubmitted_plan(quote="sews well", words="She waits.")
    text = browse(senior(make, plan)).get(f"/casework/plans/{plan.id}/review").text
    assert "no longer in this version" in text.split('id="lost"')[1]
    assert "«sews well»" in text.split('id="lost"')[1]


def test_an_earlier_version_is_read_only(make, browse):
    plan = make.resubmitted_plan()
    page = f"/casework/plans/{plan.id}/review"
    text = browse(senior(make, plan)).get(page, query_string={"version": 1}).text
    assert "You are reading version 1" in text
    assert 'action="/casework/plans' not in text
    for wrong in (3, -1):
        answer = browse(senior(make, plan)).get(page, query_string={"version": wrong})
        assert answer.status_code == 404


def test_the_verdict_is_kept_while_it_is_written(make, browse, plan, page):
    browser = browse(senior(make, plan))
    typed = {"verdict": "A good step, and"}
    assert browser.post(f"{page}/draft", typed).status_code == 204
    assert "A good step, and" in browser.get(page).text


def test_what_was_never_handed_in_or_approved_is_not_found(make, browse):
    plan = make.plan()
    browser = browse(writer(plan))
    assert browser.get(f"/casework/plans/{plan.id}/review").status_code == 404
    assert browser.get(f"/casework/plans/{plan.id}/approved").status_code == 404


MOVES = [
    ("sections/1/comments", MUST),
    ("comments/1/settle", {}),
    ("comments/1/reopen", {}),
    ("send-back", {"verdict": ""}),
    ("approve", {"verdict": ""}),
    ("review/draft", {"verdict": ""}),
]


@pytest.mark.parametrize(("move", "typed"), MOVES)
def test_the_writer_cannot_do_what_is_the_seniors(make, browse, plan, move, typed):
    make.plan_comment(plan, CommentKind.SUGGESTION)
    answer = browse(writer(plan)).post(f"/casework/plans/{plan.id}/{move}", typed)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("move", "typed"),
    [*MOVES, ("submit", {}), ("withdraw", {}), ("comments/1/answer", {"answer": "Yes."})],
)
def test_a_senior_who_does_not_follow_her_finds_nothing(make, browse, plan, move, typed):
    make.plan_comment(plan)
    other = browse(make.assignment().senior)
    assert other.get(f"/casework/plans/{plan.id}/review").status_code == 404
    assert other.post(f"/casework/plans/{plan.id}/{move}", typed).status_code == 404


def test_reading_a_review_is_one_entry_of_the_record(make, browse):
    plan = make.resubmitted_plan()
    reader = senior(make, plan)
    browser = browse(reader)
    before = db.session.query(Entry).count()
    browser.get(f"/casework/plans/{plan.id}/review")
    assert db.session.query(Entry).count() == before + 1
    entry = db.session.query(Entry).filter_by(what="open plan:read", actor_id=reader.id).one()
    subjects = db.session.query(Subject).filter_by(chain_id=entry.chain_id, sequence=entry.sequence)
    assert [s.subject_id for s in subjects] == [plan.case_id]


def test_statements_do_not_grow_with_the_comments(make, browse, plan, page, statements):
    browser = browse(senior(make, plan))
    make.plan_comment(plan)
    browser.get(page)
    with statements() as few:
        browser.get(page)
    for _ in range(9):
        make.plan_comment(plan)
    with statements() as many:
        browser.get(page)
    assert len(few) == len(many)


def test_an_expired_round_cannot_be_decided_in_a_second_tab(make, browse, plan):
    browser = browse(senior(make, plan))
    address = f"/casework/plans/{plan.id}/approve"
    assert browser.post(address, {"verdict": ""}).status_code == 303
    assert browser.post(address, {"verdict": "Again."}).status_code == 409
    assert len(reviews.of_subject(plan.id)) == 1
