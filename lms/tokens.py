"""Links for people without an account, or not yet signed in: one purpose, expiring, revocable.

A token is made from its row's id and a key that is not in the database; the row keeps only a hash.
Opening a link never consumes it: only the act behind its button does.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Uuid, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, keys
from lms.errors import NotFound
from lms.permissions import Actor


class Token(db.Model):
    """One link. What it opens is said by its purpose and the row it is about."""

    __tablename__ = "tokens"
    __table_args__ = (
        Index("ix_tokens_subject_id_purpose", "subject_id", "purpose"),
        CheckConstraint("expires_at > issued_at", name="expires_after_issue"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    issued_at: Mapped[db.Moment]
    expires_at: Mapped[db.Moment]
    used_at: Mapped[db.Moment | None]
    revoked_at: Mapped[db.Moment | None]


def written(token_id: UUID) -> str:
    """The text of the token, as it stands in a link. Made only when a mail is sent."""
    made = hmac.new(keys.ring().token, token_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


# Operations


def issue(purpose: str, subject_id: UUID, *, lasts: timedelta, by: Actor | None) -> Token:
    """A new link; earlier unused ones for the same purpose and subject end."""
    return issue_each(purpose, [subject_id], lasts=lasts, by=by)[0]


def issue_each(
    purpose: str, subject_ids: Sequence[UUID], *, lasts: timedelta, by: Actor | None
) -> list[Token]:
    """A new link for each of these, in their order."""
    now = clock.now()
    if subject_ids:
        db.session.execute(
            update(Token)
            .where(Token.purpose == purpose, Token.subject_id.in_(subject_ids))
            .where(Token.used_at.is_(None), Token.revoked_at.is_(None))
            .values(revoked_at=now)
        )
    rows = [
        Token(
            programme_id=by.programme_id if by else None,
            purpose=purpose,
            subject_id=subject_id,
            issued_at=now,
            expires_at=now + lasts,
        )
        for subject_id in subject_ids
    ]
    for row in rows:
        row.digest = _digest(written(row.id))
    db.session.add_all(rows)
    return rows


def find(text: str, purpose: str) -> Token:
    """The link that this text opens now. Raises NotFound: unknown, used, old and revoked alike."""
    row = db.session.scalar(
        select(Token).where(
            Token.digest == _digest(text),
            Token.purpose == purpose,
            Token.used_at.is_(None),
            Token.revoked_at.is_(None),
            Token.expires_at > clock.now(),
        )
    )
    if row is None:
        raise NotFound()
    return row


def find_any(text: str, purposes: Iterable[str]) -> Token:
    """The link that this text opens now, for one of several purposes. Raises NotFound."""
    for purpose in purposes:
        try:
            return find(text, purpose)
        except NotFound:
            continue
    raise NotFound()


def use(token: Token) -> None:
    """Consume the link; of two who try at once, one gets it. Raises NotFound."""
    done = db.session.execute(
        update(Token)
        .where(Token.id == token.id, Token.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(Token.id)
    )
    if done.first() is None:
        raise NotFound()
