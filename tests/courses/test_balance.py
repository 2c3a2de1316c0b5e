"""The balance: parts that sum to the total, of an edition or of one of its months."""

from datetime import timedelta

import pytest

from courses import attendance, balance, ledger
from courses.balance import Way
from courses.calendar import SessionKind, SessionMode
from lms import db
from tests.courses.test_leaves import amended


@pytest.mark.parametrize(
    ("part", "whole", "found"),
    [(0, 0, 0), (5, 0, 0), (6300, 6300, 10_000), (1, 3, 3333), (2, 3, 6666), (4725, 6300, 7500)],
)
def test_a_share_is_in_hundredths_of_a_percent_rounded_down(part, whole, found):
    assert balance.share(part, whole) == found


def of(found, enrolment):
    return next(a for a in found.people if a.enrolment.id == enrolment.id)


def test_only_certified_pages_count(make):
    group = make.certified_page()
    make.signed_page(group, group.sessions[1])
    found = balance.balance(group.edition)
    assert [a.total for a in found.people] == [210, 210, 210]
    assert [s.page for s in found.waiting][:1] == [2]
    assert (found.total.due, found.total.planned, found.total.held) == (1260, 1260, 210)
    assert {n: (p.due, p.planned, p.held) for n, (_, p) in found.modules.items()} == {
        1: (420, 420, 210),
        2: (420, 420, 0),
        3: (420, 420, 0),
    }


def test_the_parts_sum_to_the_total(make):
    group = make.certified_page()
    make.certified_page(group, group.sessions[2])
    amended(make, group, 0, None, None, 0)
    found = balance.balance(group.edition)
    for account in found.people:
        assert account.total == sum(account.by_module.values()) == sum(account.by_way.values())
    assert [a.total for a in found.people] == [210, 420, 420]
    assert [(p.id, n, m) for p, n, m in found.trainers] == [(group.trainer.id, 2, 420)]


def test_a_make_up_session_is_recovered_and_neither_planned_nor_held(make):
    group = make.class_in_motion()
    session = group.sessions[1]
    session.kind, session.makes_up_id = SessionKind.MAKE_UP, group.sessions[0].id
    db.session.commit()
    make.certified_page(group, session)
    found = balance.balance(group.edition)
    account = found.people[0]
    assert (account.present, account.recovered, account.total) == (0, 210, 210)
    assert (found.total.planned, found.total.held) == (1050, 0)


def test_what_was_followed_online_stands_apart_also_once_corrected(make):
    group = make.opened_page(trainees=2)
    session, hour = group.session, timedelta(hours=1)
    session.mode = SessionMode.MIXED
    db.session.flush()
    for moment in (session.starts_at, session.ends_at):
        make.scan(group, 0, moment)
    start, online = session.starts_at, group.enrolments[1]
    attendance.trace(session, {online.id: [(start, start + hour)]}, by=make.actor(group.trainer))
    db.session.commit()
    make_certified(make, group)
    found = balance.balance(group.edition)
    assert dict(of(found, group.enrolments[0]).by_way) == {Way.CLASSROOM: 210}
    assert dict(of(found, online).by_way) == {Way.LIVE: 60}
    amended(make, group, 1, start, start + 2 * hour, 120)
    assert of(balance.balance(group.edition), online).by_way[Way.LIVE] == 120


def make_certified(make, group):
    from courses import register
    from lms import clock

    session = group.session
    with clock.held(session.ends_at + timedelta(minutes=5)):
        register.sign(session, topic="x", head_count=1, by=make.actor(group.trainer))
        register.countersign(session, by=make.actor(group.coordinator))
        register.certify([session], by=make.actor(group.manager))
    db.session.commit()


def test_a_month_has_its_own_pages_and_no_other(make):
    group = make.class_in_motion()
    group.sessions[1].starts_at += timedelta(days=30)
    group.sessions[1].ends_at += timedelta(days=30)
    db.session.commit()
    make.certified_page(group, group.sessions[0])
    make.certified_page(group, group.sessions[1])
    assert balance.months(group.edition.id) == ["2026-11", "2026-12"]
    november, december = (balance.balance(group.edition, m) for m in ("2026-11", "2026-12"))
    assert [len(m.sessions) for m in (november, december)] == [5, 1]
    assert [m.people[0].total for m in (november, december)] == [210, 210]
    assert balance.balance(group.edition).people[0].total == 420
    assert december.asked(december.people[0]) == 210


def test_credits_lower_what_is_asked_and_are_no_presence(make):
    group = make.certified_page()
    enrolment = group.enrolments[0]
    make.confirmed_credit(group, module=1, minutes=60)
    make.confirmed_credit(group, module=1, minutes=30)
    found = balance.balance(group.edition)
    account = of(found, enrolment)
    assert (account.credited, account.total) == (90, 210)
    assert found.asked(account) == 1260 - 90
    assert found.asked(of(found, group.enrolments[1])) == 1260


def test_a_line_of_no_page_is_of_the_month_in_which_it_was_posted(make):
    group = make.certified_page(trainees=1)
    line = ledger.lines(group.enrolments[0].id)[0]
    db.session.add(
        ledger.Line(
            programme_id=line.programme_id,
            edition_id=line.edition_id,
            enrolment_id=line.enrolment_id,
            unit_id=line.unit_id,
            module=1,
            minutes=45,
            source=ledger.Source.SELF_PACED,
            at=line.at + timedelta(days=40),
            by_id=line.by_id,
        )
    )
    db.session.commit()
    assert balance.balance(group.edition).people[0].by_way[Way.SELF_PACED] == 45
    assert balance.balance(group.edition, "2026-11").people[0].total == 210
