"""Lines as people read them: chosen by what they add up to, page by page, and broken down.

Every total of hours opens to the lines that it sums. A line that a correction took back, the line
that takes it back, and what stands instead are read together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.calendar import Session, SessionState
from courses.curriculum import Unit
from courses.ledger import Line, Source


@dataclass(frozen=True)
class Chosen:
    """Which lines of somebody are asked for; what is None is not asked about."""

    module: int | None = None
    unit: str | None = None
    """Its code."""
    source: Source | None = None
    state: SessionState | None = None
    """Of the page."""
    pages: frozenset[int] = frozenset()

    @property
    def is_all(self) -> bool:
        return self == Chosen()

    def takes(self, line: Line) -> bool:
        session = line.session
        return (
            self.module in (None, line.module)
            and self.unit in (None, line.unit.code)
            and self.source in (None, line.source)
            and (self.state is None or (session is not None and session.state == self.state))
            and (not self.pages or (session is not None and session.page in self.pages))
        )


@dataclass(frozen=True)
class Told:
    """One line, beside what takes it back."""

    line: Line
    taken_back: Line | None

    @property
    def takes_back(self) -> bool:
        return self.line.reverses_id is not None


@dataclass(frozen=True)
class Sheaf:
    """The lines of one page, or of what has none, in the order in which they came."""

    session: Session | None
    unit: Unit
    told: Sequence[Told]

    @property
    def at(self) -> datetime:
        return self.session.starts_at if self.session else self.told[0].line.at

    @property
    def minutes(self) -> int:
        return sum(one.line.minutes for one in self.told)

    @property
    def is_corrected(self) -> bool:
        return len(self.told) > 1


@dataclass(frozen=True)
class Row:
    """The minutes of one unit, or of one module, by source."""

    module: int
    unit: Unit | None
    by_source: Mapping[Source, int]

    @property
    def minutes(self) -> int:
        return sum(self.by_source.values())


@dataclass(frozen=True)
class Breakdown:
    """Minutes by module, unit and source: whichever way they are added, the total is one."""

    sources: Sequence[Source]
    modules: Sequence[tuple[Row, Sequence[Row]]]
    """Each module with its units."""

    @property
    def by_source(self) -> Mapping[Source, int]:
        return {s: sum(row.by_source.get(s, 0) for row, _ in self.modules) for s in self.sources}

    @property
    def minutes(self) -> int:
        return sum(self.by_source.values())


# Rules


def chosen(lines: Iterable[Line], wanted: Chosen) -> list[Line]:
    return [line for line in lines if wanted.takes(line)]


def sheaves(lines: Iterable[Line], among: Iterable[Line] | None = None) -> list[Sheaf]:
    """These lines page by page; `among` are all that there are, where some were left out."""
    shown = list(lines)
    back = {line.reverses_id: line for line in (shown if among is None else among)}
    found: dict[UUID, list[Told]] = {}
    for line in shown:
        told = Told(line, back.get(line.id))
        found.setdefault(line.session_id or line.id, []).append(told)
    return [Sheaf(told[0].line.session, told[0].line.unit, told) for told in found.values()]


def breakdown(lines: Iterable[Line]) -> Breakdown:
    """The same minutes by module, unit and source."""
    cells: dict[int, dict[Unit, dict[Source, int]]] = {}
    for line in lines:
        row = cells.setdefault(line.module, {}).setdefault(line.unit, {})
        row[line.source] = row.get(line.source, 0) + line.minutes
    modules = []
    for module in sorted(cells):
        rows = [
            Row(module, unit, cells[module][unit])
            for unit in sorted(cells[module], key=lambda u: u.position)
        ]
        modules.append((Row(module, None, _added(r.by_source for r in rows)), rows))
    used = _added(row.by_source for row, _ in modules)
    return Breakdown([s for s in Source if s in used], modules)


def _added(parts: Iterable[Mapping[Source, int]]) -> dict[Source, int]:
    found: dict[Source, int] = {}
    for part in parts:
        for source, minutes in part.items():
            found[source] = found.get(source, 0) + minutes
    return found
