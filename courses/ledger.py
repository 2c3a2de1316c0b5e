"""The ledger of minutes: every total of hours anywhere is the sum of these lines.

A line says how many minutes of which unit one trainee is recognised, and where they come from.
Lines are posted when the trainer signs a page, one for each person expected on it, also for
those who were not there: so that nobody's hours are silent about a session. A line is never
changed: a later correction is a line that reverses it. Whether minutes are certified is a fact of
their page, not of the line.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.calendar import Session
from courses.curriculum import Unit
from lms import db
from lms.flow import Word, say
from lms.i18n import lazy


class Source(StrEnum):
    """Where minutes come from."""

    PRESENCE = "presence"
    CORRECTION = "correction"
    MADE_UP = "made up"


say(
    {
        Source.PRESENCE: Word(lazy("register page"), "", "doc"),
        Source.CORRECTION: Word(lazy("correction"), "voice", "undo"),
        Source.MADE_UP: Word(lazy("made up"), "voice", "fresh"),
    }
)


class Line(db.Model):
    """Some minutes of one trainee. Added up, they are her hours."""

    __tablename__ = "courses_lines"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_enrolments", "enrolment_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_units", "unit_id"),
        db.within("courses_lines", "reverses_id"),
        CheckConstraint("module > 0", name="module_is_known"),
        CheckConstraint(
            "source <> 'presence' OR (session_id IS NOT NULL AND reverses_id IS NULL)",
            name="presence_has_page",
        ),
        CheckConstraint("minutes >= 0 OR reverses_id IS NOT NULL", name="less_only_in_reverse"),
        Index(
            "ix_courses_lines_one_presence",
            "session_id",
            "enrolment_id",
            unique=True,
            sqlite_where=text("source = 'presence'"),
            postgresql_where=text("source = 'presence'"),
        ),
        Index("ix_courses_lines_enrolment", "enrolment_id"),
        Index("ix_courses_lines_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID | None] = mapped_column(Uuid)
    unit_id: Mapped[UUID] = mapped_column(Uuid)
    module: Mapped[int] = mapped_column()
    """The number of the module: the macro-area whose share these minutes fill."""
    minutes: Mapped[db.Minutes]
    source: Mapped[Source] = mapped_column(db.choice(Source, "source_known"))
    reverses_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    session: Mapped[Session | None] = relationship(foreign_keys=[session_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])


db.append_only(Line.__table__)
