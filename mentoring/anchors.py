"""Anchors: where in a section's text a comment stands, and whether it still has a place later.

Pure rules on values. Texts are in NFC. A quote is found whatever its line breaks and spaces; it
keeps some letters before and after it, which tell one place from another. Into a later version a
quote is carried only where it stands exactly once in the same section, or once between the same
letters; else it has lost its place.
"""

import re
from dataclasses import dataclass

from lms import text as words

NEAR = 32
"""Letters kept before and after a quote."""


@dataclass(frozen=True)
class Anchor:
    """A quote at its place in the text of a section."""

    quote: str
    before: str
    after: str
    offset: int

    @property
    def end(self) -> int:
        return self.offset + len(self.quote)


def places(text: str, quote: str) -> list[tuple[int, int]]:
    """Where the quote stands in the text, from and to, whatever its spaces and line breaks."""
    parts = words.normal(quote).split()
    if not parts:
        return []
    pattern = re.compile(r"\s+".join(re.escape(part) for part in parts))
    return [match.span() for match in pattern.finditer(text)]


def at(text: str, start: int, end: int) -> Anchor:
    """The anchor of these letters of the text."""
    return Anchor(
        quote=text[start:end],
        before=text[max(0, start - NEAR) : start],
        after=text[end : end + NEAR],
        offset=start,
    )


def place(text: str, quote: str, *, near: int | None = None) -> Anchor | None:
    """The quote's anchor in the text that it was taken from; None where it is not in it.

    Where it stands several times, the place nearest to `near` is meant, or the first.
    """
    found = places(text, quote)
    if not found:
        return None
    start, end = found[0] if near is None else min(found, key=lambda span: abs(span[0] - near))
    return at(text, start, end)


def carried(anchor: Anchor, text: str | None) -> Anchor | None:
    """The anchor in a later text of the same section; None where its place is lost."""
    found = [at(text or "", *span) for span in places(text or "", anchor.quote)]
    if len(found) > 1:
        found = [a for a in found if (a.before, a.after) == (anchor.before, anchor.after)]
    return found[0] if len(found) == 1 else None
