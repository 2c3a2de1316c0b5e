"""The page: opened, stamped, attested, signed, countersigned, certified; who may not."""

from datetime import timedelta

import pytest

from courses import attendance, ledger, register, stamps
from courses.calendar import SessionState
from courses.editions import Rounding
from courses.presence import Presence
from courses.stamps import StampSource
from lms import clock, db
from lms.errors import Invalid, Refused, WrongState

SOON = timedelta(minutes=5)


def at_work(make, group, who="trainer"):
    return make.actor(getattr(group, who), group.programme)


def sign(make, group, *, at=None, head_count=3, **facts):
    with clock.held(at or group.session.ends_at + SOON):
        register.sign(
            group.session,
            topic=facts.pop("topic", "What was taught"),
            head_count=head_count,
            by=at_work(make, group),
            **facts,
        )
        db.session.commit()


def test_opening_gives_the_next_number_and_fixes_who_is_expected(make):
    group = make.opened_page()
    make.opened_page(group, group.sessions[1])
    assert [s.page for s in group.sessions[:2]] == [1, 2]
    assert len(stamps.expected(group.session.id)) == 3
    assert group.session.state == SessionState.OPEN


def test_each_edition_numbers_its_own_pages(make):
    assert make.opened_page().session.page == make.opened_page().session.page == 1


def test_one_who_left_or_enters_later_is_not_expected(make):
    group = make.class_in_motion()
    day = group.sessions[0].starts_at.date()
    left, later = group.enrolments[:2]
    make.has_left(left, day - timedelta(days=1))
    later.entered_on = day + timedelta(days=1)
    db.session.commit()
    make.opened_page(group)
    found = [e.enrolment_id for e in stamps.expected(group.session.id)]
    assert found == [group.enrolments[2].id]


@pytest.mark.parametrize("minutes", [-61, 210])
def test_a_page_opens_from_an_hour_before_until_the_end(make, minutes):
    group = make.class_in_motion()
    session = group.sessions[0]
    with clock.held(session.starts_at + timedelta(minutes=minutes)), pytest.raises(Refused):
        register.open_page(session, by=at_work(make, group))


def test_a_page_opens_once(make):
    group = make.opened_page()
    with clock.held(group.session.starts_at), pytest.raises(WrongState):
        register.open_page(group.session, by=at_work(make, group))


def test_late_early_forgotten_and_absent_are_read_from_the_stamps(make):
    group = make.opened_page(trainees=4)
    start, end = group.session.starts_at, group.session.ends_at
    make.scan(group, 0, start + timedelta(minutes=22))
    make.scan(group, 0, end)
    make.scan(group, 1, start)
    make.scan(group, 1, end - timedelta(minutes=50))
    make.scan(group, 2, start)
    with clock.held(end + SOON):
        marks = attendance.marks(group.session)
    assert [marks[e.id].presence for e in group.enrolments] == [
        Presence.LATE,
        Presence.LEFT_EARLY,
        Presence.FORGOTTEN,
        Presence.ABSENT,
    ]


def test_a_page_with_a_missing_exit_cannot_be_signed_until_it_is_attested(make):
    group = make.opened_page(trainees=1)
    make.scan(group, 0, group.session.starts_at)
    with pytest.raises(Refused, match="One exit is missing"):
        sign(make, group, head_count=1)
    db.session.rollback()
    with clock.held(group.session.ends_at + SOON):
        stamp = register.attest_exit(
            group.session,
            group.enrolments[0].id,
            group.session.ends_at - timedelta(minutes=10),
            by=at_work(make, group),
        )
        db.session.commit()
    assert (stamp.source, stamp.by_id) == (StampSource.ATTESTED, group.trainer.id)
    assert stamp.noted_at > stamp.at
    sign(make, group, head_count=1, note="She left ten minutes before the end")
    assert ledger.posted(group.session.id) == {group.enrolments[0].id: 200}


@pytest.mark.parametrize("minutes", [-1, 0, 221])
def test_an_attested_exit_lies_between_entry_and_now(make, minutes):
    group = make.opened_page(trainees=1)
    make.scan(group, 0, group.session.starts_at)
    with clock.held(group.session.ends_at + SOON), pytest.raises(Invalid):
        register.attest_exit(
            group.session,
            group.enrolments[0].id,
            group.session.starts_at + timedelta(minutes=minutes),
            by=at_work(make, group),
        )


def test_only_a_missing_exit_is_attested(make):
    group = make.attended_page(trainees=1)
    absent = make.opened_page(trainees=1)
    for page in (group, absent):
        with clock.held(page.session.ends_at), pytest.raises(Refused):
            register.attest_exit(
                page.session, page.enrolments[0].id, page.session.ends_at, by=at_work(make, page)
            )


def test_a_page_is_signed_when_the_session_is_over_and_only_once(make):
    group = make.attended_page()
    with pytest.raises(Refused, match="when the session is over"):
        sign(make, group, at=group.session.ends_at - timedelta(minutes=1))
    db.session.rollback()
    sign(make, group)
    with pytest.raises(WrongState):
        sign(make, group)


def test_heads_that_differ_need_a_reason(make):
    group = make.attended_page()
    with pytest.raises(Invalid) as caught:
        sign(make, group, head_count=2)
    assert "You counted 2, the register says 3" in str(caught.value.fields["note"])
    db.session.rollback()
    sign(make, group, head_count=2, note="One had gone to fetch water")
    signed = stamps.acts(group.session.id)[-1]
    assert (signed.head_count, signed.inside) == (2, 3)


def test_a_signature_says_what_was_taught(make):
    group = make.attended_page()
    with pytest.raises(Invalid):
        sign(make, group, topic="  ")


def test_tolerance_is_the_editions(make):
    group = make.opened_page(trainees=1, rounding=Rounding.TOLERANCE, rounding_minutes=5)
    make.scan(group, 0, group.session.starts_at + timedelta(minutes=4))
    make.scan(group, 0, group.session.ends_at - timedelta(minutes=2))
    sign(make, group, head_count=1)
    assert ledger.posted(group.session.id)[group.enrolments[0].id] == 210


def test_countersigning_needs_a_second_pair_of_eyes(make):
    group = make.signed_page()
    with pytest.raises(Refused, match="somebody else"):
        register.countersign(group.session, by=at_work(make, group))
    db.session.rollback()
    register.countersign(group.session, by=at_work(make, group, "coordinator"))
    db.session.commit()
    assert group.session.state == SessionState.COUNTERSIGNED


def test_an_open_page_cannot_be_countersigned(make):
    group = make.opened_page()
    with pytest.raises(WrongState):
        register.countersign(group.session, by=at_work(make, group, "coordinator"))


@pytest.mark.parametrize("who", ["trainer", "coordinator"])
def test_nobody_certifies_a_page_that_is_her_own(make, who):
    group = make.countersigned_page()
    with pytest.raises(Refused, match="yourself"):
        register.certify([group.session], by=at_work(make, group, who))


def test_only_countersigned_pages_are_certified(make):
    group = make.signed_page()
    with pytest.raises(WrongState):
        register.certify([group.session], by=at_work(make, group, "manager"))
    db.session.rollback()
    with pytest.raises(Invalid):
        register.certify([], by=at_work(make, group, "manager"))
