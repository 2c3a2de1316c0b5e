"""Anomalies of a signed page: found again each time, decided before the countersignature."""

from datetime import timedelta

import pytest

from courses import anomalies, attendance, register, stamps, verification
from courses.anomalies import AnomalyKind, Verdict
from courses.calendar import SessionMode, SessionState
from courses.enrolments import Enrolment
from courses.presence import StampKind
from courses.stamps import StampSource
from lms import accounts, clock, db
from lms.errors import Invalid, Refused, WrongState
from lms.permissions import Role

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def kinds(group):
    return [a.kind for a in anomalies.of_page(group.session)]


def sign(make, group, *, heads, note="", after=5 * MINUTE):
    with clock.held(group.session.ends_at + after):
        register.sign(
            group.session,
            topic="Goals",
            head_count=heads,
            note=note,
            by=make.actor(group.trainer),
        )
        db.session.commit()
    return group


def decide(make, group, kind, *, verdict=Verdict.ACCEPTED, note="Seen", by=None):
    chosen = next(a for a in anomalies.of_page(group.session) if a.kind == kind)
    with clock.held(group.session.ends_at + timedelta(hours=2)):
        row = anomalies.decide(
            group.session,
            chosen.key,
            verdict=verdict,
            note=note,
            by=by or make.actor(group.coordinator),
        )
        db.session.commit()
    return row


def countersign(make, group):
    with clock.held(group.session.ends_at + timedelta(hours=3)):
        register.countersign(group.session, by=make.actor(group.coordinator))
        db.session.commit()


def forgotten(make, **more):
    """One forgot to sign out, and the trainer attested it."""
    group = make.opened_page(trainees=2, **more)
    for number in (0, 1):
        make.scan(group, number, group.session.starts_at - MINUTE)
    make.scan(group, 0, group.session.ends_at)
    with clock.held(group.session.ends_at + MINUTE):
        at = group.session.ends_at - 10 * MINUTE
        register.attest_exit(
            group.session, group.enrolments[1].id, at, by=make.actor(group.trainer)
        )
        db.session.commit()
    return group


def test_a_page_that_is_not_signed_has_none_and_a_good_one_neither(make):
    assert kinds(make.attended_page()) == []
    assert kinds(make.signed_page()) == []


def test_an_attested_exit_is_decided_before_the_countersignature(make):
    group = sign(make, forgotten(make), heads=1)
    found = anomalies.of_page(group.session)
    assert [(a.kind, a.people) for a in found] == [
        (AnomalyKind.ATTESTED_EXIT, (group.enrolments[1].id,))
    ]
    with pytest.raises(Refused, match="One thing is still to be decided.*exit attested"):
        countersign(make, group)
    assert group.session.state == SessionState.SIGNED
    decide(make, group, AnomalyKind.ATTESTED_EXIT)
    countersign(make, group)
    assert group.session.state == SessionState.COUNTERSIGNED
    assert [v.fault for v in verification.verify()] == [None]


def test_all_that_is_undecided_is_named_once(make):
    group = forgotten(make)
    sign(make, group, heads=5, note="I counted twice", after=timedelta(hours=25))
    assert kinds(group) == [
        AnomalyKind.HEADS,
        AnomalyKind.ATTESTED_EXIT,
        AnomalyKind.SIGNED_LATE,
    ]
    decide(make, group, AnomalyKind.HEADS)
    with pytest.raises(Refused, match="2 things .*: exit attested; signed late"):
        countersign(make, group)


@pytest.mark.parametrize(("after", "late"), [(0, False), (1, True)])
def test_signed_more_than_a_day_later(make, after, late):
    group = make.attended_page()
    sign(make, group, heads=3, after=timedelta(hours=24, seconds=after))
    assert kinds(group) == ([AnomalyKind.SIGNED_LATE] if late else [])


