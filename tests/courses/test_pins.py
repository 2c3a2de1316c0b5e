"""PINs: six digits of her own, kept as a slow hash, locked after five wrong tries."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from courses import pins, register, stamps
from courses.pins import Pin
from courses.presence import StampKind
from courses.stamps import StampSource
from lms import chains, clock, db, sign_ins
from lms.errors import Invalid, Refused, TooMany
from tests.making.absences import DIGITS
from tests.races import race, unit

WRONG = "907124"


@pytest.fixture
def group(make):
    found = make.opened_page()
    found.pin = make.pin(found.trainees[0])
    found.expected = stamps.expected_of(found.session.id, found.enrolments[0].id)
    found.by = make.actor(found.trainer, found.programme)
    return found


def sign(group, digits=DIGITS, *, after=timedelta(), expected=None):
    with clock.held(group.session.starts_at + after):
        stamp = pins.sign(expected or group.expected, digits, by=group.by)
        db.session.commit()
    return stamp


def fail(group, after=timedelta()):
    """One wrong try, counted as a page counts it: after the refusal was rolled back."""
    with pytest.raises(Invalid, match="not her PIN"):
        sign(group, WRONG, after=after)
    db.session.rollback()
    with clock.held(group.session.starts_at + after):
        pins.turned_away(group.trainees[0].id, by=group.by)
        db.session.commit()


def test_she_signs_in_and_then_out_on_the_trainers_device(make, group):
    came = sign(group)
    went = sign(group, after=timedelta(hours=2))
    assert [(s.kind, s.source) for s in (came, went)] == [
        (StampKind.IN, StampSource.PIN),
        (StampKind.OUT, StampSource.PIN),
    ]
    assert came.by_id == group.trainees[0].id, "she signed"
    entry = db.session.scalars(
        select(chains.Entry).where(
            chains.Entry.row_id == came.id, chains.Entry.row_table == "courses_stamps"
        )
    ).first()
    assert entry.actor_id == group.trainer.id, "in the sign-in of the trainer"
    assert came.device is None, "the device of all who have no phone says nothing"


def test_the_same_digits_twice_in_a_minute_are_one_stamp(group):
    first = sign(group)
    assert sign(group, after=timedelta(seconds=40)).id == first.id


def test_it_is_kept_as_a_slow_hash(group):
    assert group.pin.hashed.startswith("$argon2id$")
    assert DIGITS not in group.pin.hashed


@pytest.mark.parametrize("digits", ["12345", "1234567", "12a456", "", "١٢٣٤٥٦"])
def test_it_has_six_digits(make, digits):
    with pytest.raises(Invalid, match="six digits"):
        pins.choose(digits, digits, by=make.actor(make.person("trainee")))


@pytest.mark.parametrize(
    "digits",
    [
        "000000", "777777", "123456", "654321", "890123", "135791", "121212", "112233", "123123",
        "123321", "111222", "100000",
    ],
)  # fmt: skip
def test_what_anybody_would_try_first_is_refused(make, digits):
    with pytest.raises(Invalid, match="Too easy"):
        pins.choose(digits, digits, by=make.actor(make.person("trainee")))


@given(some.text("0123456789", min_size=6, max_size=6))
def test_nearly_all_other_digits_are_taken(digits):
    if len(set(digits)) > 3 and digits[:3] not in (digits[3:], digits[:2:-1]):
        steps = {(int(b) - int(a)) % 10 for a, b in zip(digits, digits[1:], strict=False)}
        assert pins.is_trivial(digits) is (len(steps) == 1)


def test_both_times_the_same_and_spaces_do_not_matter(make):
    by = make.actor(make.person("trainee"))
    with pytest.raises(Invalid, match="not the same"):
        pins.choose(DIGITS, WRONG, by=by)
    assert pins.choose("480 271", DIGITS, by=by).wrong == 0


def test_another_one_takes_its_place(make, group):
    make.pin(group.trainees[0], WRONG)
    assert db.session.query(Pin).count() == 1
    with pytest.raises(Invalid):
        sign(group, DIGITS)
    db.session.rollback()
    assert sign(group, WRONG)


def test_who_has_none_cannot_sign_with_it(make, group):
    other = stamps.expected_of(group.session.id, group.enrolments[1].id)
    with pytest.raises(Refused, match="not chosen"):
        sign(group, expected=other)
    assert [e.id for e in still(group)] == [group.expected.id]


def still(group):
    query = select(stamps.Expected).where(pins.still_to_sign(group.session))
    return db.session.scalars(query).all()


def test_who_has_gone_out_is_no_longer_offered(group):
    sign(group)
    sign(group, after=timedelta(hours=1))
    assert still(group) == []


def test_after_four_wrong_tries_one_waits_and_the_fifth_locks(group):
    for _ in range(4):
        fail(group)
    with pytest.raises(TooMany):
        sign(group)
    db.session.rollback()
    fail(group, after=timedelta(minutes=1))
    db.session.refresh(group.pin)
    assert group.pin.wrong == 5
    with pytest.raises(Refused, match="locked"):
        sign(group, after=timedelta(hours=1))


def locked(group):
    for number in range(5):
        fail(group, after=timedelta(minutes=10 * number))
    return timedelta(minutes=40)


def test_a_lock_ends_when_she_signs_in_herself(group):
    since = locked(group)
    with clock.held(group.session.starts_at + since + timedelta(minutes=1)):
        sign_ins.begin(group.trainer.id)
        db.session.commit()
    with pytest.raises(Refused, match="locked"):
        sign(group, after=since + timedelta(hours=1))
    db.session.rollback()
    with clock.held(group.session.starts_at + since + timedelta(minutes=1)):
        sign_ins.begin(group.trainees[0].id)
        db.session.commit()
    sign(group, after=since + timedelta(hours=1))
    db.session.refresh(group.pin)
    assert (group.pin.wrong, group.pin.locked_at) == (0, None)


def test_a_sign_in_from_before_the_lock_does_not_open_it(group):
    with clock.held(group.session.starts_at - timedelta(hours=1)):
        sign_ins.begin(group.trainees[0].id)
        db.session.commit()
    since = locked(group)
    with pytest.raises(Refused, match="locked"):
        sign(group, after=since + timedelta(hours=1))


def test_after_she_has_signed_in_five_more_wrong_tries_lock_again(group):
    since = locked(group)
    with clock.held(group.session.starts_at + since + timedelta(minutes=1)):
        sign_ins.begin(group.trainees[0].id)
        db.session.commit()
    fail(group, after=since + timedelta(minutes=60))
    db.session.refresh(group.pin)
    assert (group.pin.wrong, group.pin.locked_at) == (1, None)


def test_choosing_another_one_opens_the_lock(make, group):
    since = locked(group)
    make.pin(group.trainees[0])
    assert sign(group, after=since)


def test_wrong_tries_at_once_are_all_counted(group):
    who, by = group.trainees[0].id, group.by
    assert race(*[unit(pins.turned_away, who, by=by)] * 3) == [None] * 3
    db.session.refresh(group.pin)
    assert group.pin.wrong == 3


def test_many_more_at_once_do_not_open_what_the_fifth_has_locked(group):
    who, by = group.trainees[0].id, group.by
    race(*[unit(pins.turned_away, who, by=by)] * 7)
    db.session.refresh(group.pin)
    assert (group.pin.wrong, group.pin.locked_at is None) == (5, False)


def test_a_wrong_try_is_in_the_record_with_whose_device_it_was(group):
    fail(group)
    entry = db.session.scalars(select(chains.Entry).where(chains.Entry.what == "refused PIN")).one()
    assert (entry.actor_id, entry.row_id) == (group.trainer.id, group.pin.id)


def test_a_signed_page_takes_no_pin(make):
    group = make.signed_page()
    make.pin(group.trainees[0])
    group.expected = stamps.expected_of(group.session.id, group.enrolments[0].id)
    group.by = make.actor(group.trainer, group.programme)
    with pytest.raises(Refused, match="has been signed"):
        sign(group, after=timedelta(hours=4))


def test_the_database_knows_one_pin_of_each_and_a_lock_after_five(make, group):
    row = group.pin
    db.session.add(
        Pin(
            programme_id=row.programme_id,
            person_id=row.person_id,
            hashed="x",
            chosen_at=row.chosen_at,
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    row.wrong = 5
    with pytest.raises(IntegrityError, match="locked_after_five"):
        db.session.flush()


def test_the_page_holds_and_its_minutes_are_hers(make, group):
    sign(group)
    sign(group, after=timedelta(minutes=210))
    with clock.held(group.session.ends_at + timedelta(minutes=1)):
        register.sign(group.session, topic="x", head_count=1, by=group.by)
        db.session.commit()
    from courses import ledger, verification

    assert ledger.posted(group.session.id)[group.enrolments[0].id] == 210
    assert [v.fault for v in verification.verify()] == [None]
