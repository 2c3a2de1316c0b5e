"""Upcoming: the next session of whoever holds it, follows it or coordinates it.

It is what somebody reads on a first page on which nothing waits for her.
"""

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import joinedload

from courses import calendar, editions, enrolments, makeups
from courses.calendar import Session, SessionState
from courses.curriculum import Unit
from courses.editions import Edition
from courses.enrolments import Enrolment
from lms import clock, db
from lms.i18n import Lazy, lazy
from lms.manifest import Coming
from lms.permissions import Actor, Role

_UNIT = joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en)


# Scopes


def _followed(me: Actor) -> ColumnElement[bool]:
    """The editions that the person follows and has not left."""
    mine = select(Enrolment.edition_id).where(enrolments.own(me), Enrolment.left_on.is_(None))
    return Edition.id.in_(mine)


# Queries


def next_session(me: Actor, among: ColumnElement[bool]) -> Session | None:
    """The soonest of these sessions that is still to be held."""
    query = (
        select(Session)
        .join(Edition, Edition.id == Session.edition_id)
        .options(_UNIT, joinedload(Session.edition))
        .where(
            Session.programme_id == me.programme_id,
            Session.state == SessionState.SCHEDULED,
            Session.ends_at > clock.now(),
            among,
        )
        .order_by(Session.starts_at)
        .limit(1)
    )
    return db.session.scalar(query)


def coming(me: Actor) -> list[Coming]:
    """One sentence for each part that the person has in the course."""
    found = []
    if Role.TRAINER in me.roles:
        found.append(_trainer(next_session(me, calendar.held(me))))
    if Role.TRAINEE in me.roles:
        others = makeups.needless(me.id, me.programme_id)
        mine = _followed(me) & Session.id.not_in(others)
        found.append(_trainee(next_session(me, mine)))
    if Role.MANAGER in me.roles:
        found.append(_manager(next_session(me, true())))
    elif Role.COORDINATOR in me.roles:
        found.append(_coordinator(next_session(me, editions.coordinated(me))))
    return found


def _trainer(session: Session | None) -> Coming:
    if session is None:
        return Coming(
            lazy("No session of yours is in the calendar yet."),
            lazy("When one is given to you it stands here, with its day and its room."),
            endpoint="register.sessions",
        )
    return _of(session, lazy("You hold unit %(unit)s", unit=session.unit.code), "register.show")


def _trainee(session: Session | None) -> Coming:
    if session is None:
        return Coming(
            lazy("No lesson of yours is in the calendar."),
            lazy("When one is planned you find it here and in your path."),
            endpoint="path.show",
        )
    said = lazy("The next lesson: %(title)s", title=session.unit.title)
    return _of(session, said, "path.unit", unit=session.unit_id)


def _coordinator(session: Session | None) -> Coming:
    if session is None:
        return Coming(
            lazy("No session of your editions is to come."),
            lazy("An edition that is given to you stands here, first to be planned."),
            endpoint="editions.index",
        )
    said = lazy("Next session: unit %(unit)s", unit=session.unit.code)
    return _of(session, said, "register.show")


def _manager(session: Session | None) -> Coming:
    if session is None:
        return Coming(
            lazy("No session is to come in any edition."),
            lazy("Make an edition, and its calendar follows."),
            endpoint="editions.index",
        )
    said = lazy("Next session: unit %(unit)s", unit=session.unit.code)
    return _of(session, said, "register.show")


def _of(session: Session, said: Lazy, endpoint: str, **values: object) -> Coming:
    return Coming(
        said,
        calendar.placed(session),
        clock.local(session.starts_at).date(),
        endpoint,
        values or {"session": session.id},
    )
