"""Dossiers: all that there is about one trainee of an edition on one page, and on paper.

Who she is, her hours and the pages they come from, her quizzes, what is missing, exceptions, and
every certificate that she ever had.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from courses import certification, deferrals, evidence
from courses.certificates import Certificate
from courses.certification import Certification
from courses.enrolments import Enrolment
from courses.evidence import Evidence
from courses.exceptions import ExceptionState, TraineeException
from courses.ledger import Line
from courses.quizzes import Attempt
from courses.replacements import Duplicate
from lms import clock, documents, i18n, keys
from lms.accounts import Person
from lms.flow import word
from lms.i18n import date_year, gettext, hours
from lms.manifest import CertifiedIf, Missing
from lms.permissions import Actor

TEMPLATE = "courses/dossier.typ"


@dataclass(frozen=True)
class Dossier:
    """What stands about one trainee today."""

    found: Evidence
    missing: Sequence[Missing]
    row: Certification | None
    why_deferred: str
    exceptions: Sequence[TraineeException]
    certificates: Sequence[Certificate]
    """Newest first."""
    duplicates: Sequence[Duplicate]
    told: Mapping[UUID, Any]
    """The sealed words of exceptions and certificates, opened, by the id of their row."""

    @property
    def valid(self) -> Certificate | None:
        return next((c for c in self.certificates if c.ended_at is None), None)

    @property
    def proposed(self) -> TraineeException | None:
        """The exception that waits for a second person."""
        return next((e for e in self.exceptions if e.state == ExceptionState.PROPOSED), None)

    def duplicates_of(self, certificate: Certificate) -> list[Duplicate]:
        return [d for d in self.duplicates if d.certificate_id == certificate.id]


# Queries


def of(enrolment: Enrolment, also: Iterable[CertifiedIf] = (), *, by: Actor) -> Dossier:
    """The dossier of a trainee; the same statements whatever is in it."""
    row, exceptions, certificates, duplicates = _history(enrolment)
    sealed = [*exceptions, *(c for c in certificates if c.reason)]
    told = {one.id: one for one in keys.open_rows(sealed, by=by)}
    found = evidence.gathered([enrolment], by=by)[enrolment.id]
    lacks = certification.missing(
        [enrolment],
        also,
        hours={enrolment.id: found.found},
        passed={enrolment.person_id: found.passed},
    )
    why = deferrals.why_deferred(row, by=by) if row else ""
    return Dossier(found, lacks[enrolment.id], row, why, exceptions, certificates, duplicates, told)


def _history(
    enrolment: Enrolment,
) -> tuple[Certification | None, list[TraineeException], list[Certificate], list[Duplicate]]:
    """What was decided on her, with her key in the same statement."""
    query = (
        select(Certification, TraineeException, Certificate, Duplicate)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Certification, Certification.enrolment_id == Enrolment.id)
        .outerjoin(TraineeException, TraineeException.enrolment_id == Enrolment.id)
        .outerjoin(Certificate, Certificate.enrolment_id == Enrolment.id)
        .outerjoin(Duplicate, Duplicate.certificate_id == Certificate.id)
        .options(
            joinedload(Certification.decided_by),
            joinedload(TraineeException.proposed_by),
            joinedload(TraineeException.answered_by),
            joinedload(Certificate.ended_by),
            joinedload(Duplicate.by),
        )
        .where(Enrolment.id == enrolment.id)
    )
    rows = keys.execute(query, Person.key_id)

    def column(place: int) -> list[Any]:
        return [one for one in dict.fromkeys(row[place] for row in rows) if one is not None]

    return (
        next(iter(column(0)), None),
        sorted(column(1), key=lambda e: (e.proposed_at, str(e.id)), reverse=True),
        sorted(column(2), key=lambda c: (c.issued_at, c.number), reverse=True),
        sorted(column(3), key=lambda d: (d.at, d.number), reverse=True),
    )


# On paper


def pdf(dossier: Dossier) -> bytes:
    """The dossier as it stands today, in the reader's language, as PDF/A-2a and PDF/UA-1."""
    return documents.pdf(TEMPLATE, words(dossier), at=clock.now())


