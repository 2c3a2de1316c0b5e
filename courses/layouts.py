"""Layouts: what the attendance files of platforms say, as they really come.

Zoom and Microsoft Teams write their reports in several layouts, languages and encodings; of any
other file a person says which column is which. Read are who was connected, from when to when.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum

from courses import moments
from lms import clock, i18n, text
from lms.errors import Invalid, Refused
from lms.flow import Word, say
from lms.i18n import Lazy, lazy
from lms.keys import folded


class Layout(StrEnum):
    """Which platform has written a file, and how."""

    ZOOM = "zoom"
    TEAMS = "teams"
    ACTIONS = "actions"
    CHOSEN = "chosen"


say(
    {
        Layout.ZOOM: Word(lazy("Zoom, participants report"), "", "doc"),
        Layout.TEAMS: Word(lazy("Microsoft Teams, attendance report"), "", "doc"),
        Layout.ACTIONS: Word(lazy("Microsoft Teams, list of who joined and left"), "", "doc"),
        Layout.CHOSEN: Word(lazy("another file, its columns chosen by hand"), "", "doc"),
    }
)

Row = tuple[int, list[str]]
"""The number of a line, and its cells."""

MOST_LINES = 20_000
MARKS = "\t;,"
TITLE = re.compile(r"\d+\.\s")
JOINED = {
    "joined", "joined before", "join", "entered", "in", "partecipazione", "ha partecipato",
    "partecipazione precedente", "entrato", "entrata", "ingresso", "accesso", "ha avuto accesso",
}  # fmt: skip
LEFT = {
    "left", "leave", "exited", "out", "uscito", "uscita", "abbandonato", "abbandono",
    "ha abbandonato", "ha lasciato",
}  # fmt: skip
YES = {"yes", "si", "true"}
HEADINGS = {
    "name": {"name", "full name", "user name", "participant", "nome", "nome completo",
             "nome utente", "partecipante", "nome e cognome"},
    "mail": {"email", "e-mail", "user email", "email address", "posta elettronica",
             "e-mail dell'utente", "email dell'utente", "email utente", "e-mail utente",
             "indirizzo e-mail", "indirizzo email", "indirizzo di posta elettronica"},
    "joined": {"join time", "time joined", "ora di ingresso", "ora di partecipazione",
               "ora di accesso", "ora di entrata", "ora di inizio partecipazione"},
    "left": {"leave time", "time exited", "ora di uscita", "ora di abbandono",
             "ora di fine partecipazione"},
    "first": {"first join", "prima partecipazione", "primo accesso", "primo ingresso",
              "prima entrata"},
    "last": {"last leave", "ultima uscita", "ultimo abbandono"},
    "whole": {"in-meeting duration", "durata della partecipazione", "durata nella riunione",
              "durata riunione", "durata della riunione"},
    "action": {"user action", "azione utente", "azione dell'utente", "azione"},
    "at": {"timestamp", "data e ora", "data/ora"},
    "waiting": {"in waiting room", "in sala d'attesa"},
    "total": {"total duration", "durata totale"},
    "guest": {"guest", "ospite"},
}  # fmt: skip
"""What the columns are called that matter, in small letters and without what is in brackets."""
AWAY = timedelta(minutes=2)
"""How much of the time between a first join and a last leave may be missing from the whole."""


class Unknown(Refused):
    """A table, but none whose columns we know: somebody has to say which is which."""


@dataclass(frozen=True)
class Line:
    """One connection: who, from when to when, and on which line of the file."""

    number: int
    name: str
    mail: str
    joined: datetime
    left: datetime
    is_open: bool = False
    """Her leaving is not in the file: it says only that she was there until then."""


@dataclass(frozen=True)
class Columns:
    """Where things stand in a table: columns from nought, the line that names them from one."""

    heading: int
    name: int | None = None
    mail: int | None = None
    joined: int | None = None
    left: int | None = None
    action: int | None = None
    at: int | None = None
    waiting: int | None = None
    whole: int | None = None
    """How long somebody was there in all, where only her first join and last leave are told."""
    shift: int | None = None
    """By how many minutes the times are ahead of UTC; None: they are those of Italy."""

    @property
    def zone(self) -> tzinfo:
        return clock.ROME if self.shift is None else timezone(timedelta(minutes=self.shift))


@dataclass(frozen=True)
class Reading:
    """What a file says."""

    layout: Layout
    lines: Sequence[Line]


# The table


def rows(content: bytes) -> list[Row]:
    """The lines of a table that hold anything. Raises Invalid."""
    found = text.decoded(content)
    if found is None or not found.strip():
        raise Invalid(file=lazy("This file cannot be read: take the CSV as the platform gives it."))
    readings = [_split(found, mark) for mark in MARKS]
    known = next((r for r in readings if _recognised(r)), None)
    return known or max(readings, key=lambda r: sum(len(cells) for _, cells in r[:50]))


def _split(content: str, mark: str) -> list[Row]:
    reader = csv.reader(io.StringIO(content), delimiter=mark)
    found = []
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                found.append((reader.line_num, [text.normal(c) for c in cells]))
            if len(found) > MOST_LINES:
                raise Invalid(file=lazy("The file is too long."))
    except csv.Error as error:
        raise Invalid(file=lazy("Line %(n)s cannot be read.", n=reader.line_num)) from error
    return found


def _kinds(cells: Sequence[str]) -> dict[str, int]:
    """Which columns these headings name; of two that are alike the last, which is the person's."""
    found = {}
    for place, title in enumerate(cells):
        bare = re.sub(r"\s*\(.*?\)", "", folded(title))
        for kind, known in HEADINGS.items():
            if bare in known:
                found[kind] = place
    return found


