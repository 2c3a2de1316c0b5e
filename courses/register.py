"""The register: one session is one numbered page, stamped by the trainees themselves.

Opening gives the page its number, in order and without gaps, and fixes who is expected. Each
trainee signs herself in and out with the code on the wall; the trainer attests exits that were
forgotten, then signs with what was taught and how many heads she counted. The coordinator
countersigns, the manager certifies. Stamps and acts only grow, and each is an entry of the
edition's chain.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from courses import (
    anomalies,
    attendance,
    calendar,
    editions,
    ledger,
    makeups,
    papers,
    scans,
    sheets,
    stamps,
    transcripts,
)
from courses.calendar import Session, SessionMode
from courses.checkin import EXIT_AFTER, OPEN, check_in, code_now
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.presence import StampKind
from courses.stamps import Act, ActKind, Expected, Stamp, StampSource
from lms import clock, counters, db, i18n
from lms.errors import Invalid, Refused, WrongState
from lms.i18n import lazy, nlazy
from lms.permissions import Actor

__all__ = [
    "Act",
    "ActKind",
    "Expected",
    "Stamp",
    "StampKind",
    "StampSource",
    "check_in",
    "code_now",
]

PAGES = "pages"
"""The series of the page numbers of an edition."""
OPENS_BEFORE = timedelta(minutes=60)
"""How long before its start a page can be opened."""


# Scopes


def expected_of_held(me: Actor) -> ColumnElement[bool]:
    """Those expected on the pages of this trainer."""
    return Expected.session_id.in_(select(Session.id).where(calendar.held(me)))


def expected_where_coordinated(me: Actor) -> ColumnElement[bool]:
    """Those expected on the pages of the editions that this coordinator follows."""
    return Expected.session_id.in_(select(Session.id).where(calendar.of_coordinated(me)))


def enrolled_where_coordinated(me: Actor) -> ColumnElement[bool]:
    """The trainees of the editions that this coordinator follows."""
    return Enrolment.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


def missing_exit(session: Session) -> ColumnElement[bool]:
    """Those expected on this page who came in and have no exit yet."""
    here = select(Stamp.enrolment_id).where(Stamp.session_id == session.id)
    return and_(
        Expected.session_id == session.id,
        Expected.enrolment_id.in_(here.where(Stamp.kind == StampKind.IN)),
        Expected.enrolment_id.not_in(here.where(Stamp.kind == StampKind.OUT)),
    )


# Rules


def is_own(session: Session, me: Actor) -> bool:
    """Whether this person taught, signed or countersigned the page: then she cannot certify it."""
    return me.id in (session.trainer_id, session.signed_by_id, session.countersigned_by_id)


def moment_of(session: Session, at: time) -> datetime:
    """A wall-clock time on the day of the session."""
    return clock.utc(clock.local(session.starts_at).date(), at)


def last_opening(session: Session) -> datetime:
    """Until when a page may be opened after its session, because the network failed."""
    return session.ends_at + timedelta(days=session.edition.late_days)


# Operations


def open_page(session: Session, *, by: Actor) -> Session:
    """Open the page of a session: its number, and the list of who is expected, are fixed now."""
    session = db.locked(session)
    now = clock.now()
    makeups.one_at_a_time(session)
    if now < session.starts_at - OPENS_BEFORE:
        opens = session.starts_at - OPENS_BEFORE
        raise Refused(lazy("The page can be opened from %(time)s.", time=i18n.moment(opens)))
    if now >= session.ends_at:
        raise Refused(
            lazy("The session is over, so its page can no longer be opened. Tell the coordinator.")
        )
    papers.check_printed(session)
    return _open(session, by=by)


def open_late(session: Session, *, reason: str, by: Actor) -> Session:
    """Open the page of a session that is over, held on paper because the network failed.

    It takes its number now. Who was there stands on its printed page. Raises Refused.
    """
    session, now = db.locked(session), clock.now()
    if not reason.strip():
        raise Invalid(reason=lazy("Write what failed, and how long."))
    if now < session.ends_at:
        raise Refused(lazy("The session is not over: the trainer can still open its page."))
    if now > last_opening(session):
        raise Refused(
            lazy(
                "Its page could be opened until %(when)s. Say that it was not held.",
                when=i18n.moment(last_opening(session)),
            )
        )
    stamps.not_due(session, by)
    papers.check_printed(session, whatever=True)
    return _open(session, note=reason.strip(), by=by)


def _open(session: Session, *, note: str = "", by: Actor) -> Session:
    now = clock.now()
    calendar.SESSION_FLOW.move(
        session,
        "open",
        page=counters.take(PAGES, session.edition_id, session.programme_id),
        opened_at=now,
        original=session.edition.original,
    )
    people = [enrolment.id for enrolment in stamps.due(session)]
    if not people:
        raise Refused(lazy("Nobody is enrolled yet, so there is nobody to expect."))
    people = makeups.in_need(session, people)
    if not people:
        raise Refused(lazy("Nobody lacks minutes of the session any more: cancel this one."))
    db.session.add_all(
        Expected(programme_id=session.programme_id, session_id=session.id, enrolment_id=person)
        for person in people
    )
    told: dict[str, object] = {
        "expected": sorted(str(p) for p in people),
        "original": session.original,
    }
    stamps.act(session, ActKind.OPENED, now, by=by, note=note, detail=told)
    return session


def attest_exit(session: Session, enrolment_id: UUID, at: datetime, *, by: Actor) -> Stamp:
    """Attest the exit of one who forgot it: the trainer says when she was last seen."""
    session = db.locked(session)
    stamps.not_of_the_class([session], by)
    if session.state != OPEN:
        raise WrongState(lazy("This page has been signed: it takes no more stamps."))
    found = stamps.of_page(session.id).get(enrolment_id, [])
    came = next((s for s in found if s.kind == StampKind.IN), None)
    if came is None:
        raise Refused(lazy("She has not signed in, so there is no exit to attest."))
    if len(found) > 1:
        raise Refused(lazy("She has signed out already."))
    if at <= came.at:
        said = i18n.clock_time(came.at)
        raise Invalid(at=lazy("She came in at %(time)s: the exit comes after.", time=said))
    if at > clock.now() or at > session.ends_at + EXIT_AFTER:
        last = i18n.clock_time(min(clock.now(), session.ends_at + EXIT_AFTER))
        raise Invalid(at=lazy("Write a time up to %(time)s.", time=last))
    return stamps.stamp(session, enrolment_id, StampKind.OUT, StampSource.ATTESTED, at, by=by)


def sign(session: Session, *, topic: str, head_count: int, note: str = "", by: Actor) -> Session:
    """Sign the page as its trainer: what was taught, how many were counted. Posts the minutes."""
    session, now = db.locked(session), clock.now()
    makeups.hold(session)
    calendar.SESSION_FLOW.check(session, "sign")
    if now < session.ends_at:
        ends = i18n.clock_time(session.ends_at)
        raise Refused(lazy("You sign when the session is over, from %(time)s.", time=ends))
    if session.mode == SessionMode.LIVE and not attendance.last_import(session.id):
        raise Refused(
            lazy("A live lesson counts by its trace: import the platform’s attendance file first.")
        )
    transcripts.check_settled(session)
    sheets.check_settled(session)
    counts = attendance.counted(session)
    people = db.session.scalars(
        select(Expected.enrolment_id).where(Expected.session_id == session.id)
    ).all()
    found = attendance.read(session, people, counts)
    missing = sum(m.is_missing_exit for m in found.values())
    if missing:
        raise Refused(
            nlazy(
                "One exit is missing: attest it first, then sign.",
                "%(num)d exits are missing: attest them first, then sign.",
                missing,
            )
        )
    if not topic.strip():
        raise Invalid(topic=lazy("Write what was taught."))
    inside = sum(m.is_inside for m in found.values())
    if inside != head_count and not note.strip():
        raise Invalid(
            note=lazy(
                "You counted %(counted)d, the register says %(inside)d inside. Write why they "
                "differ, or count again.",
                counted=head_count,
                inside=inside,
            )
        )
    calendar.SESSION_FLOW.move(
        session,
        "sign",
        topic=topic.strip(),
        head_count=head_count,
        signed_at=now,
        signed_by_id=by.id,
    )
    stamps.act(
        session,
        ActKind.SIGNED,
        now,
        by=by,
        topic=topic.strip(),
        head_count=head_count,
        inside=inside,
        note=note.strip(),
    )
    ledger.post(
        session,
        {
            i: (m.minutes, attendance.source_of(session, counts.get(i, attendance.NOTHING)))
            for i, m in found.items()
        },
        by=by,
    )
    return session


def bar(session: Session, *, reason: str, by: Actor) -> Session:
    """Bar the open page of a session that ends up not being held: it keeps its number."""
    session = db.locked(session)
    if not reason.strip():
        raise Invalid(reason=lazy("Write why the page is barred."))
    calendar.SESSION_FLOW.move(session, "bar", reason=reason.strip())
    stamps.act(session, ActKind.BARRED, clock.now(), by=by, note=reason.strip())
    return session


def countersign(session: Session, *, note: str = "", by: Actor) -> Session:
    """Countersign the page as a second pair of eyes, once each anomaly of it is decided."""
    session, now = db.locked(session), clock.now()
    if by.id in (session.signed_by_id, session.trainer_id):
        raise Refused(lazy("You signed this page: somebody else countersigns it."))
    stamps.not_of_the_class([session], by)
    anomalies.none_undecided(session)
    calendar.SESSION_FLOW.move(
        session, "countersign", countersigned_at=now, countersigned_by_id=by.id
    )
    stamps.act(session, ActKind.COUNTERSIGNED, now, by=by, note=note.strip())
    return session


def certify(sessions: Iterable[Session], *, by: Actor) -> list[Session]:
    """Certify the hours of countersigned pages: from here on they count for the thresholds."""
    chosen, now = list(sessions), clock.now()
    editions.hold({s.edition_id for s in chosen})  # as who changes a threshold does
    query = (
        select(Session)
        .where(Session.id.in_([s.id for s in chosen]))
        .order_by(Session.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    rows = list(db.session.scalars(query))
    if not rows:
        raise Invalid(pages=lazy("Choose at least one page."))
    stamps.not_of_the_class(rows, by)
    unscanned = scans.lacking(rows)
    for session in sorted(rows, key=lambda s: (str(s.edition_id), s.page or 0)):
        if is_own(session, by):
            raise Refused(
                lazy(
                    "You signed page %(page)s yourself: another manager certifies it.",
                    page=session.page,
                )
            )
        if session.id in unscanned:
            raise Refused(
                lazy(
                    "Page %(page)s: first its scan and the ledger are declared to agree.",
                    page=session.page,
                )
            )
        calendar.SESSION_FLOW.move(session, "certify", certified_at=now, certified_by_id=by.id)
        stamps.act(session, ActKind.CERTIFIED, now, by=by)
    return rows
