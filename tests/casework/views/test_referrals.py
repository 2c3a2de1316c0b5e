"""The pages of referrals: the sender's, and the manager's answer."""

import pytest

from casework.cases import Case
from casework.referrals import Referral, ReferralState
from lms import accounts, audit, db, keys
from tests.making.referrals import NAME, REASON, SURNAME

TYPED = {
    "name": NAME, "surname": SURNAME, "contact": "a telephone", "reason": REASON,
    "urgency": "soon", "is_informed": "y",
}  # fmt: skip


@pytest.fixture
def manager(make):
    return make.person("manager")


def choices(make, sender):
    from casework.network import Operator

    hub = make.hub()
    body_id = db.session.query(Operator.body_id).filter_by(person_id=sender.id).scalar()
    return {"hub": str(hub.id), "body": str(body_id)}


# The sender


def test_a_partner_refers_somebody_and_gets_a_code(make, browse):
    sender = make.partner()
    browser = browse(sender)
    answer = browser.post("/casework/referrals/new", {**TYPED, **choices(make, sender)})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    referral = db.session.query(Referral).one()
    assert referral.code in page
    opened = keys.open_row(referral, by=make.actor(sender))
    assert (opened.name, opened.reason) == (NAME, REASON)
    assert (referral.sent_by_id, referral.is_informed) == (sender.id, True)


@pytest.mark.parametrize("lacking", ["name", "contact", "reason", "hub", "body"])
def test_what_is_missing_is_said_and_what_was_typed_is_kept(make, browse, lacking):
    sender = make.partner()
    typed = {**TYPED, **choices(make, sender), lacking: ""}
    answer = browse(sender).post("/casework/referrals/new", typed)
    assert answer.status_code == 422
    assert SURNAME in answer.text
    assert db.session.query(Referral).count() == 0


def test_nobody_refers_for_a_body_that_is_not_hers(make, browse):
    sender, other = make.partner(), make.body()
    typed = {**TYPED, **choices(make, sender), "body": str(other.id)}
    assert browse(sender).post("/casework/referrals/new", typed).status_code == 422


def test_a_referral_sent_twice_is_one(make, browse):
    sender = make.partner()
    typed = {**TYPED, **choices(make, sender)}
    browser = browse(sender)
    for _ in range(2):
        assert browser.post("/casework/referrals/new", typed, once="same").status_code == 303
    assert db.session.query(Referral).count() == 1


def test_the_sender_sees_state_and_outcome_and_nothing_that_was_written(make, browse):
    referral = make.referral()
    browser = browse(accounts.get(referral.sent_by_id))
    for address in ("/casework/referrals/sent", f"/casework/referrals/sent/{referral.id}"):
        page = browser.get(address).text
        assert referral.code in page
        assert "with the programme" in page
        assert not any(canary in page for canary in (NAME, SURNAME, REASON, "canary"))


def test_another_partner_of_the_same_body_sees_nothing_of_it(make, browse):
    body = make.body()
    referral = make.referral(by=make.partner(body))
    browser = browse(make.partner(body))
    assert referral.code not in browser.get("/casework/referrals/sent").text
    assert browser.get(f"/casework/referrals/sent/{referral.id}").status_code == 404


def test_the_sender_answers_what_she_is_asked(make, browse, manager):
    referral = make.referral()
    asking, sending = browse(manager), browse(accounts.get(referral.sent_by_id))
    asking.post(f"/casework/referrals/{referral.id}/ask", {"question": "Where does she live?"})
    page = sending.get(f"/casework/referrals/sent/{referral.id}").text
    assert "Where does she live?" in page
    answered = sending.post(
        f"/casework/referrals/sent/{referral.id}/information", {"information": "With her sister."}
    )
    assert answered.status_code == 303
    mine = sending.get(f"/casework/referrals/sent/{referral.id}").text
    assert mine.index("Where does she live?") < mine.index("You answered on")
    theirs = asking.get(f"/casework/referrals/{referral.id}").text
    assert theirs.index("The sender, on") < theirs.index("With her sister.")


def test_an_empty_answer_is_refused(make, browse, manager):
    referral = make.referral()
    browse(manager).post(f"/casework/referrals/{referral.id}/ask", {"question": "Where?"})
    answer = browse(accounts.get(referral.sent_by_id)).post(
        f"/casework/referrals/sent/{referral.id}/information", {"information": ""}
    )
    assert answer.status_code == 422


# The manager


def test_the_list_shows_codes_and_opens_nothing(make, browse, manager):
    referral = make.referral()
    page = browse(manager).get("/casework/referrals").text
    assert referral.code in page
    assert not any(canary in page for canary in (NAME, SURNAME, REASON, "canary"))
    assert not [e for e in audit.who_saw(referral.id) if e.actor_id == manager.id]


def test_opening_one_leaves_one_entry(make, browse, manager):
    referral = make.referral()
    page = browse(manager).get(f"/casework/referrals/{referral.id}").text
    assert all(text in page for text in (NAME, SURNAME, REASON))
    seen = [e for e in audit.who_saw(referral.id) if e.actor_id == manager.id]
    assert [e.what for e in seen] == ["open referral:triage"]


