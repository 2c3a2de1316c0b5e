"""Somebody with the database file in her hands, who goes past the triggers."""

from contextlib import contextmanager

from sqlalchemy import bindparam, select, text, update

from lms import db
from lms.chains import Chain, Entry, Kind


@contextmanager
def past_the_triggers():
    """A connection on which what only grows can be changed; the triggers are there afterwards."""
    db.session.commit()
    with db.engine().begin() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for name, _ in found:
                connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
            for _, sql in found:
                connection.execute(text(sql))
        else:
            connection.execute(text("SET session_replication_role = replica"))
            yield connection
            connection.execute(text("SET session_replication_role = DEFAULT"))
    db.session.expire_all()


def drop_triggers(table):
    """Take the protection of one table away, for good."""
    db.session.commit()
    with db.engine().begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {table}_no_update"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change"))


def rewrite(connection, chain, sequence, **columns):
    table = Entry.__table__
    query = update(table).where(
        table.c.chain_id == bindparam("chain"), table.c.sequence == bindparam("number")
    )
    connection.execute(query.values(**columns), {"chain": chain.id, "number": sequence})


def chain_of(owner_id, kind=Kind.AUDIT):
    """The chain of a programme or an edition as it stands now."""
    query = select(Chain).where(Chain.kind == kind, Chain.owner_id == owner_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def entry_of(chain, sequence):
    """One entry of a chain."""
    query = select(Entry).where(Entry.chain_id == chain.id, Entry.sequence == sequence)
    return db.session.scalars(query).one()
