"""Referrals: a body of the network says that somebody needs a hand, and hears what became of it.

What it wrote is sealed with a key of its own, which becomes the person's when she is taken in.
"""

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    Uuid,
    case,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework import beneficiaries, codes
from casework.beneficiaries import Beneficiary
from casework.codes import Series
from casework.network import Body
from lms import audit, clock, db, keys, mail
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import Actor
from lms.programmes import Hub

WAITS_AT_MOST = timedelta(days=30)
"""A referral that waits longer for information may be closed as expired."""
ANSWERED_WITHIN = timedelta(days=7)


class ReferralState(StrEnum):
    RECEIVED = "received"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class Urgency(StrEnum):
    ORDINARY = "ordinary"
    SOON = "soon"
    URGENT = "urgent"


say(
    {
        ReferralState.RECEIVED: Word(lazy("with the programme"), "turn", "mail"),
        ReferralState.WAITING: Word(lazy("waiting for information"), "voice", "ask"),
        ReferralState.ACCEPTED: Word(lazy("accepted"), "good", "ok"),
        ReferralState.DECLINED: Word(lazy("declined"), "", "none"),
        ReferralState.EXPIRED: Word(lazy("expired"), "", "late"),
        Urgency.ORDINARY: Word(lazy("ordinary")),
        Urgency.SOON: Word(lazy("within the week"), "turn", "late"),
        Urgency.URGENT: Word(lazy("urgent"), "bad", "warn"),
    }
)

ANSWERED = (ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.EXPIRED)

FLOW = Flow(
    ask=({ReferralState.RECEIVED}, ReferralState.WAITING),
    inform=({ReferralState.WAITING}, ReferralState.RECEIVED),
    accept=({ReferralState.RECEIVED, ReferralState.WAITING}, ReferralState.ACCEPTED),
    decline=({ReferralState.RECEIVED, ReferralState.WAITING}, ReferralState.DECLINED),
    expire=({ReferralState.WAITING}, ReferralState.EXPIRED),
)


