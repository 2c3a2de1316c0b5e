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


# The proof that somebody framed a code while it was good

PERSON = uuid4()


def proven(shown_at, at, *, session=SESSION, person=PERSON, typed="482913", change=str):
    proof = change(codes.proof(SESSION, PERSON, "482913", shown_at))
    return codes.framed_at(session, person, typed, proof, at)


def test_a_proof_says_when_and_lasts_five_minutes(app):
    exact = START.replace(microsecond=0)
    assert proven(START, START) == exact
    assert proven(START, START + timedelta(minutes=5)) == exact
    assert proven(START, START + timedelta(minutes=5, seconds=1)) is None
    assert proven(START, START - timedelta(seconds=1)) is None, "nor before it was made"


def test_a_proof_is_of_one_person_one_session_and_one_code(app):
    assert proven(START, START, person=uuid4()) is None
    assert proven(START, START, session=OTHER) is None
    assert proven(START, START, typed="482914") is None


def test_a_proof_cannot_be_made_or_made_younger(app):
    later = str(int(START.timestamp()) + 200)
    assert proven(START, START + timedelta(minutes=6), change=lambda p: later + p[10:]) is None
    for forged in ("", "-", "x-y", "1" * 30 + "-a", "١٢-a", "1763-é"):
        assert codes.framed_at(SESSION, PERSON, "482913", forged, START) is None
