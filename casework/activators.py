"""Activators: who may accompany people, under which hub, and from when.

A trainee becomes an activator in stages. Living cases open only by the manager's act, once the
privacy unit is passed, the written authorisation accepted and the second factor enrolled.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, synonym

from courses import certificates, quizzes
from lms import accounts, audit, clock, db, files, frozen, mail
from lms.accounts import Grant, Person
from lms.errors import Invalid, NotFound, Refused, WrongState
from lms.files import File
from lms.flow import Flow, Word, say
from lms.frozen import Frozen
from lms.i18n import Lazy, lazy
from lms.permissions import Actor, Role
from lms.programmes import Hub


class Stage(StrEnum):
    TRAINING = "training"
    SUPERVISED = "supervised"
    AUTONOMOUS = "autonomous"


say(
    {
        Stage.TRAINING: Word(lazy("in training"), "", "idea"),
        Stage.SUPERVISED: Word(lazy("accompanied by a senior"), "voice", "people"),
        Stage.AUTONOMOUS: Word(lazy("autonomous"), "good", "ok"),
    }
)

UNCERTIFIED = lazy("her hours are not certified")
WITH_CASES = (Stage.SUPERVISED, Stage.AUTONOMOUS)
"""The stages in which somebody may hold living cases."""

PROPOSED = lazy(
    "You may accompany persons of this hub under the guidance of your senior trainer. You see only "
    "the cases that are given to you, write facts that the person could read, and keep to yourself "
    "what you learn, also when your task has ended. Ask your senior trainer before you give "
    "anything to others. Whatever you open leaves a trace."
)
"""What the manager starts from when she writes an authorisation."""

FLOW = Flow(
    supervise=({Stage.TRAINING}, Stage.SUPERVISED),
    release=({Stage.SUPERVISED}, Stage.AUTONOMOUS),
)


class Activator(db.Model):
    """One person who accompanies, or learns to accompany, people of one hub."""

    __tablename__ = "casework_activators"
    __table_args__ = (
        db.owned(),
        db.within("hubs", "hub_id"),
        db.within("frozen_documents", "authorisation_id"),
        UniqueConstraint("programme_id", "person_id"),
        Index("ix_casework_activators_person_id", "person_id", "stage"),
        CheckConstraint(
            "(authorisation_id IS NULL) = (authorised_on IS NULL)", name="authorised_has_text"
        ),
        CheckConstraint(
            "accepted_at IS NULL OR authorisation_id IS NOT NULL", name="accepted_has_authorisation"
        ),
        CheckConstraint(
            "stage = 'training' OR accepted_at IS NOT NULL", name="supervised_has_accepted"
        ),
        CheckConstraint(
            "stage = 'training' OR (supervised_at IS NOT NULL AND supervised_by_id IS NOT NULL)",
            name="supervised_says_who_and_when",
        ),
        CheckConstraint(
            "supervised_by_id IS NULL OR supervised_by_id <> person_id", name="not_by_herself"
        ),
        CheckConstraint(
            "(stage = 'autonomous') = (autonomous_at IS NOT NULL AND autonomous_by_id IS NOT NULL)",
            name="autonomous_says_who_and_when",
        ),
        CheckConstraint(
            "autonomous_by_id IS NULL OR autonomous_by_id <> person_id",
            name="not_released_by_herself",
        ),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    hub_id: Mapped[UUID] = mapped_column(Uuid)
    stage: Mapped[Stage] = mapped_column(db.choice(Stage, "stage_known"), default=Stage.TRAINING)
    made_at: Mapped[db.Moment]
    authorised_on: Mapped[date | None]
    authorisation_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The frozen text of the written authorisation."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    """The signed paper, if there is one."""
    accepted_at: Mapped[db.Moment | None]
    supervised_at: Mapped[db.Moment | None]
    supervised_by_id: Mapped[db.PersonId | None]
    autonomous_at: Mapped[db.Moment | None]
    autonomous_by_id: Mapped[db.PersonId | None]
    version: Mapped[int] = mapped_column()
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    hub: Mapped[Hub] = relationship(foreign_keys=[hub_id])
    authorisation: Mapped[Frozen | None] = relationship(foreign_keys=[authorisation_id])
    file: Mapped[File | None] = relationship(foreign_keys=[file_id])
    state = synonym("stage")
    __mapper_args__ = {"version_id_col": version}


# Scopes


def mine(me: Actor) -> ColumnElement[bool]:
    """The person's own standing as an activator."""
    return Activator.person_id == me.id


