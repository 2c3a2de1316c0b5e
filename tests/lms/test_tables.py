"""Tables as files: what a spreadsheet opens, and computes nothing of."""

import csv
import hashlib
import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest

from lms import i18n, tables
from lms.tables import Origin, Table

AT = datetime(2026, 11, 12, 8, 5, 9, tzinfo=UTC)
TABLE = Table(
    "ore",
    ["Person", "Day", "At", "Minutes", "Nothing"],
    [["Niccolò D’Angiò", date(2026, 11, 12), AT, -30, None], ['a;b "c"\nd', None, None, 0, ""]],
)
ORIGIN = Origin("Anna Bianchi", AT, "ED1 2026-11")
FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%x", " =1", "\t=1", "\n=1", "\ufeff=1", "＝1", "＋1",
    "－1", "＠x",
]  # fmt: skip


def read(made):
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig")), delimiter=";"))


def cells(made, sheet=1):
    """The cells of a sheet as they are written: their texts, figures and formulas."""
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        shared = re.findall(r"<si>(.*?)</si>", book.read("xl/sharedStrings.xml").decode(), re.S)
        return book.read(f"xl/worksheets/sheet{sheet}.xml").decode(), "".join(shared)


def test_a_csv_has_semicolons_iso_dates_and_the_time_of_italy():
    rows = read(tables.as_csv(TABLE, ORIGIN))
    assert rows[:3] == [
        TABLE.columns,
        ["Niccolò D’Angiò", "2026-11-12", "2026-11-12T09:05:09+01:00", "-30", ""],
        ['a;b "c"\nd', "", "", "0", ""],
    ]


def test_the_foot_says_who_when_what_how_many_and_the_hash_of_the_lines_above():
    made = tables.as_csv(TABLE, ORIGIN)
    above, foot = made.split(b"\r\n\r\n")
    found = dict(read(foot))
    assert found == {
        "Made by": "Anna Bianchi",
        "Made at": "2026-11-12T09:05:09+01:00",
        "Chosen": "ED1 2026-11",
        "Rows": "2",
        "SHA-256 of the lines above": hashlib.sha256(above + b"\r\n").hexdigest(),
    }
    assert tables.digest(TABLE) == found["SHA-256 of the lines above"]


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_in_a_csv_is_computed(text):
    [_, [cell, *_], *_] = read(tables.as_csv(Table("x", ["a"], [[text]]), ORIGIN))
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["Anna", "1-2", "a=b", "", "12 %"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert tables.safe(text) == text


@pytest.mark.parametrize("text", [*FORMULAS, "https://example.org/", "007"])
def test_nothing_in_a_workbook_is_computed_or_linked(text):
    sheet, texts = cells(tables.as_xlsx(Table("x", ["a"], [[text]]), ORIGIN))
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 't="s"' in sheet
    assert text.strip("\ufeff \t\n") in texts


def test_a_workbook_holds_figures_as_figures_and_says_beside_what_it_is():
    made = tables.as_xlsx(TABLE, ORIGIN)
    sheet, _ = cells(made)
    assert "<v>-30</v>" in sheet
    beside, texts = cells(made, 2)
    assert "Anna Bianchi" in texts
    assert tables.digest(TABLE) in texts
    assert beside


def test_the_same_table_is_the_same_file():
    assert tables.as_csv(TABLE, ORIGIN) == tables.as_csv(TABLE, ORIGIN)
    assert tables.as_xlsx(TABLE, ORIGIN) == tables.as_xlsx(TABLE, ORIGIN)


def test_the_foot_is_in_the_language_of_its_reader():
    with i18n.speaking("it"):
        assert "Fatto da" in tables.as_csv(TABLE, ORIGIN).decode()
