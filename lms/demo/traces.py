"""The demo's live lessons: their links, and the attendance files of their platforms."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from courses import calendar, changes, traces
from courses.calendar import Session, SessionMode, SessionState
from courses.editions import Edition
from lms import accounts, clock, db
from lms.permissions import Actor

LINK = "https://lezioni.demo.example/stanza-{unit}"
HEAD = "Nome (nome originale),E-mail,Ora di ingresso,Ora di uscita,Durata (minuti),Guest"
AWAY = timedelta(minutes=7)


def link(edition: Edition, *, by: Actor) -> None:
    """Write into the calendar where the lessons still to come are held online."""
    for session in calendar.sessions(edition.id):
        if session.mode == SessionMode.LIVE and session.state == SessionState.SCHEDULED:
            changes.reschedule(
                session,
                starts_at=session.starts_at,
                room="",
                trainer=session.trainer,
                link=LINK.format(unit=session.unit.code.replace(".", "-")),
                version=session.version,
                by=by,
            )
    db.session.flush()


def follow(session: Session, comings: Sequence[tuple[datetime, Actor]], trainer: Actor) -> None:
    """Import the file of a lesson that these have followed; some of them fell out once."""
    seen: dict[Actor, list[datetime]] = {}
    for moment, trainee in comings:
        seen.setdefault(trainee, []).append(moment)
    lines = [_line(trainer, session.starts_at - AWAY, session.ends_at + AWAY)]
    middle = session.starts_at + (session.ends_at - session.starts_at) / 2
    for place, (trainee, (joined, left)) in enumerate(seen.items()):
        back = middle + (AWAY if place % 7 == 3 else timedelta(seconds=55))
        if place % 3 or not joined < middle < back < left:
            lines.append(_line(trainee, joined, left))
        else:
            lines += [_line(trainee, joined, middle), _line(trainee, back, left)]
    traces.import_file(session, "\n".join([HEAD, *lines]).encode(), by=trainer)
    db.session.flush()


def _line(who: Actor, joined: datetime, left: datetime) -> str:
    person = accounts.get(who.id)
    times = ",".join(f"{clock.local(at):%d/%m/%Y %H:%M:%S}" for at in (joined, left))
    return f"{person.name},{person.mail},{times},{(left - joined).seconds // 60},No"
