"""Stamps and acts: what the register of an edition is made of, and only grows by.

A stamp is one entry or exit of one trainee; an act is something done to a page as a whole. Each is
an entry of the edition's chain.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses.calendar import Session
from courses.enrolments import Enrolment
from courses.presence import StampKind
from lms import audit, chains, clock, db, frozen, keys
from lms.accounts import Person
from lms.chains import Kind, Note
from lms.errors import Refused
from lms.flow import Word, say
from lms.i18n import lazy
from lms.permissions import Actor


class StampSource(StrEnum):
    """How a stamp came about."""

    CODE = "code"
    ATTESTED = "attested"
    PIN = "pin"
    PAPER = "paper"
    SHEET = "sheet"


class ActKind(StrEnum):
    """What was done to a page as a whole."""

    OPENED = "opened"
    COPIED = "copied"
    SIGNED = "signed"
    COUNTERSIGNED = "countersigned"
    CERTIFIED = "certified"
    BARRED = "barred"


say(
    {
        StampSource.CODE: Word(lazy("with the code"), "", "qr"),
        StampSource.ATTESTED: Word(lazy("attested by the trainer"), "", "pen"),
        StampSource.PIN: Word(lazy("with her PIN"), "", "lock"),
        StampSource.PAPER: Word(lazy("from paper"), "voice", "doc"),
        StampSource.SHEET: Word(lazy("from a dated sheet"), "voice", "doc"),
        ActKind.OPENED: Word(lazy("page opened"), "", "eye"),
        ActKind.COPIED: Word(lazy("times taken from paper"), "voice", "doc"),
        ActKind.SIGNED: Word(lazy("page signed"), "good", "pen"),
        ActKind.COUNTERSIGNED: Word(lazy("page countersigned"), "good", "pen"),
        ActKind.CERTIFIED: Word(lazy("page certified"), "good", "seal"),
        ActKind.BARRED: Word(lazy("page barred"), "bad", "none"),
    }
)


class Expected(db.Model):
    """Somebody whose presence a page asks for; fixed when the page is opened."""

    __tablename__ = "courses_expected"
    __table_args__ = (
        db.owned(),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        UniqueConstraint("session_id", "enrolment_id"),
        Index("ix_courses_expected_enrolment", "enrolment_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])


class Stamp(db.Model):
    """One entry or exit of one trainee, to the second. Never changed, never taken back."""

    __tablename__ = "courses_stamps"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        UniqueConstraint("session_id", "enrolment_id", "kind"),
        CheckConstraint("source <> 'attested' OR kind = 'out'", name="only_exits_are_attested"),
        Index("ix_courses_stamps_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[StampKind] = mapped_column(db.choice(StampKind, "kind_known"))
    source: Mapped[StampSource] = mapped_column(db.choice(StampSource, "source_known"))
    at: Mapped[db.Moment]
    """When she came or went."""
    noted_at: Mapped[db.Moment]
    """When the stamp was written: later than `at` for an attested exit or a code framed before."""
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    """Who signed: the trainee herself, also with her PIN on the trainer's device."""
    device: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    """The same for stamps of one page from one device; says nothing beyond that page."""


