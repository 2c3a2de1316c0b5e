"""How the demo's first edition ends: certificates, one with an exception, a duplicate, one file."""

from courses import (
    batches,
    certificates,
    certification,
    closing,
    exceptions,
    replacements,
    terms,
)
from courses.enrolments import Enrolment
from lms import db
from lms.demo.course import Class
from lms.demo.people import Cast
from lms.errors import Refused

LEAST = 60
"""Below this share of the hours the edition certifies nobody, not even with an exception."""
REASON = "Ricovero di tre settimane; ha recuperato i contenuti con il docente."


def allow_exceptions(cast: Cast, group: Class) -> None:
    """Before the first page: with an exception the edition certifies from here on."""
    edition = group.edition
    known = {name: getattr(edition, name) for name in terms.Terms.__annotations__}
    said = terms.Terms(**(known | {"least_percent": LEAST}))
    terms.amend(edition, said, version=edition.version, by=cast.manager)
    db.session.flush()


def fill(cast: Cast, group: Class) -> None:
    """Certify those who have what it takes and one who lacks little, and close the edition."""
    missing = certification.missing(group.enrolments)
    given = []
    for enrolment in group.enrolments:
        if not missing[enrolment.id]:
            given.append(certificates.issue(enrolment, by=cast.manager))
            db.session.flush()
    _except(cast, [e for e in group.enrolments if missing[e.id]])
    replacements.duplicate(given[0], by=cast.coordinator)
    batches.gather(group.edition, by=cast.manager)
    db.session.commit()  # a sheet says of which entries of the register it is the sum
    closing.close(group.edition, by=cast.manager)


def _except(cast: Cast, lacking: list[Enrolment]) -> None:
    """The first of these for whom there can be an exception; the coordinator signs it."""
    for enrolment in lacking:
        try:
            proposed = exceptions.propose(enrolment, reason=REASON, by=cast.manager)
        except Refused:
            continue
        db.session.flush()
        certificates.issue_with_exception(proposed, by=cast.coordinator)
        db.session.flush()
        return
