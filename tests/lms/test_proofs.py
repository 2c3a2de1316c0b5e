"""Proofs: a table that only grows holds exactly the rows that its chain tells of."""

from uuid import UUID

import pytest
from sqlalchemy import text, update

from lms import audit, chains, db, frozen, proofs
from lms.chains import Kind, Note
from tests.tampering import chain_of, past_the_triggers, rewrite


@pytest.fixture
def me(make):
    return make.actor(make.person("manager"))


@pytest.fixture
def written(me):
    """The programme's audit chain with twelve more entries, each of its own transaction."""
    for number in range(12):
        audit.record("thing done", by=me, detail={"number": number})
        db.session.commit()
    return chain_of(me.programme_id)


@pytest.fixture
def document(me):
    row = frozen.freeze("paper", UUID(int=7), {"said": "a"}, by=me)
    chains.add(Note(Kind.REGISTER, row.subject_id, "paper frozen", me.id, row=row))
    db.session.commit()
    return row


def _rows_fault(owner):
    chain = chain_of(owner, Kind.REGISTER)
    return proofs.verify(chain, {frozen.Frozen: frozen.Frozen.subject_id})[1]


def test_rows_and_chain_agree(document):
    assert _rows_fault(document.subject_id) is None


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE frozen_documents SET number = 2", "was changed"),
        ("DELETE FROM frozen_documents", "is gone"),
    ],
)
def test_a_row_that_differs_from_its_entry_is_named(document, sql, why):
    owner = document.subject_id
    with past_the_triggers() as connection:
        connection.execute(text(sql))
    assert why in str(_rows_fault(owner))


def test_a_row_without_an_entry_is_named(document, me):
    frozen.freeze("paper", document.subject_id, {"said": "b"}, number=2, by=me)
    db.session.commit()
    assert "in no entry" in str(_rows_fault(document.subject_id))


def test_a_row_that_is_told_of_twice_is_named(document, me):
    chains.add(Note(Kind.REGISTER, document.subject_id, "paper frozen", me.id, row=document))
    db.session.commit()
    assert "was told of before" in str(_rows_fault(document.subject_id))


def test_letters_that_the_program_settles_are_no_change(me):
    row = frozen.freeze("Niccolo\u0300", UUID(int=7), {"said": "a"}, by=me)
    chains.add(Note(Kind.REGISTER, row.subject_id, "paper frozen", me.id, row=row))
    db.session.commit()
    assert _rows_fault(row.subject_id) is None


def test_a_row_of_another_chain_is_none_of_this_one(document, me):
    owner = document.subject_id
    with past_the_triggers() as connection:
        connection.execute(update(frozen.Frozen.__table__).values(subject_id=UUID(int=8)))
    assert "is gone" in str(_rows_fault(owner))


@pytest.mark.parametrize("at_once", [1, 2, 5, 7, 2000])
def test_however_many_are_read_together_the_same_place_is_named(document, me, at_once):
    owner = document.subject_id
    for number in range(2, 8):
        row = frozen.freeze("paper", owner, {"said": "b"}, number=number, by=me)
        chains.add(Note(Kind.REGISTER, owner, "paper frozen", me.id, row=row))
    db.session.commit()
    chain = chain_of(owner, Kind.REGISTER)
    owned = {frozen.Frozen: frozen.Frozen.subject_id}
    assert proofs.verify(chain, owned, at_once=at_once) == (7, None)
    with past_the_triggers() as connection:
        connection.execute(
            update(frozen.Frozen.__table__)
            .where(frozen.Frozen.number.in_((5, 6)))
            .values(kind="other")
        )
    count, fault = proofs.verify(chain, owned, at_once=at_once)
    assert (count, fault.sequence, fault.is_row) == (7, 5, True)
    with past_the_triggers() as connection:
        rewrite(connection, chain, 6, body=b"{}")
    count, fault = proofs.verify(chain, owned, at_once=at_once)
    assert (count, fault.sequence, fault.is_row) == (5, 6, False), "a link is named before a row"


# Several at once