def test_another_than_the_planned_trainer(make):
    group = make.signed_page()
    group.session.trainer_id = make.person("trainer").id
    db.session.commit()
    assert kinds(group) == [AnomalyKind.OTHER_TRAINER]


@pytest.mark.parametrize(
    ("apart", "device", "found"), [(20, 1, True), (21, 1, False), (5, 2, False)]
)
def test_two_signatures_from_one_device(make, apart, device, found):
    group = make.opened_page(trainees=2)
    begins = group.session.starts_at
    for number, (at, mark) in enumerate(((begins, 1), (begins + apart * SECOND, device))):
        for kind, moment in ((StampKind.IN, at), (StampKind.OUT, group.session.ends_at)):
            with clock.held(moment):
                stamps.stamp(
                    group.session,
                    group.enrolments[number].id,
                    kind,
                    StampSource.CODE,
                    moment,
                    device=bytes([mark] * 8) if kind == StampKind.IN else None,
                    by=make.actor(group.trainees[number]),
                )
    db.session.commit()
    sign(make, group, heads=2)
    assert kinds(group) == ([AnomalyKind.SAME_DEVICE] if found else [])
    if found:
        pair = anomalies.of_page(group.session)[0].people
        assert set(pair) == {e.id for e in group.enrolments}


def live(make, minutes):
    """Stamped for the whole time; the platform's trace is shorter by so many minutes."""
    group = make.class_in_motion(trainees=2)
    group.sessions[0].mode = SessionMode.LIVE
    db.session.commit()
    group = make.opened_page(group)
    make.scan(group, 0, group.session.starts_at)
    make.scan(group, 0, group.session.ends_at)
    make.scan(group, 1, group.session.starts_at)
    begins, ends = group.session.starts_at, group.session.ends_at
    spans = {
        group.enrolments[0].id: [(begins, ends - minutes * MINUTE)],
        group.enrolments[1].id: [(begins, ends)],
    }
    with clock.held(ends + MINUTE):
        attendance.trace(group.session, spans, by=make.actor(group.coordinator))
        db.session.commit()
    return sign(make, group, heads=2 if minutes == 0 else 1)


def test_a_trace_that_differs_by_more_than_five_minutes_and_an_exit_nobody_stamped(make):
    assert kinds(live(make, 0)) == [AnomalyKind.MISSING_EXIT]
    assert kinds(live(make, 5)) == [AnomalyKind.MISSING_EXIT]
    assert kinds(live(make, 6)) == [AnomalyKind.MISSING_EXIT, AnomalyKind.TRACE]


def test_who_signed_in_and_is_not_in_the_trace_of_a_live_lesson(make):
    group = make.class_in_motion(trainees=2)
    group.sessions[0].mode = SessionMode.LIVE
    db.session.commit()
    make.attended_page(group)
    spans = {group.enrolments[0].id: [(group.session.starts_at, group.session.ends_at)]}
    attendance.trace(group.session, spans, by=make.actor(group.coordinator))
    db.session.commit()
    sign(make, group, heads=1)
    found = anomalies.of_page(group.session)
    assert [(a.kind, a.people) for a in found] == [(AnomalyKind.TRACE, (group.enrolments[1].id,))]
    group.session.mode = SessionMode.MIXED
    db.session.commit()
    assert kinds(group) == []


def second_class(make, group, later):
    """The first trainee also in another class of the same day, so many minutes later."""
    other = make.class_in_motion(trainees=1)
    other.trainees[0] = group.trainees[0]
    enrolment = db.session.get_one(Enrolment, other.enrolments[0].id)
    enrolment.person_id = group.trainees[0].id
    other.sessions[0].starts_at += later * MINUTE
    other.sessions[0].ends_at += later * MINUTE
    db.session.commit()
    return other


