"""Make-up sessions: a page of its own for those who missed minutes of a session.

It teaches the same unit, expects only those who missed something there, and gives nobody more than
she missed: what she has of the missed session and of all that makes up for it is never more than
the session itself lasted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from courses import planning, proposals
from courses.calendar import Session, SessionKind, SessionState, sessions
from courses.editions import EditionState
from courses.enrolments import Enrolment
from courses.ledger import Line
from courses.stamps import Expected
from lms import audit, db
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.i18n import lazy
from lms.permissions import Actor

HELD = (SessionState.SIGNED, SessionState.COUNTERSIGNED, SessionState.CERTIFIED)
"""A page that was signed: what it gave stands in the ledger."""
AHEAD = (SessionState.SCHEDULED, SessionState.OPEN)


# Rules


def lacking(whole: int, given: int) -> int:
    """What is still missing of a session of so many minutes."""
    return max(whole - given, 0)


@dataclass(frozen=True)
class Lacks:
    """What each enrolment lacks of some sessions, in minutes."""

    whole: Mapping[UUID, int]
    """How long each session was."""
    given: Mapping[tuple[UUID, UUID], int]
    """What each enrolment has of it, by session and enrolment."""

    def of(self, enrolment_id: UUID) -> dict[UUID, int]:
        return {
            s: lacking(minutes, self.given.get((s, enrolment_id), 0))
            for s, minutes in self.whole.items()
        }


# Queries


def missed(session: Session) -> Session:
    """The session that a make-up session makes up for."""
    return db.session.get_one(Session, session.makes_up_id)


def of(session: Session) -> list[Session]:
    """What makes up for a session, in the order of their pages; those still to come are last."""
    query = (
        select(Session)
        .where(
            Session.makes_up_id == session.id,
            Session.state.not_in((SessionState.CANCELLED, SessionState.NOT_HELD)),
        )
        .order_by(Session.page.is_(None), Session.page, Session.starts_at)
    )
    return list(db.session.scalars(query))


def given(
    session_ids: Iterable[UUID], *, before_page: int | None = None
) -> dict[tuple[UUID, UUID], int]:
    """The minutes of each session and of what makes up for it, by session and enrolment.

    Of what makes up for it only the pages before this one, where one is named.
    """
    root = func.coalesce(Session.makes_up_id, Session.id)
    query = (
        select(root, Line.enrolment_id, func.sum(Line.minutes))
        .join(Session, Session.id == Line.session_id)
        .where(root.in_(list(session_ids)))
        .group_by(root, Line.enrolment_id)
    )
    if before_page is not None:
        query = query.where(or_(Session.makes_up_id.is_(None), Session.page < before_page))
    return {(s, e): int(minutes) for s, e, minutes in db.session.execute(query)}


def most(session: Session, enrolment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The most that a make-up session gives to each: what she lacked when its page came."""
    first = missed(session)
    had = given([first.id], before_page=session.page)
    return {i: lacking(first.minutes, had.get((first.id, i), 0)) for i in enrolment_ids}


def who_missed(session: Session) -> dict[UUID, int]:
    """Those who still follow the edition and lack minutes of a session, and how many."""
    had = given([session.id])
    people = db.session.scalars(
        select(Enrolment.id).where(
            Enrolment.edition_id == session.edition_id, Enrolment.left_on.is_(None)
        )
    )
    lacks = {i: lacking(session.minutes, had.get((session.id, i), 0)) for i in people}
    return {i: minutes for i, minutes in lacks.items() if minutes}


def in_need(session: Session, enrolment_ids: Iterable[UUID]) -> list[UUID]:
    """Of these, those whom a session is for: everybody, or who lacks what it makes up for."""
    if session.makes_up_id is None:
        return list(enrolment_ids)
    return [i for i, minutes in most(session, enrolment_ids).items() if minutes]


