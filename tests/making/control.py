"""What a control asks for: papers, closed editions, inspectors, and bundles that are ready."""

from datetime import timedelta
from uuid import UUID

from courses import (
    bundles,
    certificates,
    changes,
    closing,
    corrections,
    enclosures,
    inspection,
    register,
    scans,
    sheets,
    terms,
    traces,
)
from courses.calendar import SessionMode, SessionState
from courses.editions import EditionGrant, Part
from courses.enclosures import EnclosureKind
from lms import accounts, clock, db, i18n, jobs

PAPER = b"%PDF-1.7\n" + b"canary-paper that somebody has signed " * 40
ADDRESS = "https://demo.example/verify/"


def enclosure(group=None, kind=EnclosureKind.CALENDAR, content=PAPER, **whose):
    """A paper of an edition, attached by its coordinator."""
    from tests import make

    group = group or make.class_in_motion()
    by = make.actor(group.coordinator, group.programme)
    row = enclosures.enclose(group.edition, kind, content, by=by, **whose)
    db.session.commit()
    return row


def settled_class(pages=1, **more):
    """A class whose first pages are certified; its other sessions were cancelled or not held."""
    from tests import make

    group = make.class_in_motion(**more)
    coordinator = make.actor(group.coordinator, group.programme)
    for session in group.sessions[:pages]:
        make.certified_page(group, session)
    with clock.held(group.sessions[-1].ends_at + timedelta(days=40)):
        for session in group.sessions[pages:]:
            changes.cancel(session, reason="Nobody came to the course", by=coordinator)
        db.session.commit()
    assert all(s.state != SessionState.SCHEDULED for s in group.sessions)
    return group


def closed_class(pages=1, **more):
    """A closed edition, with its sheet in `.closing`."""
    from tests import make

    group = settled_class(pages, **more)
    group.closing = closing.close(group.edition, by=make.actor(group.manager, group.programme))
    db.session.commit()
    return group


def controlled_class():
    """A closed edition with everything in it that a control asks for.

    Five pages certified: one followed online by one of the two, one also signed on paper, one of
    project work; a correction; papers of every kind; a visit; a certificate; the sheet of a month
    and that of the edition.
    """
    from tests import make

    group = make.class_in_motion(trainees=2)
    by, manager = (make.actor(p, group.programme) for p in (group.coordinator, group.manager))
    _papers(group, by)
    for kept, session in zip(
        (make.certified_page, _followed_online, make.certified_page, _on_paper, _worked_outside),
        group.sessions[:5],
        strict=True,
    ):
        kept(group, session)
    _corrected(group, manager)
    with clock.held(group.sessions[-1].ends_at + timedelta(days=40)):
        changes.cancel(group.sessions[-1], reason="The room was flooded", by=by)
        for person in group.trainees:
            make.passed_gate(person, group.programme)
        certificates.issue(group.enrolments[0], by=manager)
        person = inspector(group)
        inspection.note(
            group.edition,
            session=group.sessions[0],
            counted=2,
            text="All in order",
            by=make.actor(person, group.programme),
        )
        closing.close_month(group.edition, "2026-11", by=manager)
        group.closing = closing.close(group.edition, by=manager)
        db.session.commit()
    return group


def _papers(group, by):
    part = (
        db.session.query(EditionGrant)
        .filter_by(edition_id=group.edition.id, person_id=group.trainer.id)
        .one()
    )
    for kind, whose in (
        (EnclosureKind.APPOINTMENT, {"trainer": part}),
        (EnclosureKind.AGREEMENT, {"trainee": group.enrolments[0]}),
        (EnclosureKind.CALENDAR, {}),
    ):
        enclosures.enclose(group.edition, kind, PAPER + kind.value.encode(), by=by, **whose)
    terms.authorise(
        group.edition,
        PAPER + b"authorisation",
        reference="PROT-12/2026",
        dated_on=clock.today(),
        by=by,
    )
    db.session.commit()


