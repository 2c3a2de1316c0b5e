"""The installation: whether its database is a demonstration, and whether it may be served so."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from lms import clock, db, keys
from lms.accounts import Person
from lms.settings import Settings


class Installation(db.Model):
    """One row at most: what this database is."""

    __tablename__ = "installation"

    id: Mapped[db.Id]
    is_demo: Mapped[bool]
    made_at: Mapped[db.Moment]


class NotReady(Exception):
    """The program cannot be started like this; the message says what to do."""


def is_demo() -> bool:
    return bool(db.session.scalar(select(Installation.is_demo)))


def answers() -> None:
    """Raises when the database does not answer."""
    is_demo()


def is_empty() -> bool:
    return db.session.scalar(select(Person.id).limit(1)) is None


def mark_demo(at: datetime | None = None) -> None:
    """Mark an empty database as a demonstration, for good. Raises NotReady on any other."""
    if not is_empty():
        raise NotReady("The demo only fills an empty database; this one has people in it.")
    db.session.add(Installation(is_demo=True, made_at=at or clock.now()))


def make_ring(path: Path) -> bool:
    """Make the key ring unless it is there. Returns whether it was made."""
    if path.exists():
        return False
    keys.Ring.new().save(path)
    return True


def check(settings: Settings) -> None:
    """Refuse a demo served as production, and the other way round. Raises NotReady."""
    demo = is_demo()
    if settings.mode == "production" and demo:
        raise NotReady("This database is marked as a demo: it cannot be served in production.")
    if settings.mode == "demo" and not demo:
        raise NotReady("This database is not a demo: start without AFFIANCA_MODE=demo.")
    if settings.mode == "production" and not settings.smtp_url:
        raise NotReady("Production needs a mail server: set AFFIANCA_SMTP_URL.")
    if settings.keys.stat().st_mode & 0o077:
        raise NotReady(f"The key ring {settings.keys} can be read by others: chmod 600.")
