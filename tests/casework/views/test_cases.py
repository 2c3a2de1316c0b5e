"""The pages of cases: who sees which, what they show, what they leave in the record."""

from datetime import timedelta

import pytest

from casework import cases
from casework.cases import CaseState, Event, EventKind, Reason
from casework.notes import Note
from lms import accounts, audit, clock, db
from tests.making.cases import SAID
from tests.making.referrals import NAME, REASON, SURNAME


def activator_of(case):
    return accounts.get(case.activator_id)


def test_the_activator_sees_name_code_state_and_what_comes_next(make, browse):
    case = make.case()
    page = browse(activator_of(case)).get("/casework/cases").text
    assert NAME in page
    assert case.code in page
    assert "First contact by" in page


def test_the_manager_sees_codes_and_states_but_no_name_and_opens_no_key(make, browse):
    case = make.case()
    make.note(case)
    manager = make.person("manager")
    page = browse(manager).get("/casework/cases").text
    assert case.code in page
    assert not any(canary in page for canary in (NAME, SURNAME, REASON, SAID, "canary"))
    assert not [e for e in audit.who_saw(case.id) if e.actor_id == manager.id]
    assert f"/casework/cases/{case.id}" not in page


def test_the_senior_sees_the_cases_of_those_she_follows_only(make, browse):
    case, other = make.case(), make.case()
    senior = make.assignment(activator_of(case)).senior
    page = browse(senior).get("/casework/cases").text
    assert case.code in page
    assert f"/casework/cases/{other.id}" not in page
    assert browse(senior).get(f"/casework/cases/{case.id}").status_code == 200
    assert browse(senior).get(f"/casework/cases/{other.id}").status_code == 404


@pytest.mark.parametrize("role", ["administrator", "manager", "trainer", "coordinator", "partner"])
def test_nobody_else_opens_a_case(make, browse, role):
    case = make.case()
    assert browse(make.person(role)).get(f"/casework/cases/{case.id}").status_code == 404


def test_the_administrator_has_no_list_of_cases(make, browse):
    make.case()
    assert browse(make.person("administrator")).get("/casework/cases").status_code == 404


def test_another_activator_finds_nothing(make, browse):
    case, other = make.case(), make.activator()
    assert browse(other.person).get(f"/casework/cases/{case.id}").status_code == 404


def test_a_person_in_two_programmes_finds_only_the_case_of_the_one_she_is_in(make, browse):
    elsewhere = make.programme()
    case = make.case()
    person = activator_of(case)
    accounts.grant(person, accounts.Role.ACTIVATOR, by=None, programme_id=elsewhere.id)
    browser = browse(person, programme=elsewhere)
    assert browser.get(f"/casework/cases/{case.id}").status_code == 404


def test_a_case_waits_for_the_second_factor(make, browse):
    case = make.case()
    answer = browse(activator_of(case), proven=False).get(f"/casework/cases/{case.id}")
    assert answer.status_code == 303
    assert "next=" in answer.location


def test_opening_a_case_leaves_one_entry_with_its_id(make, browse):
    case = make.case()
    make.note(case)
    person = activator_of(case)
    before = len([e for e in audit.who_saw(case.id) if e.what == "open case:read"])
    page = browse(person).get(f"/casework/cases/{case.id}").text
    assert SAID in page
    assert REASON in page
    seen = [e for e in audit.who_saw(case.id) if e.what == "open case:read"]
    assert len(seen) == before + 1
    assert seen[-1].actor_id == person.id


def test_the_list_leaves_one_entry_for_all_its_cases(make, browse):
    first = make.case()
    activator = cases.activators.of_person(first.activator_id, first.programme_id)
    second = make.case(activator)
    browse(activator.person).get("/casework/cases")
    for case in (first, second):
        assert [e.what for e in audit.who_saw(case.id)].count("open case:list") == 1


