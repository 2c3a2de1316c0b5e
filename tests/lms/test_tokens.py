"""Links: one purpose, once, until a day; looking never uses them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from lms import clock, db, tokens
from lms.errors import NotFound
from lms.tokens import Token
from tests.races import race

WEEK = timedelta(days=7)


@pytest.fixture
def issued(database):
    row = tokens.issue("invitation", uuid4(), lasts=WEEK, by=None)
    db.session.commit()
    return row


def test_a_link_opens_its_purpose_only(issued):
    text = tokens.written(issued.id)
    assert tokens.find(text, "invitation") is issued
    with pytest.raises(NotFound):
        tokens.find(text, "password")
    assert tokens.find_any(text, ("password", "invitation")) is issued


def test_the_row_holds_only_a_hash(issued):
    text = tokens.written(issued.id)
    assert len(text) >= 43
    assert text.encode() not in issued.digest
    assert len(issued.digest) == 32
    assert issued.digest not in text.encode()


def test_a_link_is_used_once(issued):
    tokens.use(issued)
    db.session.commit()
    with pytest.raises(NotFound):
        tokens.use(issued)
    with pytest.raises(NotFound):
        tokens.find(tokens.written(issued.id), "invitation")


def test_of_many_who_use_it_at_once_one_gets_it(issued):
    token_id = issued.id

    def use():
        with db.unit():
            tokens.use(db.session.get_one(Token, token_id))
            return "used"

    results = race(*[use] * 6)
    assert results.count("used") == 1
    assert all(r == "used" or isinstance(r, NotFound) for r in results)


def test_a_link_ends_by_itself(issued):
    with clock.held(clock.now() + WEEK + timedelta(seconds=1)), pytest.raises(NotFound):
        tokens.find(tokens.written(issued.id), "invitation")


def test_a_newer_link_ends_the_older(issued):
    newer = tokens.issue("invitation", issued.subject_id, lasts=WEEK, by=None)
    db.session.commit()
    db.session.expire_all()
    with pytest.raises(NotFound):
        tokens.find(tokens.written(issued.id), "invitation")
    assert tokens.find(tokens.written(newer.id), "invitation") is newer


def test_unknown_used_old_and_revoked_are_one_page(issued, browse, make):
    text = tokens.written(issued.id)
    tokens.use(issued)
    db.session.commit()
    browser = browse()
    answers = {browser.get(f"/t/{t}").data for t in (text, text[:-1], "x", "A" * 43)}
    assert len(answers) == 1
    assert browser.get(f"/t/{text}").status_code == 404
