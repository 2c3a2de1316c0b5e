"""The control bundle: everything that a control asks of an edition, in one file that proves itself.

It is made by jobs, piece by piece, so that nobody waits for it; each piece is kept, encrypted, and
the zip is put together as it is taken. If the register changes while it is made, it begins anew.
"""

import hashlib
import io
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import contents, inspection, proofs
from courses.editions import Edition
from lms import audit, clock, db, files, frozen, i18n, jobs, keys, permissions
from lms.accounts import Person
from lms.errors import Refused
from lms.files import File
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import Actor

JOB = "bundle"
STANDING = "bundle:make"
"""The permission under which what a bundle holds is opened, for the audit record."""
AT_ONCE = 0.5
"""Seconds of making in one job: between two of them others have their turn."""
MOST_ATTEMPTS = 5
"""How often it begins anew because the register has changed."""
MADE = "application/octet-stream"
STORED = (".pdf", ".png", ".jpg")
"""What is compressed already."""
BEGINNING = (2020, 1, 1, 0, 0, 0)
"""The time of each file in the zip: the manifest says when the bundle was asked for."""


class BundleState(StrEnum):
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


say(
    {
        BundleState.MAKING: Word(lazy("being made"), "turn", "wait"),
        BundleState.READY: Word(lazy("ready to be taken"), "good", "ok"),
        BundleState.FAILED: Word(lazy("not made"), "bad", "none"),
    }
)

FLOW = Flow(
    finish=({BundleState.MAKING}, BundleState.READY),
    fail=({BundleState.MAKING}, BundleState.FAILED),
)


