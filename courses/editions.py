"""Editions: the runs of a course version, with their thresholds, and who has which part in them."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses.curriculum import CourseVersion, VersionState
from lms import audit, clock, db, keys
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import Actor


class EditionState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Rounding(StrEnum):
    EXACT = "exact"
    TOLERANCE = "tolerance"
    BLOCKS = "blocks"


class Original(StrEnum):
    """Which register is the legal original of an edition."""

    ELECTRONIC = "electronic"
    STAMPED = "stamped"
    BOTH = "both"


class Part(StrEnum):
    """What a person is in one edition."""

    TRAINER = "trainer"
    COORDINATOR = "coordinator"
    INSPECTOR = "inspector"


say(
    {
        EditionState.PLANNED: Word(lazy("planned"), "", "cal"),
        EditionState.RUNNING: Word(lazy("running"), "act", "late"),
        EditionState.CLOSED: Word(lazy("closed"), "good", "ok"),
        EditionState.ARCHIVED: Word(lazy("archived"), "", "lock"),
        Rounding.EXACT: Word(lazy("to the minute")),
        Rounding.TOLERANCE: Word(lazy("with a tolerance")),
        Rounding.BLOCKS: Word(lazy("in blocks")),
        Original.ELECTRONIC: Word(lazy("the electronic register")),
        Original.STAMPED: Word(lazy("the stamped paper register")),
        Original.BOTH: Word(lazy("both, until the funder authorises the electronic one")),
        Part.TRAINER: Word(lazy("trainer")),
        Part.COORDINATOR: Word(lazy("coordinator")),
        Part.INSPECTOR: Word(lazy("inspector")),
    }
)

EDITION_FLOW = Flow(
    start=({EditionState.PLANNED}, EditionState.RUNNING),
    close=({EditionState.RUNNING}, EditionState.CLOSED),
    reopen=({EditionState.CLOSED}, EditionState.RUNNING),
    archive=({EditionState.CLOSED}, EditionState.ARCHIVED),
)


class Edition(db.Model):
    """One run of a course version, with its thresholds."""

    __tablename__ = "courses_editions"
    __table_args__ = (
        db.owned(),
        db.within("courses_versions", "version_id"),
        UniqueConstraint("programme_id", "code"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("total_percent BETWEEN 1 AND 100", name="total_percent_of_hundred"),
        CheckConstraint("module_percent BETWEEN 0 AND 100", name="module_percent_of_hundred"),
        CheckConstraint("rounding_minutes >= 0", name="rounding_not_negative"),
        CheckConstraint("least_percent BETWEEN 1 AND total_percent", name="least_below_total"),
        CheckConstraint("live_percent BETWEEN 0 AND 100", name="live_percent_of_hundred"),
        CheckConstraint("contest_days BETWEEN 1 AND 365", name="contest_days_of_a_year"),
        CheckConstraint("late_days BETWEEN 0 AND 60", name="late_days_of_two_months"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    version_id: Mapped[UUID] = mapped_column(Uuid)
    code: Mapped[db.Code]
    name: Mapped[db.Short]
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    state: Mapped[EditionState] = mapped_column(
        db.choice(EditionState), default=EditionState.PLANNED
    )
    total_percent: Mapped[int] = mapped_column(Integer, default=75)
    module_percent: Mapped[int] = mapped_column(Integer, default=50)
    rounding: Mapped[Rounding] = mapped_column(
        db.choice(Rounding, "rounding_known"), default=Rounding.EXACT
    )
    rounding_minutes: Mapped[db.Minutes] = mapped_column(Integer, default=0)
    room: Mapped[db.Short] = mapped_column(String(120), default="")
    least_percent: Mapped[int] = mapped_column(Integer, default=75)
    """Of all hours: below it nobody is certified, not even with an exception."""
    live_percent: Mapped[int | None] = mapped_column(Integer)
    """The most of all hours due that may be followed live online; None: no cap."""
    ticks: Mapped[str] = mapped_column(String(120), default="2/3 3/4 4/5")
    """Shares of the hours that pictures mark beside the thresholds: fractions, by spaces."""
    contest_days: Mapped[int] = mapped_column(Integer, default=10)
    """How long a trainee may contest a line of her hours after it was posted."""
    late_days: Mapped[int] = mapped_column(Integer, default=7)
    """How long after a session its page may still be opened because the network failed."""
    original: Mapped[Original] = mapped_column(
        db.choice(Original, "original_known"), default=Original.ELECTRONIC
    )
    practice_number: Mapped[str] = mapped_column(String(60), default="")
    """Pratica, operator and course codes, CUP and site: as the funder's papers want them."""
    operator_code: Mapped[str] = mapped_column(String(60), default="")
    course_code: Mapped[str] = mapped_column(String(60), default="")
    project_code: Mapped[str] = mapped_column(String(60), default="")
    site: Mapped[str] = mapped_column(String(200), default="")
    key_id: Mapped[db.KeyId | None]
    """The key of its papers: see `key_of`."""
    version: Mapped[int] = mapped_column()
    course: Mapped[CourseVersion] = relationship(foreign_keys=[version_id])
    __mapper_args__ = {"version_id_col": version}


