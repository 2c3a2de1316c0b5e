"""One minute decides; the dossier is frozen; the number has no gaps."""

import pytest

from courses import certification
from courses.certificates import CertificateState
from courses.certification import CertificationState
from lms import db, frozen
from lms.errors import Refused
from lms.manifest import Missing

MOVES = {
    CertificateState.VALID: {"replace", "revoke"},
    CertificateState.REPLACED: set(),
    CertificateState.REVOKED: set(),
}


def _said(missing):
    return [(str(m.what), str(m.short)) for m in missing]


def test_the_last_minute_decides(make):
    group = make.certifiable(945, 944)
    found = certification.missing(group.enrolments)
    enough, short = ([what for what, _ in _said(found[e.id])] for e in group.enrolments)
    assert "certified hours in all" not in enough
    assert _said(found[group.enrolments[1].id])[0] == ("certified hours in all", "1 minute")
    assert short[1:] == enough


def test_each_module_has_its_own_share(make):
    group = make.class_in_motion(trainees=1)
    make.certified_pages(group, [[210], [210], [210], [105], [210], [0]])
    make.passed_gate(group.trainees[0])
    assert certification.missing(group.enrolments)[group.enrolments[0].id] == []


def test_without_unit_1_10_there_is_no_certificate(make):
    group = make.certifiable(1260, passed=False)
    assert _said(certification.missing(group.enrolments)[group.enrolments[0].id]) == [
        ("unit 1.10, on privacy", "the quiz")
    ]


def test_what_other_packages_ask_for_joins_in(make):
    group = make.certifiable(1260)
    enrolment = group.enrolments[0]

    def also(ids):
        return {i: [Missing("a plan", "one")] for i in ids}

    assert _said(certification.missing([enrolment], [also])[enrolment.id]) == [("a plan", "one")]
    with pytest.raises(Refused, match="a plan: one"):
        certification.certify(enrolment, also=[also], by=make.actor(group.manager))


def test_who_lacks_something_is_refused_with_all_of_it(make):
    group = make.certifiable(944, passed=False)
    with pytest.raises(Refused) as refusal:
        certification.certify(group.enrolments[0], by=make.actor(group.manager))
    assert "1 minute" in str(refusal.value.message)
    assert "the quiz" in str(refusal.value.message)


def test_the_dossier_is_frozen_and_tells_every_page(make):
    group = make.certifiable(1260)
    manager = make.actor(group.manager)
    row = certification.certify(group.enrolments[0], by=manager)
    db.session.commit()
    told = certification.content(row, by=manager)
    assert row.state == CertificationState.CERTIFIED
    assert told["minutes"]["certified"] == sum(p["minutes"] for p in told["pages"]) == 1260
    assert [m["certified"] for m in told["modules"]] == [420, 420, 420]


def test_a_dossier_that_was_changed_is_broken(make):
    group = make.certifiable(1260)
    manager = make.actor(group.manager)
    row = certification.certify(group.enrolments[0], by=manager)
    db.session.commit()
    row.dossier.salt = bytes(16)
    with pytest.raises(frozen.Broken):
        certification.content(row, by=manager)
    db.session.rollback()


def test_nobody_is_certified_twice_and_nobody_certifies_herself(make):
    group = make.certifiable(1260)
    certification.certify(group.enrolments[0], by=make.actor(group.manager))
    db.session.flush()
    with pytest.raises(Refused, match="already"):
        certification.certify(group.enrolments[0], by=make.actor(group.manager))
    with pytest.raises(Refused, match="herself"):
        certification.certify(group.enrolments[0], by=make.actor(group.trainees[0]))


def test_the_question_takes_as_many_statements_for_one_as_for_ten(make, statements):
    counts = []
    for number in (1, 10):
        group = make.class_in_motion(trainees=number)
        with statements() as seen:
            certification.missing(group.enrolments)
        counts.append(len(seen))
    assert counts[0] == counts[1]