def test_a_note_takes_three_fields_and_stands_on_the_timeline(make, browse):
    case = make.case()
    browser = browse(activator_of(case))
    tomorrow = clock.today() + timedelta(days=1)
    answer = browser.post(
        f"/casework/cases/{case.id}/notes",
        {
            "outcome": "reached",
            "said": "She can come on Monday.",
            "next_step": "Call her",
            "next_on": tomorrow.isoformat(),
        },
    )
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "She can come on Monday." in page
    assert "Call her" in page
    assert db.session.query(Note).count() == 1
    assert db.session.query(Event).filter_by(kind=EventKind.CONTACT).one().detail == "reached"


def test_a_note_sent_twice_is_one_note(make, browse):
    case = make.case()
    browser = browse(activator_of(case))
    note = {"outcome": "no_answer", "said": ""}
    for _ in range(2):
        browser.post(f"/casework/cases/{case.id}/notes", note, once="the-same-key")
    assert db.session.query(Note).count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"said": "x"}, "How did it go?"),
        ({"outcome": "reached"}, "Write in a line"),
        ({"outcome": "no_answer", "next_step": "Call"}, "its words and its day"),
        (
            {"outcome": "no_answer", "next_on": "2020-01-01", "next_step": "Call"},
            "This day is past",
        ),
        ({"outcome": "no_answer", "next_on": "tomorrow", "next_step": "Call"}, "Not a valid date"),
    ],
)
def test_a_wrong_note_says_why_and_keeps_what_was_typed(make, browse, typed, said):
    case = make.case()
    answer = browse(activator_of(case)).post(f"/casework/cases/{case.id}/notes", typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert typed.get("next_step", "") in answer.text
    assert db.session.query(Note).count() == 0


def test_a_senior_reads_but_does_not_write(make, browse):
    case = make.case()
    senior = make.assignment(activator_of(case)).senior
    assert "Save the note" not in browse(senior).get(f"/casework/cases/{case.id}").text
    answer = browse(senior).post(f"/casework/cases/{case.id}/notes", {"outcome": "no_answer"})
    assert answer.status_code == 404


def test_a_move_needs_its_reason(make, browse):
    case = make.case()
    make.note(case)
    browser = browse(activator_of(case))
    bare = browser.post(f"/casework/cases/{case.id}/assessment", {})
    assert bare.status_code == 422
    answer = browser.post(
        f"/casework/cases/{case.id}/assessment", {"reason": Reason.WANTS_TO_BEGIN.value}
    )
    assert answer.status_code == 303
    db.session.refresh(case)
    assert case.state == CaseState.ASSESSMENT


def test_a_move_that_is_not_open_is_refused_in_words(make, browse):
    case = make.case()
    answer = browse(activator_of(case)).post(
        f"/casework/cases/{case.id}/planning", {"reason": Reason.NEEDS_ARE_CLEAR.value}
    )
    assert answer.status_code == 409
    assert "first contact" in answer.text


def test_statements_of_the_list_do_not_grow(make, browse, statements):
    activator = make.activator()
    make.case(activator)
    browser = browse(activator.person)
    browser.get("/casework/cases")
    with statements() as one:
        browser.get("/casework/cases")
    for _ in range(9):
        make.note(make.case(activator))
    with statements() as ten:
        browser.get("/casework/cases")
    assert len(one) == len(ten)


def test_statements_of_a_case_do_not_grow_with_its_notes(make, browse, statements):
    case = make.case()
    make.note(case)
    browser, page = browse(activator_of(case)), f"/casework/cases/{case.id}"
    browser.get(page)
    with statements() as one:
        browser.get(page)
    for _ in range(9):
        make.note(case)
    with statements() as ten:
        browser.get(page)
    assert len(one) == len(ten)


def test_the_pager_leads_through_a_long_list(make, browse, monkeypatch):
    monkeypatch.setattr("lms.paging.MOST", 2)
    activator = make.activator()
    codes = [make.case(activator).code for _ in range(3)]
    browser = browse(activator.person)
    first, second = (browser.get(f"/casework/cases?page={n}").text for n in (1, 2))
    assert codes[2] in first
    assert codes[0] in second
    assert browser.get("/casework/cases?page=99999999999999999999").status_code == 200
