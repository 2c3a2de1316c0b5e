"""The path: how one trainee goes through the units of her course, and what comes next.

Nothing is stored here. A taught unit is done when a signed page gives her minutes of it; one at
her own pace, when she has passed its quiz.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from courses import curriculum, enrolments, forecast, makeups, quizzes
from courses.calendar import Session, SessionState
from courses.curriculum import Unit
from courses.editions import Edition, EditionState
from courses.enrolments import Enrolment
from courses.forecast import AHEAD, Forecast, ModuleShare
from courses.ledger import Line
from courses.quizzes import Standing
from lms import clock, db, i18n
from lms.flow import Word, say
from lms.i18n import Lazy, lazy, nlazy
from lms.manifest import Todo
from lms.permissions import Actor, Role

GATE = "casework"
READ_BEFORE = timedelta(days=7)
GATE_WITHIN = timedelta(days=28)
"""After how many days of an edition the quiz that opens real cases should be passed."""


class Stance(StrEnum):
    """How a unit stands for one trainee."""

    DONE = "done"
    MISSED = "missed"
    NEXT = "next"
    PLANNED = "planned"
    OPEN = "open"
    UNSIGNED = "unsigned"
    UNPLANNED = "unplanned"
    LOCKED = "locked"


say(
    {
        Stance.DONE: Word(lazy("Done"), "good", "ok"),
        Stance.MISSED: Word(lazy("Missed"), "bad", "none"),
        Stance.NEXT: Word(lazy("Next"), "turn", "turn"),
        Stance.PLANNED: Word(lazy("In the calendar"), "", ""),
        Stance.OPEN: Word(lazy("At your own pace"), "", "late"),
        Stance.UNSIGNED: Word(lazy("Waits for the trainer’s signature"), "", "wait"),
        Stance.UNPLANNED: Word(lazy("Not in the calendar yet"), "", "wait"),
        Stance.LOCKED: Word(lazy("Closed"), "", "lock"),
    }
)


@dataclass(frozen=True)
class Step:
    """One unit on the path."""

    unit: Unit
    stance: Stance
    session: Session | None = None
    """The one that is next, or else the last that was held."""
    minutes: int = 0
    quiz: Standing | None = None
    why: Lazy | None = None
    """Why it is closed."""

    @property
    def quiz_lacks(self) -> bool:
        return self.quiz is not None and not self.quiz.passed and self.stance != Stance.LOCKED


@dataclass(frozen=True)
class Stage:
    """One module on the path."""

    share: ModuleShare
    steps: Sequence[Step]

    @property
    def is_current(self) -> bool:
        return any(step.stance == Stance.NEXT for step in self.steps)

    @property
    def is_done(self) -> bool:
        return all(step.stance == Stance.DONE for step in self.steps)


@dataclass(frozen=True)
class Path:
    """The whole course of one trainee."""

    enrolment: Enrolment
    forecast: Forecast
    stages: Sequence[Stage]

    @property
    def steps(self) -> list[Step]:
        return [step for stage in self.stages for step in stage.steps]

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if step.stance == Stance.NEXT), None)

    @property
    def done(self) -> int:
        return sum(step.stance == Stance.DONE for step in self.steps)

    @property
    def gate(self) -> Step | None:
        """The unit whose quiz opens real cases."""
        return next((step for step in self.steps if step.unit.gate == GATE), None)


# Scopes


def units_of_own(me: Actor) -> ColumnElement[bool]:
    """The units of the course versions on which her editions are held."""
    return Unit.version_id.in_(
        select(Edition.version_id)
        .join(Enrolment, Enrolment.edition_id == Edition.id)
        .where(Enrolment.person_id == me.id)
    )


def readable(me: Actor) -> ColumnElement[bool]:
    """For those who have a course behind them: theirs, and the one taught now."""
    return or_(units_of_own(me), curriculum.in_force(me))


# Rules


def closed(unit: Unit, edition: Edition, quiz: Standing | None, today: date) -> Lazy | None:
    """Why a unit at her own pace cannot be begun, if it cannot."""
    if edition.state == EditionState.PLANNED and today < edition.starts_on:
        return lazy("Opens with the course, on %(day)s", day=i18n.day(edition.starts_on))
    if quiz is not None and quiz.used_up:
        return lazy("All attempts at the quiz are used: speak with your trainer")
    return None


def gate_by(edition: Edition) -> date:
    """By when the quiz that opens real cases should be passed."""
    return min(edition.starts_on + GATE_WITHIN, edition.ends_on)


def _step(
    unit: Unit,
    sessions: Sequence[Session],
    minutes: int,
    quiz: Standing | None,
    edition: Edition,
    now: datetime,
) -> Step:
    """How one unit stands, before it is known which one is next."""
    if not unit.is_taught:
        if quiz is not None and quiz.passed:
            return Step(unit, Stance.DONE, quiz=quiz)
        why = closed(unit, edition, quiz, clock.local(now).date())
        return Step(unit, Stance.LOCKED if why else Stance.OPEN, quiz=quiz, why=why)
    coming = [s for s in sessions if s.state in AHEAD and s.ends_at > now]
    if coming:
        return Step(unit, Stance.PLANNED, coming[0], minutes, quiz)
    if not sessions:
        return Step(unit, Stance.UNPLANNED, quiz=quiz)
    if any(s.state in AHEAD for s in sessions):
        return Step(unit, Stance.UNSIGNED, sessions[-1], minutes, quiz)
    return Step(unit, Stance.DONE if minutes else Stance.MISSED, sessions[-1], minutes, quiz)


def _next(steps: Sequence[Step], edition: Edition) -> Step | None:
    """The soonest session; between sessions, what she may do at her own pace."""
    gate = next((s for s in steps if s.unit.gate and s.stance == Stance.OPEN), None)
    coming = [s for s in steps if s.stance == Stance.PLANNED and s.session is not None]
    soonest = min(coming, key=lambda s: s.session.starts_at, default=None)  # type: ignore[union-attr]  # filtered just above
    if soonest is not None:
        return soonest
    return gate or next((s for s in steps if s.stance == Stance.OPEN), None)


# Queries


def of(person_id: UUID, programme_id: UUID) -> Path | None:
    """The path of the course that a person entered last, if there is one."""
    enrolment = forecast.enrolment_of(person_id, programme_id)
    return walk(enrolment) if enrolment else None


def step(unit: Unit, person_id: UUID) -> Step | None:
    """How a unit stands on the path that a person walks, if it lies on it."""
    enrolment = forecast.enrolment_of(person_id, unit.programme_id)
    found = _steps(enrolment) if enrolment else []
    return next((each for each in found if each.unit is unit), None)


def walk(enrolment: Enrolment) -> Path:
    """The path of one enrolment."""
    steps = _steps(enrolment)
    shares = forecast.forecasts([enrolment.id])[enrolment.id]
    stages = [
        Stage(share, [s for s in steps if s.unit.module_id == share.module.id])
        for share in shares.modules
    ]
    return Path(enrolment, shares, stages)


def _steps(enrolment: Enrolment) -> list[Step]:
    edition, now = enrolment.edition, clock.now()
    units = curriculum.units(edition.version_id)
    sessions, minutes = _sessions(enrolment), _minutes(enrolment.id)
    quiz = quizzes.standings(units, enrolment.person_id)
    steps = [
        _step(u, sessions[u.id], minutes.get(u.id, 0), quiz.get(u.id), edition, now) for u in units
    ]
    chosen = _next(steps, edition)
    return [_as_next(step) if step is chosen else step for step in steps]


def _as_next(step: Step) -> Step:
    return Step(step.unit, Stance.NEXT, step.session, step.minutes, step.quiz)


def _sessions(enrolment: Enrolment) -> Mapping[UUID, list[Session]]:
    """The sessions that are for her, by unit: not what others make up."""
    others = makeups.needless(enrolment.person_id, enrolment.programme_id)
    query = (
        select(Session)
        .where(
            Session.edition_id == enrolment.edition_id,
            Session.id.not_in(others),
            Session.state.not_in({SessionState.CANCELLED, SessionState.NOT_HELD}),
        )
        .order_by(Session.starts_at)
    )
    found: dict[UUID, list[Session]] = defaultdict(list)
    for session in db.session.scalars(query):
        found[session.unit_id].append(session)
    return found


def _minutes(enrolment_id: UUID) -> dict[UUID, int]:
    query = (
        select(Line.unit_id, func.sum(Line.minutes))
        .where(Line.enrolment_id == enrolment_id)
        .group_by(Line.unit_id)
    )
    return {unit_id: int(total) for unit_id, total in db.session.execute(query)}


def todos(me: Actor) -> list[Todo]:
    """For a trainee: the quiz that opens real cases, and what to read before it is taught."""
    if not me.roles & {Role.TRAINEE, Role.ACTIVATOR}:
        return []
    enrolment = db.session.scalar(
        select(Enrolment)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .options(joinedload(Enrolment.edition))
        .where(
            enrolments.own(me),
            Enrolment.programme_id == me.programme_id,
            Enrolment.left_on.is_(None),
            Edition.state == EditionState.RUNNING,
        )
        .order_by(Edition.starts_on.desc())
        .limit(1)
    )
    if enrolment is None:
        return []
    return [*_gate_todo(enrolment.edition, me), *_reading_todo(enrolment.edition)]


def _gate_todo(edition: Edition, me: Actor) -> list[Todo]:
    passed = quizzes.passed_gate(me.id, me.programme_id, GATE)
    query = select(Unit).where(Unit.version_id == edition.version_id, Unit.gate == GATE, ~passed)
    unit = db.session.scalar(query)
    if unit is None:
        return []
    title = lazy("Quiz %(unit)s to pass: it opens real cases", unit=unit.code)
    standing = quizzes.standings([unit], me.id)[unit.id]
    if standing.used_up:
        said = lazy("All attempts are used: speak with your trainer")
    else:
        tries = standing.left + (standing.under_way is not None)
        said = nlazy(
            "%(percent)s%% is enough; you have one attempt",
            "%(percent)s%% is enough; you have %(num)d attempts",
            tries,
            percent=unit.pass_percent,
        )
    where = {"unit": unit.id}
    return [Todo(gate_by(edition), title, "path.unit", where, said, turn=not standing.used_up)]


def _reading_todo(edition: Edition) -> list[Todo]:
    """The lesson to read, in the week before it is taught."""
    now = clock.now()
    session = db.session.scalar(
        select(Session)
        .options(joinedload(Session.unit))
        .where(
            Session.edition_id == edition.id,
            Session.state == SessionState.SCHEDULED,
            Session.makes_up_id.is_(None),
            Session.starts_at > now,
            Session.starts_at <= now + READ_BEFORE,
        )
        .order_by(Session.starts_at)
        .limit(1)
    )
    if session is None:
        return []
    unit = session.unit
    return [
        Todo(
            clock.local(session.starts_at).date(),
            lazy("Unit %(unit)s to read: %(title)s", unit=unit.code, title=unit.title),
            "path.unit",
            {"unit": unit.id},
            lazy(
                "It is taught on %(when)s, %(place)s",
                when=i18n.moment(session.starts_at),
                place=session.place,
            )
            if session.place
            else lazy("It is taught on %(when)s", when=i18n.moment(session.starts_at)),
            turn=False,
        )
    ]
