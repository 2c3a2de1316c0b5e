"""A repeated POST has one effect, and both get the first answer."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms import db, keys, once
from lms.accounts import Person
from lms.mail import Mail
from lms.once import Answer, DifferentBody, Once
from tests.races import race

BODY = once.body_hash({"a": ["1"]})


@pytest.fixture
def administrator(make):
    return make.person("administrator")


INVITATION = {"name": "Nuova Persona", "mail": "nuova@demo.example", "role": "trainer"}


def _people():
    return db.session.scalar(select(func.count()).select_from(Person))


def test_a_repeated_post_has_one_effect_and_one_answer(administrator, browse):
    browser, key, before = browse(administrator), str(uuid4()), _people()
    first = browser.post("/admin/people", INVITATION, once=key)
    second = browser.post("/admin/people", INVITATION, once=key)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert _people() == before + 1
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 1
    assert browser.get("/admin/people").text.count("is on its way") == 2


def test_a_receipt_that_names_somebody_lies_sealed(administrator, browse):
    browse(administrator).post("/admin/people", INVITATION)
    row = db.session.scalars(select(Once)).one()
    assert b"nuova@demo.example" not in row.receipt
    assert "nuova@demo.example" in keys.ring_opened("once", "receipt", row.id, row.receipt)
    names = [c.name for c in Once.__table__.columns if c.name != "receipt"]
    assert not [n for n in names if "nuova" in str(getattr(row, n))]


def test_the_same_key_with_another_body_is_shown(administrator, browse):
    browser, key = browse(administrator), str(uuid4())
    browser.post("/admin/people", INVITATION, once=key)
    other = INVITATION | {"name": "Altra Persona", "mail": "altra@demo.example"}
    answer = browser.post("/admin/people", other, once=key)
    assert answer.status_code == 409
    assert "Altra Persona" in answer.text
    assert db.session.scalar(select(Person).where(Person.mail == "altra@demo.example")) is None


def test_what_was_refused_may_be_sent_again_under_its_key(administrator, browse):
    browser, key = browse(administrator), str(uuid4())
    assert browser.post("/admin/people", INVITATION | {"mail": "x"}, once=key).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Once)) == 0
    assert browser.post("/admin/people", INVITATION, once=key).status_code == 303


def test_another_persons_key_is_another_key(make, administrator, browse):
    key = str(uuid4())
    browse(administrator).post("/admin/people", INVITATION, once=key)
    other = browse(make.person("manager")).post(
        "/admin/people", INVITATION | {"mail": "altra@demo.example"}, once=key
    )
    assert other.status_code == 303


def test_two_at_once_have_one_effect(administrator, browse):
    """Two clicks reach two threads: one acts, the other waits and gets its answer."""
    browsers, key, before = [browse(administrator) for _ in range(4)], str(uuid4()), _people()
    answers = race(
        *(lambda b=b: b.post("/admin/people", INVITATION, once=key).status_code for b in browsers)
    )
    assert answers == [303] * 4
    assert _people() == before + 1


def test_the_claim_is_the_first_write(make):
    by = make.actor(make.person("trainee"))
    assert once.begin("/x", "key", BODY, by=by) is None
    once.finish("/x", "key", Answer("/there", ["said"]), by=by)
    db.session.commit()
    assert once.begin("/x", "key", BODY, by=by) == Answer("/there", ["said"])
    assert once.begin("/y", "key", BODY, by=by) is None
    with pytest.raises(DifferentBody):
        once.begin("/x", "key", once.body_hash({"a": ["2"]}), by=by)
    db.session.rollback()


def test_tokens_do_not_belong_to_the_body():
    sent = {"csrf_token": ["one"], "once": ["k"], "a": ["1"]}
    assert once.body_hash(sent) == BODY


def test_claims_race(make):
    by = make.actor(make.person("trainee"))

    def claim():
        with db.unit():
            return once.begin("/x", "key", BODY, by=by) is None

    assert sorted(race(*[claim] * 6)) == [False] * 5 + [True]
