"""A believable programme, the same every time: what `lms demo` puts into an empty database.

Everything is done through the operations that people use, at the moments at which they would.
"""

import random
from datetime import date, timedelta

from courses import calendar, curriculum, retries
from lms import clock, db, installation, programmes
from lms.demo import amend, attested, cases, control, course, paper, signin
from lms.demo.people import PASSWORD, Cast, Crowd, cast

__all__ = ["PASSWORD", "SIGN_INS", "fill"]

SEED = 7_111
SIGN_INS = (
    ("trainee@demo.example", "corsista / trainee"),
    ("trainer@demo.example", "docente / trainer"),
    ("coordinator@demo.example", "coordinamento / coordinator"),
    ("senior@demo.example", "formazione senior / senior trainer"),
    ("manager@demo.example", "responsabile / programme manager"),
    ("activator@demo.example", "attivazione / activator"),
    ("partner@demo.example", "rete / partner"),
    ("inspector@demo.example", "ispezione / inspector"),
    ("admin@demo.example", "amministrazione / administrator"),
)
ACTIVATORS = 12


def fill(today: date, *, public_url: str) -> None:
    """Fill an empty database. Raises installation.NotReady on any other.

    Within it the register is written more than once: what is closed or handed over is there before.
    """
    beginning = clock.utc(today - timedelta(weeks=44), course.MORNING[0])
    with db.seeded_ids(SEED), clock.held(beginning):
        _fill(today, public_url, random.Random(SEED))  # noqa: S311 - a story, no secret


def _fill(today: date, public_url: str, chance: random.Random) -> None:
    installation.mark_demo()
    programme = programmes.create(
        "RDO",
        "Reti delle Opportunità",
        privacy_name="Ufficio privacy (inventato)",
        privacy_mail="privacy@demo.example",
        organiser="Ente capofila (inventato)",
        funder="Finanziato dall’Unione europea, REACT-EU, TO 7.1.1.a",
        project_code="B19J21000000006",
    )
    hubs = [
        programmes.add_hub(programme, "A", "Snodo Aurora", "Circoscrizione 7"),
        programmes.add_hub(programme, "M", "Snodo Mirafiori", "Circoscrizione 2"),
    ]
    crowd = Crowd(programme)
    people = cast(crowd)
    version = course.course(people.manager)
    first = course.make_class(
        people,
        version,
        course.trainees(crowd, 24, "activator@demo.example"),
        code="RDO-1",
        name="Prima edizione",
        starts_on=_weekday(today - timedelta(weeks=40)),
        room="Aula Po",
    )
    attested.allow_exceptions(people, first)
    _run(people, first, today, chance)
    with clock.held(clock.utc(today - timedelta(weeks=17), course.MORNING[0])):
        attested.fill(people, first)
    with clock.held(clock.utc(today - timedelta(weeks=10), course.MORNING[0])):
        second = course.make_class(
            people,
            version,
            course.trainees(crowd, 24, "trainee@demo.example"),
            code="RDO-2",
            name="Seconda edizione",
            starts_on=_weekday(today - timedelta(weeks=8)),
            room="Aula Dora",
        )
    _run(people, second, today, chance)
    _try_again(people, second, today)
    with clock.held(clock.utc(today - timedelta(weeks=2), course.MORNING[0])):
        third = course.make_class(
            people,
            version,
            course.trainees(crowd, 12),
            code="RDO-3",
            name="Terza edizione",
            starts_on=_weekday(today + timedelta(weeks=4)),
            room="Aula Stura",
            begins=course.AFTERNOON,
        )
    with clock.held(clock.utc(today, course.MORNING[0])):
        paper.fill(people, [first, second, third])
    amend.fill(people, [first, second, third], today=today)
    signin.fill(people, [first, second, third])
    with clock.held(clock.utc(today, course.MORNING[0])):
        control.fill(people, [first, second, third], today=today)
    cases.fill(crowd, people, hubs, first, today=today, chance=chance)
    with clock.held(clock.utc(today, course.MORNING[0])):
        control.hand_over(people, first, public_url=public_url)


def _weekday(day: date) -> date:
    """The Monday of the same week: editions begin there."""
    return day - timedelta(days=day.weekday())


def _run(people: Cast, group: course.Class, today: date, chance: random.Random) -> None:
    """Play an edition up to today; those who have come to unit 1.10 pass its quiz."""
    start = clock.utc(group.edition.starts_on, course.MORNING[0])
    with clock.held(start - timedelta(hours=2)):
        calendar.start(group.edition, by=people.manager)
    course.play(people, group, until=today, chance=chance)
    gates = [u for u in curriculum.units(group.edition.version_id) if u.gate]
    with clock.held(start + timedelta(weeks=3)):
        for place, trainee in enumerate(group.trainees):
            if place % 5 != 4:
                course.pass_quiz(gates[0], trainee)


def _try_again(people: Cast, group: course.Class, today: date) -> None:
    """Two have used all attempts at the first quiz; one of them was allowed another."""
    unit = next(u for u in curriculum.units(group.edition.version_id) if u.has_quiz)
    with clock.held(clock.utc(today - timedelta(days=5), course.AFTERNOON[0])):
        for place in (9, 14):
            course.use_up(unit, group.trainees[place])
    with clock.held(clock.utc(today - timedelta(days=2), course.AFTERNOON[0])):
        retries.allow(
            group.enrolments[14],
            unit,
            reason="Abbiamo riletto insieme le domande: ora la differenza ti è chiara.",
            by=people.trainers[0],
        )
