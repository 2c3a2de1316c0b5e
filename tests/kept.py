"""What takes long to make is made once: the database as it was then, and the rows as given.

A minute later it is made anew, so that nothing in it is older than a test expects.
"""

import pickle
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from sqlalchemy import inspect

from lms import db
from tests.databases import Snapshot

LASTS = 60


class Kept:
    """What a function gave, with every row of the database at that moment."""

    def __init__(self, given: Any) -> None:
        self.snapshot = Snapshot()
        self.at = time.monotonic()
        written = BytesIO()
        _Writer(written).dump(given)
        self.given = written.getvalue()

    def again(self) -> Any:
        """Bring back the rows, and give the same, read anew."""
        self.snapshot.restore()
        return _Reader(BytesIO(self.given)).load()

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.at < LASTS


class _Writer(pickle.Pickler):
    def persistent_id(self, thing: Any) -> Any:
        """A row is kept by its name: it is in the database."""
        return (type(thing), inspect(thing).identity) if isinstance(thing, db.Model) else None


class _Reader(pickle.Unpickler):
    def persistent_load(self, name: Any) -> Any:
        return db.session.get_one(*name)


def kept(make: Callable[[], Any]) -> Callable[[], Any]:
    """Make it on an empty database only once in a while; else bring it back."""
    found: list[Kept] = []

    def once() -> Any:
        if found and found[0].is_fresh:
            return found[0].again()
        given = make()
        db.session.commit()
        found[:] = [Kept(given)]
        return given

    return once
