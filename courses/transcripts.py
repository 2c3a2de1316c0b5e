"""Transcripts: the times of a page that was signed by hand, typed by one and confirmed by another.

When the network fails people sign on the printed page. Its times are typed afterwards in one grid,
beside the scan; somebody else, who is not on the page, compares and confirms. Only then do they
become stamps, marked as from paper. A stamp that is there already stays: where the paper says
otherwise, the two are shown, and a correction is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Text,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses import papers, scans, stamps
from courses.calendar import Session
from courses.checkin import ENTRY_BEFORE, EXIT_AFTER, OPEN
from courses.presence import StampKind
from courses.stamps import ActKind, Stamp, StampSource
from lms import audit, clock, db, flow, i18n
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.flow import Flow, Word, say
from lms.i18n import Lazy, lazy
from lms.permissions import Actor


class TranscriptState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    CONFIRMED = "confirmed"


say(
    {
        TranscriptState.DRAFT: Word(lazy("being typed"), "", "pen"),
        TranscriptState.WAITING: Word(lazy("to be confirmed by another person"), "turn", "turn"),
        TranscriptState.CONFIRMED: Word(lazy("confirmed"), "good", "ok"),
    }
)

FLOW = Flow(
    hand_over=({TranscriptState.DRAFT}, TranscriptState.WAITING),
    send_back=({TranscriptState.WAITING}, TranscriptState.DRAFT),
    confirm=({TranscriptState.WAITING}, TranscriptState.CONFIRMED),
)


class Transcript(db.Model):
    """The times of one page as they are typed from its paper."""

    __tablename__ = "courses_transcripts"
    __table_args__ = (
        db.owned(),
        db.within("courses_sessions", "session_id"),
        db.within("courses_scans", "scan_id"),
        UniqueConstraint("session_id"),
        CheckConstraint("state = 'draft' OR scan_id IS NOT NULL", name="handed_over_with_its_scan"),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL AND confirmed_at IS NOT NULL)",
            name="confirmed_says_who_and_when",
        ),
        CheckConstraint("confirmed_by_id <> typed_by_id", name="confirmed_by_another"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    session_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[TranscriptState] = mapped_column(
        db.choice(TranscriptState), default=TranscriptState.DRAFT
    )
    scan_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The scan that it was handed over with."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was sent back last."""
    typed_at: Mapped[db.Moment]
    typed_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    confirmed_at: Mapped[db.Moment | None]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[int] = mapped_column()
    typed_by: Mapped[Person] = relationship(foreign_keys=[typed_by_id])
    __mapper_args__ = {"version_id_col": version}


