import unicodedata

from mentoring import anchors

TEXT = "She sews well, and waits for the B1 course at the school in the square."


def test_a_quote_is_found_where_it_stands():
    anchor = anchors.place(TEXT, "waits for")
    assert TEXT[anchor.offset : anchor.end] == "waits for"
    assert anchor.before == "She sews well, and "
    assert len(anchor.after) == anchors.NEAR


def test_a_quote_that_is_not_there_has_no_place():
    assert anchors.place(TEXT, "sings well") is None
    assert anchors.place(TEXT, "  ") is None


def test_spaces_and_line_breaks_do_not_hide_a_quote():
    text = "One line.\n\nAnother line."
    assert anchors.place(text, "line.  Another").quote == "line.\n\nAnother"


def test_a_quote_is_found_however_its_accents_are_written():
    text = unicodedata.normalize("NFC", "Perché così è più facile")
    quote = unicodedata.normalize("NFD", "così è più")
    anchor = anchors.place(text, quote)
    assert anchor.quote == unicodedata.normalize("NFC", "così è più")
    assert anchor.offset == text.index("così")


def test_of_several_places_the_nearest_is_meant():
    text = "On Tuesday she sews, on Tuesday she learns."
    assert anchors.place(text, "Tuesday").offset == 3
    assert anchors.place(text, "tuesday") is None
    assert anchors.place(text, "Tuesday", near=30).offset == text.rindex("Tuesday")


def test_a_quote_moves_with_the_text():
    anchor = anchors.place(TEXT, "B1 course")
    later = "Amazing news. " + TEXT
    assert anchors.carried(anchor, later).offset == anchor.offset + len("Amazing news. ")


def test_a_quote_is_lost_when_its_words_or_its_section_are_gone():
    anchor = anchors.place(TEXT, "B1 course")
    assert anchors.carried(anchor, "She has begun to work.") is None
    assert anchors.carried(anchor, None) is None


def test_a_quote_that_stands_twice_is_lost_unless_the_letters_around_it_tell():
    text = "on Tuesday she sews at home with her aunt; later on Tuesday she learns."
    first = anchors.place(text, "Tuesday")
    assert anchors.carried(first, text) == first
    assert anchors.carried(first, "Tuesday or Tuesday") is None
