"""The papers of an edition: what others have signed, kept beside the register for a control.

Letters of appointment, training agreements, the proof that a calendar was sent. A paper is attached
once and stays; a later one of the same kind and person stands before it. Each is an entry of the
edition's chain, with the hash of its file.
"""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import editions
from courses.editions import Edition, EditionGrant, Part
from courses.enrolments import Enrolment
from lms import audit, chains, clock, db, files
from lms.accounts import Person
from lms.chains import Kind, Note
from lms.errors import Invalid
from lms.files import File
from lms.flow import Word, say
from lms.i18n import lazy
from lms.permissions import Actor


class EnclosureKind(StrEnum):
    """What a paper is."""

    APPOINTMENT = "appointment"
    AGREEMENT = "agreement"
    CALENDAR = "calendar"
    OTHER = "other"


say(
    {
        EnclosureKind.APPOINTMENT: Word(lazy("letter of appointment of a trainer"), "", "doc"),
        EnclosureKind.AGREEMENT: Word(lazy("signed training agreement"), "", "doc"),
        EnclosureKind.CALENDAR: Word(lazy("proof that the calendar was sent"), "", "doc"),
        EnclosureKind.OTHER: Word(lazy("another paper"), "", "doc"),
    }
)


class Enclosure(db.Model):
    """One paper of an edition. Never changed, never taken away."""

    __tablename__ = "courses_enclosures"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("files", "file_id"),
        CheckConstraint(
            "(kind IN ('appointment', 'agreement')) = (person_id IS NOT NULL)",
            name="about_somebody",
        ),
        Index("ix_courses_enclosures_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[EnclosureKind] = mapped_column(db.choice(EnclosureKind, "kind_known"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    """Whose letter or agreement it is."""
    file_id: Mapped[UUID] = mapped_column(Uuid)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """The SHA-256 of the file, so that the chain tells of it."""
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    file: Mapped[File] = relationship(foreign_keys=[file_id])


db.append_only(Enclosure.__table__)


# Scopes


def of_coordinated(me: Actor) -> ColumnElement[bool]:
    return Enclosure.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


def of_inspected(me: Actor) -> ColumnElement[bool]:
    return Enclosure.edition_id.in_(select(Edition.id).where(editions.inspected(me)))


# Rules


def lacking(
    enclosures: Sequence[Enclosure], trainers: Sequence[Person], trainees: Sequence[Person]
) -> dict[EnclosureKind, list[Person]]:
    """Of whom a letter or an agreement is still to be attached."""
    there = {(e.kind, e.person_id) for e in enclosures}
    wanted = {EnclosureKind.APPOINTMENT: trainers, EnclosureKind.AGREEMENT: trainees}
    return {
        kind: [p for p in people if (kind, p.id) not in there] for kind, people in wanted.items()
    }


# Queries


def of_edition(edition_id: UUID) -> list[Enclosure]:
    """The papers of an edition by kind, newest first within each."""
    query = (
        select(Enclosure)
        .options(joinedload(Enclosure.person), joinedload(Enclosure.file))
        .where(Enclosure.edition_id == edition_id)
        .order_by(Enclosure.at.desc(), Enclosure.id)
    )
    order = list(EnclosureKind)
    return sorted(db.session.scalars(query), key=lambda e: order.index(e.kind))


def teaching_in(edition: Edition) -> ColumnElement[bool]:
    """The parts of those who teach in this edition."""
    return (EditionGrant.edition_id == edition.id) & (EditionGrant.role == Part.TRAINER)


# Operations


def enclose(
    edition: Edition,
    kind: EnclosureKind,
    content: bytes | None,
    *,
    trainer: EditionGrant | None = None,
    trainee: Enrolment | None = None,
    by: Actor,
) -> Enclosure:
    """Attach a paper to an edition: of a trainer, of a trainee, or of nobody. Raises Invalid."""
    if not content:
        raise Invalid(file=lazy("Choose the file."))
    person = _whose(edition, kind, trainer, trainee)
    row = Enclosure(
        id=db.new_id(),
        programme_id=edition.programme_id,
        edition_id=edition.id,
        kind=kind,
        person_id=person.id if person else None,
        at=clock.now(),
        by_id=by.id,
    )
    key_id = person.key_id if person else editions.key_of(edition)
    kept = files.keep(content, "enclosures", row, key_id=key_id, by=by)
    row.file_id, row.digest = kept.id, kept.digest
    db.session.add(row)
    chains.add(
        Note(
            kind=Kind.REGISTER,
            owner_id=edition.id,
            what="paper attached",
            actor_id=by.id,
            row=row,
        )
    )
    audit.record("paper attached", row, by=by)
    return row


def _whose(
    edition: Edition,
    kind: EnclosureKind,
    trainer: EditionGrant | None,
    trainee: Enrolment | None,
) -> Person | None:
    if kind == EnclosureKind.APPOINTMENT:
        if trainer is None or trainer.edition_id != edition.id:
            raise Invalid(trainer=lazy("Say whose letter it is."))
        return trainer.person
    if kind == EnclosureKind.AGREEMENT:
        if trainee is None or trainee.edition_id != edition.id:
            raise Invalid(trainee=lazy("Say whose agreement it is."))
        return trainee.person
    return None


def read(enclosure: Enclosure, *, by: Actor) -> bytes:
    """The bytes of a paper. Raises keys.Erased."""
    return files.read(enclosure.file, by=by)
