"""Cases: one person accompanied by one activator, from the first contact to what came of it.

All that happens is a dated event on the case's one timeline; the other topics add theirs here.
Events say what and when, never what was written: that is sealed with the case's own key.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    Select,
    String,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from casework import activators, codes, referrals
from casework.activators import WITH_CASES, Activator
from casework.beneficiaries import Beneficiary
from casework.codes import Series
from casework.referrals import Question, Referral, ReferralState
from lms import audit, clock, db, keys, mail
from lms.accounts import Person
from lms.errors import Invalid, NotFound, Refused, WrongState
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import Actor
from lms.programmes import Hub
from mentoring import assignments

FIRST_CONTACT_WITHIN = timedelta(days=3)
"""After a referral is accepted: what the sender is promised."""


class CaseState(StrEnum):
    CONTACT = "contact"
    ASSESSMENT = "assessment"
    PLANNING = "planning"
    UNDER_WAY = "under_way"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    REOPENED = "reopened"


class EventKind(StrEnum):
    REFERRED = "referred"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    CONTACT = "contact"
    MOVED = "moved"
    PLAN_BEGUN = "plan_begun"
    PLAN_SUBMITTED = "plan_submitted"
    PLAN_RETURNED = "plan_returned"
    PLAN_APPROVED = "plan_approved"
    PLAN_SIGNED = "plan_signed"
    PLAN_IN_FORCE = "plan_in_force"


class Outcome(StrEnum):
    """How an attempt to reach the person went."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    POSTPONED = "postponed"


class Reason(StrEnum):
    """Why a case moves on, or back."""

    WANTS_TO_BEGIN = "wants_to_begin"
    NEEDS_TO_UNDERSTAND = "needs_to_understand"
    NEEDS_ARE_CLEAR = "needs_are_clear"
    CANNOT_WAIT = "cannot_wait"
    LIFE_HAS_CHANGED = "life_has_changed"
    SHE_ASKED = "she_asked"


say(
    {
        CaseState.CONTACT: Word(lazy("first contact"), "turn", "phone"),
        CaseState.ASSESSMENT: Word(lazy("getting to know each other"), "act", "chat"),
        CaseState.PLANNING: Word(lazy("writing the plan"), "act", "list"),
        CaseState.UNDER_WAY: Word(lazy("under way"), "good", "road"),
        CaseState.FOLLOW_UP: Word(lazy("follow-up"), "good", "eye"),
        CaseState.CLOSED: Word(lazy("closed"), "", "lock"),
        CaseState.REOPENED: Word(lazy("reopened"), "turn", "undo"),
    }
)
say(
    {
        EventKind.REFERRED: Word(lazy("Referred by a body of the network"), "", "mail"),
        EventKind.ACCEPTED: Word(lazy("Referral accepted"), "good", "ok"),
        EventKind.ASSIGNED: Word(lazy("Assigned to an activator"), "", "people"),
        EventKind.CONTACT: Word(lazy("Contact"), "", "phone"),
        EventKind.MOVED: Word(lazy("A new step"), "", "go"),
        EventKind.PLAN_BEGUN: Word(lazy("Plan begun"), "", "list"),
        EventKind.PLAN_SUBMITTED: Word(lazy("Plan handed in"), "", "upload"),
        EventKind.PLAN_RETURNED: Word(lazy("Plan returned with comments"), "voice", "undo"),
        EventKind.PLAN_APPROVED: Word(lazy("Plan approved"), "good", "ok"),
        EventKind.PLAN_SIGNED: Word(lazy("Plan signed"), "good", "pen"),
        EventKind.PLAN_IN_FORCE: Word(lazy("Plan in force"), "good", "road"),
        Outcome.REACHED: Word(lazy("We spoke"), "good", "ok"),
        Outcome.NO_ANSWER: Word(lazy("No answer"), "", "none"),
        Outcome.POSTPONED: Word(lazy("Put off"), "turn", "late"),
        Reason.WANTS_TO_BEGIN: Word(lazy("She wants to be accompanied")),
        Reason.NEEDS_TO_UNDERSTAND: Word(lazy("There is more to understand first")),
        Reason.NEEDS_ARE_CLEAR: Word(lazy("What she needs is clear to both")),
        Reason.CANNOT_WAIT: Word(lazy("Something cannot wait")),
        Reason.LIFE_HAS_CHANGED: Word(lazy("Her life has changed")),
        Reason.SHE_ASKED: Word(lazy("She asked for it")),
    }
)

