"""What is shown and may be answered in one attempt."""

import pytest

from courses import answers, quizzes
from lms import accounts
from lms.errors import Invalid


def by(make, attempt):
    return make.actor(accounts.get(attempt.person_id))


def test_two_trainees_see_different_orders(make):
    first, second = (answers.of(make.attempt().id) for _ in range(2))
    assert [r.question.name for r in first] != [r.question.name for r in second]


def test_an_answer_that_is_not_on_the_page_is_refused(make):
    attempt = make.attempt()
    row = next(r for r in answers.of(attempt.id) if r.kind == "single")
    for values in (["9"], ["0"], ["-1"], ["x"], ["1", "2"]):
        with pytest.raises(Invalid) as refused:
            quizzes.save(attempt, {row.name: values}, by=by(make, attempt))
        assert set(refused.value.fields) == {row.name}
