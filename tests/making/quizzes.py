"""Trainees enrolled in an edition of the whole course, and their attempts at quizzes."""

import json
from datetime import timedelta
from types import SimpleNamespace

from courses import answers, editions, enrolments, quizzes
from courses.enrolments import Enrolment
from courses.questions import QuestionKind
from lms import accounts, clock, db


def walker(programme=None, edition=None, name=None, starts_in=-7):
    """A trainee of a running edition of the course in force."""
    from tests import make

    programme = programme or make.default_programme()
    if edition is None:
        starts_on = clock.today() + timedelta(days=starts_in)
        edition = editions.Edition(
            programme_id=programme.id,
            version_id=make.course(programme).id,
            code=f"W{next(make.number)}",
            name="Walking edition",
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=200),
            state="planned" if starts_in > 0 else "running",
        )
        db.session.add(edition)
    person = make.person("trainee", programme=programme, name=name)
    db.session.add(
        Enrolment(
            programme_id=programme.id,
            edition_id=edition.id,
            person_id=person.id,
            entered_on=edition.starts_on,
        )
    )
    db.session.commit()
    return person


def attempt(person=None, code="1.10", programme=None):
    """An attempt that a trainee has just begun."""
    from tests import make

    person = person or make.walker(programme)
    row = quizzes.start(make.unit(code, programme), by=make.actor(person, programme))
    db.session.commit()
    return row


def answered(attempt, right=True):
    """What she sends: every answer right, or every answer wrong."""
    return {row.name: _sent(row, right) for row in answers.of(attempt.id)}


def _sent(row, right):
    if row.kind == QuestionKind.SHORT:
        return [row.question.answers[0].it if right else "no idea"]
    options = row.question.answers
    fitting = [
        str(number)
        for number, place in enumerate(json.loads(row.shown), 1)
        if (options[place].weight > 0) is right
    ]
    return fitting if row.kind == QuestionKind.MULTIPLE else fitting[:1]


def handed_in(person=None, code="1.10", right=True, programme=None):
    """An attempt that was handed in, all right or all wrong."""
    from tests import make

    row = attempt(person, code, programme)
    by = make.actor(accounts.get(row.person_id), programme)
    quizzes.submit(row, answered(row, right), by=by)
    db.session.commit()
    return row


def stuck_trainee(code="1.10"):
    """A trainee of a running edition, with its people, who has used all attempts at a quiz."""
    from tests import make

    edition = make.edition(starts_on=clock.today() - timedelta(days=7))
    edition.state = editions.EditionState.RUNNING
    person = make.walker(edition=edition)
    for _ in range(3):
        handed_in(person, code, right=False)
    (enrolment,) = enrolments.of_edition(edition.id)
    people = {g.role.value: g.person for g in editions.people_of(edition.id)}
    return SimpleNamespace(
        person=person, edition=edition, enrolment=enrolment, unit=make.unit(code), **people
    )