def _recognised(found: Sequence[Row]) -> tuple[Layout, Columns] | None:
    """The layout of a table and its columns, if we know them: of its fullest section."""
    known: list[tuple[tuple[bool, int, int], Layout, Columns]] = []
    for row in found:
        kinds = _kinds(row[1])
        if "name" not in kinds:
            continue
        if kinds.keys() >= {"joined", "left"}:
            is_zoom = "guest" in kinds or "original" in folded(row[1][kinds["name"]])
            places = {key: kinds[key] for key in ("joined", "left")}
            rank, layout = 0, Layout.ZOOM if is_zoom else Layout.TEAMS
        elif kinds.keys() >= {"action", "at"}:
            places = {key: kinds[key] for key in ("at", "action")}
            rank, layout = 1, Layout.ACTIONS
        elif kinds.keys() >= {"first", "last", "whole"}:
            places = {"joined": kinds["first"], "left": kinds["last"], "whole": kinds["whole"]}
            rank, layout = 2, Layout.TEAMS
        else:
            continue
        shift = moments.shift(row[1][next(iter(places.values()))])
        also = {key: kinds.get(key) for key in ("name", "mail", "waiting")}
        order = (not _section(found, row[0]), rank, row[0])
        known.append((order, layout, Columns(row[0], **also, **places, shift=shift)))
    return min(known, key=lambda k: k[0])[1:] if known else None


def _section(found: Sequence[Row], heading: int) -> list[Row]:
    """The lines below a heading, to the next section."""
    below: list[Row] = []
    for number, cells in found:
        if number <= heading:
            continue
        kinds = _kinds(cells)
        is_title = TITLE.match(cells[0]) and not any(cells[1:])
        if is_title or ("name" in kinds and len(kinds) > 2):
            break
        below.append((number, cells))
    return below


def widest(found: Sequence[Row]) -> int:
    """The number of the first of the lines with most cells: the one that may name the columns."""
    return max(found, key=lambda row: (sum(map(bool, row[1])), -row[0]))[0]


def titles(found: Sequence[Row], heading: int) -> list[str]:
    """What each column is called by this line, or by its place."""
    names = next(cells for number, cells in found if number == heading)
    return [name or str(place) for place, name in enumerate(names, 1)]


def chosen(
    *,
    heading: int,
    name: int | None,
    mail: int | None,
    joined: int | None,
    left: int | None,
    action: int | None,
    at: int | None,
    in_utc: bool,
) -> Columns:
    """The columns that a person says. Raises Invalid beside what is missing."""
    if name is None:
        raise Invalid(name=lazy("Choose the column of the names."))
    as_spans, as_actions = (joined, left).count(None), (action, at).count(None)
    if (as_spans, as_actions) not in ((0, 2), (2, 0)):
        raise Invalid(
            joined=lazy("Choose the two columns of join and leave, or what happened and when.")
        )
    shift = 0 if in_utc else None
    return Columns(heading, name, mail, joined, left, action, at, shift=shift)


# What it says


