"""Pages that are looked at again: corrections, contests, credits, make-up sessions."""

from datetime import timedelta

from courses import contests, corrections, credits, ledger, makeups
from courses.corrections import Reason
from lms import clock, db

MINUTE = timedelta(minutes=1)


def correction(group=None, number=0, times=(30, 200), by=None, days=1):
    """The trainer asks that a trainee was there from and to so many minutes after the start."""
    from tests import make

    group = group or make.signed_page(trainees=2)
    begins = group.session.starts_at
    wanted = times and (begins + times[0] * MINUTE, begins + times[1] * MINUTE)
    with clock.held(group.session.ends_at + timedelta(days=days)):
        row = corrections.ask(
            group.session,
            group.enrolments[number].id,
            wanted,
            reason=Reason.ERROR,
            said="She came later than the page says",
            by=by or make.actor(group.trainer, group.programme),
        )
        db.session.commit()
    row.group = group
    return row


def approved(group=None, number=0, times=(30, 200), by=None, days=1):
    """A correction that the coordinator has approved an hour later."""
    from tests import make

    row = correction(group, number, times, days=days)
    group = row.group
    with clock.held(group.session.ends_at + timedelta(days=days, hours=1)):
        corrections.approve(row, by=by or make.actor(group.coordinator, group.programme))
        db.session.commit()
    return row


def line(group, number=0):
    """The line that stands last of a trainee."""
    return ledger.lines(group.enrolments[number].id)[-1]


def contest(group=None, number=0, hours=5):
    """A trainee contests her last line, so many hours after the session."""
    from tests import make

    group = group or make.signed_page(trainees=2)
    with clock.held(group.session.ends_at + timedelta(hours=hours)):
        by = make.actor(group.trainees[number], group.programme)
        row = contests.contest(line(group, number), said="I was there to the end", by=by)
        db.session.commit()
    row.group = group
    return row


def credit(group=None, number=0, module=1, minutes=60, by=None):
    """The coordinator records a credit of a trainee."""
    from tests import make

    group = group or make.class_in_motion(trainees=2)
    row = credits.record(
        group.enrolments[number],
        module=module,
        minutes=minutes,
        record_number="12/2026",
        record_on=clock.today(),
        note="Taught the same at the school of the hospital",
        by=by or make.actor(group.coordinator, group.programme),
    )
    db.session.commit()
    row.group = group
    return row


def confirmed_credit(group=None, number=0, module=1, minutes=60):
    """A credit that the manager has confirmed."""
    from tests import make

    row = credit(group, number, module, minutes)
    credits.confirm(row, by=make.actor(row.group.manager, row.group.programme))
    db.session.commit()
    return row


def missed_page(group=None, session=None, present=(0,), minutes=None, **more):
    """A signed page on which only these were there, for the whole time or the first minutes."""
    from courses import register
    from tests import make

    group = make.opened_page(group, session, **more)
    for number in present:
        make.scan(group, number, group.session.starts_at - 3 * MINUTE)
    went = group.session.starts_at + minutes * MINUTE if minutes else group.session.ends_at
    for number in present:
        make.scan(group, number, went)
    inside = len(present) if minutes is None else 0
    with clock.held(group.session.ends_at + 5 * MINUTE):
        register.sign(
            group.session,
            topic="What was taught",
            head_count=inside,
            by=make.actor(group.trainer, group.programme),
        )
        db.session.commit()
    return group


def make_up(group, session=None, minutes=210, days=20):
    """A make-up session of a signed page of the class, so many days after it."""
    from tests import make

    missed = session or group.session
    with clock.held(missed.ends_at + timedelta(days=1)):
        row = makeups.plan(
            missed,
            starts_at=missed.starts_at + timedelta(days=days),
            minutes=minutes,
            room="Room Po",
            trainer=group.trainer,
            by=make.actor(group.coordinator, group.programme),
        )
        db.session.commit()
    return row
