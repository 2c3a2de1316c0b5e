"""Exceptions: somebody who lacks something is certified all the same, and two people answer for it.

The manager proposes, with a reason; a second person who may certify signs or refuses. What is
missing is frozen when it is proposed, and stands in the dossier. Nobody is certified below the
least hours of her edition, nor without unit 1.10.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Text,
    Uuid,
    and_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import certification, evidence
from courses.certification import Certification
from courses.enrolments import Enrolment, locked, where_coordinated
from courses.evidence import Evidence
from courses.shares import least
from lms import audit, clock, db, frozen, i18n, keys
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.flow import Flow, Word, say, word
from lms.i18n import lazy
from lms.manifest import CertifiedIf, Missing
from lms.permissions import Actor


class ExceptionState(StrEnum):
    PROPOSED = "proposed"
    SIGNED = "signed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


say(
    {
        ExceptionState.PROPOSED: Word(lazy("exception proposed"), "turn", "turn"),
        ExceptionState.SIGNED: Word(lazy("exception signed"), "good", "pen"),
        ExceptionState.REFUSED: Word(lazy("exception refused"), "bad", "none"),
        ExceptionState.WITHDRAWN: Word(lazy("exception withdrawn"), "", "undo"),
    }
)

FLOW = Flow(
    sign=({ExceptionState.PROPOSED}, ExceptionState.SIGNED),
    refuse=({ExceptionState.PROPOSED}, ExceptionState.REFUSED),
    withdraw=({ExceptionState.PROPOSED}, ExceptionState.WITHDRAWN),
)


class TraineeException(db.Model):
    """One exception proposed for one trainee, and what a second person said."""

    __tablename__ = "courses_exceptions"
    __table_args__ = (
        db.owned(),
        db.within("courses_enrolments", "enrolment_id"),
        CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL) AND "
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name="answered_by_somebody",
        ),
        CheckConstraint(
            "state NOT IN ('signed', 'refused') OR answered_by_id <> proposed_by_id",
            name="two_people",
        ),
        CheckConstraint(
            "person_id <> proposed_by_id AND person_id <> answered_by_id",
            name="never_the_trainee",
        ),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refused_has_reason"),
        CheckConstraint("minutes >= least", name="never_below_the_least"),
        Index(
            "ix_courses_exceptions_one_proposed",
            "enrolment_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_courses_exceptions_enrolment", "enrolment_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    """The trainee."""
    state: Mapped[ExceptionState] = mapped_column(
        db.choice(ExceptionState), default=ExceptionState.PROPOSED
    )
    minutes: Mapped[db.Minutes]
    """Her certified minutes when it was proposed."""
    least: Mapped[db.Minutes]
    """Below it nobody is certified in her edition."""
    lacks: Mapped[str] = mapped_column(Text)
    """What is missing, in both languages, as canonical JSON."""
    key_id: Mapped[db.KeyId]
    reason: Mapped[db.Sealed]
    answer: Mapped[db.Sealed | None]
    """Why it was refused."""
    proposed_at: Mapped[db.Moment]
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[db.Moment | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[int] = mapped_column()
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
    __mapper_args__ = {"version_id_col": version}

    @property
    def missing(self) -> list[Missing]:
        """What was missing when it was proposed, in the reader's language."""
        tongue = i18n.language()
        return [
            Missing(one[f"what_{tongue}"], one[f"short_{tongue}"]) for one in json.loads(self.lacks)
        ]


# Scopes


def of_others(me: Actor) -> ColumnElement[bool]:
    """Those that somebody else proposed, for somebody else."""
    return and_(TraineeException.proposed_by_id != me.id, TraineeException.person_id != me.id)


def of_others_where_coordinated(me: Actor) -> ColumnElement[bool]:
    hers = select(Enrolment.id).where(where_coordinated(me))
    return and_(of_others(me), TraineeException.enrolment_id.in_(hers))


def proposed_by(me: Actor) -> ColumnElement[bool]:
    return TraineeException.proposed_by_id == me.id


# Rules


def told(lacks: Sequence[Missing]) -> str:
    """What is missing as it is frozen: in every language, whoever reads it later."""
    rows: list[dict[str, str]] = [{} for _ in lacks]
    for tongue in i18n.LANGUAGES:
        with i18n.speaking(tongue):
            for row, lack in zip(rows, lacks, strict=True):
                row[f"what_{tongue}"], row[f"short_{tongue}"] = str(lack.what), str(lack.short)
    return frozen.canonical(rows).decode()


def floor(found: Evidence) -> int:
    """The certified minutes below which nobody is certified, of all that is due from her."""
    return least(found.found.total.due, found.enrolment.edition.least_percent)


# Queries


def waiting(within: ColumnElement[bool]) -> Sequence[TraineeException]:
    """The exceptions that wait for a second signature, oldest first."""
    query = (
        select(TraineeException)
        .where(within, TraineeException.state == ExceptionState.PROPOSED)
        .options(joinedload(TraineeException.enrolment).joinedload(Enrolment.edition))
        .order_by(TraineeException.proposed_at)
    )
    return db.session.scalars(query).all()


def of_edition(edition_id: UUID) -> dict[UUID, TraineeException]:
    """The exception that waits for each enrolment of an edition."""
    here = TraineeException.enrolment_id.in_(
        select(Enrolment.id).where(Enrolment.edition_id == edition_id)
    )
    query = select(TraineeException).where(here, TraineeException.state == ExceptionState.PROPOSED)
    return {row.enrolment_id: row for row in db.session.scalars(query)}


# Operations


