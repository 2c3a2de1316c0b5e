"""Proofs: whether a chain, and the tables whose rows it tells of, still say what was done.

A chain is read once, in order, in steady memory. Of each entry the columns beside it and its row
are put in canonical form by the database itself and compared with the very bytes that were hashed;
only where they differ, or where an entry has a detail, is it read word by word. So the quick way
can only say yes.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from lms import db, frozen
from lms.chains import START, Chain, Entry, Kind

AT_ONCE = 2000
"""How many entries are read together."""
BESIDE = "the columns beside it were changed"
Owned = Mapping[str, tuple[Any, Any]]
"""Tables by name: the model, and the column that says to which chain a row belongs."""


@dataclass(frozen=True)
class Fault:
    """The first place at which a chain does not hold."""

    chain: Chain
    sequence: int
    why: str
    is_row: bool = False
    """The links hold, but a row that they tell of does not."""

    def __str__(self) -> str:
        return f"{self.chain.kind} chain {self.chain.owner_id}, entry {self.sequence}: {self.why}"


def verify(
    chain: Chain, tables: Mapping[Any, Any] | None = None, *, at_once: int = AT_ONCE
) -> tuple[int, Fault | None]:
    """How many entries hold, and the first place that does not.

    `tables` are those that only grow and whose rows this chain tells of, each with the column that
    says to which chain a row belongs: they hold exactly the rows that the chain tells of. A link
    that does not hold is named before any row.
    """
    owned = {model.__tablename__: (model, owner) for model, owner in (tables or {}).items()}
    count, previous, astray = 0, START, None
    told: set[tuple[str, str]] = set()
    for batch in _batches(chain, at_once):
        rows = _rows(chain, owned, batch)
        for entry in batch:
            count += 1
            if why := _broken(entry, count, previous):
                return count - 1, Fault(chain, count, why)
            key = (entry.row_table, entry.row_id)
            tells, why = True, None
            if entry.body != _bytes(chain.kind, entry, rows.get(key)):
                tells, why = _judged(entry, rows.get(key), owned)
            if why == BESIDE:
                return count - 1, Fault(chain, count, why)
            if tells and key in rows:
                if key in told:
                    why = f"its row in {entry.row_table} was told of before"
                told.add(key)
            if why and astray is None:
                astray = Fault(chain, count, why, is_row=True)
            previous = entry.hash
    if count != chain.length or previous != chain.head:
        return count, Fault(chain, count + 1, "the end is missing: entries were cut off")
    return count, astray or _untold(chain, owned, told)


def _batches(chain: Chain, at_once: int) -> Iterator[Sequence[Any]]:
    """The entries in order, so many together; their columns as `body` says them."""
    dialect = db.session.get_bind().dialect.name
    said = [
        frozen.said(getattr(Entry, name), dialect).label(name)
        for name in ("at", "what", "actor_id", "row_id")
    ]
    query = (
        select(Entry.sequence, Entry.previous, Entry.body, Entry.hash, Entry.row_table, *said)
        .where(Entry.chain_id == chain.id)
        .order_by(Entry.sequence)
        .execution_options(yield_per=at_once)
    )
    with closing(db.session.execute(query)) as found:
        yield from found.partitions()


def _rows(chain: Chain, owned: Owned, batch: Sequence[Row[Any]]) -> dict[tuple[str, str], str]:
    """The rows that these entries tell of, as they stand: in canonical form, by table and id."""
    dialect = db.session.get_bind().dialect.name
    found: dict[tuple[str, str], str] = {}
    mine = f'"{chain.owner_id}"'
    for table in {entry.row_table for entry in batch} & owned.keys():
        model, owner = owned[table]
        said = frozen.said(model.id, dialect), frozen.said(owner, dialect)
        query = (
            select(*said, frozen.said_row(model, dialect))
            .join(Entry, Entry.row_id == model.id)
            .where(
                Entry.chain_id == chain.id,
                Entry.sequence.between(batch[0].sequence, batch[-1].sequence),
                Entry.row_table == table,
            )
        )
        for row_id, whose, row in db.session.execute(query):
            if whose == mine:
                found[table, row_id] = row
    return found


def _broken(entry: Row[Any], expected: int, previous: bytes) -> str | None:
    """Why an entry does not follow the one before it, if it does not."""
    if entry.sequence != expected:
        return "an entry is missing"
    if entry.previous != previous:
        return "it does not follow the entry before it"
    if frozen.digest(previous, entry.body) != entry.hash:
        return "its content was changed"
    return None


def _bytes(kind: Kind, entry: Row[Any], row: str | None) -> bytes:
    """What an entry without detail says, when its columns and its row are as they were."""
    table = "null" if entry.row_table is None else f'"{entry.row_table}"'
    told = "" if row is None else f'"row":{row},'
    return (
        f'{{"at":{entry.at},"by":{entry.actor_id},"format":"affianca/{kind}/1",'
        f'"id":{entry.row_id},{told}"table":{table},"what":{entry.what}}}'
    ).encode()


def _judged(entry: Row[Any], row: str | None, owned: Owned) -> tuple[bool, str | None]:
    """Whether an entry tells of a row, and what was changed beside it or in its row, if anything.

    Read word by word.
    """
    said = json.loads(entry.body)
    tells = "row" in said
    beside = {"at": entry.at, "what": entry.what, "by": entry.actor_id, "id": entry.row_id}
    if said.get("table") != entry.row_table or any(
        said.get(name) != _settled(text) for name, text in beside.items()
    ):
        return tells, BESIDE
    if entry.row_table not in owned or not tells:
        return tells, None
    if row is None:
        return tells, f"its row in {entry.row_table} is gone"
    if _settled(row) != said["row"]:
        return tells, f"its row in {entry.row_table} was changed"
    return tells, None


def _settled(text: str) -> Any:
    """What a canonical form says, its letters settled; the text itself when it is none."""
    try:
        return json.loads(frozen.canonical(json.loads(text)))
    except (ValueError, TypeError):
        return text


def _untold(chain: Chain, owned: Owned, told: Set[tuple[str, str]]) -> Fault | None:
    """The first table with rows that are in no entry."""
    counts = Counter(table for table, _ in told)
    for table, (model, owner) in owned.items():
        query = select(func.count()).select_from(model).where(owner == chain.owner_id)
        if more := int(db.session.scalar(query) or 0) - counts[table]:
            why = f"{more} rows of {table} are in no entry"
            return Fault(chain, chain.length, why, is_row=True)
    return None
