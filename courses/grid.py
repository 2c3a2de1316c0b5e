"""The grid: sessions by trainees, the minutes of each as a shade that words and figures repeat."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from courses import attendance, forecast, presence
from courses.calendar import Session
from courses.curriculum import Unit
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.forecast import AHEAD, HELD
from courses.ledger import Line, Source
from courses.presence import StampKind
from courses.stamps import Stamp
from lms import clock, db

STEPS = 4
"""In so many steps the shade of a cell rises from nothing to the whole session."""


class Shade(StrEnum):
    """How a cell is drawn."""

    FULL = "full"
    PART = "part"
    LOST = "lost"
    MADE = "made"
    PLAN = "plan"
    NONE = "none"


@dataclass(frozen=True)
class Cell:
    """One trainee in one session."""

    shade: Shade
    minutes: int = 0
    of: int = 0
    late: int = 0
    early: int = 0
    made_up: int = 0
    """What other sessions made up of what was missed here."""
    is_amended: bool = False
    is_traced: bool = False

    @property
    def step(self) -> int:
        """How high the shade of a part rises: never to the whole, never to nothing."""
        return min(max(STEPS * self.minutes // self.of, 1), STEPS - 1) if self.of else 0

    @property
    def kinds(self) -> str:
        """The names under which it is drawn."""
        names = [self.shade.value]
        names += [f"p{self.step}"] if self.shade == Shade.PART else []
        names += ["amended"] if self.is_amended else []
        names += ["traced"] if self.is_traced else []
        return " ".join(names)


@dataclass(frozen=True)
class Grid:
    """The sessions of an edition, held or still to come, and what each trainee has of them."""

    sessions: Sequence[Session]
    cells: Mapping[tuple[UUID, UUID], Cell]
    """By enrolment and session."""

    def cell(self, enrolment: Enrolment, session: Session) -> Cell:
        """Who is not expected on a page has nothing there, nor missed anything."""
        known = self.cells.get((enrolment.id, session.id))
        if known is not None:
            return known
        comes = forecast.awaits(enrolment, session, clock.now())
        if comes and session.makes_up_id:
            missed = self.cells.get((enrolment.id, session.makes_up_id))
            comes = missed is None or missed.minutes + missed.made_up < missed.of
        return Cell(Shade.PLAN if comes else Shade.NONE)

    def minutes(self, session: Session) -> int:
        """What a session gave to all together."""
        return sum(cell.minutes for (_, s), cell in self.cells.items() if s == session.id)

    @property
    def total(self) -> int:
        """What all sessions gave to all together."""
        return sum(cell.minutes for cell in self.cells.values())


# Rules


def cell(
    minutes: int,
    of: int,
    *,
    times: tuple[int, int] = (0, 0),
    made_up: int = 0,
    is_make_up: bool = False,
    is_amended: bool = False,
    is_traced: bool = False,
) -> Cell:
    """How these minutes of so many are drawn; `times` are how late she came, how early she went.

    On the page of a make-up session all that she gets is made up: she may have lacked less.
    """
    if is_make_up and minutes:
        shade = Shade.MADE
    elif minutes >= of:
        shade = Shade.FULL
    elif made_up:
        shade = Shade.MADE
    else:
        shade = Shade.PART if minutes > 0 else Shade.LOST
    late, early = (0, 0) if is_amended or is_traced or shade != Shade.PART else times
    return Cell(shade, minutes, of, late, early, made_up, is_amended, is_traced)


# Queries


def of_edition(edition: Edition) -> Grid:
    """The grid of an edition; three statements, however many sessions and trainees."""
    sessions = columns(edition.id)
    lines = _lines(edition.id)
    times = _times(edition, {s.id: s for s in sessions})
    makes_up = {s.id: s.makes_up_id for s in sessions if s.makes_up_id}
    made_up: dict[tuple[UUID, UUID], int] = defaultdict(int)
    for enrolment_id, session_id, minutes, *_ in lines:
        if session_id in makes_up:
            made_up[enrolment_id, makes_up[session_id]] += minutes
    lengths = {s.id: s.minutes for s in sessions}
    cells = {
        (e, s): cell(
            minutes,
            lengths[s],
            times=times.get((e, s), (0, 0)),
            made_up=made_up.get((e, s), 0),
            is_make_up=s in makes_up,
            is_amended=bool(amended),
            is_traced=bool(traced),
        )
        for e, s, minutes, amended, traced in lines
        if s in lengths
    }
    return Grid(sessions, cells)


def columns(edition_id: UUID) -> list[Session]:
    """The sessions of an edition as the columns of the grid: held, or still to come."""
    query = (
        select(Session)
        .options(joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en))
        .where(Session.edition_id == edition_id, Session.state.in_(AHEAD | HELD))
        .order_by(Session.starts_at, Session.id)
    )
    return list(db.session.scalars(query))


def _lines(edition_id: UUID) -> Sequence[Any]:
    """Enrolment, session, minutes; whether they were amended, whether they come from a trace."""
    query = (
        select(
            Line.enrolment_id,
            Line.session_id,
            func.sum(Line.minutes),
            func.count().filter(Line.source == Source.CORRECTION),
            func.count().filter(Line.source == Source.TRACE),
        )
        .where(Line.edition_id == edition_id, Line.session_id.is_not(None))
        .group_by(Line.enrolment_id, Line.session_id)
    )
    return db.session.execute(query).all()


def _times(
    edition: Edition, sessions: Mapping[UUID, Session]
) -> dict[tuple[UUID, UUID], tuple[int, int]]:
    """How late those came, and how early those went, whose stamps lie inside a session."""
    query = (
        select(Stamp.enrolment_id, Stamp.session_id, Stamp.kind, Stamp.at)
        .join(Session, Session.id == Stamp.session_id)
        .where(
            Stamp.edition_id == edition.id,
            or_(
                and_(Stamp.kind == StampKind.IN, Stamp.at > Session.starts_at),
                and_(Stamp.kind == StampKind.OUT, Stamp.at < Session.ends_at),
            ),
        )
    )
    grace = attendance.policy(edition).tolerance
    found: dict[tuple[UUID, UUID], tuple[int, int]] = {}
    for enrolment_id, session_id, kind, at in db.session.execute(query):
        session = sessions.get(session_id)
        if session is None:
            continue
        late, early = found.get((enrolment_id, session_id), (0, 0))
        if kind == StampKind.IN and at > session.starts_at + grace:
            late = (at - session.starts_at) // presence.MINUTE
        elif kind == StampKind.OUT and at < session.ends_at - grace:
            early = (session.ends_at - at) // presence.MINUTE
        found[enrolment_id, session_id] = late, early
    return found