class Act(db.Model):
    """Something done to a page as a whole: opened, filled from paper, signed, and so on."""

    __tablename__ = "courses_acts"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        UniqueConstraint("session_id", "kind"),
        CheckConstraint(
            "(kind = 'signed') = (head_count IS NOT NULL AND topic <> '')",
            name="signed_says_topic_and_heads",
        ),
        Index("ix_courses_acts_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[ActKind] = mapped_column(db.choice(ActKind, "kind_known"))
    page: Mapped[int] = mapped_column()
    topic: Mapped[str] = mapped_column(String(2000), default="")
    head_count: Mapped[int | None] = mapped_column()
    inside: Mapped[int | None] = mapped_column()
    """How many the stamps say were inside, when the trainer counted."""
    note: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


db.append_only(Expected.__table__)
db.append_only(Stamp.__table__)
db.append_only(Act.__table__)

TOO_CLOSE = timedelta(seconds=20)
"""Two people who sign from one device so soon after each other are pointed out."""


# Rules


def device(name: str, session_id: UUID) -> bytes | None:
    """What a page keeps of the device that signs: other pages keep something else of it."""
    message = f"device|{session_id}|{name}".encode()
    return hmac.new(keys.ring().token, message, hashlib.sha256).digest()[:8] if name else None


def close(found: Iterable[Stamp]) -> list[tuple[Stamp, Stamp]]:
    """The pairs of stamps of different people that one device made within twenty seconds."""
    pairs: list[tuple[Stamp, Stamp]] = []
    before: dict[bytes, list[Stamp]] = {}
    for stamp in sorted((s for s in found if s.device), key=lambda s: (s.noted_at, str(s.id))):
        earlier = before.setdefault(stamp.device or b"", [])
        pairs += [
            (other, stamp)
            for other in earlier
            if stamp.noted_at - other.noted_at <= TOO_CLOSE
            and other.enrolment_id != stamp.enrolment_id
        ]
        earlier.append(stamp)
    return pairs


# Queries


def expected(session_id: UUID) -> list[Expected]:
    """Those expected on a page, in list order, with enrolment and person."""
    query = (
        select(Expected)
        .join(Enrolment, Enrolment.id == Expected.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .options(joinedload(Expected.enrolment).joinedload(Enrolment.person))
        .where(Expected.session_id == session_id)
        .order_by(Person.sort_name, Person.id)
    )
    return list(db.session.scalars(query))


def due(session: Session) -> list[Enrolment]:
    """Those whose presence the page of a session asks for if it is opened now, in list order."""
    return due_of([session])[session.id]


def due_of(sessions: Iterable[Session]) -> dict[UUID, list[Enrolment]]:
    """The same for several sessions: one statement."""
    wanted = list(sessions)
    query = (
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.edition_id.in_({s.edition_id for s in wanted}))
        .order_by(Person.sort_name, Person.id)
    )
    people = db.session.scalars(query).all() if wanted else []
    return {s.id: [e for e in people if _is_due(s, e)] for s in wanted}


def _is_due(session: Session, enrolment: Enrolment) -> bool:
    day = clock.local(session.starts_at).date()
    return (
        enrolment.edition_id == session.edition_id
        and enrolment.entered_on <= day
        and (enrolment.left_on is None or enrolment.left_on >= day)
    )


def expected_of(session_id: UUID, enrolment_id: UUID) -> Expected | None:
    """That somebody is expected on a page, or None."""
    query = select(Expected).where(
        Expected.session_id == session_id, Expected.enrolment_id == enrolment_id
    )
    return db.session.scalar(query)


def of_page(session_id: UUID) -> dict[UUID, list[Stamp]]:
    """The stamps of a page by enrolment, oldest first."""
    found: dict[UUID, list[Stamp]] = {}
    query = select(Stamp).where(Stamp.session_id == session_id).order_by(Stamp.at, Stamp.id)
    for stamp in db.session.scalars(query):
        found.setdefault(stamp.enrolment_id, []).append(stamp)
    return found


def acts(session_id: UUID) -> list[Act]:
    """What was done to a page, in order."""
    return list(
        db.session.scalars(select(Act).where(Act.session_id == session_id).order_by(Act.at))
    )


def from_paper(sessions: Iterable[Session]) -> set[UUID]:
    """Of these sessions, those whose pages hold times that were taken from paper."""
    wanted = Act.session_id.in_([s.id for s in sessions if s.page])
    return set(db.session.scalars(select(Act.session_id).where(wanted, Act.kind == ActKind.COPIED)))


def not_of_the_class(sessions: Iterable[Session], by: Actor) -> None:
    """Refuse one who is herself expected on a page: her own hours are not hers to vouch for."""
    query = (
        select(Expected.id)
        .join(Enrolment, Enrolment.id == Expected.enrolment_id)
        .where(Expected.session_id.in_([s.id for s in sessions]), Enrolment.person_id == by.id)
    )
    if db.session.scalar(query.limit(1)):
        raise Refused(lazy("You are expected on this page yourself: somebody else does this."))


def not_due(session: Session, by: Actor) -> None:
    """The same, while the page is not open yet."""
    if any(enrolment.person_id == by.id for enrolment in due(session)):
        raise Refused(lazy("You are expected on this page yourself: somebody else does this."))


def of_person(session_id: UUID, person_id: UUID) -> list[Stamp]:
    """The stamps of one person on a page, oldest first."""
    query = (
        select(Stamp)
        .join(Enrolment, Enrolment.id == Stamp.enrolment_id)
        .where(Stamp.session_id == session_id, Enrolment.person_id == person_id)
        .order_by(Stamp.at)
    )
    return list(db.session.scalars(query))


# Operations


def stamp(
    session: Session,
    enrolment_id: UUID,
    kind: StampKind,
    source: StampSource,
    at: datetime,
    *,
    device: bytes | None = None,
    signer_id: UUID | None = None,
    by: Actor,
) -> Stamp:
    """Write one entry or exit. `signer_id` says who signed, where the sign-in is another's."""
    row = Stamp(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        enrolment_id=enrolment_id,
        kind=kind,
        source=source,
        at=at,
        noted_at=clock.now(),
        by_id=signer_id or by.id,
        device=device,
    )
    chained(f"stamped {kind.value}", row, by=by)
    return row


def act(
    session: Session,
    kind: ActKind,
    at: datetime,
    *,
    by: Actor,
    detail: dict[str, object] | None = None,
    **facts: object,
) -> Act:
    """Write something done to a page, at the moment that the page itself keeps."""
    row = Act(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        kind=kind,
        page=session.page,
        at=at,
        by_id=by.id,
        **facts,
    )
    chained(f"page {kind.value}", row, by=by, detail=detail)
    return row


def chained(what: str, row: Any, *, by: Actor, detail: dict[str, object] | None = None) -> None:
    """Write the row, an entry of the edition's chain, and one of the audit record."""
    db.session.add(row)
    chains.add(
        Note(
            kind=Kind.REGISTER,
            owner_id=row.edition_id,
            what=what,
            actor_id=by.id,
            row=row,
            detail=detail or {},
        )
    )
    audit.record(what, row, by=by)


def told(what: str, row: Any, *, by: Actor) -> None:
    """Tell the edition's chain how a row that moves stands now, and the audit record that it did.

    The last that the chain tells of such a row is how it must read.
    """
    stands = {k: v for k, v in frozen.facts(row).items() if k != "version"}
    chains.add(
        Note(
            kind=Kind.REGISTER,
            owner_id=row.edition_id,
            what=what,
            actor_id=by.id,
            row_table=row.__tablename__,
            row_id=row.id,
            detail={"stands": stands},
        )
    )
    audit.record(what, row, by=by)
