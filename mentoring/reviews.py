"""Reviews: a dialogue with memory about a numbered, frozen version of what somebody wrote.

A review is asked, read, and ends in a verdict. To send back, at least one change must be open; to
approve, none (see `comments`). Reviews know nothing of cases: whoever owns the thing under review
guards it, and passes its key and the file that it belongs to.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import holidays
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import audit, clock, db, frozen, keys, mail, text
from lms.accounts import Person
from lms.errors import Invalid, NotFound, Refused
from lms.flow import Flow, Word, say
from lms.frozen import Frozen
from lms.i18n import lazy, nlazy
from lms.manifest import Reviewable
from lms.permissions import Actor, allowed
from mentoring import anchors, comments
from mentoring.comments import Answer, Comment, CommentKind, CommentState

WORKING_DAYS = 3
"""How soon a senior trainer says her opinion."""


class ReviewState(StrEnum):
    ASKED = "asked"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


say(
    {
        ReviewState.ASKED: Word(lazy("with the senior trainer"), "turn", "turn"),
        ReviewState.IN_REVIEW: Word(lazy("being read"), "turn", "eye"),
        ReviewState.RETURNED: Word(lazy("sent back"), "turn", "undo"),
        ReviewState.APPROVED: Word(lazy("approved"), "good", "ok"),
        ReviewState.WITHDRAWN: Word(lazy("taken back"), "", "none"),
    }
)

UNDER_WAY = {ReviewState.ASKED, ReviewState.IN_REVIEW}
FLOW = Flow(
    begin=({ReviewState.ASKED}, ReviewState.IN_REVIEW),
    withdraw=({ReviewState.ASKED}, ReviewState.WITHDRAWN),
    send_back=(UNDER_WAY, ReviewState.RETURNED),
    approve=(UNDER_WAY, ReviewState.APPROVED),
)


class Review(db.Model):
    """One round: a numbered version before a senior trainer, until her verdict."""

    __tablename__ = "mentoring_reviews"
    __table_args__ = (
        db.owned(),
        db.within("frozen_documents", "frozen_id"),
        UniqueConstraint("kind", "subject_id", "number"),
        CheckConstraint("asked_by_id <> reviewer_id", name="nobody_reviews_herself"),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="nobody_decides_her_own"
        ),
        CheckConstraint(
            "(state IN ('returned', 'approved')) = (decided_at IS NOT NULL)",
            name="decided_has_a_moment",
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"
        ),
        Index("ix_mentoring_reviews_waiting", "programme_id", "kind", "state", "due_on"),
        Index("ix_mentoring_reviews_subject", "subject_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    kind: Mapped[db.Code]
    """What kind of thing it is about: the name of a reviewable."""
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    """The thing itself; never followed from here."""
    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The file that it belongs to, as the caller names it: for the record of who read what."""
    number: Mapped[int]
    frozen_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    asked_at: Mapped[db.Moment]
    due_on: Mapped[date]
    state: Mapped[ReviewState] = mapped_column(db.choice(ReviewState), default=ReviewState.ASKED)
    verdict: Mapped[db.Sealed | None]
    decided_at: Mapped[db.Moment | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[int] = mapped_column()
    document: Mapped[Frozen] = relationship(foreign_keys=[frozen_id], viewonly=True)
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    reviewer: Mapped[Person] = relationship(foreign_keys=[reviewer_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    __mapper_args__ = {"version_id_col": version}


# Scopes


def asked_of(me: Actor) -> ColumnElement[bool]:
    """The reviews that this senior trainer was asked for; what is in them is the topic's own."""
    return Review.reviewer_id == me.id


# Rules


@cache
def _holidays() -> Any:
    return holidays.country_holidays("IT")


def working_days_after(day: date, number: int) -> date:
    """The day that is so many working days later: no weekends, no Italian holidays."""
    while number:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _holidays():
            number -= 1
    return day


# Queries


def of_subject(subject_id: UUID) -> list[Review]:
    """The rounds of one thing, in order."""
    query = select(Review).where(Review.subject_id == subject_id).order_by(Review.number)
    return list(db.session.scalars(query))


def rounds(subject_id: UUID) -> tuple[list[Review], int]:
    """The rounds of one thing, in order, and how many comments wait for the writer's answer."""
    query = select(Review, comments.waiting(subject_id)).where(Review.subject_id == subject_id)
    found = list(db.session.execute(query.order_by(Review.number)))
    return [review for review, _ in found], found[0][1] if found else 0


def latest(subject_id: UUID) -> Review | None:
    """The last round that was asked of a thing, taken back or not."""
    query = select(Review).where(Review.subject_id == subject_id).order_by(Review.number.desc())
    return db.session.scalar(query.limit(1))


def waiting(reviewables: Sequence[Reviewable], me: Actor) -> list[tuple[Reviewable, Review, Any]]:
    """All that waits for this person's opinion, soonest first, with the thing that it is about.

    One statement for each kind of thing; each under its own topic's permission.
    """
    found: list[tuple[Reviewable, Review, Any]] = []
    for kind in reviewables:
        query = (
            select(Review, kind.model)
            .join(kind.model, kind.model.id == Review.subject_id)
            .where(
                Review.programme_id == me.programme_id,
                Review.kind == kind.kind,
                Review.state.in_(UNDER_WAY),
                Review.asked_by_id != me.id,
                allowed(me, kind.permission),
            )
        )
        found += [(kind, review, thing) for review, thing in db.session.execute(query)]
    return sorted(found, key=lambda each: (each[1].due_on, each[1].asked_at))


# Operations: comments and verdict of one round come one after the other, so each locks it


def ask(
    kind: str,
    subject_id: UUID,
    document: Frozen,
    *,
    case_id: UUID | None,
    key_id: UUID,
    reviewer: Person,
    link: str,
    code: str,
    by: Actor,
) -> Review:
    """Ask a senior trainer's opinion of a frozen version; the mail names only its code."""
    if reviewer.id == by.id:
        raise Refused(lazy("Nobody approves her own."))
    review = Review(
        programme_id=by.programme_id,
        kind=kind,
        subject_id=subject_id,
        case_id=case_id,
        number=document.number,
        frozen_id=document.id,
        key_id=key_id,
        asked_by_id=by.id,
        reviewer_id=reviewer.id,
        asked_at=clock.now(),
        due_on=working_days_after(clock.today(), WORKING_DAYS),
    )
    db.session.add(review)
    mail.send(reviewer.id, "mentoring/awaits", link=link, code=code, by=by)
    audit.record("review asked", review, by=by, subjects=_subjects(review))
    return review


def withdraw(review: Review, *, by: Actor) -> None:
    """Take back what was handed in, as long as nobody has begun to read it."""
    db.locked(review)
    FLOW.move(review, "withdraw")
    audit.record("review withdrawn", review, by=by, subjects=_subjects(review))


def comment(
    review: Review,
    section: int,
    *,
    kind: CommentKind,
    said: str,
    quote: str = "",
    near: int | None = None,
    by: Actor,
) -> Comment:
    """Say something of a section of the version under review, or of some words in it.

    `section` is its place in the version, from 1. Raises Invalid.
    """
    db.locked(review)
    _by_another(review, by)
    sections = contents(review, by=by)
    if not 1 <= section <= len(sections):
        raise NotFound()
    if review.state not in UNDER_WAY:
        raise Refused(lazy("This version is no longer under review."))
    row = Comment(
        programme_id=review.programme_id,
        review_id=review.id,
        subject_id=review.subject_id,
        case_id=review.case_id,
        number=comments.next_number(review.subject_id),
        key_id=review.key_id,
        section_id=UUID(sections[section - 1]["id"]),
        kind=kind,
        at=clock.now(),
        by_id=by.id,
        state=CommentState.SETTLED if kind == CommentKind.WELL_DONE else CommentState.OPEN,
    )
    if text.normal(quote):
        anchor = anchors.place(sections[section - 1]["text"], quote, near=near)
        if anchor is None:
            raise Invalid(quote=lazy("These words are not in this section: copy them as they are."))
        row.offset = anchor.offset
        keys.seal(row, by=by, quote=anchor.quote, before=anchor.before, after=anchor.after)
    keys.seal(row, by=by, text=said)
    db.session.add(row)
    if review.state == ReviewState.ASKED:
        FLOW.move(review, "begin")
    audit.record("comment made", row, by=by, subjects=_subjects(review))
    return row


def answer(review: Review, comment: Comment, said: str, *, by: Actor) -> Answer:
    """Answer a comment of a version that came back; a later answer is added to it."""
    db.locked(review)
    if review.asked_by_id != by.id:
        raise Refused(lazy("Only who wrote it answers."))
    if review.state != ReviewState.RETURNED:
        raise Refused(lazy("Comments are answered when the version has come back."))
    comments.FLOW.move(comment, "answer")
    row = Answer(
        programme_id=review.programme_id,
        comment_id=comment.id,
        case_id=review.case_id,
        key_id=review.key_id,
        at=clock.now(),
        by_id=by.id,
    )
    keys.seal(row, by=by, text=said)
    db.session.add(row)
    audit.record("comment answered", row, by=by, subjects=_subjects(review))
    return row


def settle(review: Review, comment: Comment, *, by: Actor) -> None:
    """The change was made, or is no longer wanted."""
    _judge(review, comment, "settle", by)
    audit.record("comment settled", comment, by=by, subjects=_subjects(review))


def reopen(review: Review, comment: Comment, *, by: Actor) -> None:
    """The change is still to be made."""
    if comment.kind == CommentKind.WELL_DONE:
        raise Refused(lazy("Praise asks for nothing."))
    _judge(review, comment, "reopen", by)
    audit.record("comment still open", comment, by=by, subjects=_subjects(review))


def _judge(review: Review, comment: Comment, move: str, by: Actor) -> None:
    db.locked(review)
    _by_another(review, by)
    if review.state not in UNDER_WAY:
        raise Refused(lazy("This version is no longer under review."))
    comments.FLOW.move(comment, move)
    if review.state == ReviewState.ASKED:
        FLOW.move(review, "begin")


def send_back(review: Review, verdict: str, *, link: str, code: str, by: Actor) -> int:
    """Send it back with what must change; what was answered but not settled is open again."""
    db.locked(review)
    _by_another(review, by)
    unsettled = comments.count_unsettled(review.subject_id)
    if review.state in UNDER_WAY and not unsettled:
        raise Refused(lazy("To send it back, say at least one thing that must change."))
    _decide(review, "send_back", verdict, by)
    for row in comments.of_subject(review.subject_id):
        if comments.is_unsettled(row) and row.state == CommentState.ANSWERED:
            comments.FLOW.move(row, "reopen")
    mail.send(review.asked_by_id, "mentoring/awaits", link=link, code=code, by=by)
    audit.record("review sent back", review, by=by, subjects=_subjects(review))
    return unsettled


def approve(review: Review, verdict: str, *, link: str, code: str, by: Actor) -> None:
    """Approve this version: nothing in it must change any more."""
    db.locked(review)
    _by_another(review, by)
    unsettled = comments.count_unsettled(review.subject_id)
    if review.state in UNDER_WAY and unsettled:
        raise Refused(
            nlazy(
                "One comment still asks for a change: settle it, or send the version back.",
                "%(num)d comments still ask for a change: settle them, or send the version back.",
                unsettled,
            )
        )
    _decide(review, "approve", verdict, by)
    mail.send(review.asked_by_id, "mentoring/awaits", link=link, code=code, by=by)
    audit.record("review approved", review, by=by, subjects=_subjects(review))


def contents(review: Review, *, by: Actor) -> list[dict[str, Any]]:
    """The sections of the version under review: id, kind, title and text of each."""
    found = frozen.read(review.document, by=by, subject=review.case_id)
    sections: list[dict[str, Any]] = found["sections"]
    return sections


def _decide(review: Review, move: str, verdict: str, by: Actor) -> None:
    keys.seal(review, by=by, verdict=verdict or None)
    FLOW.move(review, move, decided_at=clock.now(), decided_by_id=by.id)


def _by_another(review: Review, by: Actor) -> None:
    if review.asked_by_id == by.id:
        raise Refused(lazy("Nobody approves her own."))


def _subjects(review: Review) -> list[UUID]:
    return [review.case_id] if review.case_id else []