def ready(me: Actor) -> ColumnElement[bool]:
    """Activators to whom a living case may be given."""
    return Activator.stage.in_(WITH_CASES)


def holds_cases(me: Actor) -> ColumnElement[bool]:
    """Whether the person may hold living cases at all: the gate of every scope on her own."""
    return (
        select(Activator.id)
        .where(
            Activator.programme_id == me.programme_id,
            Activator.person_id == me.id,
            Activator.stage.in_(WITH_CASES),
        )
        .exists()
    )


def trainees(me: Actor) -> ColumnElement[bool]:
    """Grants of trainees who are not activators yet."""
    already = select(Activator.person_id).where(Activator.programme_id == me.programme_id)
    return (Grant.role == Role.TRAINEE) & Grant.person_id.not_in(already)


by_name = select(Person.sort_name).where(Person.id == Activator.person_id).scalar_subquery()
"""Order of a list of activators."""


# Rules


@dataclass(frozen=True)
class Condition:
    """One thing that must stand before living cases are opened to somebody."""

    name: str
    is_met: bool
    said: Lazy
    lacking: Lazy
    """What is missing, as the manager reads it when she is refused."""


def conditions(
    *,
    has_passed: bool,
    has_factor: bool,
    authorised_on: date | None,
    accepted_at: datetime | None,
) -> list[Condition]:
    """The four things that must stand, each met or not."""
    return [
        Condition(
            "unit",
            has_passed,
            lazy("Unit 1.10, on privacy, is passed"),
            lazy("unit 1.10 is not passed"),
        ),
        Condition(
            "authorisation",
            authorised_on is not None,
            lazy("The written authorisation is given"),
            lazy("the written authorisation is not given"),
        ),
        Condition(
            "acceptance",
            accepted_at is not None,
            lazy("She has read and accepted it"),
            lazy("she has not accepted the authorisation"),
        ),
        Condition(
            "factor",
            has_factor,
            lazy("Her second factor is enrolled"),
            lazy("her second factor is not enrolled"),
        ),
    ]


def lacking(found: list[Condition]) -> Lazy | None:
    """All that is missing in one sentence, or None."""
    said: Lazy | None = None
    for condition in found:
        if not condition.is_met:
            one = condition.lacking
            said = one if said is None else lazy("%(first)s; %(then)s", first=said, then=one)
    return said


# Queries


def listed(within: ColumnElement[bool]) -> list[Activator]:
    query = (
        select(Activator)
        .where(within)
        .options(joinedload(Activator.person), joinedload(Activator.hub))
        .order_by(by_name)
    )
    return list(db.session.scalars(query))


def of_person(person_id: UUID, programme_id: UUID) -> Activator | None:
    return db.session.scalar(
        select(Activator).where(
            Activator.programme_id == programme_id, Activator.person_id == person_id
        )
    )


def standing(activator: Activator) -> list[Condition]:
    """The four conditions as they are now."""
    return conditions(
        has_passed=quizzes.gate_passed(activator.person_id, activator.programme_id),
        has_factor=activator.person.factor_secret is not None,
        authorised_on=activator.authorised_on,
        accepted_at=activator.accepted_at,
    )


def is_certified(activator: Activator) -> bool:
    """Whether the hours of her course are certified, and the certificate still holds."""
    return certificates.holds_one(activator.person_id, activator.programme_id)


