"""The timeline of a case as a person sees it: each event with its words and its place on a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.cases import Event, Outcome, Reason
from lms.flow import Word, word
from lms.i18n import Lazy, lazy


@dataclass(frozen=True)
class Mark:
    """One event on the line."""

    event: Event
    place: float
    """From 0, the first event, to 100, which is now."""
    word: Word
    detail: Lazy | str


# Rules


def said(event: Event) -> Lazy | str:
    """What an event's code means, in words."""
    if event.detail in set(Outcome):
        return word(Outcome(event.detail)).label
    if event.detail in set(Reason):
        return word(Reason(event.detail)).label
    if event.detail.isdigit():
        return lazy("version %(number)s", number=event.detail)
    return event.detail


def places(moments: Sequence[datetime], until: datetime) -> list[float]:
    """Where each moment stands on a line from the first to now, in hundredths of its length."""
    if not moments:
        return []
    whole = (until - moments[0]).total_seconds() or 1
    return [round(100 * (m - moments[0]).total_seconds() / whole, 1) for m in moments]


def marks(events: Sequence[Event], until: datetime) -> list[Mark]:
    """The events, oldest first, each at its place."""
    found = places([event.at for event in events], until)
    return [
        Mark(event, place, word(event.kind), said(event))
        for event, place in zip(events, found, strict=True)
    ]
