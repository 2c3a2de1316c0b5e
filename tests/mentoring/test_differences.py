from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from mentoring import differences
from mentoring.differences import Change, Piece


def said(pieces):
    signs = {Change.SAME: "{}", Change.ADDED: "[+{}]", Change.REMOVED: "[-{}]"}
    return "".join(signs[p.change].format(p.text) for p in pieces)


def test_a_changed_word_is_shown_beside_the_old_one():
    assert said(differences.changes("He calls her often.", "He calls her on Tuesdays.")) == (
        "He calls her[- often][+ on Tuesdays]."
    )


def test_equal_texts_have_one_piece():
    assert differences.changes("The same.", "The same.") == [Piece(Change.SAME, "The same.")]
    assert differences.changes("", "") == []


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_can_be_read_from_the_changes(before, after):
    pieces = differences.changes(before, after)
    assert "".join(p.text for p in pieces if p.change != Change.REMOVED) == after
    assert "".join(p.text for p in pieces if p.change != Change.ADDED) == before


def test_hostile_texts_are_not_compared_word_by_word():
    begun = perf_counter()
    differences.changes("a " * 10_000, "a b " * 5_000)
    assert perf_counter() - begun < 2


def test_quotes_are_marked_through_added_words_and_not_through_removed_ones():
    pieces = differences.changes("two mornings", "two long mornings a week")
    marked = differences.marked(pieces, [(4, 17)])
    assert "".join(p.text for p in marked if p.is_quoted) == "long mornings"
    assert "".join(p.text for p in marked if p.change != Change.REMOVED) == (
        "two long mornings a week"
    )


def test_a_quote_at_the_very_ends_is_marked():
    marked = differences.marked(differences.changes("one two", "one two"), [(0, 7)])
    assert marked == [Piece(Change.SAME, "one two", True)]


def test_paragraphs_are_lines_of_pieces():
    pieces = differences.changes("One.\n\nTwo gone.", "One.\n\nTwo.\nThree.")
    lines = differences.paragraphs(pieces)
    kept = ["".join(p.text for p in line if p.change != Change.REMOVED) for line in lines]
    assert kept == ["One.", "Two.", "Three."]
