"""Tables as files: CSV and XLSX that a spreadsheet opens without running anything.

A text that a spreadsheet would take for a formula stays a text. The foot says who made the file,
when, of what, how many rows there are, and the SHA-256 of the lines above it, heading included:
whoever has the file can compute it again.
"""

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from lms import clock
from lms.i18n import gettext

Cell = str | int | date | datetime | None
CSV, XLSX = "csv", "xlsx"
FORMATS = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = re.compile(r"[\s\x00-\x1f\ufeff]*[=+\-@|%＝＋－＠]")
"""How a text begins that some spreadsheet would compute."""
_WIDEST = 60


@dataclass(frozen=True)
class Table:
    """Rows under a heading. Its name is that of the file: it says nothing about anybody."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Origin:
    """Who made a file, when, and what was chosen for it."""

    by: str
    at: datetime
    filters: str


# Rules


def safe(text: str) -> str:
    """The text so that no spreadsheet computes it."""
    return f"'{text}" if _FORMULA.match(text) else text


def lines(table: Table) -> bytes:
    """Heading and rows as they stand in the CSV: what the SHA-256 in the foot is of."""
    return b"\xef\xbb\xbf" + _written([table.columns, *table.rows])


def digest(table: Table) -> str:
    return hashlib.sha256(lines(table)).hexdigest()


def as_csv(table: Table, origin: Origin) -> bytes:
    """UTF-8, fields by semicolons, dates and times by ISO 8601; then the foot."""
    return lines(table) + _written([[], *_foot(table, origin)])


def as_xlsx(table: Table, origin: Origin) -> bytes:
    """One sheet with the rows, and one that says what they are."""
    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": origin.at.replace(tzinfo=None)})
        formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            None: book.add_format({"bold": True}),
        }
        sheet = book.add_worksheet(table.name[:31])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, table.columns, formats[None])
        for number, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                _put(sheet, number, column, cell, formats)
        _widen(sheet, [table.columns, *table.rows])
        beside = book.add_worksheet(gettext("About this file")[:31])
        for number, (label, said) in enumerate(_foot(table, origin)):
            beside.write_string(number, 0, label, formats[None])
            beside.write_string(number, 1, said)
        _widen(beside, _foot(table, origin))
    return made.getvalue()


def made(table: Table, kind: str, origin: Origin) -> bytes:
    """The table in one of the two formats."""
    return as_xlsx(table, origin) if kind == XLSX else as_csv(table, origin)


def _put(sheet: Any, row: int, column: int, cell: Cell, formats: Mapping[Any, Any]) -> None:
    match cell:
        case None:
            return
        case datetime():
            at = clock.local(cell).replace(tzinfo=None, microsecond=0)
            sheet.write_datetime(row, column, at, formats[datetime])
        case date():
            sheet.write_datetime(row, column, cell, formats[date])
        case int():
            sheet.write_number(row, column, cell)
        case _:
            sheet.write_string(row, column, cell)


def _widen(sheet: Any, rows: Sequence[Sequence[Cell]]) -> None:
    """Each column as wide as what stands in it, within reason."""
    for column in range(max(map(len, rows), default=0)):
        longest = max(len(_text(row[column])) for row in rows if column < len(row))
        sheet.set_column(column, column, min(longest + 2, _WIDEST))


def _foot(table: Table, origin: Origin) -> list[tuple[str, str]]:
    return [
        (gettext("Made by"), origin.by),
        (gettext("Made at"), _text(origin.at)),
        (gettext("Chosen"), origin.filters or gettext("everything")),
        (gettext("Rows"), str(len(table.rows))),
        (gettext("SHA-256 of the lines above"), digest(table)),
    ]


def _written(rows: Sequence[Sequence[Cell]]) -> bytes:
    kept = io.StringIO()
    writer = csv.writer(kept, delimiter=";", lineterminator="\r\n")
    writer.writerows([[_field(cell) for cell in row] for row in rows])
    return kept.getvalue().encode()


def _field(cell: Cell) -> str | int:
    return cell if isinstance(cell, int) else safe(_text(cell))


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return clock.local(cell).isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
    return str(cell)
