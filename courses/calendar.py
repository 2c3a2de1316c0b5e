"""The calendar: editions of the course, and the sessions in which its units are held."""

from collections.abc import Sequence
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
    Text,
    UniqueConstraint,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses.curriculum import CourseVersion, Unit, VersionState
from lms import audit, db
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.flow import Flow, Word, say
from lms.i18n import lazy, nlazy
from lms.permissions import Actor


class EditionState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"
    ARCHIVED = "archived"


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    OPEN = "open"
    SIGNED = "signed"
    COUNTERSIGNED = "countersigned"
    CERTIFIED = "certified"
    CANCELLED = "cancelled"
    NOT_HELD = "not_held"


class Rounding(StrEnum):
    EXACT = "exact"
    TOLERANCE = "tolerance"
    BLOCKS = "blocks"


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
        SessionState.SCHEDULED: Word(lazy("in the calendar"), "", "cal"),
        SessionState.OPEN: Word(lazy("page open"), "turn", "turn"),
        SessionState.SIGNED: Word(lazy("signed by the trainer"), "", "pen"),
        SessionState.COUNTERSIGNED: Word(lazy("countersigned"), "", "pen"),
        SessionState.CERTIFIED: Word(lazy("certified"), "good", "ok"),
        SessionState.CANCELLED: Word(lazy("cancelled"), "bad", "none"),
        SessionState.NOT_HELD: Word(lazy("not held"), "bad", "none"),
        Rounding.EXACT: Word(lazy("to the minute")),
        Rounding.TOLERANCE: Word(lazy("with a tolerance")),
        Rounding.BLOCKS: Word(lazy("in blocks")),
        Part.TRAINER: Word(lazy("trainer")),
        Part.COORDINATOR: Word(lazy("coordinator")),
        Part.INSPECTOR: Word(lazy("inspector")),
    }
)

