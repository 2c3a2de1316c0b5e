"""Hash chains: what is changed, taken out, put in or cut off is named by `lms audit verify`."""

from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from lms import audit, chains, clock, db, frozen, proofs
from lms.chains import Chain, Entry, Kind, Note
from tests.races import race, unit
from tests.tampering import chain_of, drop_triggers, past_the_triggers, rewrite


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


def test_an_untouched_record_holds(written, command):
    answer = command("audit", "verify")
    assert answer.exit_code == 0
    assert "All holds." in answer.output


def test_each_entry_follows_the_one_before(written):
    previous = chains.START
    for number, entry in enumerate(chains.entries(written), 1):
        assert (entry.sequence, entry.previous) == (number, previous)
        assert entry.hash == frozen.digest(previous, entry.body)
        previous = entry.hash
    assert (written.length, written.head) == (number, previous)


def test_what_was_rolled_back_leaves_no_entry(me):
    before = chains.count(Kind.AUDIT)
    audit.record("thing done", by=me)
    db.session.rollback()
    audit.record("other thing", by=me)
    db.session.commit()
    assert chains.count(Kind.AUDIT) == before + 1


def test_programmes_have_chains_of_their_own(make, me):
    other = make.programme()
    audit.record("thing done", by=None, programme_id=other.id)
    audit.record("of the installation", by=None)
    db.session.commit()
    assert chain_of(other.id).length == 1
    assert chain_of(chains.INSTALLATION).length >= 1


# Attacks

ATTACKS = {
    "changed": (5, "its content was changed"),
    "changed beside": (5, "the columns beside it were changed"),
    "deleted": (5, "an entry is missing"),
    "swapped": (5, "its content was changed"),
    "put in": (5, "it does not follow the entry before it"),
    "cut off": (None, "the end is missing"),
}


def _attack(connection, chain, name):
    here = {"c": chain.id.hex if connection.dialect.name == "sqlite" else chain.id}
    run = lambda sql, **more: connection.execute(text(sql), {**here, **more})  # noqa: E731
    match name:
        case "changed":
            entry = connection.execute(
                select(Entry.body).where(Entry.chain_id == chain.id, Entry.sequence == 5)
            ).scalar_one()
            rewrite(connection, chain, 5, body=entry.replace(b"done", b"seen"))
        case "changed beside":
            rewrite(connection, chain, 5, what="another thing")
        case "deleted":
            run("DELETE FROM chain_entries WHERE chain_id = :c AND sequence = 5")
        case "swapped":
            bodies = dict(
                tuple(row)
                for row in connection.execute(
                    select(Entry.sequence, Entry.body).where(
                        Entry.chain_id == chain.id, Entry.sequence.in_((5, 6))
                    )
                )
            )
            rewrite(connection, chain, 5, body=bodies[6])
            rewrite(connection, chain, 6, body=bodies[5])
        case "put in":
            rewrite(connection, chain, 5, previous=b"x" * 32)
        case "cut off":
            run("DELETE FROM chain_entries WHERE chain_id = :c AND sequence > 9")


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_named_with_its_place(name, written, command):
    with past_the_triggers() as connection:
        _attack(connection, written, name)
    place, why = ATTACKS[name]
    answer = command("audit", "verify")
    assert answer.exit_code == 1
    expected = place or 10
    assert f"audit chain {written.owner_id}, entry {expected}: {why}" in answer.output


def _cut(connection, chain, *, keep):
    """The careful attacker: she cuts the tail and mends the head."""
    last = connection.execute(
        select(Entry.hash).where(Entry.chain_id == chain.id, Entry.sequence == keep)
    ).scalar_one()
    entries, heads = Entry.__table__, Chain.__table__
    connection.execute(
        entries.delete().where(entries.c.chain_id == chain.id, entries.c.sequence > keep)
    )
    connection.execute(heads.update().where(heads.c.id == chain.id).values(length=keep, head=last))


def _compute_again(connection, chain, *, first):
    """The most careful one: she changes an entry and computes everything after it again."""
    rows = connection.execute(
        select(Entry.sequence, Entry.body, Entry.previous)
        .where(Entry.chain_id == chain.id, Entry.sequence >= first)
        .order_by(Entry.sequence)
    ).all()
    previous = rows[0].previous
    for sequence, body, _ in rows:
        if sequence == first:
            body = body.replace(b'"number":', b'"number":9')
        link = frozen.digest(previous, body)
        rewrite(connection, chain, sequence, body=body, previous=previous, hash=link)
        previous = link
    heads = Chain.__table__
    connection.execute(heads.update().where(heads.c.id == chain.id).values(head=previous))


@pytest.fixture
def anchor(settings, tmp_path):
    return tmp_path / "anchor.jsonl"


def test_a_cut_tail_is_seen_with_the_anchor(written, command, anchor):
    audit.anchor(anchor)
    length = written.length
    with past_the_triggers() as connection:
        _cut(connection, written, keep=9)
    answer = command("audit", "verify", "--anchor", str(anchor))
    assert answer.exit_code == 1
    place = f"audit chain {written.owner_id}, entry {length}"
    assert place in answer.output
    assert "the database has lost it" in answer.output