class EditionGrant(db.Model):
    """The part of one person in one edition."""

    __tablename__ = "courses_edition_grants"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        UniqueConstraint("edition_id", "person_id", "role"),
        Index("ix_courses_edition_grants_person_id_role", "person_id", "role"),
        CheckConstraint("(role = 'inspector') = (expires_on IS NOT NULL)", name="inspector_until"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[Part] = mapped_column(db.choice(Part, "role_known"))
    expires_on: Mapped[date | None] = mapped_column(Date)
    """The last day on which an inspector sees the edition; nobody else's part ends by itself."""
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


# Scopes


def granted(me: Actor, part: Part) -> ColumnElement[bool]:
    """The editions in which the person has this part today."""
    return Edition.id.in_(
        select(EditionGrant.edition_id).where(
            EditionGrant.person_id == me.id,
            EditionGrant.role == part,
            or_(EditionGrant.expires_on.is_(None), EditionGrant.expires_on >= clock.today()),
        )
    )


def taught(me: Actor) -> ColumnElement[bool]:
    """The editions in which the person is a trainer."""
    return granted(me, Part.TRAINER)


def coordinated(me: Actor) -> ColumnElement[bool]:
    return granted(me, Part.COORDINATOR)


def inspected(me: Actor) -> ColumnElement[bool]:
    """The editions that are open to the person as an inspector."""
    return granted(me, Part.INSPECTOR)


def of_coordinated(me: Actor) -> ColumnElement[bool]:
    """The parts that people have in the editions that this person coordinates."""
    return EditionGrant.edition_id.in_(select(Edition.id).where(coordinated(me)))


# Queries


def people_of(edition_id: UUID) -> Sequence[EditionGrant]:
    """Who teaches in an edition and who coordinates it; inspectors hold no part of it."""
    query = (
        select(EditionGrant)
        .join(Person, Person.id == EditionGrant.person_id)
        .where(EditionGrant.edition_id == edition_id, EditionGrant.role != Part.INSPECTOR)
        .order_by(EditionGrant.role, Person.sort_name)
        .options(joinedload(EditionGrant.person))
    )
    return db.session.scalars(query).all()


# Operations


def hold(ids: Iterable[UUID]) -> None:
    """Nobody else decides on these editions until the commit; held always in one order."""
    query = select(Edition.id).where(Edition.id.in_(list(ids))).order_by(Edition.id)
    db.session.execute(query.with_for_update(key_share=True))


def make_edition(
    version: CourseVersion,
    *,
    code: str,
    name: str,
    starts_on: date,
    ends_on: date,
    room: str = "",
    total_percent: int = 75,
    module_percent: int = 50,
    by: Actor,
) -> Edition:
    """A planned edition of a published course version. Raises Invalid."""
    if version.state != VersionState.PUBLISHED:
        raise Refused(lazy("Only a published version of the course can be held."))
    if ends_on < starts_on:
        raise Invalid(ends_on=lazy("It ends after it begins."))
    taken = select(Edition.id).where(Edition.programme_id == by.programme_id, Edition.code == code)
    if db.session.scalar(taken):
        raise Invalid(code=lazy("There is already an edition with this code."))
    edition = Edition(
        programme_id=by.programme_id,
        version_id=version.id,
        code=code,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        room=room,
        total_percent=total_percent,
        module_percent=module_percent,
        least_percent=total_percent,
        key_id=keys.new_key(keys.Subject.EDITION, by.programme_id).id,
    )
    db.session.add(edition)
    audit.record("edition made", edition, by=by)
    return edition


def key_of(edition: Edition) -> UUID:
    """The key under which the papers of an edition are kept; made when the first one comes."""
    if edition.key_id is None:
        edition = db.locked(edition)
    if edition.key_id is None:
        edition.key_id = keys.new_key(keys.Subject.EDITION, edition.programme_id).id
    return edition.key_id


def appoint(edition: Edition, person: Person, part: Part, *, by: Actor) -> EditionGrant:
    """Give a person a part in an edition; a second time changes nothing."""
    found = db.session.scalar(
        select(EditionGrant).where(
            EditionGrant.edition_id == edition.id,
            EditionGrant.person_id == person.id,
            EditionGrant.role == part,
        )
    )
    if found:
        return found
    row = EditionGrant(
        programme_id=edition.programme_id, edition_id=edition.id, person_id=person.id, role=part
    )
    db.session.add(row)
    audit.record("edition part given", row, by=by, detail={"part": part.value})
    return row


def archive(edition: Edition, *, by: Actor) -> None:
    """A closed edition is put away: it stays readable, and nothing of it awaits anybody."""
    EDITION_FLOW.move(edition, "archive")
    audit.record("edition archived", edition, by=by)
