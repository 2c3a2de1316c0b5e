"""Files: a row with its owner, and encrypted bytes in a store under a random name.

What is stored is encrypted chunk by chunk, each bound to its file and its place, the last one to
being the last: so a file of any length is written and read without ever being held whole.
"""

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String, Uuid, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms import clock, db, keys, text
from lms.errors import Invalid
from lms.i18n import lazy
from lms.permissions import Actor

LARGEST = 10 * 1024 * 1024
CHUNK = 256 * 1024
_TAG = 16
"""What encryption adds to a chunk."""
KINDS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff"}
"""What may be handed in, and how such a file begins."""
TABLE = "text/csv"
"""A table as a program exports it: text, taken only where a topic reads it."""


class File(db.Model):
    """One file, owned by a row of some topic: who may open that row may open the file."""

    __tablename__ = "files"
    __table_args__ = (db.owned(), CheckConstraint("size >= 0", name="size_not_negative"))

    id: Mapped[db.Id]
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"))
    topic: Mapped[str] = mapped_column(String(60))
    owner_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[db.KeyId]
    data_key: Mapped[db.Sealed]
    """The file's own key, sealed by the owner's: erasing the owner erases the file."""
    kept_at: Mapped[db.Moment]
    by_id: Mapped[db.PersonId]


_store: list[Path] = []


def bind(folder: Path) -> None:
    """Keep files in this folder."""
    _store[:] = [folder]


def _place(file_id: UUID) -> Path:
    name = file_id.hex
    return _store[0] / name[:2] / name


def kind_of(content: bytes, *, table: bool = False) -> str:
    """The media type that the bytes themselves show; text where a table is due. Raises Invalid."""
    if table:
        if text.decoded(content) is None:
            raise Invalid(file=lazy("This is not a list of text: save it as CSV."))
        return TABLE
    for media_type, beginning in KINDS.items():
        if content.startswith(beginning):
            return media_type
    raise Invalid(file=lazy("Only PDF, PNG and JPEG files can be attached."))


class Stream:
    """A file that grows as it is written; its row comes when it is whole."""

    def __init__(self) -> None:
        self.id = db.new_id()
        self.size = 0
        self._data_key = secrets.token_bytes(32)
        self._digest = hashlib.sha256()
        self._rest = bytearray()
        self._number = 0
        place = _place(self.id)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._unfinished = place.with_suffix(".part")
        self._stored = self._unfinished.open("wb")

    def write(self, content: bytes) -> int:
        self.size += len(content)
        self._digest.update(content)
        self._rest += content
        while len(self._rest) > CHUNK:
            self._put(bytes(self._rest[:CHUNK]), is_last=False)
            del self._rest[:CHUNK]
        return len(content)

    def flush(self) -> None:
        """Who writes into it may ask; a chunk leaves when it is full."""

    def kept(self, topic: str, owner: Any, media_type: str, *, key_id: UUID, by: Actor) -> File:
        """The row of the file, which is whole now."""
        row = File(
            id=self.id,
            programme_id=owner.programme_id,
            topic=topic,
            owner_id=owner.id,
            media_type=media_type,
            size=self.size,
            digest=self._digest.digest(),
            key_id=key_id,
            kept_at=clock.now(),
            by_id=by.id,
        )
        row.data_key = keys.sealed(row, "data_key", self._data_key, by=by)
        self._put(bytes(self._rest), is_last=True)
        self._stored.close()
        self._unfinished.replace(_place(self.id))
        db.session.add(row)
        return row

    def dropped(self) -> None:
        """It is not to be kept after all."""
        self._stored.close()
        self._unfinished.unlink(missing_ok=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        nonce, bound = _bound(self.id, self._number, is_last)
        self._stored.write(AESGCM(self._data_key).encrypt(nonce, chunk, bound))
        self._number += 1


def _bound(file_id: UUID, number: int, is_last: bool) -> tuple[bytes, bytes]:
    """The nonce of a chunk, for each file has a key of its own; and what it is bound to."""
    return number.to_bytes(12, "big"), file_id.bytes + bytes([is_last])


def keep(
    content: bytes, topic: str, owner: Any, *, key_id: UUID, table: bool = False, by: Actor
) -> File:
    """Encrypt and store these bytes, which somebody has handed in, for a row. Raises Invalid."""
    if len(content) > LARGEST:
        raise Invalid(file=lazy("The file is larger than 10 MB."))
    media_type = kind_of(content, table=table)
    stream = Stream()
    stream.write(content)
    return stream.kept(topic, owner, media_type, key_id=key_id, by=by)


def forget(row: File) -> None:
    """Take a file away for good: its row with its key, and its bytes once that is committed."""
    db.session.delete(row)
    _leaving(db.session()).append(_place(row.id))


def _leaving(session: Session) -> list[Path]:
    """Where the files lie whose rows this transaction takes away."""
    waiting: list[Path] = session.info.setdefault("files that leave", [])
    return waiting


@event.listens_for(Session, "after_commit")
def _leave(session: Session) -> None:
    for place in _leaving(session):
        place.unlink(missing_ok=True)
    _leaving(session).clear()


@event.listens_for(Session, "after_rollback")
def _stay(session: Session) -> None:
    _leaving(session).clear()


def read(row: File, *, by: Actor) -> bytes:
    """The bytes of a file, checked against what was handed in."""
    return b"".join(chunks(row, by=by))


def chunks(row: File, *, by: Actor) -> Iterator[bytes]:
    """The bytes of a file, chunk by chunk; its key is opened now, the rest is read as it is used.

    Raises keys.Unreadable at the first chunk that is not what was stored.
    """
    data_key = keys.opened(row, "data_key", by=by, subject=row.owner_id)
    return _chunks(row.id, row.digest, AESGCM(data_key))


def _chunks(file_id: UUID, digest: bytes, cipher: AESGCM) -> Iterator[bytes]:
    whole, number = hashlib.sha256(), 0
    with _place(file_id).open("rb") as stored:
        sealed = stored.read(CHUNK + _TAG)
        while sealed:
            following = stored.read(CHUNK + _TAG)
            nonce, bound = _bound(file_id, number, not following)
            try:
                chunk = cipher.decrypt(nonce, sealed, bound)
            except InvalidTag as error:
                raise keys.Unreadable(f"file {file_id}") from error
            whole.update(chunk)
            yield chunk
            sealed, number = following, number + 1
    if whole.digest() != digest:
        raise keys.Unreadable(f"file {file_id}")
