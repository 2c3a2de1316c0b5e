"""Sign-ins: who is at the door, with a password and a second factor, until when.

The cookie holds a random token; the row holds its hash, so that signing out, a changed password or
a disabled account ends it everywhere at once.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms import accounts, audit, clock, db, keys, tries
from lms.accounts import Grant, Person, PersonState
from lms.errors import Invalid, NotFound, Refused
from lms.i18n import lazy
from lms.permissions import FACTOR_ROLES, Actor, Role
from lms.programmes import Programme

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(hours=2)
IDLE_WITH_CASES = timedelta(minutes=30)
FRESH = timedelta(minutes=10)
TOUCH_EVERY = timedelta(minutes=1)
STEP = 30
RECOVERY_CODES = 10


class SignIn(db.Model):
    """One browser of one person, in one programme at a time."""

    __tablename__ = "sign_ins"

    id: Mapped[db.Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    began_at: Mapped[db.Moment]
    seen_at: Mapped[db.Moment]
    proved_at: Mapped[db.Moment]
    """When the password (or a code) was last given."""
    factor_at: Mapped[db.Moment | None]
    ended_at: Mapped[db.Moment | None]


class RecoveryCode(db.Model):
    """A code that replaces the second factor once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("ix_recovery_codes_person_id", "person_id"),)

    id: Mapped[db.Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[db.Moment | None]


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, and in which sign-in."""

    actor: Actor
    sign_in_id: UUID
    proved_at: datetime
    seen_at: datetime
    enrolled: bool
    """Whether she has a second factor."""
    programme_name: str

    @property
    def is_fresh(self) -> bool:
        return clock.now() - self.proved_at < FRESH

    @property
    def needs_touch(self) -> bool:
        return clock.now() - self.seen_at > TOUCH_EVERY


# Rules


def is_over(sign_in: SignIn, roles: frozenset[Role]) -> bool:
    idle = IDLE_WITH_CASES if roles & FACTOR_ROLES else IDLE
    now = clock.now()
    return (
        sign_in.ended_at is not None
        or now - sign_in.began_at > ABSOLUTE
        or now - sign_in.seen_at > idle
    )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


# Queries


def visitor(token: str) -> Visitor | None:
    """Whose sign-in this is, with her roles: one statement. None when it is over."""
    query = (
        select(SignIn, Person, Grant.role, Programme.name)
        .join(Person, Person.id == SignIn.person_id)
        .outerjoin(Programme, Programme.id == SignIn.programme_id)
        .outerjoin(
            Grant,
            (Grant.person_id == SignIn.person_id) & (Grant.programme_id == SignIn.programme_id),
        )
        .where(SignIn.digest == _hash(token))
    )
    rows = db.session.execute(query).all()
    if not rows:
        return None
    sign_in, person = rows[0][0], rows[0][1]
    roles = frozenset(row[2] for row in rows if row[2])
    if is_over(sign_in, roles) or person.state != PersonState.ACTIVE:
        return None
    actor = Actor(
        id=person.id,
        programme_id=sign_in.programme_id or UUID(int=0),
        roles=roles,
        name=person.name,
        language=person.language,
        key_id=person.key_id,
        proven=sign_in.factor_at is not None,
    )
    return Visitor(
        actor,
        sign_in.id,
        sign_in.proved_at,
        sign_in.seen_at,
        person.factor_secret is not None,
        rows[0][3] or "",
    )


def whose(token: str) -> Actor | None:
    """Whose sign-in this was, even if it has ended: only to keep what she was typing."""
    query = (
        select(Person, SignIn.programme_id)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.digest == _hash(token), SignIn.began_at > clock.now() - timedelta(days=2))
    )
    found = db.session.execute(query).first()
    return accounts.acting(found[0], found[1] or UUID(int=0)) if found else None


# Operations


def enter(mail: str, password: str, *, place: str = "") -> str:
    """Sign in with a password. Returns the token for the cookie.

    Raises Invalid in the same words and after the same time whatever was wrong, or TooMany: who
    tries many accounts from one place waits like one who tries one account many times.
    """
    subject = mail.strip().lower()
    tries.claim((tries.PLACE, place), ("password", subject))
    person = accounts.by_mail(mail)
    hashed = person.password if person and person.state == PersonState.ACTIVE else None
    db.session.rollback()  # nothing was written; hashing must not hold the write lock
    if not accounts.password_fits(hashed, password) or person is None:
        raise Invalid(password=lazy("The address or the password is not right."))
    tries.succeeded(tries.PLACE, place)
    tries.succeeded("password", subject)
    return begin(person.id)


def turned_away(mail: str) -> None:
    """A sign-in failed: it is in the record of the person whom it was about."""
    if person := accounts.by_mail(mail):
        audit.refused("sign-in", row=person)


def not_proven(kind: str, *, by: Actor) -> None:
    """A code, or the password given again, was wrong: keep it in the record."""
    audit.refused({"factor": "second factor", "proof": "password"}[kind], by=by)


def begin(person_id: UUID) -> str:
    """A new sign-in of this person, in the first of her programmes."""
    person = accounts.get(person_id)
    found = accounts.programmes_of(person.id)
    token, now = secrets.token_urlsafe(32), clock.now()
    row = SignIn(
        person_id=person.id,
        programme_id=found[0].id if found else None,
        digest=_hash(token),
        began_at=now,
        seen_at=now,
        proved_at=now,
    )
    db.session.add(row)
    audit.record("signed in", row, by=None, detail={"person": person.id})
    return token


def touch(sign_in_id: UUID) -> None:
    """Remember that the person is still here; at most once a minute, after the page."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        .values(seen_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def end(sign_in_id: UUID, *, by: Actor) -> None:
    db.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
    audit.record("signed out", by=by)


def end_others(sign_in_id: UUID | None, *, person_id: UUID) -> None:
    """End every other sign-in of this person, on all machines."""
    query = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if sign_in_id:
        query = query.where(SignIn.id != sign_in_id)
    db.session.execute(query.values(ended_at=clock.now()))
    audit.record("other sign-ins ended", by=None, detail={"person": person_id})


def change_programme(sign_in_id: UUID, programme: Programme | None, *, by: Actor) -> None:
    """Go on in another of one's programmes. Raises NotFound where she has no role."""
    if programme is None or not accounts.roles(by.id, programme.id):
        raise NotFound()
    row = db.session.get_one(SignIn, sign_in_id)
    row.programme_id = programme.id
    audit.record("programme changed", row, by=by)


def prove(visitor: Visitor, password: str) -> None:
    """Give the password again before an act of weight. Raises Invalid."""
    subject = str(visitor.actor.id)
    tries.claim(("proof", subject))
    if not accounts.password_fits(accounts.get(visitor.actor.id).password, password):
        raise Invalid(password=lazy("This is not your password."))
    tries.succeeded("proof", subject)
    row = db.session.get_one(SignIn, visitor.sign_in_id)
    row.proved_at = clock.now()
    audit.record("password given again", row, by=visitor.actor)


def change_password(visitor: Visitor, old: str, new: str) -> None:
    """Choose another password; every other sign-in ends. Raises Invalid."""
    subject = str(visitor.actor.id)
    tries.claim(("proof", subject))
    person = accounts.get(visitor.actor.id)
    if not accounts.password_fits(person.password, old):
        raise Invalid(old=lazy("This is not your password."))
    tries.succeeded("proof", subject)
    accounts.choose_password(person, new)
    end_others(visitor.sign_in_id, person_id=person.id)
    audit.record("password changed", person, by=visitor.actor)


# Second factor


def new_secret() -> str:
    return pyotp.random_base32()


def offered_secret(sign_in_id: UUID) -> str:
    """The secret that is offered while enrolling: made from the sign-in, kept nowhere."""
    made = hmac.new(keys.ring().token, b"factor" + sign_in_id.bytes, hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode()


def factor_address(secret: str, person: Person) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.mail, issuer_name="Affianca")


def code_now(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def next_code(person: Person, *, by: Actor) -> str | None:
    """A code that the person can use now: this one, or the next if this one has been used.

    None where both have. Only ever shown in a demo.
    """
    step = max(_step_now(), person.factor_step + 1)
    if step > _step_now() + 1:
        return None
    return pyotp.TOTP(keys.opened(person, "factor_secret", by=by).decode()).at(step * STEP)


def _step_now() -> int:
    return int(clock.now().timestamp()) // STEP


def _step_of(secret: str, code: str) -> int | None:
    """The time step for which this code is right: now, one before, one after."""
    step = _step_now()
    for near in (step, step - 1, step + 1):
        if secrets.compare_digest(pyotp.TOTP(secret).at(near * STEP).encode(), code.encode()):
            return near
    return None


def enrol(visitor: Visitor, secret: str, code: str) -> list[str]:
    """Begin to use a second factor; returns the recovery codes, shown once. Raises Invalid."""
    person = db.locked(accounts.get(visitor.actor.id))
    if person.factor_secret is not None:
        raise Refused(lazy("You already have a second factor."))
    step = _step_of(secret, "".join(code.split()))
    if step is None:
        raise Invalid(code=lazy("This code is not right. Wait for the next one and try again."))
    keys.seal(person, by=visitor.actor, factor_secret=secret)
    person.factor_step = step
    codes = [f"{secrets.randbelow(10**8):08d}" for _ in range(RECOVERY_CODES)]
    for text in codes:
        row = RecoveryCode(person_id=person.id, digest=_hash(f"{person.id}{text}"))
        db.session.add(row)
    db.session.get_one(SignIn, visitor.sign_in_id).factor_at = clock.now()
    audit.record("second factor enrolled", person, by=visitor.actor)
    return codes


def show_factor(visitor: Visitor, code: str) -> None:
    """Show the second factor in this sign-in, or a recovery code. Raises Invalid."""
    subject, code = str(visitor.actor.id), "".join(code.split())
    tries.claim(("factor", subject))
    person = db.locked(accounts.get(visitor.actor.id))
    if person.factor_secret is None:
        raise Invalid(code=lazy("You have no second factor yet."))
    step = _step_of(keys.opened(person, "factor_secret", by=visitor.actor).decode(), code)
    if step is not None and step > person.factor_step:
        person.factor_step = step
    elif not _use_recovery(person, code):
        raise Invalid(code=lazy("This code is not right. Wait for the next one and try again."))
    tries.succeeded("factor", subject)
    row = db.session.get_one(SignIn, visitor.sign_in_id)
    row.factor_at = row.proved_at = clock.now()
    audit.record("second factor shown", row, by=visitor.actor)


def _use_recovery(person: Person, code: str) -> bool:
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.digest == _hash(f"{person.id}{code}"),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    )
    return used.first() is not None
