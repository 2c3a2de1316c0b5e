"""The key ring and sealed columns: text that only an opened key can read.

One data key per subject (a person, a case, a referral), wrapped by a master key that lies outside
the database. A sealed value is bound to its table, column, row and key, so it cannot be moved.
Erasing a subject destroys her key, which reaches the backups too. No key is opened without an
audit entry: this is the one place where a read of case content is noted.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms import clock, db
from lms.permissions import Actor, standing

VERSION = b"\x01"
NONCE = 12


class Erased(Exception):
    """The subject's key was destroyed: what it sealed can never be read again."""


class Unreadable(Exception):
    """The bytes were changed, moved, or sealed with a key that this ring does not hold."""


class Subject(StrEnum):
    PERSON = "person"
    REFERRAL = "referral"
    BENEFICIARY = "beneficiary"
    CASE = "case"
    EDITION = "edition"
    """Papers of a register: scans, authorisations, what platforms wrote."""


class SubjectKey(db.Model):
    """The wrapped data key of one subject."""

    __tablename__ = "subject_keys"

    id: Mapped[db.Id]
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"), index=True)
    kind: Mapped[Subject] = mapped_column(db.choice(Subject, "kind_known"))
    master: Mapped[str] = mapped_column(String(40))
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[db.Moment]
    destroyed_at: Mapped[db.Moment | None]


# The ring


@dataclass(frozen=True)
class Ring:
    """The secrets of one installation: master keys, and one secret per other purpose."""

    masters: tuple[tuple[str, bytes], ...]
    """Newest first: the first one wraps, the others still open."""
    token: bytes
    session: bytes
    anchor: bytes
    blind: bytes

    @classmethod
    def new(cls) -> Self:
        fresh = secrets.token_bytes
        return cls(((secrets.token_hex(4), fresh(32)),), fresh(32), fresh(32), fresh(32), fresh(32))

    @classmethod
    def load(cls, path: Path) -> Self:
        kept = json.loads(path.read_text())
        read = base64.b64decode
        masters = tuple((m["id"], read(m["secret"])) for m in kept["masters"])
        return cls(masters, *(read(kept[name]) for name in ("token", "session", "anchor", "blind")))

    def save(self, path: Path) -> None:
        """Write a new ring that only its owner can read. Refuses to replace one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            {
                "masters": [{"id": i, "secret": _b64(s)} for i, s in self.masters],
                "token": _b64(self.token),
                "session": _b64(self.session),
                "anchor": _b64(self.anchor),
                "blind": _b64(self.blind),
            },
            indent=1,
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)

    def master(self, name: str) -> bytes:
        for known, secret in self.masters:
            if known == name:
                return secret
        raise Unreadable(f"the key ring holds no master key {name}")


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


_rings: list[Ring] = []


def bind(ring: Ring) -> None:
    """Make this the ring of the process."""
    _rings[:] = [ring]


def ring() -> Ring:
    return _rings[0]


def signature(text: bytes) -> str:
    """For the anchor: shows that this installation wrote it."""
    return hmac.new(ring().anchor, text, hashlib.sha256).hexdigest()


def signed(text: bytes, mac: str) -> bool:
    return hmac.compare_digest(signature(text), mac)


def _signer() -> Ed25519PrivateKey:
    seed = hmac.new(ring().anchor, b"signs what leaves the house", hashlib.sha256).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def sign(text: bytes) -> str:
    """For what leaves the installation: anybody with its public key can check it."""
    return _signer().sign(text).hex()


def public_key() -> str:
    """With what anybody checks what this installation signs; no secret."""
    return _signer().public_key().public_bytes_raw().hex()


def signed_with(public: str, text: bytes, signature: str) -> bool:
    """Whether the holder of this public key signed the text; needs no ring."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), text)
    except (ValueError, InvalidSignature):
        return False
    return True


def blind(label: str, value: str) -> bytes:
    """A blind index: equal texts give equal bytes, and nothing else can be read from them."""
    bare = folded(value).replace(" ", "")
    return hmac.new(ring().blind, f"{label}\0{bare}".encode(), hashlib.sha256).digest()[:12]


