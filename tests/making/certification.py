"""Trainees with exactly so many certified minutes, and those who have their certificate."""

from courses import batches, certificates, exceptions, identities, replacements
from courses.calendar import SESSION_FLOW
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
    from tests import make

    row = certificate(programme)
    by = make.actor(row.group.manager, row.group.programme)
    if state == "revoked":
        replacements.revoke(row, reason="canary-reason to revoke", by=by)
    else:
        corrected(row, "Anna Corretta", by)
        replacements.replace(row, reason="canary-reason to replace", by=by)
    db.session.commit()
    return row


def corrected(certificate, name, by, **more):
    """The name of its trainee was wrong; it is right now."""
    enrolment = certificate.group.enrolments[0]
    identities.write(enrolment, name=name, **more, version=enrolment.person.version, by=by)
    db.session.commit()


def excepted(minutes=800, programme=None):
    """An exception that waits: a trainee of 1,260 minutes who has so many of 945; least are 50%."""
    from tests import make

    group = certifiable(minutes, programme=programme)
    group.edition.least_percent = 50
    row = exceptions.propose(
        group.enrolments[0],
        reason="canary-reason of an exception",
        by=make.actor(group.manager, group.programme),
    )
    db.session.commit()
    row.group = group
    return row


def duplicate(certificate):
    """A duplicate of this certificate."""
    from tests import make

    row = replacements.duplicate(certificate, by=make.actor(certificate.group.manager))
    db.session.commit()
    return row


def batch(group=None):
    """What came of certifying a class by one act."""
    from tests import make

    group = group or certifiable(1260, 944)
    row = batches.certify(group.edition, group.enrolments, by=make.actor(group.manager))
    db.session.commit()
    return row


def passed_gate(person, programme=None):
    """The person passes the quiz of unit 1.10 of the course in force."""
    from lms.demo.course import pass_quiz
    from tests import make

    programme = programme or make.default_programme()
    pass_quiz(make.unit("1.10", programme), make.actor(person, programme))
    db.session.commit()