@pytest.mark.parametrize(("later", "found"), [(100, True), (220, False)])
def test_in_two_places_at_once(make, later, found):
    group = make.signed_page(trainees=2)
    other = second_class(make, group, later)
    if found:
        make.opened_page(other)
        begins = other.session.starts_at
        for kind, at in ((StampKind.IN, begins), (StampKind.OUT, other.session.ends_at)):
            with clock.held(at):
                stamps.stamp(
                    other.session,
                    other.enrolments[0].id,
                    kind,
                    StampSource.PAPER,
                    at,
                    by=make.actor(other.trainer),
                )
        db.session.commit()
    else:
        make.attended_page(other)
    for one in (group, sign(make, other, heads=1)):
        assert kinds(one) == ([AnomalyKind.OVERLAP] if found else [])
        if found:
            about = anomalies.of_page(one.session)[0]
            assert len(about.people) == 1
            assert other.edition.code in str(about.what) or group.edition.code in str(about.what)


def test_more_than_eight_hours_in_a_day(make):
    group = make.signed_page(trainees=2)
    other = second_class(make, group, 220)
    other.sessions[0].ends_at = other.sessions[0].starts_at + 270 * MINUTE
    db.session.commit()
    sign(make, make.attended_page(other), heads=1)
    assert kinds(other) == []
    longer = second_class(make, group, 220 + 280)
    longer.sessions[0].ends_at = longer.sessions[0].starts_at + 60 * MINUTE
    db.session.commit()
    sign(make, make.attended_page(longer), heads=1)
    assert kinds(longer) == [AnomalyKind.LONG_DAY]
    assert "9" in str(anomalies.of_page(longer.session)[0].what)


def test_who_signed_and_who_is_expected_decide_nothing(make):
    group = sign(make, forgotten(make), heads=1)
    with pytest.raises(Refused, match="You signed this page"):
        decide(make, group, AnomalyKind.ATTESTED_EXIT, by=make.actor(group.trainer))
    accounts.grant(group.trainees[0], Role.COORDINATOR, by=None, programme_id=group.programme.id)
    with pytest.raises(Refused, match="expected on this page yourself"):
        decide(make, group, AnomalyKind.ATTESTED_EXIT, by=make.actor(group.trainees[0]))


def test_a_decision_has_a_note_and_is_of_what_there_is(make):
    group = sign(make, forgotten(make), heads=1)
    with pytest.raises(Invalid, match="Write why"):
        decide(make, group, AnomalyKind.ATTESTED_EXIT, note="  ")
    with pytest.raises(Invalid, match="from the list"):
        anomalies.decide(
            group.session,
            "heads",
            verdict=Verdict.SOLVED,
            note="x",
            by=make.actor(group.coordinator),
        )


def test_the_last_word_counts_until_the_page_is_countersigned(make):
    group = sign(make, forgotten(make), heads=1)
    decide(make, group, AnomalyKind.ATTESTED_EXIT)
    last = decide(make, group, AnomalyKind.ATTESTED_EXIT, verdict=Verdict.SOLVED, note="Asked her")
    assert last.number == 2
    assert anomalies.of_page(group.session)[0].decision.verdict == Verdict.SOLVED
    countersign(make, group)
    with pytest.raises(WrongState):
        decide(make, group, AnomalyKind.ATTESTED_EXIT)
    assert len(anomalies.decisions(group.session.id)) == 2


def test_what_was_decided_is_never_changed_and_a_change_is_named(make):
    group = sign(make, forgotten(make), heads=1)
    decide(make, group, AnomalyKind.ATTESTED_EXIT)
    for statement in (
        "UPDATE courses_anomaly_decisions SET note = 'x'",
        "DELETE FROM courses_anomaly_decisions",
    ):
        with pytest.raises(Exception, match="only grows"):
            db.session.execute(db.text(statement))
        db.session.rollback()
    from tests.tampering import past_the_triggers

    with past_the_triggers() as connection:
        connection.execute(db.text("UPDATE courses_anomaly_decisions SET note = 'x'"))
    assert "courses_anomaly_decisions was changed" in [v.fault for v in verification.verify()][0]