FLOW = Flow(
    begin_assessment=({CaseState.CONTACT, CaseState.REOPENED}, CaseState.ASSESSMENT),
    begin_planning=({CaseState.ASSESSMENT}, CaseState.PLANNING),
    look_again=({CaseState.PLANNING}, CaseState.ASSESSMENT),
)

REASONS: dict[str, tuple[Reason, ...]] = {
    "begin_assessment": (Reason.WANTS_TO_BEGIN, Reason.NEEDS_TO_UNDERSTAND, Reason.CANNOT_WAIT),
    "begin_planning": (Reason.NEEDS_ARE_CLEAR, Reason.CANNOT_WAIT, Reason.SHE_ASKED),
    "look_again": (Reason.LIFE_HAS_CHANGED, Reason.NEEDS_TO_UNDERSTAND, Reason.SHE_ASKED),
}  # fmt: skip
"""The reasons that each move may have: it is always named."""


class Case(db.Model):
    """One person and who accompanies her."""

    __tablename__ = "casework_cases"
    __table_args__ = (
        db.owned(),
        db.within("hubs", "hub_id"),
        db.within("casework_beneficiaries", "beneficiary_id"),
        db.within("casework_referrals", "referral_id"),
        UniqueConstraint("programme_id", "code"),
        UniqueConstraint("referral_id"),
        Index("ix_casework_cases_activator_id", "programme_id", "activator_id", "state"),
        Index("ix_casework_cases_opened_at", "programme_id", "opened_at"),
        Index("ix_casework_cases_beneficiary_id", "beneficiary_id"),
        CheckConstraint("length(code) >= 11", name="code_is_whole"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    code: Mapped[db.Code]
    hub_id: Mapped[UUID] = mapped_column(Uuid)
    beneficiary_id: Mapped[UUID] = mapped_column(Uuid)
    referral_id: Mapped[UUID | None] = mapped_column(Uuid)
    activator_id: Mapped[db.PersonId]
    """The person who accompanies: an account, whatever her stage."""
    key_id: Mapped[db.KeyId]
    state: Mapped[CaseState] = mapped_column(db.choice(CaseState), default=CaseState.CONTACT)
    opened_at: Mapped[db.Moment]
    contact_by: Mapped[date]
    """The day by which the person should have been reached."""
    version: Mapped[int] = mapped_column()
    hub: Mapped[Hub] = relationship(foreign_keys=[hub_id])
    beneficiary: Mapped[Beneficiary] = relationship(foreign_keys=[beneficiary_id])
    referral: Mapped[Referral | None] = relationship(foreign_keys=[referral_id])
    activator: Mapped[Person] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}


class Event(db.Model):
    """Something that happened on a case: what, when, by whom; no content."""

    __tablename__ = "casework_events"
    __table_args__ = (
        db.owned(),
        db.within("casework_cases", "case_id"),
        Index("ix_casework_events_case_id", "case_id", "at"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    case_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[EventKind] = mapped_column(db.choice(EventKind, "kind_known"))
    at: Mapped[db.Moment]
    by_id: Mapped[db.PersonId]
    detail: Mapped[str] = mapped_column(String(40), default="")
    """A code that belongs to the kind: an outcome, a move's reason, a version's number."""
    by: Mapped[Person] = relationship()


db.append_only(Event.__table__)


# Scopes


def own(me: Actor) -> ColumnElement[bool]:
    """The cases of an activator, from the day on which living casework was opened to her."""
    return (Case.activator_id == me.id) & activators.holds_cases(me)


def followed(me: Actor) -> ColumnElement[bool]:
    """The cases of those whom a senior trainer follows; never her own."""
    return Case.activator_id.in_(assignments.followed(me)) & (Case.activator_id != me.id)


def own_ids(me: Actor) -> Select[UUID]:
    return select(Case.id).where(Case.programme_id == me.programme_id, own(me))


def followed_ids(me: Actor) -> Select[UUID]:
    return select(Case.id).where(Case.programme_id == me.programme_id, followed(me))


def of_own(me: Actor, model: Any) -> Any:
    """Rows about the persons whom an activator accompanies."""
    return model.beneficiary_id.in_(own_ids(me).with_only_columns(Case.beneficiary_id))


def of_followed(me: Actor, model: Any) -> Any:
    """Rows about the persons accompanied by those whom a senior trainer follows."""
    return model.beneficiary_id.in_(followed_ids(me).with_only_columns(Case.beneficiary_id))


# Rules


def contact_by(accepted_at: datetime) -> date:
    """The day by which the activator reaches the person for the first time."""
    return clock.local(accepted_at + FIRST_CONTACT_WITHIN).date()


def next_move(state: CaseState) -> str | None:
    """The move that the activator can make from here; None where another topic makes it."""
    return next((move for move in REASONS if move in FLOW.open_to(state)), None)


# Queries


def listed(
    within: ColumnElement[bool], opens: ColumnElement[bool], *, most: int, start: int = 0
) -> tuple[list[tuple[Case, bool]], int]:
    """Cases with their hubs, the newest first, whether each may be opened; how many in all."""
    whole = select(func.count()).select_from(Case).where(within).correlate(None).scalar_subquery()
    query = select(Case, opens, whole).where(within).options(joinedload(Case.hub))
    query = query.order_by(Case.opened_at.desc(), Case.code.desc()).limit(most).offset(start)
    found = list(db.session.execute(query))
    if start and not found:
        return [], db.session.scalar(select(whole)) or 0
    return [(case, may) for case, may, _ in found], found[0][2] if found else 0


def loads(programme_id: UUID) -> dict[UUID, int]:
    """How many cases each activator holds that are not closed."""
    query = (
        select(Case.activator_id, func.count())
        .where(Case.programme_id == programme_id, Case.state != CaseState.CLOSED)
        .group_by(Case.activator_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def with_questions(referral: Referral) -> tuple[Case | None, list[Question]]:
    """The case that came of a referral, and what was asked about it, with the key that opens it."""
    query = referrals.asked(referral).add_columns(Case)
    query = query.outerjoin(Case, Case.referral_id == Referral.id)
    found = keys.execute(query, Referral.key_id)
    return found[0][1], [question for question, _ in found if question]


def of_referrals(referrals: Iterable[Referral]) -> dict[UUID, Case]:
    """The case that came of each referral, in one statement."""
    ids = [r.id for r in referrals]
    query = select(Case).where(Case.referral_id.in_(ids))
    return {c.referral_id: c for c in db.session.scalars(query) if c.referral_id}


def without_case(within: ColumnElement[bool], *states: ReferralState) -> list[Referral]:
    """Referrals in these states that nobody accompanies yet, the oldest first."""
    bare = ~select(Case.id).where(Case.referral_id == Referral.id).exists()
    since = func.coalesce(Referral.answered_at, Referral.received_at)
    return referrals.listed(within & Referral.state.in_(states) & bare, by=since)


def events(case: Case) -> list[Event]:
    """The timeline of a case, oldest first, with who did it."""
    query = select(Event).where(Event.case_id == case.id).order_by(Event.at, Event.id)
    return list(db.session.scalars(query.options(joinedload(Event.by))))


def has_reached() -> ColumnElement[bool]:
    """The cases whose person has been spoken with at least once."""
    spoken = select(Event.id).where(
        Event.case_id == Case.id,
        Event.kind == EventKind.CONTACT,
        Event.detail == Outcome.REACHED.value,
    )
    return spoken.exists()


def of_beneficiary(beneficiary_id: UUID, within: ColumnElement[bool]) -> Case:
    """The newest case of a person that the reader may open. Raises NotFound."""
    query = select(Case).where(Case.beneficiary_id == beneficiary_id, within)
    found = db.session.scalar(query.order_by(Case.opened_at.desc()).limit(1))
    if found is None:
        raise NotFound()
    return found


# Operations


def add_event(
    case: Case, kind: EventKind, *, by: Actor, detail: str = "", at: datetime | None = None
) -> Event:
    """Put something that happened on the timeline. Other topics call this too."""
    event = Event(
        programme_id=case.programme_id,
        case_id=case.id,
        kind=kind,
        at=at or clock.now(),
        by_id=by.id,
        detail=detail,
    )
    db.session.add(event)
    return event


def assign(referral: Referral, hub: Hub, activator: Activator, *, by: Actor) -> Case:
    """Open the case of an accepted referral with an activator of a hub. Raises Invalid."""
    if referral.state != ReferralState.ACCEPTED or referral.beneficiary_id is None:
        raise WrongState(lazy("Accept the referral first."))
    if of_referrals([referral]):
        raise WrongState(lazy("This referral has its case already."))
    if activator.stage not in WITH_CASES:
        raise Invalid(activator=lazy("Living cases are not open to her yet."))
    if activator.hub_id != hub.id:
        raise Invalid(activator=lazy("She stands at another hub."))
    accepted_at = referral.answered_at or clock.now()
    case = Case(
        programme_id=referral.programme_id,
        code=codes.take(Series.CASES, hub),
        hub_id=hub.id,
        beneficiary_id=referral.beneficiary_id,
        referral_id=referral.id,
        activator_id=activator.person_id,
        key_id=keys.new_key(keys.Subject.CASE, referral.programme_id).id,
        opened_at=clock.now(),
        contact_by=contact_by(accepted_at),
    )
    db.session.add(case)
    told = add_event(case, EventKind.REFERRED, by=by, at=referral.received_at)
    told.detail, told.by_id = referral.code, referral.sent_by_id
    add_event(case, EventKind.ACCEPTED, by=by, at=accepted_at)
    add_event(case, EventKind.ASSIGNED, by=by)
    audit.record("case opened", case, by=by, subjects=[case.id])
    mail.send(
        case.activator_id,
        "casework/case_assigned",
        link=f"/casework/cases/{case.id}",
        code=case.code,
        by=by,
    )
    return case


def _move(case: Case, move: str, reason: Reason, by: Actor) -> None:
    if reason not in REASONS[move]:
        raise Invalid(reason=lazy("Choose one from the list."))
    FLOW.move(case, move)
    add_event(case, EventKind.MOVED, by=by, detail=reason.value)
    audit.record(
        f"case {move.replace('_', ' ')}", case, by=by, detail={"reason": reason.value},
        subjects=[case.id],
    )  # fmt: skip


def begin_assessment(case: Case, reason: Reason, *, by: Actor) -> None:
    """From the first contact to getting to know each other. Raises Refused, WrongState."""
    reached = select(Case.id).where(Case.id == case.id, has_reached())
    if case.state == CaseState.CONTACT and db.session.scalar(reached) is None:
        raise Refused(lazy("First note a contact in which you spoke with her."))
    _move(case, "begin_assessment", reason, by)


def begin_planning(case: Case, reason: Reason, *, by: Actor) -> None:
    """What she needs is clear: the plan can be written. Raises WrongState."""
    _move(case, "begin_planning", reason, by)


def look_again(case: Case, reason: Reason, *, by: Actor) -> None:
    """Back to getting to know each other, because something has changed. Raises WrongState."""
    _move(case, "look_again", reason, by)
