"""Comments: what a senior trainer says of one section of a version, and what is answered.

A comment must lead to a change, is a suggestion, or says what is well done. It stands on a section
and, if wanted, on a quote (see `anchors`), and is counted through all versions of the thing.
"""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    ScalarSelect,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from lms import db
from lms.accounts import Person
from lms.errors import NotFound
from lms.flow import Flow, Word, say
from lms.i18n import lazy


class CommentKind(StrEnum):
    MUST_CHANGE = "must_change"
    SUGGESTION = "suggestion"
    WELL_DONE = "well_done"


class CommentState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"


say(
    {
        CommentKind.MUST_CHANGE: Word(lazy("To change"), "bad", "pen"),
        CommentKind.SUGGESTION: Word(lazy("Suggestion"), "voice", "idea"),
        CommentKind.WELL_DONE: Word(lazy("Well done"), "good", "star"),
        CommentState.OPEN: Word(lazy("open"), "turn", "turn"),
        CommentState.ANSWERED: Word(lazy("answered"), "", "chat"),
        CommentState.SETTLED: Word(lazy("settled"), "good", "ok"),
    }
)

FLOW = Flow(
    answer=({CommentState.OPEN, CommentState.ANSWERED}, CommentState.ANSWERED),
    settle=({CommentState.OPEN, CommentState.ANSWERED}, CommentState.SETTLED),
    reopen=({CommentState.ANSWERED, CommentState.SETTLED}, CommentState.OPEN),
)


class Comment(db.Model):
    """What the senior trainer says of one section, or of some words in it."""

    __tablename__ = "mentoring_comments"
    __table_args__ = (
        db.owned(),
        db.within("mentoring_reviews", "review_id"),
        UniqueConstraint("subject_id", "number"),
        CheckConstraint('(quote IS NULL) = ("offset" IS NULL)', name="quote_has_a_place"),
        CheckConstraint("kind <> 'well_done' OR state = 'settled'", name="praise_asks_nothing"),
        Index("ix_mentoring_comments_review", "review_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    review_id: Mapped[UUID] = mapped_column(Uuid)
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    number: Mapped[int]
    """Counted through all versions of the thing: how an address names it."""
    key_id: Mapped[db.KeyId]
    section_id: Mapped[UUID] = mapped_column(Uuid)
    quote: Mapped[db.Sealed | None]
    before: Mapped[db.Sealed | None]
    after: Mapped[db.Sealed | None]
    offset: Mapped[int | None]
    """Where the quote begins in the section's text, in characters (NFC)."""
    kind: Mapped[CommentKind] = mapped_column(db.choice(CommentKind, "kind_known"))
    text: Mapped[db.Sealed]
    state: Mapped[CommentState] = mapped_column(db.choice(CommentState), default=CommentState.OPEN)
    at: Mapped[db.Moment]
    by_id: Mapped[db.PersonId]
    version: Mapped[int] = mapped_column()
    by: Mapped[Person] = relationship()
    __mapper_args__ = {"version_id_col": version}


class Answer(db.Model):
    """What the writer answers to a comment; a later answer is another row."""

    __tablename__ = "mentoring_answers"
    __table_args__ = (
        db.owned(),
        db.within("mentoring_comments", "comment_id"),
        Index("ix_mentoring_answers_comment", "comment_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    comment_id: Mapped[UUID] = mapped_column(Uuid)
    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    text: Mapped[db.Sealed]
    at: Mapped[db.Moment]
    by_id: Mapped[db.PersonId]
    by: Mapped[Person] = relationship()


db.append_only(Answer.__table__)


# Rules


def is_unsettled(comment: Any) -> bool:
    """Whether this comment still asks for a change."""
    return bool(comment.kind == CommentKind.MUST_CHANGE and comment.state != CommentState.SETTLED)


def awaits_answer(comment: Any) -> bool:
    return bool(comment.state == CommentState.OPEN)


# Queries


def of_subject(subject_id: UUID) -> list[Comment]:
    """All that was said of a thing, through all its versions, in order."""
    query = select(Comment).where(Comment.subject_id == subject_id).order_by(Comment.number)
    return list(db.session.scalars(query))


def numbered(subject_id: UUID, number: int) -> Comment:
    """One comment of a thing, by the number that its address names. Raises NotFound."""
    row = db.session.scalar(
        select(Comment).where(Comment.subject_id == subject_id, Comment.number == number)
    )
    if row is None:
        raise NotFound()
    return row


def spoken(subject_id: UUID) -> dict[Comment, list[Answer]]:
    """All that was said of a thing and answered to it, in order, with by whom; one statement."""
    query = (
        select(Comment, Answer)
        .outerjoin(Answer, Answer.comment_id == Comment.id)
        .where(Comment.subject_id == subject_id)
        .order_by(Comment.number, Answer.at, Answer.id)
        .options(joinedload(Comment.by), joinedload(Answer.by))
    )
    found: dict[Comment, list[Answer]] = {}
    for comment, answer in db.session.execute(query):
        found.setdefault(comment, []).extend([answer] if answer else [])
    return found


def count_unsettled(subject_id: UUID) -> int:
    """How many changes are still open on a thing."""
    return _count(
        subject_id,
        Comment.kind == CommentKind.MUST_CHANGE,
        Comment.state != CommentState.SETTLED,
    )


def count_unanswered(subject_id: UUID) -> int:
    """How many comments wait for the writer's answer."""
    return db.session.scalar(select(waiting(subject_id))) or 0


def waiting(subject_id: Any) -> ScalarSelect[int]:
    """The same number, to be fetched beside something else; by an id or by its column."""
    query = select(func.count()).select_from(Comment)
    return query.where(
        Comment.subject_id == subject_id, Comment.state == CommentState.OPEN
    ).scalar_subquery()


def _count(subject_id: UUID, *wanted: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Comment)
    return db.session.scalar(query.where(Comment.subject_id == subject_id, *wanted)) or 0


def next_number(subject_id: UUID) -> int:
    """The number of the next comment on a thing; its review is locked by the caller."""
    query = select(func.max(Comment.number)).where(Comment.subject_id == subject_id)
    return (db.session.scalar(query) or 0) + 1