def authorisation_text(activator: Activator, *, by: Actor) -> str:
    """The words of the authorisation that was given last; empty if there is none."""
    if activator.authorisation is None:
        return ""
    return str(frozen.read(activator.authorisation, by=by)["text"])


# Operations


def make(person: Person, hub: Hub, *, by: Actor) -> Activator:
    """Let a trainee begin as an activator of a hub. Raises Invalid."""
    if of_person(person.id, by.programme_id):
        raise Invalid(person=lazy("She is an activator already."))
    accounts.grant(person, Role.ACTIVATOR, by=by, programme_id=by.programme_id)
    activator = Activator(
        programme_id=by.programme_id, person_id=person.id, hub_id=hub.id, made_at=clock.now()
    )
    db.session.add(activator)
    audit.record("activator made", activator, by=by)
    return activator


def authorise(activator: Activator, text: str, *, by: Actor, paper: bytes | None = None) -> Frozen:
    """Give the written authorisation: its text is frozen, the signed paper kept beside it.

    A new text takes the place of the one before and must be accepted again. Raises Invalid.
    """
    if activator.stage != Stage.TRAINING:
        raise WrongState(lazy("She holds cases already: her authorisation stands."))
    if not text.strip():
        raise Invalid(text=lazy("Write the authorisation."))
    row = frozen.freeze(
        "authorisation",
        activator.id,
        {
            "person": activator.person_id,
            "hub": activator.hub_id,
            "given_by": by.id,
            "given_on": clock.today(),
            "text": text,
        },
        number=_times_authorised(activator) + 1,
        by=by,
    )
    activator.authorisation_id, activator.authorised_on = row.id, clock.today()
    activator.accepted_at = None
    if paper:
        kept = files.keep(
            paper, "casework.activators", activator, key_id=activator.person.key_id, by=by
        )
        activator.file_id = kept.id
    audit.record("authorisation given", activator, by=by)
    mail.send(activator.person_id, "casework/authorisation", link="/casework/authorisation", by=by)
    return row


def _times_authorised(activator: Activator) -> int:
    query = select(Frozen.id).where(
        Frozen.kind == "authorisation", Frozen.subject_id == activator.id
    )
    return len(db.session.scalars(query).all())


def accept(activator: Activator, *, version: int | None, by: Actor) -> None:
    """The person accepts the authorisation that she has read, and no other. Raises Refused."""
    if activator.person_id != by.id:
        raise NotFound()
    if activator.authorisation_id is None:
        raise Refused(lazy("No authorisation has been given yet."))
    if activator.accepted_at is not None:
        raise WrongState(lazy("You have accepted it already."))
    if version != activator.version:
        raise Refused(lazy("A newer authorisation has been given meanwhile. Read that one."))
    activator.accepted_at = clock.now()
    audit.record("authorisation accepted", activator, by=by)


def supervise(activator: Activator, *, by: Actor) -> None:
    """Open living cases to her, beside a senior trainer. Refused with all that is missing."""
    if activator.person_id == by.id:
        raise Refused(lazy("Nobody opens the casework to herself."))
    missing = lacking(standing(activator))
    if missing is not None:
        raise Refused(lazy("Not yet: %(missing)s.", missing=missing))
    FLOW.move(activator, "supervise", supervised_at=clock.now(), supervised_by_id=by.id)
    audit.record("activator supervised", activator, by=by)


def release(activator: Activator, *, by: Actor) -> None:
    """Let her stand on her own. Refused while her hours are not certified."""
    if activator.person_id == by.id:
        raise Refused(lazy("Nobody makes herself autonomous."))
    if activator.stage == Stage.SUPERVISED and not is_certified(activator):
        raise Refused(lazy("Not yet: %(missing)s.", missing=UNCERTIFIED))
    FLOW.move(activator, "release", autonomous_at=clock.now(), autonomous_by_id=by.id)
    audit.record("activator released", activator, by=by)
