"""The register of personal data knows every column of every table, and says why it is kept."""

import pytest

from lms import db, privacy
from lms.app import PACKAGES

KINDS = {"identity", "contact", "training", "social", "special", "account", "trace"}
ERASURES = {"delete", "key", "anonymise", "keep"}
REGISTER = privacy.register(PACKAGES)
TOLD = [
    pytest.param(entry, id=f"{table}.{column}")
    for table, columns in REGISTER.items()
    for column, entry in columns.items()
    if entry is not None
]


def test_every_column_is_in_the_register_or_declared_not_personal():
    assert privacy.undeclared(PACKAGES) == []


def test_no_table_is_declared_by_two_packages():
    told = [table for package in PACKAGES for table in package.personal_data]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("entry", TOLD)
def test_an_entry_says_whose_why_and_how_long(entry):
    assert entry.kind in KINDS
    assert entry.erase in ERASURES
    assert all(words.strip() for words in (entry.whose, entry.why, entry.keep))


def test_what_is_sealed_ends_with_its_key():
    for table in db.Model.metadata.tables.values():
        for column in table.columns:
            if column.info.get("sealed"):
                entry = REGISTER[table.name][column.name]
                assert entry is not None, f"{table.name}.{column.name} is sealed, so it is personal"
                assert entry.erase == "key", f"{table.name}.{column.name}"


def test_a_sealed_column_lies_in_a_table_that_names_its_key():
    for table in db.Model.metadata.tables.values():
        if any(column.info.get("sealed") for column in table.columns):
            assert "key_id" in table.columns, table.name


def test_special_categories_of_data_are_sealed():
    for table, columns in REGISTER.items():
        for name, entry in columns.items():
            if entry is not None and entry.kind == "special":
                assert db.Model.metadata.tables[table].columns[name].info.get("sealed"), (
                    f"{table}.{name}"
                )
