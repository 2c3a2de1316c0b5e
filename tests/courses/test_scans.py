"""Scans: attached, held against the ledger line by line, and asked for before certifying."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from courses import ledger, register, scans, stamps
from courses.calendar import SessionState
from courses.editions import Original
from lms import clock, db, files
from lms.errors import Invalid, Refused, WrongState


def actor(make, group, who="coordinator"):
    return make.actor(getattr(group, who), group.programme)


def on_paper(make, upto="countersigned", **more):
    """A page of an edition on stamped paper, signed or countersigned."""
    group = make.on_paper(**more)
    make.printed(group)
    return (make.countersigned_page if upto == "countersigned" else make.signed_page)(group)


def everybody(group):
    return {e.enrolment_id for e in stamps.expected(group.session.id)}


def agreed(make, group, agreeing=None, who="coordinator"):
    found = everybody(group) if agreeing is None else agreeing
    row = scans.agree(group.session, found, by=actor(make, group, who))
    db.session.commit()
    return row


def certify(make, group):
    with clock.held(group.session.ends_at + timedelta(hours=2)):
        register.certify([group.session], by=actor(make, group, "manager"))
        db.session.commit()


@pytest.mark.parametrize("original", [Original.STAMPED, Original.BOTH])
def test_a_page_on_paper_is_certified_only_when_its_scan_agrees(make, original):
    group = on_paper(make, original=original)
    for step in (lambda: None, lambda: make.scanned(group)):
        step()
        with pytest.raises(Refused, match="its scan and the ledger"):
            certify(make, group)
        db.session.rollback()
    agreed(make, group)
    certify(make, group)
    assert group.session.state == SessionState.CERTIFIED


def test_an_electronic_page_needs_no_scan(make):
    assert make.certified_page().session.state == SessionState.CERTIFIED


def test_a_later_scan_asks_to_compare_again(make):
    group = on_paper(make)
    make.scanned(group)
    agreed(make, group)
    make.scanned(group, content=make.PDF + b" sharper")
    assert scans.lacking([group.session]) == {group.session.id}
    agreed(make, group)
    assert scans.lacking([group.session]) == set()


def test_a_later_correction_asks_to_compare_again(make):
    group = on_paper(make)
    make.scanned(group)
    agreed(make, group)
    ledger.correct(group.session, group.enrolments[0].id, 100, by=actor(make, group))
    db.session.commit()
    with pytest.raises(Refused):
        certify(make, group)
    db.session.rollback()
    agreed(make, group)
    assert scans.agreement(group.session).number == 2


def test_lines_that_differ_are_named_and_nothing_is_declared(make):
    group = on_paper(make)
    make.scanned(group)
    rest = everybody(group) - {group.enrolments[1].id}
    with pytest.raises(Invalid) as refusal:
        agreed(make, group, rest)
    said = str(refusal.value.fields["lines"])
    assert group.trainees[1].name in said
    assert group.trainees[0].name not in said
    assert scans.agreement(group.session) is None


def test_nobody_compares_her_own_page(make):
    group = on_paper(make)
    make.scanned(group)
    with pytest.raises(Refused, match="You signed this page"):
        agreed(make, group, who="trainer")


def test_nobody_compares_or_scans_a_page_that_expects_her(make):
    group = make.on_paper()
    group.enrolments[0].person_id = group.coordinator.id
    db.session.commit()
    paper = make.printed(group)
    assert paper.number == 101
    make.opened_page(group)
    with pytest.raises(Refused, match="expected on this page yourself"):
        make.scanned(group)


def test_there_is_a_time_for_scans_and_for_comparing(make):
    group = make.on_paper()
    make.printed(group)
    group.session = group.sessions[0]
    with pytest.raises(WrongState):
        make.scanned(group)
    make.opened_page(group)
    make.scanned(group)
    with pytest.raises(WrongState):
        agreed(make, group)


def test_a_signed_page_without_scan_cannot_be_compared(make):
    group = on_paper(make, "signed")
    with pytest.raises(Refused, match="Attach the scan"):
        agreed(make, group)


def test_the_file_is_kept_with_its_hash(make):
    group = on_paper(make)
    scan = make.scanned(group)
    assert files.read(scan.file, by=actor(make, group)) == make.PDF
    assert scan.digest == scan.file.digest
    with pytest.raises(Invalid):
        make.scanned(group, content=b"words")


@pytest.mark.parametrize("table", ["courses_scans", "courses_agreements"])
def test_scans_and_declarations_are_never_changed(make, table):
    group = on_paper(make)
    make.scanned(group)
    agreed(make, group)
    for statement in (f"UPDATE {table} SET number = 7", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError):
            db.session.execute(text(statement))
        db.session.rollback()


def test_what_the_ledger_says_is_told_apart_to_the_minute(make):
    first, second = (e.id for e in make.class_in_motion(trainees=2).enrolments)
    one = scans.digest({first: 210, second: 0})
    assert one == scans.digest({second: 0, first: 210})
    assert one != scans.digest({first: 209, second: 0})
    assert one != scans.digest({first: 0, second: 210})
