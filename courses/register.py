"""The register: one session is one numbered page, stamped by the trainees themselves.

Opening gives the page its number, in order and without gaps, and fixes who is expected. Each
trainee signs herself in and out with the code on the wall; the trainer attests exits that were
forgotten, then signs with what was taught and how many heads she counted. The coordinator
countersigns, the manager certifies. Stamps and acts only grow, and each is an entry of the
edition's chain.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.enrolments import Enrolment
from courses.presence import StampKind
from lms import db
from lms.flow import Word, say
from lms.i18n import lazy


class StampSource(StrEnum):
    """How a stamp came about."""

    CODE = "code"
    ATTESTED = "attested"


class ActKind(StrEnum):
    """What was done to a page as a whole."""

    OPENED = "opened"
    SIGNED = "signed"
    COUNTERSIGNED = "countersigned"
    CERTIFIED = "certified"


say(
    {
        StampSource.CODE: Word(lazy("with the code"), "", "qr"),
        StampSource.ATTESTED: Word(lazy("attested by the trainer"), "", "pen"),
        ActKind.OPENED: Word(lazy("opened"), "", "eye"),
        ActKind.SIGNED: Word(lazy("signed"), "good", "pen"),
        ActKind.COUNTERSIGNED: Word(lazy("countersigned"), "good", "pen"),
        ActKind.CERTIFIED: Word(lazy("certified"), "good", "seal"),
    }
)


class PageCounter(db.Model):
    """The last page number that an edition has given: locked while the next one is."""

    __tablename__ = "courses_page_counters"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        UniqueConstraint("edition_id"),
        CheckConstraint("last >= 0", name="counts_up"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    last: Mapped[int] = mapped_column(default=0)


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
    """When the stamp was written: for an attested exit, later than `at`."""
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


class Act(db.Model):
    """Something done to a page as a whole: opened, signed, countersigned, certified."""

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
