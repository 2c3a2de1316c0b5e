"""Hash chains: what was done, in order, so that nothing can be changed or taken out unseen.

There is one audit chain per programme, one for the installation, one register chain per edition.
What is hashed is stored as its very bytes; the columns beside them are an index, and `verify`
compares them. Entries wait in the session and are written as the last act before the commit, in
one order of chains, so that two transactions never wait for each other crosswise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    UniqueConstraint,
    Uuid,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms import clock, db, frozen

START = bytes(32)
"""What the first entry of every chain follows."""
INSTALLATION = UUID(int=0)


class Kind(StrEnum):
    """In the order in which their heads are locked."""

    REGISTER = "register"
    AUDIT = "audit"


class Chain(db.Model):
    """The head of one chain: how long it is, and the hash of its last entry."""

    __tablename__ = "chains"
    __table_args__ = (UniqueConstraint("kind", "owner_id"),)

    id: Mapped[db.Id]
    kind: Mapped[Kind] = mapped_column(db.choice(Kind, "kind_known"))
    owner_id: Mapped[UUID] = mapped_column(Uuid)
    length: Mapped[int] = mapped_column(Integer, default=0)
    head: Mapped[bytes] = mapped_column(LargeBinary, default=START)


class Entry(db.Model):
    """One link. `body` is what is hashed; the other columns only help to find it."""

    __tablename__ = "chain_entries"
    __table_args__ = (
        UniqueConstraint("chain_id", "previous"),
        Index("ix_chain_entries_row", "row_id"),
        Index("ix_chain_entries_actor", "actor_id", "at"),
    )

    chain_id: Mapped[UUID] = mapped_column(ForeignKey("chains.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    segment: Mapped[str] = mapped_column(String(7))
    """The month, 2026-11: retention drops whole months."""
    at: Mapped[db.Moment]
    what: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    row_table: Mapped[str | None] = mapped_column(String(60))
    row_id: Mapped[UUID | None] = mapped_column(Uuid)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Subject(db.Model):
    """Whose case an entry concerns, so that "who saw this case" is one query."""

    __tablename__ = "chain_subjects"
    __table_args__ = (Index("ix_chain_subjects_subject", "subject_id"),)

    chain_id: Mapped[UUID] = mapped_column(ForeignKey("chains.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


_CHAINS: Any = Chain.__table__
_ENTRIES: Any = Entry.__table__
_SUBJECTS: Any = Subject.__table__

db.append_only(_ENTRIES)
db.append_only(_SUBJECTS)


@dataclass
class Note:
    """An entry that waits for the end of the transaction."""

    kind: Kind
    owner_id: UUID
    what: str
    actor_id: UUID | None
    row: Any = None
    """A row of a table that only grows: all its columns enter the chain."""
    row_table: str | None = None
    row_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    subjects: Sequence[UUID] = ()
    at: datetime = field(default_factory=clock.now)

    def body(self) -> bytes:
        return told(
            self.kind,
            at=self.at,
            what=self.what,
            by=self.actor_id,
            table=self.row_table,
            id=self.row_id,
            row=None if self.row is None else frozen.facts(self.row),
            detail=self.detail,
            subjects=self.subjects,
        )


# Rules


def told(
    kind: Kind,
    *,
    at: datetime,
    what: str,
    by: UUID | None,
    table: str | None = None,
    id: UUID | None = None,
    row: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
    subjects: Sequence[UUID] = (),
) -> bytes:
    """The bytes of an entry: what is hashed."""
    whole: dict[str, Any] = {
        "format": f"affianca/{kind}/1",
        "at": at,
        "what": what,
        "by": by,
        "table": table,
        "id": id,
    }
    if detail:
        whole["detail"] = dict(detail)
    if subjects:
        whole["subjects"] = sorted(str(s) for s in subjects)
    if row is not None:
        whole["row"] = dict(row)
    return frozen.canonical(whole)


# Operations


def add(note: Note) -> None:
    """Let this entry be written at the end of the present transaction."""
    if note.row is not None:
        note.row_table, note.row_id = note.row.__tablename__, note.row.id
    _waiting(db.session()).append(note)


def _waiting(session: Session) -> list[Note]:
    waiting: list[Note] = session.info.setdefault("chain notes", [])
    return waiting


def take_waiting() -> list[Note]:
    """The entries that wait; they are taken out, to be added again in another transaction."""
    notes = _waiting(db.session())
    taken = notes[:]
    notes.clear()
    return taken


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """The last act before the commit: lock each head, in one order, and append."""
    notes = _waiting(session)
    if not notes:
        return
    session.flush()
    by_chain: dict[tuple[int, str], list[Note]] = {}
    for note in notes:
        order = 0 if note.kind == Kind.REGISTER else 1
        by_chain.setdefault((order, str(note.owner_id)), []).append(note)
    for key in sorted(by_chain):
        _append(session, by_chain[key])
    notes.clear()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    _waiting(session).clear()


def _head(session: Session, kind: Kind, owner_id: UUID) -> Row[UUID, int, bytes]:
    """The id of a chain, its length and the hash of its last entry: locked, and read after."""
    query = (
        select(Chain.id, Chain.length, Chain.head)
        .where(Chain.kind == kind, Chain.owner_id == owner_id)
        .with_for_update()
    )
    head = session.execute(query).first()
    if head is None:
        dialect = session.get_bind().dialect.name
        make = (sqlite if dialect == "sqlite" else postgresql).insert(Chain)
        values = {"id": db.new_id(), "kind": kind, "owner_id": owner_id}
        session.execute(
            make.values(**values, length=0, head=START).on_conflict_do_nothing(
                index_elements=["kind", "owner_id"]
            )
        )
        head = session.execute(query).one()
    return head


def _append(session: Session, notes: list[Note]) -> None:
    chain_id, length, previous = _head(session, notes[0].kind, notes[0].owner_id)
    entries: list[dict[str, Any]] = []
    subjects: list[dict[str, Any]] = []
    for note in notes:
        length += 1
        body = note.body()
        link = frozen.digest(previous, body)
        entries.append(
            {
                "chain_id": chain_id,
                "sequence": length,
                "segment": note.at.strftime("%Y-%m"),
                "at": note.at,
                "what": note.what,
                "actor_id": note.actor_id,
                "row_table": note.row_table,
                "row_id": note.row_id,
                "previous": previous,
                "body": body,
                "hash": link,
            }
        )
        subjects += [
            {"chain_id": chain_id, "sequence": length, "subject_id": s} for s in set(note.subjects)
        ]
        previous = link
    session.execute(insert(_ENTRIES), entries)
    if subjects:
        session.execute(insert(_SUBJECTS), subjects)
    session.execute(
        update(_CHAINS).where(_CHAINS.c.id == chain_id).values(length=length, head=previous)
    )


# Queries


def all_chains(kind: Kind) -> list[Chain]:
    query = select(Chain).where(Chain.kind == kind).order_by(Chain.owner_id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def entries(chain: Chain) -> Iterator[Entry]:
    query = select(Entry).where(Entry.chain_id == chain.id).order_by(Entry.sequence)
    options: dict[str, Any] = {"yield_per": 1000, "populate_existing": True}
    with closing(db.session.scalars(query.execution_options(**options))) as found:
        yield from found


def heads() -> list[tuple[str, str, int, str]]:
    """Kind, owner, length and hash of every chain: what an anchor keeps elsewhere."""
    query = select(Chain).order_by(Chain.kind, Chain.owner_id)
    return [
        (str(c.kind.value), str(c.owner_id), c.length, c.head.hex())
        for c in db.session.scalars(query.execution_options(populate_existing=True))
    ]


def verify_anchor(kept: Iterable[tuple[str, str, int, str]]) -> str | None:
    """The first chain that is shorter than, or not the same as, what an anchor remembers."""
    for kind, owner, length, head in kept:
        if length == 0:
            continue
        found = db.session.scalar(
            select(Entry.hash)
            .join(Chain, Chain.id == Entry.chain_id)
            .where(
                Chain.kind == Kind(kind), Chain.owner_id == UUID(owner), Entry.sequence == length
            )
        )
        place = f"{kind} chain {owner}, entry {length}"
        if found is None:
            return f"{place}: the anchor knows it, the database has lost it"
        if found.hex() != head:
            return f"{place}: it is not the entry that the anchor knows"
    return None


def count(kind: Kind) -> int:
    query = select(func.coalesce(func.sum(Chain.length), 0)).where(Chain.kind == kind)
    return int(db.session.scalar(query) or 0)
