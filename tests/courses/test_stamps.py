"""Stamps and acts only grow; a person has one in and one out on a page."""

import pytest

from courses import stamps
from courses.presence import StampKind
from lms import db


def test_stamps_acts_and_lines_cannot_be_changed_or_taken_away(make):
    make.certified_page()
    tables = ("courses_stamps", "courses_acts", "courses_lines", "courses_expected")
    for table in tables:
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with pytest.raises(Exception, match="only grows"):
                db.session.execute(db.text(statement))
            db.session.rollback()


def test_in_and_out_are_the_only_two_stamps_of_a_person(make):
    group = make.attended_page(trainees=1)
    kinds = [s.kind for s in stamps.of_page(group.session.id)[group.enrolments[0].id]]
    assert kinds == [StampKind.IN, StampKind.OUT]
