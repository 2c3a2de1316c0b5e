"""Packing: the certificates of a batch as one file to fetch, however many they are.

They are set one after the other and written into an encrypted file as they come: none of them
waits in memory, and nothing is locked while one is set. The file is taken away after some days.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from courses import batches, certificates
from courses.batches import FLOW, STEP, Batch, BatchState, Item
from courses.certificates import Certificate, CertificateState
from lms import audit, clock, db, files, i18n, jobs, keys
from lms.accounts import Person
from lms.errors import Refused
from lms.frozen import Frozen
from lms.i18n import lazy
from lms.manifest import CertifiedIf
from lms.permissions import Actor

KEPT = timedelta(days=14)
Keep = Callable[[], None]


def work(
    *, batch_id: str, also: Sequence[CertifiedIf] = (), address: str, by: Actor, keep: Keep
) -> None:
    """Certify who still waits, a few at a time, then gather the certificates.

    Whoever takes it over goes on with those who wait; the file is begun anew. `address` is where
    a certificate is verified, without its number.
    """
    id = UUID(batch_id)
    while batches.certify_some(id, also=also, by=by):
        keep()
    with db.unit(write=False):
        batch = db.session.get_one(Batch, id)
        wanted, language = batch.state == BatchState.PACKING, batch.language
    if wanted:
        with i18n.speaking(language):
            _pack(id, address=address, by=by, keep=keep)


def _pack(id: UUID, *, address: str, by: Actor, keep: Keep) -> None:
    done = 0
    with _stream() as stream:
        with ZipFile(stream, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]  # it is only written on
            for number, at, said in _read(id, address, by):
                archive.writestr(_entry(number, at), certificates.set_page(said, at=at))
                done += 1
                if done % STEP == 0:
                    keep()
                    _count(id, done)
        with db.unit():
            batch = db.locked(db.session.get_one(Batch, id))
            owner = db.session.get_one(Person, batch.by_id)
            row = stream.kept("certificates", batch, "application/zip", key_id=owner.key_id, by=by)
            FLOW.move(batch, "finish", packed=done, file_id=row.id, ended_at=clock.now())
            audit.record("certificates packed", batch, by=by, detail={"certificates": done})
            jobs.ask("forget certificates", by=by, after=KEPT, batch_id=str(id))


@contextmanager
def _stream() -> Iterator[files.Stream]:
    """A file to write into, which is dropped if it does not come to its end."""
    stream = files.Stream()
    try:
        yield stream
    except BaseException:
        stream.dropped()
        raise


def _entry(number: str, at: datetime) -> ZipInfo:
    """Its name in the file is its number: names of people stand in no name of a file."""
    return ZipInfo(f"{number}.pdf", clock.local(at).timetuple()[:6])


def _read(id: UUID, address: str, by: Actor) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    """Number, day and words of the certificates of a batch that are in force, a few at a time.

    Each few are one short reading, and the record of it; nothing is held open in between.
    """
    place = 0
    while True:
        with db.scope(write=False):
            query = (
                select(Item.position, Certificate)
                .join(Certificate, Certificate.id == Item.certificate_id)
                .join(Frozen, Frozen.id == Certificate.dossier_id)
                .options(contains_eager(Certificate.dossier))
                .where(Item.batch_id == id, Item.position > place)
                .order_by(Item.position)
                .limit(STEP)
            )
            rows = keys.execute(query, Frozen.key_id)
            said = [
                (row.number, row.issued_at, words)
                for _, row in rows
                if row.state == CertificateState.VALID
                and (words := _words(row, address, by)) is not None
            ]
            audit.settle_reading()
        if not rows:
            return
        place = rows[-1][0]
        yield from said


def _words(certificate: Certificate, address: str, by: Actor) -> dict[str, Any] | None:
    """What it says; None where its owner was erased meanwhile."""
    try:
        return certificates.words(certificate, address=address + certificate.number, by=by)
    except keys.Erased:
        return None


def _count(id: UUID, done: int) -> None:
    with db.unit():
        db.session.execute(update(Batch).where(Batch.id == id).values(packed=done))


def forget(*, batch_id: str, by: Actor | None) -> None:
    """The file has been there long enough to be fetched: it is taken away."""
    batch = db.session.get_one(Batch, UUID(batch_id))
    row, batch.file_id = batch.file, None
    if row is not None:
        db.session.flush()  # the batch lets go of the file first
        files.forget(row)
        audit.record("gathered certificates removed", batch, by=by)


def content(batch: Batch, *, by: Actor) -> tuple[Iterator[bytes], int]:
    """The gathered certificates, chunk by chunk, and how long they are. Raises Refused."""
    if batch.file is None:
        raise Refused(lazy("This file is not there any more: gather the certificates anew."))
    audit.record("gathered certificates fetched", batch, by=by)
    return files.chunks(batch.file, by=by), batch.file.size
