"""The ledger of minutes: every total of hours anywhere is the sum of these lines.

A line says how many minutes of which unit one trainee is recognised, and where they come from.
Lines are posted when the trainer signs a page, one for each person expected on it, also for
those who were not there: so that nobody's hours are silent about a session. A line is never
changed: a later correction is a line that reverses it. Whether minutes are certified is a fact of
their page, not of the line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Uuid,
    and_,
    case,
    false,
    func,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from courses.calendar import Session, SessionMode, SessionState
from courses.curriculum import Module, Unit
from lms import chains, clock, db
from lms.chains import Kind, Note
from lms.flow import Word, say
from lms.i18n import lazy
from lms.permissions import Actor


class Source(StrEnum):
    """Where minutes come from."""

    PRESENCE = "presence"
    TRACE = "trace"
    SELF_PACED = "self_paced"
    CORRECTION = "correction"
    MADE_UP = "made up"


say(
    {
        Source.PRESENCE: Word(lazy("register page"), "", "doc"),
        Source.TRACE: Word(lazy("trace of a live lesson"), "", "doc"),
        Source.SELF_PACED: Word(lazy("self-paced"), "", "eye"),
        Source.CORRECTION: Word(lazy("correction"), "voice", "undo"),
        Source.MADE_UP: Word(lazy("made up"), "voice", "fresh"),
    }
)


_OF_PAGES = "('presence', 'trace', 'made up')"
"""The sources of what a page gives when it is signed."""


class Line(db.Model):
    """Some minutes of one trainee. Added up, they are her hours."""

    __tablename__ = "courses_lines"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_enrolments", "enrolment_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_units", "unit_id"),
        db.within("courses_lines", "reverses_id"),
        CheckConstraint("module > 0", name="module_is_known"),
        CheckConstraint(
            f"source NOT IN {_OF_PAGES} OR (session_id IS NOT NULL AND reverses_id IS NULL)",
            name="presence_has_page",
        ),
        CheckConstraint("minutes >= 0 OR reverses_id IS NOT NULL", name="less_only_in_reverse"),
        Index(
            "ix_courses_lines_one_presence",
            "session_id",
            "enrolment_id",
            unique=True,
            sqlite_where=text(f"source IN {_OF_PAGES}"),
            postgresql_where=text(f"source IN {_OF_PAGES}"),
        ),
        Index("ix_courses_lines_enrolment", "enrolment_id"),
        Index("ix_courses_lines_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID | None] = mapped_column(Uuid)
    unit_id: Mapped[UUID] = mapped_column(Uuid)
    module: Mapped[int] = mapped_column()
    """The number of the module: the macro-area whose share these minutes fill."""
    minutes: Mapped[db.Minutes]
    source: Mapped[Source] = mapped_column(db.choice(Source, "source_known"))
    reverses_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    session: Mapped[Session | None] = relationship(foreign_keys=[session_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])


db.append_only(Line.__table__)


@dataclass(frozen=True)
class Part:
    """The minutes of one module, or of all."""

    recorded: int = 0
    """On signed pages."""
    certified: int = 0
    """On certified pages: what thresholds count."""
    live: int = 0
    """Of what is recorded, what was followed live online."""
    live_certified: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(
            self.recorded + other.recorded,
            self.certified + other.certified,
            self.live + other.live,
            self.live_certified + other.live_certified,
        )


@dataclass(frozen=True)
class Totals(Part):
    """What the lines of one enrolment add up to."""

    by_module: Mapping[int, Part] = field(default_factory=dict)


# Rules


def summed(parts: Mapping[int, Part]) -> Totals:
    """The totals whose parts these are."""
    whole = sum(parts.values(), Part())
    return Totals(
        whole.recorded, whole.certified, whole.live, whole.live_certified, by_module=parts
    )


# Queries


def totals(enrolment_ids: Iterable[UUID]) -> dict[UUID, Totals]:
    """Recorded and certified minutes of each enrolment, in all and by module; one statement."""
    certified, live = Session.state == SessionState.CERTIFIED, followed_live()
    sums = [
        func.sum(case((condition, Line.minutes), else_=0))
        for condition in (true(), certified, live, and_(certified, live))
    ]
    query = (
        select(Line.enrolment_id, Line.module, *sums)
        .outerjoin(Session, Session.id == Line.session_id)
        .where(Line.enrolment_id.in_(list(enrolment_ids)))
        .group_by(Line.enrolment_id, Line.module)
        .order_by(Line.module)
    )
    parts: dict[UUID, dict[int, Part]] = {i: {} for i in enrolment_ids}
    for enrolment_id, module, *minutes in db.session.execute(query):
        parts[enrolment_id][module] = Part(*(int(m) for m in minutes))
    return {i: summed(found) for i, found in parts.items()}


def followed_live() -> ColumnElement[bool]:
    """Whether the minutes of a line were followed live online, also when they were corrected.

    In a mixed lesson, where the page read this person by the trace.
    """
    first = aliased(Line)
    traced = (
        select(first.id)
        .where(
            first.session_id == Line.session_id,
            first.enrolment_id == Line.enrolment_id,
            first.source == Source.TRACE,
        )
        .exists()
    )
    mixed = and_(Session.mode == SessionMode.MIXED, traced)
    return case((Session.mode == SessionMode.LIVE, true()), (mixed, true()), else_=false())


def lines(enrolment_id: UUID) -> list[Line]:
    """Every line of an enrolment, as the sessions went."""
    query = (
        select(Line)
        .join(Session, Session.id == Line.session_id, isouter=True)
        .options(joinedload(Line.session), joinedload(Line.unit))
        .where(Line.enrolment_id == enrolment_id)
        .order_by(
            func.coalesce(Session.starts_at, Line.at), Line.at, Line.reverses_id.is_(None), Line.id
        )
    )
    return list(db.session.scalars(query))


def posted(session_id: UUID) -> dict[UUID, int]:
    """What the lines of one page give to each person expected on it."""
    query = select(Line.enrolment_id, func.sum(Line.minutes)).where(Line.session_id == session_id)
    rows = db.session.execute(query.group_by(Line.enrolment_id))
    return {enrolment_id: int(minutes) for enrolment_id, minutes in rows}


# Operations


def post(session: Session, given: Mapping[UUID, tuple[int, Source]], *, by: Actor) -> list[Line]:
    """Post the lines of a page: one for each person expected, with nought for the absent."""
    module = _module(session.unit_id)
    return _kept(
        [
            _line(session, module, enrolment_id, minutes, source, by=by)
            for enrolment_id, (minutes, source) in given.items()
        ]
    )


def correct(session: Session, enrolment_id: UUID, minutes: int, *, by: Actor) -> list[Line]:
    """Reverse what stands for one person on a page, and post what it should have been.

    The caller holds the lock of the page.
    """
    undone = aliased(Line)
    standing = (
        select(Line)
        .outerjoin(undone, undone.reverses_id == Line.id)
        .where(
            Line.session_id == session.id,
            Line.enrolment_id == enrolment_id,
            Line.reverses_id.is_(None),
            undone.id.is_(None),
        )
    )
    module, source = _module(session.unit_id), Source.CORRECTION
    rows = [
        _line(session, module, enrolment_id, -row.minutes, source, reverses_id=row.id, by=by)
        for row in db.session.scalars(standing)
    ]
    return _kept([*rows, _line(session, module, enrolment_id, minutes, source, by=by)])


def _module(unit_id: UUID) -> int:
    query = select(Module.number).join(Unit, Unit.module_id == Module.id).where(Unit.id == unit_id)
    return db.session.scalars(query).one()


def _line(
    session: Session,
    module: int,
    enrolment_id: UUID,
    minutes: int,
    source: Source,
    *,
    reverses_id: UUID | None = None,
    by: Actor,
) -> Line:
    return Line(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        enrolment_id=enrolment_id,
        session_id=session.id,
        unit_id=session.unit_id,
        module=module,
        minutes=minutes,
        source=source,
        reverses_id=reverses_id,
        at=clock.now(),
        by_id=by.id,
    )


def _kept(rows: list[Line]) -> list[Line]:
    """Write these lines, each an entry of the edition's chain."""
    db.session.add_all(rows)
    for row in rows:
        chains.add(
            Note(
                kind=Kind.REGISTER,
                owner_id=row.edition_id,
                what="line posted",
                actor_id=row.by_id,
                row=row,
            )
        )
    return rows
