"""Verification names the first place where the register no longer says what was done."""

import hashlib
import json
import sqlite3
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from courses import commands, verification
from lms import audit, db, frozen
from tests.databases import KIND


@contextmanager
def outside():
    """A connection beside the program's. Afterwards nobody remembers the old form of the tables.

    Each test begins from a copy of the database, number of its form included: a connection kept
    from an earlier test could take one form for another.
    """
    db.session.rollback()
    db.engine().dispose()
    with db.engine().begin() as connection:
        yield connection
    db.engine().dispose()


@contextmanager
def unguarded(*tables):
    """Somebody with the keys of the server: triggers dropped, and put back afterwards."""
    sqlite = KIND == "sqlite"
    with outside() as connection:
        for table in tables:
            names = ("no_update", "no_delete") if sqlite else ("no_change", "no_truncate")
            for name in names:
                on = "" if sqlite else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER {table}_{name}{on}"))
        yield connection
        for table in tables:
            for statement in db.triggers(table, connection.dialect.name):
                connection.exec_driver_sql(statement)


def fault(anchor=Path("/nonexistent/anchor")):
    """What `lms hours verify` says, and None if all holds."""

    @contextmanager
    def at_work(*, write=True):
        db.session.rollback()
        db.session.expire_all()
        try:
            yield SimpleNamespace(anchor=anchor)
        finally:
            db.session.rollback()

    options = ["verify", *(["--anchor", str(anchor)] if anchor.exists() else [])]
    done = CliRunner().invoke(commands.hours_group, options, obj=at_work)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == (0 if "All holds." in done.output else 1), done.output
    return None if done.exit_code == 0 else done.output.strip().splitlines()[-1]


@pytest.fixture
def kept(make, tmp_path):
    """A certified page and an open one, and an anchor that knows them."""
    group = make.certified_page()
    make.attended_page(group, group.sessions[1])
    group.anchor = tmp_path / "anchor.jsonl"
    audit.anchor(group.anchor)
    db.session.commit()
    assert fault(anchor=group.anchor) is None
    return group


def test_what_holds_is_said_edition_by_edition(kept):
    found = list(verification.verify())
    assert [(v.edition, v.pages, v.minutes, v.fault) for v in found] == [
        (kept.edition.code, 2, 630, None)
    ]


def test_an_edition_without_pages_holds(make, tmp_path):
    make.class_in_motion()
    assert fault(anchor=tmp_path / "none") is None


def test_a_changed_byte_of_an_entry_is_named(kept):
    with unguarded("chain_entries") as c:
        body = c.execute(text("SELECT body FROM chain_entries WHERE sequence = 2")).scalar()
        assert body
        c.execute(
            text(
                "UPDATE chain_entries SET body = :b WHERE sequence = 3 AND chain_id IN "
                "(SELECT id FROM chains WHERE kind = 'register')"
            ),
            {"b": bytes(body[:-1]) + b" "},
        )
    assert "entry 3: its content was changed" in fault()
    assert kept.edition.code in fault()


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("courses_lines", "minutes = 200", "page 1, line 9 (line posted): its row"),
        ("courses_stamps", "source = 'attested'", "page 1, line"),
        ("courses_acts", "topic = 'Other'", "page 1, line 8 (page signed): its row"),
    ],
)
def test_a_changed_row_is_named_by_page_and_line(kept, table, change, said):
    where = {
        "courses_lines": "minutes = 210",
        "courses_stamps": "kind = 'out'",
        "courses_acts": "kind = 'signed'",
    }[table]
    with unguarded(table) as c:
        c.execute(text(f"UPDATE {table} SET {change} WHERE {where}"))
    assert said in fault()
    assert "was changed" in fault()


def test_a_deleted_row_is_named(kept):
    with unguarded("courses_stamps") as c:
        c.execute(text("DELETE FROM courses_stamps WHERE kind = 'out'"))
    assert "page 1, line 3 (stamped out): its row in courses_stamps is gone" in fault()


