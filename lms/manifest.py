"""What a package hands to the application: typed lists, read once at start."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import ModuleType
from typing import Any
from uuid import UUID

from lms.i18n import Lazy
from lms.permissions import Actor, Permission, Role, Scope


@dataclass(frozen=True)
class Tab:
    """A way into the program, shown to those who hold its permission; lowest order first."""

    label: Lazy
    endpoint: str
    icon: str
    permission: Permission
    order: int = 50
    also: Sequence[str] = ()
    """Further blueprints whose pages stand under this way in."""


@dataclass(frozen=True)
class Link:
    """A page for everybody, with an account or without."""

    label: Lazy
    endpoint: str


@dataclass(frozen=True)
class Todo:
    """One thing that a person has to do, by a day. At most five are shown to her."""

    on: date
    title: str | Lazy
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    small: str | Lazy = ""
    turn: bool = True
    """Whether it is this person's turn now (honey), or only good to know."""


@dataclass(frozen=True)
class Coming:
    """What comes next for a person on whom nothing waits: a sentence, and its day if it has one."""

    title: str | Lazy
    small: str | Lazy = ""
    on: date | None = None
    endpoint: str = ""
    """Where it leads, if anywhere."""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """One thing that a trainee still lacks for her certificate."""

    what: str | Lazy
    short: str | Lazy
    """How much: "1 minute", "the quiz"."""


@dataclass(frozen=True)
class Reviewable:
    """A kind of thing that is reviewed; shown by its own topic, under that topic's permission."""

    kind: str
    model: Any
    permission: Permission
    endpoint: str
    argument: str
    title: Callable[[Any], str]


@dataclass(frozen=True)
class Personal:
    """What the register says of one column that holds personal data."""

    whose: str
    kind: str
    """identity, contact, training, social, special, account or trace."""
    why: str
    keep: str
    erase: str
    """delete, key (the subject's key is destroyed), anonymise or keep."""


PersonalData = Mapping[str, Mapping[str, Personal | None]]
"""Table -> column -> what it is, or None when it is not personal."""

CertifiedIf = Callable[[Sequence[UUID]], Mapping[UUID, Sequence[Missing]]]
"""Enrolment ids -> for each, what is still missing."""


@dataclass(frozen=True)
class Manifest:
    name: str
    views: Sequence[ModuleType] = ()
    """Each has a blueprint named bp."""
    policies: Sequence[ModuleType] = ()
    """Their Permission constants are the package's permissions."""
    grants: Sequence[tuple[Permission, Role, Scope]] = ()
    navigation: Sequence[Tab] = ()
    foot: Sequence[Link] = ()
    """Stand quietly at the foot of every page."""
    today: Sequence[Callable[[Actor], Sequence[Todo]]] = ()
    coming: Sequence[Callable[[Actor], Sequence[Coming]]] = ()
    """Asked only when nothing waits for her: every role has something to say."""
    reviewables: Sequence[Reviewable] = ()
    certified_if: Sequence[CertifiedIf] = ()
    personal_data: PersonalData = field(default_factory=dict)
    record: Mapping[str, Lazy] = field(default_factory=dict)
    """What the audit record holds, and how a person reads it."""
    jobs: Mapping[str, Callable[..., None]] = field(default_factory=dict)
    """Kind of job -> what does it, called with the job's arguments and by=."""
    works: Mapping[str, Lazy] = field(default_factory=dict)
    """Kind of job -> how a person reads it."""
    commands: Sequence[Any] = ()
    """Click commands of the package."""

    def permissions(self) -> list[Permission]:
        found = [value for policy in self.policies for value in vars(policy).values()]
        return [value for value in found if isinstance(value, Permission)]


def ways_in(packages: Iterable[Manifest], me: Actor) -> list[Tab]:
    """Every page of the navigation that this person may open, in order."""
    found = [t for p in packages for t in p.navigation if t.permission.held_by(me)]
    return sorted(found, key=lambda tab: tab.order)


def todos(packages: Iterable[Manifest], me: Actor) -> list[Todo]:
    """What awaits this person, soonest first; her turn before what is only good to know."""
    found = [todo for p in packages for ask in p.today for todo in ask(me)]
    return sorted(found, key=lambda todo: (todo.on, not todo.turn))


def coming(packages: Iterable[Manifest], me: Actor) -> list[Coming]:
    """What comes next for her in all that she is, what has a day first."""
    found = [one for p in packages for ask in p.coming for one in ask(me)]
    return sorted(found, key=lambda one: one.on or date.max)