def test_reading_the_referral_of_a_case_is_told_under_the_case(make, browse, manager):
    case = make.case()
    browse(manager).get(f"/casework/referrals/{case.referral_id}")
    seen = [e for e in audit.who_saw(case.id) if e.actor_id == manager.id]
    assert [e.what for e in seen] == ["open referral:triage"]


def test_the_manager_accepts_and_gives_it_to_an_activator(make, browse, manager):
    activator = make.activator()
    referral = make.referral(hub=activator.hub)
    browser = browse(manager)
    accepted = browser.post(f"/casework/referrals/{referral.id}/accept", {"answer": "Thank you."})
    assert accepted.status_code == 303
    assert "Open the case" in browser.get(accepted.location).text
    opened = browser.post(
        f"/casework/referrals/{referral.id}/case",
        {"hub": str(activator.hub_id), "activator": str(activator.id)},
    )
    assert opened.status_code == 303
    case = db.session.query(Case).one()
    assert (case.activator_id, case.referral_id) == (activator.person_id, referral.id)
    assert case.code in browser.get("/casework/referrals").text


def test_somebody_in_training_is_not_in_the_list_of_activators(make, browse, manager):
    activator = make.authorised_activator()
    referral = make.accepted_referral(hub=activator.hub)
    browser = browse(manager)
    page = browser.get(f"/casework/referrals/{referral.id}").text
    assert "Nobody may hold living cases yet" in page
    answer = browser.post(
        f"/casework/referrals/{referral.id}/case",
        {"hub": str(activator.hub_id), "activator": str(activator.id)},
    )
    assert answer.status_code == 422
    assert db.session.query(Case).count() == 0


def test_another_hub_is_refused_beside_the_field(make, browse, manager):
    activator, elsewhere = make.activator(), make.hub()
    referral = make.accepted_referral(hub=elsewhere)
    answer = browse(manager).post(
        f"/casework/referrals/{referral.id}/case",
        {"hub": str(elsewhere.id), "activator": str(activator.id)},
    )
    assert answer.status_code == 422
    assert "She stands at another hub." in answer.text


def test_a_referral_is_declined_with_words_only(make, browse, manager):
    referral = make.referral()
    browser = browse(manager)
    bare = browser.post(f"/casework/referrals/{referral.id}/decline", {"why": ""})
    assert bare.status_code == 422
    told = browser.post(f"/casework/referrals/{referral.id}/decline", {"why": "Too far away."})
    assert told.status_code == 303
    page = browse(accounts.get(referral.sent_by_id)).get(f"/casework/referrals/sent/{referral.id}")
    assert "Too far away." in page.text


def test_it_does_not_expire_before_its_time(make, browse, manager):
    referral = make.referral()
    browser = browse(manager)
    browser.post(f"/casework/referrals/{referral.id}/ask", {"question": "Where?"})
    assert "thirty days" in browser.get(f"/casework/referrals/{referral.id}").text
    assert browser.post(f"/casework/referrals/{referral.id}/expire").status_code == 409
    assert db.session.get(Referral, referral.id).state == ReferralState.WAITING


def test_what_is_answered_is_not_answered_again(make, browse, manager):
    referral = make.accepted_referral()
    browser = browse(manager)
    for move, typed in (("accept", {}), ("ask", {"question": "x"}), ("decline", {"why": "x"})):
        answer = browser.post(f"/casework/referrals/{referral.id}/{move}", typed)
        assert answer.status_code == 409, move
        assert "accepted" in answer.text


@pytest.mark.parametrize("role", ["partner", "activator", "senior", "administrator"])
def test_nobody_else_reads_referrals(make, browse, role):
    referral = make.referral()
    browser = browse(make.person(role))
    assert browser.get("/casework/referrals").status_code == 404
    assert browser.get(f"/casework/referrals/{referral.id}").status_code == 404


def test_statements_of_the_list_do_not_grow(make, browse, statements, manager):
    hub = make.hub()
    make.referral(hub=hub)
    browser = browse(manager)
    browser.get("/casework/referrals")
    with statements() as one:
        browser.get("/casework/referrals")
    for _ in range(9):
        make.referral(hub=hub)
    with statements() as ten:
        browser.get("/casework/referrals")
    assert len(one) == len(ten)


# The first page


def test_the_first_page_says_what_awaits_manager_and_partner(make, browse, manager):
    referral = make.referral()
    assert "Answer a referral" in browse(manager).get("/").text
    browse(manager).post(f"/casework/referrals/{referral.id}/ask", {"question": "Where?"})
    page = browse(accounts.get(referral.sent_by_id)).get("/").text
    assert f"Answer what is asked about {referral.code}" in page


def test_an_accepted_referral_waits_for_its_activator(make, browse, manager):
    make.accepted_referral()
    assert "Give an accepted referral its activator" in browse(manager).get("/").text