def needless(person_id: UUID, programme_id: UUID) -> list[UUID]:
    """The make-up sessions of her editions that are not for this person."""
    first = aliased(Session)
    query = (
        select(Session, first, Enrolment.id, Expected.id)
        .join(first, first.id == Session.makes_up_id)
        .join(Enrolment, Enrolment.edition_id == Session.edition_id)
        .outerjoin(
            Expected,
            and_(Expected.session_id == Session.id, Expected.enrolment_id == Enrolment.id),
        )
        .where(Enrolment.person_id == person_id, Session.programme_id == programme_id)
    )
    rows = db.session.execute(query).all()
    had = given({root.id for _, root, _, _ in rows}) if rows else {}
    return [
        session.id
        for session, root, enrolment_id, expected in rows
        if (session.page and not expected)
        or not (session.page or lacking(root.minutes, had.get((root.id, enrolment_id), 0)))
    ]


# Operations


def hold(session: Session) -> None:
    """Lock what a make-up session makes up for: nobody else changes what was missed there."""
    if session.makes_up_id is not None:
        db.locked(missed(session))


def one_at_a_time(session: Session) -> None:
    """Refuse to open a make-up page while another of the same session waits for its signature."""
    if session.makes_up_id is None:
        return
    hold(session)
    page = db.session.scalar(
        select(Session.page).where(
            Session.makes_up_id == session.makes_up_id,
            Session.state == SessionState.OPEN,
            Session.id != session.id,
        )
    )
    if page is not None:
        raise Refused(
            lazy("Page %(page)s makes up for the same session: it is signed first.", page=page)
        )


def plan(
    session: Session, *, starts_at: datetime, minutes: int, room: str, trainer: Person, by: Actor
) -> Session:
    """A make-up session for those who missed minutes of this one. Raises Refused or Invalid."""
    planning.alone(session.programme_id)
    if session.makes_up_id is not None:
        raise Refused(lazy("Plan another from the page of the session that was missed."))
    if session.state not in HELD:
        raise Refused(lazy("The page is not signed yet: who missed something is known then."))
    if session.edition.state != EditionState.RUNNING:
        raise Refused(lazy("This edition is closed: it no longer changes."))
    if not who_missed(session):
        raise Refused(lazy("Nobody lacks a minute of this session."))
    if not 1 <= minutes <= session.minutes:
        raise Invalid(
            minutes=lazy("Between 1 and %(most)s minutes: as the session.", most=session.minutes)
        )
    row = Session(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        unit_id=session.unit_id,
        position=max(s.position for s in sessions(session.edition_id)) + 1,
        starts_at=starts_at,
        ends_at=proposals.end_of(starts_at, minutes),
        room=room,
        kind=SessionKind.MAKE_UP,
        makes_up_id=session.id,
        trainer_id=trainer.id,
    )
    planning.check(session.edition, [row], {session.unit_id: minutes})
    db.session.add(row)
    audit.record("make-up planned", row, by=by, detail={"of": str(session.id)})
    return row


def locked_with(session: Session, enrolment_id: UUID) -> list[Session]:
    """This page as it is now, then the signed pages that give less, or more, when it changes.

    What makes up for a session is locked first, in one order, and then the session itself: as the
    signature of a make-up page does.
    """
    first = session if session.makes_up_id is None else missed(session)
    query = (
        select(Session)
        .where(Session.makes_up_id == first.id)
        .order_by(Session.id)
        .with_for_update(of=Session, key_share=True)
        .execution_options(populate_existing=True)
    )
    pages = list(db.session.scalars(query))  # open ones too: one may be signed while this waits
    first = db.locked(first)
    expected = select(Expected.session_id).where(Expected.enrolment_id == enrolment_id)
    hers = set(db.session.scalars(expected.where(Expected.session_id.in_([s.id for s in pages]))))
    made = [s for s in pages if s.id == session.id or (s.state in HELD and s.id in hers)]
    if session.makes_up_id is None:
        return [first, *sorted(made, key=_page)]
    mine = next(s for s in made if s.id == session.id)
    return [mine, *sorted((s for s in made if _page(s) > _page(mine)), key=_page)]


def _page(session: Session) -> int:
    return session.page or 0
