"""What was typed is said back as it was asked, on the page that keeps it or refuses it."""

from datetime import date

import pytest

from lms import accounts, clock, db, i18n, readable
from lms.sign_ins import SignIn


def _said(app, endpoint, **typed):
    with app.test_request_context():
        return [(each.label, each.text) for each in readable.by(endpoint, typed)]


def test_fields_have_the_labels_and_the_order_of_their_form(app):
    said = _said(app, "plans.save", due_on="2026-10-01", result="She writes", words="To write")
    assert said == [
        ("What she wants, in her words", "To write"),
        ("How both of you will see it", "She writes"),
        ("By when", i18n.date_year(date(2026, 10, 1))),
    ]


def test_choices_ticks_and_rows_are_said_in_words(app):
    typed = {"outcome": "no_answer", "said": "x"}
    assert ("How did it go?", "No answer") in _said(app, "cases.note", **typed)
    typed = {"name": "Anna", "urgency": "urgent", "is_informed": "y", "hub": "0" * 32}
    said = dict(_said(app, "referrals.send", **typed))
    assert said["How urgent it is"] == "urgent"
    assert said["She knows that I am referring her, and to whom"] == "yes"
    assert said["Hub"] == "chosen from the list"


def test_the_reader_sees_them_in_her_language(app):
    with app.test_request_context(), i18n.speaking("it"):
        assert readable.by("referrals.send", {"surname": "x", "name": "y"})[1].label == "Cognome"


def test_what_no_form_knows_is_kept_without_its_inner_name(app):
    assert _said(app, "plans.save", q17="A word") == [("What you wrote", "A word")]
    assert _said(app, None, q17="A word") == [("What you wrote", "A word")]
    assert _said(app, "register.attest", who="x", at="16:00") == [
        ("What you wrote", "x"),
        ("What you wrote", "16:00"),
    ]


def test_the_version_of_a_form_is_not_shown(app):
    assert _said(app, "plans.save", version="3", words="x") == [("How it goes now", "x")]


def test_of_two_forms_that_fit_the_one_is_meant_that_asks_for_less_else(app):
    typed = {"name": "x", "starts_on": "2026-10-01", "ends_on": "2026-10-02", "room": "y"}
    said = _said(app, "editions.change", version="3", **typed)
    assert [label for label, _ in said] == ["Name", "First day", "Last day", "Room"]


def test_a_day_that_is_none_stays_as_it_was_typed(app):
    assert _said(app, "plans.save", what="x", who="y", due_on="soon")[2] == ("By when", "soon")


def test_a_form_of_another_topic_must_know_every_name(app):
    assert _said(app, "home.index", words="x", result="y")[1][0] == "How both of you will see it"
    assert _said(app, "home.index", words="x", nothing="y")[0][0] == "What you wrote"


@pytest.fixture
def ended(make, browse):
    """A form that is sent when the sign-in has ended; the page that keeps it."""
    case = make.case()
    person = accounts.get(case.activator_id)
    browser = browse(person)
    for row in db.session.query(SignIn).filter_by(person_id=person.id):
        row.ended_at = clock.now()
    page = f"/casework/cases/{case.id}"
    typed = {"outcome": "no_answer", "said": "Nobody came", "next_step": ""}
    browser.post(f"{page}/notes", typed, headers={"Referer": f"http://localhost{page}"})
    return browse(person).get("/account/kept").text


def test_the_kept_page_has_the_labels_of_the_form(ended):
    assert "<dt>How did it go?</dt><dd>" in ended
    assert "No answer" in ended
    assert "<dt>said</dt>" not in ended
    assert "<dt>outcome</dt>" not in ended


def test_the_page_of_a_stale_save_has_the_labels_of_the_form(make, browse):
    case = make.case()
    row = make.parts(case.beneficiary_id).identity
    address = f"/casework/identities/{row.id}"
    browser = browse(accounts.get(case.activator_id))
    browser.post(address, {"first_name": "One", "version": row.version})
    page = browser.post(address, {"first_name": "Two", "version": 1}).text
    assert "<dt>First name</dt>" in page
    assert "<dt>first_name</dt>" not in page
    assert "Saved meanwhile" in page
