"""Deferrals: a certification is put off until a day, with a reason that the trainee reads."""

from datetime import date

from sqlalchemy import select

from courses import certification
from courses.certification import DONE, FLOW, Certification, CertificationState
from courses.enrolments import Enrolment, locked
from lms import audit, clock, db, keys
from lms.errors import Invalid, Refused
from lms.i18n import lazy
from lms.permissions import Actor

# Queries


def deferred(me: Actor) -> Certification | None:
    """The certification of this person that is put off, if one is."""
    query = (
        select(Certification)
        .join(Enrolment, Enrolment.id == Certification.enrolment_id)
        .where(
            Certification.programme_id == me.programme_id,
            Certification.state == CertificationState.DEFERRED,
            Enrolment.person_id == me.id,
        )
    )
    return db.session.scalars(query.limit(1)).first()


def why_deferred(row: Certification, *, by: Actor) -> str:
    """Why it was put off; empty if it never was, or she was erased."""
    return keys.open_row(row, by=by).reason or "" if row.reason else ""


# Operations


def defer(enrolment: Enrolment, *, reason: str, until: date, by: Actor) -> Certification:
    """Put the decision off until a day, with a reason that she reads. Raises Invalid, Refused."""
    enrolment = locked([enrolment])[0]
    if enrolment.person_id == by.id:
        raise Refused(lazy("Nobody certifies herself."))
    row = certification.standing([enrolment]).get(enrolment.id)
    if row is not None and row.state in DONE:
        raise Refused(lazy("She has her certificate already."))
    if not reason.strip():
        raise Invalid(reason=lazy("Write why: she reads it."))
    if until <= clock.today():
        raise Invalid(until=lazy("Choose a day that is still to come."))
    row = row or Certification(programme_id=enrolment.programme_id, enrolment_id=enrolment.id)
    row.key_id = enrolment.person.key_id
    sealed = keys.sealed(row, "reason", reason.strip(), by=by)
    db.session.add(row)
    FLOW.move(row, "defer", reason=sealed, deferred_until=until)
    audit.record("certification deferred", row, by=by, detail={"until": until})
    return row
