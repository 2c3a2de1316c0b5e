"""Who stands beside whom: which senior trainer follows which person, from when to when.

One senior follows a person at a time. What the senior may see of her work hangs on this alone.
"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, or_, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import sheets
from lms import accounts, audit, clock, db
from lms.accounts import Grant, Person
from lms.errors import Invalid
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import Actor, Role


class AssignmentState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


say(
    {
        AssignmentState.ACTIVE: Word(lazy("active"), "good", "ok"),
        AssignmentState.ENDED: Word(lazy("ended"), "", "none"),
    }
)

FLOW = Flow(end=({AssignmentState.ACTIVE}, AssignmentState.ENDED))
_ACTIVE = text("state = 'active'")


class Assignment(db.Model):
    """One senior trainer beside one person, for a time."""

    __tablename__ = "mentoring_assignments"
    __table_args__ = (
        db.owned(),
        CheckConstraint("senior_id <> person_id", name="nobody_follows_herself"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("state = 'active' OR ends_on IS NOT NULL", name="ended_has_a_day"),
        Index(
            "uq_mentoring_assignments_active", "programme_id", "person_id", unique=True,
            sqlite_where=_ACTIVE, postgresql_where=_ACTIVE,
        ),
        Index("ix_mentoring_assignments_senior", "programme_id", "senior_id", "state"),
    )  # fmt: skip

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    senior_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day of it; a day to come while it is active."""
    state: Mapped[AssignmentState] = mapped_column(
        db.choice(AssignmentState), default=AssignmentState.ACTIVE
    )
    version: Mapped[int] = mapped_column()
    senior: Mapped[Person] = relationship(foreign_keys=[senior_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    __mapper_args__ = {"version_id_col": version}


# Scopes


def _now() -> ColumnElement[bool]:
    today = clock.today()
    return (
        (Assignment.state == AssignmentState.ACTIVE)
        & (Assignment.starts_on <= today)
        & or_(Assignment.ends_on.is_(None), Assignment.ends_on >= today)
    )


def followed(me: Actor) -> Select[UUID]:
    """The ids of the persons whom this senior follows today."""
    return select(Assignment.person_id).where(
        Assignment.programme_id == me.programme_id, Assignment.senior_id == me.id, _now()
    )


def sheets_of_followed(me: Actor) -> ColumnElement[bool]:
    """The sheets of project work and visits of those whom this senior follows today."""
    return sheets.of_people(followed(me)) & sheets.not_own(me)


def mine(me: Actor) -> ColumnElement[bool]:
    """The assignments by which this senior follows somebody today."""
    return (Assignment.senior_id == me.id) & _now()


def _taken() -> Select[UUID]:
    return select(Assignment.person_id).where(
        Assignment.programme_id == Grant.programme_id, Assignment.state == AssignmentState.ACTIVE
    )


def seniors(me: Actor) -> ColumnElement[bool]:
    """The grants of those who may follow somebody."""
    return Grant.role == Role.SENIOR


def alone(me: Actor) -> ColumnElement[bool]:
    """The grants of trainees and activators whom nobody follows: one for each person."""
    activators = select(Grant.person_id).where(Grant.role == Role.ACTIVATOR)
    both = (Grant.role == Role.TRAINEE) & Grant.person_id.in_(activators)
    return Grant.role.in_([Role.TRAINEE, Role.ACTIVATOR]) & ~both & Grant.person_id.not_in(_taken())


# Queries


def beside(person_id: Any, programme_id: Any) -> Any:
    """The assignment by which somebody follows this person today."""
    return (Assignment.programme_id == programme_id) & (Assignment.person_id == person_id) & _now()


def senior_of(person_id: UUID, programme_id: UUID) -> Person | None:
    """The senior trainer who follows this person today."""
    query = (
        select(Person)
        .join(Assignment, Assignment.senior_id == Person.id)
        .where(beside(person_id, programme_id))
    )
    return db.session.scalar(query)


def _with_people(query: Any) -> list[Assignment]:
    both = joinedload(Assignment.senior), joinedload(Assignment.person)
    rows: list[Assignment] = list(db.session.scalars(query.options(*both)))
    return sorted(rows, key=lambda row: (row.state.value, row.person.sort_name))


def of_senior(me: Actor) -> list[Assignment]:
    """Whom this senior follows today, by name."""
    return _with_people(
        select(Assignment).where(Assignment.programme_id == me.programme_id, mine(me))
    )


def of_programme(programme_id: UUID, *, most: int = 500) -> list[Assignment]:
    """Every assignment of a programme: the active ones first, then by name."""
    query = select(Assignment).where(Assignment.programme_id == programme_id)
    return _with_people(query.order_by(Assignment.state, Assignment.starts_on.desc()).limit(most))


# Operations


def assign(
    senior: Person,
    person: Person,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Actor,
) -> Assignment:
    """Put a senior trainer beside a person, from today unless a day is said. Raises Invalid."""
    starts_on = starts_on or clock.today()
    if senior.id == by.id:
        raise Invalid(senior=lazy("Nobody puts herself beside somebody: ask another manager."))
    if senior.id == person.id:
        raise Invalid(person=lazy("Nobody follows herself: choose another person."))
    if Role.SENIOR not in accounts.roles(senior.id, by.programme_id):
        raise Invalid(senior=lazy("%(name)s is not a senior trainer here.", name=senior.name))
    if not accounts.roles(person.id, by.programme_id) & {Role.TRAINEE, Role.ACTIVATOR}:
        raise Invalid(person=lazy("Only trainees and activators are followed."))
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(ends_on=lazy("It cannot end before it starts."))
    db.session.scalars(
        select(Person.id).where(Person.id == person.id).with_for_update(key_share=True)
    ).one()
    present = db.session.scalar(
        select(Assignment).where(
            Assignment.programme_id == by.programme_id,
            Assignment.person_id == person.id,
            Assignment.state == AssignmentState.ACTIVE,
        )
    )
    if present is not None:
        raise Invalid(
            person=lazy(
                "%(name)s is already followed by %(senior)s. End that first.",
                name=person.name,
                senior=present.senior.name,
            )
        )
    row = Assignment(
        programme_id=by.programme_id,
        senior_id=senior.id,
        person_id=person.id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(row)
    audit.record("senior assigned", row, by=by, detail={"senior": senior.id, "person": person.id})
    return row


def end(assignment: Assignment, *, by: Actor) -> None:
    """From today this senior no longer follows her."""
    last = max(clock.today(), assignment.starts_on)
    FLOW.move(assignment, "end", ends_on=last)
    audit.record("assignment ended", assignment, by=by)