def read(content: bytes, day: date, columns: Columns | None = None) -> Reading:
    """The connections that a file tells of a lesson on this day, in the order of the file.

    Raises Unknown where the columns must be chosen, Invalid with line and reason where it is wrong.
    """
    found = rows(content)
    known = (Layout.CHOSEN, columns) if columns else _recognised(found)
    if known is None:
        if any(_kinds(cells).keys() >= {"name", "total"} for _, cells in found):
            raise Invalid(
                file=lazy(
                    "This report has only totals. Take it again with each join and leave: in Zoom, "
                    "without “unique users”."
                )
            )
        raise Unknown(lazy("We do not know this layout: say which column is which."))
    layout, columns = known
    body = [
        row
        for row in _section(found, columns.heading)
        if folded(_cell(row, columns.waiting)) not in YES
    ]
    if not body:
        raise Invalid(file=lazy("There is no participant in this file."))
    first = columns.joined if columns.at is None else columns.at
    day_first = moments.is_day_first(_cell(body[0], first), day, columns.zone)
    pair = _spans if columns.at is None else _actions
    lines = list(pair(body, columns, day_first))
    for line in lines:
        if (on := clock.local(line.joined).date()) != day:
            said = {"day": i18n.date_year(on), "on": i18n.date_year(day)}
            raise _wrong(line.number, lazy("it is of %(day)s, the lesson of %(on)s.", **said))
    return Reading(layout, lines)


def _wrong(number: int, why: Lazy) -> Invalid:
    return Invalid(file=lazy("Line %(n)s: %(why)s", n=number, why=why))


def _cell(row: Row, place: int | None) -> str:
    return row[1][place] if place is not None and place < len(row[1]) else ""


def _who(row: Row, columns: Columns) -> tuple[str, str]:
    """Name and address as the platform writes them."""
    name, mail = _cell(row, columns.name), _cell(row, columns.mail)
    if not name and not mail:
        raise _wrong(row[0], lazy("it names nobody."))
    return name, mail.casefold() if "@" in mail else ""


def _at(row: Row, place: int | None, columns: Columns, day_first: bool) -> datetime:
    said = _cell(row, place)
    found = moments.moment(said, day_first=day_first, zone=columns.zone)
    if found is None:
        raise _wrong(row[0], lazy("“%(said)s” is no day and time.", said=said[:40]))
    if not moments.is_certain(found):
        raise _wrong(row[0], lazy("the clocks change in that hour, so it may be one of two."))
    return found.astimezone(UTC)


def _spans(body: Sequence[Row], columns: Columns, day_first: bool) -> Iterator[Line]:
    """Lines that tell of one connection each."""
    for row in body:
        name, mail = _who(row, columns)
        joined = _at(row, columns.joined, columns, day_first)
        left = _at(row, columns.left, columns, day_first)
        if left < joined:
            raise _wrong(row[0], lazy("it leaves before it joins."))
        if columns.whole is not None:
            whole = moments.length(_cell(row, columns.whole))
            if whole is None or abs(left - joined - whole) > AWAY:
                raise _wrong(
                    row[0],
                    lazy(
                        "it tells only first join and last leave of somebody who was away in "
                        "between. Take the report with all its sections."
                    ),
                )
        yield Line(row[0], name, mail, joined, left)


def _actions(body: Sequence[Row], columns: Columns, day_first: bool) -> Iterator[Line]:
    """Lines that tell each that somebody joined or left: paired, person by person.

    Who is connected twice at once leaves with her last leave. Where no leave follows, she was there
    at least to her own last line or, when that is a join, to the last moment of the file.
    """
    events: dict[tuple[str, str], list[tuple[datetime, bool, int]]] = {}
    for row in body:
        action = folded(_cell(row, columns.action))
        if action not in JOINED | LEFT:
            raise _wrong(row[0], lazy("“%(said)s” is no join and no leave.", said=action[:40]))
        at = _at(row, columns.at, columns, day_first)
        events.setdefault(_who(row, columns), []).append((at, action in JOINED, row[0]))
    last = max(at for made in events.values() for at, _, _ in made)
    for (name, mail), made in events.items():
        inside: list[tuple[datetime, int]] = []
        made.sort(key=lambda event: (event[0], not event[1]))
        for at, joins, number in made:
            if joins:
                inside.append((at, number))
            elif not inside:
                raise _wrong(number, lazy("it leaves before it joins."))
            else:
                since, opened = inside[0]
                inside.pop()
                if not inside:
                    yield Line(opened, name, mail, since, at)
        if inside:
            until = last if made[-1][1] else made[-1][0]
            yield Line(inside[0][1], name, mail, inside[0][0], until, is_open=True)
