"""Contact notes: how it went, what was said, what comes next. Added, never changed."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Uuid, func, select
from sqlalchemy.orm import Mapped, mapped_column

from casework import cases
from casework.cases import Case, CaseState, EventKind, Outcome, own
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


def next_steps(me: Actor, until: date) -> list[tuple[Case, date]]:
    """Of the person's own cases, the day that the last note has set, when it is not far away."""
    query = select(Case).where(
        Case.programme_id == me.programme_id, own(me), Case.state != CaseState.CLOSED
    )
    mine = list(db.session.scalars(query))
    last = latest(mine)
    found = [(c, last[c.id].next_on) for c in mine if c.id in last]
    return sorted(
        ((c, on) for c, on in found if on is not None and on <= until),
        key=lambda pair: (pair[1], pair[0].code),
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
