"""The people of a class that was made ready, each at a browser of her own."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser

from lms import accounts, keys, programmes, sign_ins
from lms.permissions import FACTOR_ROLES, Actor, Role
from lms.programmes import Programme
from tests import databases
from tests.browser.house import STAFF, House, house
from tests.browser.people import Person

NAMES = {
    "trainer": "Teresa Marengo",
    "coordinator": "Corrado Valle",
    "manager": "Mirella Costa",
}
TRAINEES = ["Sara Conti", "Elena Riva", "Luca Gallo", "Amal Fathi"]
EDITION = {"it": "Edizione di novembre", "en": "November edition"}
RUNS = [
    pytest.param("sqlite", "it", id="SQLite, Italian"),
    pytest.param("postgresql", "en", id="PostgreSQL, English"),
]
"""Both databases and both languages, in two runs."""


class Company:
    """Everybody of one class, a second manager, and one who only looks."""

    def __init__(self, house: House, browser: Browser, group: SimpleNamespace) -> None:
        self.house, self.group = house, group
        self.everybody: list[Person] = []
        self._browser = browser
        self.trainer = self._join(group.trainer, NAMES["trainer"])
        self.coordinator = self._join(group.coordinator, NAMES["coordinator"])
        self.manager = self._join(group.manager, NAMES["manager"])
        other = accounts.by_mail(STAFF[Role.MANAGER][1])
        assert other
        self.second = self._join(other, other.name)
        self.trainees = [
            self._join(person, name, on_phone=True)
            for person, name in zip(group.trainees, TRAINEES, strict=False)
        ]
        self.visitor = Person(house, browser, "", "Somebody", on_phone=True)
        self.everybody.append(self.visitor)
        group.edition.name = EDITION[house.language]
        self.edition = f"/editions/{group.edition.id}"

    def _join(self, person: accounts.Person, name: str, *, on_phone: bool = False) -> Person:
        """Give a made person a name, the password and language of the house, and a browser."""
        other = accounts.by_mail(STAFF[Role.MANAGER][1])
        assert other
        person.name, person.sort_name = name, accounts.sort_key(name)
        person.language, person.password = self.house.language, other.password
        if FACTOR_ROLES & accounts.roles(person.id, self.group.programme.id):
            by = Actor(person.id, self.group.programme.id, frozenset(), name)
            keys.seal(person, by=by, factor_secret=sign_ins.new_secret())
        found = Person(self.house, self._browser, person.mail, name, on_phone=on_phone)
        self.everybody.append(found)
        return found

    @property
    def found(self) -> list[str]:
        """All that any browser complained of."""
        return [line for person in self.everybody for line in person.found]

    def standing(self) -> str:
        """Where everybody is, for who has to find out why the journey stopped."""
        there = [p for p in self.everybody if p.page.url != "about:blank"]
        return "\n".join([f"{p.name} at {p.path}: {p.text()[:600]}" for p in there] + self.found)

    def leave(self) -> None:
        for person in self.everybody:
            person.context.close()


@contextmanager
def company(
    browser: Browser,
    database: str,
    language: str,
    beginning: datetime,
    gather: Callable[[Programme], SimpleNamespace],
) -> Iterator[Company]:
    """A served installation with the class that is gathered in it. Nobody may have complained."""
    server = databases.postgresql() if database == "postgresql" else nullcontext("")
    pictures = database == "sqlite" and "AFFIANCA_PICTURES" in os.environ
    with (
        server as url,
        house(beginning, language=language, database_url=url, takes_pictures=pictures) as served,
    ):
        with served.work():
            programme = programmes.only()
            assert programme
            found = Company(served, browser, gather(programme))
        try:
            yield found
        except BaseException as error:
            error.add_note(found.standing())
            raise
        finally:
            found.leave()
        assert not found.found, "\n" + "\n".join(found.found)
        assert not served.unfinished()
        assert "All holds" in served.run("audit", "verify")
