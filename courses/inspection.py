"""Inspection: who comes for the funder sees the register as it is, and leaves a note of the visit.

An inspector has a named account and a part in single editions that ends on a day; until then she
reads their calendar, pages, corrections and papers, and writes nothing but her note. Who has read
or changed what of a register is itself a record that she can take along.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    Index,
    String,
    Uuid,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from courses import attendance, editions, stamps
from courses.attendance import Amendment
from courses.calendar import Session, SessionMode, SessionState
from courses.closing import Closing
from courses.curriculum import Unit
from courses.editions import Edition, EditionGrant, Part
from courses.enclosures import Enclosure
from courses.enrolments import Enrolment
from lms import accounts, audit, clock, db, i18n
from lms import mail as letters
from lms.accounts import Person
from lms.chains import Chain, Entry, Kind, Subject
from lms.errors import Invalid
from lms.i18n import lazy
from lms.manifest import Coming, Todo
from lms.permissions import Actor, Role

LONGEST = timedelta(days=366)
"""An edition is open to an inspector for so long at most; then it is given again."""
NEWS = timedelta(days=14)
"""How long a note of a visit is told of on the first page."""
CALENDAR = (
    "calendar accepted",
    "session moved",
    "session added",
    "session cancelled",
    "session not held",
)
"""What changes a calendar, as the audit record says it."""


class Visit(db.Model):
    """The note of one visit: how many were counted, how many the page said, what was found."""

    __tablename__ = "courses_visits"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        CheckConstraint("text <> ''", name="says_something"),
        CheckConstraint("counted >= 0", name="counted_not_negative"),
        CheckConstraint("(session_id IS NULL) = (inside IS NULL)", name="page_has_inside"),
        Index("ix_courses_visits_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The session that was visited; none for a visit to the papers."""
    counted: Mapped[int | None] = mapped_column()
    inside: Mapped[int | None] = mapped_column()
    """How many the page said were inside, when the note was written."""
    text: Mapped[str] = mapped_column(String(4000))
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    session: Mapped[Session | None] = relationship(foreign_keys=[session_id])

    @property
    def differs(self) -> bool:
        """Whether somebody was counted who is not on the page, or the other way round."""
        return self.counted is not None and self.inside is not None and self.counted != self.inside


db.append_only(Visit.__table__)


# Scopes


def visits_of_coordinated(me: Actor) -> ColumnElement[bool]:
    return Visit.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


def inspectors(me: Actor) -> ColumnElement[bool]:
    """The parts of inspectors."""
    return EditionGrant.role == Part.INSPECTOR


def of_inspected(me: Actor) -> ColumnElement[bool]:
    """The sessions of the editions that are open to an inspector."""
    return Session.edition_id.in_(select(Edition.id).where(editions.inspected(me)))


# Rules


def live(sessions: Sequence[Session]) -> list[Session]:
    """The sessions that can be joined from afar and are not over, soonest first."""
    return [
        s
        for s in sessions
        if s.link
        and s.mode != SessionMode.CLASSROOM
        and s.state in (SessionState.SCHEDULED, SessionState.OPEN)
        and s.ends_at > clock.now()
    ]


# Queries


def editions_of(me: Actor) -> list[tuple[Edition, date]]:
    """The editions that are open to an inspector, with the last day of each."""
    query = (
        select(Edition, EditionGrant.expires_on)
        .join(EditionGrant, EditionGrant.edition_id == Edition.id)
        .where(
            Edition.programme_id == me.programme_id,
            editions.inspected(me),
            EditionGrant.person_id == me.id,
            EditionGrant.role == Part.INSPECTOR,
        )
        .order_by(Edition.starts_on.desc())
    )
    return [(edition, until) for edition, until in db.session.execute(query) if until]


def admitted(edition_id: UUID) -> list[EditionGrant]:
    """To whom an edition is open, or was, as inspectors."""
    query = (
        select(EditionGrant)
        .options(joinedload(EditionGrant.person))
        .where(EditionGrant.edition_id == edition_id, EditionGrant.role == Part.INSPECTOR)
        .order_by(EditionGrant.expires_on.desc(), EditionGrant.id)
    )
    return list(db.session.scalars(query))


