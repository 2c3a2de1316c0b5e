"""Contact notes: how it went, what was said, what comes next. Added, never changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column

from casework import beneficiaries, cases
from casework.beneficiaries import Identity, Parts
from casework.cases import Case, CaseState, Event, EventKind, Outcome, own
from casework.referrals import Referral
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
    return keys.scalars(query)


def _coming(of: ColumnElement[bool]) -> list[Coming]:
    """What comes next in each of these cases, the soonest first; nothing is opened."""
    last = select(Note.id).where(Note.case_id == Case.id).order_by(Note.at.desc(), Note.id)
    query = (
        select(Case, Note, cases.has_reached())
        .outerjoin(Note, Note.id == last.limit(1).correlate(Case).scalar_subquery())
        .where(of)
    )
    found = [comes(case, note, has_spoken=said) for case, note, said in db.session.execute(query)]
    return sorted(found, key=lambda c: (c.on is None, c.on or date.max, c.case.code))


def coming(of: Iterable[Case]) -> list[Coming]:
    """What comes next in each of these cases, the soonest first; one statement."""
    return _coming(Case.id.in_([case.id for case in of]))


def my_coming(me: Actor) -> list[Coming]:
    """What comes next in the person's own cases that are not closed."""
    return _coming(
        (Case.programme_id == me.programme_id) & own(me) & (Case.state != CaseState.CLOSED)
    )


@dataclass(frozen=True)
class Sheet:
    """All that lies sealed in a case and is shown on its page, opened."""

    parts: Parts
    """Still sealed: each is opened on a page of its own."""
    identity: SimpleNamespace
    referral: SimpleNamespace | None
    notes: list[SimpleNamespace]


def sheet(case: Case, written: list[Note], *, by: Actor) -> Sheet:
    """Open who the person is, why she was referred, and the notes: one statement, keys and all."""
    query = beneficiaries.parts(case.beneficiary_id).add_columns(Referral)
    query = query.outerjoin(Referral, Referral.id == case.referral_id)
    ((*parts, referral),) = keys.execute(query, Identity.key_id)
    rows: list[Any] = [parts[0], *([referral] if referral else []), *written]
    opened = keys.open_rows(rows, by=by, subjects={row.id: case.id for row in rows})
    return Sheet(
        parts=Parts(*parts),
        identity=opened[0],
        referral=opened[1] if referral else None,
        notes=opened[-len(written) :] if written else [],
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
