"""Senior trainers beside people."""

from lms import db
from mentoring import assignments


def assignment(person=None, senior=None, programme=None, starts_on=None):
    """A senior trainer who follows somebody from today, or from the day that is said."""
    from tests import make

    manager = make.actor(make.person("manager", programme=programme), programme)
    row = assignments.assign(
        senior or make.person("senior", programme=programme),
        person or make.person("trainee", programme=programme),
        starts_on=starts_on,
        by=manager,
    )
    db.session.commit()
    return row
