"""Changes of the database's form, on SQLite and PostgreSQL alike."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from lms import db, paths


class NotCurrent(Exception):
    """The database has not the form that this version needs."""


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(paths.migrations()))
    return made


def newest() -> str | None:
    return ScriptDirectory.from_config(config()).get_current_head()


def current() -> str | None:
    with db.intent(write=False), db.engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current() -> None:
    """Raises NotCurrent with what to do."""
    if (found := current()) != newest():
        raise NotCurrent(f"The database is at {found or 'nothing'}: run `lms upgrade` first.")


def upgrade(application_role: str = "") -> str:
    """Bring the database to the newest form; one process at a time. Returns what was done."""
    before = current()
    if before != newest():
        command.upgrade(config(), "head")
    if application_role and db.engine().dialect.name == "postgresql":
        _grant(application_role)
    return f"{before or 'empty'} -> {newest()}" if before != newest() else f"already at {before}"


def _grant(role: str) -> None:
    """Let the application's role read and add, and change only what may change."""
    if not role.isidentifier():
        raise ValueError("AFFIANCA_APPLICATION_ROLE must be a plain name")
    growing = ", ".join(db.append_only_tables())
    with db.engine().begin() as connection:
        for statement in (
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {growing} FROM {role}",
            f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
        ):
            connection.execute(text(statement))
