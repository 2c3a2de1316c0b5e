"""What lies on paper beside the register cannot be changed unseen: page and line are named."""

import pytest
from sqlalchemy import text

from courses import scans, sheets, stamps, terms, verification
from lms import clock, db
from tests.tampering import past_the_triggers


@pytest.fixture
def group(make):
    """A page on stamped paper whose scan agrees, a sheet with its answer, an authorisation."""
    made = make.on_paper(trainees=2)
    make.printed(made, made.sessions[1])
    make.outing(made, made.sessions[1])
    sheets.confirm(make.sheet(made), by=make.actor(made.trainer))
    make.printed(made)
    make.signed_page(made)
    make.scanned(made)
    people = {e.enrolment_id for e in stamps.expected(made.session.id)}
    scans.agree(made.session, people, by=make.actor(made.coordinator))
    terms.authorise(
        made.edition,
        make.PDF,
        reference="Prot. 1",
        dated_on=clock.today(),
        by=make.actor(made.manager),
    )
    db.session.commit()
    assert fault() is None
    return made


def fault():
    return next(verification.verify()).fault


def changed(table, change):
    with past_the_triggers() as connection:
        connection.execute(text(f"UPDATE {table} SET {change}"))
    return fault()


@pytest.mark.parametrize(
    ("table", "change", "place"),
    [
        ("courses_papers", "number = number + 50", "page 1,"),
        ("courses_scans", "at = '2026-01-01 00:00:00'", "page 2,"),
        ("courses_agreements", "number = 9", "page 2,"),
        ("courses_sheets", "done = 'Nothing'", "page 1,"),
        ("courses_sheet_answers", "at = '2026-01-01 00:00:00'", "page 1,"),
        ("courses_authorisations", "reference = 'Prot. 2'", "page -,"),
    ],
)
def test_a_changed_row_is_named_by_page_and_line(group, table, change, place):
    said = changed(table, change)
    assert said.startswith(place)
    assert f"its row in {table} was changed" in said


def test_a_page_that_turns_electronic_afterwards_is_named(group):
    said = changed("courses_sessions", "original = 'electronic' WHERE page = 2")
    assert said == "page 2: its original register is not that of the opening"
