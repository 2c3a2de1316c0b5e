"""Marking one question, and keeping only what is new."""

import pytest

from courses import curriculum, questions
from courses.questions import QuestionKind, QuestionVersion
from lms import db


def _of_kind(make, kind):
    return next(q for q in curriculum.quiz(make.unit().id) if q.kind == kind)


def test_the_right_choice_is_a_whole_point_and_the_wrong_one_nothing(make):
    question = _of_kind(make, QuestionKind.SINGLE)
    marks = [questions.mark(question, [n], "") for n in range(len(question.answers))]
    assert sorted(marks) == [0] * (len(marks) - 1) + [100]


def test_nothing_chosen_is_nothing(make):
    for question in curriculum.quiz(make.unit().id):
        assert questions.mark(question, [], "") == 0


def test_choosing_everything_is_never_more_than_a_point(make):
    for question in curriculum.quiz(make.unit().id):
        if question.kind == QuestionKind.MULTIPLE:
            assert 0 <= questions.mark(question, range(len(question.answers)), "") <= 100


@pytest.mark.parametrize("dress", [str, str.upper, lambda word: f"  {word}  "])
def test_a_word_is_recognised_whatever_its_dress(make, dress):
    question = _of_kind(make, QuestionKind.SHORT)
    assert questions.mark(question, [], dress(question.answers[0].it.replace("*", ""))) == 100
    assert questions.recognised(question, "something quite different") is None


def test_the_same_questions_are_kept_once(make):
    make.course()
    count = db.session.query(QuestionVersion).count()
    make.course(published=False)
    assert db.session.query(QuestionVersion).count() == count
