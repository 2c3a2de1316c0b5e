"""Words, dates, numbers and hours in the language of the person who reads them.

Sources are English; the Italian catalogue is complete, and a test keeps it so. The language is a
fact of the context (a request, a mail being written), never of the process.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache

from babel.core import Locale
from babel.dates import format_date, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import escape

from lms import paths
from lms.clock import local

LANGUAGES = ("it", "en")
DEFAULT = "it"
_FORMATS = {"it": Locale("it", "IT"), "en": Locale("en", "GB")}
_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@cache
def _catalogue(language: str) -> dict[str, str | tuple[str, ...]]:
    """All the words of a language. Read from the .po files themselves: nothing to compile."""
    words: dict[str, str | tuple[str, ...]] = {}
    for file in sorted((paths.translations() / language).glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale=language):
                key = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string
                whole = said if isinstance(said, str) else tuple(said or ())
                if key and whole and all(whole) and not message.fuzzy:
                    words[key] = whole
    return words


def language() -> str:
    return _language.get()


@contextmanager
def speaking(tongue: str) -> Iterator[None]:
    """Say everything inside the block in this language."""
    token = _language.set(tongue if tongue in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _language.reset(token)


def gettext(message: str, **values: object) -> str:
    found = _catalogue(_language.get()).get(message, message)
    text = found if isinstance(found, str) else found[0]
    return text % values if values else text


def plural(one: str, many: str, number: int) -> str:
    """The form for this number, its values not yet filled in: what templates ask for."""
    found = _catalogue(_language.get()).get(one, (one, many))
    forms = (found, found) if isinstance(found, str) else found
    return forms[0] if number == 1 else forms[-1]


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    return plural(one, many, number) % {"num": number, **values}


class Lazy:
    """A sentence that is said only when it is read, in the reader's language."""

    __slots__ = ("many", "message", "number", "values")

    def __init__(
        self, message: str, values: dict[str, object], many: str = "", number: int = 1
    ) -> None:
        self.message = message
        self.values = values
        self.many = many
        self.number = number

    def __str__(self) -> str:
        values = {k: str(v) if isinstance(v, Lazy) else v for k, v in self.values.items()}
        if self.many:
            return ngettext(self.message, self.many, self.number, **values)
        return gettext(self.message, **values)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __mod__(self, values: dict[str, object]) -> str:
        return str(self) % values

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash((self.message, self.number))


class Listed(Lazy):
    """Several things, one after the other, said only when they are read."""

    __slots__ = ("things",)

    def __init__(self, things: Sequence[object]) -> None:
        super().__init__("", {})
        self.things = things

    def __str__(self) -> str:
        return listed([str(thing) for thing in self.things])


def lazy(message: str, **values: object) -> Lazy:
    return Lazy(message, values)


def nlazy(one: str, many: str, number: int, **values: object) -> Lazy:
    return Lazy(one, values, many, number)


def _format() -> Locale:
    return _FORMATS[_language.get()]


def day(when: date | datetime) -> str:
    """giovedì 12 novembre."""
    return format_date(_day(when), "EEEE d MMMM", locale=_format())


def day_short(when: date | datetime) -> str:
    """12 nov."""
    return format_date(_day(when), "d MMM", locale=_format())


def month_short(when: date | datetime) -> str:
    return format_date(_day(when), "MMM", locale=_format())


def month_year(when: date | datetime) -> str:
    """novembre 2026."""
    return format_date(_day(when), "LLLL yyyy", locale=_format())


def date_year(when: date | datetime) -> str:
    """12 novembre 2026."""
    return format_date(_day(when), "long", locale=_format())


def clock_time(when: datetime) -> str:
    """9:00."""
    return format_time(local(when), "H:mm", locale=_format())


def clock_seconds(when: datetime) -> str:
    return format_time(local(when), "H:mm:ss", locale=_format())


def moment(when: datetime) -> str:
    """12 novembre, 9:00."""
    return f"{format_date(_day(when), 'd MMMM', locale=_format())}, {clock_time(when)}"


def number(value: int | float) -> str:
    return format_decimal(value, locale=_format())


def hours(minutes: int) -> str:
    """47 h 15′, with spaces that do not break."""
    sign, minutes = ("-" if minutes < 0 else ""), abs(minutes)
    whole, rest = divmod(minutes, 60)
    parts = [f"{whole}\N{NO-BREAK SPACE}h"] if whole or not rest else []
    if rest:
        parts.append(f"{rest}\N{PRIME}")
    return sign + "\N{NO-BREAK SPACE}".join(parts)


def listed(names: list[str]) -> str:
    """Anna, Marco e Lucia."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def _day(when: date | datetime) -> date:
    return local(when).date() if isinstance(when, datetime) else when
