"""Trainees with exactly so many certified minutes, and those who have their certificate."""

from courses import certificates
from courses.calendar import SESSION_FLOW
from courses.certificates import FLOW as CERTIFICATE_FLOW
from courses.certificates import Certificate
from courses.ledger import Source, post
from lms import clock, db


def certified_pages(group, minutes):
    """Each session of the class certified, with these minutes for each trainee on each page."""
    from tests import make

    trainer, coordinator, manager = (
        make.actor(p, group.programme) for p in (group.trainer, group.coordinator, group.manager)
    )
    for page, (session, row) in enumerate(zip(group.sessions, minutes, strict=True), 1):
        now = clock.now()
        SESSION_FLOW.move(session, "open", page=page, opened_at=now)
        SESSION_FLOW.move(
            session, "sign", topic="x", head_count=1, signed_at=now, signed_by_id=trainer.id
        )
        given = ((minutes, Source.PRESENCE) for minutes in row)
        post(session, dict(zip((e.id for e in group.enrolments), given, strict=True)), by=trainer)
        SESSION_FLOW.move(
            session, "countersign", countersigned_at=now, countersigned_by_id=coordinator.id
        )
        SESSION_FLOW.move(session, "certify", certified_at=now, certified_by_id=manager.id)
        db.session.flush()
    db.session.commit()
    return group


def certifiable(*totals, passed=True, programme=None):
    """A class of the small course (six sessions of 210, 945 of 1,260 asked), one per total."""
    from tests import make

    group = make.class_in_motion(trainees=len(totals), programme=programme)
    rows = [[min(210, max(0, total - 210 * n)) for total in totals] for n in range(6)]
    certified_pages(group, rows)
    if passed:
        for person in group.trainees:
            make.passed_gate(person, group.programme)
    return group


def certificate(programme=None):
    """A trainee's certificate, with the class it comes from in `.group`."""
    from tests import make

    group = certifiable(1260, programme=programme)
    row = certificates.issue(group.enrolments[0], by=make.actor(group.manager, group.programme))
    db.session.commit()
    row.group = group
    return row


def ended_certificate(state, programme=None):
    """A certificate that was revoked, or replaced by another one of the same trainee."""
    row = certificate(programme)
    if state == "revoked":
        CERTIFICATE_FLOW.move(row, "revoke", ended_at=clock.now(), reason="Hours wrongly counted")
    else:
        other = Certificate(
            programme_id=row.programme_id,
            number=f"{row.number[:-5]}AAAAA",
            certification_id=row.certification_id,
            enrolment_id=row.enrolment_id,
            initials=row.initials,
            minutes=row.minutes,
            issued_at=clock.now(),
        )
        db.session.add(other)
        db.session.flush()
        CERTIFICATE_FLOW.move(row, "replace", ended_at=clock.now(), replaced_by_id=other.id)
    db.session.commit()
    return row


def passed_gate(person, programme=None):
    """The person passes the quiz of unit 1.10 of the course in force."""
    from lms.demo.course import pass_quiz
    from tests import make

    programme = programme or make.default_programme()
    pass_quiz(make.unit("1.10", programme), make.actor(person, programme))
    db.session.commit()