EDITION_FLOW = Flow(
    start=({EditionState.PLANNED}, EditionState.RUNNING),
    close=({EditionState.RUNNING}, EditionState.CLOSED),
    archive=({EditionState.CLOSED}, EditionState.ARCHIVED),
)
OUT = (SessionState.CANCELLED, SessionState.NOT_HELD)
"""Sessions that take up neither time nor room."""
SESSION_FLOW = Flow(
    open=({SessionState.SCHEDULED}, SessionState.OPEN),
    sign=({SessionState.OPEN}, SessionState.SIGNED),
    countersign=({SessionState.SIGNED}, SessionState.COUNTERSIGNED),
    certify=({SessionState.COUNTERSIGNED}, SessionState.CERTIFIED),
    cancel=({SessionState.SCHEDULED}, SessionState.CANCELLED),
    not_held=({SessionState.SCHEDULED}, SessionState.NOT_HELD),
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
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[Part] = mapped_column(db.choice(Part, "role_known"))
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Session(db.Model):
    """A seduta: one unit, one half-day, one page of the register."""

    __tablename__ = "courses_sessions"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_units", "unit_id"),
        UniqueConstraint("edition_id", "page"),
        Index("ix_courses_sessions_edition_id_starts_at", "edition_id", "starts_at"),
        Index("ix_courses_sessions_trainer_id_starts_at", "trainer_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(page IS NULL) = (opened_at IS NULL)", name="page_has_opening"),
        CheckConstraint(
            "state NOT IN ('open', 'signed', 'countersigned', 'certified') OR page IS NOT NULL",
            name="opened_has_page",
        ),
        CheckConstraint(
            "state NOT IN ('signed', 'countersigned', 'certified') OR "
            "(signed_at IS NOT NULL AND signed_by_id IS NOT NULL AND topic IS NOT NULL)",
            name="signed_has_signer_and_topic",
        ),
        CheckConstraint(
            "state NOT IN ('countersigned', 'certified') OR countersigned_by_id IS NOT NULL",
            name="countersigned_has_signer",
        ),
        CheckConstraint(
            "(state = 'certified') = (certified_by_id IS NOT NULL)", name="certified_has_signer"
        ),
        CheckConstraint("signed_by_id <> countersigned_by_id", name="two_pairs_of_eyes"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    unit_id: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[db.Moment]
    ends_at: Mapped[db.Moment]
    room: Mapped[db.Short]
    trainer_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[SessionState] = mapped_column(
        db.choice(SessionState), default=SessionState.SCHEDULED
    )
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was cancelled or not held."""
    page: Mapped[int | None] = mapped_column(Integer)
    opened_at: Mapped[db.Moment | None]
    topic: Mapped[str | None] = mapped_column(Text)
    head_count: Mapped[int | None] = mapped_column(Integer)
    signed_at: Mapped[db.Moment | None]
    signed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    countersigned_at: Mapped[db.Moment | None]
    countersigned_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    certified_at: Mapped[db.Moment | None]
    certified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[int] = mapped_column()
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    trainer: Mapped[Person] = relationship(foreign_keys=[trainer_id])
    __mapper_args__ = {"version_id_col": version}

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


# Scopes


def granted(me: Actor, part: Part) -> ColumnElement[bool]:
    """The editions in which the person has this part."""
    return Edition.id.in_(
        select(EditionGrant.edition_id).where(
            EditionGrant.person_id == me.id, EditionGrant.role == part
        )
    )


def taught(me: Actor) -> ColumnElement[bool]:
    """The editions in which the person is a trainer."""
    return granted(me, Part.TRAINER)


def coordinated(me: Actor) -> ColumnElement[bool]:
    return granted(me, Part.COORDINATOR)


def held(me: Actor) -> ColumnElement[bool]:
    """The sessions that the person holds as their trainer."""
    return Session.trainer_id == me.id


def of_coordinated(me: Actor) -> ColumnElement[bool]:
    return Session.edition_id.in_(select(Edition.id).where(coordinated(me)))


# Queries


def sessions(edition_id: UUID) -> Sequence[Session]:
    """All sessions of an edition, in time."""
    query = select(Session).where(Session.edition_id == edition_id).order_by(Session.starts_at)
    return db.session.scalars(query).all()


def editions(within: ColumnElement[bool]) -> Sequence[tuple[Edition, int, int]]:
    """The editions that one may see, newest first, with how many sessions and trainees."""
    planned = (
        select(func.count())
        .where(Session.edition_id == Edition.id, Session.state != SessionState.CANCELLED)
        .correlate(Edition)
        .scalar_subquery()
    )
    enrolled = (
        select(func.count())
        .select_from(text("courses_enrolments e"))
        .where(text("e.edition_id = courses_editions.id AND e.left_on IS NULL"))
        .scalar_subquery()
    )
    query = select(Edition, planned, enrolled).where(within).order_by(Edition.starts_on.desc())
    return [(e, int(s), int(n)) for e, s, n in db.session.execute(query)]


def people_of(edition_id: UUID) -> Sequence[EditionGrant]:
    """Who has which part in an edition."""
    query = (
        select(EditionGrant)
        .join(Person, Person.id == EditionGrant.person_id)
        .where(EditionGrant.edition_id == edition_id)
        .order_by(EditionGrant.role, Person.sort_name)
        .options(joinedload(EditionGrant.person))
    )
    return db.session.scalars(query).all()


# Operations


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
    )
    db.session.add(edition)
    audit.record("edition made", edition, by=by)
    return edition


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


def start(edition: Edition, *, by: Actor) -> None:
    """The edition begins. Raises Refused while it has no calendar."""
    if not _count(edition, SessionState.SCHEDULED):
        raise Refused(lazy("It has no session yet: propose the calendar first."))
    EDITION_FLOW.move(edition, "start")
    audit.record("edition started", edition, by=by)


def close(edition: Edition, *, by: Actor) -> None:
    """The edition ends: every session was held and certified, or cancelled."""
    if left := _count(edition, SessionState.SCHEDULED):
        raise Refused(
            nlazy(
                "One session is still in the calendar: hold it or cancel it.",
                "%(num)d sessions are still in the calendar: hold them or cancel them.",
                left,
            )
        )
    pages = (SessionState.OPEN, SessionState.SIGNED, SessionState.COUNTERSIGNED)
    if waiting := _count(edition, *pages):
        raise Refused(
            nlazy(
                "One page still has to be certified.",
                "%(num)d pages still have to be certified.",
                waiting,
            )
        )
    EDITION_FLOW.move(edition, "close")
    audit.record("edition closed", edition, by=by)


def archive(edition: Edition, *, by: Actor) -> None:
    """A closed edition is put away: it stays readable, and nothing of it awaits anybody."""
    EDITION_FLOW.move(edition, "archive")
    audit.record("edition archived", edition, by=by)


def _count(edition: Edition, *states: SessionState) -> int:
    """How many sessions of an edition are in one of these states."""
    query = select(func.count()).where(Session.edition_id == edition.id, Session.state.in_(states))
    return db.session.scalar(query) or 0
