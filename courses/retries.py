"""Retries: one more attempt at a quiz for a trainee who has used hers.

Whoever teaches or coordinates her edition allows it, one at a time, with a reason that she reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from courses import editions, quizzes
from courses.curriculum import Unit
from courses.editions import Edition, EditionState
from courses.enrolments import Enrolment
from courses.quizzes import Attempt, AttemptState, Retry
from lms import audit, clock, db, mail
from lms.errors import Invalid, Refused
from lms.i18n import lazy
from lms.manifest import Todo
from lms.permissions import Actor, Role

ANSWER_WITHIN = timedelta(days=7)
"""After her last attempt: by when somebody should have spoken with her."""


@dataclass(frozen=True)
class Stuck:
    """A trainee who has used all her attempts at the quiz of one unit, and not passed it."""

    enrolment: Enrolment
    unit: Unit
    used: int
    best: int
    """Her best result, in percent, rounded down."""
    last_at: datetime


# Scopes


def editions_of(me: Actor) -> ColumnElement[bool]:
    """The editions that the person teaches in or coordinates."""
    return or_(editions.taught(me), editions.coordinated(me))


def where_taught(me: Actor) -> ColumnElement[bool]:
    """The enrolments in the editions that the person teaches in."""
    return Enrolment.edition_id.in_(select(Edition.id).where(editions.taught(me)))


# Queries


def stuck(within: ColumnElement[bool]) -> Sequence[Stuck]:
    """Those in these editions who cannot go on with a quiz, longest waiting first."""
    further = (
        select(func.count(Retry.id))
        .where(Retry.person_id == Enrolment.person_id, Retry.unit_id == Unit.id)
        .correlate(Enrolment, Unit)
        .scalar_subquery()
    )
    open_ends = or_(Attempt.passed.is_(True), Attempt.state == AttemptState.IN_PROGRESS)
    best = func.max(100 * Attempt.mark / Attempt.out_of)
    tried = (
        select(
            Enrolment.id.label("enrolment_id"),
            Unit.id.label("unit_id"),
            func.count(Attempt.id).label("used"),
            best.label("best"),
            func.max(Attempt.submitted_at).label("last_at"),
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Unit, Unit.version_id == Edition.version_id)
        .join(Attempt, and_(Attempt.unit_id == Unit.id, Attempt.person_id == Enrolment.person_id))
        .where(within, Enrolment.left_on.is_(None))
        .group_by(Enrolment.id, Enrolment.person_id, Unit.id, Unit.attempts)
        .having(
            func.count(Attempt.id) >= Unit.attempts + further,
            func.sum(case((open_ends, 1), else_=0)) == 0,
        )
        .subquery()
    )
    query = (
        select(Enrolment, Unit, tried.c.used, tried.c.best, tried.c.last_at)
        .join(tried, tried.c.enrolment_id == Enrolment.id)
        .join(Unit, Unit.id == tried.c.unit_id)
        .options(joinedload(Enrolment.person), joinedload(Enrolment.edition))
        .order_by(tried.c.last_at, Enrolment.id)
    )
    return [Stuck(e, u, used, int(b), at) for e, u, used, b, at in db.session.execute(query)]


def todos(me: Actor) -> list[Todo]:
    """For who teaches or coordinates: the trainees to speak with about a quiz."""
    if me.roles.isdisjoint({Role.TRAINER, Role.COORDINATOR}):
        return []
    mine = and_(
        Edition.programme_id == me.programme_id,
        Edition.state == EditionState.RUNNING,
        editions_of(me),
    )
    return [
        Todo(
            on=clock.local(one.last_at + ANSWER_WITHIN).date(),
            title=lazy(
                "Speak with %(name)s about quiz %(unit)s",
                name=one.enrolment.person.name,
                unit=one.unit.code,
            ),
            endpoint="retries.ask",
            values={"enrolment": one.enrolment.id},
            small=lazy("%(edition)s: all attempts are used", edition=one.enrolment.edition.name),
        )
        for one in stuck(mine)
    ]


# Operations


def allow(enrolment: Enrolment, unit: Unit, *, reason: str, by: Actor) -> Retry:
    """Allow a trainee one more attempt at a quiz. Raises Refused, or Invalid without a reason."""
    if enrolment.person_id == by.id:
        raise Refused(lazy("Nobody allows an attempt to herself."))
    if enrolment.left_on is not None:
        raise Refused(lazy("She has left already."))
    if not reason.strip():
        raise Invalid(reason=lazy("Write why: she reads it."))
    quizzes.one_at_a_time(enrolment.person_id)
    standing = quizzes.standings([unit], enrolment.person_id).get(unit.id)
    if standing is None or not standing.used_up:
        raise Refused(lazy("She can go on with this quiz by herself: nothing is to be allowed."))
    row = Retry(
        programme_id=enrolment.programme_id,
        unit_id=unit.id,
        person_id=enrolment.person_id,
        number=len(standing.attempts) + 1,
        reason=reason.strip(),
        at=clock.now(),
        by_id=by.id,
    )
    db.session.add(row)
    audit.record("attempt allowed", row, by=by, detail={"unit": unit.code, "number": row.number})
    mail.send(
        enrolment.person_id,
        "courses/retry",
        link=f"/path/units/{unit.id}",
        code=unit.code,
        about=row.reason,
        by=by,
    )
    return row