def propose(
    enrolment: Enrolment, *, reason: str, also: Iterable[CertifiedIf] = (), by: Actor
) -> TraineeException:
    """Propose to certify somebody who lacks something. Raises Invalid, Refused."""
    enrolment = locked([enrolment])[0]
    found = evidence.gathered([enrolment], by=by)[enrolment.id]
    row = certification.standing([enrolment]).get(enrolment.id)
    if refusal := certification.refused(found, row, by):
        raise Refused(refusal)
    if _proposed(enrolment.id):
        raise Refused(lazy("An exception is proposed already, and waits for a second person."))
    lacks = _lacks(found, also)
    if not reason.strip():
        raise Invalid(reason=lazy("Write why: it stays in her dossier."))
    made = TraineeException(
        programme_id=enrolment.programme_id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        minutes=found.found.total.certified,
        least=floor(found),
        lacks=told(lacks),
        key_id=enrolment.person.key_id,
        proposed_at=clock.now(),
        proposed_by_id=by.id,
    )
    keys.seal(made, reason=reason.strip(), by=by)
    db.session.add(made)
    audit.record("exception proposed", made, by=by)
    return made


def _proposed(enrolment_id: UUID) -> bool:
    query = select(TraineeException.id).where(
        TraineeException.enrolment_id == enrolment_id,
        TraineeException.state == ExceptionState.PROPOSED,
    )
    return db.session.scalar(query) is not None


def _lacks(found: Evidence, also: Iterable[CertifiedIf]) -> list[Missing]:
    """What an exception would be about. Raises Refused where there can be none."""
    enrolment = found.enrolment
    lacks = certification.missing(
        [enrolment],
        also,
        hours={enrolment.id: found.found},
        passed={enrolment.person_id: found.passed},
    )[enrolment.id]
    if not lacks:
        raise Refused(lazy("She has what it takes: certify her without an exception."))
    if certification.gate_missing(found.passed):
        raise Refused(
            lazy("Unit %(code)s is needed of everybody: no exception.", code=certification.GATE)
        )
    if found.found.total.sure < floor(found):
        raise Refused(
            lazy(
                "This edition certifies nobody below %(least)s, and she has %(hours)s certified.",
                least=i18n.hours(floor(found)),
                hours=i18n.hours(found.found.total.sure),
            )
        )
    return lacks


def sign(
    row: TraineeException, *, also: Iterable[CertifiedIf] = (), by: Actor
) -> tuple[Enrolment, Certification]:
    """Sign it as the second person: she is certified with exception, on a frozen dossier."""
    row, enrolment = _answered_by(row, "sign", by)
    found = evidence.gathered([enrolment], by=by)[enrolment.id]
    before = certification.standing([enrolment]).get(enrolment.id)
    if refusal := certification.refused(found, before, by):
        raise Refused(refusal)
    if told(_lacks(found, also)) != row.lacks:
        raise Refused(
            lazy("What is missing has changed since it was proposed: let it be proposed anew.")
        )
    dossier = evidence.freeze(
        found,
        {"at": clock.now(), "by": row.proposed_by_id, "name": row.proposed_by.name},
        exception=_told_of(row, by),
        number=evidence.numbers([enrolment.id]).get(enrolment.id, 0) + 1,
        by=by,
    )
    decided = certification.decide(
        found, before, "certify_with_exception", dossier, by_id=row.proposed_by_id, by=by
    )
    FLOW.move(row, "sign", answered_at=clock.now(), answered_by_id=by.id)
    audit.record("exception signed", row, by=by)
    return enrolment, decided


def _told_of(row: TraineeException, by: Actor) -> Mapping[str, Any]:
    """The exception as the dossier freezes it."""
    return {
        "id": row.id,
        "reason": keys.open_row(row, by=by).reason,
        "lacks": json.loads(row.lacks),
        "least": row.least,
        "proposed": {
            "at": row.proposed_at,
            "by": row.proposed_by_id,
            "name": row.proposed_by.name,
        },
        "signed": evidence.decision(by),
    }


def refuse(row: TraineeException, *, answer: str, by: Actor) -> TraineeException:
    """Refuse it as the second person, with the reason. Raises Invalid, Refused."""
    row, _ = _answered_by(row, "refuse", by)
    if not answer.strip():
        raise Invalid(answer=lazy("Write why you refuse it."))
    sealed = keys.sealed(row, "answer", answer.strip(), by=by)
    FLOW.move(row, "refuse", answer=sealed, answered_at=clock.now(), answered_by_id=by.id)
    audit.record("exception refused", row, by=by)
    return row


def withdraw(row: TraineeException, *, by: Actor) -> TraineeException:
    """Whoever proposed it takes it back."""
    row = db.locked(row)
    if row.proposed_by_id != by.id:
        raise Refused(lazy("Only who proposed it takes it back."))
    FLOW.move(row, "withdraw", answered_at=clock.now(), answered_by_id=by.id)
    audit.record("exception withdrawn", row, by=by)
    return row


def _answered_by(row: TraineeException, move: str, by: Actor) -> tuple[TraineeException, Enrolment]:
    """The row and its enrolment, locked, for a second person. Raises Refused, WrongState."""
    row = db.locked(row)
    enrolment = locked([row.enrolment])[0]
    if move not in FLOW.open_to(row.state):
        raise WrongState(
            lazy("This is not possible now: it is %(state)s.", state=word(row.state).label)
        )
    if by.id == row.proposed_by_id:
        raise Refused(lazy("You proposed it: a second person signs or refuses it."))
    if by.id == row.person_id:
        raise Refused(lazy("Nobody certifies herself."))
    return row, enrolment
