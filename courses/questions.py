"""The question bank: what a quiz asks, in both languages, and how an answer is marked.

A question is known by its name. It is never changed: an import that words it differently adds its
next version, and who has answered the old one keeps it. Weights are hundredths of a percent, so
that 10,000 is a whole answer; marks are hundredths of a point, 100 for a whole answer.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, frozen, i18n, keys
from lms.flow import Word, say
from lms.i18n import lazy
from lms.permissions import Actor

WHOLE = 10_000
"""The weight of a whole answer."""
POINT = 100
"""The mark of a whole answer."""


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    SHORT = "short"


say(
    {
        QuestionKind.SINGLE: Word(lazy("one answer")),
        QuestionKind.MULTIPLE: Word(lazy("more answers")),
        QuestionKind.TRUE_FALSE: Word(lazy("true or false")),
        QuestionKind.SHORT: Word(lazy("a word")),
    }
)


@dataclass(frozen=True)
class Written:
    """One answer of a question as it is written in one language."""

    text: str
    weight: int
    feedback: str = ""


@dataclass(frozen=True)
class Draft:
    """A question as it is written in one language."""

    name: str
    kind: QuestionKind
    text: str
    options: tuple[Written, ...]
    feedback: str = ""
    line: int = 1


@dataclass(frozen=True)
class Option:
    """One answer of a question, in both languages."""

    it: str
    en: str
    weight: int
    feedback_it: str
    feedback_en: str

    @property
    def text(self) -> str:
        return self.en if i18n.language() == "en" else self.it

    @property
    def feedback(self) -> str:
        return self.feedback_en if i18n.language() == "en" else self.feedback_it


class QuestionVersion(db.Model):
    """One wording of a question. Attempts refer to it, so it stays as it was."""

    __tablename__ = "courses_question_versions"
    __table_args__ = (
        db.owned(),
        UniqueConstraint("programme_id", "name", "number"),
        CheckConstraint("number > 0", name="numbered_from_one"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    name: Mapped[db.Short]
    number: Mapped[int] = mapped_column()
    kind: Mapped[QuestionKind] = mapped_column(db.choice(QuestionKind, "kind_known"))
    text_it: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    feedback_it: Mapped[str] = mapped_column(Text, default="")
    feedback_en: Mapped[str] = mapped_column(Text, default="")
    options: Mapped[str] = mapped_column(Text)
    """The answers with weight and feedback in both languages: the canonical text of a list."""
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[db.Moment]

    @property
    def text(self) -> str:
        return self.text_en if i18n.language() == "en" else self.text_it

    @property
    def feedback(self) -> str:
        return self.feedback_en if i18n.language() == "en" else self.feedback_it

    @cached_property
    def answers(self) -> tuple[Option, ...]:
        return tuple(Option(**option) for option in json.loads(self.options))


db.append_only(QuestionVersion.__table__)


# Rules


def faults(it: Draft, en: Draft) -> list[str]:
    """Why these two are not one question in two languages."""
    if it.kind != en.kind:
        return [f"{it.name}: {it.kind.value} in Italian, {en.kind.value} in English"]
    if it.kind == QuestionKind.SHORT:
        return []
    if len(it.options) != len(en.options):
        return [f"{it.name}: {len(it.options)} answers in Italian, {len(en.options)} in English"]
    return [
        f"{it.name}: answer {number} is not worth the same in the two languages"
        for number, (first, second) in enumerate(zip(it.options, en.options, strict=True), 1)
        if first.weight != second.weight
    ]


def content(it: Draft, en: Draft) -> dict[str, Any]:
    """What a question is, whatever its number: two with the same content are the same."""
    return {
        "kind": it.kind,
        "text_it": it.text,
        "text_en": en.text,
        "feedback_it": it.feedback,
        "feedback_en": en.feedback,
        "options": _short(it, en) if it.kind == QuestionKind.SHORT else _paired(it, en),
    }


def _paired(it: Draft, en: Draft) -> list[dict[str, Any]]:
    return [
        {
            "it": first.text,
            "en": second.text,
            "weight": first.weight,
            "feedback_it": first.feedback,
            "feedback_en": second.feedback,
        }
        for first, second in zip(it.options, en.options, strict=True)
    ]


def _short(it: Draft, en: Draft) -> list[dict[str, Any]]:
    """Each language has words of its own; all are accepted from everybody."""
    empty = {"it": "", "en": "", "feedback_it": "", "feedback_en": ""}
    return [
        {
            **empty,
            tongue: option.text,
            f"feedback_{tongue}": option.feedback,
            "weight": option.weight,
        }
        for tongue, draft in (("it", it), ("en", en))
        for option in draft.options
    ]


def mark(question: QuestionVersion, chosen: Collection[int], said: str) -> int:
    """The mark of an answer, from nought to 100: the weights of what was chosen, added up."""
    if question.kind == QuestionKind.SHORT:
        option = recognised(question, said)
        weight = option.weight if option else 0
    else:
        weight = sum(question.answers[index].weight for index in chosen)
    return max(0, min(POINT, (weight + POINT // 2) // (WHOLE // POINT)))


def recognised(question: QuestionVersion, said: str) -> Option | None:
    """Which of the accepted answers these words are; capitals and accents do not matter."""
    words = keys.folded(said)
    fitting = [o for o in question.answers if words and _fits(o.it or o.en, words)]
    return max(fitting, key=lambda option: option.weight, default=None)


def _fits(accepted: str, words: str) -> bool:
    pattern = ".*".join(re.escape(keys.folded(part)) for part in accepted.split("*"))
    return re.fullmatch(pattern, words) is not None


# Queries


def by_ids(ids: Iterable[UUID]) -> dict[UUID, QuestionVersion]:
    query = select(QuestionVersion).where(QuestionVersion.id.in_(list(ids)))
    return {row.id: row for row in db.session.scalars(query)}


def newest(programme_id: UUID, names: Collection[str]) -> dict[str, QuestionVersion]:
    """The newest version of each of these questions."""
    last = (
        select(QuestionVersion.name, func.max(QuestionVersion.number).label("number"))
        .where(QuestionVersion.programme_id == programme_id, QuestionVersion.name.in_(names))
        .group_by(QuestionVersion.name)
        .subquery()
    )
    query = (
        select(QuestionVersion)
        .join(
            last,
            (last.c.name == QuestionVersion.name) & (last.c.number == QuestionVersion.number),
        )
        .where(QuestionVersion.programme_id == programme_id)
    )
    return {row.name: row for row in db.session.scalars(query)}


# Operations


def keep(pairs: Collection[tuple[Draft, Draft]], *, by: Actor) -> list[QuestionVersion]:
    """The rows of these questions, in their order: those already there, or their next version."""
    known = newest(by.programme_id, [it.name for it, _ in pairs])
    return [_kept(it, en, known.get(it.name), by) for it, en in pairs]


def _kept(it: Draft, en: Draft, last: QuestionVersion | None, by: Actor) -> QuestionVersion:
    facts = content(it, en)
    digest = frozen.digest(b"", frozen.canonical(facts))
    if last is not None and last.digest == digest:
        return last
    row = QuestionVersion(
        programme_id=by.programme_id,
        name=it.name,
        number=last.number + 1 if last else 1,
        digest=digest,
        created_at=clock.now(),
        **{**facts, "options": frozen.canonical(facts["options"]).decode()},
    )
    db.session.add(row)
    return row
