"""From the first lesson to an approved plan: the whole of it, by the people who do it, in Chromium.

Three runs cover both databases, both languages, and browsers without JavaScript. With
AFFIANCA_PICTURES=1 the first one takes the pictures of the README.
"""

import os
from contextlib import nullcontext
from datetime import date, time

import pytest
from playwright.sync_api import sync_playwright

from lms import clock
from tests import crawl, databases
from tests.browser import accompaniment, lessons
from tests.browser.house import house
from tests.browser.people import Cast

RUNS = [
    pytest.param("sqlite", "it", True, date(2026, 9, 14), id="SQLite, Italian"),
    pytest.param("postgresql", "en", True, date(2027, 2, 8), id="PostgreSQL, English"),
    pytest.param("sqlite", "en", False, date(2028, 1, 10), id="SQLite, English, no JavaScript"),
]


@pytest.mark.parametrize(("database", "language", "script", "day"), RUNS)
def test_from_the_first_lesson_to_an_approved_plan(database, language, script, day):
    pictures = database == "sqlite" and language == "it" and "AFFIANCA_PICTURES" in os.environ
    server = databases.postgresql() if database == "postgresql" else nullcontext("")
    with (
        server as url,
        house(
            clock.utc(day, time(8, 40)),
            language=language,
            database_url=url,
            takes_pictures=pictures,
        ) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=crawl.chromium(), args=crawl.ARGUMENTS)
        cast = Cast(served, browser, script=script)
        try:
            learn(cast)
            work(cast)
        except BaseException as error:
            error.add_note(cast.standing())
            raise
        finally:
            browser.close()
        assert not cast.found, "\n" + "\n".join(cast.found)
        assert not served.unfinished()
        assert "All holds" in served.run("audit", "verify")
        assert "26 pages" in served.run("hours", "verify")


def learn(cast):
    """From a course in a folder to a certificate."""
    lessons.add_manager_factor(cast)
    edition = lessons.make_edition(cast)
    lessons.enrol(cast, edition)
    last = lessons.play(cast, edition)
    lessons.hold_last(cast, edition, last)
    lessons.certify_hours(cast, edition)
    lessons.take_quiz(cast)
    lessons.certify(cast, edition)
    lessons.show_certificate(cast)


def work(cast):
    """From a certificate to an approved plan."""
    accompaniment.make_activator(cast)
    accompaniment.refer(cast)
    plan = accompaniment.accompany(cast)
    accompaniment.write_plan(cast, plan)
    accompaniment.send_back(cast, plan)
    accompaniment.answer(cast, plan)
    accompaniment.approve(cast, plan)