class Referral(db.Model):
    """One person, reported by one body to one hub."""

    __tablename__ = "casework_referrals"
    __table_args__ = (
        db.owned(),
        db.within("casework_bodies", "body_id"),
        db.within("hubs", "hub_id"),
        db.within("casework_beneficiaries", "beneficiary_id"),
        UniqueConstraint("programme_id", "code"),
        Index("ix_casework_referrals_programme_id_state", "programme_id", "state", "received_at"),
        CheckConstraint(
            "(state = 'accepted') = (beneficiary_id IS NOT NULL)", name="accepted_has_person"
        ),
        CheckConstraint(
            "(state IN ('accepted', 'declined', 'expired')) = (answered_at IS NOT NULL)",
            name="answered_has_time",
        ),
        CheckConstraint("state <> 'declined' OR answer IS NOT NULL", name="declined_has_reason"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    code: Mapped[db.Code]
    """R-A-2026-0007: what sender and programme call it, without a name."""
    body_id: Mapped[UUID] = mapped_column(Uuid)
    sent_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    hub_id: Mapped[UUID] = mapped_column(Uuid)
    urgency: Mapped[Urgency] = mapped_column(db.choice(Urgency, "urgency_known"))
    is_informed: Mapped[bool]
    """The person knows that she is being referred, and to whom."""
    key_id: Mapped[db.KeyId]
    name: Mapped[db.Sealed]
    surname: Mapped[db.Sealed | None]
    contact: Mapped[db.Sealed | None]
    reason: Mapped[db.Sealed]
    needs: Mapped[db.Sealed | None]
    state: Mapped[ReferralState] = mapped_column(
        db.choice(ReferralState), default=ReferralState.RECEIVED
    )
    received_at: Mapped[db.Moment]
    answered_at: Mapped[db.Moment | None]
    answered_by_id: Mapped[db.PersonId | None]
    answer: Mapped[db.Sealed | None]
    """What the sender is told, in plain words."""
    beneficiary_id: Mapped[UUID | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column()
    body: Mapped[Body] = relationship(foreign_keys=[body_id], lazy="joined")
    hub: Mapped[Hub] = relationship(foreign_keys=[hub_id], lazy="joined")
    sent_by: Mapped[Person] = relationship(foreign_keys=[sent_by_id], lazy="joined")
    beneficiary: Mapped[Beneficiary | None] = relationship(foreign_keys=[beneficiary_id])
    __mapper_args__ = {"version_id_col": version}


class Question(db.Model):
    """What the programme asked of the sender before deciding, and what she answered."""

    __tablename__ = "casework_referral_questions"
    __table_args__ = (
        db.owned(),
        db.within("casework_referrals", "referral_id"),
        Index("ix_casework_referral_questions_referral_id", "referral_id", "asked_at"),
        CheckConstraint("(told IS NULL) = (told_at IS NULL)", name="told_has_time"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    referral_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    asked: Mapped[db.Sealed]
    asked_at: Mapped[db.Moment]
    asked_by_id: Mapped[db.PersonId]
    told: Mapped[db.Sealed | None]
    told_at: Mapped[db.Moment | None]


# Scopes


def sent(me: Actor) -> ColumnElement[bool]:
    """The referrals that this person made herself."""
    return Referral.sent_by_id == me.id


# Rules


def answer_by(referral: Referral) -> datetime:
    """By when the sender should have heard."""
    return referral.received_at + ANSWERED_WITHIN


def may_expire(questions: list[Question]) -> bool:
    """Whether the sender has had her thirty days to answer."""
    waiting = [q.asked_at for q in questions if q.told_at is None]
    return bool(waiting) and waiting[-1] + WAITS_AT_MOST <= clock.now()


# Queries


def open_ones(within: ColumnElement[bool]) -> list[Referral]:
    """Referrals that still want an answer, the oldest first."""
    return listed(within & Referral.state.not_in(ANSWERED), by=Referral.received_at)


def of_sender(
    within: ColumnElement[bool], *, most: int, start: int
) -> tuple[list[Referral], Counter[ReferralState]]:
    """What was sent, first what has no answer yet, the oldest first; how many in each state."""
    counts = select(Referral.state, func.count()).where(within).group_by(Referral.state)
    is_open = Referral.state.not_in(ANSWERED)
    query = select(Referral).where(within).limit(most).offset(start)
    query = query.order_by(
        is_open.desc(),
        case((is_open, Referral.received_at)),
        Referral.received_at.desc(),
        Referral.id,
    )
    found = list(db.session.scalars(query))
    return found, Counter(dict(db.session.execute(counts).all()))


def listed(within: ColumnElement[bool], *, by: Any, most: int = 100) -> list[Referral]:
    """Referrals with body, hub and sender, in this order; nothing is opened."""
    return list(db.session.scalars(select(Referral).where(within).order_by(by).limit(most)))


def asked(referral: Referral) -> Select[Question]:
    """What was asked, oldest first, or nothing: to be fetched with what belongs to it."""
    return (
        select(Question)
        .select_from(Referral)
        .outerjoin(Question, Question.referral_id == Referral.id)
        .where(Referral.id == referral.id)
        .order_by(Question.asked_at)
    )


def questions(referral: Referral) -> list[Question]:
    """What was asked, with the key that opens it and the referral."""
    return [row for (row,) in keys.execute(asked(referral), Referral.key_id) if row]


def answer(referral: Referral, *, by: Actor) -> str:
    """What the sender was told, and nothing else of what lies sealed; empty if nothing yet."""
    return keys.opened(referral, "answer", by=by).decode() if referral.answer else ""


# Operations


def send(
    body: Body,
    *,
    hub: Hub,
    urgency: Urgency,
    name: str,
    reason: str,
    by: Actor,
    surname: str = "",
    contact: str = "",
    needs: str = "",
    is_informed: bool = True,
) -> Referral:
    """Tell the programme about somebody. Raises Invalid."""
    if not name.strip():
        raise Invalid(name=lazy("Write her first name, or what is known of her."))
    if not reason.strip():
        raise Invalid(reason=lazy("Write why you refer her."))
    key = keys.new_key(keys.Subject.REFERRAL, by.programme_id)
    referral = Referral(
        programme_id=by.programme_id,
        code=codes.take(Series.REFERRALS, hub),
        body_id=body.id,
        sent_by_id=by.id,
        hub_id=hub.id,
        urgency=urgency,
        is_informed=is_informed,
        key_id=key.id,
        received_at=clock.now(),
    )
    keys.seal(
        referral,
        by=by,
        name=name,
        surname=surname or None,
        contact=contact or None,
        reason=reason,
        needs=needs or None,
    )
    db.session.add(referral)
    audit.record("referral sent", referral, by=by, subjects=[referral.id])
    return referral


def ask(referral: Referral, question: str, *, by: Actor) -> Question:
    """Ask the sender for what is missing. Raises Invalid, WrongState."""
    if not question.strip():
        raise Invalid(question=lazy("Write what you need to know."))
    FLOW.move(referral, "ask")
    row = Question(
        programme_id=referral.programme_id,
        referral_id=referral.id,
        key_id=referral.key_id,
        asked_at=clock.now(),
        asked_by_id=by.id,
    )
    keys.seal(row, by=by, subject=referral.id, asked=question)
    db.session.add(row)
    audit.record("referral asked about", referral, by=by, subjects=[referral.id])
    _tell(referral, "casework/referral_question", by)
    return row


def inform(referral: Referral, information: str, *, by: Actor) -> None:
    """The sender answers what she was asked. Raises Invalid, WrongState."""
    if not information.strip():
        raise Invalid(information=lazy("Write what you know."))
    FLOW.move(referral, "inform")
    for question in questions(referral):
        if question.told_at is None:
            keys.seal(question, by=by, subject=referral.id, told=information)
            question.told_at = clock.now()
    audit.record("referral informed", referral, by=by, subjects=[referral.id])


def accept(referral: Referral, *, by: Actor, answer: str = "") -> Beneficiary:
    """Take the person in: the key that sealed the referral becomes hers. Raises WrongState."""
    plain = keys.open_row(referral, by=by)
    person = beneficiaries.make(
        referral.key_id,
        first_name=plain.name,
        family_name=plain.surname or "",
        contact=plain.contact or "",
        by=by,
    )
    if answer.strip():
        keys.seal(referral, by=by, answer=answer)
    FLOW.move(
        referral,
        "accept",
        beneficiary_id=person.id,
        answered_at=clock.now(),
        answered_by_id=by.id,
    )
    audit.record("referral accepted", referral, by=by, subjects=[referral.id])
    _tell(referral, "casework/referral_answered", by)
    return person


def decline(referral: Referral, answer: str, *, by: Actor) -> None:
    """Say no, and why, in words that the sender can pass on. Raises Invalid, WrongState."""
    if not answer.strip():
        raise Invalid(why=lazy("Write why, in words that can be passed on to the person."))
    sealed = keys.sealed(referral, "answer", answer, by=by)
    FLOW.move(referral, "decline", answer=sealed, answered_at=clock.now(), answered_by_id=by.id)
    audit.record("referral declined", referral, by=by, subjects=[referral.id])
    _tell(referral, "casework/referral_answered", by)


def expire(referral: Referral, *, by: Actor) -> None:
    """Nobody answered for thirty days: the referral ends. Raises Refused, WrongState."""
    if referral.state == ReferralState.WAITING and not may_expire(questions(referral)):
        raise Refused(lazy("The sender has thirty days to answer. They are not over yet."))
    FLOW.move(referral, "expire", answered_at=clock.now(), answered_by_id=by.id)
    audit.record("referral expired", referral, by=by, subjects=[referral.id])
    _tell(referral, "casework/referral_answered", by)


def _tell(referral: Referral, template: str, by: Actor) -> None:
    """A mail to the sender: the code and a link, nothing of what was written."""
    mail.send(
        referral.sent_by_id,
        template,
        link=f"/casework/referrals/sent/{referral.id}",
        code=referral.code,
        by=by,
    )
