"""Answers: what was ticked or written to each question of an attempt, and what it was worth.

An answer knows which wording it answers and in which order its choices were shown, so it reads
the same years later.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, Uuid, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import questions
from courses.questions import Option, QuestionKind, QuestionVersion
from lms import db, text
from lms.errors import Invalid
from lms.i18n import lazy

LONGEST_WORD = 200
TRUTH = {"true": lazy("True"), "false": lazy("False")}


class Answer(db.Model):
    """What was answered to one question of an attempt, and what it was worth."""

    __tablename__ = "courses_answers"
    __table_args__ = (
        db.owned(),
        db.within("courses_attempts", "attempt_id"),
        db.within("courses_question_versions", "question_id"),
        UniqueConstraint("attempt_id", "position"),
        UniqueConstraint("attempt_id", "question_id"),
        CheckConstraint("mark BETWEEN 0 AND 100", name="mark_is_one"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    attempt_id: Mapped[UUID] = mapped_column(Uuid)
    question_id: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column()
    shown: Mapped[str] = mapped_column(String(200))
    """The order in which its answers are shown: a JSON list of their places in the question."""
    chosen: Mapped[str] = mapped_column(String(200), default="[]")
    """The places of those that were ticked: a JSON list."""
    said: Mapped[str] = mapped_column(Text, default="")
    """What was written, where a word is asked."""
    mark: Mapped[int | None]
    saved_at: Mapped[db.Moment | None]
    question: Mapped[QuestionVersion] = relationship(foreign_keys=[question_id])

    @property
    def name(self) -> str:
        """The name of its field in the page: q1, q2, ..."""
        return f"q{self.position}"

    @property
    def is_given(self) -> bool:
        return self.said != "" or self.chosen != "[]"

    @property
    def kind(self) -> QuestionKind:
        return self.question.kind


@dataclass(frozen=True)
class Shown:
    """One answer to choose from, as it stands on the page."""

    value: str
    text: str
    ticked: bool
    option: Option
    """Only for the page of the result."""


# Rules


def order(attempt_id: UUID, question: QuestionVersion) -> list[int]:
    """The order of a question's answers in one attempt; true and false stand as they are."""
    places = list(range(len(question.answers)))
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        random.Random(f"{attempt_id}{question.id}").shuffle(places)  # noqa: S311 - an order, no secret
    return places if question.kind != QuestionKind.SHORT else []


def choices(answer: Answer) -> list[Shown]:
    """The answers to choose from, in the order of this attempt."""
    ticked = json.loads(answer.chosen)
    return [
        Shown(str(number), _text(answer.kind, option), place in ticked, option)
        for number, place in enumerate(json.loads(answer.shown), 1)
        for option in [answer.question.answers[place]]
    ]


def _text(kind: QuestionKind, option: Option) -> str:
    return str(TRUTH[option.it]) if kind == QuestionKind.TRUE_FALSE else option.text


def given(answer: Answer, values: Sequence[str]) -> tuple[str, str]:
    """What was sent for a question, as `chosen` and `said`. Raises Invalid."""
    if answer.kind == QuestionKind.SHORT:
        said = text.normal(" ".join(values))
        if len(said) > LONGEST_WORD:
            raise Invalid(**{answer.name: lazy("A few words are enough.")})
        return "[]", said
    places = json.loads(answer.shown)
    known = {str(number): place for number, place in enumerate(places, 1)}
    sent = [value for value in values if value]
    if not set(sent) <= known.keys():
        raise Invalid(**{answer.name: lazy("Choose among the answers on the page.")})
    if len(sent) > 1 and answer.kind != QuestionKind.MULTIPLE:
        raise Invalid(**{answer.name: lazy("Choose one answer.")})
    return json.dumps(sorted({known[value] for value in sent})), ""


def feedback(answer: Answer) -> list[str]:
    """What is said about an answer once it is marked."""
    if answer.kind == QuestionKind.SHORT:
        option = questions.recognised(answer.question, answer.said)
        said = [option.feedback if option else ""]
    else:
        said = [choice.option.feedback for choice in choices(answer) if choice.ticked]
    return [line for line in dict.fromkeys([*said, answer.question.feedback]) if line]


def right(answer: Answer) -> list[str]:
    """What would have been right, in the reader's language."""
    if answer.kind == QuestionKind.SHORT:
        words = [o.text for o in answer.question.answers if o.text and o.weight == questions.WHOLE]
        return words[:1]
    return [c.text for c in choices(answer) if c.option.weight > 0]


# Queries


def of(attempt_id: UUID) -> list[Answer]:
    """The answers of an attempt, question by question."""
    query = (
        select(Answer)
        .options(joinedload(Answer.question))
        .where(Answer.attempt_id == attempt_id)
        .order_by(Answer.position)
    )
    return list(db.session.scalars(query))
