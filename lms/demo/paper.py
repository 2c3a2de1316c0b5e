"""What the demo has on paper: logos, stamped pages, a day without network, project work."""

import struct
import zlib
from collections.abc import Sequence
from datetime import date, time, timedelta

from courses import (
    bodies,
    calendar,
    changes,
    papers,
    register,
    scans,
    sheets,
    stamps,
    terms,
)
from courses import transcripts as typed
from courses.calendar import Session, SessionKind, SessionState
from courses.editions import Original
from lms import accounts, clock, db
from lms.demo.course import Class
from lms.demo.people import Cast
from lms.permissions import Actor

AFTERNOON = time(14)
DONE = (
    "Ho cercato i servizi del quartiere e li ho messi su una mappa.",
    "Ho chiamato tre associazioni e ho scritto che cosa offrono.",
    "Ho preparato le domande per la visita e le ho provate in coppia.",
)


def fill(cast: Cast, classes: Sequence[Class], *, today: date | None = None) -> None:
    """After the editions were played: the second is the one that runs, the third is on paper."""
    today = today or clock.today()
    _, running, planned = classes
    morning = clock.utc(today, time(8))
    with clock.held(morning - timedelta(weeks=2)):
        _terms(cast, running, "2026-0142")
        _authorisation(cast, running)
        _terms(cast, planned, "2026-0388")
        _stamped(cast, planned)
        first, second = _later_units(running)
        failed = _moved(cast, running, first, today - timedelta(days=2))
        work = _moved(cast, running, second, day_of(failed) - timedelta(days=1))
        changes.change_kind(work, SessionKind.PROJECT_WORK, by=cast.coordinator)
        papers.print_page(failed, by=cast.coordinator)
    _project_work(cast, running, work)
    _without_network(cast, failed)


def day_of(session: Session) -> date:
    return clock.local(session.starts_at).date()


def picture(width: int, height: int, colour: tuple[int, int, int], border: int = 6) -> bytes:
    """A plain picture with a border, as PNG: logos and scans of the demo."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    full, inner = bytes(colour) * width, bytes(colour) * border
    inner += b"\xff" * 3 * (width - 2 * border) + bytes(colour) * border
    edge = range(border, height - border)
    lines = b"".join(b"\0" + (inner if y in edge else full) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def _terms(cast: Cast, group: Class, practice: str) -> None:
    """The codes that the funder's papers want, and two logos."""
    edition = group.edition
    known = {name: getattr(edition, name) for name in terms.Terms.__annotations__}
    said = {
        "practice_number": practice,
        "operator_code": "B 123",
        "course_code": f"{edition.code}/2026",
        "project_code": cast.programme.project_code,
        "site": "Via Bologna 1 (inventata), Torino",
    }
    by = cast.manager
    terms.amend(edition, terms.Terms(**(known | said)), version=edition.version, by=by)
    for name, colour in (("Unione europea", (0, 51, 153)), ("Ente capofila", (11, 87, 99))):
        terms.add_logo(edition, picture(90, 60, colour), name=name, by=by)
        db.session.flush()


def _authorisation(cast: Cast, group: Class) -> None:
    """The funder's word that the electronic register is the original."""
    terms.authorise(
        group.edition,
        picture(420, 594, (120, 120, 120)),
        reference="Prot. 5120 (inventato)",
        dated_on=group.edition.starts_on - timedelta(days=7),
        by=cast.manager,
    )


def _stamped(cast: Cast, group: Class) -> None:
    """Stamped paper is the original: a book, its first pages printed, two bodies that deliver."""
    edition, by = group.edition, cast.manager
    terms.choose_original(edition, Original.STAMPED, version=edition.version, by=by)
    papers.add_book(edition, name="Registro n. 1", first=1, last=60, by=cast.coordinator)
    db.session.flush()
    rows = calendar.sessions(edition.id)
    for session in rows[:3]:
        papers.print_page(session, by=cast.coordinator)
        db.session.flush()
    for name, code, positions in (
        ("Consorzio Dora (inventato)", "ACC-0412", range(1, 19)),
        ("Cooperativa Stura (inventata)", "ACC-0733", range(19, 99)),
    ):
        body = bodies.add(name=name, accreditation=code, by=by)
        db.session.flush()
        bodies.deliver(edition, body, positions, by=by)


def _later_units(group: Class) -> tuple[Session, Session]:
    """Two sessions that are still in the calendar: the last one, and one of project work."""
    rows = calendar.sessions(group.edition.id)
    left = [s for s in rows if s.state == SessionState.SCHEDULED]
    work = [s for s in left[:-1] if "Project work" in s.unit.title_it] or left[:-1]
    return left[-1], work[-1]


def _moved(cast: Cast, group: Class, session: Session, day: date) -> Session:
    """A unit that is brought forward to an afternoon, on this day or the working day before."""
    while day.weekday() > 4:
        day -= timedelta(days=1)
    changes.reschedule(
        session,
        starts_at=clock.utc(day, AFTERNOON),
        room=group.edition.room,
        trainer=accounts.get(cast.trainers[0].id),
        version=session.version,
        by=cast.coordinator,
    )
    db.session.flush()
    return session


def _project_work(cast: Cast, group: Class, session: Session) -> None:
    """Half have handed in their sheets, three were confirmed, one was refused; one is to fill."""
    trainer = cast.trainers[0]
    with clock.held(session.starts_at - timedelta(minutes=10)):
        register.open_page(session, by=trainer)
        db.session.flush()
    lines = {e.enrolment.person_id: e for e in stamps.expected(session.id)}
    with clock.held(session.ends_at + timedelta(hours=1)):
        filled = [
            _sheet(session, trainee, lines[trainee.id], DONE[place % len(DONE)])
            for place, trainee in enumerate(group.trainees[1:11])
        ]
    with clock.held(session.ends_at + timedelta(hours=3)):
        for sheet in filled[:3]:
            sheets.confirm(sheet, by=trainer)
        sheets.refuse(filled[3], reason="Scrivi quali servizi hai trovato.", by=trainer)
        db.session.flush()


def _sheet(session: Session, trainee: Actor, line: stamps.Expected, done: str) -> sheets.Sheet:
    since, until = clock.local(session.starts_at), clock.local(session.ends_at)
    row = sheets.fill(line, came=since.time(), went=until.time(), done=done, by=trainee)
    db.session.flush()
    return row


def _without_network(cast: Cast, session: Session) -> None:
    """All signed on the printed page; the coordinator typed the times, the trainer confirms."""
    by = cast.coordinator
    with clock.held(session.ends_at + timedelta(hours=2)):
        register.open_late(session, reason="Linea interrotta dalle 13:40 alle 18:00.", by=by)
        db.session.flush()
        people = [e.enrolment_id for e in stamps.expected(session.id)]
        came = session.starts_at + timedelta(minutes=5)
        times = {i: (came if n % 7 == 3 else session.starts_at, session.ends_at)
                 for n, i in enumerate(people) if n % 11 != 10}  # fmt: skip
        found = typed.type_times(session, times, version=None, by=by)
        scans.attach(session, picture(420, 594, (60, 60, 60)), by=by)
        db.session.flush()
        typed.hand_over(session, version=found.version, by=by)
        db.session.flush()
