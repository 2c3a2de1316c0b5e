"""Failed tries: waits that grow, that end, and that tell nothing of whose they were."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms import clock, db, keys, tries
from lms.errors import TooMany
from lms.tries import FROM_ONE_PLACE, PLACE, Try, still_counted, wait_after, wait_at
from tests.races import race

HERE = "192.0.2.7"


def test_waits_grow_and_end_at_a_quarter_of_an_hour():
    assert [wait_after(n).total_seconds() for n in (0, 3, 4, 5, 20)] == [0, 0, 30, 60, 900]


def test_a_place_waits_until_enough_is_forgiven():
    most = FROM_ONE_PLACE
    minutes = [wait_at(n) / timedelta(minutes=1) for n in (0, most - 1, most, most + 4)]
    assert minutes == [0, 0, 1, 5]


def test_a_place_is_forgiven_one_each_minute_and_an_account_all_after_a_day():
    assert still_counted(PLACE, 60, timedelta(minutes=10, seconds=50)) == 50
    assert still_counted(PLACE, 3, timedelta(hours=1)) == 0
    assert still_counted("password", 60, timedelta(hours=23)) == 60
    assert still_counted("password", 60, timedelta(hours=25)) == 0


def test_many_failures_make_even_the_right_password_wait(database):
    for _ in range(5):
        tries.failed("password", "somebody@demo.example")
    with pytest.raises(TooMany):
        tries.check_wait("password", "somebody@demo.example")
    tries.check_wait("password", "another@demo.example")
    tries.check_wait("factor", "somebody@demo.example")
    tries.succeeded("password", "somebody@demo.example")
    tries.check_wait("password", "somebody@demo.example")


def test_a_place_that_has_waited_may_try_again(database):
    for _ in range(FROM_ONE_PLACE):
        tries.failed(PLACE, HERE)
    with pytest.raises(TooMany):
        tries.check_wait(PLACE, HERE)
    with clock.held(clock.now() + timedelta(seconds=61)):
        tries.check_wait(PLACE, HERE)
        tries.failed(PLACE, HERE)
        with pytest.raises(TooMany):
            tries.check_wait(PLACE, HERE)


def test_an_address_is_kept_only_as_a_keyed_hash(database):
    tries.failed(PLACE, HERE)
    kept = db.session.scalars(select(Try)).one().subject
    assert kept == keys.blind(f"tries {PLACE}", HERE)
    assert HERE.encode() not in kept


def test_one_line_of_a_new_address_is_one_place():
    assert tries.place("2001:db8:1:2::5") == tries.place("2001:db8:1:2:ffff::1")
    assert tries.place("2001:db8:1:3::5") != tries.place("2001:db8:1:2::5")
    assert tries.place("fe80::1%eth0") == "fe80::/64"
    assert tries.place("192.0.2.7") != tries.place("192.0.2.8")


def test_who_comes_from_nowhere_is_not_counted_with_others(database):
    assert tries.place(None) == tries.place("") == tries.place("not an address") == ""
    tries.failed(PLACE, "")
    assert db.session.scalars(select(Try)).all() == []


def test_many_at_once_are_all_counted(database):
    def fail():
        with db.unit():
            tries.failed(PLACE, HERE)

    race(*[fail] * 6)
    assert db.session.scalars(select(Try)).one().count == 6
