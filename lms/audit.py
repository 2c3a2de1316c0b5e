"""The audit record: who did, saw or was refused what. Tamper-evident, and without content."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from lms import chains, clock, db, keys
from lms.chains import INSTALLATION, Entry, Kind, Note, Subject
from lms.permissions import Actor

MOST_REFUSALS = 30
"""Refusals recorded for one person in one minute; more only fill the record."""


def record(
    what: str,
    row: Any = None,
    *,
    by: Actor | None,
    detail: Mapping[str, Any] | None = None,
    subjects: Sequence[UUID] = (),
    programme_id: UUID | None = None,
) -> None:
    """Note it, to be written in the same transaction as the thing itself."""
    owner = programme_id or (by.programme_id if by else None) or INSTALLATION
    chains.add(
        Note(
            kind=Kind.AUDIT,
            owner_id=owner,
            what=what,
            actor_id=by.id if by else None,
            row_table=row.__tablename__ if row is not None else None,
            row_id=row.id if row is not None else None,
            detail=detail or {},
            subjects=subjects,
        )
    )


def refused(what: str, row: Any = None, *, by: Actor | None = None) -> None:
    """Record a refusal, unless this person has been refused very often in the last minute.

    Who is not signed in is nobody: then `row` says against whom it was tried.
    """
    since = clock.now() - timedelta(minutes=1)
    whose = Entry.actor_id == by.id if by else Entry.row_id == row.id
    recent = db.session.scalar(
        select(func.count())
        .select_from(Entry)
        .where(whose, Entry.at > since, Entry.what.like("refused%"))
    )
    if (recent or 0) < MOST_REFUSALS:
        record(f"refused {what}"[:80], row, by=by)


@event.listens_for(Session, "before_commit", insert=True)
def _note_readings(session: Session) -> None:
    """Say whose content was opened in this transaction: one entry per person and permission."""
    for by, permission, subjects in keys.take_readings(session):
        chains.add(
            Note(
                kind=Kind.AUDIT,
                owner_id=by.programme_id or INSTALLATION,
                what=f"open {permission}"[:80],
                actor_id=by.id,
                subjects=subjects,
            )
        )


def settle_reading(touch: Callable[[], None] | None = None) -> None:
    """End a request that only read: close its transaction, then append what it has to record.

    One short write transaction on the same connection; the answer leaves only after it.
    """
    notes = chains.take_waiting()
    readings = keys.take_readings(db.session())
    db.session.rollback()
    if not (notes or readings or touch):
        return
    with db.intent(write=True):
        for note in notes:
            chains.add(note)
        keys.put_readings(db.session(), readings)
        if touch:
            touch()
        db.session.commit()


@contextmanager
def reading_apart() -> Iterator[None]:
    """Inside a job: read, and make something slow of it, without keeping others from writing.

    What is read is one reading of its own; what was opened for it is recorded by the job. Nothing
    may have been written before.
    """
    db.session.rollback()
    with db.scope(write=False):
        yield
        notes, readings = chains.take_waiting(), keys.take_readings(db.session())
    for note in notes:
        chains.add(note)
    keys.put_readings(db.session(), readings)


# Queries


def who_saw(*subject_ids: UUID) -> list[Entry]:
    """Every entry that concerns one of these, a case or what belongs to it, oldest first."""
    query = (
        select(Entry)
        .join(
            Subject,
            (Subject.chain_id == Entry.chain_id) & (Subject.sequence == Entry.sequence),
        )
        .where(Subject.subject_id.in_(subject_ids))
        .order_by(Entry.at, Entry.chain_id, Entry.sequence)
    )
    return list(dict.fromkeys(db.session.scalars(query)))


def latest(programme_id: UUID, *, most: int = 100, start: int = 0) -> list[Entry]:
    """The envelope of the newest entries of a programme: who, when, what; never content."""
    query = (
        select(Entry)
        .join(chains.Chain, chains.Chain.id == Entry.chain_id)
        .where(chains.Chain.kind == Kind.AUDIT, chains.Chain.owner_id == programme_id)
        .where(Entry.sequence <= chains.Chain.length - start)
        .order_by(Entry.sequence.desc())
        .limit(most)
    )
    return list(db.session.scalars(query))


def length(programme_id: UUID) -> int:
    """How many entries the record of a programme has had; they are numbered without gaps."""
    query = select(chains.Chain.length).where(
        chains.Chain.kind == Kind.AUDIT, chains.Chain.owner_id == programme_id
    )
    return db.session.scalar(query) or 0


# Anchor


def anchor(path: Path) -> int:
    """Write the heads of all chains, signed, to a file outside the database."""
    heads = chains.heads()
    line = {"at": clock.now().isoformat(), "heads": heads}
    text = json.dumps(line, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps({"line": text, "mac": keys.signature(text.encode())}) + "\n")
    return len(heads)


def anchored(path: Path) -> list[list[tuple[str, str, int, str]]]:
    """What the anchor remembers, line by line. Raises ValueError where it was not signed by us."""
    kept = []
    for number, raw in enumerate(path.read_text().splitlines(), 1):
        signed = json.loads(raw)
        if not keys.signed(signed["line"].encode(), signed["mac"]):
            raise ValueError(f"line {number} of the anchor was not signed by this installation")
        heads = json.loads(signed["line"])["heads"]
        kept.append([(k, o, int(n), h) for k, o, n, h in heads])
    return kept


def anchor_fault(path: Path) -> str | None:
    """What the anchor remembers and the database has lost or changed, if anything."""
    if not path.exists():
        return None
    try:
        lines = anchored(path)
    except ValueError as error:
        return str(error)
    return next((fault for line in lines if (fault := chains.verify_anchor(line))), None)