def _followed_online(group, session):
    """The first signs in the room, the second is read by the attendance file of the platform."""
    from tests import make

    session.mode = SessionMode.MIXED
    make.opened_page(group, session)
    for moment in (session.starts_at, session.ends_at):
        make.scan(group, 0, moment)
    person = group.trainees[1]
    content = make.attendance_file(
        session, (person.name, person.mail, 0, 60), (person.name, person.mail, 120, 210)
    )
    with clock.held(session.ends_at + timedelta(hours=1)), i18n.speaking("en"):
        traces.import_file(session, content, by=make.actor(group.trainer, group.programme))
    _certified(group, session)


def _on_paper(group, session):
    """Everybody signs by hand as well: the scan agrees with the ledger."""
    from tests import make

    make.signed_page(group, session)
    make.scanned(group, content=PAPER + b"page")
    by = make.actor(group.coordinator, group.programme)
    with clock.held(session.ends_at + timedelta(minutes=30)):
        scans.agree(session, [e.enrolment_id for e in scans.entries(session)], by=by)
    with clock.held(session.ends_at + timedelta(hours=1)):
        register.countersign(session, by=by)
        register.certify([session], by=make.actor(group.manager, group.programme))
    db.session.commit()


def _worked_outside(group, session):
    """A day of project work, of which one of the two has handed in a sheet."""
    from tests import make

    make.outing(group, session)
    trainer = make.actor(group.trainer, group.programme)
    sheets.confirm(make.sheet(group), by=trainer)
    _certified(group, session, inside=1)


def _certified(group, session, inside=2):
    from tests import make

    with clock.held(session.ends_at + timedelta(hours=2)):
        trainer = make.actor(group.trainer, group.programme)
        register.sign(session, topic="What was taught", head_count=inside, by=trainer)
        register.countersign(session, by=make.actor(group.coordinator, group.programme))
        register.certify([session], by=make.actor(group.manager, group.programme))
    db.session.commit()


def _corrected(group, by):
    from tests import make

    session = group.sessions[2]
    with clock.held(session.ends_at + timedelta(days=1)):
        row = corrections.ask(
            session,
            group.enrolments[1].id,
            (session.starts_at, session.starts_at + timedelta(hours=2)),
            reason=corrections.Reason.ERROR,
            said="She left with the bus at eleven",
            by=make.actor(group.coordinator, group.programme),
        )
        db.session.commit()
        corrections.approve(row, by=by)
    db.session.commit()


def inspector(group, person=None, days=7):
    """Somebody to whom an edition is open as an inspector, for so many days from now."""
    from tests import make

    person = person or make.person("inspector", programme=group.programme)
    by = make.actor(group.manager, group.programme)
    until = clock.today() + timedelta(days=days)
    if days < 0:
        db.session.add(
            EditionGrant(
                programme_id=group.programme.id,
                edition_id=group.edition.id,
                person_id=person.id,
                role=Part.INSPECTOR,
                expires_on=until,
            )
        )
    else:
        inspection.admit(group.edition, name=person.name, mail=person.mail, until=until, by=by)
    db.session.commit()
    return person


def work(times=60):
    """Do what jobs are due, as the worker does; returns how many."""
    from tests import make

    handlers = {"bundle": bundles.go_on, "mail": lambda **_: None}

    def asker(job):
        return job.asker_id and make.actor(accounts.get(job.asker_id), _Programme(job.programme_id))

    db.session.commit()
    done = 0
    while done < times and jobs.run_one("test", handlers, asker):
        done += 1
    db.session.expire_all()
    return done


class _Programme:
    def __init__(self, id: UUID) -> None:
        self.id = id


def coordinated(group, person):
    """The same person coordinates this edition too."""
    db.session.add(
        EditionGrant(
            programme_id=group.programme.id,
            edition_id=group.edition.id,
            person_id=person.id,
            role=Part.COORDINATOR,
        )
    )
    db.session.commit()


def asked_bundle(group):
    """A control bundle that was asked for; no job has begun it."""
    from tests import make

    row = bundles.ask(group.edition, address=ADDRESS, by=make.actor(group.manager, group.programme))
    db.session.commit()
    return row


def bundle(group=None):
    """A control bundle that is ready, of a closed edition unless another is given."""
    group = group or closed_class()
    row = asked_bundle(group)
    work()
    db.session.refresh(row)
    return row
