"""Signing in and out: each for herself, in first, then out; refused with the reason."""

from datetime import timedelta

import pytest

from courses import checkin, codes, register
from courses.presence import StampKind
from courses.stamps import Stamp, StampSource
from lms import clock, db
from lms.errors import Invalid, Refused

BEFORE = timedelta(minutes=-5)


def try_in(make, group, number=0, *, at=None, typed=None, session=None, kind=None, **more):
    at = at or group.session.starts_at
    by = make.actor(group.trainees[number], group.programme)
    with clock.held(at):
        code = typed or register.code_now(session or group.session)
        stamp = checkin.check_in(by.id, code, by=by, kind=kind, **more)
        db.session.commit()
    return stamp


def refusal(make, group, **how):
    with pytest.raises(Refused) as caught:
        try_in(make, group, **how)
    return str(caught.value.message)


def code_of(group, ago):
    when = group.session.starts_at - timedelta(seconds=ago)
    return codes.code(group.session.id, codes.slice_of(when))


def test_in_first_then_out(make):
    group = make.opened_page()
    came = try_in(make, group, at=group.session.starts_at + BEFORE)
    went = try_in(make, group, at=group.session.ends_at)
    assert (came.kind, went.kind) == (StampKind.IN, StampKind.OUT)
    assert came.source == StampSource.CODE
    assert came.by_id == group.trainees[0].id


@pytest.mark.parametrize("ago", [0, 20])
def test_the_code_of_now_and_the_one_before_are_taken(make, ago):
    group = make.opened_page()
    assert try_in(make, group, typed=code_of(group, ago)).kind == StampKind.IN


@pytest.mark.parametrize("ago", [40, 60])
def test_an_older_code_is_refused_as_old(make, ago):
    group = make.opened_page()
    assert "old" in refusal(make, group, typed=code_of(group, ago))


def test_a_wrong_code_is_refused_as_wrong(make):
    group = make.opened_page()
    wrong = f"{(int(code_of(group, 0)) + 1) % 1_000_000:06}"
    assert "not the code" in refusal(make, group, typed=wrong)
    with pytest.raises(Invalid):
        try_in(make, group, typed="12345")


def test_two_scans_in_a_row_are_one_stamp(make):
    group = make.opened_page()
    first = try_in(make, group)
    again = try_in(make, group, at=group.session.starts_at + timedelta(seconds=30))
    wanted = try_in(make, group, at=group.session.starts_at + timedelta(hours=1), kind=StampKind.IN)
    assert first.id == again.id == wanted.id
    assert db.session.query(Stamp).count() == 1


def test_out_before_in_is_refused(make):
    group = make.opened_page()
    assert "not signed in" in refusal(make, group, kind=StampKind.OUT)


def test_already_out_is_refused(make):
    group = make.opened_page()
    try_in(make, group)
    try_in(make, group, at=group.session.starts_at + timedelta(hours=2))
    later = group.session.starts_at + timedelta(hours=3)
    assert "already signed out at 11:00" in refusal(make, group, at=later)


def test_nobody_signs_for_another(make):
    group = make.opened_page()
    with clock.held(group.session.starts_at), pytest.raises(Refused, match="another"):
        checkin.check_in(
            group.trainees[1].id,
            register.code_now(group.session),
            by=make.actor(group.trainees[0]),
        )


def test_the_code_of_another_edition_is_refused(make):
    group, other = make.opened_page(), make.opened_page()
    assert "does not expect you" in refusal(make, group, session=other.session)


def test_one_who_enrolled_after_the_opening_is_not_expected(make):
    group = make.opened_page()
    late = make.person("trainee")
    db.session.add(
        register.Enrolment(
            programme_id=group.programme.id,
            edition_id=group.edition.id,
            person_id=late.id,
            entered_on=group.session.starts_at.date(),
        )
    )
    db.session.commit()
    group.trainees.append(late)
    assert "does not expect you" in refusal(make, group, number=3)


def test_a_page_that_is_not_open_takes_no_stamp(make):
    group = make.class_in_motion()
    group.session = group.sessions[0]
    assert "No page is open" in refusal(make, group)


def test_a_signed_page_takes_no_more_stamps(make):
    group = make.signed_page()
    later = group.session.ends_at + timedelta(minutes=6)
    assert "has been signed" in refusal(make, group, at=later)


def test_entries_open_a_quarter_of_an_hour_before_the_start(make):
    group = make.class_in_motion()
    group.session = group.sessions[0]
    early = group.session.starts_at - timedelta(minutes=40)
    with clock.held(early):
        register.open_page(group.session, by=make.actor(group.trainer))
        db.session.commit()
    assert "8:45" in refusal(make, group, at=early)
    on_time = group.session.starts_at - timedelta(minutes=15)
    assert try_in(make, group, at=on_time).kind == StampKind.IN


def test_entries_end_with_the_session_and_exits_ten_minutes_later(make):
    group = make.opened_page()
    try_in(make, group)
    end = group.session.ends_at
    assert "ended at 12:30" in refusal(make, group, number=1, at=end)
    assert "12:40" in refusal(make, group, at=end + timedelta(minutes=10))
    assert try_in(make, group, at=end + timedelta(minutes=9)).kind == StampKind.OUT


