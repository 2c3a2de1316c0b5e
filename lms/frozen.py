"""Frozen documents: canonical bytes with a hash, never rewritten.

The digest covers salt and plain text and lies beside the (possibly encrypted) bytes; when the
subject's key has been destroyed the document says *erased*, not *broken*.
"""

import hashlib
import json
import secrets
import unicodedata
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    case,
    cast,
    func,
    literal,
    type_coerce,
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


# The same form, made by the database itself: what a check of very many rows compares


def said(column: Any, dialect: str) -> ColumnElement[str]:
    """The canonical form of one column, as an expression of SQL.

    It may differ where `canonical` settles the form of letters: who finds a difference asks
    `canonical` before saying that something was changed.
    """
    raw, lite, kind = type_coerce(column, String), dialect == "sqlite", column.type
    value: ColumnElement[Any]
    match kind:
        case Uuid() if lite:
            parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
            value = _quoted(_joined([func.substr(raw, a, n) for a, n in parts], "-"))
        case db.UtcTime() if lite:
            value = _quoted(func.replace(raw, " ", "T") + literal("Z", Text))
        case db.UtcTime():
            shape = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
            value = _quoted(func.to_char(func.timezone("UTC", column), shape))
        case LargeBinary():
            shown = func.lower(func.hex(raw)) if lite else func.encode(column, "hex")
            value = case((column.is_not(None), _quoted(shown)))
        case Uuid() | Date():
            value = _quoted(raw if lite else cast(column, Text))
        case Integer():
            value = cast(column, Text)
        case _:
            value = func.json_quote(raw) if lite else cast(func.to_json(raw), Text)
    return func.coalesce(value, "null")


def said_row(model: Any, dialect: str) -> ColumnElement[str]:
    """The canonical form of all columns of a table, as an expression of SQL."""
    columns = sorted(model.__table__.columns, key=lambda c: c.key)
    pairs = [literal(f'"{c.key}":', Text) + said(c, dialect) for c in columns]
    return literal("{", Text) + _joined(pairs, ",") + literal("}", Text)


def _quoted(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return literal('"', Text) + type_coerce(value, Text) + literal('"', Text)


def _joined(parts: list[ColumnElement[Any]], between: str) -> ColumnElement[Any]:
    found: ColumnElement[Any] = type_coerce(parts[0], Text)
    for part in parts[1:]:
        found = found + literal(between, Text) + type_coerce(part, Text)
    return found


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
    body = canonical({"format": f"affianca/{kind}/1", **content})
    salt = secrets.token_bytes(16)
    row = Frozen(
        programme_id=by.programme_id,
        kind=kind,
        subject_id=subject_id,
        number=number,
        at=clock.now(),
        by_id=by.id,
        salt=salt,
        digest=digest(salt, body),
        key_id=key_id,
    )
    row.body = keys.sealed(row, "body", body, by=by, subject=subject) if key_id else body
    db.session.add(row)
    return row


def read(row: Frozen, *, by: Actor, subject: UUID | None = None) -> dict[str, Any]:
    """The content of a frozen document. Raises Broken, or keys.Erased."""
    body = keys.opened(row, "body", by=by, subject=subject) if row.key_id else row.body
    if digest(row.salt, body) != row.digest:
        raise Broken(f"frozen document {row.id}")
    content: dict[str, Any] = json.loads(body)
    return content
