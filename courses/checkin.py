"""Check-in: each trainee signs herself in, then out, with the code on the wall of the room.

The code shows that she is there; her own sign-in shows that it is she. What cannot be taken is
refused with its reason: a code that is wrong or old, a session that does not expect her, a page
that is not open or already signed. Whoever framed the code while it was good may take five minutes
to press the button; what counts then is the moment at which she framed it, for that is when she was
in the room.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload

from courses import codes, makeups, stamps
from courses.calendar import Session, SessionState
from courses.curriculum import Unit
from courses.enrolments import Enrolment
from courses.presence import StampKind
from courses.stamps import Expected, Stamp, StampSource
from lms import clock, db, i18n
from lms.accounts import Person
from lms.chains import Entry
from lms.errors import Invalid, Refused, TooMany, WrongState
from lms.i18n import lazy
from lms.permissions import Actor

OPEN = SessionState.OPEN
ENTRY_BEFORE = timedelta(minutes=15)
EXIT_AFTER = timedelta(minutes=10)
SAME_SCAN = timedelta(seconds=60)
"""A second scan so soon after the first means the same."""
MOST_TRIES = 12
TRIES_IN = timedelta(minutes=5)
WRONG = ("refused 409 POST /checkin", "refused 409 GET /checkin/%")
"""How the record names a code that was refused: typed, or framed."""
Fit = tuple[Session, UUID, datetime]
"""A page that a code fits, the person's enrolment, and the moment that counts."""


# Rules


def kind_now(mine: Sequence[Stamp], wanted: StampKind | None, now: datetime) -> StampKind | Stamp:
    """What a scan means: an entry first, then an exit; the stamp itself if it was just made.

    Raises Refused for an exit without entry, and for one who is already out.
    """
    came = next((s for s in mine if s.kind == StampKind.IN), None)
    went = next((s for s in mine if s.kind == StampKind.OUT), None)
    last = went or came
    if last and wanted in (None, last.kind) and now - last.noted_at < SAME_SCAN:
        return last
    if went:
        raise Refused(lazy("You already signed out at %(time)s.", time=i18n.clock_time(went.at)))
    if came:
        return came if wanted == StampKind.IN else StampKind.OUT
    if wanted == StampKind.OUT:
        raise Refused(lazy("You have not signed in, so you cannot sign out. Tell the trainer."))
    return StampKind.IN


def check_time(kind: StampKind, session: Session, now: datetime) -> None:
    """Entries from a quarter of an hour before the start to the end, exits a little longer."""
    opens, closes = session.starts_at - ENTRY_BEFORE, session.ends_at + EXIT_AFTER
    if kind == StampKind.IN and now < opens:
        raise Refused(
            lazy("Entries open at %(time)s. Scan again then.", time=i18n.clock_time(opens))
        )
    if kind == StampKind.IN and now >= session.ends_at:
        raise Refused(lazy("The session ended at %(time)s.", time=i18n.clock_time(session.ends_at)))
    if kind == StampKind.OUT and now >= closes:
        raise Refused(
            lazy(
                "Exits were open until %(time)s. The trainer will note yours.",
                time=i18n.clock_time(closes),
            )
        )


# Queries


def code_now(session: Session) -> str:
    """The code that the wall shows at this moment."""
    return codes.code(session.id, codes.slice_of(clock.now()))


def my_page(
    person_id: UUID, programme_id: UUID, typed: str = "", proof: str = ""
) -> tuple[Session, list[Stamp]] | None:
    """The open page that expects this person, and her stamps on it; with a code, the one it fits.

    Of several it is the one whose time it is.
    """
    now = clock.now()
    pages = _recent(person_id, programme_id)
    found = [s for s, mine in pages if mine and s.state == OPEN]
    if not found:
        return None
    fitting = {s.id for s, _, _ in _fitting(pages, person_id, typed, proof, now)}
    page = min(found, key=lambda s: (s.id not in fitting, _away(s, now), s.starts_at))
    return page, stamps.of_person(page.id, person_id)


