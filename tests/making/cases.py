"""Cases of an activator, and notes in them."""

from casework import beneficiaries, cases, notes
from casework.beneficiaries import Parts
from casework.cases import CaseState, Outcome
from lms import db

SAID = "canary-note of what was said"


def case(activator=None, programme=None, hub=None, state=CaseState.CONTACT, **referred):
    """A case that an activator has just been given: case.activator_id is her account."""
    from tests import make

    if activator is None:
        activator = make.activator(hub or make.hub(programme), programme)
    referral = make.accepted_referral(programme=programme, hub=activator.hub, **referred)
    row = case_of(referral, activator, programme)
    row.state = state
    db.session.commit()
    return row


def case_of(referral, activator=None, programme=None):
    """The case of an accepted referral."""
    from tests import make

    db.session.refresh(referral)
    activator = activator or make.activator(referral.hub, programme)
    manager = make.actor(make.person("manager", programme=programme), programme)
    row = cases.assign(referral, activator.hub, activator, by=manager)
    db.session.commit()
    return row


def parts(beneficiary_id):
    """The three rows of one person."""
    return Parts(*db.session.execute(beneficiaries.parts(beneficiary_id)).one())


def note(case, outcome=Outcome.REACHED, said=SAID, next_step="", next_on=None):
    """A contact note by the activator of the case."""
    from lms import accounts
    from tests import make

    by = make.actor(accounts.get(case.activator_id))
    row = notes.write(case, outcome, said=said, next_step=next_step, next_on=next_on, by=by)
    db.session.commit()
    return row
