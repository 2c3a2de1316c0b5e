"""Traces: the attendance file of a live lesson, agreed with who was expected, and kept.

A file is read, shown, and only then imported: it is kept as it came, with its hash, and each
connection becomes a span of the trace. People are known by their address, then by their name among
those expected; what neither tells is said once by a person, and remembered for the edition.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import attendance, calendar, editions, layouts, platform_names, presence, stamps
from courses.calendar import Session, SessionMode
from courses.layouts import Columns, Layout
from courses.platform_names import How, Participant
from courses.presence import Span, Window
from courses.stamps import Expected, Stamp
from lms import clock, db, drafts, files
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.files import File
from lms.i18n import lazy, nlazy
from lms.permissions import Actor

APART = timedelta(minutes=5)
"""By how much a signature and a trace may differ before somebody looks at it."""
LARGEST = 1_000_000


class Import(db.Model):
    """One attendance file that gave a page its trace: of several the last one counts."""

    __tablename__ = "courses_trace_imports"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("files", "file_id"),
        UniqueConstraint("session_id", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("(layout = 'chosen') = (columns <> '')", name="chosen_says_columns"),
        Index("ix_courses_trace_imports_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    """The same as that of its spans."""
    file_id: Mapped[UUID] = mapped_column(Uuid)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """The SHA-256 of the file as it came."""
    layout: Mapped[Layout] = mapped_column(db.choice(Layout, "layout_known"))
    columns: Mapped[str] = mapped_column(String(300), default="")
    """Which columns were chosen, of a layout that we do not know."""
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    file: Mapped[File] = relationship(foreign_keys=[file_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


db.append_only(Import.__table__)


@dataclass(frozen=True)
class Report:
    """What a file would do to a page: nothing is written yet."""

    layout: Layout
    participants: Sequence[Participant]
    people: Mapping[UUID, str]
    """Those expected, by enrolment, in list order."""
    spans: Mapping[UUID, Sequence[Span]]
    """What is recognised of each who was connected during the lesson."""

    @property
    def unknown(self) -> list[Participant]:
        return [p for p in self.participants if p.how == How.UNKNOWN]

    def one(self, number: int | None) -> Participant | None:
        """Who is first named on this line; else the first of whom it must be said who she is."""
        asked = [p for p in self.participants if p.number == number]
        return next(iter([*asked, *self.unknown]), None)


@dataclass(frozen=True)
class Difference:
    """Somebody whose signature and trace tell different things of one lesson."""

    enrolment_id: UUID
    apart: timedelta
    """The time for which the one says that she was there and the other that she was not."""
    signed: Sequence[Span]
    traced: Sequence[Span]

    @property
    def minutes(self) -> int:
        return self.apart // presence.MINUTE


@dataclass(frozen=True)
class Traced:
    """One person's line in the table of a trace."""

    name: str
    spans: Sequence[Span]
    minutes: int
    shares: Sequence[tuple[float, float]]
    """Her connections as parts of the lesson, for the picture."""
    difference: Difference | None = None


# Scopes


def expected_where_coordinated(me: Actor) -> ColumnElement[bool]:
    """Those expected on the pages of the editions that this person coordinates."""
    return Expected.session_id.in_(select(Session.id).where(calendar.of_coordinated(me)))


def expected_on(session: Session) -> ColumnElement[bool]:
    return Expected.session_id == session.id


# Rules


def shares(spans: Iterable[Span], window: Window) -> list[tuple[float, float]]:
    """Where connections begin and how long they are, in hundredths of the window."""
    whole = window.end - window.start
    return [
        (100 * ((s.start - window.start) / whole), 100 * ((s.end - s.start) / whole))
        for s in spans
        if s.end
    ]


# Queries


def check(session: Session, content: bytes, columns: Columns | None = None) -> Report:
    """What this file would do to the page: nothing is written. Raises Invalid with the reason."""
    if len(content) > LARGEST:
        raise Invalid(file=lazy("The file is too long."))
    day = clock.local(session.starts_at).date()
    reading = layouts.read(content, day, columns)
    expected = stamps.expected(session.id)
    found = platform_names.participants(session, reading.lines, expected)
    spans: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for one in found:
        if one.enrolment_id:
            spans.setdefault(one.enrolment_id, []).extend((n.joined, n.left) for n in one.lines)
    window = attendance.window(session)
    return Report(
        reading.layout,
        found,
        {e.enrolment_id: e.enrolment.person.name for e in expected},
        {i: cut for i, made in spans.items() if (cut := presence.merged(made, window))},
    )


