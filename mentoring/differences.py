"""What changed between two texts, word by word, laid out in paragraphs with the quotes marked."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_PAIRS = 2_000_000
"""Pairs of equal words that are worth comparing; beyond it a text counts as written anew."""


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed, came or went."""

    change: Change
    text: str
    is_quoted: bool = False

    @property
    def space(self) -> str:
        """The space before its words: it is shown outside the mark of the change."""
        return self.text[: len(self.text) - len(self.body)]

    @property
    def body(self) -> str:
        return self.text.lstrip()


def words(text: str) -> list[str]:
    """Words and signs, each with the space before it; joined they give the text again."""
    return re.findall(r"\s*(?:\w+|[^\w\s])|\s+$", text)


def changes(before: str, after: str) -> list[Piece]:
    """The text as it is after, with what was taken out in its place."""
    old, new = words(before), words(after)
    counted = Counter(new)
    if sum(number * counted[word] for word, number in Counter(old).items()) > MOST_PAIRS:
        steps: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    else:
        steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pieces: list[Piece] = []
    for step, i, j, k, m in steps:
        if step == "equal":
            pieces.append(Piece(Change.SAME, "".join(new[k:m])))
            continue
        if i < j:
            pieces.append(Piece(Change.REMOVED, "".join(old[i:j])))
        if k < m:
            pieces.append(Piece(Change.ADDED, "".join(new[k:m])))
    return [piece for piece in pieces if piece.text]


def marked(pieces: Sequence[Piece], quotes: Sequence[tuple[int, int]]) -> list[Piece]:
    """The same pieces, cut where a quote begins or ends; quotes are places in the later text."""
    cut: list[Piece] = []
    position = 0
    for piece in pieces:
        if piece.change == Change.REMOVED:
            cut.append(piece)
            continue
        end = position + len(piece.text)
        edges = {position, end} | {e for quote in quotes for e in quote if position < e < end}
        ordered = sorted(edges)
        for start, stop in zip(ordered, ordered[1:], strict=False):
            inside = any(a <= start and stop <= b for a, b in quotes)
            text = piece.text[start - position : stop - position]
            cut.append(Piece(piece.change, text, inside))
        position = end
    return cut


def paragraphs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces line by line; line ends that were taken out do not break the line they left."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.change == Change.REMOVED:
            flat = re.sub(r"\s*\n\s*", " ", piece.text)
            if flat.strip():
                lines[-1].append(Piece(piece.change, flat))
            continue
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Piece(piece.change, part, piece.is_quoted))
    return [line for line in lines if any(piece.text.strip() for piece in line)]
