"""Quizzes: a trainee's attempts at the questions of a unit, and what passing opens.

An attempt freezes the wording of its questions, their order and the order of their answers. What
she ticks is kept as she goes; when she hands it in it is marked at once, and then she sees what
was right and why. What a question is worth is never shown before.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Exists,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from courses import answers, curriculum, questions
from courses.answers import Answer
from courses.curriculum import Unit
from courses.questions import POINT
from lms import audit, clock, db
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.flow import Flow, Word, say
from lms.i18n import Lazy, lazy
from lms.permissions import Actor


class AttemptState(StrEnum):
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"


FLOW = Flow(submit=({AttemptState.IN_PROGRESS}, AttemptState.SUBMITTED))

say(
    {
        AttemptState.IN_PROGRESS: Word(lazy("under way"), "turn", "pen"),
        AttemptState.SUBMITTED: Word(lazy("handed in"), "good plain", "ok"),
    }
)


class Attempt(db.Model):
    """One try of one person at the quiz of a unit."""

    __tablename__ = "courses_attempts"
    __table_args__ = (
        db.owned(),
        db.within("courses_units", "unit_id"),
        UniqueConstraint("person_id", "unit_id", "number"),
        CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL AND mark IS NOT NULL"
            " AND passed IS NOT NULL)",
            name="submitted_is_marked",
        ),
        CheckConstraint("mark IS NULL OR mark BETWEEN 0 AND out_of", name="mark_fits"),
        Index(
            "ix_courses_attempts_one_under_way",
            "person_id",
            "unit_id",
            unique=True,
            sqlite_where=text("state = 'in_progress'"),
            postgresql_where=text("state = 'in_progress'"),
        ),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    unit_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    number: Mapped[int] = mapped_column()
    state: Mapped[AttemptState] = mapped_column(
        db.choice(AttemptState), default=AttemptState.IN_PROGRESS
    )
    started_at: Mapped[db.Moment]
    submitted_at: Mapped[db.Moment | None]
    pass_percent: Mapped[int] = mapped_column()
    """What it takes to pass, as it was when she began."""
    mark: Mapped[int | None]
    out_of: Mapped[int] = mapped_column()
    """Both in hundredths of a point."""
    passed: Mapped[bool | None]
    version: Mapped[int] = mapped_column()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    __mapper_args__ = {"version_id_col": version}

    @property
    def percent(self) -> int:
        """Of a marked attempt, rounded down: 79.9 is not 80."""
        return 100 * (self.mark or 0) // self.out_of

    @property
    def minutes(self) -> int:
        """How long it took, rounded up."""
        ended = self.submitted_at or clock.now()
        return max(1, -int((self.started_at - ended).total_seconds() // 60))


class Retry(db.Model):
    """One more attempt that a trainee was allowed after she had used hers."""

    __tablename__ = "courses_retries"
    __table_args__ = (
        db.owned(),
        db.within("courses_units", "unit_id"),
        UniqueConstraint("person_id", "unit_id", "number"),
        CheckConstraint("reason <> ''", name="allowed_has_reason"),
        CheckConstraint("by_id <> person_id", name="not_by_herself"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    unit_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    number: Mapped[int] = mapped_column()
    """The number of the attempt that it allows."""
    reason: Mapped[str] = mapped_column(String(400))
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


db.append_only(Retry.__table__)


@dataclass(frozen=True)
class Standing:
    """Where a person stands with the quiz of one unit."""

    unit: Unit
    attempts: Sequence[Attempt] = field(default=())
    allowed: int = 0
    """How many further attempts she was allowed."""

    @property
    def passed(self) -> bool:
        return any(a.passed for a in self.attempts)

    @property
    def under_way(self) -> Attempt | None:
        return next((a for a in self.attempts if a.state == AttemptState.IN_PROGRESS), None)

    @property
    def handed_in(self) -> list[Attempt]:
        return [a for a in self.attempts if a.state == AttemptState.SUBMITTED]

    @property
    def left(self) -> int:
        """How many times she may still begin."""
        return max(0, (self.unit.attempts or 0) + self.allowed - len(self.attempts))

    @property
    def used_up(self) -> bool:
        return not (self.passed or self.left or self.under_way)


# Scopes


def own(me: Actor) -> ColumnElement[bool]:
    return Attempt.person_id == me.id


# Rules


def passes(mark: int, out_of: int, pass_percent: int) -> bool:
    return 100 * mark >= pass_percent * out_of


# Queries


def standings(units: Iterable[Unit], person_id: UUID) -> dict[UUID, Standing]:
    """Where a person stands with the quizzes of these units, by unit; one statement."""
    asked = [unit for unit in units if unit.has_quiz]
    further = (
        select(func.count(Retry.id))
        .where(Retry.person_id == Attempt.person_id, Retry.unit_id == Attempt.unit_id)
        .scalar_subquery()
    )
    query = (
        select(Attempt, further)
        .where(Attempt.person_id == person_id, Attempt.unit_id.in_([unit.id for unit in asked]))
        .order_by(Attempt.number)
    )
    found: dict[UUID, list[Attempt]] = defaultdict(list)
    allowed: dict[UUID, int] = defaultdict(int)
    for attempt, count in db.session.execute(query):
        found[attempt.unit_id].append(attempt)
        allowed[attempt.unit_id] = count
    return {unit.id: Standing(unit, found[unit.id], allowed[unit.id]) for unit in asked}


def retries(unit_id: UUID, person_id: UUID) -> Sequence[Retry]:
    """The further attempts that a person was allowed at one quiz, newest first."""
    query = (
        select(Retry)
        .where(Retry.unit_id == unit_id, Retry.person_id == person_id)
        .options(joinedload(Retry.by))
        .order_by(Retry.number.desc())
    )
    return db.session.scalars(query).all()


def passed_units(person_ids: Iterable[UUID], *programme_ids: UUID) -> dict[UUID, set[str]]:
    """The codes of the units whose quiz each person has passed, in any version of the course."""
    people = list(person_ids)
    query = (
        select(Attempt.person_id, Unit.code)
        .join(Unit, Unit.id == Attempt.unit_id)
        .where(
            Attempt.programme_id.in_(programme_ids),
            Attempt.person_id.in_(people),
            Attempt.passed.is_(True),
        )
    )
    found: dict[UUID, set[str]] = {person_id: set() for person_id in people}
    for person_id, code in db.session.execute(query):
        found[person_id].add(code)
    return found


def passed_gate(person_id: UUID, programme_id: UUID, gate: str) -> Exists:
    """That a person has passed the quiz that opens this gate, in any version of the course."""
    opening = aliased(Unit)
    query = (
        select(Attempt.id)
        .join(opening, opening.id == Attempt.unit_id)
        .where(
            Attempt.programme_id == programme_id,
            Attempt.person_id == person_id,
            Attempt.passed.is_(True),
            opening.gate == gate,
        )
    )
    return query.exists()


def gate_passed(person_id: UUID, programme_id: UUID, gate: str = "casework") -> bool:
    """Whether she has passed the quiz that opens this gate."""
    return bool(db.session.scalar(select(passed_gate(person_id, programme_id, gate))))


# Operations


def start(unit: Unit, *, by: Actor) -> Attempt:
    """Begin an attempt, or go on with the one that is under way."""
    if not unit.has_quiz:
        raise Refused(lazy("This unit has no quiz."))
    one_at_a_time(by.id)
    standing = standings([unit], by.id)[unit.id]
    if standing.under_way is not None:
        return standing.under_way
    if standing.passed:
        raise Refused(lazy("You have passed this quiz already. Nothing more is needed."))
    if standing.left == 0:
        raise Refused(lazy("You have used all your attempts. Speak with your trainer."))
    attempt = _attempt(unit, len(standing.attempts) + 1, by)
    audit.record("quiz begun", attempt, by=by, detail={"unit": unit.code})
    return attempt


def _attempt(unit: Unit, number: int, by: Actor) -> Attempt:
    asked = curriculum.quiz(unit.id)
    attempt = Attempt(
        programme_id=by.programme_id,
        unit_id=unit.id,
        person_id=by.id,
        number=number,
        started_at=clock.now(),
        pass_percent=unit.pass_percent,
        out_of=POINT * len(asked),
    )
    random.Random(str(attempt.id)).shuffle(asked)  # noqa: S311 - an order, no secret
    db.session.add(attempt)
    db.session.add_all(
        Answer(
            programme_id=by.programme_id,
            attempt_id=attempt.id,
            question_id=question.id,
            position=position,
            shown=json.dumps(answers.order(attempt.id, question)),
        )
        for position, question in enumerate(asked, 1)
    )
    return attempt


def one_at_a_time(person_id: UUID) -> None:
    """Until the commit: a person's attempts are counted before another begins or is allowed."""
    db.session.execute(
        select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    )


