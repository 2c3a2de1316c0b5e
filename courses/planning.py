"""Planning: proposing all the sessions of an edition, and what no calendar can hold."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import joinedload

from courses import curriculum, editions, proposals
from courses.calendar import (
    OUT,
    Session,
    SessionMode,
    SessionState,
    sessions,
)
from courses.curriculum import Unit
from courses.editions import Edition, EditionGrant, EditionState, Part
from courses.folders import Mode
from courses.proposals import Proposal
from lms import audit, clock, db, flow, i18n
from lms.accounts import Grant, Person
from lms.errors import Invalid, Refused, WrongState
from lms.i18n import lazy
from lms.manifest import Todo
from lms.permissions import Actor, Role
from lms.programmes import Programme

BEGINS_SOON = timedelta(days=7)
"""How long before its first day the manager is reminded to begin an edition."""


AMENDABLE = (EditionState.PLANNED, EditionState.RUNNING)


# Scopes


def teaching_where_coordinated(me: Actor) -> ColumnElement[bool]:
    """The trainers of the editions that the person coordinates."""
    return _teaching(editions.coordinated(me))


def teaching_in(edition: Edition) -> ColumnElement[bool]:
    """The trainers of one edition."""
    return _teaching(Edition.id == edition.id)


def _teaching(among: ColumnElement[bool]) -> ColumnElement[bool]:
    people = (
        select(EditionGrant.person_id)
        .join(Edition, Edition.id == EditionGrant.edition_id)
        .where(EditionGrant.role == Part.TRAINER, among)
    )
    return (Grant.role == Role.TRAINER) & Grant.person_id.in_(people)


# Queries


def calendar_of(edition_id: UUID) -> Sequence[Session]:
    """All sessions of an edition with their units and trainers, in time."""
    query = (
        select(Session)
        .where(Session.edition_id == edition_id)
        .order_by(Session.starts_at)
        .options(joinedload(Session.unit), joinedload(Session.trainer))
    )
    return db.session.scalars(query).all()


def to_plan(me: Actor) -> list[Todo]:
    """Who runs or coordinates an edition: its calendar to propose, and its day to begin."""
    runs = Role.MANAGER in me.roles
    if not (runs or Role.COORDINATOR in me.roles):
        return []
    planned = select(Session.id).where(Session.edition_id == Edition.id).exists()
    query = (
        select(Edition, planned)
        .where(
            Edition.programme_id == me.programme_id,
            Edition.state == EditionState.PLANNED,
            true() if runs else editions.coordinated(me),
        )
        .order_by(Edition.starts_on)
    )
    soon = clock.today() + BEGINS_SOON
    return [
        _todo(edition, has_calendar)
        for edition, has_calendar in db.session.execute(query)
        if not has_calendar or (runs and edition.starts_on <= soon)
    ]


def _todo(edition: Edition, has_calendar: bool) -> Todo:
    title = lazy("Propose the calendar of %(edition)s", edition=edition.name)
    if has_calendar:
        title = lazy("Begin the edition: %(edition)s", edition=edition.name)
    return Todo(
        on=edition.starts_on,
        title=title,
        endpoint="editions.show",
        values={"edition": edition.id},
        small=lazy("Its first day is %(day)s", day=i18n.day(edition.starts_on)),
    )


def has_certified_hours(edition: Edition) -> bool:
    """Whether any page of an edition is certified: from then on its thresholds stand."""
    query = select(Session.id).where(
        Session.edition_id == edition.id, Session.state == SessionState.CERTIFIED
    )
    return db.session.scalar(query.limit(1)) is not None


def _occupied(sessions: Sequence[Session], among: ColumnElement[bool]) -> list[Session]:
    """Sessions of other editions, or already there, that may be in the way."""
    query = select(Session).where(among, Session.state.not_in(OUT))
    mine = {s.id for s in sessions}
    return [s for s in db.session.scalars(query) if s.id not in mine]


# Operations


def propose(
    edition: Edition,
    *,
    starts_on: date,
    weekdays: Sequence[int],
    begins: Sequence[time],
    room: str,
    trainers: Sequence[Person],
) -> list[Proposal]:
    """One session for each taught unit, in the order of the course, the modules in parallel.

    Trainers take turns by module. Nothing is saved. Raises Invalid or Refused with the reason.
    """
    if not weekdays:
        raise Invalid(weekdays=lazy("Choose at least one day of the week."))
    if not trainers:
        raise Refused(lazy("Say first who teaches in this edition."))
    taught = [u for u in curriculum.units(edition.version_id) if u.is_taught]
    moments = proposals.half_days(starts_on, weekdays, begins)
    found = []
    for unit, starts_at in zip(_in_parallel(taught), moments, strict=False):
        place = [u.module_id for u in taught].index(unit.module_id)
        found.append(
            Proposal(
                unit_id=unit.id,
                code=unit.code,
                title=unit.title,
                starts_at=starts_at,
                ends_at=proposals.end_of(starts_at, unit.minutes),
                room="" if unit.mode == Mode.LIVE_ONLINE else room,
                trainer_id=trainers[place % len(trainers)].id,
                is_live=unit.mode == Mode.LIVE_ONLINE,
            )
        )
    if len(found) < len(taught):
        raise Invalid(weekdays=lazy("These days are too few for the whole course in a year."))
    return found


def _in_parallel(units: Sequence[Unit]) -> list[Unit]:
    """The modules side by side: each unit as far into its module as the others are into theirs."""
    sizes: dict[UUID, int] = {}
    for unit in units:
        sizes[unit.module_id] = sizes.get(unit.module_id, 0) + 1
    seen: dict[UUID, int] = {}
    placed = []
    for order, unit in enumerate(units):
        seen[unit.module_id] = seen.get(unit.module_id, 0) + 1
        placed.append((seen[unit.module_id] / sizes[unit.module_id], order, unit))
    return [unit for _, _, unit in sorted(placed, key=lambda p: p[:2])]


def accept(edition: Edition, proposed: Sequence[Proposal], *, by: Actor) -> list[Session]:
    """Make the proposed sessions the calendar of the edition. Raises Refused with the reason."""
    alone(edition.programme_id)
    if sessions(edition.id):
        raise Refused(lazy("This edition already has a calendar."))
    if not proposed:
        raise Refused(lazy("There is no session to put into the calendar."))
    units = {u.id: u for u in curriculum.units(edition.version_id)}
    rows = [
        Session(
            programme_id=edition.programme_id,
            edition_id=edition.id,
            unit_id=p.unit_id,
            position=n,
            starts_at=p.starts_at,
            ends_at=p.ends_at,
            room=p.room,
            mode=SessionMode.LIVE if p.is_live else SessionMode.CLASSROOM,
            trainer_id=p.trainer_id,
        )
        for n, p in enumerate(proposed, 1)
    ]
    check(edition, rows, {u: unit.minutes for u, unit in units.items()})
    db.session.add_all(rows)
    audit.record("calendar accepted", edition, by=by, detail={"sessions": len(rows)})
    return rows


def alone(programme_id: UUID) -> None:
    """One calendar at a time: rooms and trainers are shared by all editions of a programme."""
    query = select(Programme.id).where(Programme.id == programme_id)
    db.session.execute(query.with_for_update(key_share=True))


def check(edition: Edition, rows: Sequence[Session], minutes: dict[UUID, int]) -> None:
    """Raises Refused with the first thing that cannot be: one session, its day, its neighbours."""
    for row in rows:
        if wrong := proposals.problem(row.starts_at, row.ends_at, minutes[row.unit_id]):
            raise Refused(wrong)
        day = clock.local(row.starts_at).date()
        if not edition.starts_on <= day <= edition.ends_on:
            said = i18n.moment(row.starts_at)
            raise Refused(lazy("%(when)s: outside the days of the edition.", when=said))
    whole = [*_occupied(rows, Session.edition_id == edition.id), *rows]
    if day_too_full := proposals.overfull([(s.starts_at, s.ends_at) for s in whole]):
        raise Refused(lazy("%(day)s: more than eight hours.", day=i18n.day(day_too_full)))
    if clash := proposals.clash([(s.starts_at, s.ends_at) for s in whole]):
        raise Refused(lazy("%(when)s: two sessions at once.", when=i18n.moment(clash)))
    for trainer_id in sorted({r.trainer_id for r in rows}):
        _free(
            rows,
            Session.trainer_id == trainer_id,
            [r for r in rows if r.trainer_id == trainer_id],
            lazy("the trainer is already teaching"),
        )
    for room in sorted({r.room for r in rows if r.room}):
        _free(
            rows,
            (Session.programme_id == edition.programme_id) & (Session.room == room),
            [r for r in rows if r.room == room],
            lazy("the room is taken"),
        )


def _free(
    rows: Sequence[Session], among: ColumnElement[bool], mine: Sequence[Session], why: i18n.Lazy
) -> None:
    spans = [(s.starts_at, s.ends_at) for s in [*_occupied(rows, among), *mine]]
    if clash := proposals.clash(spans):
        raise Refused(lazy("%(when)s: %(why)s.", when=i18n.moment(clash), why=why))


def amend(
    edition: Edition,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    room: str,
    total_percent: int | None = None,
    module_percent: int | None = None,
    version: int | None,
    by: Actor,
) -> None:
    """Change what was said of an edition when it was made; thresholds left out stay as they are.

    Raises Invalid beside the field, WrongState once it is closed, Stale on an older version.
    """
    edition = db.locked(edition)  # as who certifies hours does
    if edition.state not in AMENDABLE:
        raise WrongState(lazy("This edition is closed: it no longer changes."))
    alone(edition.programme_id)
    flow.unchanged(edition, version, lambda: {"name": edition.name, "room": edition.room})
    if ends_on < starts_on:
        raise Invalid(ends_on=lazy("It ends after it begins."))
    for session in _outside(edition, starts_on, ends_on):
        field = "starts_on" if clock.local(session.starts_at).date() < starts_on else "ends_on"
        said = i18n.moment(session.starts_at)
        raise Invalid(**{field: lazy("The session of %(when)s would be outside.", when=said)})
    asked = {"total_percent": total_percent, "module_percent": module_percent}
    wanted = {k: v for k, v in asked.items() if v not in (None, getattr(edition, k))}
    if wanted and has_certified_hours(edition):
        locked = lazy("Hours have been certified: the thresholds no longer change.")
        raise Invalid(**dict.fromkeys(wanted, locked))
    facts = {"name": name, "starts_on": starts_on, "ends_on": ends_on, "room": room, **wanted}
    before = {k: str(getattr(edition, k)) for k, v in facts.items() if getattr(edition, k) != v}
    for column in before:
        setattr(edition, column, facts[column])
    edition.least_percent = min(edition.least_percent, edition.total_percent)
    audit.record("edition changed", edition, by=by, detail={"before": before})


def _outside(edition: Edition, starts_on: date, ends_on: date) -> list[Session]:
    """The sessions of an edition that these days would leave out."""
    return [
        session
        for session in sessions(edition.id)
        if session.state not in OUT
        and not starts_on <= clock.local(session.starts_at).date() <= ends_on
    ]
