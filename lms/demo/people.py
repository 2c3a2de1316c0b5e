"""The invented people of the demo, and their accounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lms import accounts, db, keys, sign_ins
from lms.accounts import Person
from lms.permissions import FACTOR_ROLES, Actor, Role
from lms.programmes import Programme

PASSWORD = "quattro passi lungo il fiume"  # noqa: S105 - printed by every demo

FIRST = (
    "Chiara", "Davide", "Ilaria", "Antonio", "Federica", "Aminata", "Matteo", "Rosanna",
    "Pietro", "Elira", "Mihaela", "Sara", "Paolo", "Alice", "Blessing", "Renzo", "Rosa",
    "Marta", "Gavino", "Valentina", "Luca", "Emma", "Samira", "Giulia", "Tommaso", "Irene",
    "Fatou", "Nicola", "Beatrice", "Omar", "Caterina", "Stefano", "Lucia", "Ivan", "Noemi",
    "Giorgio",
)  # fmt: skip
LAST = (
    "Abate", "Bellini", "Benedetti", "Caruso", "Costa", "Diallo", "Ferrero", "Gallo",
    "Giordano", "Hoxha", "Ionescu", "Lombardo", "Marchetti", "Moretti", "Nwosu", "Pautasso",
    "Quispe", "Rinaldi", "Sanna", "Serra", "Vignale", "Zanetti", "Barbero", "Colombo", "Donati",
    "Esposito", "Fiore", "Grasso", "Leone", "Martini", "Negri", "Orlando", "Pellegrini", "Riva",
    "Testa", "Villa",
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Who plays which part, as `by` of what they do."""

    programme: Programme
    manager: Actor
    coordinator: Actor
    trainers: list[Actor]
    seniors: list[Actor]
    inspector: Actor
    administrator: Actor


def names() -> Iterator[str]:
    """Invented names, each once, always in the same order."""
    for turn in range(len(LAST)):
        for place, first in enumerate(FIRST):
            yield f"{first} {LAST[(place + turn * 7) % len(LAST)]}"


class Crowd:
    """Makes the accounts, one invented name after the other; all with one password."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.password = accounts.hash_password(PASSWORD)
        self.names = names()
        self.count = 0

    def join(self, *roles: Role, mail: str = "") -> Person:
        """Somebody active with these roles, her second factor enrolled where one is needed."""
        self.count += 1
        person = accounts.create(
            mail or f"person{self.count:03d}@demo.example",
            next(self.names),
            is_invented=True,
        )
        person.password = self.password
        accounts.FLOW.move(person, "activate")
        for role in roles:
            accounts.grant(person, role, by=None, programme_id=self.programme.id)
        if FACTOR_ROLES.intersection(roles):
            self.enrol(person)
        return person

    def enrol(self, person: Person) -> None:
        """Give the person a second factor, whose code the demo shows."""
        by = Actor(person.id, self.programme.id, frozenset(), person.name)
        keys.seal(person, by=by, factor_secret=sign_ins.new_secret())

    def actor(self, *roles: Role, mail: str = "") -> Actor:
        person = self.join(*roles, mail=mail)
        db.session.flush()  # her roles are read back from the grants
        return accounts.acting(person, self.programme.id, proven=True)

    def actors(self, number: int, role: Role, mail: str) -> list[Actor]:
        """Several with one role, the first of them under the address that the demo prints."""
        return [self.actor(role, mail=mail if n == 0 else "") for n in range(number)]

    def skip(self, number: int) -> None:
        """Pass over some names, so that those who follow sound different."""
        list(islice(self.names, number))


def cast(crowd: Crowd) -> Cast:
    """Everybody who is not a trainee, an activator or a partner."""
    return Cast(
        programme=crowd.programme,
        manager=crowd.actor(Role.MANAGER, mail="manager@demo.example"),
        coordinator=crowd.actor(Role.COORDINATOR, mail="coordinator@demo.example"),
        trainers=crowd.actors(4, Role.TRAINER, "trainer@demo.example"),
        seniors=crowd.actors(3, Role.SENIOR, "senior@demo.example"),
        inspector=crowd.actor(Role.INSPECTOR, mail="inspector@demo.example"),
        administrator=crowd.actor(Role.ADMINISTRATOR, mail="admin@demo.example"),
    )
