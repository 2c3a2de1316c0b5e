from datetime import timedelta

from courses import enrolments, path, quizzes
from courses.path import Stance
from lms import clock, db, i18n


def trainee(make, group, number=0):
    return enrolments.of_edition(group.edition.id)[number]


def stances(found):
    return {step.unit.code: step.stance for step in found.steps}


def test_before_the_first_session_the_soonest_is_next(make):
    group = make.class_in_motion()
    with clock.held(group.sessions[0].starts_at - timedelta(days=2)):
        found = path.walk(trainee(make, group))
    assert found.next.unit.id == group.sessions[0].unit_id
    assert found.next.session is group.sessions[0]
    assert list(stances(found).values()).count(Stance.PLANNED) == 5
    assert found.done == 0


def test_a_signed_page_makes_a_unit_done(make):
    group = make.class_in_motion()
    make.signed_page(group, group.sessions[0])
    with clock.held(group.sessions[0].ends_at + timedelta(hours=1)):
        found = path.walk(trainee(make, group))
    first = found.steps[0]
    assert (first.stance, first.minutes) == (Stance.DONE, 210)
    assert found.next.unit.id == group.sessions[1].unit_id


def test_a_session_that_is_over_and_not_signed_waits(make):
    group = make.class_in_motion()
    with clock.held(group.sessions[0].ends_at + timedelta(hours=1)):
        found = path.walk(trainee(make, group))
    assert found.steps[0].stance == Stance.UNSIGNED


def test_who_was_absent_has_missed_it(make):
    group = make.class_in_motion()
    session = group.sessions[0]
    make.opened_page(group, session)
    make.scan(group, 0, session.starts_at)
    make.scan(group, 0, session.ends_at)
    session.state = "signed"
    session.signed_at, session.signed_by_id, session.topic = (
        session.ends_at, session.trainer_id, "Topic",
    )  # fmt: skip
    db.session.commit()
    with clock.held(session.ends_at + timedelta(hours=1)):
        found = path.walk(trainee(make, group, 1))
    assert found.steps[0].stance == Stance.MISSED


def test_what_has_no_session_is_not_in_the_calendar(make):
    person = make.walker()
    found = path.of(person.id, make.default_programme().id)
    seen = stances(found)
    assert seen["1.1"] == Stance.UNPLANNED
    assert seen["1.2"] == Stance.OPEN
    assert found.next.unit.code == "1.10", "without a session the quiz of the gate comes first"


def test_before_the_course_what_is_at_ones_own_pace_is_closed_and_says_why(make):
    person = make.walker(starts_in=10)
    found = path.of(person.id, make.default_programme().id)
    step = next(s for s in found.steps if s.unit.code == "1.2")
    assert step.stance == Stance.LOCKED
    with i18n.speaking("en"):
        assert str(step.why).startswith("Opens with the course, on ")


def test_a_passed_quiz_makes_its_unit_done(make):
    person = make.walker()
    make.handed_in(person, code="1.2")
    assert stances(path.of(person.id, make.default_programme().id))["1.2"] == Stance.DONE


def test_used_attempts_close_a_unit(make):
    person = make.walker()
    for _ in range(3):
        make.handed_in(person, code="1.2", right=False)
    assert stances(path.of(person.id, make.default_programme().id))["1.2"] == Stance.LOCKED


def test_who_is_not_enrolled_has_no_path(make):
    assert path.of(make.person("trainee").id, make.default_programme().id) is None


def test_today_says_the_quiz_that_opens_real_cases_until_it_is_passed(make):
    person = make.walker()
    with i18n.speaking("en"):
        (todo,) = path.todos(make.actor(person))
        assert str(todo.title) == "Quiz 1.10 to pass: it opens real cases"
    assert todo.on == clock.today() + timedelta(days=21)
    make.handed_in(person)
    assert path.todos(make.actor(person)) == []


def test_today_says_what_to_read_in_the_week_before(make):
    group = make.class_in_motion()
    person = trainee(make, group).person
    with clock.held(group.sessions[0].starts_at - timedelta(days=3)):
        titles = [todo.title for todo in path.todos(make.actor(person))]
    assert len(titles) == 1
    with clock.held(group.sessions[0].starts_at - timedelta(days=9)):
        assert path.todos(make.actor(person)) == []


def test_today_is_silent_before_the_course_and_for_others(make):
    assert path.todos(make.actor(make.walker(starts_in=10))) == []
    assert path.todos(make.actor(make.person("manager"))) == []


def test_the_path_costs_the_same_whatever_was_done(make, statements):
    first, second = make.walker(), make.walker()
    for code in ("1.2", "1.10", "2.3"):
        make.handed_in(second, code=code)
    counts = []
    for person in (first, second):
        db.session.expire_all()
        with statements() as seen:
            path.of(person.id, make.default_programme().id)
        counts.append(len([s for s in seen if s.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 12
    assert quizzes.gate_passed(second.id, make.default_programme().id)
