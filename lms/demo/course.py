"""The demo's course: three editions, played page by page through the same operations as in life."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from courses import (
    anomalies,
    answers,
    attendance,
    calendar,
    checkin,
    curriculum,
    editions,
    enrolments,
    planning,
    quizzes,
    register,
)
from courses.anomalies import Verdict
from courses.calendar import Session, SessionMode
from courses.curriculum import CourseVersion, Unit
from courses.editions import Edition, Part
from courses.enrolments import Enrolment
from courses.questions import QuestionKind
from lms import accounts, clock, db, paths
from lms.accounts import Person
from lms.demo import traces
from lms.demo.people import Cast, Crowd
from lms.permissions import Actor, Role

MORNING, AFTERNOON = [time(9)], [time(14)]
TOPICS = (
    "Lavoro a coppie sul caso di prova, poi confronto in cerchio.",
    "Dall’esempio alla regola: tre situazioni lette insieme.",
    "Esercizio guidato, domande, che cosa ci portiamo a casa.",
)
CONNECTED = "Il collegamento è caduto ed è ripreso: valgono i minuti del tracciato."


@dataclass
class Class:
    """One edition with the people in it."""

    edition: Edition
    trainees: list[Actor]
    enrolments: list[Enrolment] = field(default_factory=list)


def course(by: Actor) -> CourseVersion:
    """The real curriculum of 6,300 minutes, imported and published."""
    version = curriculum.import_folder(paths.content(), by=by)
    db.session.flush()
    curriculum.publish(version, by=by)
    return version


def make_class(
    cast: Cast,
    version: CourseVersion,
    trainees: Sequence[Person],
    *,
    code: str,
    name: str,
    starts_on: date,
    room: str,
    begins: Sequence[time] = MORNING,
) -> Class:
    """An edition with its staff, its accepted calendar and its trainees."""
    by = cast.manager
    edition = editions.make_edition(
        version,
        code=code,
        name=name,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=26),
        room=room,
        by=by,
    )
    db.session.flush()
    staff = [accounts.get(t.id) for t in cast.trainers]
    for person in staff:
        editions.appoint(edition, person, Part.TRAINER, by=by)
    editions.appoint(edition, accounts.get(cast.coordinator.id), Part.COORDINATOR, by=by)
    weekdays = sorted({starts_on.weekday(), (starts_on.weekday() + 2) % 5})
    proposed = planning.propose(
        edition,
        starts_on=starts_on,
        weekdays=weekdays,
        begins=begins,
        room=room,
        trainers=staff[:3],
    )
    planning.accept(edition, proposed, by=by)
    db.session.flush()
    traces.link(edition, by=by)
    rows = [enrolments.enrol(edition, p, on=starts_on, by=by) for p in trainees]
    db.session.flush()
    actors = [accounts.acting(p, by.programme_id, proven=True) for p in trainees]
    return Class(edition, actors, rows)


def trainees(crowd: Crowd, number: int, first_mail: str = "") -> list[Person]:
    return [crowd.join(Role.TRAINEE, mail=first_mail if n == 0 else "") for n in range(number)]


def play(cast: Cast, group: Class, *, until: date, chance: random.Random) -> None:
    """Hold every session up to a day: stamps, signatures; certified a week later."""
    trainers = {t.id: t for t in cast.trainers}
    for session in calendar.sessions(group.edition.id):
        if clock.local(session.starts_at).date() >= until:
            break
        _hold(group, session, trainers[session.trainer_id], chance)
        day = clock.local(session.starts_at).date()
        if day + timedelta(days=2) <= until:
            with clock.held(session.ends_at + timedelta(days=1)):
                _decide(session, cast.coordinator)
                register.countersign(session, by=cast.coordinator)
        if day + timedelta(days=9) <= until:
            with clock.held(session.ends_at + timedelta(days=8)):
                register.certify([session], by=cast.manager)


def _hold(group: Class, session: Session, trainer: Actor, chance: random.Random) -> None:
    """One morning: most are on time, some late, some leave early, some do not come."""
    with clock.held(session.starts_at - timedelta(minutes=15)):
        register.open_page(session, by=trainer)
    comings, inside = [], 0
    for place, trainee in enumerate(group.trainees):
        luck = chance.random()
        if luck < 0.07 or (place % 9 == 8 and luck < 0.3):
            continue
        late = chance.randint(5, 40) if luck < 0.14 else -chance.randint(1, 12)
        early = chance.randint(10, 60) if luck > 0.95 else -chance.randint(0, 4)
        comings.append((session.starts_at + timedelta(minutes=late, seconds=place), trainee))
        comings.append((session.ends_at - timedelta(minutes=early, seconds=-place), trainee))
        inside += 1
    for moment, trainee in sorted(comings, key=lambda c: (c[0], str(c[1].id))):
        with clock.held(moment):
            checkin.check_in(trainee.id, register.code_now(session), by=trainee)
    if session.mode == SessionMode.LIVE:
        with clock.held(session.ends_at + timedelta(minutes=6)):
            traces.follow(session, comings, trainer)
    with clock.held(session.ends_at + timedelta(minutes=8)):
        topic = TOPICS[session.position % len(TOPICS)]
        counted = sum(m.is_inside for m in attendance.marks(session).values())
        register.sign(session, topic=topic, head_count=counted, by=trainer)


def _decide(session: Session, coordinator: Actor) -> None:
    """Say of each thing that the page leaves open how it stands."""
    for anomaly in anomalies.of_page(session):
        anomalies.decide(
            session, anomaly.key, verdict=Verdict.ACCEPTED, note=CONNECTED, by=coordinator
        )


def pass_quiz(unit: Unit, trainee: Actor) -> None:
    """Answer the quiz of a unit as one who has read it."""
    attempt = quizzes.start(unit, by=trainee)
    db.session.flush()
    quizzes.submit(attempt, {a.name: right(a) for a in answers.of(attempt.id)}, by=trainee)


def right(answer: answers.Answer) -> list[str]:
    """What to send for a question so that it is right."""
    if answer.kind == QuestionKind.SHORT:
        return answers.right(answer)
    return [c.value for c in answers.choices(answer) if c.option.weight > 0]


def use_up(unit: Unit, trainee: Actor) -> None:
    """Hand in the quiz of a unit as often as one may, each time without having read it."""
    for _ in range(unit.attempts or 0):
        attempt = quizzes.start(unit, by=trainee)
        db.session.flush()
        quizzes.submit(attempt, {a.name: _wrong(a) for a in answers.of(attempt.id)}, by=trainee)
        db.session.flush()


def _wrong(answer: answers.Answer) -> list[str]:
    if answer.kind == QuestionKind.SHORT:
        return ["Non lo so"]
    return [c.value for c in answers.choices(answer) if c.option.weight <= 0][:1]