def visits(edition_id: UUID) -> list[Visit]:
    """The notes that were left, newest first."""
    query = (
        select(Visit)
        .options(joinedload(Visit.by), joinedload(Visit.session))
        .where(Visit.edition_id == edition_id)
        .order_by(Visit.at.desc(), Visit.id)
    )
    return list(db.session.scalars(query))


def chain_of(edition_id: UUID) -> Chain | None:
    """The chain of an edition's register; none before its first page."""
    return db.session.scalar(
        select(Chain).where(Chain.kind == Kind.REGISTER, Chain.owner_id == edition_id)
    )


def _concerned(edition_id: UUID) -> CompoundSelect[Any]:
    """The ids of all that belongs to an edition's register."""
    return union(
        select(Entry.row_id)
        .join(Chain, Chain.id == Entry.chain_id)
        .where(Chain.kind == Kind.REGISTER, Chain.owner_id == edition_id),
        select(Session.id).where(Session.edition_id == edition_id),
        select(EditionGrant.id).where(EditionGrant.edition_id == edition_id),
        select(Enclosure.id).where(Enclosure.edition_id == edition_id),
        select(Closing.id).where(Closing.edition_id == edition_id),
        select(Edition.id).where(Edition.id == edition_id),
    )


def access(edition: Edition) -> list[Entry]:
    """Who has read or changed what of an edition's register, oldest first."""
    ids = select(_concerned(edition.id).subquery().c.row_id)
    opened = (
        select(Subject.sequence)
        .where(Subject.chain_id == Entry.chain_id, Subject.sequence == Entry.sequence)
        .where(Subject.subject_id.in_(ids))
    )
    query = (
        select(Entry)
        .join(Chain, Chain.id == Entry.chain_id)
        .where(
            Chain.kind == Kind.AUDIT,
            Chain.owner_id == edition.programme_id,
            or_(Entry.row_id.in_(ids), opened.exists()),
        )
        .order_by(Entry.sequence)
    )
    return list(db.session.scalars(query))


def calendar_of(edition_id: UUID) -> list[Session]:
    """Every session of an edition, in time, with its unit and trainer."""
    query = (
        select(Session)
        .options(
            joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en),
            joinedload(Session.trainer),
        )
        .where(Session.edition_id == edition_id)
        .order_by(Session.starts_at, Session.id)
    )
    return list(db.session.scalars(query))


