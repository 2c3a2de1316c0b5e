"""Absences told ahead: a trainee says before a session that she will not be there, and why.

Why is hers: category, words and paper lie sealed by her own key. Her trainer sees no more than that
it was announced; who coordinates the edition may read why, which leaves a trace. Nothing is excused
by it and no minute changes. It can be taken back until the page of the session is opened; what was
said is then emptied.
"""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Uuid,
    and_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from courses import calendar
from courses.calendar import Session, SessionState
from courses.curriculum import Unit
from courses.enrolments import Enrolment
from lms import accounts, audit, clock, db, files, keys
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.files import File
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import Actor

LONGEST = 1000
SHOWN = 60
TOPIC = "courses.absences"


class AbsenceState(StrEnum):
    ANNOUNCED = "announced"
    WITHDRAWN = "withdrawn"


class Category(StrEnum):
    """What keeps her away, in one word."""

    HEALTH = "health"
    FAMILY = "family"
    WORK = "work"
    TRAVEL = "travel"
    OTHER = "other"


say(
    {
        AbsenceState.ANNOUNCED: Word(lazy("absence announced"), "", "mail"),
        AbsenceState.WITHDRAWN: Word(lazy("announcement taken back"), "", "undo"),
        Category.HEALTH: Word(lazy("health")),
        Category.FAMILY: Word(lazy("family")),
        Category.WORK: Word(lazy("work")),
        Category.TRAVEL: Word(lazy("the journey")),
        Category.OTHER: Word(lazy("something else")),
    }
)

FLOW = Flow(withdraw=({AbsenceState.ANNOUNCED}, AbsenceState.WITHDRAWN))