def words(dossier: Dossier) -> dict[str, Any]:
    """All that the printed dossier says: facts, and tables with their headings."""
    found, enrolment = dossier.found, dossier.found.enrolment
    edition = enrolment.edition
    return {
        "language": i18n.language(),
        "title": gettext("Dossier of a trainee"),
        "name": enrolment.person.name,
        "edition": f"{edition.code}, {edition.name}",
        "at": gettext("As it stands on %(day)s", day=i18n.moment(clock.now())),
        "facts": [[name, value] for name, value in facts(dossier) if value],
        "tables": [
            _table(
                gettext("Hours by module"),
                [gettext("Module"), gettext("Certified"), gettext("Due"), gettext("Least")],
                [
                    [
                        f"{p.number}. {p.module.title}",
                        hours(p.share.certified),
                        hours(p.share.due),
                        hours(p.share.minimum),
                    ]
                    for p in found.found.modules
                ],
            ),
            _table(
                gettext("Still missing"),
                [gettext("What"), gettext("How much")],
                [[str(m.what), str(m.short)] for m in dossier.missing],
            ),
            _table(
                gettext("Pages of the register"),
                [
                    gettext("Page"),
                    gettext("Day"),
                    gettext("Unit"),
                    gettext("Comes from"),
                    gettext("Minutes"),
                ],
                [_line(line) for line in found.lines],
            ),
            _table(
                gettext("Quizzes"),
                [gettext("Unit"), gettext("Day"), gettext("Result")],
                [
                    [
                        f"{a.unit.code} {a.unit.title}",
                        date_year(a.submitted_at) if a.submitted_at else "",
                        _result(a),
                    ]
                    for a in found.attempts
                ],
            ),
            _table(
                gettext("Exceptions"),
                [gettext("State"), gettext("Why"), gettext("Proposed by"), gettext("Answered by")],
                [
                    [
                        str(word(e.state).label),
                        dossier.told[e.id].reason or "",
                        f"{e.proposed_by.name}, {date_year(e.proposed_at)}",
                        _answered(e),
                    ]
                    for e in dossier.exceptions
                ],
            ),
            _table(
                gettext("Certificates"),
                [gettext("Number"), gettext("Issued on"), gettext("State"), gettext("Why")],
                [
                    [
                        c.number,
                        date_year(c.issued_at),
                        _state(c),
                        (dossier.told[c.id].reason or "") if c.id in dossier.told else "",
                    ]
                    for c in dossier.certificates
                ],
            ),
        ],
        "nothing": gettext("Nothing."),
    }


def facts(dossier: Dossier) -> list[tuple[str, str]]:
    """Who she is and where she stands, in a few lines; what is not known is empty."""
    found, person, row = dossier.found, dossier.found.person, dossier.row
    modes = evidence.by_mode(found.certified)
    total = found.found.total
    return [
        (gettext("Date of birth"), _day(person.birth_date)),
        (gettext("Place of birth"), person.birth_place or ""),
        (gettext("Tax code"), person.tax_code or ""),
        (gettext("Certified hours"), hours(total.certified)),
        (gettext("Hours due"), hours(total.due)),
        (gettext("Not due for recognised credits"), hours(found.credited) * bool(found.credited)),
        (gettext("Live online"), hours(modes["live"]) * bool(modes["live"])),
        (gettext("Made up"), hours(modes["made_up"]) * bool(modes["made_up"])),
        (gettext("Decision"), str(word(row.state).label) if row else ""),
        (gettext("Put off until"), _put_off(row)),
        (gettext("Why it was put off"), dossier.why_deferred),
    ]


def _put_off(row: Certification | None) -> str:
    return date_year(row.deferred_until) if row and row.deferred_until else ""


def _table(caption: str, headings: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"caption": caption, "headings": headings, "rows": rows}


def _line(line: Line) -> list[str]:
    held = line.session
    return [
        str(held.page) if held else "",
        date_year(held.starts_at if held else line.at),
        f"{line.unit.code} {line.unit.title}",
        str(word(line.source).label),
        str(line.minutes),
    ]


def _result(attempt: Attempt) -> str:
    said = gettext("passed") if attempt.passed else gettext("not passed")
    return gettext("%(percent)s out of 100, %(result)s", percent=attempt.percent, result=said)


def _answered(row: TraineeException) -> str:
    if row.answered_by is None or row.answered_at is None:
        return ""
    return f"{row.answered_by.name}, {date_year(row.answered_at)}"


def _state(certificate: Certificate) -> str:
    said = str(word(certificate.state).label)
    if certificate.ended_at is None:
        return said
    return f"{said}, {date_year(certificate.ended_at)}"


def _day(day: str | None) -> str:
    return date_year(date.fromisoformat(day)) if day else ""
