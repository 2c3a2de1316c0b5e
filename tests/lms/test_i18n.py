"""Dates, hours and words as the reader's language writes them."""

from datetime import UTC, date, datetime

import pytest

from lms import i18n
from lms.i18n import lazy, nlazy, speaking

NOON = datetime(2026, 11, 12, 11, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 h"),
        (60, "1 h"),
        (45, "45′"),
        (2835, "47 h 15′"),
        (6300, "105 h"),
        (-75, "-1 h 15′"),
    ],
)
def test_hours(minutes, said):
    assert i18n.hours(minutes).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(
    ("language", "day", "moment", "number"),
    [
        ("it", "giovedì 12 novembre", "12 novembre, 12:05", "1.234,5"),
        ("en", "Thursday 12 November", "12 November, 12:05", "1,234.5"),
    ],
)
def test_dates(language, day, moment, number):
    with speaking(language):
        assert i18n.day(NOON) == day
        assert i18n.moment(NOON) == moment
        assert i18n.number(1234.5) == number
        assert i18n.clock_seconds(NOON) == "12:05:09"
        assert i18n.date_year(date(2026, 11, 12)).endswith("2026")


def test_a_day_is_the_day_in_italy():
    with speaking("en"):
        assert i18n.day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == "Wednesday 1 July"


def test_a_lazy_sentence_is_said_in_the_readers_language():
    sentence = lazy("Too many tries. Wait a moment.")
    with speaking("en"):
        english = str(sentence)
    with speaking("it"):
        italian = str(sentence)
    assert english == "Too many tries. Wait a moment."
    assert italian != english


def test_numbers_choose_their_form():
    with speaking("en"):
        assert str(nlazy("%(num)d page", "%(num)d pages", 1)) == "1 page"
        assert str(nlazy("%(num)d page", "%(num)d pages", 2)) == "2 pages"


def test_an_unknown_language_is_italian():
    with speaking("xx"):
        assert i18n.language() == "it"


def test_lists_of_names():
    with speaking("en"):
        assert i18n.listed([]) == ""
        assert i18n.listed(["Anna"]) == "Anna"
        assert i18n.listed(["Anna", "Marco", "Lucia"]) == "Anna, Marco and Lucia"


def test_values_are_escaped_where_they_stand():
    sentence = lazy("%(name)s has been invited.", name="<b>")
    assert sentence.__html__() == str(sentence).replace("<", "&lt;").replace(">", "&gt;")


def test_the_page_speaks_the_language_that_is_chosen(make, browse):
    person = make.person("trainee", language="it")
    browser = browse(person)
    assert '<html lang="it"' in browser.get("/account/").text
    browser.post("/account/language", {"language": "en", "next": "/account/"})
    assert '<html lang="en"' in browser.get("/account/").text


def test_a_stranger_is_answered_in_her_browsers_language(app):
    browser = app.test_client()
    for asked, spoken in (("en-GB,en;q=0.9", "en"), ("it", "it"), ("fr,de", "it"), ("", "it")):
        answer = browser.get("/sign-in", headers={"Accept-Language": asked})
        assert f'<html lang="{spoken}"' in answer.text, asked
