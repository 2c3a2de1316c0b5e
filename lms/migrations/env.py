"""How Alembic reaches the database: the engine that the process has bound."""

from alembic import context
from sqlalchemy import text

import lms.app  # noqa: F401 - brings every table of every package
from lms import db

LOCK = 5_318_008_190


def written(kind: str, thing: object, _: object) -> str | bool:
    """How our own column types are written in a migration."""
    return "db.UtcTime()" if kind == "type" and isinstance(thing, db.UtcTime) else False


def run() -> None:
    engine = db.engine()
    with db.intent(write=True), engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            # Rebuilding a table drops it: with foreign keys on, its children would go too.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.Model.metadata,
            render_as_batch=True,
            render_item=written,
            compare_type=True,
            compare_server_default=True,
            transactional_ddl=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            if not sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            context.run_migrations()
            if sqlite and (bad := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise RuntimeError(f"the migration broke foreign keys: {bad[:5]}")
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


run()
