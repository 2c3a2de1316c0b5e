"""These tests use a database of their own: nothing is emptied between them."""

import os
from contextlib import nullcontext

import pytest
from playwright.sync_api import sync_playwright

from tests import crawl, databases
from tests.browser import classroom
from tests.browser.house import house

RUNS = [
    pytest.param(("sqlite", "it"), id="SQLite, Italian"),
    pytest.param(("postgresql", "en"), id="PostgreSQL, English"),
]


@pytest.fixture(autouse=True)
def database():
    return None


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the tests of a module; each person has a context of her own in it."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=crawl.chromium(), args=crawl.ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(params=RUNS)
def room(request, browser):
    """A class of ten on the eve of its first session; with AFFIANCA_PICTURES=1 it is pictured."""
    kind, language = request.param
    server = databases.postgresql() if kind == "postgresql" else nullcontext("")
    pictures = language == "it" and "AFFIANCA_PICTURES" in os.environ
    with (
        server as url,
        house(
            classroom.EVE, language=language, database_url=url, takes_pictures=pictures
        ) as served,
    ):
        found = classroom.classroom(served, browser)
        try:
            yield found
        finally:
            for person in found.everybody.values():
                person.context.close()
