"""Frozen documents: canonical bytes with a hash, never rewritten.

The digest covers salt and plain text and lies beside the (possibly encrypted) bytes; when the
subject's key has been destroyed the document says *erased*, not *broken*.
"""

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, keys
from lms.permissions import Actor


class Broken(Exception):
    """The bytes are no longer those that were frozen."""


class Frozen(db.Model):
    """One frozen document: a plan's version, a trainee's dossier."""

    __tablename__ = "frozen_documents"
    __table_args__ = (db.owned(), UniqueConstraint("kind", "subject_id", "number"))

    id: Mapped[db.Id]
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[db.Moment]
    by_id: Mapped[db.PersonId]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[UUID | None] = mapped_column(ForeignKey("subject_keys.id"))
    body: Mapped[db.Sealed]


db.append_only(Frozen.__table__)


# Rules


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces, NFC text, integers only, UTC moments with Z."""
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def digest(previous: bytes, body: bytes) -> bytes:
    return hashlib.sha256(previous + body).digest()


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case StrEnum():
            return value.value
        case str():
            return unicodedata.normalize("NFC", value)
        case UUID():
            return str(value)
        case bytes():
            return value.hex()
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def facts(row: Any) -> dict[str, Any]:
    """The columns of a row, as they enter a chain."""
    return {c.key: getattr(row, c.key) for c in row.__table__.columns}


def reader(column: Any) -> Callable[[Any], str]:
    """What makes the canonical form of a column from the very value that the database holds.

    For checks of very many rows: the same form as `canonical`, without the values in between.
    """
    match column.type:
        case Uuid():
            return _said_id
        case db.UtcTime():
            return _said_moment
        case Boolean():
            return _said_truth
        case Integer():
            return _said_number
        case LargeBinary() | Date() | String():
            return _said_plain
    raise TypeError(f"{column} has no canonical form")


@lru_cache(maxsize=50_000)
def _said_id(raw: str | UUID | None) -> str:
    if isinstance(raw, str):
        return f'"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"'
    return canonical(raw).decode()


def _said_moment(raw: str | datetime | None) -> str:
    if isinstance(raw, str):
        return f'"{raw.replace(" ", "T")}Z"'
    return canonical(raw).decode()


def _said_truth(raw: Any) -> str:
    return "null" if raw is None else "true" if raw else "false"


def _said_number(raw: Any) -> str:
    return "null" if raw is None else f"{raw}"


@lru_cache(maxsize=50_000)
def _said_plain(raw: Any) -> str:
    return canonical(bytes(raw) if isinstance(raw, memoryview) else raw).decode()


# Operations


def freeze(
    kind: str,
    subject_id: UUID,
    content: dict[str, Any],
    *,
    number: int = 1,
    key_id: UUID | None = None,
    subject: UUID | None = None,
    by: Actor,
) -> Frozen:
    """Freeze this content under a kind and a number; sealed with a key when one is named.

    `subject` is the case that it belongs to, for the audit record.
    """
    plain = canonical({"format": f"affianca/{kind}/1", **content})
    salt = secrets.token_bytes(16)
    row = Frozen(
        programme_id=by.programme_id,
        kind=kind,
        subject_id=subject_id,
        number=number,
        at=clock.now(),
        by_id=by.id,
        salt=salt,
        digest=digest(salt, plain),
        key_id=key_id,
    )
    row.body = keys.sealed(row, "body", plain, by=by, subject=subject) if key_id else plain
    db.session.add(row)
    return row


def body(row: Frozen, *, by: Actor, subject: UUID | None = None) -> bytes:
    """The very bytes that were frozen. Raises Broken, or keys.Erased."""
    found = keys.opened(row, "body", by=by, subject=subject) if row.key_id else row.body
    if digest(row.salt, found) != row.digest:
        raise Broken(f"frozen document {row.id}")
    return found


def read(row: Frozen, *, by: Actor, subject: UUID | None = None) -> dict[str, Any]:
    """The content of a frozen document. Raises Broken, or keys.Erased."""
    content: dict[str, Any] = json.loads(body(row, by=by, subject=subject))
    return content
