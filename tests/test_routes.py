"""Every address, and the permission it asks for. A change here is a change to be reviewed."""

import re
from collections import Counter

from lms import guard
from lms.i18n import gettext
from tests import routes


def test_the_list_of_addresses(app):
    assert routes.text(app) == routes.LIST.read_text(), "if it is meant: python -m tests.routes"


def test_an_address_carries_one_row_id_at_most(app):
    for rule in app.url_map.iter_rules():
        ids = [n for n, c in rule._converters.items() if type(c).__name__ == "UUIDConverter"]
        assert len(ids) <= 1, f"{rule.rule} carries {ids}"


def test_an_address_leads_to_one_view(app):
    """Two rules that differ only in the name of what they carry are the same address."""
    ways = Counter(
        (re.sub(r"<([^:>]*:)?[^>]*>", r"<\1>", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    )
    assert [way for way, views in ways.items() if views > 1] == []


def test_a_view_answers_one_method(app):
    for rule in app.url_map.iter_rules():
        assert len((rule.methods or set()) - {"HEAD", "OPTIONS"}) == 1, rule.rule


def test_what_is_public_is_meant_to_be(app):
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and guard.access(app, rule.endpoint)[0] == "public"
    }
    assert public == PUBLIC


PUBLIC = {
    "/accessibility",
    "/account/language",
    "/healthz",
    "/help",
    "/privacy",
    "/sign-in",
    "/sign-in/forgotten",
    "/t/<token>",
    "/verify",
    "/verify/<number>",
}


def test_every_permission_says_what_it_allows(app):
    for package in app.extensions["packages"]:
        for permission in package.permissions():
            assert gettext(str(permission.title)).strip(), permission.name


def test_ways_in_lead_somewhere(app):
    for package in app.extensions["packages"]:
        for tab in package.navigation:
            asked, row = guard.access(app, tab.endpoint)
            assert row is None, tab.endpoint
            assert asked == "signed in" or tab.permission.roles() <= asked.roles(), tab.endpoint


def test_what_stands_at_the_foot_of_every_page_is_for_everybody(app, make, browse):
    links = [link for package in app.extensions["packages"] for link in package.foot]
    assert [link.endpoint for link in links] == ["certification.ask"]
    for link in links:
        assert guard.access(app, link.endpoint)[0] == "public"
    for person, where in ((None, "/sign-in"), (None, "/help"), (make.person("trainer"), "/")):
        assert '<a href="/verify">Verify a certificate</a>' in browse(person).get(where).text