def corrections(edition_id: UUID) -> list[tuple[Amendment, Session, str, str]]:
    """Each amendment with its page, whom it is about and who approved it, newest first."""
    approver = aliased(Person)
    query = (
        select(Amendment, Session, Person.name, approver.name)
        .join(Session, Session.id == Amendment.session_id)
        .join(Enrolment, Enrolment.id == Amendment.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(approver, approver.id == Amendment.by_id)
        .where(Amendment.edition_id == edition_id)
        .order_by(Amendment.at.desc(), Amendment.id)
    )
    return list(db.session.execute(query))


def moves(edition: Edition) -> list[Entry]:
    """What has changed the calendar of an edition, oldest first."""
    query = (
        select(Entry)
        .join(Chain, Chain.id == Entry.chain_id)
        .where(
            Chain.kind == Kind.AUDIT,
            Chain.owner_id == edition.programme_id,
            Entry.what.in_(CALENDAR),
            or_(
                Entry.row_id == edition.id,
                Entry.row_id.in_(select(Session.id).where(Session.edition_id == edition.id)),
            ),
        )
        .order_by(Entry.sequence)
    )
    return list(db.session.scalars(query))


def moved_from(entries: Sequence[Entry]) -> dict[int, str]:
    """From when a session was moved, by the number of the entry that tells of it."""
    told = {entry.sequence: json.loads(entry.body).get("detail", {}) for entry in entries}
    return {number: str(detail.get("from", "")) for number, detail in told.items()}


def names_of(entries: Sequence[Entry]) -> Mapping[UUID, str]:
    """Who has done what these entries tell of."""
    return accounts.names(entry.actor_id for entry in entries)


def todos(me: Actor) -> list[Todo]:
    """For who runs an edition: a note that an inspector has left, for two weeks."""
    if me.roles.isdisjoint({Role.MANAGER, Role.COORDINATOR}):
        return []
    mine = Visit.programme_id == me.programme_id
    if Role.MANAGER not in me.roles:
        mine &= visits_of_coordinated(me)
    query = (
        select(Visit)
        .options(joinedload(Visit.edition))
        .where(mine, Visit.at > clock.now() - NEWS)
        .order_by(Visit.at)
    )
    return [
        Todo(
            on=clock.local(visit.at).date(),
            title=lazy("Read the note that an inspector has left"),
            endpoint="inspection.admitted",
            values={"edition": visit.edition_id},
            small=visit.edition.name,
            turn=visit.differs,
        )
        for visit in db.session.scalars(query)
    ]


def coming(me: Actor) -> list[Coming]:
    """For an inspector: what is open to her, and up to when."""
    if Role.INSPECTOR not in me.roles:
        return []
    found = [
        Coming(
            lazy("Inspect %(edition)s", edition=edition.name),
            lazy("It is open to you up to %(day)s.", day=i18n.date_year(until)),
            endpoint="inspection.edition",
            values={"edition": edition.id},
        )
        for edition, until in editions_of(me)
    ]
    nothing = Coming(lazy("An edition to inspect"), lazy("The programme manager opens it to you."))
    return found or [nothing]


# Operations


def admit(edition: Edition, *, name: str, mail: str, until: date, by: Actor) -> EditionGrant:
    """Open an edition to an inspector up to a day, by her own account; again: another day."""
    if until < clock.today():
        raise Invalid(until=lazy("This day is past."))
    if until > clock.today() + LONGEST:
        raise Invalid(until=lazy("Choose a day within a year."))
    person = accounts.invite(mail, name, Role.INSPECTOR, by=by)
    db.session.flush()  # a new person is looked for below
    row = db.session.scalar(
        select(EditionGrant).where(
            EditionGrant.edition_id == edition.id,
            EditionGrant.person_id == person.id,
            EditionGrant.role == Part.INSPECTOR,
        )
    )
    if row is None:
        row = EditionGrant(
            programme_id=edition.programme_id,
            edition_id=edition.id,
            person_id=person.id,
            role=Part.INSPECTOR,
        )
        db.session.add(row)
    row.expires_on = until
    audit.record("inspector admitted", row, by=by, detail={"until": until})
    letters.send(person.id, "courses/inspection", link="/inspection", code=edition.code, by=by)
    return row


def dismiss(grant: EditionGrant, *, by: Actor) -> None:
    """Shut an edition to an inspector at once. Raises Refused when it is shut already."""
    if grant.expires_on is None or grant.expires_on < clock.today():
        raise Invalid(grant=lazy("The edition is shut to this person already."))
    grant.expires_on = clock.today() - timedelta(days=1)
    audit.record("inspector dismissed", grant, by=by)


def note(
    edition: Edition,
    *,
    session: Session | None = None,
    counted: int | None = None,
    text: str,
    by: Actor,
) -> Visit:
    """Leave the note of a visit, to a session or to the papers. Raises Invalid."""
    if session is not None and session.edition_id != edition.id:
        raise Invalid(session=lazy("Choose a session of this edition."))
    if session is not None and counted is None:
        raise Invalid(counted=lazy("Write how many people you counted."))
    if not text.strip():
        raise Invalid(text=lazy("Write what you found."))
    row = Visit(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        session_id=session.id if session else None,
        counted=counted if session else None,
        inside=_inside(session) if session else None,
        text=text.strip(),
        at=clock.now(),
        by_id=by.id,
    )
    stamps.chained("visit noted", row, by=by)
    return row


def _inside(session: Session) -> int:
    """How many a page says are inside now; of a page that is over, how many stayed to the end."""
    if session.state == SessionState.SCHEDULED:
        return 0
    marks = attendance.marks(session).values()
    if session.state == SessionState.OPEN:
        return sum(mark.is_missing_exit for mark in marks)
    return sum(mark.is_inside for mark in marks)


def see_page(session: Session, *, by: Actor) -> None:
    """Note that an inspector has looked at a page."""
    audit.record("page inspected", session, by=by)


def see_edition(edition: Edition, *, by: Actor) -> None:
    """Note that an inspector has looked at an edition."""
    audit.record("register inspected", edition, by=by)
