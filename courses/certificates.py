"""Certificates: the attestato di frequenza, its number, and what anyone may verify of it.

It is a view of the frozen dossier that it was issued on. One is in force for a trainee at a time;
what is replaced or revoked stays, and says so to whoever verifies it.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Uuid,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import attestations, certification, exceptions
from courses.attestations import Copy
from courses.certification import Certification
from courses.enrolments import Enrolment, where_coordinated
from courses.exceptions import TraineeException
from lms import audit, clock, counters, db, documents, mail, permissions, programmes
from lms.accounts import Person
from lms.flow import Flow, Word, say
from lms.frozen import Frozen
from lms.i18n import Lazy, lazy
from lms.manifest import CertifiedIf, Todo
from lms.permissions import Actor, Role

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ2346789"
"""Those that are not taken for another one when read aloud or by hand."""
TAIL = 5
NEWS = timedelta(days=30)
"""How long a new certificate is told of on the first page."""
TEMPLATE = "courses/certificate.typ"


class CertificateState(StrEnum):
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


say(
    {
        CertificateState.VALID: Word(lazy("valid"), "good", "ok"),
        CertificateState.REPLACED: Word(lazy("replaced"), "turn", "turn"),
        CertificateState.REVOKED: Word(lazy("revoked"), "bad", "none"),
    }
)

FLOW = Flow(
    replace=({CertificateState.VALID}, CertificateState.REPLACED),
    revoke=({CertificateState.VALID}, CertificateState.REVOKED),
)


class Certificate(db.Model):
    """One numbered certificate."""

    __tablename__ = "courses_certificates"
    __table_args__ = (
        db.owned(),
        db.within("courses_certifications", "certification_id"),
        db.within("courses_enrolments", "enrolment_id"),
        CheckConstraint("(state = 'valid') = (ended_at IS NULL)", name="ended_has_time"),
        CheckConstraint(
            "state = 'valid' OR (reason IS NOT NULL AND key_id IS NOT NULL)",
            name="ended_has_reason",
        ),
        CheckConstraint("(state = 'replaced') = (replaced_by_id IS NOT NULL)", name="replaced_by"),
        CheckConstraint("replaced_by_id <> id", name="replaced_by_another"),
        db.within("frozen_documents", "dossier_id"),
        db.within("courses_certificates", "replaced_by_id"),
        Index(
            "ix_courses_certificates_one_valid",
            "enrolment_id",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    certification_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    dossier_id: Mapped[UUID] = mapped_column(Uuid)
    """The dossier that it is a view of: a later one leads to a new certificate."""
    initials: Mapped[str] = mapped_column(String(4))
    """All of the person that the verification shows."""
    minutes: Mapped[db.Minutes]
    state: Mapped[CertificateState] = mapped_column(
        db.choice(CertificateState), default=CertificateState.VALID
    )
    issued_at: Mapped[db.Moment]
    ended_at: Mapped[db.Moment | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    key_id: Mapped[db.KeyId | None]
    """The trainee's own key, once there is a reason to seal."""
    reason: Mapped[db.Sealed | None]
    """Why it was replaced or revoked."""
    replaced_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column()
    certification: Mapped[Certification] = relationship(foreign_keys=[certification_id])
    dossier: Mapped[Frozen] = relationship(foreign_keys=[dossier_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    replaced_by: Mapped["Certificate | None"] = relationship(
        foreign_keys=[replaced_by_id], remote_side="Certificate.id", viewonly=True
    )
    __mapper_args__ = {"version_id_col": version}


@dataclass(frozen=True)
class Issued:
    """What came of one of several who were to be certified: her certificate, or why not."""

    enrolment: Enrolment
    certificate: Certificate | None = None
    refusal: str | Lazy = ""


# Scopes


def own(me: Actor) -> ColumnElement[bool]:
    return Certificate.enrolment_id.in_(select(Enrolment.id).where(Enrolment.person_id == me.id))


def where_hers_coordinated(me: Actor) -> ColumnElement[bool]:
    """The certificates of the editions that the person coordinates."""
    return Certificate.enrolment_id.in_(select(Enrolment.id).where(where_coordinated(me)))


# Rules


def written(number: str) -> str:
    """The number as it is kept, whichever way somebody has typed it."""
    return "".join(c for c in number.upper() if c.isalnum() or c == "-")[:40]


# Queries


def of_person(me: Actor) -> Sequence[Certificate]:
    """A person's own certificates, newest first."""
    query = (
        select(Certificate)
        .where(Certificate.programme_id == me.programme_id, own(me))
        .order_by(Certificate.issued_at.desc())
        .options(joinedload(Certificate.enrolment).joinedload(Enrolment.edition))
    )
    return db.session.scalars(query).all()


def holds_one(person_id: UUID, programme_id: UUID) -> bool:
    """Whether a person has a certificate of this programme that is valid."""
    query = (
        select(Certificate.id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(
            Certificate.programme_id == programme_id,
            Certificate.state == CertificateState.VALID,
            Enrolment.person_id == person_id,
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def of_enrolments(ids: Sequence[UUID]) -> dict[UUID, Certificate]:
    """The certificate in force of each enrolment."""
    query = select(Certificate).where(
        Certificate.enrolment_id.in_(ids), Certificate.state == CertificateState.VALID
    )
    return {row.enrolment_id: row for row in db.session.scalars(query)}


def history(enrolment_id: UUID) -> Sequence[Certificate]:
    """Every certificate that a trainee ever had of an edition, newest first."""
    query = (
        select(Certificate)
        .where(Certificate.enrolment_id == enrolment_id)
        .order_by(Certificate.issued_at.desc(), Certificate.number.desc())
    )
    return db.session.scalars(query).all()


def todos(me: Actor) -> list[Todo]:
    """For a trainee: her new certificate, for a month."""
    if Role.TRAINEE not in me.roles:
        return []
    return [
        Todo(
            on=clock.today(),
            title=lazy("Your certificate is ready"),
            endpoint="certification.mine",
            small=row.number,
            turn=False,
        )
        for row in of_person(me)
        if row.state == CertificateState.VALID and row.issued_at > clock.now() - NEWS
    ]


def find(number: str) -> Certificate | None:
    """The certificate with this number, for anyone who asks."""
    query = (
        select(Certificate)
        .where(Certificate.number == written(number))
        .options(
            joinedload(Certificate.replaced_by),
            joinedload(Certificate.enrolment).joinedload(Enrolment.edition),
        )
    )
    return db.session.scalar(query)


# Operations


def issue(enrolment: Enrolment, *, also: Sequence[CertifiedIf] = (), by: Actor) -> Certificate:
    """Certify a trainee and give her certificate its number. Raises Refused."""
    return give(certification.certify(enrolment, also=also, by=by), enrolment, by=by)


def issue_each(
    enrolments: Sequence[Enrolment], *, also: Sequence[CertifiedIf] = (), by: Actor
) -> list[Issued]:
    """The same for many: who is refused has nothing of it, the others their certificates."""
    return [
        Issued(one.enrolment, give(one.row, one.enrolment, by=by))
        if one.row
        else Issued(one.enrolment, None, one.refusal)
        for one in certification.certify_each(enrolments, also=also, by=by)
    ]


def issue_with_exception(
    row: TraineeException, *, also: Iterable[CertifiedIf] = (), by: Actor
) -> Certificate:
    """Sign an exception as the second person: the trainee has her certificate. Raises Refused."""
    enrolment, decided = exceptions.sign(row, also=also, by=by)
    return give(decided, enrolment, by=by)


def give(
    row: Certification,
    enrolment: Enrolment,
    *,
    id: UUID | None = None,
    told_by: str = "courses/certificate",
    by: Actor,
) -> Certificate:
    """A certificate with its number, on the dossier of this decision; she is told by mail."""
    certificate = Certificate(
        id=id or db.new_id(),
        programme_id=enrolment.programme_id,
        number=_number(enrolment.programme_id),
        certification_id=row.id,
        enrolment_id=enrolment.id,
        dossier_id=row.dossier_id,
        initials=permissions.initials(enrolment.person.name),
        minutes=row.minutes,
        issued_at=clock.now(),
    )
    db.session.add(certificate)
    audit.record("certificate issued", certificate, by=by)
    mail.send(enrolment.person_id, told_by, link="/certificate", code=certificate.number, by=by)
    return certificate


def _number(programme_id: UUID) -> str:
    """RDO-2026-0007-K7Q2M: counted without gaps, its end not to be guessed."""
    year = clock.today().year
    count = counters.take(f"certificates {year}", programme_id, programme_id)
    tail = "".join(secrets.choice(LETTERS) for _ in range(TAIL))
    return f"{programmes.get(programme_id).code.upper()}-{year}-{count:04d}-{tail}"


def pdf(certificate: Certificate, *, address: str, copy: Copy | None = None, by: Actor) -> bytes:
    """The certificate in the reader's language, as PDF/A-2a and PDF/UA-1."""
    said = words(certificate, address=address, copy=copy, by=by)
    return set_page(said, at=certificate.issued_at)


def words(
    certificate: Certificate, *, address: str, copy: Copy | None = None, by: Actor
) -> dict[str, object]:
    """What its page says; the dossier is opened for it."""
    return attestations.told(
        certification.content(certificate.dossier, by=by),
        number=certificate.number,
        issued_at=certificate.issued_at,
        address=address,
        copy=copy,
    )


def set_page(said: Mapping[str, object], *, at: datetime) -> bytes:
    """The same words are the same bytes, whenever they are set."""
    return documents.pdf(TEMPLATE, said, at=at)