def test_two_swapped_rows_are_named(kept):
    with unguarded("courses_lines") as c:
        rows = c.execute(text("SELECT id, enrolment_id FROM courses_lines")).all()
        away = "UPDATE courses_lines SET enrolment_id = :e, source = 'correction' WHERE id = :i"
        back = "UPDATE courses_lines SET enrolment_id = :e, source = 'presence' WHERE id = :i"
        c.execute(text(away), {"e": rows[1][1], "i": rows[0][0]})
        c.execute(text(away), {"e": rows[0][1], "i": rows[1][0]})
        for i, e in ((0, 1), (1, 0)):
            c.execute(text(back), {"e": rows[e][1], "i": rows[i][0]})
    assert "was changed" in fault()


def test_swapped_entries_are_named(kept):
    with unguarded("chain_entries") as c:
        of = "chain_id IN (SELECT id FROM chains WHERE kind = 'register')"
        for old, new in ((2, -2), (3, 2), (-2, 3)):
            c.execute(
                text(f"UPDATE chain_entries SET sequence = {new} WHERE sequence = {old} AND {of}")
            )
    assert "entry 2: it does not follow the entry before it" in fault()


def test_a_row_slipped_in_is_named(kept):
    with outside() as c:
        c.execute(
            text(
                "INSERT INTO courses_lines (id, programme_id, edition_id, enrolment_id, session_id,"
                " unit_id, module, minutes, source, at, by_id) SELECT :id, programme_id,"
                " edition_id, enrolment_id, session_id, unit_id, module, 100,"
                " 'correction', at, by_id FROM courses_lines LIMIT 1"
            ),
            {"id": "0" * 32},
        )
    assert "1 rows of courses_lines are in no entry" in fault()


def cut_tail(c, keep):
    """Cut the register's chain after some entries, rows and head with it: nothing is left odd."""
    chain, length = c.execute(text("SELECT id, length FROM chains WHERE kind = 'register'")).one()
    assert length > keep
    ids = [
        r[0]
        for r in c.execute(
            text("SELECT row_id FROM chain_entries WHERE chain_id = :c AND sequence > :k"),
            {"c": chain, "k": keep},
        )
    ]
    for i in ids:
        c.execute(text("DELETE FROM courses_stamps WHERE id = :i"), {"i": i})
    c.execute(
        text("DELETE FROM chain_entries WHERE chain_id = :c AND sequence > :k"),
        {"c": chain, "k": keep},
    )
    head = c.execute(
        text("SELECT hash FROM chain_entries WHERE chain_id = :c AND sequence = :k"),
        {"c": chain, "k": keep},
    ).scalar()
    c.execute(
        text("UPDATE chains SET length = :k, head = :h WHERE id = :c"),
        {"k": keep, "h": head, "c": chain},
    )
    return length


def length_now():
    with outside() as c:
        return c.execute(text("SELECT length FROM chains WHERE kind = 'register'")).scalar()


def test_a_cut_tail_is_known_to_the_anchor(kept):
    length = length_now()
    with unguarded("chain_entries", "courses_stamps") as c:
        cut_tail(c, length - 1)
    assert fault() is None, "without the anchor nothing is odd"
    said = fault(anchor=kept.anchor)
    assert f"entry {length}: the anchor knows it, the database has lost it" in said


def test_a_tail_that_is_cut_without_its_head_is_named(kept):
    length = length_now()
    with unguarded("chain_entries") as c:
        c.execute(
            text(
                f"DELETE FROM chain_entries WHERE sequence = {length} AND chain_id IN "
                "(SELECT id FROM chains WHERE kind = 'register')"
            )
        )
    assert f"entry {length}: the end is missing" in fault()


