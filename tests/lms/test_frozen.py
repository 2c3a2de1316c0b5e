"""Frozen documents: one canonical form, a digest that shows every change, erased is not broken."""

import unicodedata
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Date, Integer, LargeBinary, MetaData, String, Table, Uuid, select
from sqlalchemy.exc import DatabaseError

from lms import db, frozen, keys

FACTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def me(make):
    return make.actor(make.person("manager"))


def test_the_canonical_form():
    class Kind(StrEnum):
        ONE = "one"

    value = {
        "z": [1, True, None],
        "a": "Niccolo\u0300",
        "when": datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Europe/Rome")),
        "day": date(2026, 11, 24),
        "id": UUID(int=10),
        "kind": Kind.ONE,
        "bytes": b"\x00\xff",
    }
    assert frozen.canonical(value).decode() == (
        '{"a":"Niccolò","bytes":"00ff","day":"2026-11-24",'
        '"id":"00000000-0000-0000-0000-00000000000a","kind":"one",'
        '"when":"2026-11-24T08:00:00.000000Z","z":[1,true,null]}'
    )


def test_there_are_no_fractions():
    with pytest.raises(TypeError):
        frozen.canonical({"x": 0.5})


def _moment(day):
    """A moment of a day, to the microsecond."""
    return datetime(day.year, day.month, day.day, 23, 59, 1, day.toordinal() % 10**6, UTC)


LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
COLUMNS = [
    (String(), st.none() | st.text(LETTERS).map(lambda t: unicodedata.normalize("NFC", t))),
    (Integer(), st.none() | st.integers(-(2**31), 2**31 - 1)),
    (Uuid(), st.none() | st.uuids()),
    (LargeBinary(), st.none() | st.binary(max_size=40)),
    (Date(), st.none() | st.dates()),
    (db.UtcTime(), st.none() | st.dates(date(1900, 1, 1)).map(_moment)),
]


@pytest.mark.parametrize(("kind", "values"), COLUMNS, ids=lambda c: type(c).__name__)
def test_what_the_database_holds_is_said_as_what_the_program_reads(kind, values, app):
    table = Table("of_a_moment", MetaData(), Column("x", kind), prefixes=["TEMPORARY"])
    with db.engine().connect() as connection:
        table.create(connection)
        raw, said = select(db.raw(table.c.x)), frozen.reader(table.c.x)

        @given(values)
        def same(value):
            connection.execute(table.delete())
            connection.execute(table.insert(), {"x": value})
            assert said(connection.scalar(raw)) == frozen.canonical(value).decode()

        same()
        connection.rollback()


@given(st.dictionaries(st.text(), FACTS))
def test_the_order_in_which_it_was_written_does_not_matter(value):
    turned = dict(reversed(list(value.items())))
    assert frozen.canonical(value) == frozen.canonical(turned)


def test_what_is_frozen_reads_as_it_was(me):
    row = frozen.freeze("plan", uuid4(), {"text": "parole"}, by=me)
    db.session.commit()
    assert frozen.read(row, by=me) == {"format": "affianca/plan/1", "text": "parole"}
    assert row.digest == frozen.digest(row.salt, row.body)


def test_a_change_is_seen(me):
    row = frozen.freeze("plan", uuid4(), {"text": "parole"}, by=me)
    db.session.commit()
    row.body = row.body.replace(b"parole", b"altre.")
    with pytest.raises(frozen.Broken):
        frozen.read(row, by=me)
    db.session.rollback()


def test_the_database_refuses_the_change(me):
    row = frozen.freeze("plan", uuid4(), {"text": "parole"}, by=me)
    db.session.commit()
    row.number = 2
    with pytest.raises(DatabaseError, match="only grows"):
        db.session.commit()
    db.session.rollback()


def test_sealed_and_erased_it_is_not_broken(me):
    key = keys.new_key(keys.Subject.CASE, me.programme_id)
    row = frozen.freeze("plan", uuid4(), {"text": "parole"}, key_id=key.id, by=me)
    db.session.commit()
    assert b"parole" not in row.body
    assert frozen.read(row, by=me)["text"] == "parole"
    keys.destroy(key)
    db.session.commit()
    with pytest.raises(keys.Erased):
        frozen.read(row, by=me)


def test_equal_contents_have_different_digests(me):
    """The salt keeps a reader of digests from guessing what was erased."""
    one, other = (frozen.freeze("plan", uuid4(), {"text": "x"}, by=me) for _ in range(2))
    assert one.digest != other.digest
    db.session.rollback()


def test_a_number_is_used_once(me):
    subject = uuid4()
    frozen.freeze("plan", subject, {}, by=me)
    frozen.freeze("plan", subject, {}, by=me)
    with pytest.raises(DatabaseError):
        db.session.commit()
    db.session.rollback()
