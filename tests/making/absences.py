"""Absences announced, and PINs."""

from datetime import timedelta

from courses import absences, pins
from courses.absences import Category
from lms import clock, db

DIGITS = "480271"


def announced(person, session, *, reason="canary-reason to stay away", paper=None):
    """This trainee has announced, a day ahead, that she will not come to a session."""
    from tests import make

    with clock.held(session.starts_at - timedelta(days=1)):
        row = absences.announce(
            session, Category.HEALTH, reason, paper=paper, by=make.actor(person)
        )
        db.session.commit()
    return row


def pin(person, digits=DIGITS):
    """This trainee has chosen a PIN."""
    from tests import make

    row = pins.choose(digits, digits, by=make.actor(person))
    db.session.commit()
    return row
