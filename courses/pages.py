"""Pages as people read them: the sheet of one session, and which pages await whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, not_, or_, select
from sqlalchemy.orm import aliased, joinedload

from courses import attendance, calendar, editions, ledger, paperwork, planning, register, stamps
from courses.attendance import Basis
from courses.calendar import Session, SessionMode, SessionState
from courses.curriculum import Unit
from courses.editions import Edition, Part
from courses.enrolments import Enrolment
from courses.paperwork import Paperwork
from courses.presence import Mark, Presence, Span
from courses.stamps import Act, ActKind, Stamp, StampSource
from lms import accounts, clock, db, i18n
from lms.chains import Chain, Entry, Kind
from lms.i18n import Lazy, lazy, nlazy
from lms.manifest import Todo
from lms.permissions import Actor, Role

_In = aliased(Stamp)
_UNIT = joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en, Unit.module_id)
SHOWN = 30


@dataclass(frozen=True)
class Row:
    """One person on a page."""

    number: int
    enrolment_id: UUID
    name: str
    mark: Mark
    sources: Sequence[StampSource]
    """How her stamps came about."""
    basis: Basis
    """From what her presence is read."""
    posted: int | None
    """The minutes that the signed page gave her."""

    @property
    def is_attested(self) -> bool:
        return StampSource.ATTESTED in self.sources

    @property
    def minutes(self) -> int:
        return self.mark.minutes if self.posted is None else self.posted


@dataclass(frozen=True)
class Sheet:
    """A page: its rows, what was done to it, by whom."""

    work: Paperwork
    rows: Sequence[Row]
    acts: Sequence[Act]
    names: dict[UUID, str]
    fingerprint: str
    """The first letters of the hash of its last act."""
    connected: Mapping[UUID, Sequence[Span]]
    """The trace of a live lesson, by enrolment."""
    stamped: Mapping[UUID, Sequence[Stamp]]

    @property
    def session(self) -> Session:
        return self.work.session

    @property
    def marks(self) -> dict[UUID, Mark]:
        return {row.enrolment_id: row.mark for row in self.rows}

    @property
    def people(self) -> dict[UUID, str]:
        return {row.enrolment_id: row.name for row in self.rows}

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.rows if row.mark.presence == Presence.FORGOTTEN]

    @property
    def open_ends(self) -> list[Row]:
        return [row for row in self.rows if row.mark.is_missing_exit]

    @property
    def came(self) -> int:
        return sum(row.mark.came is not None for row in self.rows)

    @property
    def inside(self) -> int:
        return sum(row.mark.is_inside for row in self.rows)

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)

    @property
    def counts(self) -> list[tuple[Presence, int]]:
        found = Counter(row.mark.presence for row in self.rows)
        return [(state, found[state]) for state in Presence if found[state]]

    @property
    def is_over(self) -> bool:
        return clock.now() >= self.session.ends_at

    @property
    def signed(self) -> Act | None:
        return next((a for a in self.acts if a.kind == ActKind.SIGNED), None)

    @property
    def is_from_paper(self) -> bool:
        return any(a.kind == ActKind.COPIED for a in self.acts)


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


def sheet(session: Session) -> Sheet:
    """The page of a session; the same statements however many are on it."""
    work = paperwork.of_page(session)
    session = work.session
    people = stamps.expected(session.id)
    found = stamps.of_page(session.id)
    connected = attendance.traced(session)
    counts = attendance.counted(session, found, connected)
    marks = attendance.read(session, [one.enrolment_id for one in people], counts)
    posted = ledger.posted(session.id)
    done = _acts(session.id)
    rows = [
        Row(
            number,
            one.enrolment_id,
            one.enrolment.person.name,
            marks[one.enrolment_id],
            sorted({s.source for s in found.get(one.enrolment_id, [])}),
            counts.get(one.enrolment_id, attendance.NOTHING).basis,
            posted.get(one.enrolment_id),
        )
        for number, one in enumerate(people, 1)
    ]
    names = {session.trainer_id: session.trainer.name, **{a.by_id: n for a, n, _ in done}}
    last = done[-1][2] if done else None
    return Sheet(
        work,
        rows,
        [act for act, _, _ in done],
        names,
        last.hex()[:16] if last else "",
        connected,
        found,
    )


def _acts(session_id: UUID) -> list[tuple[Act, str, bytes | None]]:
    """What was done to a page, in order, by whom, and the hash of its entry in the chain."""
    query = (
        select(Act, accounts.Person.name, Entry.hash)
        .join(accounts.Person, accounts.Person.id == Act.by_id)
        .outerjoin(
            Entry,
            and_(
                Entry.row_id == Act.id,
                Entry.row_table == Act.__tablename__,
                Entry.chain_id.in_(select(Chain.id).where(Chain.kind == Kind.REGISTER)),
            ),
        )
        .where(Act.session_id == session_id)
        .order_by(Act.at)
    )
    return [(act, name, found) for act, name, found in db.session.execute(query)]


def head_counts(session: Session) -> tuple[int, int]:
    """How many came in so far, and how many are expected: what the wall shows."""
    expected = select(func.count()).where(stamps.Expected.session_id == session.id)
    came = select(func.count()).where(Stamp.session_id == session.id, Stamp.kind == "in")
    row = db.session.execute(select(came.scalar_subquery(), expected.scalar_subquery())).one()
    return int(row[0]), int(row[1])


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


def batch(sessions: Sequence[Session]) -> tuple[dict[UUID, dict[int, int]], dict[UUID, str]]:
    """The minutes of these pages by trainee and module, and the trainees' names in list order."""
    query = (
        select(ledger.Line.enrolment_id, ledger.Line.module, func.sum(ledger.Line.minutes))
        .where(ledger.Line.session_id.in_([s.id for s in sessions]))
        .group_by(ledger.Line.enrolment_id, ledger.Line.module)
    )
    sums: dict[UUID, dict[int, int]] = {}
    for enrolment_id, module, minutes in db.session.execute(query):
        sums.setdefault(enrolment_id, {})[module] = int(minutes)
    people = db.session.execute(
        select(Enrolment.id, accounts.Person.name)
        .join(accounts.Person, accounts.Person.id == Enrolment.person_id)
        .where(Enrolment.id.in_(list(sums)))
        .order_by(accounts.Person.sort_name, accounts.Person.id)
    )
    return sums, dict(people.all())


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