def frame(person_id: UUID, typed: str, asked_at: datetime | None, *, by: Actor) -> str:
    """What shows that she has just framed a code that is good, or was when her browser asked.

    `asked_at` is when it asked for the address for which she first had to sign in. Nothing is
    written: opening an address signs nobody. Raises Refused with the reason.
    """
    _not_too_often(by)
    now, pages = clock.now(), _recent(person_id, by.programme_id)
    moments = [now]
    if asked_at is not None and timedelta() <= now - asked_at <= codes.GRACE:
        moments.append(asked_at)
    for moment in moments:
        for session, _, _ in _fitting(pages, person_id, typed, "", moment):
            return codes.proof(session.id, person_id, typed, moment)
    raise Refused(_why_not(typed, pages, now, person_id))


def _fitting(
    pages: Iterable[tuple[Session, UUID | None]],
    person_id: UUID,
    typed: str,
    proof: str,
    now: datetime,
) -> list[Fit]:
    """The open pages that expect her and that this code fits, or fitted when she framed it."""
    found: list[Fit] = []
    for session, enrolment_id in pages:
        if enrolment_id is None or session.state != OPEN:
            continue
        at = codes.framed_at(session.id, person_id, typed, proof, now)
        if at is None and codes.fits(session.id, typed, now):
            at = now
        if at is not None:
            found.append((session, enrolment_id, at))
    return found


def page_of(stamp: Stamp) -> tuple[Session, list[Stamp]]:
    """The page that a stamp is on, and the stamps of the same person on it."""
    session = db.session.get_one(Session, stamp.session_id)
    return session, stamps.of_page(session.id)[stamp.enrolment_id]


def _away(session: Session, now: datetime) -> timedelta:
    """How far a moment is from the time in which the page takes stamps."""
    opens, closes = session.starts_at - ENTRY_BEFORE, session.ends_at + EXIT_AFTER
    return max(opens - now, now - closes, timedelta())


def next_session(person_id: UUID, programme_id: UUID) -> Session | None:
    """The next session of the editions that this person is enrolled in."""
    query = (
        select(Session)
        .join(Enrolment, Enrolment.edition_id == Session.edition_id)
        .options(joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en))
        .where(
            Enrolment.person_id == person_id,
            Enrolment.left_on.is_(None),
            Session.programme_id == programme_id,
            Session.state == SessionState.SCHEDULED,
            Session.ends_at > clock.now(),
            Session.id.not_in(makeups.needless(person_id, programme_id)),
        )
        .order_by(Session.starts_at)
        .limit(1)
    )
    return db.session.scalar(query)


def _recent(person_id: UUID, programme_id: UUID) -> list[tuple[Session, UUID | None]]:
    """The pages open now or just signed, each with this person's enrolment if it expects her."""
    mine = (
        select(Expected.session_id, Expected.enrolment_id)
        .join(Enrolment, Enrolment.id == Expected.enrolment_id)
        .where(Enrolment.person_id == person_id)
        .subquery()
    )
    query = (
        select(Session, mine.c.enrolment_id)
        .outerjoin(mine, mine.c.session_id == Session.id)
        .where(
            Session.programme_id == programme_id,
            Session.state.in_([OPEN, SessionState.SIGNED]),
            Session.ends_at > clock.now() - timedelta(hours=12),
        )
    )
    return [(session, enrolment_id) for session, enrolment_id in db.session.execute(query)]


# Operations


def check_in(
    person_id: UUID,
    typed: str,
    *,
    by: Actor,
    kind: StampKind | None = None,
    proof: str = "",
    device: str = "",
) -> Stamp:
    """Sign oneself in, or out, with the code on the wall. Raises Refused with the reason.

    `proof` is what `frame` gave; `device` the name that the browser keeps of itself.
    """
    if person_id != by.id:
        raise Refused(lazy("Nobody signs for another: each signs in and out herself."))
    _not_too_often(by)
    typed, now = codes.normal(typed), clock.now()
    if not (len(typed) == 6 and typed.isdecimal()):
        raise Invalid(code=lazy("The code has six digits."))
    pages = _recent(person_id, by.programme_id)
    fitting = _fitting(pages, person_id, typed, proof, now)
    if not fitting:
        raise Refused(_why_not(typed, pages, now, person_id, proof))
    session, enrolment_id, at = fitting[0]
    return put(
        session,
        enrolment_id,
        person_id,
        at,
        StampSource.CODE,
        kind=kind,
        device=stamps.device(device, session.id),
        by=by,
    )


