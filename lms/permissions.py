"""Who may do what. A permission is declared once, with the rows each role holds it on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from lms import db
from lms.errors import NotFound
from lms.flow import Word, say, word
from lms.i18n import Lazy, lazy


class Role(StrEnum):
    """What a person is in one programme. She may be several things."""

    TRAINEE = "trainee"
    TRAINER = "trainer"
    COORDINATOR = "coordinator"
    SENIOR = "senior"
    MANAGER = "manager"
    ACTIVATOR = "activator"
    PARTNER = "partner"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"


say(
    {
        Role.TRAINEE: Word(lazy("trainee")),
        Role.TRAINER: Word(lazy("trainer")),
        Role.COORDINATOR: Word(lazy("coordinator")),
        Role.SENIOR: Word(lazy("senior trainer")),
        Role.MANAGER: Word(lazy("programme manager")),
        Role.ACTIVATOR: Word(lazy("hub activator")),
        Role.PARTNER: Word(lazy("network partner")),
        Role.INSPECTOR: Word(lazy("inspector")),
        Role.ADMINISTRATOR: Word(lazy("administrator")),
    }
)

FACTOR_ROLES = frozenset({Role.SENIOR, Role.MANAGER, Role.ACTIVATOR, Role.ADMINISTRATOR})
"""Roles that can open a case or certify hours: a second factor is required of them."""


@dataclass(frozen=True)
class Actor:
    """A person at work in one programme, with the roles she holds there. Passed on as `by`."""

    id: UUID
    programme_id: UUID
    roles: frozenset[Role]
    name: str
    language: str = "it"
    key_id: UUID | None = None
    proven: bool = field(default=False, compare=False)
    """Whether this sign-in has shown the second factor."""

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def role_word(self) -> Lazy:
        """The one role that stands beside her name: the most telling she has."""
        held = [role for role in PROMINENCE if role in self.roles]
        return word(held[0]).label if held else lazy("guest")


PROMINENCE = (
    Role.MANAGER, Role.SENIOR, Role.COORDINATOR, Role.ACTIVATOR, Role.TRAINER, Role.TRAINEE,
    Role.PARTNER, Role.INSPECTOR, Role.ADMINISTRATOR,
)  # fmt: skip


def initials(name: str) -> str:
    """The two letters shown for a person: of the first name and of the last."""
    parts = name.split()
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper() if parts else "?"


Scope = Callable[[Actor], ColumnElement[bool]]


def everywhere(me: Actor) -> ColumnElement[bool]:
    """Every row of the programme."""
    return true()


@dataclass(frozen=True, eq=False)
class Permission:
    """One thing that may be done, to rows of one table."""

    name: str
    model: Any
    grants: Mapping[Role, Scope]
    title: Lazy = lazy("")
    factor: bool = False
    """Needs a sign-in that has shown its second factor."""
    fresh: bool = False
    """Needs the password again if it was given more than ten minutes ago."""

    def scopes(self, role: Role) -> list[Scope]:
        own = [self.grants[role]] if role in self.grants else []
        return own + _added[self].get(role, [])

    def roles(self) -> set[Role]:
        return set(self.grants) | set(_added[self])

    def held_by(self, me: Actor | None) -> bool:
        """Whether the person's roles grant it on any row at all."""
        return me is not None and not self.roles().isdisjoint(me.roles)


_added: dict[Permission, dict[Role, list[Scope]]] = defaultdict(lambda: defaultdict(list))

standing: ContextVar[str] = ContextVar("standing", default="command")
"""The name of the permission under which the present work is done, for the audit record."""


def extend(permission: Permission, role: Role, scope: Scope) -> None:
    """A higher package gives one of its roles a permission of a lower one. Once, at start."""
    if scope not in _added[permission][role]:
        _added[permission][role].append(scope)


def allowed(me: Actor | None, permission: Permission) -> ColumnElement[bool]:
    """The rows on which this person holds this permission, as a WHERE clause."""
    if me is None:
        return false()
    model = permission.model
    mine = model.id if model.__tablename__ == "programmes" else model.programme_id
    scopes = [s(me) for role in sorted(me.roles) for s in permission.scopes(role)]
    return and_(mine == me.programme_id, or_(false(), *scopes))


answered: ContextVar[dict[tuple[Any, Permission, UUID], bool]] = ContextVar("answered")
"""What `load` has learnt of the row of the present request; `can` need not ask again."""


def load(
    id: object,
    me: Actor | None,
    permission: Permission,
    *,
    lock: bool = False,
    also: Sequence[Permission] = (),
) -> Any:
    """Fetch and authorise a row in one query. Not yours and not there are the same answer.

    A row of a table that only grows is never locked: nobody can change it.
    `also` names further permissions of which the page asks whether she has them on this row.
    """
    model = permission.model
    query = select(model, *(allowed(me, each) for each in also))
    query = query.where(model.id == id, allowed(me, permission))
    if lock and not model.__table__.info.get("append_only"):
        query = query.with_for_update(of=model, key_share=True)
    found = db.session.execute(query).first()
    if found is None:
        raise NotFound()
    row, *answers = found
    for each, answer in zip(also, answers, strict=True):
        answered.get({})[me, each, row.id] = bool(answer)
    return row


def allowed_ids(rows: Iterable[Any], me: Actor | None, permission: Permission) -> set[UUID]:
    """Of these rows, the ids of those on which the person holds the permission: one query."""
    ids = [row.id for row in rows]
    if not ids or not permission.held_by(me):
        return set()
    model = permission.model
    found = db.session.scalars(select(model.id).where(model.id.in_(ids), allowed(me, permission)))
    return set(found)


def can(me: Actor | None, permission: Permission, row: Any) -> bool:
    """For buttons on a page about one thing; pages themselves are guarded by @allow."""
    known = answered.get({}).get((me, permission, row.id))
    return known if known is not None else row.id in allowed_ids([row], me, permission)