def save(attempt: Attempt, sent: Mapping[str, Sequence[str]], *, by: Actor) -> int:
    """Keep what is ticked and written so far; gives how many questions are still open."""
    rows = _save(attempt, sent)
    audit.record("quiz saved", attempt, by=by)
    return sum(not row.is_given for row in rows)


def _save(attempt: Attempt, sent: Mapping[str, Sequence[str]]) -> list[Answer]:
    if attempt.state != AttemptState.IN_PROGRESS:
        raise WrongState(lazy("You have handed this quiz in, so it no longer changes."))
    rows = answers.of(attempt.id)
    if sent.keys() - {row.name for row in rows}:
        raise Invalid(quiz=lazy("This page asks other questions. Open the quiz again."))
    wrong: dict[str, str | Lazy] = {}
    for row in rows:
        try:
            now = answers.given(row, sent.get(row.name, ()))
        except Invalid as refusal:
            wrong |= refusal.fields
            continue
        if now != (row.chosen, row.said):
            row.chosen, row.said = now
            row.saved_at = clock.now()
    if wrong:
        raise Invalid(**wrong)
    return rows


def submit(attempt: Attempt, sent: Mapping[str, Sequence[str]], *, by: Actor) -> Attempt:
    """Hand in the whole quiz: it is marked at once. Raises Invalid where an answer lacks."""
    rows = _save(attempt, sent)
    missing = [row for row in rows if not row.is_given]
    if missing:
        raise Invalid(**{row.name: lazy("This question has no answer yet.") for row in missing})
    for row in rows:
        row.mark = questions.mark(row.question, json.loads(row.chosen), row.said)
    total = sum(row.mark or 0 for row in rows)
    passed = passes(total, attempt.out_of, attempt.pass_percent)
    FLOW.move(attempt, "submit", submitted_at=clock.now(), mark=total, passed=passed)
    audit.record("quiz handed in", attempt, by=by, detail={"number": attempt.number})
    return attempt
