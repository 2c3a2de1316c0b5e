import pytest

from courses import gift
from courses.questions import WHOLE, QuestionKind


def read(source):
    found, faults = gift.read(source)
    assert not faults
    return found


def test_one_right_answer_with_comments():
    (question,) = read("::a::Which? {\n=This#Yes\\: so.\n~That#No.\n}\n")
    assert (question.name, question.kind, question.text) == ("a", QuestionKind.SINGLE, "Which?")
    assert [(o.text, o.weight, o.feedback) for o in question.options] == [
        ("This", WHOLE, "Yes: so."),
        ("That", 0, "No."),
    ]


def test_weights_make_several_answers():
    (question,) = read("::a::Which? {~%50%A ~%50%B ~%-50%C}")
    assert question.kind == QuestionKind.MULTIPLE
    assert [o.weight for o in question.options] == [5000, 5000, -5000]


def test_three_thirds_are_a_whole():
    (question,) = read("::a::Which? {~%33.33333%A ~%33.33333%B ~%33.33333%C ~%-100%D}")
    assert sum(o.weight for o in question.options if o.weight > 0) == 9999


@pytest.mark.parametrize("word", ["TRUE", "T", "FALSE", "F"])
def test_true_or_false_first_comment_is_for_the_wrong(word):
    (question,) = read(f"::a::So? {{{word}#it was wrong#it was right}}")
    right = next(o for o in question.options if o.weight)
    assert right.text == ("true" if word[0] == "T" else "false")
    assert right.feedback == "it was right"
    assert next(o for o in question.options if not o.weight).feedback == "it was wrong"


def test_words_to_write():
    (question,) = read("::a::Who? {=Rossi =%50%Ross}")
    assert question.kind == QuestionKind.SHORT
    assert [o.weight for o in question.options] == [WHOLE, WHOLE // 2]


def test_escaped_signs_are_signs():
    (question,) = read(
        "::a\\:b::1 \\= 1 \\{really\\}\\? {=\\~yes ~no \\# never}".replace("\\?", "?")
    )
    assert question.name == "a:b"
    assert question.text == "1 = 1 {really}?"
    assert [o.text for o in question.options] == ["~yes", "no # never"]


def test_comments_categories_and_formats_are_read_over():
    source = "// a note\n$CATEGORY: one\n\n::a::[markdown]Which? {\n=A\n// inside\n~B\n}\n"
    (question,) = read(source)
    assert question.text == "Which?"
    assert len(question.options) == 2


def test_what_is_said_to_everybody():
    (question,) = read("::a::Which? {=A ~B ####Read the law.}")
    assert question.feedback == "Read the law."


BAD = {
    "Which? {=A ~B}": (1, "begins with ::its name::"),
    "\n\n::a::Which?": (3, "no answers"),
    "::a::Which? {=A\n~B": (1, "not closed"),
    "::a::Which? {}": (1, "essays"),
    "::a::Which? {#3:1}": (1, "numerical"),
    "::a::Which? {=a -> b =c -> d}": (1, "matching"),
    "::a::Which? {A =B}": (1, "begins with = or ~"),
    "::a::Which? {\n=A\n=B\n~C}": (1, "only one, is right"),
    "::a::Which? {\n=A\n~%5x%B}": (3, "a weight is written"),
    "::a::Which? {=A\n~%300%B}": (2, "between -100 and 100"),
    "::a::Which? {~%50%A ~%20%B}": (1, "do not make 100%"),
    "::a::Which? {=A ~A}": (1, "the same"),
    "::a::Which? {=A ~}": (1, "empty"),
    "::a::Which? {=A#b#c ~B}": (1, "one comment"),
    "::a::Which? {=A ~B} and more": (1, "text after"),
    "::a::Which? {=A {x} ~B}": (1, "a { inside"),
    "::a::{=A ~B}": (1, "no question before"),
    "::a::Which?\n\\x {=A ~B}": (2, "means nothing"),
    "::a::[html]Which? {=A ~B}": (1, "[html] is not read"),
    "::a::Which? {~%100%A}": (1, "only one answer"),
    "::a::Which? {=%50%A}": (1, "worth 100%"),
    "::a::One? {=A ~B}\n\n::a::Two? {=A ~B}": (3, "already used on line 1"),
    f"::{'a' * 121}::One? {{=A ~B}}": (1, "longer than 120"),
}


@pytest.mark.parametrize(("source", "expected"), BAD.items(), ids=[why for _, why in BAD.values()])
def test_what_cannot_be_read_is_said_with_its_line(source, expected):
    line, why = expected
    _, faults = gift.read(source)
    assert [(fault.line, why in fault.why) for fault in faults] == [(line, True)], faults


def test_a_fault_does_not_hide_the_others():
    found, faults = gift.read("::a::One {\n\n::b::Two? {=A ~B}\n\n::c::Three {}")
    assert [q.name for q in found] == ["b"]
    assert [f.line for f in faults] == [1, 5]
