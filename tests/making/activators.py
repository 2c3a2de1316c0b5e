"""Activators, in training and with living cases."""

from casework import activators
from casework.activators import Stage
from lms import clock, db


def trainee_activator(hub=None, programme=None, person=None):
    """An activator in training: nothing has been given her yet."""
    from tests import make

    manager = make.actor(make.person("manager", programme=programme), programme)
    row = activators.make(
        person or make.person("trainee", programme=programme),
        hub or make.hub(programme),
        by=manager,
    )
    db.session.commit()
    return row


def authorised_activator(hub=None, programme=None, person=None):
    """An activator in training who has accepted her authorisation."""
    from tests import make

    row = trainee_activator(hub, programme, person)
    manager = make.actor(make.person("manager", programme=programme), programme)
    activators.authorise(row, "You may hold cases under supervision.", by=manager)
    db.session.flush()
    activators.accept(row, version=row.version, by=make.actor(row.person, programme))
    db.session.commit()
    return row


def activator(hub=None, programme=None, person=None):
    """An activator to whom living cases are open (the gate itself has its own tests)."""
    from tests import make

    row = authorised_activator(hub, programme, person)
    manager = make.person("manager", programme=programme)
    row.supervised_at, row.supervised_by_id = clock.now(), manager.id
    row.stage = Stage.SUPERVISED
    db.session.commit()
    return row
