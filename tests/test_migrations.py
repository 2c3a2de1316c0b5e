"""Migrations: from an empty database to exactly what the models say, on both databases."""

from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from lms import accounts, chains, db, drafts, migrations, permissions, programmes, proofs
from lms.app import PACKAGES
from lms.chains import Kind
from lms.errors import NotFound
from lms.permissions import Actor, Role
from tests import databases


@pytest.fixture
def upgraded(app, tmp_path):
    """An empty database brought up to date by the migrations alone."""
    before = db.engine()
    if before.dialect.name == "postgresql":
        with before.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS upgraded"))
            connection.execute(text("CREATE DATABASE upgraded"))
        engine = db.connect(before.url.set(database="upgraded"), threads=2)
    else:
        engine = db.connect(f"sqlite:///{tmp_path / 'upgraded.sqlite3'}", threads=2)
    db.bind(engine)
    try:
        migrations.upgrade()
        yield engine
    finally:
        db.bind(before)
        engine.dispose()


def test_there_is_one_line_of_migrations():
    script = ScriptDirectory.from_config(migrations.config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_an_upgraded_database_is_what_the_models_say(upgraded):
    with upgraded.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.Model.metadata) == []


def test_an_upgraded_database_has_every_check(upgraded):
    """Alembic does not compare CHECKs: they are counted by name."""
    found = inspect(upgraded)
    for table in db.Model.metadata.tables.values():
        made = {check["name"] for check in found.get_check_constraints(table.name)}
        wanted = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert made == wanted, table.name


def test_an_upgraded_database_checks_references_at_commit(upgraded):
    found = inspect(upgraded)
    for table in db.Model.metadata.tables.values():
        for reference in found.get_foreign_keys(table.name):
            options = reference["options"]
            assert (options.get("deferrable"), options.get("initially")) == (True, "DEFERRED"), (
                table.name
            )


def test_tables_that_only_grow_are_protected(upgraded):
    with upgraded.connect() as connection:
        assert db.missing_triggers(connection) == []
        kind = connection.dialect.name
        query = (
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
            if kind == "sqlite"
            else "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
        )
        assert connection.scalar(text(query)) == 2 * len(db.append_only_tables())


def test_an_upgrade_of_what_is_current_does_nothing(upgraded):
    assert migrations.upgrade().startswith("already at")
    migrations.require_current()


def test_a_database_of_another_form_is_not_served(upgraded):
    with upgraded.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    with pytest.raises(migrations.NotCurrent, match="lms upgrade"):
        migrations.require_current()


ROLE = "affianca_application"


@pytest.fixture
def application(upgraded):
    """The upgraded database as the application's own role sees it, which owns nothing.

    SQLite has no roles: there it is the database as everybody sees it.
    """
    if databases.KIND != "postgresql":
        yield upgraded
        return
    with upgraded.begin() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {ROLE}"))
        connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
    assert migrations.upgrade(ROLE).startswith("already at")
    engine = db.connect(upgraded.url.set(username=ROLE), threads=2)
    db.bind(engine)
    try:
        yield engine
    finally:
        db.bind(upgraded)
        engine.dispose()
        with upgraded.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {ROLE}"))
            connection.execute(text(f"DROP ROLE {ROLE}"))


def _refusal(engine, statement):
    with engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except ProgrammingError as error:
            return str(error.orig)
    return "done"


def test_the_application_role_may_not_change_what_only_grows(application):
    if databases.KIND != "postgresql":
        return  # SQLite has no roles
    for table in db.append_only_tables():
        column = db.Model.metadata.tables[table].primary_key.columns[0].name
        for statement in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            assert "permission denied" in _refusal(application, statement), statement


def test_the_application_role_may_not_change_the_form_of_the_database(application):
    if databases.KIND != "postgresql":
        return  # SQLite has no roles
    for statement in (
        "DROP TRIGGER chain_entries_no_change ON chain_entries",
        "ALTER TABLE chain_entries DISABLE TRIGGER ALL",
        "UPDATE alembic_version SET version_num = 'older'",
        "CREATE TABLE another (id int)",
        "SET session_replication_role = replica",
    ):
        refused = _refusal(application, statement)
        assert "permission denied" in refused or "must be owner" in refused, statement


def test_the_application_role_can_do_the_work_of_the_application(application):
    migrations.require_current()
    with db.unit():
        programme = programmes.create("ONE", "One", privacy_name="Who", privacy_mail="w@x.example")
        person = accounts.create("somebody@demo.example", "Somebody New")
        accounts.grant(person, Role.MANAGER, by=None, programme_id=programme.id)
        db.session.flush()
        me = accounts.acting(person, programme.id)
    with db.unit():
        drafts.save("/x", {"text": "words"}, key_id=me.key_id, by=me)
        accounts.invite("another@demo.example", "Another One", Role.TRAINEE, by=me)
    with db.unit():
        assert drafts.find("/x", by=me)[1] == {"text": "words"}
        drafts.drop("/x", by=me)
    with db.unit(write=False):
        (chain,) = [c for c in chains.all_chains(Kind.AUDIT) if c.owner_id == programme.id]
        count, fault = proofs.verify(chain)
        assert fault is None
        assert count >= 4


def test_the_application_role_can_load_the_row_of_every_form(application):
    """A lock asks for the right to change: rows that only grow are loaded without one."""
    me = Actor(uuid4(), uuid4(), frozenset(Role), "Everybody")
    for package in PACKAGES:
        for permission in package.permissions():
            with pytest.raises(NotFound), db.unit():
                permissions.load(uuid4(), me, permission, lock=True)


def test_a_role_must_have_a_plain_name(upgraded):
    if databases.KIND == "postgresql":
        with pytest.raises(ValueError, match="AFFIANCA_APPLICATION_ROLE"):
            migrations.upgrade("x; DROP TABLE persons")
    else:
        assert migrations.upgrade("x; DROP TABLE persons").startswith("already at")
