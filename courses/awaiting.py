"""Which pages await whom: to open, to sign, to countersign, to certify."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, not_, or_, select
from sqlalchemy.orm import aliased, joinedload

from courses import attendance, calendar, editions, planning, register
from courses.calendar import Session, SessionMode, SessionState
from courses.curriculum import Unit
from courses.editions import Edition, Part
from courses.stamps import Stamp
from lms import clock, db, i18n
from lms.i18n import Lazy, lazy, nlazy
from lms.manifest import Todo
from lms.permissions import Actor, Role

_In = aliased(Stamp)
_UNIT = joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en, Unit.module_id)
SHOWN = 30


# Rules


def awaited(
    session: Session, *, coordinators: list[str], is_planned_again: bool, now: datetime
) -> Lazy | None:
    """Who has to do what next on a page, or None when nobody has to."""
    who = i18n.listed(coordinators) or lazy("Who coordinates")
    match session.state:
        case SessionState.SCHEDULED if now >= session.ends_at:
            return lazy("%(name)s: say that it was not held", name=who)
        case SessionState.SCHEDULED if now >= session.starts_at - register.OPENS_BEFORE:
            return lazy("%(name)s: open the page", name=session.trainer.name)
        case SessionState.OPEN:
            return lazy("%(name)s: sign the page", name=session.trainer.name)
        case SessionState.SIGNED:
            return lazy("%(name)s: countersign", name=who)
        case SessionState.COUNTERSIGNED:
            return lazy("The programme manager: certify the hours")
        case SessionState.CANCELLED | SessionState.NOT_HELD if not is_planned_again:
            return lazy("%(name)s: choose another day for the unit", name=who)
    return None


# Queries


def of_edition(edition: Edition) -> list[tuple[Session, Lazy | None]]:
    """Every session of an edition, in time, and who is awaited on its page."""
    rows, now = planning.calendar_of(edition.id), clock.now()
    standing = {s.unit_id for s in rows if s.state not in calendar.OUT}
    people = [g.person for g in editions.people_of(edition.id) if g.role == Part.COORDINATOR]
    return [
        (
            session,
            awaited(
                session,
                coordinators=[p.name for p in people if p.id != session.signed_by_id],
                is_planned_again=session.unit_id in standing,
                now=now,
            ),
        )
        for session in rows
    ]


def upcoming(within: ColumnElement[bool]) -> list[Session]:
    """The pages to keep now: open, or with their session still to come, soonest first."""
    return _sessions(
        within,
        or_(
            Session.state == SessionState.OPEN,
            and_(Session.state == SessionState.SCHEDULED, Session.ends_at > clock.now()),
        ),
        Session.starts_at,
    )


def waiting(within: ColumnElement[bool]) -> list[Session]:
    """The pages that wait for a countersignature, oldest first."""
    return _sessions(within, Session.state == SessionState.SIGNED, Session.starts_at)


def latest(within: ColumnElement[bool]) -> list[Session]:
    """The pages that are done with, or await certifying: newest first."""
    done = Session.state.in_([SessionState.COUNTERSIGNED, SessionState.CERTIFIED])
    return _sessions(within, done, Session.starts_at.desc())


def countersigned(edition: Edition) -> list[Session]:
    """The pages whose hours can be certified."""
    query = (
        select(Session)
        .options(_UNIT, joinedload(Session.edition))
        .where(Session.edition_id == edition.id, Session.state == SessionState.COUNTERSIGNED)
        .order_by(Session.page)
    )
    return list(db.session.scalars(query))


def _sessions(*clauses: Any) -> list[Session]:
    return list(db.session.scalars(_query(*clauses)))


def _query(*clauses: Any) -> Select[Session]:
    *where, order = clauses
    return (
        select(Session)
        .options(_UNIT, joinedload(Session.edition))
        .where(*where)
        .order_by(order, Session.id)
        .limit(SHOWN)
    )


# What awaits whom


def to_keep(me: Actor) -> list[Todo]:
    """For a trainer: the page to open, the exits to attest, the page to sign."""
    if Role.TRAINER not in me.roles:
        return []
    now = clock.now()
    query = _query(
        Session.programme_id == me.programme_id,
        calendar.held(me),
        or_(
            Session.state == SessionState.OPEN,
            and_(
                Session.state == SessionState.SCHEDULED,
                Session.ends_at > now,
                Session.starts_at < now + timedelta(days=7),
            ),
        ),
        Session.starts_at,
    )
    rows = db.session.execute(query.add_columns(_open_ends()))
    return [_keep(session, missing, now) for session, missing in rows]


def _open_ends() -> ScalarSelect[int]:
    """How many exits are missing on a page; nobody attests one where a trace counts instead."""
    went = (
        select(Stamp.enrolment_id)
        .where(Stamp.kind == "out", Stamp.session_id == _In.session_id)
        .where(Stamp.enrolment_id == _In.enrolment_id)
        .exists()
    )
    traced = attendance.is_traced(_In.session_id, _In.enrolment_id)
    query = select(func.count()).where(
        _In.session_id == Session.id,
        _In.kind == "in",
        not_(went),
        Session.mode != SessionMode.LIVE,
        or_(Session.mode == SessionMode.CLASSROOM, not_(traced)),
    )
    return query.correlate(Session).scalar_subquery()


def _keep(session: Session, missing: int, now: datetime) -> Todo:
    title: Any
    if session.state == SessionState.SCHEDULED:
        title = lazy("Open the page of unit %(unit)s", unit=session.unit.code)
        turn = now >= session.starts_at - register.OPENS_BEFORE
    elif now < session.ends_at:
        title = lazy("Page %(page)s is open: show the code", page=session.page)
        turn = True
    else:
        title = lazy("Sign page %(page)s", page=session.page)
        turn = True
    if missing and session.state == SessionState.OPEN and now >= session.ends_at:
        title = nlazy(
            "Attest one missing exit, then sign page %(page)s",
            "Attest %(num)d missing exits, then sign page %(page)s",
            missing,
            page=session.page,
        )
    return Todo(
        on=clock.local(session.starts_at).date(),
        title=title,
        endpoint="register.show",
        values={"session": session.id},
        small=calendar.placed(session),
        turn=turn,
    )


def to_countersign(me: Actor) -> list[Todo]:
    """For a coordinator: each page that she has not signed herself."""
    if Role.COORDINATOR not in me.roles:
        return []
    rows = _sessions(
        Session.programme_id == me.programme_id,
        calendar.of_coordinated(me),
        Session.state == SessionState.SIGNED,
        Session.signed_by_id != me.id,
        Session.starts_at,
    )
    return [
        Todo(
            on=clock.local(session.starts_at).date(),
            title=lazy("Check and countersign page %(page)s", page=session.page),
            endpoint="register.show",
            values={"session": session.id},
            small=calendar.placed(session),
        )
        for session in rows
    ]


def to_certify(me: Actor) -> list[Todo]:
    """For a manager: one thing for each edition that has countersigned pages."""
    if Role.MANAGER not in me.roles:
        return []
    query = (
        select(Edition, func.count(), func.min(Session.countersigned_at))
        .join(Session, Session.edition_id == Edition.id)
        .where(Edition.programme_id == me.programme_id, Session.state == SessionState.COUNTERSIGNED)
        .group_by(Edition.id)
        .order_by(Edition.code)
    )
    return [
        Todo(
            on=clock.local(since or clock.now()).date() + timedelta(days=7),
            title=nlazy(
                "Certify the hours of one page", "Certify the hours of %(num)d pages", count
            ),
            endpoint="hours.certify",
            values={"edition": edition.id},
            small=edition.name,
        )
        for edition, count, since in db.session.execute(query)
    ]
