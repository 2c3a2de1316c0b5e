"""Stamps and acts only grow; a person has one in and one out on a page."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courses import checkin, codes, stamps
from courses.presence import StampKind
from courses.stamps import Stamp
from lms import clock, db
from tests.making.register import START


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


# Two who sign from one device


def made(device, seconds, enrolment=None):
    return Stamp(
        id=uuid4(),
        enrolment_id=enrolment or uuid4(),
        device=device,
        noted_at=START + timedelta(seconds=seconds),
    )


def test_two_people_from_one_device_within_twenty_seconds_are_a_pair():
    one, two, late, other = made(b"a", 0), made(b"a", 20), made(b"a", 41), made(b"b", 5)
    assert stamps.close([late, two, other, one]) == [(one, two)]
    assert stamps.close([one, two, made(b"a", 10)])[0][0] is one
    assert len(stamps.close([one, two, made(b"a", 10)])) == 3, "three people are three pairs"


def test_one_person_alone_and_stamps_without_a_device_are_no_pair():
    who = uuid4()
    assert stamps.close([made(b"a", 0, who), made(b"a", 5, who)]) == []
    assert stamps.close([made(None, 0), made(None, 1)]) == []


def test_a_page_keeps_of_a_device_what_no_other_page_keeps(app):
    page, other = uuid4(), uuid4()
    kept = stamps.device("phone", page)
    assert len(kept) == 8
    assert kept == stamps.device("phone", page)
    assert kept != stamps.device("tablet", page)
    assert kept != stamps.device("phone", other)
    assert stamps.device("", page) is None


def test_the_pairs_of_a_page_are_found(make):
    group = make.opened_page()
    start = group.session.starts_at
    for number, seconds, device in ((0, 0, "x"), (1, 15, "x"), (2, 18, "y")):
        by = make.actor(group.trainees[number], group.programme)
        at = start + timedelta(seconds=seconds)
        with clock.held(at):
            code = codes.code(group.session.id, codes.slice_of(at))
            checkin.check_in(by.id, code, device=device, by=by)
            db.session.commit()
    found = stamps.close(db.session.query(Stamp).filter_by(session_id=group.session.id))
    pairs = [(a.enrolment_id, b.enrolment_id) for a, b in found]
    assert pairs == [(group.enrolments[0].id, group.enrolments[1].id)]
