"""Referrals, sent and accepted. Names and reasons are canaries: no list may show them."""

from sqlalchemy import select

from casework import referrals
from casework.network import Body, Operator
from casework.referrals import Urgency
from lms import db

NAME = "Canarina"
SURNAME = "Canarini"
REASON = "canary-reason of the referral"


def referral(by=None, hub=None, programme=None, urgency=Urgency.ORDINARY, name=NAME):
    """A referral that has just been received."""
    from tests import make

    by = by or make.partner(programme=programme)
    body_id = db.session.scalar(select(Operator.body_id).where(Operator.person_id == by.id))
    row = referrals.send(
        db.session.get(Body, body_id),
        hub=hub or make.hub(programme),
        urgency=urgency,
        name=name,
        surname=SURNAME,
        contact="canary-phone 011 0000000",
        reason=REASON,
        needs="canary-needs",
        by=make.actor(by, programme),
    )
    db.session.commit()
    return row


def accepted_referral(programme=None, **more):
    """A referral that the manager has accepted and that has no case yet."""
    from tests import make

    row = referral(programme=programme, **more)
    manager = make.actor(make.person("manager", programme=programme), programme)
    referrals.accept(row, by=manager)
    db.session.commit()
    return row
