"""The code on the wall: of one session, of twenty seconds."""

from datetime import timedelta
from uuid import uuid4

from courses import codes
from tests.making.register import START

SESSION, OTHER = uuid4(), uuid4()


def shown(ago=0, session=SESSION):
    return codes.code(session, codes.slice_of(START - timedelta(seconds=ago)))


def test_it_is_six_digits_and_the_same_in_every_process(app):
    assert len(shown()) == 6
    assert shown().isdecimal()
    assert shown() == codes.code(SESSION, codes.slice_of(START + timedelta(seconds=19)))


def test_it_fits_now_and_twenty_seconds_later_but_not_forty(app):
    assert codes.fits(SESSION, shown(0), START)
    assert codes.fits(SESSION, shown(20), START)
    assert not codes.fits(SESSION, shown(40), START)
    assert not codes.fits(SESSION, shown(60), START)
    assert not codes.fits(SESSION, shown(-20), START), "nor the one to come"


def test_an_old_code_is_told_from_a_wrong_one_for_a_quarter_of_an_hour(app):
    assert codes.was(SESSION, shown(40), START)
    assert codes.was(SESSION, shown(600), START)
    assert not codes.was(SESSION, shown(3600), START)


def test_another_session_has_another_code(app):
    assert shown(session=OTHER) != shown()
    assert not codes.fits(OTHER, shown(), START)


def test_it_says_how_long_it_still_lasts():
    assert codes.left(START) == 20
    assert codes.left(START + timedelta(seconds=13)) == 7
    assert codes.normal(" 482 913") == "482913"
