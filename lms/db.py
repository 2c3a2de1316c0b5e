"""The database: one session per unit of work, column types, tables that only ever grow."""

import random
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    create_engine,
    event,
    select,
    text,
    type_coerce,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, scoped_session, sessionmaker
from sqlalchemy.types import NullType, TypeDecorator


class Model(DeclarativeBase):
    """Every table of every package; constraints and indexes are named by one convention."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    def __init__(self, **values: Any) -> None:
        """Give every column its default at once: rules look at a row before it is written."""
        for name, column in type(self).__mapper__.columns.items():
            default: Any = column.default
            if name not in values and default is not None:
                values[name] = default.arg if default.is_scalar else default.arg(None)
        for name, value in values.items():
            setattr(self, name, value)


@event.listens_for(ForeignKeyConstraint, "after_parent_attach")
def _check_at_commit(constraint: ForeignKeyConstraint, _: object) -> None:
    """References are checked when the transaction ends, so rows may be written in any order."""
    constraint.deferrable, constraint.initially = True, "DEFERRED"


# Column types

_identities: ContextVar[random.Random | None] = ContextVar("identities", default=None)


def new_id() -> uuid.UUID:
    """A random id; drawn from a seed while the demo is made, so that it is always the same."""
    seeded = _identities.get()
    return uuid.UUID(int=seeded.getrandbits(128), version=4) if seeded else uuid.uuid4()


@contextmanager
def seeded_ids(seed: int) -> Iterator[None]:
    token = _identities.set(random.Random(seed))  # noqa: S311 - ids of a demo are no secrets
    try:
        yield
    finally:
        _identities.reset(token)


class UtcTime(TypeDecorator[datetime]):
    """A moment with microseconds, always in UTC, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SeenId(TypeDecorator[uuid.UUID]):
    """An id in very many rows, read and never written: each that was seen is made once."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID:
        return _seen(value)


@lru_cache(maxsize=50_000)
def _seen(raw: str | uuid.UUID) -> uuid.UUID:
    return raw if isinstance(raw, uuid.UUID) else uuid.UUID(raw)


def seen(column: Any) -> ColumnElement[uuid.UUID]:
    """The same column of ids, for a query of very many rows."""
    return type_coerce(column, SeenId)


def raw(column: Any) -> ColumnElement[Any]:
    """The same column, as the very value that the database holds."""
    return type_coerce(column, NullType)


Id = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
ProgrammeId = Annotated[uuid.UUID, mapped_column(ForeignKey("programmes.id"))]
PersonId = Annotated[uuid.UUID, mapped_column(ForeignKey("persons.id"))]
KeyId = Annotated[uuid.UUID, mapped_column(ForeignKey("subject_keys.id"))]
Moment = Annotated[datetime, mapped_column(UtcTime)]
Minutes = Annotated[int, mapped_column(Integer)]
Sealed = Annotated[bytes, mapped_column(LargeBinary, info={"sealed": True})]
"""Encrypted by `lms.keys` under the key that the row names in `key_id`."""
Short = Annotated[str, mapped_column(String(120))]
Code = Annotated[str, mapped_column(String(40))]


def choice(kind: type[StrEnum], name: str = "state_known") -> Enum:
    """A column that holds one of these words, checked by the database itself."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=30,
        values_callable=lambda members: [m.value for m in members],
    )


def owned() -> UniqueConstraint:
    """What lets other rows refer to this one only from within its own programme."""
    return UniqueConstraint("id", "programme_id")


def within(table: str, column: str) -> ForeignKeyConstraint:
    """A reference that cannot cross from one programme into another."""
    return ForeignKeyConstraint([column, "programme_id"], [f"{table}.id", f"{table}.programme_id"])


# Tables that only grow


def append_only(table: Any) -> None:
    """Let the database itself refuse every UPDATE, DELETE and TRUNCATE on this table."""
    table.info["append_only"] = True
    event.listen(table, "after_create", _protect)


def _protect(target: Table, connection: Connection, **_: object) -> None:
    for statement in triggers(target.name, connection.dialect.name):
        connection.exec_driver_sql(statement)


def append_only_tables() -> list[str]:
    return sorted(t.name for t in Model.metadata.tables.values() if t.info.get("append_only"))


def triggers(table: str, dialect: str) -> list[str]:
    """The statements that protect one append-only table; migrations call this too."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' only grows'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION only_grows()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()",
    ]


def missing_triggers(connection: Connection) -> list[str]:
    """Append-only tables whose protection is gone: somebody has dropped a trigger."""
    if connection.dialect.name == "sqlite":
        query = "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY 1"
    else:
        query = (
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' GROUP BY 1"
        )
    found = {row[0]: row[1] for row in connection.execute(text(query))}
    return [name for name in append_only_tables() if found.get(name, 0) < 2]


# Engine and units of work

Row = TypeVar("Row", bound=Model)
_scope: ContextVar[object | None] = ContextVar("scope", default=None)
_writes: ContextVar[bool] = ContextVar("writes", default=True)
_sessions = sessionmaker(expire_on_commit=False)
session: scoped_session[Session] = scoped_session(
    _sessions, scopefunc=lambda: (id(_scope.get()), threading.get_ident())
)

_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON",
    "recursive_triggers=ON", "temp_store=MEMORY", "trusted_schema=OFF",
    "journal_size_limit=67108864",
)  # fmt: skip


def connect(url: str, *, threads: int = 16) -> Engine:
    """An engine with the project's settings. The pool holds one connection per thread."""
    engine = create_engine(url, pool_size=threads, max_overflow=4, pool_timeout=30)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def bind(engine: Engine) -> None:
    """Make this the database of the process."""
    _sessions.configure(bind=engine)


def engine() -> Engine:
    bound = _sessions.kw["bind"]
    assert isinstance(bound, Engine)  # noqa: S101 - a start without bind() is a programming error
    return bound


def _prepare(connection: DBAPIConnection, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # BEGIN is ours: see _begin
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Say at once whether this transaction will write.

    On SQLite a deferred transaction that reads and then writes fails with "database is locked"
    whatever the timeout; one that says so from the start waits its turn.
    """
    writes = _writes.get()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    else:
        driver: Any = connection.connection.driver_connection
        if driver.read_only is not (not writes):
            driver.read_only = not writes


@contextmanager
def intent(*, write: bool) -> Iterator[None]:
    token = _writes.set(write)
    try:
        yield
    finally:
        _writes.reset(token)


@contextmanager
def scope(*, write: bool) -> Iterator[None]:
    """A session of one's own until the block ends; whoever opens it says when to commit."""
    token = _scope.set(object())
    try:
        with intent(write=write):
            yield
    finally:
        session.remove()
        _scope.reset(token)


@contextmanager
def unit(*, write: bool = True) -> Iterator[None]:
    """One transaction outside a request: a command, a job. Commits unless something is raised."""
    with scope(write=write):
        yield
        session.commit()


def locked(row: Row) -> Row:
    """The row as it is now, nobody else touching it until the commit: what hangs from it waits."""
    session.flush()
    model: Any = type(row)
    key = model.id == row.id  # type: ignore[attr-defined]  # every row has its id
    query = select(model).where(key).with_for_update(of=model, key_share=True)
    found: Row = session.scalars(query.execution_options(populate_existing=True)).one()
    return found


@contextmanager
def aside() -> Iterator[None]:
    """A short transaction of its own for what must survive a refusal.

    Only after the refused one was rolled back: nobody holds two connections.
    """
    with unit():
        yield
