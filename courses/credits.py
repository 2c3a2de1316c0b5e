"""Credits: what a trainee is recognised at her entry, decided with a record.

A credit lowers the minutes that are due of a module, and so of the whole; it is never added to the
minutes done. One person records it, another confirms it; taking it back is a new decision, with a
record of its own.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, joinedload, mapped_column, relationship

from courses import editions, stamps
from courses.curriculum import Module
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.planning import AMENDABLE
from lms import clock, db, i18n, keys
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.manifest import Todo
from lms.permissions import Actor, Role


class CreditState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


say(
    {
        CreditState.PROPOSED: Word(lazy("waits for a second person"), "turn", "wait"),
        CreditState.CONFIRMED: Word(lazy("confirmed"), "good", "ok"),
        CreditState.DECLINED: Word(lazy("not confirmed"), "bad", "none"),
    }
)

CREDIT_FLOW = Flow(
    confirm=({CreditState.PROPOSED}, CreditState.CONFIRMED),
    decline=({CreditState.PROPOSED}, CreditState.DECLINED),
)
_STANDS = text("state <> 'declined'")


class Credit(db.Model):
    """One decision on what somebody is recognised of a module, or that takes one back."""

    __tablename__ = "courses_credits"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_enrolments", "enrolment_id"),
        db.within("courses_credits", "reverses_id"),
        CheckConstraint("module > 0", name="module_is_known"),
        CheckConstraint(
            "minutes <> 0 AND (minutes < 0) = (reverses_id IS NOT NULL)",
            name="less_only_in_reverse",
        ),
        CheckConstraint(
            "(state = 'proposed') = (decided_by_id IS NULL) "
            "AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("recorded_by_id <> decided_by_id", name="another_confirms"),
        Index(
            "uq_courses_credits_reverses_id",
            "reverses_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_courses_credits_enrolment", "enrolment_id"),
        Index("ix_courses_credits_edition", "edition_id", "state"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    module: Mapped[int] = mapped_column()
    """The number of the module whose minutes due it lowers."""
    minutes: Mapped[db.Minutes]
    """Less than nought when it takes a credit back."""
    record_number: Mapped[str] = mapped_column(String(60))
    """Of the record (verbale) in which it was decided, with its day."""
    record_on: Mapped[date] = mapped_column(Date)
    key_id: Mapped[db.KeyId]
    note: Mapped[db.Sealed | None]
    """What it was recognised for, sealed with the trainee's key."""
    reverses_id: Mapped[UUID | None] = mapped_column(Uuid)
    state: Mapped[CreditState] = mapped_column(db.choice(CreditState), default=CreditState.PROPOSED)
    recorded_at: Mapped[db.Moment]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[db.Moment | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[int] = mapped_column()
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    __mapper_args__ = {"version_id_col": version}


# Scopes


def where_coordinated(me: Actor) -> ColumnElement[bool]:
    """The credits in the editions that the person coordinates."""
    return Credit.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


# Queries


def of(enrolment_ids: Iterable[UUID]) -> dict[UUID, dict[int, int]]:
    """The minutes that each enrolment is recognised, by module: confirmed, and not taken back."""
    query = (
        select(Credit.enrolment_id, Credit.module, func.sum(Credit.minutes))
        .where(Credit.enrolment_id.in_(list(enrolment_ids)), Credit.state == CreditState.CONFIRMED)
        .group_by(Credit.enrolment_id, Credit.module)
    )
    found: dict[UUID, dict[int, int]] = {}
    for enrolment_id, module, minutes in db.session.execute(query):
        if minutes:
            found.setdefault(enrolment_id, {})[module] = int(minutes)
    return found


def recognised(
    enrolment_id: InstrumentedAttribute[UUID], module: InstrumentedAttribute[int]
) -> ColumnElement[int]:
    """The same minutes of one enrolment and module, as a column of a greater query."""
    minutes = select(func.sum(Credit.minutes)).where(
        Credit.enrolment_id == enrolment_id,
        Credit.module == module,
        Credit.state == CreditState.CONFIRMED,
    )
    return func.coalesce(minutes.scalar_subquery(), 0)


def decisions(enrolment_id: UUID) -> Sequence[Credit]:
    """All decisions on one trainee's credits, as they came."""
    query = (
        select(Credit)
        .where(Credit.enrolment_id == enrolment_id)
        .options(joinedload(Credit.recorded_by), joinedload(Credit.decided_by))
        .order_by(Credit.recorded_at, Credit.id)
    )
    return db.session.scalars(query).all()


def modules(enrolment: Enrolment) -> Sequence[Module]:
    """The modules of the course that a trainee follows."""
    query = select(Module).where(Module.version_id == enrolment.edition.version_id)
    return db.session.scalars(query.order_by(Module.number)).all()


def is_taken_back(credit: Credit) -> bool:
    """Whether another decision takes this one back, or proposes to."""
    query = select(Credit.id).where(
        Credit.reverses_id == credit.id, Credit.state != CreditState.DECLINED
    )
    return db.session.scalar(query) is not None


def note_of(credit: Credit, *, by: Actor) -> str:
    """What it was recognised for; empty once she was erased, or when nothing was written."""
    return keys.open_row(credit, by=by).note or "" if credit.note else ""


def todos(me: Actor) -> list[Todo]:
    """For a manager: the credits that wait for her as the second person."""
    if Role.MANAGER not in me.roles:
        return []
    query = (
        select(Credit)
        .join(Enrolment, Enrolment.id == Credit.enrolment_id)
        .options(joinedload(Credit.enrolment).joinedload(Enrolment.edition))
        .where(
            Credit.programme_id == me.programme_id,
            Credit.state == CreditState.PROPOSED,
            Credit.recorded_by_id != me.id,
            Enrolment.person_id != me.id,
        )
        .order_by(Credit.recorded_at)
    )
    return [
        Todo(
            on=clock.local(row.recorded_at).date(),
            title=lazy("A credit of %(hours)s to confirm", hours=i18n.hours(abs(row.minutes)))
            if row.minutes > 0
            else lazy("A credit to take back"),
            endpoint="credits.show",
            values={"credit": row.id},
            small=row.enrolment.edition.name,
        )
        for row in db.session.scalars(query)
    ]


# Operations


def record(
    enrolment: Enrolment,
    *,
    module: int,
    minutes: int,
    record_number: str,
    record_on: date,
    note: str,
    by: Actor,
) -> Credit:
    """Record what a trainee is recognised of a module; another person confirms it."""
    _may(enrolment, by)
    if record_on > clock.today():
        raise Invalid(record_on=lazy("The record has a day that is still to come."))
    if minutes < 1:
        raise Invalid(minutes=lazy("A credit is of one minute at least."))
    _within_module(enrolment, module, minutes)
    row = Credit(
        programme_id=enrolment.programme_id,
        edition_id=enrolment.edition_id,
        enrolment_id=enrolment.id,
        module=module,
        minutes=minutes,
        record_number=record_number,
        record_on=record_on,
        key_id=enrolment.person.key_id,
        recorded_at=clock.now(),
        recorded_by_id=by.id,
    )
    return _recorded(row, note, by)


def take_back(
    credit: Credit, *, record_number: str, record_on: date, note: str, by: Actor
) -> Credit:
    """Record that a credit is taken back; another person confirms that too."""
    _may(credit.enrolment, by)
    credit = db.locked(credit)
    if credit.state != CreditState.CONFIRMED or credit.reverses_id is not None:
        raise WrongState(lazy("Only a credit that was confirmed is taken back."))
    if is_taken_back(credit):
        raise Refused(lazy("Another decision takes it back already."))
    if record_on > clock.today():
        raise Invalid(record_on=lazy("The record has a day that is still to come."))
    row = Credit(
        programme_id=credit.programme_id,
        edition_id=credit.edition_id,
        enrolment_id=credit.enrolment_id,
        module=credit.module,
        minutes=-credit.minutes,
        record_number=record_number,
        record_on=record_on,
        key_id=credit.key_id,
        reverses_id=credit.id,
        recorded_at=clock.now(),
        recorded_by_id=by.id,
    )
    return _recorded(row, note, by)


def confirm(credit: Credit, *, by: Actor) -> None:
    """Confirm what somebody else has recorded: from now on it counts."""
    _second(credit, by)
    if credit.minutes > 0:
        _within_module(credit.enrolment, credit.module, credit.minutes)
    _decided(credit, "confirm", by)


def decline(credit: Credit, *, by: Actor) -> None:
    """Do not confirm it: it stays written, and counts for nothing."""
    _second(credit, by)
    _decided(credit, "decline", by)


def _may(enrolment: Enrolment, by: Actor) -> None:
    if enrolment.person_id == by.id:
        raise Refused(lazy("Nobody decides on her own credits."))
    if enrolment.edition.state not in AMENDABLE:
        raise WrongState(lazy("This edition is closed: it no longer changes."))


def _second(credit: Credit, by: Actor) -> None:
    _may(credit.enrolment, by)
    if credit.recorded_by_id == by.id:
        raise Refused(lazy("You recorded it: another person confirms it."))


def _within_module(enrolment: Enrolment, module: int, minutes: int) -> None:
    """Refuse more than the module has; who decides on one trainee does it one after the other."""
    db.locked(enrolment)
    whole = next((m.minutes for m in modules(enrolment) if m.number == module), 0)
    has = of([enrolment.id]).get(enrolment.id, {}).get(module, 0)
    if minutes > whole - has:
        left = i18n.hours(max(whole - has, 0))
        raise Invalid(minutes=lazy("At most %(hours)s are left of this module.", hours=left))


def _recorded(row: Credit, note: str, by: Actor) -> Credit:
    if note.strip():
        keys.seal(row, by=by, note=note.strip())
    db.session.add(row)
    stamps.told("credit recorded", row, by=by)
    return row


def _decided(credit: Credit, move: str, by: Actor) -> None:
    CREDIT_FLOW.move(credit, move, decided_at=clock.now(), decided_by_id=by.id)
    stamps.told(f"credit {credit.state.value}", credit, by=by)
