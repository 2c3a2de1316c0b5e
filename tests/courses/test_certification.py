"""One minute decides; the dossier is frozen; the number has no gaps."""

import pytest

from courses import certificates, certification, register
from courses.certification import CertificationState
from courses.forecast import Forecast, ModuleShare
from courses.shares import Share, least
from lms import db, frozen
from lms.errors import Refused
from lms.manifest import Missing


def _said(missing):
    return [(str(m.what), str(m.short)) for m in missing]


def test_the_last_minute_decides(make):
    group = make.certifiable(945, 944)
    found = certification.missing(group.enrolments)
    enough, short = ([what for what, _ in _said(found[e.id])] for e in group.enrolments)
    assert "certified hours in all" not in enough
    assert _said(found[group.enrolments[1].id])[0] == ("certified hours in all", "1 minute")
    assert short[1:] == enough


def test_of_6300_minutes_4725_are_enough_and_4724_are_not():
    def share(certified, due, percent):
        return Share(due, least(due, percent), certified, certified, 0, 0)

    def lacking(minutes, module=2100):
        parts = [ModuleShare(n, None, share(module, 2100, 50)) for n in (1, 2, 3)]
        found = Forecast(None, share(minutes, 6300, 75), parts, 0)
        return [str(m.short) for m in certification.lacking_hours(found)]

    assert lacking(4725) == []
    assert lacking(4724) == ["1 minute"]
    assert lacking(4723) == ["2 minutes"]
    assert lacking(4725, module=1049) == ["1 minute"] * 3


def test_each_module_has_its_own_share(make):
    group = make.class_in_motion(trainees=1)
    make.certified_pages(group, [[210], [210], [210], [105], [210], [0]])
    make.passed_gate(group.trainees[0])
    assert certification.missing(group.enrolments)[group.enrolments[0].id] == []


def test_one_minute_less_in_a_module_is_missing_there(make):
    group = make.class_in_motion(trainees=1)
    make.certified_pages(group, [[210], [210], [210], [210], [209], [0]])
    make.passed_gate(group.trainees[0])
    enrolment = group.enrolments[0]
    assert _said(certification.missing([enrolment])[enrolment.id]) == [
        ("certified hours of module 3", "1 minute")
    ]


def test_pages_that_are_not_certified_count_for_nothing(make):
    group = make.countersigned_page(trainees=1)
    found = certification.missing(group.enrolments)[group.enrolments[0].id]
    assert _said(found)[0] == (
        "certified hours in all",
        "15\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}45′",
    )
    register.certify([group.session], by=make.actor(group.manager))
    db.session.flush()
    found = certification.missing(group.enrolments)[group.enrolments[0].id]
    assert _said(found)[0] == (
        "certified hours in all",
        "12\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}15′",
    )


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
    told = certification.content(row.dossier, by=manager)
    assert row.state == CertificationState.CERTIFIED
    assert told["minutes"]["certified"] == sum(p["minutes"] for p in told["pages"]) == 1260
    assert [m["certified"] for m in told["modules"]] == [420, 420, 420]


def test_a_dossier_that_was_changed_is_broken(make):
    group = make.certifiable(1260)
    manager = make.actor(group.manager)
    row = certification.certify(group.enrolments[0], by=manager)
    db.session.commit()
    assert certification.content(row.dossier, by=manager)["minutes"]["certified"] == 1260
    row.dossier.digest = bytes(32)
    with pytest.raises(frozen.Broken):
        certification.content(row.dossier, by=manager)
    db.session.rollback()


def test_nobody_is_certified_twice_and_nobody_certifies_herself(make):
    group = make.certifiable(1260)
    certification.certify(group.enrolments[0], by=make.actor(group.manager))
    db.session.flush()
    with pytest.raises(Refused, match="already"):
        certification.certify(group.enrolments[0], by=make.actor(group.manager))
    with pytest.raises(Refused, match="herself"):
        certification.certify(group.enrolments[0], by=make.actor(group.trainees[0]))


def test_who_has_left_and_who_has_no_printable_name_is_refused(make):
    group = make.certifiable(1260, 1260)
    left, unprintable = group.enrolments
    make.has_left(left, left.entered_on)
    unprintable.person.name = "李华"
    for enrolment, said in ((left, "has left"), (unprintable, "cannot print")):
        with pytest.raises(Refused, match=said):
            certification.certify(enrolment, by=make.actor(group.manager))


def test_the_manager_is_told_how_many_are_ready(make):
    group = make.certifiable(1260, 1260, 944)
    programme = group.edition.programme_id
    assert certification.ready(programme) == [(group.edition, 2)]
    assert certification.ready(make.programme("TWO").id) == []
    certificates.issue(group.enrolments[0], by=make.actor(group.manager))
    db.session.flush()
    assert certification.ready(programme) == [(group.edition, 1)]
    asks_more = [lambda ids: {i: [Missing("a plan", "one")] for i in ids}]
    assert certification.ready(programme, asks_more) == []


def test_who_is_ready_takes_as_many_statements_for_one_as_for_ten(make, statements):
    counts = []
    for number in (1, 10):
        group = make.certifiable(*[1260] * number)
        with statements() as seen:
            certification.ready(group.edition.programme_id)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_question_takes_as_many_statements_for_one_as_for_ten(make, statements):
    counts = []
    for number in (1, 10):
        group = make.class_in_motion(trainees=number)
        with statements() as seen:
            certification.missing(group.enrolments)
        counts.append(len(seen))
    assert counts[0] == counts[1]
