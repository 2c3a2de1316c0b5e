import pytest

from courses import answers, curriculum, quizzes
from courses.quizzes import AttemptState
from lms import accounts, db
from lms.errors import Invalid, Refused, WrongState
from tests.races import race, unit


def by(make, attempt):
    return make.actor(accounts.get(attempt.person_id))


def test_an_attempt_freezes_questions_and_their_order(make):
    attempt = make.attempt()
    rows = answers.of(attempt.id)
    assert len(rows) == 15
    assert attempt.out_of == 1500
    assert {r.question_id for r in rows} == {q.id for q in curriculum.quiz(attempt.unit_id)}
    assert [r.position for r in rows] == list(range(1, 16))


def test_beginning_again_goes_on_with_the_same_attempt(make):
    person = make.walker()
    assert make.attempt(person) is make.attempt(person)


def test_what_is_saved_is_there_when_she_comes_back(make):
    attempt = make.attempt()
    sent = make.answered(attempt)
    some = {name: sent[name] for name in ("q1", "q2")}
    assert quizzes.save(attempt, some, by=by(make, attempt)) == 13
    db.session.commit()
    assert [r.is_given for r in answers.of(attempt.id)] == [True, True] + [False] * 13
    assert attempt.state == AttemptState.IN_PROGRESS


def test_all_right_passes_and_opens_the_gate(make):
    attempt = make.handed_in()
    assert (attempt.state, attempt.mark, attempt.passed) == (AttemptState.SUBMITTED, 1500, True)
    assert attempt.percent == 100
    me = attempt.person_id
    programme = attempt.programme_id
    assert quizzes.passed_units([me], programme) == {me: {"1.10"}}
    assert quizzes.gate_passed(me, programme)


def test_another_quiz_opens_no_gate(make):
    attempt = make.handed_in(code="1.2")
    assert attempt.passed
    assert not quizzes.gate_passed(attempt.person_id, attempt.programme_id)


def test_all_wrong_does_not_pass(make):
    attempt = make.handed_in(right=False)
    assert (attempt.mark, attempt.passed) == (0, False)
    assert quizzes.passed_units([attempt.person_id], attempt.programme_id) == {
        attempt.person_id: set()
    }


@pytest.mark.parametrize(("mark", "passed"), [(1200, True), (1199, False), (1500, True)])
def test_the_percent_is_reached_or_not_to_the_hundredth(mark, passed):
    assert quizzes.passes(mark, 1500, 80) is passed


def test_it_is_not_handed_in_while_an_answer_lacks(make):
    attempt = make.attempt()
    sent = make.answered(attempt)
    del sent["q4"]
    with pytest.raises(Invalid) as refused:
        quizzes.submit(attempt, sent, by=by(make, attempt))
    assert set(refused.value.fields) == {"q4"}


def test_what_was_handed_in_no_longer_changes(make):
    attempt = make.handed_in()
    for verb in (quizzes.save, quizzes.submit):
        with pytest.raises(WrongState):
            verb(attempt, make.answered(attempt, right=False), by=by(make, attempt))
    assert attempt.mark == 1500


def test_a_question_that_was_not_asked_is_refused(make):
    attempt = make.attempt()
    with pytest.raises(Invalid):
        quizzes.save(attempt, {"q16": ["1"]}, by=by(make, attempt))


def test_after_three_attempts_there_is_no_fourth(make):
    person = make.walker()
    for _ in range(3):
        make.handed_in(person, right=False)
    with pytest.raises(Refused, match="all your attempts"):
        make.attempt(person)


def test_who_has_passed_needs_no_other_attempt(make):
    person = make.walker()
    make.handed_in(person)
    with pytest.raises(Refused, match="passed this quiz"):
        make.attempt(person)


def test_a_unit_without_quiz_has_nothing_to_begin(make):
    with pytest.raises(Refused, match="no quiz"):
        make.attempt(code="1.1")


def test_two_windows_begin_one_attempt(make):
    person, asked = make.walker(), make.unit("1.10")
    me = make.actor(person)
    results = race(*[unit(lambda: quizzes.start(asked, by=me).id) for _ in range(3)])
    assert len(set(results)) == 1
    assert len(quizzes.standings([asked], person.id)[asked.id].attempts) == 1


def test_two_windows_do_not_get_a_fourth_attempt(make):
    person, asked = make.walker(), make.unit("1.10")
    me = make.actor(person)
    for _ in range(2):
        make.handed_in(person, right=False)

    def try_it():
        attempt = quizzes.start(asked, by=me)
        quizzes.submit(attempt, make.answered(attempt, right=False), by=me)
        return "done"

    results = race(*[unit(try_it) for _ in range(3)])
    assert results.count("done") == 1, results
    assert all(isinstance(r, Refused) for r in results if r != "done"), results
    assert len(quizzes.standings([asked], person.id)[asked.id].attempts) == 3


def test_standings_of_many_units_are_one_statement(make, statements):
    person, version = make.walker(), make.course()
    make.handed_in(person, code="1.2")
    units = curriculum.units(version.id)
    db.session.commit()
    with statements() as seen:
        found = quizzes.standings(units, person.id)
    assert len([s for s in seen if s.startswith("SELECT")]) == 1
    assert len(found) == 4