def folded(value: str) -> str:
    """Small letters without accents, one apostrophe: Niccolò D’Angelo is NICCOLO D'ANGELO."""
    decomposed = unicodedata.normalize("NFKD", value.casefold().replace("’", "'"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


# Operations


def new_key(kind: Subject, programme_id: UUID | None) -> SubjectKey:
    """A data key for a new subject, ready to seal with."""
    name, master = ring().masters[0]
    row = SubjectKey(
        programme_id=programme_id,
        kind=kind,
        master=name,
        created_at=clock.now(),
    )
    data_key = secrets.token_bytes(32)
    row.wrapped = _encrypt(master, data_key, _bound("subject_keys", "wrapped", row.id, row.id))
    db.session.add(row)
    _cache(db.session())[row.id] = data_key
    return row


def destroy(key: SubjectKey) -> None:
    """Erase a subject: nothing that this key sealed can be read again, backups included."""
    key.wrapped, key.destroyed_at = None, clock.now()
    _cache(db.session()).pop(key.id, None)


def sealed(
    row: Any, column: str, value: bytes | str, *, by: Actor, subject: UUID | None = None
) -> bytes:
    """The sealed form of a value for this column of this row."""
    _fetch([row.key_id])
    _note(row, by, subject)
    plain = value.encode() if isinstance(value, str) else value
    return _encrypt(_key(row.key_id), plain, _bound(row.__tablename__, column, row.id, row.key_id))


def seal(row: Any, *, by: Actor, subject: UUID | None = None, **texts: str | None) -> None:
    """Seal these texts into the columns of the same names; None stays None."""
    for column, value in texts.items():
        kept = None if value is None else sealed(row, column, value, by=by, subject=subject)
        setattr(row, column, kept)


def opened(row: Any, column: str, *, by: Actor, subject: UUID | None = None) -> bytes:
    """The bytes behind one sealed column."""
    _fetch([row.key_id])
    _note(row, by, subject)
    return _decrypt(
        _key(row.key_id),
        getattr(row, column),
        _bound(row.__tablename__, column, row.id, row.key_id),
    )


def execute(query: Any, key_id: Any) -> list[tuple[Any, ...]]:
    """What this query finds, with the keys that this column names: to be opened next.

    The keys come in the same statement; nothing is opened yet, so nothing is noted.
    """
    query = query.add_columns(SubjectKey).outerjoin(SubjectKey, SubjectKey.id == key_id)
    found = []
    for *row, key in db.session.execute(query):
        if key is not None:
            _take(key)
        found.append(tuple(row))
    return found


def scalars(query: Any) -> list[Any]:
    """The sealed rows that this query finds, with their keys."""
    model: Any = query.column_descriptions[0]["expr"]
    return [row for (row,) in execute(query, model.key_id)]


def open_rows(
    rows: Iterable[Any], *, by: Actor, subjects: Mapping[UUID, UUID] | None = None
) -> list[SimpleNamespace]:
    """The sealed columns of these rows as plain text, in the same order, `.row` beside them.

    Fetches all the keys that are needed in one statement. A subject who was erased has
    `erased=True` and None in every column. `subjects` says, by row id, whose case it is where the
    row itself does not: the record then names the case.
    """
    rows = list(rows)
    _fetch([row.key_id for row in rows])
    return [_plain(row, by, (subjects or {}).get(row.id)) for row in rows]


def open_row(row: Any, *, by: Actor, subject: UUID | None = None) -> SimpleNamespace:
    return open_rows([row], by=by, subjects={row.id: subject} if subject else None)[0]


def ring_sealed(table: str, column: str, row_id: UUID, value: str) -> bytes:
    """Sealed by the ring itself: for what the program keeps to answer, and nobody reads up."""
    name, master = ring().masters[0]
    bound = f"affianca1|{name}|{table}|{column}|{row_id}".encode()
    return name.encode() + b":" + _encrypt(_own_key(master), value.encode(), bound)


def ring_opened(table: str, column: str, row_id: UUID, kept: bytes) -> str:
    """What the ring has sealed for this place; it is no reading of anybody's content."""
    name, _, value = kept.partition(b":")
    bound = f"affianca1|{name.decode()}|{table}|{column}|{row_id}".encode()
    return _decrypt(_own_key(ring().master(name.decode())), value, bound).decode()


def _own_key(master: bytes) -> bytes:
    return hmac.new(master, b"sealed by the ring", hashlib.sha256).digest()


def _plain(row: Any, by: Actor, subject: UUID | None) -> SimpleNamespace:
    _note(row, by, subject)
    values: dict[str, str | None] = {}
    erased = False
    for column in sealed_columns(row.__class__):
        value = getattr(row, column)
        try:
            bound = _bound(row.__tablename__, column, row.id, row.key_id)
            values[column] = (
                None if value is None else _decrypt(_key(row.key_id), value, bound).decode()
            )
        except Erased:
            values[column], erased = None, True
    return SimpleNamespace(row=row, id=row.id, erased=erased, **values)


@cache
def sealed_columns(model: Any) -> tuple[str, ...]:
    """The sealed columns that rows of this class have: of several in one table, only its own."""
    columns = model.__mapper__.columns
    return tuple(key for key, column in columns.items() if column.info.get("sealed"))


def _bound(table: str, column: str, row_id: UUID, key_id: UUID) -> bytes:
    return f"affianca1|{key_id}|{table}|{column}|{row_id}".encode()


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, value: bytes, bound: bytes) -> bytes:
    try:
        if value[:1] != VERSION:
            raise InvalidTag
        return AESGCM(key).decrypt(value[1 : 1 + NONCE], value[1 + NONCE :], bound)
    except InvalidTag as error:
        raise Unreadable(bound.decode()) from error


def _cache(session: Session) -> dict[UUID, bytes | None]:
    kept: dict[UUID, bytes | None] = session.info.setdefault("data keys", {})
    return kept


def _fetch(ids: Sequence[UUID]) -> None:
    """Unwrap the data keys that this transaction has not used yet, in one statement."""
    cache = _cache(db.session())
    wanted = {i for i in ids if i not in cache}
    if not wanted:
        return
    for row in db.session.scalars(select(SubjectKey).where(SubjectKey.id.in_(wanted))):
        _take(row)


def _take(row: SubjectKey) -> None:
    """Unwrap a data key, unless this transaction has it already."""
    cache = _cache(db.session())
    if row.id in cache:
        return
    if row.wrapped is None:
        cache[row.id] = None
    else:
        bound = _bound("subject_keys", "wrapped", row.id, row.id)
        cache[row.id] = _decrypt(ring().master(row.master), row.wrapped, bound)


def _key(key_id: UUID) -> bytes:
    key = _cache(db.session())[key_id]
    if key is None:
        raise Erased(str(key_id))
    return key


# What was read, for the audit record


def _note(row: Any, by: Actor, subject: UUID | None = None) -> None:
    """Remember under which permission whose content was opened, until the transaction ends."""
    whose = subject or getattr(row, "case_id", None) or row.id
    _seen(db.session()).setdefault((by, standing.get()), set()).add(whose)


def _seen(session: Session) -> dict[tuple[Actor, str], set[UUID]]:
    seen: dict[tuple[Actor, str], set[UUID]] = session.info.setdefault("keys opened", {})
    return seen


def take_readings(session: Session) -> list[tuple[Actor, str, list[UUID]]]:
    """What was opened since the transaction began; forgotten as it is taken."""
    seen = _seen(session)
    taken = [(by, name, sorted(ids)) for (by, name), ids in seen.items()]
    seen.clear()
    return taken


def put_readings(session: Session, readings: list[tuple[Actor, str, list[UUID]]]) -> None:
    """Hand readings over to a later transaction of the same session."""
    for by, name, ids in readings:
        _seen(session).setdefault((by, name), set()).update(ids)