def test_of_two_open_pages_the_code_says_which(make):
    group = make.class_in_motion()
    first, second = group.sessions[:2]
    second.starts_at = first.starts_at + timedelta(minutes=240)
    second.ends_at = second.starts_at + timedelta(minutes=210)
    db.session.commit()
    make.opened_page(group, first)
    try_in(make, group, at=first.starts_at)
    make.opened_page(group, second)
    now = first.ends_at + timedelta(minutes=5)
    assert try_in(make, group, at=now, session=first).kind == StampKind.OUT


# Framed in time, pressed later


def frame(make, group, *, at, number=0, asked_at=None, code_at=None):
    by = make.actor(group.trainees[number], group.programme)
    typed = codes.code(group.session.id, codes.slice_of(code_at or at))
    with clock.held(at):
        return typed, checkin.frame(by.id, typed, asked_at, by=by)


def test_who_framed_a_good_code_may_press_five_minutes_later_and_it_counts_from_then(make):
    group = make.opened_page()
    start = group.session.starts_at
    typed, proof = frame(make, group, at=start)
    late = start + timedelta(minutes=5)
    assert "old" in refusal(make, group, at=late, typed=typed)
    stamp = try_in(make, group, at=late, typed=typed, proof=proof)
    assert (stamp.at, stamp.noted_at) == (start, late)
    assert "old" in refusal(make, group, number=1, at=late, typed=typed, proof=proof)


def test_after_five_minutes_what_was_framed_is_old(make):
    group = make.opened_page()
    start = group.session.starts_at
    typed, proof = frame(make, group, at=start)
    over = start + timedelta(minutes=5, seconds=1)
    assert "old" in refusal(make, group, at=over, typed=typed, proof=proof)


def test_an_exit_framed_in_time_is_at_that_time(make):
    """Who frames the code, leaves and presses later has gained nothing."""
    group = make.opened_page()
    end = group.session.ends_at
    try_in(make, group)
    typed, proof = frame(make, group, at=end - timedelta(minutes=20))
    pressed = end - timedelta(minutes=16)
    stamp = try_in(make, group, at=pressed, typed=typed, proof=proof, kind=StampKind.OUT)
    assert stamp.at == end - timedelta(minutes=20)


def test_a_code_framed_before_the_entry_is_no_exit(make):
    group = make.opened_page()
    start = group.session.starts_at
    typed, proof = frame(make, group, at=start)
    try_in(make, group, at=start + timedelta(minutes=1))
    later = start + timedelta(minutes=4)
    said = refusal(make, group, at=later, typed=typed, proof=proof, kind=StampKind.OUT)
    assert "came in at 9:01" in said


def test_a_bad_code_is_not_framed_and_says_why(make):
    group, other = make.opened_page(), make.opened_page()
    start = group.session.starts_at
    for code_at, why in ((start - timedelta(seconds=60), "old"), (start, "")):
        if why:
            with pytest.raises(Refused, match=why):
                frame(make, group, at=start, code_at=code_at)
        else:
            assert frame(make, group, at=start, code_at=code_at)[1]
    by = make.actor(group.trainees[0], group.programme)
    with clock.held(start), pytest.raises(Refused, match="does not expect you"):
        checkin.frame(by.id, register.code_now(other.session), None, by=by)


@pytest.mark.parametrize(
    ("asked", "back", "taken"),
    [
        (0, 60, True),
        (20, 290, True),
        (41, 290, False),  # it was old when she asked
        (0, 301, False),  # too long ago
        (-1, 60, False),  # asked before it was shown
    ],
)
def test_who_had_to_sign_in_first_is_taken_if_the_code_was_good_when_she_asked(
    make, asked, back, taken
):
    group = make.opened_page()
    shown = group.session.starts_at
    assert codes.slice_of(shown - timedelta(seconds=1)) != codes.slice_of(shown)
    asked_at = shown + timedelta(seconds=asked)
    at = shown + timedelta(seconds=back)
    if not taken:
        with pytest.raises(Refused, match="old"):
            frame(make, group, at=at, asked_at=asked_at, code_at=shown)
        return
    typed, proof = frame(make, group, at=at, asked_at=asked_at, code_at=shown)
    assert try_in(make, group, at=at, typed=typed, proof=proof).at == asked_at


def test_nobody_is_in_two_rooms_at_once(make):
    """Two open pages of one class in the same hours: out of the first, then into the second."""
    group = make.class_in_motion()
    first, second = group.sessions[:2]
    second.starts_at = first.starts_at + timedelta(minutes=60)
    second.ends_at = second.starts_at + timedelta(minutes=210)
    db.session.commit()
    make.opened_page(group, first)
    try_in(make, group, at=first.starts_at)
    make.opened_page(group, second)
    now = second.starts_at
    assert "You are in unit 1.1 until 12:30" in refusal(make, group, at=now, session=second)
    try_in(make, group, at=now, session=first, kind=StampKind.OUT)
    later = now + timedelta(seconds=70)
    assert try_in(make, group, at=later, session=second).kind == StampKind.IN


def test_a_forgotten_exit_of_the_morning_does_not_keep_her_out_of_the_afternoon(make):
    group = make.class_in_motion()
    first, second = group.sessions[:2]
    second.starts_at = first.ends_at
    second.ends_at = second.starts_at + timedelta(minutes=210)
    db.session.commit()
    make.opened_page(group, first)
    try_in(make, group, at=first.starts_at)
    make.opened_page(group, second)
    stamp = try_in(make, group, at=second.starts_at, session=second)
    assert (stamp.session_id, stamp.kind) == (second.id, StampKind.IN)
