"""From the first page of each person, every link leads to something that she may open."""

import pytest

from tests import world
from tests.pages import Page
from tests.world import CAST


@pytest.fixture
def made(database):
    return world.build()


def test_every_address_in_a_page_leads_somewhere(made, browse):
    """A link is shown where the page behind it may be opened."""
    for who in CAST:
        if who == "elsewhere":
            continue
        browser, seen, waiting = browse(made.people[who]), set(), ["/"]
        while waiting and len(seen) < 60:
            url = waiting.pop(0)
            if url in seen:
                continue
            seen.add(url)
            answer = browser.get(url)
            assert answer.status_code in (200, 303), f"{who}: {url} is {answer.status_code}"
            if answer.mimetype == "text/html" and answer.status_code == 200:
                links = {link.split("#")[0] for link in Page(answer.text).links}
                waiting += sorted(
                    link for link in links if link.startswith("/") and "/static/" not in link
                )
