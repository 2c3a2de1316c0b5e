"""The pages of activators: made, authorised, let in; and her own authorisation."""

from io import BytesIO

import pytest

from casework.activators import Activator, Stage
from lms import db
from lms.accounts import Grant

PAPER = b"%PDF-1.7 signed"


@pytest.fixture
def manager(make):
    return make.person("manager")


def test_the_manager_makes_an_activator_of_a_trainee(make, browse, manager):
    trainee, hub = make.person("trainee"), make.hub()
    grant_id = db.session.query(Grant.id).filter_by(person_id=trainee.id).scalar()
    answer = browse(manager).post(
        "/casework/activators", {"person": str(grant_id), "hub": str(hub.id)}
    )
    assert answer.status_code == 303
    row = db.session.query(Activator).one()
    assert (row.person_id, row.hub_id, row.stage) == (trainee.id, hub.id, Stage.TRAINING)


def test_somebody_who_is_an_activator_already_cannot_be_chosen(make, browse, manager):
    row = make.trainee_activator()
    grants = db.session.query(Grant.id).filter_by(person_id=row.person_id).all()
    for (grant_id,) in grants:
        answer = browse(manager).post(
            "/casework/activators", {"person": str(grant_id), "hub": str(row.hub_id)}
        )
        assert answer.status_code == 422


def test_four_conditions_stand_on_her_page_and_the_act_is_shut(make, browse, manager):
    row = make.trainee_activator()
    page = browse(manager).get(f"/casework/activators/{row.id}").text
    assert page.count("Missing</span>") == 4
    assert "unit 1.10 is not passed" in page
    assert f'action="/casework/activators/{row.id}/supervised"' not in page


def test_the_act_is_refused_by_the_server_too(make, browse, manager):
    row = make.authorised_activator()
    answer = browse(manager).post(f"/casework/activators/{row.id}/supervised")
    assert answer.status_code == 409
    assert "unit 1.10 is not passed" in answer.text
    assert db.session.get(Activator, row.id).stage == Stage.TRAINING


def test_the_act_opens_living_cases(make, browse, manager, monkeypatch):
    monkeypatch.setattr("courses.quizzes.gate_passed", lambda *_, **__: True)
    row = make.authorised_activator()
    row.person.factor_secret = b"sealed"
    db.session.commit()
    browser = browse(manager)
    assert "Open living cases" in browser.get(f"/casework/activators/{row.id}").text
    assert browser.post(f"/casework/activators/{row.id}/supervised").status_code == 303
    assert db.session.get(Activator, row.id).stage == Stage.SUPERVISED
    assert "may hold living cases" in browser.get(f"/casework/activators/{row.id}").text


def test_autonomy_waits_for_the_certificate_and_is_shown_to_both(make, browse, manager):
    early, row = make.activator(), make.activator(person=make.certificate().group.trainees[0])
    browser = browse(manager)
    address = f"/casework/activators/{early.id}"
    assert "Not yet: her hours are not certified." in browser.get(address).text
    assert f"{address}/autonomous" not in browser.get(address).text
    refused = browser.post(f"{address}/autonomous")
    assert refused.status_code == 409
    assert "her hours are not certified" in refused.text
    address = f"/casework/activators/{row.id}"
    assert f"{address}/autonomous" in browser.get(address).text
    assert browser.post(f"{address}/autonomous").status_code == 303
    assert "stands on her own" in browser.get(address).text
    assert f"{address}/autonomous" not in browser.get(address).text
    assert "autonomous" in browser.get("/casework/activators").text
    hers = browse(row.person).get("/casework/authorisation").text
    assert "You have stood on your own since" in hers
    assert browse(row.person).post(f"{address}/autonomous").status_code == 404


def test_an_authorisation_is_given_with_its_paper_read_and_accepted(make, browse, manager):
    row = make.trainee_activator()
    giving, reading = browse(manager), browse(row.person)
    answer = giving.post(
        f"/casework/activators/{row.id}/authorisation",
        {"text": "You may.", "file": (BytesIO(PAPER), "signed.pdf")},
    )
    assert answer.status_code == 303
    assert giving.get(f"/casework/activators/{row.id}/paper").data == PAPER
    page = reading.get("/casework/authorisation").text
    assert "You may." in page
    db.session.refresh(row)
    for unsaid in ({}, {"version": "x"}):
        assert reading.post(f"/casework/authorisation/{row.id}", unsaid).status_code == 409
    accepted = reading.post(f"/casework/authorisation/{row.id}", {"version": row.version})
    assert accepted.status_code == 303
    db.session.refresh(row)
    assert row.accepted_at is not None
    assert reading.post(f"/casework/authorisation/{row.id}").status_code == 409


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": ""}, "This field is required"),
        ({"text": "You may.", "file": (BytesIO(b"MZ"), "a.pdf")}, "Only PDF"),
    ],
)
def test_a_wrong_authorisation_is_refused_and_nothing_kept(make, browse, manager, typed, said):
    row = make.trainee_activator()
    answer = browse(manager).post(f"/casework/activators/{row.id}/authorisation", typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.get(Activator, row.id).authorised_on is None


def test_nobody_accepts_or_reads_the_authorisation_of_another(make, browse):
    row, other = make.authorised_activator(), make.trainee_activator()
    browser = browse(other.person)
    assert browser.post(f"/casework/authorisation/{row.id}").status_code == 404
    assert browser.get(f"/casework/activators/{row.id}/paper").status_code == 404
    assert browser.get(f"/casework/activators/{row.id}").status_code == 404


def test_the_first_page_leads_to_what_is_to_be_accepted(make, browse, manager):
    row = make.trainee_activator()
    browse(manager).post(f"/casework/activators/{row.id}/authorisation", {"text": "You may."})
    assert "Read and accept your authorisation" in browse(row.person).get("/").text


def test_statements_of_the_list_do_not_grow(make, browse, statements, manager):
    hub = make.hub()
    make.activator(hub)
    browser = browse(manager)
    browser.get("/casework/activators")
    with statements() as one:
        browser.get("/casework/activators")
    for _ in range(9):
        make.trainee_activator(hub)
        make.person("trainee")
    with statements() as ten:
        browser.get("/casework/activators")
    assert len(one) == len(ten)
