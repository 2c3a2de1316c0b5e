"""Drafts: what a person was writing, kept sealed until she saves or throws it away."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, keys
from lms.permissions import Actor

LONGEST = 200_000
SECRETS = frozenset({"csrf_token", "once", "password", "again", "code"})


class Draft(db.Model):
    """One person's unsaved text in one form, with the version that it began from."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("person_id", "form"),)

    id: Mapped[db.Id]
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    form: Mapped[str] = mapped_column(String(200))
    """The address of the form."""
    began_from: Mapped[int | None]
    saved_at: Mapped[db.Moment]
    key_id: Mapped[db.KeyId]
    body: Mapped[db.Sealed]


def _find(form: str, person_id: UUID) -> Draft | None:
    return db.session.scalar(
        select(Draft).where(Draft.person_id == person_id, Draft.form == form[:200])
    )


def find(
    form: str, *, subject: UUID | None = None, by: Actor
) -> tuple[Draft, dict[str, str]] | None:
    """The person's own draft of this form, with its fields; None if there is none.

    `subject` is the case that it belongs to, for the audit record.
    """
    found = keys.scalars(select(Draft).where(Draft.person_id == by.id, Draft.form == form[:200]))
    if not found:
        return None
    (row,) = found
    try:
        fields: dict[str, str] = json.loads(keys.opened(row, "body", by=by, subject=subject))
    except keys.Erased:
        return None
    return row, fields


def of_person(person_id: UUID) -> list[Draft]:
    """All that a person was writing and has not saved, newest first; nothing is opened."""
    query = select(Draft).where(Draft.person_id == person_id).order_by(Draft.saved_at.desc())
    return list(db.session.scalars(query))


def opened(
    rows: Sequence[Draft], subjects: Mapping[UUID, UUID], *, by: Actor
) -> list[tuple[Draft, dict[str, str]]]:
    """These drafts with their fields; `subjects` names the case of those that belong to one."""
    plains = keys.open_rows(rows, by=by, subjects=subjects)
    return [(plain.row, json.loads(plain.body)) for plain in plains if plain.body]


def save(
    form: str,
    fields: Mapping[str, str],
    *,
    key_id: UUID,
    subject: UUID | None = None,
    began_from: int | None = None,
    by: Actor,
) -> Draft:
    """Keep what is being written; what was kept before for this form is replaced."""
    words = {k: v[:LONGEST] for k, v in fields.items() if k not in SECRETS}
    row = _find(form, by.id)
    if row is None:
        row = Draft(id=db.new_id(), programme_id=by.programme_id, person_id=by.id, form=form[:200])
    row.key_id, row.began_from, row.saved_at = key_id, began_from, clock.now()
    content = json.dumps(words, ensure_ascii=False)
    row.body = keys.sealed(row, "body", content, by=by, subject=subject)
    db.session.add(row)
    return row


def drop(form: str, *, by: Actor) -> None:
    """The form was saved: its draft has done its work."""
    db.session.execute(delete(Draft).where(Draft.person_id == by.id, Draft.form == form[:200]))
