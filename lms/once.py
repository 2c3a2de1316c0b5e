"""A repeated POST has one effect: every form carries a key, and the first answer is kept.

The key row is written first in the request's transaction. A second request with the same key
waits for the first to end, then gets its answer; with another body it is shown both. A receipt
may name people, so it lies sealed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, keys
from lms.errors import Refused
from lms.i18n import lazy
from lms.permissions import Actor


class Once(db.Model):
    """One use of one form by one person, and where its answer led."""

    __tablename__ = "once"
    __table_args__ = (UniqueConstraint("person_id", "address", "key"),)

    id: Mapped[db.Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    address: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """A hash of what was sent."""
    at: Mapped[db.Moment]
    target: Mapped[str | None] = mapped_column(String(400))
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was said when it was done, sealed by the ring."""


class DifferentBody(Refused):
    """The same form was sent twice with different content."""


@dataclass(frozen=True)
class Answer:
    """What the first request was answered."""

    target: str
    receipts: Sequence[str]


def body_hash(fields: Mapping[str, Sequence[str]]) -> bytes:
    kept = {k: list(v) for k, v in sorted(fields.items()) if k not in ("csrf_token", "once")}
    return hashlib.sha256(json.dumps(kept, ensure_ascii=False).encode()).digest()


def begin(address: str, key: str, body: bytes, *, by: Actor) -> Answer | None:
    """Claim the key, or give the answer that its first use got. Raises DifferentBody."""
    address, key = address[:200], key[:40]
    dialect = db.engine().dialect.name
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(Once)
    claimed = db.session.execute(
        insert.values(
            id=db.new_id(), person_id=by.id, address=address, key=key, body=body, at=clock.now()
        )
        .on_conflict_do_nothing(index_elements=["person_id", "address", "key"])
        .returning(Once.id)
    )
    if claimed.first() is not None:
        return None
    first = db.session.scalars(
        select(Once).where(Once.person_id == by.id, Once.address == address, Once.key == key)
    ).one()
    if first.body != body:
        raise DifferentBody(
            lazy(
                "This form was already sent with other content, which was saved. "
                "What you have just written is kept below."
            )
        )
    said = keys.ring_opened("once", "receipt", first.id, first.receipt) if first.receipt else "[]"
    return Answer(first.target or "/", json.loads(said))


def finish(address: str, key: str, answer: Answer, *, by: Actor) -> None:
    """Keep the answer beside the key, in the same transaction."""
    row = db.session.scalars(
        select(Once).where(
            Once.person_id == by.id, Once.address == address[:200], Once.key == key[:40]
        )
    ).one()
    row.target = answer.target[:400]
    if answer.receipts:
        said = json.dumps(list(answer.receipts), ensure_ascii=False)
        row.receipt = keys.ring_sealed("once", "receipt", row.id, said)
