"""The calendar: the sessions in which the units of a course are held."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
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

from courses.curriculum import Unit
from courses.editions import EDITION_FLOW, Edition, Original, coordinated
from lms import audit, db, i18n
from lms.accounts import Person
from lms.errors import Refused
from lms.flow import Flow, Word, say, word
from lms.i18n import Lazy, lazy, nlazy
from lms.permissions import Actor


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    OPEN = "open"
    SIGNED = "signed"
    COUNTERSIGNED = "countersigned"
    CERTIFIED = "certified"
    CANCELLED = "cancelled"
    NOT_HELD = "not_held"


class SessionKind(StrEnum):
    """What a session is; each is a page of the register."""

    LESSON = "lesson"
    MAKE_UP = "make_up"
    PROJECT_WORK = "project_work"
    FIELD_VISIT = "field_visit"


class SessionMode(StrEnum):
    """Where a session is followed: in a room, over a platform, or by some here and some there."""

    CLASSROOM = "classroom"
    LIVE = "live"
    MIXED = "mixed"


say(
    {
        SessionState.SCHEDULED: Word(lazy("in the calendar"), "", "cal"),
        SessionState.OPEN: Word(lazy("page open"), "turn", "turn"),
        SessionState.SIGNED: Word(lazy("signed by the trainer"), "", "pen"),
        SessionState.COUNTERSIGNED: Word(lazy("countersigned"), "", "pen"),
        SessionState.CERTIFIED: Word(lazy("certified"), "good", "ok"),
        SessionState.CANCELLED: Word(lazy("cancelled"), "bad", "none"),
        SessionState.NOT_HELD: Word(lazy("not held"), "bad", "none"),
        SessionKind.LESSON: Word(lazy("lesson"), "", "list"),
        SessionKind.MAKE_UP: Word(lazy("make-up session"), "voice", "fresh"),
        SessionKind.PROJECT_WORK: Word(lazy("project work"), "", "pen"),
        SessionKind.FIELD_VISIT: Word(lazy("field visit"), "", "road"),
        SessionMode.CLASSROOM: Word(lazy("in the classroom"), "", "cal"),
        SessionMode.LIVE: Word(lazy("live online"), "voice", "eye"),
        SessionMode.MIXED: Word(lazy("classroom and online"), "voice", "eye"),
    }
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
    bar=({SessionState.OPEN}, SessionState.CANCELLED),
)


class Session(db.Model):
    """A seduta: one unit, one half-day, one page of the register."""

    __tablename__ = "courses_sessions"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_units", "unit_id"),
        db.within("courses_sessions", "makes_up_id"),
        db.within("courses_delivering_bodies", "body_id"),
        UniqueConstraint("edition_id", "page"),
        Index("ix_courses_sessions_edition_id_starts_at", "edition_id", "starts_at"),
        Index("ix_courses_sessions_trainer_id_starts_at", "trainer_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(
            "(kind = 'make_up') = (makes_up_id IS NOT NULL)", name="make_up_says_of_what"
        ),
        CheckConstraint("mode <> 'classroom' OR link = ''", name="classroom_has_no_link"),
        CheckConstraint("(page IS NULL) = (opened_at IS NULL)", name="page_has_opening"),
        CheckConstraint("original IS NULL OR page IS NOT NULL", name="original_of_a_page"),
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
    kind: Mapped[SessionKind] = mapped_column(
        db.choice(SessionKind, "kind_known"), default=SessionKind.LESSON
    )
    mode: Mapped[SessionMode] = mapped_column(
        db.choice(SessionMode, "mode_known"), default=SessionMode.CLASSROOM
    )
    link: Mapped[str] = mapped_column(String(500), default="")
    """Where a live lesson is held."""
    makes_up_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The session that was missed, of which this one makes up."""
    body_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The body that delivers it, where a programme has several."""
    trainer_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[SessionState] = mapped_column(
        db.choice(SessionState), default=SessionState.SCHEDULED
    )
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was cancelled, barred or not held."""
    page: Mapped[int | None] = mapped_column(Integer)
    opened_at: Mapped[db.Moment | None]
    original: Mapped[Original | None] = mapped_column(db.choice(Original, "original_known"))
    """Which register was the legal original when the page was opened."""
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
    def place(self) -> str | Lazy:
        """Where it is held, in words."""
        match self.mode:
            case SessionMode.LIVE:
                return word(self.mode).label
            case SessionMode.MIXED:
                return lazy("%(room)s and online", room=self.room)
        return self.room

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


# Scopes


def held(me: Actor) -> ColumnElement[bool]:
    """The sessions that the person holds as their trainer."""
    return Session.trainer_id == me.id


def of_coordinated(me: Actor) -> ColumnElement[bool]:
    return Session.edition_id.in_(select(Edition.id).where(coordinated(me)))


# Rules


def placed(session: Session) -> str:
    """Of which edition a session is, when, and where if that is known."""
    said = (session.edition.name, i18n.moment(session.starts_at), str(session.place))
    return ", ".join(part for part in said if part)


# Queries


def whole(session: Session) -> Session:
    """The same session with its edition, its unit and its trainer at hand: one statement."""
    parts = (joinedload(Session.edition), joinedload(Session.unit), joinedload(Session.trainer))
    query = select(Session).where(Session.id == session.id).options(*parts)
    return db.session.scalars(query).one()


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


# Operations


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


def _count(edition: Edition, *states: SessionState) -> int:
    """How many sessions of an edition are in one of these states."""
    query = select(func.count()).where(Session.edition_id == edition.id, Session.state.in_(states))
    return db.session.scalar(query) or 0
