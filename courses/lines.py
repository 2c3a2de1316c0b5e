"""Lines as people read them: chosen by what they add up to, and broken down.

Every total of hours opens to the lines that it sums.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from courses.calendar import SessionState
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
        )


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


def taken_back(lines: Iterable[Line]) -> set[UUID]:
    """Which of these lines another one takes back."""
    return {line.reverses_id for line in lines if line.reverses_id is not None}


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
