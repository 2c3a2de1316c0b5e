"""The register of personal data: every column of every table, declared or declared not personal."""

from collections.abc import Iterable

from lms import db
from lms.manifest import Manifest, Personal, PersonalData


def personal(whose: str, kind: str, why: str, keep: str, erase: str) -> Personal:
    """One entry of the register, in the words of article 30."""
    return Personal(whose, kind, why, keep, erase)


def plain(columns: str) -> dict[str, None]:
    """Columns that hold nothing about anybody: ids of rows, states, times of the system."""
    return dict.fromkeys(columns.split())


def register(packages: Iterable[Manifest]) -> dict[str, dict[str, Personal | None]]:
    """The whole register, by table and column."""
    whole: dict[str, dict[str, Personal | None]] = {}
    for package in packages:
        tables: PersonalData = package.personal_data
        for table, columns in tables.items():
            whole.setdefault(table, {}).update(columns)
    return whole


def undeclared(packages: Iterable[Manifest]) -> list[str]:
    """Columns that the register does not know, and entries for columns that are not there."""
    declared = register(packages)
    real = {t.name: set(t.columns.keys()) for t in db.Model.metadata.tables.values()}
    missing = [
        f"{table}.{column} is not in the register"
        for table, columns in real.items()
        for column in columns - set(declared.get(table, {}))
    ]
    stray = [
        f"{table}.{column} is in the register but not in the database"
        for table, columns in declared.items()
        for column in set(columns) - real.get(table, set())
    ]
    return sorted(missing + stray)
