"""State machines as plain tables, and the one word that each state has everywhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.errors import Stale, WrongState
from lms.i18n import Lazy, lazy


@dataclass(frozen=True)
class Word:
    """How a state is said: its word, its tone (good, bad, turn, voice, plain), its sign."""

    label: Lazy
    tone: str = ""
    icon: str = ""


_words: dict[tuple[type, str], Word] = {}


def say(words: Mapping[StrEnum, Word]) -> None:
    """Declare the words of a set of states; the same in list, page and mail."""
    for state, said in words.items():
        _words[type(state), state.value] = said


def word(state: StrEnum) -> Word:
    """The word of a state, for templates."""
    return _words[type(state), state.value]


def has_word(state: StrEnum) -> bool:
    return (type(state), state.value) in _words


class Flow:
    """Named moves between states: Flow(submit=({DRAFT}, SUBMITTED), ...)."""

    def __init__(self, **moves: tuple[set[Any], Any]) -> None:
        self.moves = moves

    def check(self, thing: Any, name: str) -> None:
        """Raises WrongState where the move is not possible."""
        if thing.state not in self.moves[name][0]:
            raise WrongState(
                lazy("This is not possible now: it is %(state)s.", state=word(thing.state).label)
            )

    def move(self, thing: Any, name: str, **columns: object) -> None:
        """Make the move, and set the columns that belong to it.

        Their values are read before the state changes, so that no autoflush can write a row that
        is between two states.
        """
        self.check(thing, name)
        for column, value in columns.items():
            setattr(thing, column, value)
        thing.state = self.moves[name][1]

    def open_to(self, state: StrEnum) -> set[str]:
        return {name for name, (sources, _) in self.moves.items() if state in sources}


def unchanged(row: Any, version: int | None, theirs: Callable[[], Mapping[str, str]]) -> None:
    """Refuse a save that began from an older version, showing what was saved meanwhile.

    A save that does not say from which version it began counts as old.
    """
    if row.version != version:
        raise Stale(
            lazy("Someone saved this while you were writing. Nothing of yours is lost."),
            theirs=theirs(),
        )