class Bundle(db.Model):
    """One control bundle of an edition, asked for at one moment."""

    __tablename__ = "courses_bundles"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        CheckConstraint("(state = 'ready') = (ready_at IS NOT NULL)", name="ready_has_time"),
        CheckConstraint("done <= pieces", name="done_of_pieces"),
        Index("ix_courses_bundles_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[BundleState] = mapped_column(db.choice(BundleState), default=BundleState.MAKING)
    attempt: Mapped[int] = mapped_column(default=1)
    entries: Mapped[int | None] = mapped_column()
    """How long the register's chain was when this attempt began."""
    done: Mapped[int] = mapped_column(default=0)
    pieces: Mapped[int] = mapped_column(default=0)
    """How many pieces are made, and how many there will be."""
    key_id: Mapped[db.KeyId]
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    ready_at: Mapped[db.Moment | None]
    version: Mapped[int] = mapped_column()
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    __mapper_args__ = {"version_id_col": version}


class Piece(db.Model):
    """One file of a bundle."""

    __tablename__ = "courses_bundle_pieces"
    __table_args__ = (
        db.owned(),
        db.within("courses_bundles", "bundle_id"),
        db.within("files", "file_id"),
        UniqueConstraint("bundle_id", "attempt", "name"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    bundle_id: Mapped[UUID] = mapped_column(Uuid)
    attempt: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(200))
    """Its path in the zip; nobody's name is in it."""
    file_id: Mapped[UUID | None] = mapped_column(Uuid)
    """None for what was erased, as its owner asked or the law requires."""
    file: Mapped[File | None] = relationship(foreign_keys=[file_id])


@dataclass
class Step:
    """What one job has made: some of the pieces, and how far the register had come."""

    entries: int
    every: Sequence[str]
    made: dict[str, bytes | None]


# Queries


def of_edition(edition_id: UUID) -> list[Bundle]:
    """The bundles of an edition, newest first."""
    query = (
        select(Bundle)
        .options(joinedload(Bundle.by))
        .where(Bundle.edition_id == edition_id)
        .order_by(Bundle.at.desc(), Bundle.id)
    )
    return list(db.session.scalars(query))


def _kept(bundle: Bundle) -> list[Piece]:
    query = (
        select(Piece)
        .options(joinedload(Piece.file))
        .where(Piece.bundle_id == bundle.id, Piece.attempt == bundle.attempt)
        .order_by(Piece.name)
    )
    return list(db.session.scalars(query))


# Operations


def ask(edition: Edition, *, address: str, by: Actor) -> Bundle:
    """Ask for the control bundle of an edition; `address` is where certificates are verified."""
    edition = db.locked(edition)
    if any(b.state == BundleState.MAKING for b in of_edition(edition.id)):
        raise Refused(lazy("A bundle of this edition is being made already."))
    if inspection.chain_of(edition.id) is None:
        raise Refused(lazy("The register has no page yet."))
    row = Bundle(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        key_id=keys.new_key(keys.Subject.EDITION, edition.programme_id).id,
        at=clock.now(),
        by_id=by.id,
    )
    db.session.add(row)
    audit.record("bundle asked", edition, by=by)
    jobs.ask(JOB, by=by, bundle_id=str(row.id), address=address)
    return row


def go_on(*, bundle_id: str, address: str, by: Actor | None) -> None:
    """Make some more pieces of a bundle: what its job does, again and again until it is whole."""
    assert by is not None  # noqa: S101 - somebody has asked for it
    if make_some(UUID(bundle_id), address, by=by):
        jobs.ask(JOB, by=by, bundle_id=bundle_id, address=address)


def make_some(bundle_id: UUID, address: str, *, by: Actor) -> bool:
    """Make some more pieces of a bundle. Returns whether there is more to make."""
    if db.session.get_one(Bundle, bundle_id).state != BundleState.MAKING:
        return False
    token = permissions.standing.set(STANDING)
    try:
        with audit.reading_apart(), i18n.speaking(by.language):
            step = _step(db.session.get_one(Bundle, bundle_id), address, by)
        row = db.locked(db.session.get_one(Bundle, bundle_id))
        return row.state == BundleState.MAKING and _keep(row, step, by)
    finally:
        permissions.standing.reset(token)


def _step(bundle: Bundle, address: str, by: Actor) -> Step:
    """Make pieces for a while, out of one reading of the register."""
    chain = inspection.chain_of(bundle.edition_id)
    kept = {piece.name: piece for piece in _kept(bundle)}
    with clock.held(bundle.at):
        makers = dict(contents.pieces(bundle.edition, address, by=by))
        step = Step(chain.length if chain else 0, [*makers, proofs.MANIFEST, proofs.SIGNATURE], {})
        until = time.monotonic() + AT_ONCE
        for name, make in makers.items():
            if name not in kept and (not step.made or time.monotonic() < until):
                step.made[name] = _erasable(make)
        if all(name in kept for name in makers):
            step.made |= _last(bundle, list(kept.values()), by)
    return step


def _erasable(make: Callable[[], bytes]) -> bytes | None:
    try:
        return make()
    except keys.Erased:
        return None


def _last(bundle: Bundle, kept: Sequence[Piece], by: Actor) -> dict[str, bytes | None]:
    """The manifest and its signature, once everything else is there."""
    listed = [
        {"name": p.name, "size": p.file.size, "sha256": p.file.digest} for p in kept if p.file
    ]
    manifest = contents.manifest(
        bundle.edition,
        files=listed,
        erased=[p.name for p in kept if p.file is None],
        asked={"at": bundle.at, "by": by.name},
        by=by,
    )
    return {proofs.MANIFEST: manifest, proofs.SIGNATURE: signature_of(manifest)}


def _keep(row: Bundle, step: Step, by: Actor) -> bool:
    """Keep what a step has made. Returns whether there is more to do."""
    if row.entries is None:
        row.entries = step.entries
    if row.entries != step.entries:
        return _begin_anew(row, by)
    row.pieces, row.done = len(step.every), row.done + len(step.made)
    for name, content in step.made.items():
        db.session.add(_piece(row, name, content, by))
    if proofs.SIGNATURE not in step.made:
        return True
    FLOW.move(row, "finish", ready_at=clock.now())
    audit.record("bundle ready", row.edition, by=by, detail={"pieces": row.done})
    return False


def _begin_anew(row: Bundle, by: Actor) -> bool:
    """The register has grown since the first piece: what was made is left behind."""
    if row.attempt >= MOST_ATTEMPTS:
        FLOW.move(row, "fail")
        audit.record("bundle failed", row.edition, by=by)
        return False
    row.attempt, row.entries, row.done, row.pieces = row.attempt + 1, None, 0, 0
    return True


def _piece(row: Bundle, name: str, content: bytes | None, by: Actor) -> Piece:
    kept = None
    if content is not None:
        stream = files.Stream()
        stream.write(content)
        kept = stream.kept("bundles", row, MADE, key_id=row.key_id, by=by)
    return Piece(
        programme_id=row.programme_id,
        bundle_id=row.id,
        attempt=row.attempt,
        name=name,
        file_id=kept.id if kept else None,
    )


def take(bundle: Bundle, *, by: Actor) -> Iterator[bytes]:
    """The zip of a bundle, bit by bit. Raises Refused while it is not ready, keys.Erased."""
    if bundle.state != BundleState.READY:
        raise Refused(lazy("The bundle is not ready yet."))
    audit.record("bundle taken", bundle.edition, by=by)
    return _zipped(
        [(p.name, files.chunks(p.file, by=by)) for p in _kept(bundle) if p.file is not None]
    )


class _Stream(io.RawIOBase):
    """Where the zip is written to, and taken from as it grows."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, more: Any) -> int:
        self.waiting += more
        return len(more)

    def take(self) -> bytes:
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


def _zipped(pieces: Sequence[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    stream = _Stream()
    with zipfile.ZipFile(stream, "w") as bundle:
        for name, content in pieces:
            info = zipfile.ZipInfo(name, BEGINNING)
            kind = zipfile.ZIP_STORED if name.endswith(STORED) else zipfile.ZIP_DEFLATED
            info.compress_type = kind
            with bundle.open(info, "w") as entry:
                for chunk in content:
                    entry.write(chunk)
            yield stream.take()
    yield stream.take()


def fingerprint(bundle: Bundle) -> str:
    """The SHA-256 of a bundle's manifest: whoever has the file can compare it."""
    found = next((p.file for p in _kept(bundle) if p.name == proofs.MANIFEST), None)
    return found.digest.hex() if found else ""


def signature_of(manifest: bytes) -> bytes:
    """What stands beside a manifest: who made it, and that it was not changed since."""
    return frozen.canonical(
        {
            "key": keys.public_key(),
            "sha256": hashlib.sha256(manifest).hexdigest(),
            "signature": keys.sign(manifest),
        }
    )
