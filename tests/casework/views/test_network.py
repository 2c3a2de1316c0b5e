"""The pages of the network."""

import pytest

from casework.network import Body, BodyState, Operator
from lms import db


def test_the_manager_adds_a_body_and_says_who_speaks_for_it(make, browse):
    partner = make.person("partner", name="Speaker Somebody")
    browser = browse(make.person("manager"))
    answer = browser.post("/casework/network", {"name": "Casa", "kind": "third_sector"})
    assert answer.status_code == 303
    grant_id = _grant(partner)
    linked = browser.post(f"{answer.location}/operators", {"person": grant_id})
    assert linked.status_code == 303
    assert "Speaker Somebody" in browser.get("/casework/network").text
    assert db.session.query(Operator).one().person_id == partner.id


def _grant(person):
    from lms.accounts import Grant

    return str(db.session.query(Grant.id).filter_by(person_id=person.id).scalar())


def test_somebody_who_is_no_partner_cannot_be_chosen(make, browse):
    body, trainee = make.body(), make.person("trainee")
    answer = browse(make.person("manager")).post(
        f"/casework/network/{body.id}/operators", {"person": _grant(trainee)}
    )
    assert answer.status_code == 422
    assert "Choose one from the list" in answer.text


def test_a_name_that_is_there_already_is_refused_and_kept(make, browse):
    make.body("Casa")
    answer = browse(make.person("manager")).post(
        "/casework/network", {"name": "casa", "kind": "school"}
    )
    assert answer.status_code == 422
    assert 'value="casa"' in answer.text
    assert "already a body" in answer.text


@pytest.mark.parametrize(
    ("move", "state"), [("doubt", BodyState.TO_BE_CHECKED), ("close", BodyState.CLOSED)]
)
def test_the_manager_keeps_the_states(make, browse, move, state):
    body = make.body()
    browser = browse(make.person("manager"))
    assert browser.post(f"/casework/network/{body.id}/{move}").status_code == 303
    assert db.session.get(Body, body.id).state == state
    assert browser.get(f"/casework/network/{body.id}").status_code == 200


def test_a_check_of_what_is_active_is_refused(make, browse):
    body = make.body()
    answer = browse(make.person("manager")).post(f"/casework/network/{body.id}/check")
    assert answer.status_code == 409


def test_an_activator_reads_the_network_and_changes_nothing(make, browse):
    body = make.body("Casa")
    browser = browse(make.person("activator"))
    page = browser.get("/casework/network").text
    assert "Casa" in page
    assert "Add a body" not in page
    assert browser.get(f"/casework/network/{body.id}").status_code == 404
    assert browser.post("/casework/network", {"name": "x"}).status_code == 404


def test_statements_do_not_grow_with_bodies(make, browse, statements):
    browser = browse(make.person("manager"))
    make.partner()
    browser.get("/casework/network")
    with statements() as one:
        browser.get("/casework/network")
    for _ in range(9):
        make.partner()
    with statements() as ten:
        browser.get("/casework/network")
    assert len(one) == len(ten)
