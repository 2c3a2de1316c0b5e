"""Contact notes: how it went, what was said, what comes next. Added, never changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Uuid, func, select
from sqlalchemy.orm import Mapped, mapped_column

from casework import cases
from casework.beneficiaries import Identity
from casework.cases import Case, CaseState, Event, EventKind, Outcome, own
from lms import audit, clock, db, keys
from lms.errors import Invalid, NotFound, WrongState
from lms.i18n import lazy
from lms.permissions import Actor


class Note(db.Model):
    """One contact with the person, or an attempt at one."""

    __tablename__ = "casework_notes"
    __table_args__ = (
        db.owned(),
        db.within("casework_cases", "case_id"),
        Index("ix_casework_notes_case_id", "case_id", "at"),
        CheckConstraint("next_on IS NULL OR next_step IS NOT NULL", name="day_has_step"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    case_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    at: Mapped[db.Moment]
    by_id: Mapped[db.PersonId]
    outcome: Mapped[Outcome] = mapped_column(db.choice(Outcome, "outcome_known"))
    said: Mapped[db.Sealed | None]
    next_step: Mapped[db.Sealed | None]
    next_on: Mapped[date | None]


db.append_only(Note.__table__)


# Rules


@dataclass(frozen=True)
class Coming:
    """What a case waits for from its activator: the first contact, or the step she noted."""

    case: Case
    on: date | None
    is_first: bool


def comes(case: Case, last: Note | None, *, has_spoken: bool) -> Coming:
    """What comes next: the day noted last or, until the first contact, the day promised."""
    is_first = case.state == CaseState.CONTACT and not has_spoken
    noted = last.next_on if last else None
    return Coming(case, noted or (case.contact_by if is_first else None), is_first)


def has_spoken(events: Iterable[Event]) -> bool:
    """Whether these events tell of a contact in which the person was spoken with."""
    return any(e.kind == EventKind.CONTACT and e.detail == Outcome.REACHED for e in events)


# Queries


def of_case(case: Case) -> list[Note]:
    """The contact notes of a case, newest first."""
    query = select(Note).where(Note.case_id == case.id).order_by(Note.at.desc(), Note.id)
    return list(db.session.scalars(query))


def latest(of: Iterable[Case]) -> dict[UUID, Note]:
    """The last note of each case, in one statement; nothing is opened."""
    ids = [c.id for c in of]
    rank = (
        func.row_number()
        .over(partition_by=Note.case_id, order_by=(Note.at.desc(), Note.id))
        .label("rank")
    )
    ranked = select(Note.id, rank).where(Note.case_id.in_(ids)).subquery()
    query = select(Note).join(ranked, ranked.c.id == Note.id).where(ranked.c.rank == 1)
    return {note.case_id: note for note in db.session.scalars(query)}


def coming(of: list[Case]) -> list[Coming]:
    """What comes next in each of these cases, the soonest first; two statements."""
    if not of:
        return []
    last, spoken = latest(of), cases.reached(of)
    found = [comes(case, last.get(case.id), has_spoken=case.id in spoken) for case in of]
    return sorted(found, key=lambda c: (c.on is None, c.on or date.max, c.case.code))


def my_coming(me: Actor) -> list[Coming]:
    """What comes next in the person's own cases that are not closed."""
    query = select(Case).where(
        Case.programme_id == me.programme_id, own(me), Case.state != CaseState.CLOSED
    )
    return coming(list(db.session.scalars(query)))


@dataclass(frozen=True)
class Sheet:
    """All that lies sealed in a case and is shown on its page, opened."""

    identity: SimpleNamespace
    referral: SimpleNamespace | None
    notes: list[SimpleNamespace]


def sheet(case: Case, identity: Identity, written: list[Note], *, by: Actor) -> Sheet:
    """Open who the person is, why she was referred, and the notes: one statement for the keys."""
    referral = [case.referral] if case.referral else []
    rows: list[Any] = [identity, *referral, *written]
    opened = keys.open_rows(rows, by=by, subjects={row.id: case.id for row in rows})
    return Sheet(
        identity=opened[0],
        referral=opened[1] if referral else None,
        notes=opened[1 + len(referral) :],
    )


# Operations


def write(
    case: Case,
    outcome: Outcome,
    *,
    said: str,
    next_step: str,
    next_on: date | None,
    by: Actor,
) -> Note:
    """Add a contact note. Raises Invalid, WrongState."""
    if case.state == CaseState.CLOSED:
        raise WrongState(lazy("This case is closed: nothing is added to it."))
    if case.activator_id != by.id:
        raise NotFound()
    if outcome == Outcome.REACHED and not said.strip():
        raise Invalid(said=lazy("Write in a line what you said to each other."))
    if bool(next_step.strip()) != (next_on is not None):
        raise Invalid(
            **{
                "next_on" if next_step.strip() else "next_step": lazy(
                    "A next step has its words and its day."
                )
            }
        )
    if next_on is not None and next_on < clock.today():
        raise Invalid(next_on=lazy("This day is past. Choose today or later."))
    note = Note(
        programme_id=case.programme_id,
        case_id=case.id,
        key_id=case.key_id,
        at=clock.now(),
        by_id=by.id,
        outcome=outcome,
        next_on=next_on,
    )
    keys.seal(note, by=by, said=said.strip() or None, next_step=next_step.strip() or None)
    db.session.add(note)
    cases.add_event(case, EventKind.CONTACT, by=by, detail=outcome.value)
    audit.record("contact noted", note, by=by, subjects=[case.id])
    return note
