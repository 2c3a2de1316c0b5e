"""Each page for each role, once: nothing in the console, nothing for axe, nothing dead."""

from tests import crawl


def test_every_page_of_every_role():
    pages, found = crawl.main(whole=False)
    assert pages > 20
    assert not found, "\n" + "\n".join(found)
