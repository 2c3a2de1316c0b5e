"""Certificates: the attestato di frequenza, its number, and what anyone may verify of it.

It is a view of the frozen dossier. It is never called a certification of competences: that belongs
to other bodies (D.Lgs. 13/2013).
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, Text, Uuid, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import certification
from courses.certification import Certification
from courses.enrolments import Enrolment
from lms import audit, clock, counters, db, documents, i18n, mail, permissions, programmes
from lms.flow import Flow, Word, say
from lms.i18n import lazy
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
        CheckConstraint("state <> 'revoked' OR reason IS NOT NULL", name="revoked_has_reason"),
        CheckConstraint("state <> 'replaced' OR replaced_by_id IS NOT NULL", name="replaced_by"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    certification_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    initials: Mapped[str] = mapped_column(String(4))
    """All of the person that the verification shows."""
    minutes: Mapped[db.Minutes]
    state: Mapped[CertificateState] = mapped_column(
        db.choice(CertificateState), default=CertificateState.VALID
    )
    issued_at: Mapped[db.Moment]
    ended_at: Mapped[db.Moment | None]
    reason: Mapped[str | None] = mapped_column(Text)
    replaced_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses_certificates.id"))
    version: Mapped[int] = mapped_column()
    certification: Mapped[Certification] = relationship(foreign_keys=[certification_id])
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    replaced_by: Mapped["Certificate | None"] = relationship(
        foreign_keys=[replaced_by_id], remote_side="Certificate.id"
    )
    __mapper_args__ = {"version_id_col": version}


# Scopes


def own(me: Actor) -> ColumnElement[bool]:
    return Certificate.enrolment_id.in_(select(Enrolment.id).where(Enrolment.person_id == me.id))


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
    row = certification.certify(enrolment, also=also, by=by)
    certificate = Certificate(
        programme_id=enrolment.programme_id,
        number=_number(enrolment.programme_id),
        certification_id=row.id,
        enrolment_id=enrolment.id,
        initials=permissions.initials(enrolment.person.name),
        minutes=row.minutes,
        issued_at=clock.now(),
    )
    db.session.add(certificate)
    audit.record("certificate issued", certificate, by=by)
    mail.send(
        enrolment.person_id,
        "courses/certificate",
        link="/certificate",
        code=certificate.number,
        by=by,
    )
    return certificate


def _number(programme_id: UUID) -> str:
    """RDO-2026-0007-K7Q2M: counted without gaps, its end not to be guessed."""
    year = clock.today().year
    count = counters.take(f"certificates {year}", programme_id, programme_id)
    tail = "".join(secrets.choice(LETTERS) for _ in range(TAIL))
    return f"{programmes.get(programme_id).code.upper()}-{year}-{count:04d}-{tail}"


def pdf(certificate: Certificate, *, address: str, by: Actor) -> bytes:
    """The certificate in the reader's language, as PDF/A-2a and PDF/UA-1.

    `address` is where anyone can verify it; it is in the QR code.
    """
    dossier = certification.content(certificate.certification, by=by)
    return documents.pdf(TEMPLATE, _data(certificate, dossier, address), at=certificate.issued_at)


def _data(certificate: Certificate, dossier: Mapping[str, Any], address: str) -> dict[str, Any]:
    language = i18n.language()
    person, course, edition = dossier["person"], dossier["course"], dossier["edition"]
    born = person["birth_date"]
    return {
        "language": language,
        "kind": i18n.gettext("Certificate of attendance"),
        "title": i18n.gettext("Certificate of attendance %(number)s", number=certificate.number),
        "given": i18n.gettext("It is attested that"),
        "name": person["name"],
        "born": i18n.gettext("born on %(day)s", day=_day(born)) if born else "",
        "attended": i18n.gettext("has attended the course"),
        "course": course[f"title_{language}"],
        "edition": i18n.gettext(
            "%(edition)s, from %(start)s to %(end)s",
            edition=edition["name"],
            start=_day(edition["starts_on"]),
            end=_day(edition["ends_on"]),
        ),
        "for": i18n.gettext("for"),
        "hours": i18n.hours(certificate.minutes),
        "of": i18n.gettext("of %(hours)s planned", hours=i18n.hours(course["minutes"])),
        "headings": [i18n.gettext("Module"), i18n.gettext("Attended"), i18n.gettext("Planned")],
        "modules": [
            [
                f"{m['number']}. {m[f'title_{language}']}",
                i18n.hours(m["certified"]),
                i18n.hours(m["due"]),
            ]
            for m in dossier["modules"]
        ],
        "number": i18n.gettext("Number %(number)s", number=certificate.number),
        "issued": i18n.gettext("Issued on %(day)s", day=i18n.date_year(certificate.issued_at)),
        "signed": dossier["decided"]["name"],
        "role": i18n.gettext("programme manager"),
        "organiser": dossier["programme"]["organiser"] or dossier["programme"]["name"],
        "funder": dossier["programme"]["funder"],
        "project": dossier["programme"]["project_code"],
        "not_competences": i18n.gettext(
            "This certificate is neither a qualification nor a certification of competences under "
            "D.Lgs. 13/2013."
        ),
        "verify": i18n.gettext("Verify it at %(address)s", address=address),
        "qr": documents.qr(address),
        "qr_alt": i18n.gettext("QR code that leads to the verification of this certificate"),
    }


def _day(day: str) -> str:
    return i18n.date_year(datetime.fromisoformat(day).date())