def test_a_tail_computed_anew_is_known_to_the_anchor(kept):
    length = length_now()
    with unguarded("chain_entries", "courses_stamps") as c:
        chain = c.execute(text("SELECT id FROM chains WHERE kind = 'register'")).scalar()
        of = {"c": chain, "k": length}
        where = "WHERE chain_id = :c AND sequence = :k"
        body, previous, row, at = c.execute(
            text(f"SELECT body, previous, row_id, at FROM chain_entries {where}"), of
        ).one()
        at_column = c.execute(
            text("SELECT at FROM courses_stamps WHERE id = :i"), {"i": row}
        ).scalar()
        told, later = _an_hour_earlier(bytes(body), at_column)
        c.execute(text("UPDATE courses_stamps SET at = :a WHERE id = :i"), {"a": later, "i": row})
        link = hashlib.sha256(bytes(previous) + told).digest()
        c.execute(
            text(f"UPDATE chain_entries SET body = :b, hash = :h {where}"),
            {**of, "b": told, "h": link},
        )
        c.execute(text("UPDATE chains SET head = :h WHERE id = :c"), {"h": link, "c": chain})
    assert fault() is None, "without the anchor nothing is odd"
    assert f"entry {length}: it is not the entry that the anchor knows" in fault(anchor=kept.anchor)


def _an_hour_earlier(body, at):
    """The entry of a stamp that tells of an hour earlier, and the column that agrees with it."""
    told = json.loads(body)
    when = datetime.fromisoformat(told["row"]["at"]) - timedelta(hours=1)
    told["row"]["at"] = when
    shown = when.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(at, str) else when
    return frozen.canonical(told), shown


REPLACE = {
    "sqlite": "INSERT OR REPLACE INTO courses_lines SELECT {columns} FROM courses_lines LIMIT 1",
    "postgresql": (
        "INSERT INTO courses_lines SELECT * FROM courses_lines LIMIT 1"
        " ON CONFLICT (id) DO UPDATE SET minutes = 199"
    ),
}


def test_replacing_a_line_is_refused_by_the_database(kept):
    with pytest.raises(Exception, match="only grows"), outside() as c:
        c.exec_driver_sql(REPLACE[KIND].format(columns="*"))


def test_a_line_replaced_from_outside_is_named(kept):
    if KIND == "sqlite":  # a connection of one's own knows nothing of recursive triggers
        other = sqlite3.connect(str(db.engine().url.database), timeout=20)
        names = [row[1] for row in other.execute("PRAGMA table_info(courses_lines)")]
        columns = ", ".join("199" if n == "minutes" else n for n in names)
        other.execute(REPLACE[KIND].format(columns=columns))
        other.commit()
        other.close()
    else:
        with unguarded("courses_lines") as c:
            c.exec_driver_sql(REPLACE[KIND])
    assert "its row in courses_lines was changed" in fault()


@pytest.mark.parametrize("table", ["courses_stamps", "courses_acts", "courses_lines"])
def test_a_dropped_trigger_is_named(kept, table):
    sqlite = KIND == "sqlite"
    name, on = ("no_update", "") if sqlite else ("no_change", f" ON {table}")
    with outside() as c:
        c.execute(text(f"DROP TRIGGER {table}_{name}{on}"))
    try:
        assert fault() == f"table {table}: its trigger was dropped"
    finally:
        with outside() as c:
            for statement in db.triggers(table, c.dialect.name):
                if name in statement:
                    c.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE courses_sessions SET topic = 'Other' WHERE page = 1", "page 1: its head is not"),
        ("UPDATE courses_sessions SET page = 3 WHERE page = 2", "page 2: the numbers have a gap"),
        (
            "UPDATE counters SET last = 5 WHERE series = 'pages'",
            "page 2: the counter of pages says 5",
        ),
        (
            "UPDATE courses_sessions SET state = 'countersigned', certified_by_id = NULL,"
            " certified_at = NULL WHERE page = 1",
            "page 1: its state is not what its acts say",
        ),
    ],
)
def test_a_page_that_says_something_else_than_its_acts_is_named(kept, change, said):
    with outside() as c:
        c.execute(text(change))
    assert said in fault()


def test_minutes_that_the_stamps_do_not_give_are_named(kept):
    kept.sessions[0].ends_at -= timedelta(minutes=30)
    db.session.commit()
    assert "page 1, person 1: her minutes are not those of her stamps" in fault()


def test_somebody_added_to_those_expected_is_named(kept, make):
    other = make.class_in_motion(trainees=1)
    db.session.add(
        verification.Expected(
            programme_id=kept.programme.id,
            session_id=kept.session.id,
            enrolment_id=other.enrolments[0].id,
        )
    )
    db.session.commit()
    assert "page 2: those expected are not those of the opening" in fault()