class PaperTime(db.Model):
    """When one trainee came and went, as the paper says."""

    __tablename__ = "courses_paper_times"
    __table_args__ = (
        db.owned(),
        db.within("courses_transcripts", "transcript_id"),
        db.within("courses_enrolments", "enrolment_id"),
        UniqueConstraint("transcript_id", "enrolment_id"),
        CheckConstraint("went > came", name="out_after_in"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    transcript_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    came: Mapped[db.Moment | None]
    went: Mapped[db.Moment | None]


Times = Mapping[UUID, tuple[datetime | None, datetime | None]]
"""When each came and went, by enrolment."""


@dataclass(frozen=True)
class Row:
    """One person of the grid: what the paper says, and what was stamped before."""

    number: int
    enrolment_id: UUID
    name: str
    came: datetime | None
    went: datetime | None
    stamped: Mapping[StampKind, Stamp]

    def differs(self, kind: StampKind) -> bool:
        """Whether a stamp that is there says otherwise than the paper, to the minute."""
        stamp, said = self.stamped.get(kind), self.came if kind == StampKind.IN else self.went
        return stamp is not None and said is not None and _minute(stamp.at) != _minute(said)

    @property
    def is_only_stamped(self) -> bool:
        """Whether she has stamps, and nothing on the paper."""
        return bool(self.stamped) and self.came is None and self.went is None

    @property
    def is_different(self) -> bool:
        return self.is_only_stamped or any(self.differs(kind) for kind in StampKind)


# Rules


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def wrong(
    session: Session,
    said: tuple[datetime | None, datetime | None],
    stamped: datetime | None,
    now: datetime,
) -> dict[str, Lazy]:
    """What is wrong with the times of one person: her entry, her exit, or nothing.

    `stamped` is the entry that was stamped before the network failed.
    """
    came, went = said
    first, last = session.starts_at - ENTRY_BEFORE, min(session.ends_at + EXIT_AFTER, now)
    if came is not None and not first <= came < min(session.ends_at, now):
        until = i18n.clock_time(min(session.ends_at, now))
        said_first = i18n.clock_time(first)
        why = lazy("The entry is between %(first)s and %(last)s.", first=said_first, last=until)
        return {"in": why}
    since = came or stamped
    if went is None:
        return {}
    if since is None:
        return {"in": lazy("An exit without an entry: write both.")}
    if not since < went <= last:
        until = i18n.clock_time(last)
        return {"out": lazy("The exit is after the entry, up to %(last)s.", last=until)}
    return {}


# Queries


def of_page(session_id: UUID) -> Transcript | None:
    """What is typed, or was, from the paper of a page."""
    return db.session.scalar(select(Transcript).where(Transcript.session_id == session_id))


def rows(session: Session, transcript: Transcript | None) -> list[Row]:
    """Everybody expected on a page, with what was typed and what was stamped: three statements."""
    typed: dict[UUID, PaperTime] = {}
    if transcript is not None:
        query = select(PaperTime).where(PaperTime.transcript_id == transcript.id)
        typed = {row.enrolment_id: row for row in db.session.scalars(query)}
    stamped = stamps.of_page(session.id)
    return [
        Row(
            number,
            one.enrolment_id,
            one.enrolment.person.name,
            typed[one.enrolment_id].came if one.enrolment_id in typed else None,
            typed[one.enrolment_id].went if one.enrolment_id in typed else None,
            {s.kind: s for s in stamped.get(one.enrolment_id, [])},
        )
        for number, one in enumerate(stamps.expected(session.id), 1)
    ]


def check_settled(session: Session) -> None:
    """Refuse to sign a page while times of its paper are typed but not confirmed."""
    found = of_page(session.id)
    if found is not None and found.state != TranscriptState.CONFIRMED:
        raise Refused(
            lazy("Times of its paper are typed and not confirmed: somebody else confirms them.")
        )


# Operations


def type_times(session: Session, times: Times, *, version: int | None, by: Actor) -> Transcript:
    """Keep the times of a paper as they are typed so far: the whole grid at once.

    Raises Invalid beside in_1 or out_1 (the place in the list), Stale on an older version, Refused.
    """
    session = _open_page(session, by)
    if papers.latest(session.id) is None:
        raise Refused(lazy("Give the printed page its number first."))
    found = of_page(session.id)
    if found is not None:
        if found.state != TranscriptState.DRAFT:
            raise WrongState(lazy("These times were handed over: send them back first."))
        flow.unchanged(found, version or 0, lambda: _told(session, found))
    people, now = rows(session, found), clock.now()
    said = {row.enrolment_id: times.get(row.enrolment_id, (None, None)) for row in people}
    refused: dict[str, Lazy] = {}
    for row in people:
        entry = row.stamped.get(StampKind.IN)
        why = wrong(session, said[row.enrolment_id], entry.at if entry else None, now)
        refused |= {f"{kind}_{row.number}": text for kind, text in why.items()}
    if refused:
        raise Invalid(**refused)
    transcript = found or Transcript(
        programme_id=session.programme_id, session_id=session.id, typed_at=now, typed_by_id=by.id
    )
    transcript.typed_at, transcript.typed_by_id = now, by.id
    db.session.add(transcript)
    _write(transcript, said)
    audit.record("paper times typed", transcript, by=by)
    return transcript


def _open_page(session: Session, by: Actor) -> Session:
    session = db.locked(session)
    if session.state != OPEN:
        raise WrongState(lazy("Times are taken from paper only while the page is open."))
    stamps.not_of_the_class([session], by)
    return session


def _write(transcript: Transcript, said: Times) -> None:
    query = select(PaperTime).where(PaperTime.transcript_id == transcript.id)
    kept = {row.enrolment_id: row for row in db.session.scalars(query)}
    for i, (came, went) in said.items():
        row = kept.get(i)
        if row is not None:
            row.came, row.went = came, went
        elif came is not None or went is not None:
            db.session.add(
                PaperTime(
                    programme_id=transcript.programme_id,
                    transcript_id=transcript.id,
                    enrolment_id=i,
                    came=came,
                    went=went,
                )
            )


def _told(session: Session, transcript: Transcript) -> dict[str, str]:
    """What was saved meanwhile, by person."""

    def said(at: datetime | None) -> str:
        return i18n.clock_time(at) if at else "–"

    return {r.name: f"{said(r.came)} {said(r.went)}" for r in rows(session, transcript)}


def hand_over(session: Session, *, version: int | None, by: Actor) -> Transcript:
    """Hand the typed times to somebody else to confirm: the scan lies beside. Raises Refused."""
    session = _open_page(session, by)
    found = _found(session, "hand_over", version)
    scan = scans.latest(session.id)
    if scan is None:
        raise Refused(lazy("Attach the scan of the signed page first."))
    FLOW.move(found, "hand_over", scan_id=scan.id, reason=None)
    audit.record("paper times handed over", found, by=by)
    return found


def send_back(session: Session, *, reason: str, version: int | None, by: Actor) -> Transcript:
    """Send the typed times back, with what is wrong with them."""
    session = _open_page(session, by)
    if not reason.strip():
        raise Invalid(reason=lazy("Write what is wrong."))
    found = _found(session, "send_back", version)
    FLOW.move(found, "send_back", reason=reason.strip())
    audit.record("paper times sent back", found, by=by)
    return found


def confirm(
    session: Session, *, seen: bool = False, version: int | None, by: Actor
) -> Sequence[Stamp]:
    """Confirm what somebody else typed: it becomes stamps, marked as from paper.

    Where a stamp was there already it stays; `seen` says that those differences were looked at.
    Raises Refused, Invalid, Stale.
    """
    session = _open_page(session, by)
    found = _found(session, "confirm", version)
    if found.typed_by_id == by.id:
        raise Refused(lazy("You typed these times yourself: somebody else confirms them."))
    people = rows(session, found)
    different = [row for row in people if row.is_different]
    if different and not seen:
        raise Invalid(seen=lazy("Look at each difference, then say that you have seen them."))
    FLOW.move(found, "confirm", confirmed_at=clock.now(), confirmed_by_id=by.id)
    made = [stamp for row in people for stamp in _stamped(session, row, by)]
    stamps.act(
        session,
        ActKind.COPIED,
        clock.now(),
        by=by,
        detail={
            "typed_by": found.typed_by_id,
            "scan": found.scan_id,
            "kept": sorted(str(row.enrolment_id) for row in different),
        },
    )
    audit.record("paper times confirmed", found, by=by)
    return made


def _stamped(session: Session, row: Row, by: Actor) -> list[Stamp]:
    """The stamps that the paper adds for one person; those she has stay as they are."""
    came, went = row.stamped.get(StampKind.IN), row.stamped.get(StampKind.OUT)
    said: list[tuple[StampKind, datetime]] = []
    if row.came and not came and (went is None or row.came < went.at):
        said.append((StampKind.IN, row.came))
    if row.went and not went and (came is None or row.went > came.at):
        said.append((StampKind.OUT, row.went))
    source = StampSource.PAPER
    return [stamps.stamp(session, row.enrolment_id, k, source, at, by=by) for k, at in said]


def _found(session: Session, move: str, version: int | None) -> Transcript:
    found = of_page(session.id)
    if found is None:
        raise Refused(lazy("No times were typed from the paper of this page yet."))
    FLOW.check(found, move)
    flow.unchanged(found, version or 0, lambda: _told(session, found))
    return found
