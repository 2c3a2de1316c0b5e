"""Changes of the calendar: a session is moved, becomes another kind, called off, held again."""

import re
from datetime import datetime

from courses import planning, proposals
from courses.calendar import (
    OUT,
    SESSION_FLOW,
    Session,
    SessionKind,
    SessionMode,
    SessionState,
    sessions,
)
from lms import audit, clock, db, flow, i18n
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.i18n import lazy
from lms.permissions import Actor

LINK = re.compile(r"https://[\w.-]+\.\w{2,}(?:[:/?#]\S*)?")
KINDS = (SessionKind.LESSON, SessionKind.PROJECT_WORK, SessionKind.FIELD_VISIT)
"""What a session of the calendar can be; a make-up is made as one."""


# Operations


def reschedule(
    session: Session,
    *,
    starts_at: datetime,
    room: str,
    trainer: Person,
    mode: SessionMode | None = None,
    link: str | None = None,
    version: int | None,
    by: Actor,
) -> None:
    """Move a session that has not been opened, to another place too.

    Raises Invalid, Refused, or Stale on an older version.
    """
    mode, link = _place(session, mode, room, link)
    planning.alone(session.programme_id)
    flow.unchanged(
        session,
        version,
        lambda: {
            "at": i18n.moment(session.starts_at),
            "room": session.room,
            "link": session.link,
            "trainer": session.trainer.name,
        },
    )
    if session.state != SessionState.SCHEDULED:
        raise Refused(lazy("This session has been opened: it can no longer be moved."))
    before = i18n.moment(session.starts_at)
    with db.session.no_autoflush:
        lasts = session.minutes
        session.starts_at = starts_at
        session.ends_at = proposals.end_of(starts_at, lasts)
        session.room, session.trainer_id = room, trainer.id
        session.mode, session.link = mode, link
        planning.check(session.edition, [session], {session.unit_id: lasts})
    audit.record("session moved", session, by=by, detail={"from": before})


def _place(
    session: Session, mode: SessionMode | None, room: str, link: str | None
) -> tuple[SessionMode, str]:
    """How a session is held and where online; what is not said stays as it was. Raises Invalid."""
    mode, link = mode or session.mode, session.link if link is None else link
    if mode != SessionMode.LIVE and not room:
        raise Invalid(room=lazy("Write the room."))
    if mode == SessionMode.CLASSROOM and link:
        raise Invalid(link=lazy("A session in the classroom has no link."))
    if link and not LINK.fullmatch(link):
        raise Invalid(link=lazy("Write the whole address, beginning with https://"))
    return mode, link


def change_kind(session: Session, kind: SessionKind, *, by: Actor) -> None:
    """Say what a session is, and so how it is recorded. Refused once its page is open."""
    session = db.locked(session)
    if session.state != SessionState.SCHEDULED:
        raise WrongState(lazy("Its page has been opened: it stays what it is."))
    if session.kind not in KINDS or kind not in KINDS:
        raise Refused(lazy("A make-up session stays one."))
    before, session.kind = session.kind, kind
    detail = {"before": before.value, "now": kind.value}
    audit.record("session kind changed", session, by=by, detail=detail)


def cancel(session: Session, *, reason: str, by: Actor) -> None:
    """Take a session that was not opened out of the calendar; the reason stays beside it.

    Before its time it is cancelled; once its time has come it was not held.
    """
    if clock.now() < session.starts_at:
        SESSION_FLOW.move(session, "cancel", reason=reason)
        audit.record("session cancelled", session, by=by)
    else:
        SESSION_FLOW.move(session, "not_held", reason=reason)
        audit.record("session not held", session, by=by)


def hold_again(
    session: Session,
    *,
    starts_at: datetime,
    room: str,
    trainer: Person,
    mode: SessionMode | None = None,
    link: str | None = None,
    by: Actor,
) -> Session:
    """A new session for the unit of one that was cancelled or not held. Raises Refused."""
    mode, link = _place(session, mode, room, link)
    planning.alone(session.programme_id)
    if session.state not in OUT:
        raise Refused(lazy("This session is in the calendar: move it instead."))
    if session.makes_up_id is not None:
        raise Refused(lazy("Plan another from the page of the session that was missed."))
    others = sessions(session.edition_id)
    if any(s.unit_id == session.unit_id and s.state not in OUT for s in others):
        raise Refused(lazy("This unit is in the calendar already."))
    row = Session(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        unit_id=session.unit_id,
        position=max(s.position for s in others) + 1,
        kind=session.kind,
        body_id=session.body_id,
        starts_at=starts_at,
        ends_at=proposals.end_of(starts_at, session.unit.minutes),
        room=room,
        mode=mode,
        link=link,
        trainer_id=trainer.id,
    )
    planning.check(session.edition, [row], {session.unit_id: session.unit.minutes})
    db.session.add(row)
    audit.record("session added", row, by=by, detail={"instead of": str(session.id)})
    return row
