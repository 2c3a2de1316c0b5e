import re

from sqlalchemy import select

from courses import answers, quizzes
from courses.quizzes import Attempt, AttemptState
from lms import accounts, db
from tests.pages import Page


def whose(attempt):
    return accounts.get(attempt.person_id)


def sent(make, attempt, right=True):
    return make.answered(attempt, right)


def test_begin_answer_and_hand_in(make, browse):
    person = make.walker()
    unit = make.unit("1.10")
    browser = browse(person)
    answer = browser.post(f"/assessments/units/{unit.id}/attempts")
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "Answer the 15 questions" in page.text
    attempt = db.session.scalar(select(Attempt))
    answer = browser.post(f"{answer.location}/submit", sent(make, attempt))
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "You passed the quiz with 100%." in page.text
    assert "first key to real cases" in page.text
    assert quizzes.gate_passed(person.id, attempt.programme_id)


def test_a_question_is_one_labelled_group(make, browse):
    attempt = make.attempt()
    page = browse(whose(attempt)).get(f"/assessments/attempts/{attempt.id}").text
    assert page.count("<fieldset") == 14
    assert page.count('type="checkbox"') == 4
    (form,) = [f for f in Page(page).forms if f["action"].endswith("/save")]
    assert {f"q{n}" for n in range(1, 16)} <= set(form["fields"])


def test_before_handing_in_nothing_tells_what_is_right(make, browse):
    attempt = make.attempt()
    page = browse(whose(attempt)).get(f"/assessments/attempts/{attempt.id}").text
    for row in answers.of(attempt.id):
        for option in row.question.answers:
            assert not option.feedback_en or option.feedback_en not in page
    assert "weight" not in page
    values = re.findall(r'name="q\d+" id="q\d+-\d+" value="(\d+)"', page)
    assert set(values) <= set("1234")


def test_saving_keeps_it_and_says_what_is_open(make, browse):
    attempt = make.attempt()
    some = {k: v for k, v in sent(make, attempt).items() if k in ("q1", "q2", "q3")}
    browser = browse(whose(attempt))
    answer = browser.post(f"/assessments/attempts/{attempt.id}/save", some)
    page = browser.get(answer.location).text
    assert "12 questions are still open" in page
    kept = [row for row in answers.of(attempt.id) if row.is_given]
    assert [row.name for row in kept] == ["q1", "q2", "q3"]
    assert len(re.findall(r" checked>", page)) + len(re.findall(r'value="minimi', page)) >= 3


def test_the_same_form_sent_twice_has_one_effect(make, browse):
    attempt = make.attempt()
    browser = browse(whose(attempt))
    everything = sent(make, attempt)
    first, second = (
        browser.post(f"/assessments/attempts/{attempt.id}/submit", everything, once="the-same")
        for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert attempt.mark == 1500


def test_handing_in_again_later_is_refused(make, browse):
    attempt = make.handed_in()
    browser = browse(whose(attempt))
    for verb in ("save", "submit"):
        answer = browser.post(f"/assessments/attempts/{attempt.id}/{verb}", {"q1": "1"})
        assert answer.status_code == 409
    assert attempt.state == AttemptState.SUBMITTED


def test_what_lacks_is_said_and_what_was_ticked_stays(make, browse):
    attempt = make.attempt()
    some = sent(make, attempt)
    del some["q5"], some["q9"]
    answer = browse(whose(attempt)).post(f"/assessments/attempts/{attempt.id}/submit", some)
    assert answer.status_code == 422
    assert 'href="#q5"' in answer.text
    assert 'href="#q9"' in answer.text
    assert 'href="#q1"' not in answer.text
    assert " checked" in answer.text
    assert attempt.state == AttemptState.IN_PROGRESS


def test_an_answer_that_was_not_offered_is_refused(make, browse):
    attempt = make.attempt()
    row = next(r for r in answers.of(attempt.id) if r.kind == "single")
    for value in ("9", "<script>", str(row.question_id)):
        answer = browse(whose(attempt)).post(
            f"/assessments/attempts/{attempt.id}/save", {row.name: value}
        )
        assert answer.status_code == 422
    assert not any(r.is_given for r in answers.of(attempt.id))


def test_a_question_that_is_not_in_it_has_no_effect(make, browse):
    attempt, other = make.attempt(), make.attempt()
    row = answers.of(other.id)[0]
    browse(whose(attempt)).post(
        f"/assessments/attempts/{attempt.id}/save", {"q99": "1", str(row.id): "1"}
    )
    assert not any(r.is_given for a in (attempt, other) for r in answers.of(a.id))


def test_somebody_elses_attempt_is_not_there(make, browse):
    attempt = make.attempt()
    others = [make.walker(), make.person("manager"), make.person("trainer")]
    for person in others:
        browser = browse(person)
        assert browser.get(f"/assessments/attempts/{attempt.id}").status_code == 404
        for verb in ("save", "submit"):
            answer = browser.post(f"/assessments/attempts/{attempt.id}/{verb}", {"q1": "1"})
            assert answer.status_code == 404
    assert not any(r.is_given for r in answers.of(attempt.id))


def test_who_did_not_pass_sees_why_and_not_what_was_right(make, browse):
    attempt = make.handed_in(right=False)
    browser = browse(whose(attempt))
    page = browser.get(f"/assessments/attempts/{attempt.id}").text
    assert "Not yet: 0%. 80% is enough." in page
    assert "You have 2 attempts left" in page
    assert "Right would have been" not in page
    assert 'class="answer"' in page


def test_after_the_last_attempt_none_can_begin_and_the_answers_stay_hidden(make, browse):
    person = make.walker()
    for _ in range(3):
        attempt = make.handed_in(person, right=False)
    browser = browse(person)
    page = browser.get(f"/assessments/attempts/{attempt.id}").text
    assert "your attempts are used" in page
    assert "Right would have been" not in page, "her trainer may allow one more"
    assert browser.post(f"/assessments/units/{attempt.unit_id}/attempts").status_code == 409


def test_nobody_signed_in_is_led_to_sign_in(make, browse):
    attempt = make.attempt()
    answer = browse().get(f"/assessments/attempts/{attempt.id}")
    assert answer.status_code == 303
    assert "next=" in answer.location