def imports(session_id: UUID) -> list[Import]:
    """The files that were imported for a page, newest first."""
    query = (
        select(Import)
        .options(joinedload(Import.by), joinedload(Import.file))
        .where(Import.session_id == session_id)
        .order_by(Import.number.desc())
    )
    return list(db.session.scalars(query))


def differences(
    session: Session,
    connected: Mapping[UUID, Sequence[Span]] | None = None,
    stamped: Mapping[UUID, Sequence[Stamp]] | None = None,
) -> list[Difference]:
    """Those whose signature and trace are more than five minutes apart, by the last import.

    Who has not signed has nothing that could differ, nor has who followed a mixed lesson in the
    room. `connected` and `stamped` are what the caller has already.
    """
    connected = attendance.traced(session) if connected is None else connected
    if not connected:
        return []
    stamped = stamps.of_page(session.id) if stamped is None else stamped
    window, found = attendance.window(session), []
    for enrolment_id, made in stamped.items():
        spans = connected.get(enrolment_id, ())
        if session.mode == SessionMode.MIXED and not spans:
            continue
        signed = presence.spans((s.kind, s.at) for s in made)
        apart = presence.apart(signed, spans, window)
        if apart > APART:
            found.append(Difference(enrolment_id, apart, signed, spans))
    return found


def listed(
    session: Session,
    people: Mapping[UUID, str],
    connected: Mapping[UUID, Sequence[Span]],
    stamped: Mapping[UUID, Sequence[Stamp]] | None = None,
) -> list[Traced]:
    """A line for each of these people, by enrolment, whether she was connected or not."""
    window, policy, found = attendance.window(session), attendance.policy(session.edition), []
    apart = {d.enrolment_id: d for d in differences(session, connected, stamped)}
    for enrolment_id, name in people.items():
        spans = connected.get(enrolment_id, ())
        minutes = presence.recognised(spans, window, policy)
        difference = apart.get(enrolment_id)
        found.append(Traced(name, spans, minutes, shares(spans, window), difference))
    return found


# What a person has begun


def packed(content: bytes, columns: Columns | None = None) -> dict[str, str]:
    """A file that waits for its confirmation, as a draft keeps it. Raises Invalid."""
    kept = base64.b64encode(zlib.compress(content)).decode()
    if len(content) > LARGEST or len(kept) > drafts.LONGEST:
        raise Invalid(file=lazy("The file is too long."))
    return {"content": kept, "columns": written_columns(columns)}


def unpacked(draft: Mapping[str, str]) -> tuple[bytes, Columns | None]:
    """The file that waits, and the columns that were chosen in it."""
    content = zlib.decompress(base64.b64decode(draft["content"]))
    return content, Columns(**json.loads(draft["columns"])) if draft["columns"] else None


def written_columns(columns: Columns | None) -> str:
    said = asdict(columns) if columns else {}
    return json.dumps({k: v for k, v in said.items() if v is not None}) if said else ""


# Operations


def import_file(
    session: Session, content: bytes, columns: Columns | None = None, *, by: Actor
) -> Import:
    """Keep the file and write the trace that it gives; it replaces that of an earlier one."""
    session = db.locked(session)
    attendance.takes_a_trace(session)
    if any(e.enrolment.person_id == by.id for e in stamps.expected(session.id)):
        raise Refused(lazy("You are expected on this page yourself: somebody else does this."))
    report = check(session, content, columns)
    if report.unknown:
        raise Refused(
            nlazy(
                "Say first who one person in the file is.",
                "Say first who %(num)d people in the file are.",
                len(report.unknown),
            )
        )
    if not report.spans:
        raise Refused(
            lazy("Nobody of this class was connected during the lesson. Is it the right file?")
        )
    spans = {i: [(s.start, s.end) for s in made if s.end] for i, made in report.spans.items()}
    number = attendance.trace(session, spans, by=by)
    row = Import(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        number=number,
        digest=hashlib.sha256(content).digest(),
        layout=report.layout,
        columns=written_columns(columns),
        at=clock.now(),
        by_id=by.id,
    )
    key_id = editions.key_of(session.edition)
    row.file_id = files.keep(content, "traces", row, key_id=key_id, table=True, by=by).id
    stamps.chained("attendance file imported", row, by=by)
    return row
