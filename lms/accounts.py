"""Accounts: the people who sign in, what they are in which programme, how they are invited."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import audit, clock, db, keys, mail, paths, text, tokens
from lms.errors import Invalid, Refused, Unavailable
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import FACTOR_ROLES, Actor, Role
from lms.programmes import Programme

SHORTEST, LONGEST = 12, 128
LONGEST_MAIL = 120
INVITED_FOR = timedelta(days=14)
LINK_LASTS = timedelta(hours=1)
PURPOSES = ("invitation", "password")


class PersonState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


say(
    {
        PersonState.INVITED: Word(lazy("invited"), "", "mail"),
        PersonState.ACTIVE: Word(lazy("active"), "good", "ok"),
        PersonState.DISABLED: Word(lazy("disabled"), "bad", "none"),
    }
)

FLOW = Flow(
    activate=({PersonState.INVITED}, PersonState.ACTIVE),
    disable=({PersonState.INVITED, PersonState.ACTIVE}, PersonState.DISABLED),
    enable=({PersonState.DISABLED}, PersonState.ACTIVE),
)


class Person(db.Model):
    """Somebody with an account: the same one from the first lesson to the last case."""

    __tablename__ = "persons"
    __table_args__ = (
        CheckConstraint("state <> 'active' OR password IS NOT NULL", name="active_has_password"),
        CheckConstraint("mail = lower(mail)", name="mail_is_lower"),
    )

    id: Mapped[db.Id]
    mail: Mapped[db.Short] = mapped_column(String(120), unique=True)
    name: Mapped[db.Short]
    sort_name: Mapped[db.Short]
    """Family name first, without accents: the order of Italian lists."""
    language: Mapped[str] = mapped_column(String(2), default="it")
    state: Mapped[PersonState] = mapped_column(db.choice(PersonState), default=PersonState.INVITED)
    password: Mapped[str | None] = mapped_column(String(200))
    key_id: Mapped[db.KeyId]
    tax_code: Mapped[db.Sealed | None]
    birth_date: Mapped[db.Sealed | None]
    """As 1990-05-17."""
    birth_place: Mapped[db.Sealed | None]
    factor_secret: Mapped[db.Sealed | None]
    factor_step: Mapped[int] = mapped_column(default=0)
    """The last time step that was accepted: none is accepted twice."""
    is_invented: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[db.Moment]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Grant(db.Model):
    """One role of one person in one programme."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("person_id", "programme_id", "role"),
        Index("ix_grants_programme_id_role", "programme_id", "role"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[Role] = mapped_column(db.choice(Role, "role_known"))
    granted_at: Mapped[db.Moment]
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined", innerjoin=True)


# Rules


def sort_key(name: str) -> str:
    """Family name first, folded, for lists: "Anna De Maria" sorts under "de maria anna"."""
    first, _, rest = text.normal(name).partition(" ")
    return keys.folded(f"{rest} {first}" if rest else first)


@cache
def refused_passwords() -> frozenset[str]:
    return frozenset(paths.refused_passwords().read_text().split())


def check_password(password: str, names: Iterable[str]) -> None:
    """Long enough, not among the commonest, not made of names. No other rules (NIST 800-63B)."""
    folded = password.casefold()
    if len(password) < SHORTEST:
        raise Invalid(password=lazy("Use at least %(n)s characters.", n=SHORTEST))
    if len(password) > LONGEST:
        raise Invalid(password=lazy("Use at most %(n)s characters.", n=LONGEST))
    known = refused_passwords()
    bare = folded.strip("0123456789!?.,-_ ")
    if folded in known or bare in known or len(set(folded)) < 5:
        raise Invalid(password=lazy("Too many people use this password. Choose another one."))
    if any(len(n) > 3 and n.casefold() in folded for n in names):
        raise Invalid(password=lazy("Do not use your name or the name of the programme."))


_hashing = threading.BoundedSemaphore(2)
"""Hashing is slow on purpose: it must never hold every thread."""
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    with _Turn():
        return _hasher.hash(password)


def password_fits(hashed: str | None, password: str) -> bool:
    """Whether it is the password. As slow for nobody's account as for somebody's."""
    with _Turn():
        try:
            _hasher.verify(hashed or _nobody(), password)
        except (Argon2Error, InvalidHashError):
            return False
        return hashed is not None


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


class _Turn:
    def __enter__(self) -> None:
        if not _hashing.acquire(timeout=10):
            raise Unavailable(lazy("Many people are signing in. Try again in a moment."))

    def __exit__(self, *_: object) -> None:
        _hashing.release()


def mail_address(typed: str) -> str:
    """The address in its normal form. Raises Invalid."""
    try:
        found = validate_email(typed.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Invalid(mail=lazy("This is not a mail address.")) from error
    if len(found) > LONGEST_MAIL:
        raise Invalid(mail=lazy("This mail address is too long."))
    return found


# Queries


def by_mail(typed: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.mail == typed.strip().lower()))


def get(person_id: UUID) -> Person:
    return db.session.get_one(Person, person_id)


def names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Name by id, in one statement."""
    wanted = {i for i in ids if i}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def roles(person_id: UUID, programme_id: UUID) -> frozenset[Role]:
    query = select(Grant.role).where(
        Grant.person_id == person_id, Grant.programme_id == programme_id
    )
    return frozenset(db.session.scalars(query))


def programmes_of(person_id: UUID) -> list[Programme]:
    """Where the person has anything to do, by name."""
    query = (
        select(Programme)
        .where(Programme.id.in_(select(Grant.programme_id).where(Grant.person_id == person_id)))
        .order_by(Programme.name)
    )
    return list(db.session.scalars(query))


def with_role(programme_id: UUID, *wanted: Role) -> list[Person]:
    """The people who hold one of these roles in a programme, in list order."""
    holders = select(Grant.person_id).where(
        Grant.programme_id == programme_id, Grant.role.in_(wanted)
    )
    query = select(Person).where(Person.id.in_(holders)).order_by(Person.sort_name)
    return list(db.session.scalars(query))


def holders(
    programme_id: UUID, *, most: int, start: int = 0
) -> tuple[list[tuple[Person, list[Role]]], int]:
    """Those with a role in a programme, in list order, with her roles; how many in all."""
    everybody = select(Grant.person_id).where(Grant.programme_id == programme_id)
    shown = (
        select(Person.id)
        .where(Person.id.in_(everybody))
        .order_by(Person.sort_name, Person.id)
        .limit(most)
        .offset(start)
        .subquery()
    )
    query = (
        select(Person, Grant.role)
        .join(Grant, Grant.person_id == Person.id)
        .join(shown, shown.c.id == Person.id)
        .where(Grant.programme_id == programme_id)
        .order_by(Person.sort_name, Person.id, Grant.role)
    )
    found: dict[UUID, tuple[Person, list[Role]]] = {}
    for person, role in db.session.execute(query):
        found.setdefault(person.id, (person, []))[1].append(role)
    count = select(func.count(Grant.person_id.distinct())).where(Grant.programme_id == programme_id)
    return list(found.values()), db.session.scalar(count) or 0


def acting(person: Person, programme_id: UUID, *, proven: bool = False) -> Actor:
    """The person at work in a programme: what commands, jobs and tests pass as `by`."""
    return Actor(
        id=person.id,
        programme_id=programme_id,
        roles=roles(person.id, programme_id),
        name=person.name,
        language=person.language,
        key_id=person.key_id,
        proven=proven,
    )


# Operations


def create(address: str, name: str, *, language: str = "it", is_invented: bool = False) -> Person:
    """A new account, invited and without a password. Raises Invalid."""
    address = mail_address(address)
    if by_mail(address):
        raise Invalid(mail=lazy("There is already an account with this address."))
    return _made(address, name, language=language, is_invented=is_invented)


def _made(address: str, name: str, *, language: str = "it", is_invented: bool = False) -> Person:
    name = " ".join(text.normal(name).split())
    if not name:
        raise Invalid(name=lazy("Write the name."))
    person = Person(
        mail=address,
        name=name,
        sort_name=sort_key(name),
        language=language,
        key_id=keys.new_key(keys.Subject.PERSON, None).id,
        is_invented=is_invented,
        created_at=clock.now(),
    )
    db.session.add(person)
    return person


def grant(person: Person, role: Role, *, by: Actor | None, programme_id: UUID) -> None:
    """Give a role; a second time changes nothing."""
    grant_each([person], role, by=by, programme_id=programme_id)


def grant_each(
    people: Sequence[Person], role: Role, *, by: Actor | None, programme_id: UUID
) -> None:
    """Give a role to those of these who do not have it."""
    query = select(Grant.person_id).where(
        Grant.programme_id == programme_id,
        Grant.role == role,
        Grant.person_id.in_([person.id for person in people]),
    )
    have = set(db.session.scalars(query))
    for person in people:
        if person.id not in have:
            row = Grant(
                programme_id=programme_id,
                person_id=person.id,
                role=role,
                granted_at=clock.now(),
            )
            db.session.add(row)
            audit.record(
                "role granted", row, by=by, detail={"role": role.value}, programme_id=programme_id
            )


def invite(address: str, name: str, role: Role, *, by: Actor) -> Person:
    """Invite somebody to the programme, or give one who has an account another role there.

    Nobody gives herself a role; one that opens cases is given by the programme's manager.
    """
    return invite_each({address: name}, role, by=by)[0]


def invite_each(names: Mapping[str, str], role: Role, *, by: Actor) -> list[Person]:
    """The same for many, by address: as many statements as for one. Raises Invalid."""
    named = {mail_address(address): name for address, name in names.items()}
    query = select(Person).where(Person.mail.in_(named))
    known = {person.mail: person for person in db.session.scalars(query)}
    if any(person.id == by.id for person in known.values()):
        raise Invalid(mail=lazy("Nobody gives herself a role: ask somebody else."))
    if known and role in FACTOR_ROLES and Role.MANAGER not in by.roles:
        raise Invalid(role=lazy("To somebody with an account, only a manager gives this role."))
    people = [known.get(address) or _made(address, name) for address, name in named.items()]
    grant_each(people, role, by=by, programme_id=by.programme_id)
    waiting = [person.id for person in people if person.state == PersonState.INVITED]
    for link in tokens.issue_each("invitation", waiting, lasts=INVITED_FOR, by=by):
        mail.send(link.subject_id, "lms/invitation", token_id=link.id, by=by)
    for person in people:
        audit.record("account invited", person, by=by, detail={"role": role.value})
    return people


def invitation(person: Person, *, by: Actor) -> tokens.Token | None:
    """The link by which an invited person chooses her password; None for one who is active."""
    if person.state != PersonState.INVITED:
        return None
    return tokens.issue("invitation", person.id, lasts=INVITED_FOR, by=by)


def send_new_password_link(address: str) -> None:
    """Mail a link to choose another password; says nothing of whether there is an account."""
    person = by_mail(address)
    if person and person.state == PersonState.ACTIVE:
        token = tokens.issue("password", person.id, lasts=LINK_LASTS, by=None)
        mail.send(person.id, "lms/password", token_id=token.id, by=None)


def set_password(token: tokens.Token, password: str, *, language: str) -> None:
    """Choose a password by a link: an invited person becomes active. Raises Invalid.

    Who comes in for the first time goes on in the language in which she has read the page.
    """
    person = db.session.get_one(Person, token.subject_id, with_for_update=True)
    choose_password(person, password)
    tokens.use(token)
    if person.state == PersonState.INVITED:
        FLOW.move(person, "activate")
        speak(person, language, by=None)
    elif person.state == PersonState.DISABLED:
        raise Refused(lazy("This account is disabled."))
    audit.record(f"password chosen by {token.purpose}", person, by=None)


def choose_password(person: Person, password: str) -> None:
    words = [*person.name.split(), person.mail.split("@")[0], "affianca"]
    check_password(password, words)
    person.password = hash_password(password)


def speak(person: Person, language: str, *, by: Actor | None) -> None:
    """The language in which pages, mails and documents reach this person."""
    chosen = "en" if language == "en" else "it"
    if person.language != chosen:
        person.language = chosen
        audit.record("language changed", person, by=by, detail={"language": chosen})
