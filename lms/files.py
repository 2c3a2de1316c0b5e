"""Files: a row with its owner, and encrypted bytes in a store under a random name."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, keys
from lms.errors import Invalid
from lms.i18n import lazy
from lms.permissions import Actor

LARGEST = 10 * 1024 * 1024
KINDS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff"}
"""What may be handed in, and how such a file begins."""


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


def kind_of(content: bytes) -> str:
    """The media type that the bytes themselves show. Raises Invalid."""
    for media_type, beginning in KINDS.items():
        if content.startswith(beginning):
            return media_type
    raise Invalid(file=lazy("Only PDF, PNG and JPEG files can be attached."))


def keep(
    content: bytes, topic: str, owner: Any, *, key_id: UUID, made: str = "", by: Actor
) -> File:
    """Encrypt and store these bytes for a row. Raises Invalid.

    `made` is the media type of what the program itself has made: of any kind, and of any size.
    """
    if not made and len(content) > LARGEST:
        raise Invalid(file=lazy("The file is larger than 10 MB."))
    row = File(
        programme_id=owner.programme_id,
        topic=topic,
        owner_id=owner.id,
        media_type=made or kind_of(content),
        size=len(content),
        digest=hashlib.sha256(content).digest(),
        key_id=key_id,
        kept_at=clock.now(),
        by_id=by.id,
    )
    data_key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
    row.data_key = keys.sealed(row, "data_key", data_key, by=by)
    place = _place(row.id)
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(".part")
    unfinished.write_bytes(nonce + AESGCM(data_key).encrypt(nonce, content, row.id.bytes))
    unfinished.replace(place)
    db.session.add(row)
    return row


def reader(row: File, *, by: Actor) -> Callable[[], bytes]:
    """What gives the bytes of a file, checked against what was handed in.

    Its key is opened and the reading noted now: the bytes may be asked for when the request, and
    its session with the database, has ended.
    """
    data_key = keys.opened(row, "data_key", by=by, subject=row.owner_id)
    file_id, digest = row.id, row.digest

    def content() -> bytes:
        stored = _place(file_id).read_bytes()
        try:
            found = AESGCM(data_key).decrypt(stored[:12], stored[12:], file_id.bytes)
        except InvalidTag as error:
            raise keys.Unreadable(f"file {file_id}") from error
        if hashlib.sha256(found).digest() != digest:
            raise keys.Unreadable(f"file {file_id}")
        return found

    return content


def read(row: File, *, by: Actor) -> bytes:
    """The bytes of a file, checked against what was handed in."""
    return reader(row, by=by)()
