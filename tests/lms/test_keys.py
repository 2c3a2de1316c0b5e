"""Sealed columns: nothing moved, changed or erased can be read."""

import json
import stat
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms import db, keys
from lms.drafts import Draft
from lms.keys import Erased, Ring, Subject, SubjectKey, Unreadable


@pytest.fixture
def me(make):
    return make.actor(make.person("trainee"))


def _draft(me, text, key_id=None, form="/a"):
    from lms import clock

    row = Draft(
        person_id=me.id, form=form, saved_at=clock.now(), key_id=key_id or me.key_id, body=b""
    )
    keys.seal(row, by=me, body=text)
    db.session.add(row)
    db.session.commit()
    return row


def test_what_is_sealed_can_be_opened(me):
    row = _draft(me, "parole")
    assert b"parole" not in row.body
    assert keys.open_row(row, by=me).body == "parole"


def test_equal_texts_do_not_look_equal(me):
    assert _draft(me, "parole").body != _draft(me, "parole", form="/b").body


def test_what_was_moved_to_another_row_is_refused(me):
    one, other = _draft(me, "one"), _draft(me, "other", form="/b")
    one.body = other.body
    with pytest.raises(Unreadable):
        keys.open_row(one, by=me)


def test_what_was_moved_to_another_column_is_refused(me, make):
    from lms import accounts

    person = accounts.get(me.id)
    keys.seal(person, by=me, tax_code="one", birth_date="other")
    person.tax_code = person.birth_date
    with pytest.raises(Unreadable):
        keys.opened(person, "tax_code", by=me)


def test_what_was_moved_to_another_table_is_refused(me):
    from lms import accounts

    row, person = _draft(me, "one"), accounts.get(me.id)
    person.tax_code = row.body
    with pytest.raises(Unreadable):
        keys.opened(person, "tax_code", by=me)


def test_what_was_moved_under_another_key_is_refused(me):
    other = keys.new_key(Subject.CASE, me.programme_id)
    db.session.commit()
    row = _draft(me, "one")
    row.key_id = other.id
    with pytest.raises(Unreadable):
        keys.open_row(row, by=me)


@pytest.mark.parametrize("place", [0, 1, 13, -1])
def test_a_changed_byte_is_seen(me, place):
    row = _draft(me, "one")
    changed = bytearray(row.body)
    changed[place] ^= 1
    row.body = bytes(changed)
    with pytest.raises(Unreadable):
        keys.open_row(row, by=me)


def test_a_key_moved_to_another_subject_is_refused(me):
    one = keys.new_key(Subject.CASE, me.programme_id)
    other = keys.new_key(Subject.CASE, me.programme_id)
    db.session.commit()
    row = _draft(me, "one", key_id=one.id)
    other.wrapped, row.key_id = one.wrapped, other.id
    db.session.commit()
    db.session.remove()
    with pytest.raises(Unreadable):
        keys.open_row(db.session.get_one(Draft, row.id), by=me)


def test_an_erased_subject_can_never_be_read_again(me):
    key = keys.new_key(Subject.CASE, me.programme_id)
    row = _draft(me, "one", key_id=key.id)
    keys.destroy(key)
    db.session.commit()
    with pytest.raises(Erased):
        keys.opened(row, "body", by=me)
    plain = keys.open_row(row, by=me)
    assert (plain.erased, plain.body) == (True, None)
    assert db.session.get_one(SubjectKey, key.id).wrapped is None


def test_an_erased_page_says_so(make, browse, monkeypatch):
    from lms.views import account

    def gone(*_, **__):
        raise Erased("key")

    monkeypatch.setattr(account.drafts, "opened", gone)
    assert browse(make.person("trainee")).get("/account/kept").status_code == 410


def test_all_keys_of_a_list_come_in_one_statement(me, statements):
    def statements_for(many):
        rows = []
        for number in range(many):
            key = keys.new_key(Subject.CASE, me.programme_id)
            rows.append(_draft(me, f"text {number}", key_id=key.id, form=f"/{many}/{number}"))
        ids = [row.id for row in rows]
        db.session.remove()
        rows = list(db.session.scalars(select(Draft).where(Draft.id.in_(ids))))
        with statements() as seen:
            assert len(keys.open_rows(rows, by=me)) == many
        return len(seen)

    assert statements_for(1) == statements_for(10) == 1


def test_data_keys_are_wrapped(me, settings):
    db.session.expire_all()
    stored = db.session.get_one(SubjectKey, me.key_id)
    keys._fetch([me.key_id])
    used = keys._cache(db.session())[me.key_id]
    assert used not in stored.wrapped


def test_a_newer_master_key_wraps_and_the_older_still_opens(me):
    row, before = _draft(me, "one"), keys.ring()
    newer = Ring(
        (("newer", bytes(32)), *before.masters), before.token, before.session, before.anchor,
        before.blind,
    )  # fmt: skip
    try:
        keys.bind(newer)
        db.session.remove()
        assert keys.open_row(db.session.get_one(Draft, row.id), by=me).body == "one"
        assert keys.new_key(Subject.CASE, me.programme_id).master == "newer"
        db.session.rollback()
        keys.bind(Ring((newer.masters[0],), *list(vars(before).values())[1:]))
        db.session.remove()
        with pytest.raises(Unreadable, match="holds no master key"):
            keys.open_row(db.session.get_one(Draft, row.id), by=me)
    finally:
        db.session.remove()
        keys.bind(before)


def test_what_the_ring_seals_is_bound_to_its_place_and_outlives_a_newer_master(me):
    row_id, other = uuid4(), uuid4()
    kept = keys.ring_sealed("once", "receipt", row_id, "parole")
    assert b"parole" not in kept
    before = keys.ring()
    keys.bind(replace(before, masters=Ring.new().masters + before.masters))
    try:
        assert keys.ring_opened("once", "receipt", row_id, kept) == "parole"
        for place in (("once", "receipt", other), ("once", "target", row_id)):
            with pytest.raises(Unreadable):
                keys.ring_opened(*place, kept)
    finally:
        keys.bind(before)
    with pytest.raises(Unreadable):
        keys.ring_opened("once", "receipt", row_id, b"00000000" + kept[8:])
    assert keys.take_readings(db.session()) == []


def test_a_ring_is_readable_by_its_owner_alone_and_never_replaced(tmp_path):
    path = tmp_path / "keys.json"
    ring = Ring.new()
    ring.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Ring.load(path) == ring
    with pytest.raises(FileExistsError):
        Ring.new().save(path)
    assert len({ring.token, ring.session, ring.anchor, ring.blind, ring.masters[0][1]}) == 5
    assert all(len(secret) == 32 for secret in (ring.token, ring.session))
    assert json.loads(path.read_text())["masters"]


def test_a_blind_index_finds_the_same_text_and_tells_nothing():
    assert keys.blind("surname", "Niccolò") == keys.blind("surname", " NICCOLO ")
    assert keys.blind("surname", "D’Angelo") == keys.blind("surname", "D'ANGELO")
    assert keys.blind("surname", "Rossi") != keys.blind("tax code", "Rossi")
    assert len(keys.blind("surname", "Rossi")) == 12
