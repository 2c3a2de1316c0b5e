"""These tests use the demo's own database: nothing is emptied between them."""

import pytest
from playwright.sync_api import sync_playwright

from tests import crawl


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
