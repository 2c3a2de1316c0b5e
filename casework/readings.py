"""Readings: a version of a plan beside the one before, with all that was said of it.

Comments stand beside the section that they are about, through all versions; those whose words are
gone are kept together at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from casework import versions
from casework.goals import SectionKind
from casework.plans import Plan
from lms import frozen, keys
from lms.accounts import Person
from lms.errors import NotFound
from lms.frozen import Frozen
from lms.permissions import Actor
from mentoring import anchors, comments, differences, reviews
from mentoring.anchors import Anchor
from mentoring.comments import Comment, CommentState
from mentoring.differences import Piece
from mentoring.reviews import Review


@dataclass(frozen=True)
class Reply:
    """What was answered to a comment, by whom and when."""

    text: str
    row: Any


@dataclass(frozen=True)
class Said:
    """A comment as it is read: its words, the quote, the version it was made on, the answers."""

    row: Comment
    text: str
    quote: str
    version: int
    replies: Sequence[Reply]

    @property
    def people(self) -> list[Person]:
        """Who made it and who answered."""
        return [self.row.by, *(reply.row.by for reply in self.replies)]


@dataclass
class Passage:
    """A section of a version as it is reviewed: its text with what changed, and what was said."""

    number: int
    """Its place in the version, from 1; 0 for one that is gone since the version before."""
    id: str
    kind: SectionKind
    title: str
    lines: list[list[Piece]]
    said: list[Said] = field(default_factory=list)

    @property
    def unsettled(self) -> int:
        return sum(comments.is_unsettled(each.row) for each in self.said)


@dataclass(frozen=True)
class Reading:
    """One version of a plan, read beside the one before."""

    number: int
    documents: Sequence[Frozen]
    review: Review
    previous: Frozen | None
    passages: Sequence[Passage]
    lost: Sequence[Said]
    verdict: str
    names: dict[UUID, str]
    unsettled: int
    unanswered: int

    @property
    def is_latest(self) -> bool:
        return self.number == self.documents[-1].number

    @property
    def is_under_way(self) -> bool:
        return self.is_latest and self.review.state in reviews.UNDER_WAY

    @property
    def kinds(self) -> list[tuple[SectionKind, Passage, int, int]]:
        """For the list of contents: each kind, its first passage, comments, open changes."""
        found: dict[SectionKind, list[Passage]] = {}
        for passage in self.passages:
            found.setdefault(passage.kind, []).append(passage)
        return [
            (kind, these[0], sum(len(p.said) for p in these), sum(p.unsettled for p in these))
            for kind, these in found.items()
        ]


# Rules


def settle_places(
    said: Sequence[tuple[Said, Anchor | None]], texts: dict[str, str], number: int
) -> tuple[dict[str, list[tuple[Said, Anchor | None]]], list[Said]]:
    """Each comment beside its section in version `number`; and those that have no place any more.

    A comment with a quote is carried only where the quote stands once; one that is settled stays
    beside its section all the same, for it asks for nothing.
    """
    placed: dict[str, list[tuple[Said, Anchor | None]]] = {}
    lost = []
    for each, anchor in said:
        section = str(each.row.section_id)
        if anchor is not None and each.version != number:
            anchor = anchors.carried(anchor, texts.get(section))
            gone = anchor is None and each.row.state != CommentState.SETTLED
        else:
            gone = False
        if section not in texts or gone:
            lost.append(each)
        else:
            placed.setdefault(section, []).append((each, anchor))
    return placed, lost


def passage(
    number: int,
    now: dict[str, Any] | None,
    before: dict[str, Any] | None,
    said: Sequence[tuple[Said, Anchor | None]],
    *,
    compare: bool,
) -> Passage:
    """One section with what changed since the version before, its quotes marked."""
    text = now["text"] if now else ""
    old = before["text"] if before else ""
    pieces = differences.changes(old if compare else text, text)
    quotes = [(anchor.offset, anchor.end) for _, anchor in said if anchor]
    here = now or before or {}
    return Passage(
        number=number,
        id=here["id"],
        kind=SectionKind(here["kind"]),
        title=here["title"],
        lines=differences.paragraphs(differences.marked(pieces, quotes)),
        said=[each for each, _ in said],
    )


# Queries


def approved(plan: Plan, *, by: Actor) -> tuple[Frozen, list[dict[str, Any]]]:
    """The approved version: what is printed and signed. Raises NotFound."""
    if plan.approved_at is None:
        raise NotFound()
    document = versions.documents(plan)[-1]
    return document, _sections(document, plan, by)


def read(plan: Plan, number: int | None = None, *, by: Actor) -> Reading:
    """A version beside the one before, with all that was said of it. Raises NotFound."""
    found, asked = versions.rounds(plan)
    rounds = {review.number: review for review in asked}
    number = number or plan.number
    if number not in rounds:
        raise NotFound()
    shown = found[number - 1]
    previous = found[number - 2] if number > 1 else None
    sections = _sections(shown, plan, by)
    old = {s["id"]: s for s in _sections(previous, plan, by)} if previous else {}
    spoken = [s for s in _spoken(plan, asked, by) if s[0].version <= number]
    placed, lost = settle_places(spoken, {s["id"]: s["text"] for s in sections}, number)
    passages = [
        passage(n, s, old.get(s["id"]), placed.get(s["id"], []), compare=previous is not None)
        for n, s in enumerate(sections, 1)
    ]
    present = {s["id"] for s in sections}
    gone = [passage(0, None, s, [], compare=True) for key, s in old.items() if key not in present]
    review = rounds[number]
    people = [plan.case.activator, review.asked_by, review.reviewer]
    people += [review.decided_by] if review.decided_by else []
    people += [person for each, _ in spoken for person in each.people]
    return Reading(
        number=number,
        documents=found,
        review=review,
        previous=previous,
        passages=_in_order([*passages, *(p for p in gone if p.lines)]),
        lost=lost,
        verdict=keys.open_row(review, by=by).verdict or "",
        names={person.id: person.name for person in people},
        unsettled=sum(comments.is_unsettled(each.row) for each, _ in spoken),
        unanswered=sum(comments.awaits_answer(each.row) for each, _ in spoken),
    )


def _in_order(passages: list[Passage]) -> list[Passage]:
    order = list(SectionKind)
    return sorted(passages, key=lambda p: (order.index(p.kind), p.number or len(passages)))


def _sections(document: Frozen, plan: Plan, by: Actor) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = frozen.read(document, by=by, subject=plan.case_id)["sections"]
    return sections


def _spoken(plan: Plan, rounds: Sequence[Review], by: Actor) -> list[tuple[Said, Anchor | None]]:
    """All comments on a plan with their answers, opened; with where each quote stood."""
    numbers = {review.id: review.number for review in rounds}
    found = []
    for row, answers in comments.spoken(plan.id).items():
        plain, *replies = keys.open_rows([row, *answers], by=by)
        anchor = Anchor(plain.quote, plain.before or "", plain.after or "", plain.row.offset)
        said = Said(
            row=row,
            text=plain.text,
            quote=plain.quote or "",
            version=numbers[row.review_id],
            replies=[Reply(each.text, each.row) for each in replies],
        )
        found.append((said, anchor if plain.quote else None))
    return found


def open_comments(plan: Plan, section_id: UUID, *, by: Actor) -> list[Said]:
    """What was said of a section and is not settled: shown beside it while it is rewritten."""
    return [
        said
        for said, _ in _spoken(plan, reviews.of_subject(plan.id), by)
        if said.row.section_id == section_id and said.row.state != CommentState.SETTLED
    ]
