"""The plan as its activator writes it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from casework import goals, plans
from casework.goals import SectionKind
from lms import accounts, clock, db, drafts
from lms.chains import Entry, Subject
from lms.sign_ins import SignIn

GOAL = {"words": "I want to sew again.", "result": "She sews twice a week.", "due_on": "2027-02-01"}


@pytest.fixture
def plan(make):
    return make.plan()


@pytest.fixture
def me(plan):
    return accounts.get(plan.case.activator_id)


@pytest.fixture
def senior(make, plan):
    return accounts.get(make.reader(plan).id)


def words(plan, by, kind, place=1):
    return {(s.kind, s.place): s for s in plans.sections(plan, by=by)}[kind, place].text


def test_a_plan_is_begun_from_its_case(make, browse):
    case = make.plan_case()
    browser = browse(accounts.get(case.activator_id))
    answer = browser.post(f"/casework/cases/{case.id}/plan")
    plan = plans.of_case(case.id)
    assert answer.status_code == 303
    assert answer.location == f"/casework/plans/{plan.id}"
    page = browser.get(answer.location)
    assert "Write how it goes now: then you can hand the plan in." in page.text


def test_the_page_says_what_is_missing_and_then_hands_in(browse, plan, me):
    page = browse(me).get(f"/casework/plans/{plan.id}").text
    assert "The plan says all it must: hand it in." in page
    assert "Hand in version 1" in page


def test_every_kind_of_row_has_its_form(browse, plan, me):
    browser = browse(me)
    for kind in SectionKind:
        place = "1" if kind in goals.FIXED else "new"
        answer = browser.get(f"/casework/plans/{plan.id}/{kind}/{place}")
        assert answer.status_code == 200
        assert answer.text.count('class="field') - answer.text.count("expected") <= 4 or (
            kind == SectionKind.GOAL
        )


def test_a_row_is_added_changed_and_taken_out(make, browse, plan, me):
    browser, by = browse(me), make.actor(me)
    address = f"/casework/plans/{plan.id}/goal"
    assert browser.post(f"{address}/new", GOAL).status_code == 303
    assert words(plan, by, SectionKind.GOAL, 2).startswith("I want to sew again.")
    changed = {**GOAL, "words": "I want to sew at home.", "version": "1"}
    assert browser.post(f"{address}/2", changed).status_code == 303
    assert words(plan, by, SectionKind.GOAL, 2).startswith("I want to sew at home.")
    assert browser.post(f"{address}/2/remove", {"version": "2"}).status_code == 303
    assert browser.get(f"{address}/2").status_code == 404


def test_a_form_that_is_not_whole_keeps_what_was_typed(browse, plan, me):
    answer = browse(me).post(f"/casework/plans/{plan.id}/goal/new", {**GOAL, "due_on": "soon"})
    assert answer.status_code == 422
    assert "I want to sew again." in answer.text
    assert len(goals.rows(plan.id)) == 5


def test_the_same_form_sent_twice_adds_one_row(browse, plan, me):
    browser = browse(me)
    for _ in range(2):
        answer = browser.post(f"/casework/plans/{plan.id}/goal/new", GOAL, once="the same")
        assert answer.status_code == 303
    assert len(goals.rows(plan.id)) == 6


def test_a_stale_save_shows_both_texts_and_can_then_be_saved(make, browse, plan, me):
    browser = browse(me)
    address = f"/casework/plans/{plan.id}/situation/1"
    typed = {"words": "Written in the other tab.", "version": "1"}
    answer = browser.post(address, typed)
    assert answer.status_code == 409
    assert "Written in the other tab." in answer.text
    assert make.SITUATION in answer.text
    assert words(plan, make.actor(me), SectionKind.SITUATION) == make.SITUATION
    assert browser.post(address, {**typed, "version": "2"}).status_code == 303
    assert words(plan, make.actor(me), SectionKind.SITUATION) == typed["words"]


def test_a_save_without_its_version_is_stale(browse, plan, me):
    answer = browse(me).post(f"/casework/plans/{plan.id}/situation/1", {"words": "No version."})
    assert answer.status_code == 409


def test_what_is_being_written_is_kept_and_shown_again(make, browse, plan, me):
    browser = browse(me)
    address = f"/casework/plans/{plan.id}/situation/1"
    typed = {"words": "Half a sentence", "version": "2"}
    assert browser.post(f"{address}/draft", typed).status_code == 204
    page = browser.get(address).text
    assert "Half a sentence" in page
    assert "This is what you were writing" in page
    row, _ = drafts.find(address, by=make.actor(me))
    assert row.key_id == plan.key_id
    assert browser.post(f"{address}/forget").location == address
    assert "Half a sentence" not in browser.get(address).text


def test_who_writes_is_here_and_her_sign_in_lasts(browse, plan, me, statements):
    browser, address = browse(me), f"/casework/plans/{plan.id}/situation/1/draft"
    sign_in = db.session.scalars(select(SignIn).where(SignIn.person_id == me.id)).one()
    before = sign_in.seen_at = clock.now() - timedelta(minutes=25)
    db.session.commit()
    counts = []
    for words in ("Half a sentence", "Half a sentence, and more"):
        with statements() as seen:
            assert browser.post(address, {"words": words}).status_code == 204
        counts.append(len([said for said in seen if said.startswith("UPDATE sign_ins")]))
    assert counts == [1, 0]
    db.session.refresh(sign_in)
    assert sign_in.seen_at > before + timedelta(minutes=24)


def test_saving_drops_the_draft(make, browse, plan, me):
    browser = browse(me)
    address = f"/casework/plans/{plan.id}/goal/new"
    browser.post(f"{address}/draft", GOAL)
    browser.post(address, GOAL)
    assert drafts.find(address, by=make.actor(me)) is None


def test_a_plan_under_review_has_no_form(make, browse):
    plan = make.submitted_plan()
    browser = browse(accounts.get(plan.case.activator_id))
    page = browser.get(f"/casework/plans/{plan.id}")
    assert "/goal/new" not in page.text
    assert browser.get(f"/casework/plans/{plan.id}/goal/new").status_code == 409
    assert browser.post(f"/casework/plans/{plan.id}/goal/new", GOAL).status_code == 409
    assert browser.post(f"/casework/plans/{plan.id}/goal/new/draft", GOAL).status_code == 409


@pytest.mark.parametrize("where", ["poem/new", "situation/new", "goal/9", "situation/2"])
def test_an_address_of_nothing_is_not_found(browse, plan, me, where):
    browser = browse(me)
    assert browser.get(f"/casework/plans/{plan.id}/{where}").status_code == 404
    assert browser.post(f"/casework/plans/{plan.id}/{where}", GOAL).status_code in (404, 409)


def test_the_senior_reads_it_and_does_not_write_it(browse, plan, senior):
    browser = browse(senior)
    page = browser.get(f"/casework/plans/{plan.id}")
    assert page.status_code == 200
    assert "/goal/new" not in page.text
    assert browser.post(f"/casework/plans/{plan.id}/goal/new", GOAL).status_code == 404
    assert browser.post(f"/casework/plans/{plan.id}/submit").status_code == 404


def test_for_everybody_else_it_is_not_there(make, browse, plan):
    for person in (
        make.person("manager"),
        make.person("senior"),
        accounts.get(make.activator().person_id),
    ):
        assert browse(person).get(f"/casework/plans/{plan.id}").status_code == 404


def test_without_the_second_factor_nothing_is_opened(browse, plan, me):
    answer = browse(me, proven=False).get(f"/casework/plans/{plan.id}")
    assert answer.status_code == 303
    assert answer.location.startswith("/account/code?")


def test_opening_a_plan_is_one_entry_of_the_record(browse, plan, me):
    browser = browse(me)
    before = db.session.query(Entry).count()
    browser.get(f"/casework/plans/{plan.id}")
    assert db.session.query(Entry).count() == before + 1
    entry = db.session.query(Entry).filter_by(what="open plan:read").one()
    assert entry.actor_id == me.id
    subjects = db.session.query(Subject).filter_by(chain_id=entry.chain_id, sequence=entry.sequence)
    assert [s.subject_id for s in subjects] == [plan.case_id]


def test_the_texts_are_not_in_titles_or_addresses(browse, plan, me):
    page = browse(me).get(f"/casework/plans/{plan.id}").text
    title = page.split("<title>")[1].split("</title>")[0]
    assert plan.case.code in title
    assert "Canar" not in title


def test_statements_do_not_grow_with_the_rows(make, browse, plan, me, statements):
    browser = browse(me)
    browser.get(f"/casework/plans/{plan.id}")
    with statements() as few:
        browser.get(f"/casework/plans/{plan.id}")
    for _ in range(9):
        browser.post(f"/casework/plans/{plan.id}/goal/new", GOAL)
    with statements() as many:
        browser.get(f"/casework/plans/{plan.id}")
    assert len(few) == len(many)
