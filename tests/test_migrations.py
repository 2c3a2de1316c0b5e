"""Migrations: from an empty database to exactly what the models say, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from lms import db, migrations
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


def test_the_application_role_may_not_change_what_only_grows(upgraded):
    if databases.KIND != "postgresql":
        return  # SQLite has no roles
    with upgraded.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS affianca_application"))
        connection.execute(text("CREATE ROLE affianca_application"))
    migrations.upgrade("affianca_application")
    with upgraded.connect() as connection:
        for table in db.append_only_tables():
            for verb, expected in (("SELECT", True), ("INSERT", True), ("UPDATE", False),
                                   ("DELETE", False), ("TRUNCATE", False)):  # fmt: skip
                query = text("SELECT has_table_privilege('affianca_application', :t, :v)")
                assert connection.scalar(query, {"t": table, "v": verb}) is expected, table
    with upgraded.begin() as connection:
        connection.execute(text("DROP OWNED BY affianca_application"))
        connection.execute(text("DROP ROLE affianca_application"))
