"""Proofs: whether a chain, and the tables whose rows it tells of, still say what was done.

A chain is read once, in order, in steady memory. The columns beside each entry, and the row that it
tells of, are put in canonical form and compared with the very bytes that were hashed; only where
these differ, or where an entry has a detail, is it read word by word. So the quick way can only say
yes.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from lms import db, frozen
from lms.chains import START, Chain, Entry, Kind

AT_ONCE = 5000
"""How many entries are read together: more than the register of one edition has."""
BESIDE = "the columns beside it were changed"
_ENTRIES: Any = Entry.__table__
_LINKS = select(
    *(
        db.raw(_ENTRIES.c[name])
        for name in (
            "sequence", "previous", "body", "hash", "row_table", "row_id", "at", "what", "actor_id"
        )
    )
).order_by(_ENTRIES.c.sequence)  # fmt: skip
Owned = Mapping[str | None, tuple[Any, Any]]
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


Key = tuple[str | None, Any]
"""The table of a row, and its id as the database holds it."""


def verify(
    chain: Chain, tables: Mapping[Any, Any] | None = None, *, at_once: int = AT_ONCE
) -> tuple[int, Fault | None]:
    """How many entries hold, and the first place that does not.

    `tables` are those that only grow and whose rows this chain tells of, each with the column that
    says to which chain a row belongs: they hold exactly the rows that the chain tells of. A link
    that does not hold is named before any row.
    """
    owned: Owned = {model.__tablename__: (model, owner) for model, owner in (tables or {}).items()}
    count, previous, astray = 0, START, None
    told: set[Key] = set()
    for batch in _batches(chain, at_once):
        rows = _rows(chain, owned, batch)
        for number, before, body, hash, table, id, *beside in batch:
            if number != count + 1:
                return count, Fault(chain, count + 1, "an entry is missing")
            if before != previous:
                return count, Fault(chain, number, "it does not follow the entry before it")
            if frozen.digest(previous, body) != hash:
                return count, Fault(chain, number, "its content was changed")
            row, tells, why = rows.get((table, id)), True, None
            if body != _bytes(chain.kind, row, table, id, *beside):
                tells, why = _judged(body, row, owned, table, id, *beside)
            if why == BESIDE:
                return count, Fault(chain, number, why)
            if tells and row is not None:
                if (table, id) in told:
                    why = f"its row in {table} was told of before"
                told.add((table, id))
            if why and astray is None:
                astray = Fault(chain, number, why, is_row=True)
            count, previous = number, hash
    if count != chain.length or previous != chain.head:
        return count, Fault(chain, count + 1, "the end is missing: entries were cut off")
    return count, astray or _untold(chain, owned, told)


def _batches(chain: Chain, at_once: int) -> Iterator[Sequence[Any]]:
    """The entries in order, so many together."""
    query = _LINKS.where(_ENTRIES.c.chain_id == chain.id).execution_options(yield_per=at_once)
    with closing(db.session.execute(query)) as found:
        yield from found.partitions()


def _rows(chain: Chain, owned: Owned, batch: Sequence[Any]) -> dict[Key, str]:
    """The rows that these entries tell of, as they stand: in canonical form."""
    found: dict[Key, str] = {}
    mine = f'"{chain.owner_id}"'
    where = {"chain": chain.id, "first": batch[0][0], "last": batch[-1][0]}
    is_whole = len(batch) == chain.length
    for table in {entry[4] for entry in batch} & owned.keys():
        model, column = owned[table]
        readers, template, key, owner = _reading(model, column)
        query = _owned_by(model, column) if is_whole else _told_between(model)
        for row in db.session.execute(query, {"owner": chain.owner_id} if is_whole else where):
            said = [read(value) for read, value in zip(readers, row, strict=True)]
            if said[owner] == mine:
                found[table, row[key]] = template % tuple(said)
    return found


@cache
def _reading(model: Any, owner: Any) -> tuple[list[Any], str, int, int]:
    """How the rows of a table are put in canonical form; where their id and their owner stand."""
    names = [c.key for c in _columns(model)]
    template = "{" + ",".join(f'"{name}":%s' for name in names) + "}"
    readers = [frozen.reader(c) for c in _columns(model)]
    return readers, template, names.index("id"), names.index(owner.key)


def _columns(model: Any) -> list[Any]:
    return sorted(model.__table__.columns, key=lambda c: c.key)


@cache
def _owned_by(model: Any, owner: Any) -> Select[Any]:
    """All rows that belong to a chain."""
    query = select(*(db.raw(c) for c in _columns(model)))
    return query.where(model.__table__.c[owner.key] == bindparam("owner"))


@cache
def _told_between(model: Any) -> Select[Any]:
    """The rows that some entries of a chain tell of."""
    table = model.__table__
    return (
        select(*(db.raw(c) for c in _columns(model)))
        .join_from(_ENTRIES, table, _ENTRIES.c.row_id == table.c.id)
        .where(
            _ENTRIES.c.chain_id == bindparam("chain"),
            _ENTRIES.c.sequence.between(bindparam("first"), bindparam("last")),
            _ENTRIES.c.row_table == model.__tablename__,
        )
    )


_ID, _AT = frozen.reader(_ENTRIES.c.row_id), frozen.reader(_ENTRIES.c.at)
_WORDS = frozen.reader(_ENTRIES.c.what)


def _bytes(kind: Kind, row: str | None, table: Any, id: Any, at: Any, what: str, by: Any) -> bytes:
    """What an entry without detail says, when its columns and its row are as they were."""
    told = "" if row is None else f'"row":{row},'
    return (
        f'{{"at":{_AT(at)},"by":{_ID(by)},"format":"affianca/{kind}/1",'
        f'"id":{_ID(id)},{told}"table":{_WORDS(table)},"what":{_WORDS(what)}}}'
    ).encode()


def _judged(
    body: bytes, row: str | None, owned: Owned, table: Any, id: Any, at: Any, what: str, by: Any
) -> tuple[bool, str | None]:
    """Whether an entry tells of a row, and what was changed beside it or in its row, if anything.

    Read word by word.
    """
    said = json.loads(body)
    tells = "row" in said
    beside = {"at": _AT(at), "what": _WORDS(what), "by": _ID(by), "table": _WORDS(table)}
    if any(said.get(k) != _settled(text) for k, text in {**beside, "id": _ID(id)}.items()):
        return tells, BESIDE
    if table not in owned or not tells:
        return tells, None
    if row is None:
        return tells, f"its row in {table} is gone"
    if _settled(row) != said["row"]:
        return tells, f"its row in {table} was changed"
    return tells, None


def _settled(text: str) -> Any:
    """What a canonical form says, its letters settled; the text itself when it is none."""
    try:
        return json.loads(frozen.canonical(json.loads(text)))
    except (ValueError, TypeError):
        return text


def _untold(chain: Chain, owned: Owned, told: Set[tuple[str | None, str]]) -> Fault | None:
    """The first table with rows that are in no entry."""
    counts = Counter(table for table, _ in told)
    for table, (model, owner) in owned.items():
        query = select(func.count()).select_from(model).where(owner == chain.owner_id)
        if more := int(db.session.scalar(query) or 0) - counts[table]:
            why = f"{more} rows of {table} are in no entry"
            return Fault(chain, chain.length, why, is_row=True)
    return None
