"""Enrolments: who follows an edition, from when to when."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.calendar import Edition
from lms import db
from lms.accounts import Person
from lms.permissions import Actor


class Enrolment(db.Model):
    """One person in one edition. Leaving is a dated fact that changes no history."""

    __tablename__ = "courses_enrolments"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        UniqueConstraint("edition_id", "person_id"),
        Index("ix_courses_enrolments_person_id", "person_id"),
        CheckConstraint("left_on IS NULL OR left_on >= entered_on", name="leaves_after_entry"),
        CheckConstraint("(left_on IS NULL) = (left_reason IS NULL)", name="left_has_reason"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    entered_on: Mapped[date] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    left_reason: Mapped[str | None] = mapped_column(Text)
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


# Scopes


def own(me: Actor) -> ColumnElement[bool]:
    return Enrolment.person_id == me.id


# Queries


def of_edition(edition_id: UUID) -> Sequence[Enrolment]:
    """Everybody ever enrolled in an edition, in list order."""
    query = (
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.edition_id == edition_id)
        .order_by(Person.sort_name, Person.id)
    )
    return db.session.scalars(query).all()