class Absence(db.Model):
    """That one trainee will not come to one session."""

    __tablename__ = "courses_absences"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        Index(
            "ix_courses_absences_one_standing",
            "session_id",
            "enrolment_id",
            unique=True,
            sqlite_where=text("state = 'announced'"),
            postgresql_where=text("state = 'announced'"),
        ),
        Index("ix_courses_absences_edition", "edition_id"),
        Index("ix_courses_absences_enrolment", "enrolment_id"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_moment"
        ),
        CheckConstraint(
            "(state = 'announced') = (category IS NOT NULL AND reason IS NOT NULL)",
            name="announced_says_why",
        ),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[AbsenceState] = mapped_column(
        db.choice(AbsenceState), default=AbsenceState.ANNOUNCED
    )
    announced_at: Mapped[db.Moment]
    withdrawn_at: Mapped[db.Moment | None]
    key_id: Mapped[db.KeyId]
    """The trainee's own key."""
    category: Mapped[db.Sealed | None]
    reason: Mapped[db.Sealed | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    """The paper that she added, if she did."""
    version: Mapped[int] = mapped_column()
    session: Mapped[Session] = relationship(foreign_keys=[session_id])
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    file: Mapped[File | None] = relationship(foreign_keys=[file_id])
    __mapper_args__ = {"version_id_col": version}


# Scopes


def own(me: Actor) -> ColumnElement[bool]:
    return Absence.enrolment_id.in_(select(Enrolment.id).where(Enrolment.person_id == me.id))


def where_coordinated(me: Actor) -> ColumnElement[bool]:
    """What was announced in the editions that the person coordinates."""
    return Absence.session_id.in_(select(Session.id).where(calendar.of_coordinated(me)))


def sessions_of_own(me: Actor) -> ColumnElement[bool]:
    """The sessions of the editions that the person follows and has not left."""
    mine = select(Enrolment.edition_id).where(
        Enrolment.person_id == me.id, Enrolment.left_on.is_(None)
    )
    return Session.edition_id.in_(mine)


# Queries


def of_own(me: Actor) -> list[tuple[Session, Absence | None]]:
    """The next sessions of a trainee, each with the absence that she has announced for it."""
    query = (
        select(Session, Absence)
        .join(Enrolment, Enrolment.edition_id == Session.edition_id)
        .outerjoin(
            Absence,
            and_(
                Absence.session_id == Session.id,
                Absence.enrolment_id == Enrolment.id,
                Absence.state == AbsenceState.ANNOUNCED,
            ),
        )
        .join(Unit, Unit.id == Session.unit_id)
        .options(contains_eager(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en))
        .where(
            Session.programme_id == me.programme_id,
            Enrolment.person_id == me.id,
            Enrolment.left_on.is_(None),
            Session.state == SessionState.SCHEDULED,
            Session.starts_at > clock.now(),
        )
        .order_by(Session.starts_at, Session.id)
        .limit(SHOWN)
    )
    return [(session, absence) for session, absence in db.session.execute(query)]


def announced(session_id: UUID) -> set[UUID]:
    """The enrolments that have announced their absence from a session, and no more than that."""
    query = select(Absence.enrolment_id).where(
        Absence.session_id == session_id, Absence.state == AbsenceState.ANNOUNCED
    )
    return set(db.session.scalars(query))


def of_edition(edition_id: UUID) -> Sequence[Absence]:
    """What was announced and not taken back in an edition, the latest session first."""
    query = (
        select(Absence)
        .join(Session, Session.id == Absence.session_id)
        .options(
            contains_eager(Absence.session)
            .joinedload(Session.unit)
            .load_only(Unit.code, Unit.title_it, Unit.title_en),
            joinedload(Absence.enrolment).joinedload(Enrolment.person).load_only(Person.name),
        )
        .where(Absence.edition_id == edition_id, Absence.state == AbsenceState.ANNOUNCED)
        .order_by(Session.starts_at.desc(), Absence.announced_at)
        .limit(SHOWN)
    )
    return db.session.scalars(query).all()


def why(absence: Absence, *, by: Actor) -> tuple[Category, str] | None:
    """Why she will not come; None once taken back or erased. Whoever reads it leaves a trace."""
    if absence.state != AbsenceState.ANNOUNCED:
        return None
    said = keys.open_row(absence, by=by)
    return None if said.erased else (Category(said.category), said.reason)


# Operations


def announce(
    session: Session, category: Category, reason: str, *, paper: bytes | None = None, by: Actor
) -> Absence:
    """Tell ahead that one will not come to a session. Raises Refused once its page is open."""
    session = db.locked(session)
    enrolment = db.session.scalars(
        select(Enrolment).where(
            Enrolment.edition_id == session.edition_id, Enrolment.person_id == by.id
        )
    ).one()
    if session.state != SessionState.SCHEDULED or clock.now() >= session.starts_at:
        raise Refused(
            lazy("It is too late to announce: the session has begun. Speak with the trainer.")
        )
    if enrolment.id in announced(session.id):
        raise Refused(lazy("You have announced it already."))
    if not reason.strip():
        raise Invalid(reason=lazy("Write why, in a few words."))
    row = Absence(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        enrolment_id=enrolment.id,
        announced_at=clock.now(),
        key_id=accounts.get(by.id).key_id,
    )
    keys.seal(row, by=by, category=category.value, reason=reason.strip())
    if paper:
        row.file_id = files.keep(paper, TOPIC, row, key_id=row.key_id, by=by).id
    db.session.add(row)
    audit.record("absence announced", row, by=by)
    return row


def withdraw(absence: Absence, *, by: Actor) -> None:
    """Take it back: she will come. What she had said is emptied, the paper made unreadable."""
    session = db.locked(absence.session)
    if session.state != SessionState.SCHEDULED:
        raise Refused(lazy("The page of the session is open: sign in, and you are there."))
    paper = absence.file
    FLOW.move(
        absence, "withdraw", withdrawn_at=clock.now(), category=None, reason=None, file_id=None
    )
    if paper is not None:
        files.forget(paper)
    audit.record("absence withdrawn", absence, by=by)
