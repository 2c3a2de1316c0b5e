"""PINs: who has no phone signs in and out on the trainer's device, with six digits of her own.

She chooses them herself, signed in with her account; what is kept is a slow hash, as of a password.
On the trainer's device she is chosen from the list and types them: the stamp is signed by her,
the record says in whose sign-in it was written. After five wrong tries they are locked until she
signs in with her account.
"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from courses import checkin
from courses.calendar import Session
from courses.enrolments import Enrolment
from courses.presence import StampKind
from courses.stamps import Expected, Stamp, StampSource
from lms import accounts, audit, clock, db, tries
from lms.errors import Invalid, Refused
from lms.i18n import lazy
from lms.permissions import Actor
from lms.sign_ins import SignIn

DIGITS = 6
MOST_WRONG = 5
TRIED = "pin"
"""How the counted tries of a PIN are told from those of a password."""


class Pin(db.Model):
    """The six digits of one person in one programme, as a slow hash."""

    __tablename__ = "courses_pins"
    __table_args__ = (
        db.owned(),
        UniqueConstraint("programme_id", "person_id"),
        CheckConstraint("(wrong >= 5) = (locked_at IS NOT NULL)", name="locked_after_five"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    hashed: Mapped[str] = mapped_column(String(200))
    chosen_at: Mapped[db.Moment]
    wrong: Mapped[int] = mapped_column(default=0)
    """Wrong tries since the last right one, or since she signed in after a lock."""
    locked_at: Mapped[db.Moment | None]


# Scopes


def still_to_sign(session: Session) -> ColumnElement[bool]:
    """Those expected on a page who have a PIN and have not gone out."""
    with_pin = (
        select(Enrolment.id)
        .join(Pin, Pin.person_id == Enrolment.person_id)
        .where(Enrolment.edition_id == session.edition_id, Pin.programme_id == session.programme_id)
    )
    went = select(Stamp.enrolment_id).where(
        Stamp.session_id == session.id, Stamp.kind == StampKind.OUT
    )
    return (
        (Expected.session_id == session.id)
        & Expected.enrolment_id.in_(with_pin)
        & Expected.enrolment_id.not_in(went)
    )


# Rules


def is_trivial(code: str) -> bool:
    """Whether anybody would try these digits first: one or two of them, a row, a repeat."""
    steps = {(int(b) - int(a)) % 10 for a, b in zip(code, code[1:], strict=False)}
    half = DIGITS // 2
    return (
        len(set(code)) < 3
        or len(steps) == 1
        or code[:half] in (code[half:], code[: half - 1 : -1])
        or code[::2] == code[1::2]
    )


def check(code: str) -> str:
    """The digits without their spaces. Raises Invalid."""
    code = "".join(code.split())
    if not (len(code) == DIGITS and code.isascii() and code.isdecimal()):
        raise Invalid(code=lazy("A PIN has six digits."))
    if is_trivial(code):
        raise Invalid(code=lazy("Too easy to guess: no rows, no repeats. Choose other digits."))
    return code


# Queries


def of(person_id: UUID, programme_id: UUID) -> Pin | None:
    """The PIN of a person in a programme."""
    query = select(Pin).where(Pin.person_id == person_id, Pin.programme_id == programme_id)
    return db.session.scalar(query)


def is_locked(pin: Pin) -> bool:
    """Whether five wrong tries have locked it, and she has not signed in since."""
    if pin.locked_at is None:
        return False
    since = select(SignIn.id).where(
        SignIn.person_id == pin.person_id, SignIn.began_at > pin.locked_at
    )
    return db.session.scalar(since.limit(1)) is None


# Operations


def choose(code: str, again: str, *, by: Actor) -> Pin:
    """Choose one's own PIN, or another one in its place. Raises Invalid."""
    code = check(code)
    if "".join(again.split()) != code:
        raise Invalid(again=lazy("These are not the same digits. Write them once more."))
    row = of(by.id, by.programme_id)
    if row is None:
        row = Pin(programme_id=by.programme_id, person_id=by.id)
        db.session.add(row)
    row.hashed, row.chosen_at = accounts.hash_password(code), clock.now()
    row.wrong, row.locked_at = 0, None
    tries.succeeded(TRIED, str(row.id))
    audit.record("PIN chosen", row, by=by)
    return row


def sign(expected: Expected, code: str, *, by: Actor) -> Stamp:
    """She signs in, or out, on the device of `by`: an entry first, then an exit.

    Raises Invalid where it is not her PIN; whoever asks then counts the try with `turned_away`.
    """
    session = db.locked(db.session.get_one(Session, expected.session_id))
    person_id = expected.enrolment.person_id
    pin = of(person_id, by.programme_id)
    if pin is None:
        raise Refused(lazy("She has not chosen a PIN: she does so in her own account."))
    pin = db.locked(pin)
    if is_locked(pin):
        raise Refused(
            lazy("This PIN is locked after five wrong tries, until she signs in with her account.")
        )
    tries.check_wait(TRIED, str(pin.id))
    if not accounts.password_fits(pin.hashed, "".join(code.split())):
        raise Invalid(code=lazy("This is not her PIN."))
    pin.wrong, pin.locked_at = 0, None
    tries.succeeded(TRIED, str(pin.id))
    return checkin.put(
        session, expected.enrolment_id, person_id, clock.now(), StampSource.PIN, by=by
    )


def turned_away(person_id: UUID, *, by: Actor) -> None:
    """A PIN was wrong: count it; the fifth one locks it. It is in the record."""
    pin = of(person_id, by.programme_id)
    if pin is None:
        return
    pin = db.locked(pin)
    if not is_locked(pin):
        pin.wrong = 1 if pin.locked_at else pin.wrong + 1
        pin.locked_at = clock.now() if pin.wrong >= MOST_WRONG else None
        tries.failed(TRIED, str(pin.id))
    audit.refused("PIN", pin, by=by)
