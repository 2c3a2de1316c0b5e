"""The network: bodies, their states, and who speaks for them."""

import pytest

from casework import network
from casework.network import Body, BodyKind, BodyState
from lms import db
from lms.errors import Invalid, NotFound, WrongState


@pytest.fixture
def manager(make):
    return make.actor(make.person("manager"))


def test_a_body_has_a_name_of_its_own_whatever_the_letters(make, manager):
    make.body("Casa del quartiere")
    with pytest.raises(Invalid) as refusal:
        network.add("  casa  DEL quartiere ", BodyKind.THIRD_SECTOR, by=manager)
    assert "name" in refusal.value.fields


def test_a_body_needs_a_name(manager):
    with pytest.raises(Invalid):
        network.add("   ", BodyKind.SCHOOL, by=manager)


def test_a_body_is_checked_doubted_and_closed(make, manager):
    body = make.body()
    network.doubt(body, by=manager)
    assert body.state == BodyState.TO_BE_CHECKED
    network.check(body, by=manager)
    assert body.state == BodyState.ACTIVE
    network.close(body, by=manager)
    assert body.state == BodyState.CLOSED


@pytest.mark.parametrize("move", [network.check, network.doubt, network.close])
def test_what_is_closed_stays_closed(make, manager, move):
    body = make.body()
    network.close(body, by=manager)
    with pytest.raises(WrongState):
        move(body, by=manager)


def test_only_a_partner_speaks_for_a_body_and_once(make, manager):
    body, partner = make.body(), make.person("partner")
    with pytest.raises(NotFound):
        network.link(body, make.person("trainee"), by=manager)
    network.link(body, partner, by=manager)
    db.session.flush()
    with pytest.raises(Invalid):
        network.link(body, partner, by=manager)


def test_nobody_is_linked_to_a_closed_body(make, manager):
    body = make.body()
    network.close(body, by=manager)
    with pytest.raises(Invalid):
        network.link(body, make.person("partner"), by=manager)


def test_only_an_active_body_refers_people(make, manager):
    body = make.body()
    partner = make.actor(make.partner(body))
    assert db.session.query(Body).filter(network.of_active_body(partner)).all() == [body]
    network.doubt(body, by=manager)
    assert db.session.query(Body).filter(network.of_active_body(partner)).all() == []
