"""A register filled in bulk says what its pages would have said, and holds."""

import pytest
from sqlalchemy import func, select

from courses import verification
from courses.ledger import Line
from courses.stamps import Stamp
from lms import bulk, db
from tests.tampering import past_the_triggers


@pytest.fixture
def filled(database):
    """Two editions of 26 pages and 30 trainees each."""
    db.session.remove()
    return bulk.fill(1000)


def test_what_is_filled_in_bulk_holds(filled):
    found = list(verification.verify())
    assert [(v.edition, v.pages, v.fault) for v in found] == [
        ("B00001", 26, None),
        ("B00002", 26, None),
    ]
    assert filled == db.session.scalar(select(func.count()).select_from(Line)) == 1560
    minutes = db.session.scalar(select(func.sum(Line.minutes)))
    assert sum(v.minutes for v in found) == minutes
    assert {row.minutes == 0 for row in db.session.scalars(select(Line))} == {True, False}
    stamps = db.session.scalar(select(func.count()).select_from(Stamp))
    assert sum(v.entries for v in found) == filled + stamps + 2 * 26 * 4


def test_several_processes_say_the_same_as_one(filled):
    with past_the_triggers() as connection:
        line = select(Line.id).where(Line.minutes == 0).order_by(Line.id).limit(1)
        connection.execute(
            Line.__table__.update()
            .where(Line.__table__.c.id == line.scalar_subquery())
            .values(minutes=210)
        )
    alone = list(verification.verify())
    assert sum(v.fault is not None for v in alone) == 1
    assert list(verification.verify(processes=2)) == alone


def test_only_a_long_register_is_worth_several_processes():
    assert verification.processes_for(verification.MANY - 1) == 1
    assert verification.processes_for(verification.MANY) >= 1


def test_a_page_is_read_the_same_one_by_one_and_all_together(filled):
    """What is verified together is what the register shows page by page."""
    from courses import attendance, ledger

    edition = db.session.scalars(select(verification.Edition)).first()
    sources = attendance.sources(edition.id)
    for page in verification._pages(edition.id):
        one = sources[page.id]
        together = attendance.settled(page, one.stamped, one.traced, one.amended)
        assert together == attendance.counted(page)
        minutes = {i: mark.minutes for i, mark in attendance.marks(page).items()}
        assert minutes == ledger.posted(page.id)
