"""The persons whom the programme accompanies.

What is known of a person lies in three tables, each with permissions of its own: who she is, how
she lives, and what the law protects most. All of it is sealed with her own key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, UniqueConstraint, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import audit, clock, db, keys
from lms.flow import unchanged
from lms.permissions import Actor


class Beneficiary(db.Model):
    """A person in difficulty who is accompanied. Without a key she is only a number."""

    __tablename__ = "casework_beneficiaries"
    __table_args__ = (db.owned(),)

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    key_id: Mapped[db.KeyId]
    made_at: Mapped[db.Moment]


class Identity(db.Model):
    """Who she is and how she is reached."""

    __tablename__ = "casework_identities"
    __table_args__ = (
        db.owned(),
        db.within("casework_beneficiaries", "beneficiary_id"),
        UniqueConstraint("beneficiary_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    beneficiary_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    first_name: Mapped[db.Sealed]
    family_name: Mapped[db.Sealed | None]
    contact: Mapped[db.Sealed | None]
    birth_date: Mapped[db.Sealed | None]
    languages: Mapped[db.Sealed | None]
    version: Mapped[int] = mapped_column()
    beneficiary: Mapped[Beneficiary] = relationship(foreign_keys=[beneficiary_id])
    __mapper_args__ = {"version_id_col": version}


class Social(db.Model):
    """How she lives: household, home, work, whom she can count on."""

    __tablename__ = "casework_social"
    __table_args__ = (
        db.owned(),
        db.within("casework_beneficiaries", "beneficiary_id"),
        UniqueConstraint("beneficiary_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    beneficiary_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    household: Mapped[db.Sealed | None]
    home: Mapped[db.Sealed | None]
    work: Mapped[db.Sealed | None]
    people: Mapped[db.Sealed | None]
    version: Mapped[int] = mapped_column()
    beneficiary: Mapped[Beneficiary] = relationship(foreign_keys=[beneficiary_id])
    __mapper_args__ = {"version_id_col": version}


class Special(db.Model):
    """What articles 9 and 10 of the GDPR protect: health, measures of a court. Often empty."""

    __tablename__ = "casework_special"
    __table_args__ = (
        db.owned(),
        db.within("casework_beneficiaries", "beneficiary_id"),
        UniqueConstraint("beneficiary_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    beneficiary_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    health: Mapped[db.Sealed | None]
    measures: Mapped[db.Sealed | None]
    version: Mapped[int] = mapped_column()
    beneficiary: Mapped[Beneficiary] = relationship(foreign_keys=[beneficiary_id])
    __mapper_args__ = {"version_id_col": version}


PARTS: tuple[type[Identity] | type[Social] | type[Special], ...] = (Identity, Social, Special)
WRITTEN: Mapping[type, str] = {
    Identity: "identity written",
    Social: "social facts written",
    Special: "special facts written",
}


# Queries


@dataclass(frozen=True)
class Parts:
    """The three rows of one person, still sealed."""

    identity: Identity
    social: Social
    special: Special


def parts(beneficiary_id: UUID) -> Select[Identity, Social, Special]:
    """The three rows of one person, to be fetched beside what belongs to her case."""
    return (
        select(Identity, Social, Special)
        .join(Social, Social.beneficiary_id == Identity.beneficiary_id)
        .join(Special, Special.beneficiary_id == Identity.beneficiary_id)
        .where(Identity.beneficiary_id == beneficiary_id)
    )


def first_names(
    cases: Mapping[UUID, UUID], within: ColumnElement[bool], *, by: Actor
) -> dict[UUID, str]:
    """Of cases with their persons: the first name, as far as the reader may know it, by case."""
    query = select(Identity).where(Identity.beneficiary_id.in_(set(cases.values())), within)
    rows = {row.beneficiary_id: row for row in keys.scalars(query)}
    whose = {rows[person].id: case for case, person in cases.items() if person in rows}
    opened = keys.open_rows(rows.values(), by=by, subjects=whose)
    names = {plain.row.beneficiary_id: plain.first_name or "" for plain in opened}
    return {case: names[person] for case, person in cases.items() if person in names}


# Operations


def make(
    key_id: UUID, *, first_name: str, family_name: str, contact: str, by: Actor
) -> Beneficiary:
    """Somebody enters the programme; the key that sealed her referral becomes her own."""
    key = db.session.get_one(keys.SubjectKey, key_id)
    key.kind = keys.Subject.BENEFICIARY
    person = Beneficiary(programme_id=by.programme_id, key_id=key_id, made_at=clock.now())
    db.session.add(person)
    for kind in PARTS:
        row = kind(programme_id=by.programme_id, beneficiary_id=person.id, key_id=key_id)
        if isinstance(row, Identity):
            keys.seal(
                row,
                by=by,
                subject=person.id,
                first_name=first_name,
                family_name=family_name or None,
                contact=contact or None,
            )
        db.session.add(row)
    audit.record("person taken in", person, by=by, subjects=[person.id])
    return person


def write(row: Any, *, by: Actor, subject: UUID, version: int | None, **texts: str | None) -> None:
    """Put right what is known of a person; a save begun from an older version is refused."""
    unchanged(row, version, lambda: _texts(row, by=by, subject=subject))
    keys.seal(row, by=by, subject=subject, **{k: v or None for k, v in texts.items()})
    audit.record(WRITTEN[type(row)], row, by=by, subjects=[subject])


def _texts(row: Any, *, by: Actor, subject: UUID) -> dict[str, str]:
    plain = keys.open_row(row, by=by, subject=subject)
    model: Any = type(row)
    return {c: getattr(plain, c) or "" for c in keys.sealed_columns(model)}
