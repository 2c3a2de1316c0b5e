"""Replacements: what can happen to a certificate after it was issued.

Somebody's name was wrong: it is replaced by another one, on a new frozen dossier. It should not
stand: it is revoked, with a reason, and whoever verifies it reads since when. The paper was lost:
a duplicate has the same number and says what it is. Nothing is ever rewritten.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses import attestations, certificates, certification, evidence
from courses.attestations import Copy
from courses.certificates import FLOW, Certificate
from courses.certification import Certification, CertificationState
from courses.enrolments import Enrolment, locked
from courses.evidence import Evidence
from lms import audit, clock, db, frozen, i18n, keys, mail
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.flow import word
from lms.i18n import lazy
from lms.manifest import CertifiedIf
from lms.permissions import Actor


class Duplicate(db.Model):
    """One more copy of a certificate: the same number, marked as what it is."""

    __tablename__ = "courses_duplicates"
    __table_args__ = (
        db.owned(),
        db.within("courses_certificates", "certificate_id"),
        UniqueConstraint("certificate_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    certificate_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    certificate: Mapped[Certificate] = relationship(foreign_keys=[certificate_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


db.append_only(Duplicate.__table__)


# Scopes


def where_coordinated(me: Actor) -> ColumnElement[bool]:
    """The duplicates of certificates of the editions that the person coordinates."""
    hers = select(Certificate.id).where(certificates.where_hers_coordinated(me))
    return Duplicate.certificate_id.in_(hers)


# Rules


def says(dossier: Mapping[str, Any]) -> dict[str, Any]:
    """What a certificate says by its dossier: two that say the same are the same certificate."""
    with i18n.speaking("it"):
        told = attestations.told(
            dossier, number="", issued_at=datetime(2000, 1, 1, tzinfo=UTC), address=""
        )
    return {name: said for name, said in told.items() if name != "signed"}


# Queries


def why_ended(certificate: Certificate, *, by: Actor) -> str:
    """Why it was replaced or revoked; empty while it is valid, or where she was erased."""
    return keys.open_row(certificate, by=by).reason or "" if certificate.reason else ""


# Operations


def revoke(certificate: Certificate, *, reason: str, by: Actor) -> Certificate:
    """Revoke a certificate; she can be certified again. Raises Invalid, Refused, WrongState."""
    certificate, enrolment, row = _held(certificate, "revoke", by)
    _end(certificate, enrolment, "revoke", reason, by=by)
    certification.reopen(row, by=by)
    audit.record("certificate revoked", certificate, by=by)
    mail.send(
        enrolment.person_id,
        "courses/certificate_revoked",
        link="/certificate",
        code=certificate.number,
        by=by,
    )
    return certificate


def replace(
    certificate: Certificate, *, reason: str, also: Iterable[CertifiedIf] = (), by: Actor
) -> Certificate:
    """Replace a certificate by one that says what is right now, on a new frozen dossier.

    Raises Invalid, WrongState, and Refused where nothing has changed or her hours no longer do.
    """
    certificate, enrolment, row = _held(certificate, "replace", by)
    found = evidence.gathered([enrolment], by=by)[enrolment.id]
    if found.person.erased:
        raise Refused(lazy("This was erased, as its owner asked or the law requires."))
    if refusal := certification.unprintable(enrolment):
        raise Refused(refusal)
    _still_holds(row, found, also)
    before = certification.content(certificate.dossier, by=by)
    decided, exception = evidence.decision(by), before["exception"]
    told = json.loads(frozen.canonical(evidence.content(found, decided, exception)))
    if says(told) == says(before):
        raise Refused(lazy("Nothing that it says has changed: make a duplicate of it instead."))
    dossier = evidence.freeze(
        found,
        decided,
        number=evidence.numbers([enrolment.id]).get(enrolment.id, 0) + 1,
        exception=exception,
        by=by,
    )
    new_id = db.new_id()
    _end(certificate, enrolment, "replace", reason, replaced_by_id=new_id, by=by)
    db.session.flush()  # the old one steps back first: one is in force at a time
    row.dossier_id, row.minutes = dossier.id, found.found.total.certified
    audit.record("certificate replaced", certificate, by=by)
    return certificates.give(
        row, enrolment, id=new_id, told_by="courses/certificate_replaced", by=by
    )


def _still_holds(row: Certification, found: Evidence, also: Iterable[CertifiedIf]) -> None:
    """Raises Refused where she would not be certified on what is known now."""
    enrolment = found.enrolment
    if row.state == CertificationState.WITH_EXCEPTION:
        holds = found.found.total.certified >= row.minutes
    else:
        lacks = certification.missing(
            [enrolment],
            also,
            hours={enrolment.id: found.found},
            passed={enrolment.person_id: found.passed},
        )
        holds = not lacks[enrolment.id]
    if not holds:
        raise Refused(
            lazy("On what is known now she would not be certified: revoke it, do not replace it.")
        )


def duplicate(certificate: Certificate, *, by: Actor) -> Duplicate:
    """One more copy of a valid certificate, marked as a duplicate. Raises WrongState."""
    certificate = db.locked(certificate)
    if not FLOW.open_to(certificate.state):
        raise WrongState(
            lazy("This is not possible now: it is %(state)s.", state=word(certificate.state).label)
        )
    last = select(func.max(Duplicate.number)).where(Duplicate.certificate_id == certificate.id)
    row = Duplicate(
        programme_id=certificate.programme_id,
        certificate_id=certificate.id,
        number=(db.session.scalar(last) or 0) + 1,
        at=clock.now(),
        by_id=by.id,
    )
    db.session.add(row)
    audit.record("certificate duplicated", row, by=by, detail={"number": row.number})
    return row


def pdf(row: Duplicate, *, address: str, by: Actor) -> bytes:
    """The duplicate in the reader's language."""
    copy = Copy(row.number, row.at)
    return certificates.pdf(row.certificate, address=address, copy=copy, by=by)


def _held(
    certificate: Certificate, move: str, by: Actor
) -> tuple[Certificate, Enrolment, Certification]:
    """The certificate, its trainee and the decision on her, locked. Raises Refused, WrongState."""
    certificate = db.locked(certificate)
    enrolment = locked([certificate.enrolment])[0]
    if enrolment.person_id == by.id:
        raise Refused(lazy("Nobody decides on her own certificate."))
    if move not in FLOW.open_to(certificate.state):
        raise WrongState(
            lazy("This is not possible now: it is %(state)s.", state=word(certificate.state).label)
        )
    return certificate, enrolment, certification.standing([enrolment])[enrolment.id]


def _end(
    certificate: Certificate,
    enrolment: Enrolment,
    move: str,
    reason: str,
    *,
    replaced_by_id: UUID | None = None,
    by: Actor,
) -> None:
    if not reason.strip():
        raise Invalid(reason=lazy("Write why."))
    certificate.key_id = enrolment.person.key_id
    FLOW.move(
        certificate,
        move,
        reason=keys.sealed(certificate, "reason", reason.strip(), by=by),
        ended_at=clock.now(),
        ended_by_id=by.id,
        replaced_by_id=replaced_by_id,
    )