def test_a_tail_computed_again_is_seen_with_the_anchor(written, command, anchor):
    audit.anchor(anchor)
    with past_the_triggers() as connection:
        _compute_again(connection, written, first=8)
    answer = command("audit", "verify", "--anchor", str(anchor))
    assert answer.exit_code == 1
    assert "it is not the entry that the anchor knows" in answer.output
    assert str(written.owner_id) in answer.output


def test_an_anchor_that_we_did_not_sign_is_refused(written, command, anchor):
    audit.anchor(anchor)
    anchor.write_text(anchor.read_text().replace("audit", "audix"))
    answer = command("audit", "verify", "--anchor", str(anchor))
    assert answer.exit_code == 1
    assert "line 1 of the anchor was not signed" in answer.output


def test_an_anchor_holds_while_the_chain_grows(written, me, command, anchor):
    audit.anchor(anchor)
    audit.record("one more", by=me)
    db.session.commit()
    audit.anchor(anchor)
    assert command("audit", "verify", "--anchor", str(anchor)).exit_code == 0


def _replace(dialect):
    if dialect == "sqlite":
        return "INSERT OR REPLACE INTO chain_entries SELECT * FROM chain_entries WHERE sequence = 5"
    return (
        "INSERT INTO chain_entries SELECT * FROM chain_entries WHERE sequence = 5 "
        "ON CONFLICT (chain_id, sequence) DO UPDATE SET what = 'another thing'"
    )


CHANGES = (
    "UPDATE chain_entries SET what = 'x'",
    "DELETE FROM chain_entries",
    "replace",
    "truncate",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_itself_refuses(statement, written):
    dialect = db.engine().dialect.name
    if statement == "replace":
        statement = _replace(dialect)
    if statement == "truncate":
        statement = "DELETE FROM" if dialect == "sqlite" else "TRUNCATE"
        statement += " chain_subjects" if dialect != "sqlite" else " chain_entries"
    db.session.commit()
    with pytest.raises(DatabaseError, match="only grows"), db.engine().begin() as connection:
        connection.execute(text(statement))


def test_insert_or_replace_by_another_program_is_named(written, command):
    """Another program does not set our PRAGMAs: what passes there is still seen."""
    if db.engine().dialect.name != "sqlite":
        with past_the_triggers() as connection:
            connection.execute(text(_replace("postgresql")))
    else:
        import sqlite3

        db.session.commit()
        other = sqlite3.connect(db.engine().url.database)
        other.execute(
            "INSERT OR REPLACE INTO chain_entries SELECT chain_id, sequence, segment, at, "
            "'other', actor_id, row_table, row_id, previous, body, hash "
            "FROM chain_entries WHERE sequence = 5"
        )
        other.commit()
        other.close()
        db.session.expire_all()
    answer = command("audit", "verify")
    assert answer.exit_code == 1
    assert "entry 5: the columns beside it were changed" in answer.output


@pytest.mark.parametrize("table", db.append_only_tables())
def test_a_dropped_trigger_is_named(table, written, command, restore_triggers):
    drop_triggers(table)
    answer = command("audit", "verify")
    assert answer.exit_code == 1
    assert f"table {table}: its trigger was dropped" in answer.output


@pytest.fixture
def restore_triggers():
    """SQLite's file is put back by itself; PostgreSQL's triggers are switched on again."""
    yield
    db.session.rollback()
    if db.engine().dialect.name == "postgresql":
        with db.engine().begin() as connection:
            for table in db.append_only_tables():
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


# Rows beside their chain


def test_two_who_write_at_once_stand_one_after_the_other(me):
    def write(number):
        def run():
            with db.unit():
                audit.record("at once", by=me, detail={"number": number})

        return run

    results = race(*(write(n) for n in range(8)))
    assert results == [None] * 8
    chain = chain_of(me.programme_id)
    count, fault = proofs.verify(chain)
    assert fault is None
    assert count == chain.length
    doubled = db.session.execute(
        select(Entry.previous).group_by(Entry.chain_id, Entry.previous).having(func.count() > 1)
    ).all()
    assert doubled == []


def test_chains_locked_in_one_order_never_deadlock(me):
    """Whatever the order in which they are noted, the order of locks is one."""
    editions = [UUID(int=n) for n in (1, 2, 3)]

    def write(order):
        def run():
            with db.unit():
                audit.record("first", by=me)
                for owner in order:
                    chains.add(Note(Kind.REGISTER, owner, "stamp", me.id, at=clock.now()))

        return run

    works = [write(editions), write(editions[::-1])] * 4
    assert race(*works) == [None] * 8
    for owner in editions:
        assert chain_of(owner, Kind.REGISTER).length == 8


def test_the_first_two_entries_of_a_chain_at_once(me):
    """The head itself is made by one of them."""
    owner = UUID(int=99)
    note = lambda: chains.add(Note(Kind.REGISTER, owner, "stamp", me.id))  # noqa: E731
    assert race(unit(note), unit(note), unit(note)) == [None] * 3
    assert chain_of(owner, Kind.REGISTER).length == 3
