"""The local network: the bodies that stand around a hub, and who speaks for each of them."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, UniqueConstraint, Uuid, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import accounts, audit, clock, db, text
from lms.accounts import Grant, Person
from lms.errors import Invalid, NotFound
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import Actor, Role


class BodyState(StrEnum):
    ACTIVE = "active"
    TO_BE_CHECKED = "to_be_checked"
    CLOSED = "closed"


class BodyKind(StrEnum):
    SOCIAL_SERVICES = "social_services"
    HEALTH_SERVICES = "health_services"
    THIRD_SECTOR = "third_sector"
    SCHOOL = "school"
    WORK_SERVICES = "work_services"
    TRAINING_AGENCY = "training_agency"
    EMPLOYER = "employer"


say(
    {
        BodyState.ACTIVE: Word(lazy("active in the network"), "good", "ok"),
        BodyState.TO_BE_CHECKED: Word(lazy("to be checked"), "turn", "warn"),
        BodyState.CLOSED: Word(lazy("closed body"), "", "none"),
        BodyKind.SOCIAL_SERVICES: Word(lazy("social services")),
        BodyKind.HEALTH_SERVICES: Word(lazy("health services")),
        BodyKind.THIRD_SECTOR: Word(lazy("third sector")),
        BodyKind.SCHOOL: Word(lazy("school")),
        BodyKind.WORK_SERVICES: Word(lazy("work services")),
        BodyKind.TRAINING_AGENCY: Word(lazy("training agency")),
        BodyKind.EMPLOYER: Word(lazy("employer")),
    }
)

FLOW = Flow(
    check=({BodyState.TO_BE_CHECKED}, BodyState.ACTIVE),
    doubt=({BodyState.ACTIVE}, BodyState.TO_BE_CHECKED),
    close=({BodyState.ACTIVE, BodyState.TO_BE_CHECKED}, BodyState.CLOSED),
)


class Body(db.Model):
    """A service, an association, a school: one that refers people or has something to offer."""

    __tablename__ = "casework_bodies"
    __table_args__ = (db.owned(), UniqueConstraint("programme_id", "name"))

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    name: Mapped[db.Short]
    kind: Mapped[BodyKind] = mapped_column(db.choice(BodyKind, "kind_known"))
    state: Mapped[BodyState] = mapped_column(db.choice(BodyState), default=BodyState.ACTIVE)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Operator(db.Model):
    """A person with an account who speaks for a body."""

    __tablename__ = "casework_operators"
    __table_args__ = (
        db.owned(),
        db.within("casework_bodies", "body_id"),
        UniqueConstraint("body_id", "person_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    body_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[db.PersonId] = mapped_column(index=True)
    since: Mapped[date]
    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


# Scopes


def body_ids(me: Actor) -> Select[UUID]:
    """The bodies that this person speaks for."""
    return select(Operator.body_id).where(
        Operator.person_id == me.id, Operator.programme_id == me.programme_id
    )


def of_body(me: Actor) -> ColumnElement[bool]:
    return Body.id.in_(body_ids(me))


def of_active_body(me: Actor) -> ColumnElement[bool]:
    """Bodies the person speaks for that may refer people now."""
    return of_body(me) & (Body.state == BodyState.ACTIVE)


def partners(me: Actor) -> ColumnElement[bool]:
    """Grants of those who can speak for a body."""
    return Grant.role == Role.PARTNER


by_name = select(Person.sort_name).where(Person.id == Grant.person_id).scalar_subquery()
"""The order in which people stand in a list of grants."""


# Queries


def bodies(programme_id: UUID) -> list[Body]:
    query = select(Body).where(Body.programme_id == programme_id).order_by(func.lower(Body.name))
    return list(db.session.scalars(query))


def operators(bodies: list[Body]) -> dict[UUID, list[str]]:
    """The names of those who speak for each body, in one statement."""
    query = (
        select(Operator.body_id, Person.name)
        .join(Person, Person.id == Operator.person_id)
        .where(Operator.body_id.in_([b.id for b in bodies]))
        .order_by(Person.sort_name)
    )
    found: dict[UUID, list[str]] = {b.id: [] for b in bodies}
    for body_id, name in db.session.execute(query):
        found[body_id].append(name)
    return found


# Operations


def add(name: str, kind: BodyKind, *, by: Actor) -> Body:
    """A new body of the programme's network. Raises Invalid."""
    name = " ".join(text.normal(name).split())
    if not name:
        raise Invalid(name=lazy("Write the name."))
    known = select(Body.id).where(
        Body.programme_id == by.programme_id, func.lower(Body.name) == name.lower()
    )
    if db.session.scalar(known):
        raise Invalid(name=lazy("There is already a body with this name."))
    body = Body(programme_id=by.programme_id, name=name, kind=kind)
    db.session.add(body)
    audit.record("body added", body, by=by)
    return body


def link(body: Body, person: Person, *, by: Actor) -> Operator:
    """Let a partner speak for this body. Raises Invalid."""
    if body.state == BodyState.CLOSED:
        raise Invalid(person=lazy("This body is closed: nobody speaks for it any more."))
    if Role.PARTNER not in accounts.roles(person.id, by.programme_id):
        raise NotFound()
    known = select(Operator.id).where(Operator.body_id == body.id, Operator.person_id == person.id)
    if db.session.scalar(known):
        raise Invalid(person=lazy("She speaks for this body already."))
    operator = Operator(
        programme_id=body.programme_id,
        body_id=body.id,
        person_id=person.id,
        since=clock.today(),
    )
    db.session.add(operator)
    audit.record("operator linked", operator, by=by)
    return operator


def check(body: Body, *, by: Actor) -> None:
    """Somebody has made sure that the body is still there and still willing."""
    FLOW.move(body, "check")
    audit.record("body checked", body, by=by)


def doubt(body: Body, *, by: Actor) -> None:
    """It must be checked again; until then it refers nobody."""
    FLOW.move(body, "doubt")
    audit.record("body to be checked", body, by=by)


def close(body: Body, *, by: Actor) -> None:
    """It is no longer part of the network; what it has done stays."""
    FLOW.move(body, "close")
    audit.record("body closed", body, by=by)
