"""Editions on stamped paper, scans, times from paper, and sheets of project work."""

import struct
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from courses import bodies, papers, register, scans, sheets, stamps, terms, transcripts
from courses.calendar import SessionKind
from courses.editions import Original
from lms import clock, db

PDF = b"%PDF-1.7 a signed page"


@contextmanager
def answered_at(moment):
    """The clock that requests go by, which does not stop: it is this moment when they begin."""
    shift, before = moment - datetime.now(UTC), clock._shift
    clock._shift = lambda: shift
    try:
        yield
    finally:
        clock._shift = before


def png(side=4, colour=b"\x0b\x57\x63"):
    """A small picture that can be printed."""

    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    lines = b"".join(b"\0" + colour * side for _ in range(side))
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def on_paper(original=Original.STAMPED, **more):
    """A class whose pages are printed before they are opened; a book of a hundred."""
    from tests import make

    group = make.class_in_motion(**more)
    by = make.actor(group.manager, group.programme)
    terms.choose_original(group.edition, original, version=group.edition.version, by=by)
    papers.add_book(group.edition, name="Book 1", first=101, last=200, by=by)
    db.session.commit()
    return group


def printed(group, session=None, **more):
    """A session of a class with its printed page."""
    from tests import make

    by = make.actor(group.coordinator, group.programme)
    paper = papers.print_page(session or group.sessions[0], by=by, **more)
    db.session.commit()
    return paper


def scanned(group, session=None, content=PDF):
    """The page of a class with its scan."""
    from tests import make

    by = make.actor(group.coordinator, group.programme)
    scan = scans.attach(session or group.session, content, by=by)
    db.session.commit()
    return scan


def opened_late(group=None, session=None, **more):
    """A page that was held on paper, and opened the day after."""
    from tests import make

    group = group or make.class_in_motion(**more)
    group.session = session or group.sessions[0]
    make.printed(group, group.session)
    with clock.held(group.session.ends_at + timedelta(days=1)):
        by = make.actor(group.coordinator, group.programme)
        register.open_late(group.session, reason="The network failed all morning", by=by)
        db.session.commit()
    return group


def typed(group, times, *, by=None, at=None):
    """The times of the first of a class as somebody types them: (came, went) or None."""
    from tests import make

    people = [e.enrolment_id for e in stamps.expected(group.session.id)]
    found = transcripts.of_page(group.session.id)
    with clock.held(at or group.session.ends_at + timedelta(days=1)):
        transcripts.type_times(
            group.session,
            {i: t for i, t in zip(people, times, strict=False) if t},
            version=found and found.version,
            by=make.actor(by or group.coordinator, group.programme),
        )
        db.session.commit()
    return transcripts.of_page(group.session.id)


def handed_over(group=None, times=None, **more):
    """Times typed by the coordinator from the paper of a page opened late, with its scan."""
    from tests import make

    group = group or make.opened_late(**more)
    start, end = group.session.starts_at, group.session.ends_at
    found = make.typed(group, times or [(start, end)] * len(group.trainees))
    make.scanned(group)
    with clock.held(end + timedelta(days=1)):
        by = make.actor(group.coordinator, group.programme)
        transcripts.hand_over(group.session, version=found.version, by=by)
        db.session.commit()
    return group


def outing(group=None, session=None, kind=SessionKind.PROJECT_WORK, **more):
    """A class with project work, whose page is open."""
    from tests import make

    group = group or make.class_in_motion(**more)
    session = session or group.sessions[0]
    session.kind = kind
    db.session.commit()
    return make.opened_page(group, session)


def expected(group, number=0):
    """That trainee `number` is expected on the page of a class."""
    return stamps.expected_of(group.session.id, group.enrolments[number].id)


def sheet(group, number=0, *, came=None, went=None, done="We mapped the services"):
    """The sheet that trainee `number` of a class hands in, at the end of the day."""
    from tests import make

    session = group.session
    with clock.held(session.ends_at + timedelta(hours=1)):
        row = sheets.fill(
            make.expected(group, number),
            came=came or clock.local(session.starts_at).time(),
            went=went or clock.local(session.ends_at).time(),
            done=done,
            by=make.actor(group.trainees[number], group.programme),
        )
        db.session.commit()
    return row


def delivering(programme=None, name="Body"):
    """A body that delivers sessions."""
    from tests import make

    manager = make.actor(make.person("manager", programme=programme), programme)
    row = bodies.add(name=f"{name} {next(make.number)}", accreditation="ACC-1", by=manager)
    db.session.commit()
    return row
