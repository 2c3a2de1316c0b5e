"""Bodies of the network, and partners who speak for them."""

from casework import network
from casework.network import BodyKind
from lms import db


def body(name: str | None = None, programme=None):
    """A body that is active in the network."""
    from tests import make

    manager = make.actor(make.person("manager", programme=programme), programme)
    row = network.add(name or f"Body {next(make.number)}", BodyKind.THIRD_SECTOR, by=manager)
    db.session.commit()
    return row


def partner(of_body=None, programme=None, name: str | None = None):
    """A partner who speaks for a body."""
    from tests import make

    person = make.person("partner", programme=programme, name=name)
    manager = make.actor(make.person("manager", programme=programme), programme)
    network.link(of_body or body(programme=programme), person, by=manager)
    db.session.commit()
    return person
