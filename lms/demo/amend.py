"""What is looked at again in the demo: corrections, contests, credits, and a make-up session.

All of it in the edition in its ninth week, so that something waits for everybody.
"""

from datetime import date, datetime, time, timedelta

from courses import calendar, checkin, contests, corrections, credits, ledger, makeups, register
from courses.calendar import Session
from courses.corrections import Reason
from courses.ledger import Line
from lms import accounts, clock, db
from lms.demo.course import Class
from lms.demo.people import Cast
from lms.permissions import Actor

MINUTE = timedelta(minutes=1)
FRIDAY = 4


def fill(cast: Cast, classes: list[Class], *, today: date) -> None:
    """Of the classes the second is in motion."""
    group = classes[1]
    held = [s for s in calendar.sessions(group.edition.id) if s.state in makeups.HELD]
    morning = clock.utc(today, time(8))
    with clock.held(morning - timedelta(days=4)):
        _credits(cast, group)
    _make_up(cast, group, held[0], today)
    with clock.held(morning - timedelta(hours=20)):
        _correct(cast, group, held[-3], 0, approve=True)
        _correct(cast, group, held[-2], 1, approve=False)
    with clock.held(morning - timedelta(hours=14)):
        _contest(cast, group, held[-1])


def _credits(cast: Cast, group: Class) -> None:
    """One confirmed, one that waits for the manager."""
    for place, minutes in ((3, 210), (5, 105)):
        row = credits.record(
            group.enrolments[place],
            module=2,
            minutes=minutes,
            record_number=f"{place}/{clock.today().year}",
            record_on=clock.today() - timedelta(days=20),
            note="Ha già seguito un corso sull’ascolto, con attestato.",
            by=cast.coordinator,
        )
        db.session.flush()
        if place == 3:
            credits.confirm(row, by=cast.manager)


def _correct(cast: Cast, group: Class, session: Session, place: int, *, approve: bool) -> None:
    """The trainer asks for an entry a few minutes later; the coordinator approves the first."""
    trainer = next(t for t in cast.trainers if t.id == session.trainer_id)
    row = corrections.ask(
        session,
        group.enrolments[place].id,
        (session.starts_at + 25 * MINUTE, session.ends_at),
        reason=Reason.FAULT if approve else Reason.ERROR,
        said="Il codice sulla parete non cambiava: è entrata più tardi di quanto risulta.",
        by=trainer,
    )
    db.session.flush()
    if approve:
        corrections.approve(row, by=cast.coordinator)
        db.session.flush()


def _contest(cast: Cast, group: Class, session: Session) -> None:
    """Two lines are contested; one is answered."""
    for place in (0, 2):
        enrolment, trainee = group.enrolments[place], group.trainees[place]
        row = contests.contest(
            _line(session, ledger.lines(enrolment.id)),
            said="Sono rimasta fino alla fine: ho firmato l’uscita dal telefono di classe.",
            by=trainee,
        )
        db.session.flush()
        if place == 2:
            contests.reject(
                row, answer="Anche il foglio in aula dice la stessa ora.", by=cast.coordinator
            )


def _line(session: Session, lines: list[Line]) -> Line:
    return next(line for line in reversed(lines) if line.session_id == session.id)


def _make_up(cast: Cast, group: Class, missed: Session, today: date) -> None:
    """Those who missed the first session make it up; one forgets to sign out."""
    day = today - timedelta(days=1)
    while day.weekday() > FRIDAY:
        day -= timedelta(days=1)
    begins = clock.utc(day, time(14, 30))
    trainer = next(t for t in cast.trainers if t.id == missed.trainer_id)
    with clock.held(begins - timedelta(days=8)):
        session = makeups.plan(
            missed,
            starts_at=begins,
            minutes=120,
            room="Aula Po",
            trainer=accounts.get(trainer.id),
            by=cast.coordinator,
        )
        db.session.flush()
    with clock.held(begins - 10 * MINUTE):
        register.open_page(session, by=trainer)
        db.session.flush()
    people = dict(zip((e.id for e in group.enrolments), group.trainees, strict=True))
    expected = [people[i] for i in makeups.who_missed(missed)]
    for place, trainee in enumerate(expected):
        _scan(session, begins - 3 * MINUTE + timedelta(seconds=25 * place), trainee)
    for place, trainee in enumerate(expected[1:]):
        _scan(session, session.ends_at + timedelta(seconds=25 * place), trainee)
    forgot = next(e for e in group.enrolments if people[e.id] is expected[0])
    with clock.held(session.ends_at + 12 * MINUTE):
        register.attest_exit(session, forgot.id, session.ends_at - 5 * MINUTE, by=trainer)
        register.sign(
            session,
            topic="Ripresa della prima seduta, con il caso di prova.",
            head_count=len(expected) - 1,
            by=trainer,
        )
        db.session.flush()


def _scan(session: Session, at: datetime, trainee: Actor) -> None:
    with clock.held(at):
        checkin.check_in(trainee.id, register.code_now(session), by=trainee)
        db.session.flush()