def put(
    session: Session,
    enrolment_id: UUID,
    person_id: UUID,
    at: datetime,
    source: StampSource,
    *,
    kind: StampKind | None = None,
    device: bytes | None = None,
    by: Actor,
) -> Stamp:
    """Write the entry or the exit of this person at this moment, if her page takes it now.

    `by` is whose sign-in it is written in; the stamp is signed by the person herself.
    """
    session = db.locked(session)
    if session.state != OPEN:
        raise WrongState(lazy("This page has been signed: it takes no more stamps."))
    mine = stamps.of_person(session.id, person_id)
    meant = kind_now(mine, kind, clock.now())
    if isinstance(meant, Stamp):
        return meant
    check_time(meant, session, at)
    if mine and at <= mine[0].at:
        came = i18n.clock_time(mine[0].at)
        raise Refused(
            lazy("You came in at %(time)s, after this code. Frame the one of now.", time=came)
        )
    if meant == StampKind.IN:
        _not_elsewhere(session, person_id, at)
    return stamps.stamp(
        session, enrolment_id, meant, source, at, device=device, signer_id=person_id, by=by
    )


def _not_elsewhere(session: Session, person_id: UUID, at: datetime) -> None:
    """Refuse one who is in another session that goes on: nobody is in two rooms at once."""
    alone = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    db.session.execute(alone)
    went = aliased(Stamp)
    gone = (
        select(went.id)
        .where(
            went.session_id == Stamp.session_id,
            went.enrolment_id == Stamp.enrolment_id,
            went.kind == StampKind.OUT,
            went.at <= at,
        )
        .exists()
    )
    query = (
        select(Session)
        .join(Stamp, Stamp.session_id == Session.id)
        .join(Enrolment, Enrolment.id == Stamp.enrolment_id)
        .where(
            Enrolment.person_id == person_id,
            Stamp.kind == StampKind.IN,
            Session.id != session.id,
            Session.starts_at < session.ends_at,
            Session.ends_at > at,
            ~gone,
        )
        .limit(1)
    )
    if other := db.session.scalar(query):
        raise Refused(
            lazy(
                "You are in unit %(unit)s until %(time)s: sign out of it first.",
                unit=other.unit.code,
                time=i18n.clock_time(other.ends_at),
            )
        )


def _why_not(
    typed: str,
    pages: Iterable[tuple[Session, UUID | None]],
    now: datetime,
    person_id: UUID,
    proof: str = "",
) -> i18n.Lazy:
    """Why a code signs nobody in: old, of a signed page, of another's session, or just wrong."""
    mine = [s for s, e in pages if e]
    others = [s for s, e in pages if not e]
    framed = any(codes.framed_at(s.id, person_id, typed, proof, now) for s in mine)
    if framed or any(codes.fits(s.id, typed, now) for s in mine):
        return lazy("This page has been signed: it takes no more stamps.")
    if any(codes.was(s.id, typed, now) for s in mine):
        return lazy("This code is old. Write the one that is on the wall now.")
    if any(codes.fits(s.id, typed, now) for s in others):
        return lazy("This code is of a session that does not expect you. Tell the trainer.")
    if not any(s.state == OPEN for s in mine):
        return lazy("No page is open for you now. The trainer opens it at the start.")
    return lazy("This is not the code on the wall. Look again and write its six digits.")


def _not_too_often(by: Actor) -> None:
    """Refuse one who keeps guessing."""
    tries = db.session.scalar(
        select(func.count())
        .select_from(Entry)
        .where(
            Entry.actor_id == by.id,
            Entry.at > clock.now() - TRIES_IN,
            or_(*(Entry.what.like(said) for said in WRONG)),
        )
    )
    if (tries or 0) >= MOST_TRIES:
        raise TooMany(lazy("Too many wrong codes. Wait five minutes, or ask the trainer."))
