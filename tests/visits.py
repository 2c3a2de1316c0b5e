"""Which pages each role opens in the crawl: every address with a row that is hers."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from lms import accounts, db, guard
from lms.permissions import Actor, Permission, allowed
from tests.demonstration import Demonstration
from tests.examples import EXTRA, first_examples

ROLES = (
    "trainee", "trainer", "coordinator", "senior", "manager", "activator", "partner", "inspector",
    "admin",
)  # fmt: skip
MOST_ROWS = 40


@dataclass
class Visit:
    """One address that one role opens."""

    role: str
    endpoint: str
    url: str
    status: int = 200


@dataclass
class Crawl:
    """What is being looked at, and what was found."""

    demo: Demonstration
    app: Flask
    whole: bool = False
    found: list[str] = field(default_factory=list)
    judged: set[tuple[str, int]] = field(default_factory=set)
    contexts: dict[str, BrowserContext] = field(default_factory=dict)
    links: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """Role and endpoint -> address -> the page that leads there."""
    pages: int = 0
    languages: dict[str, int] = field(default_factory=dict)

    def say(self, where: Visit, what: str) -> None:
        self.found.append(f"{where.role} {where.url}: {what}")

    @property
    def folder(self) -> Path:
        return self.demo.folder / "pages"


# Whom, and what


def person(crawl: Crawl, role: str) -> Actor:
    """The demo's person of a role, at work."""
    row = accounts.by_mail(f"{role}@demo.example")
    assert row, f"the demo has no {role}@demo.example"
    programme = accounts.programmes_of(row.id)[0]
    return accounts.acting(row, programme.id, proven=True)


def visits(crawl: Crawl) -> list[Visit]:
    """Each (endpoint, role) that gives a page, with an example row that answers."""
    found: list[Visit] = []
    reached: dict[str, int] = {}
    rules = [
        r
        for r in crawl.app.url_map.iter_rules()
        if "GET" in (r.methods or ()) and r.endpoint != "static"
    ]
    rules.sort(key=lambda r: r.rule)
    with crawl.demo.database():
        actors = {role: person(crawl, role) for role in ROLES}
        for rule in rules:
            permission, name = guard.access(crawl.app, rule.endpoint)
            reached.setdefault(rule.endpoint, 0)
            for role, me in actors.items():
                if isinstance(permission, Permission) and not permission.held_by(me):
                    continue
                if permission == "public" and role not in ("trainee", "manager"):
                    continue
                visit = first_that_answers(crawl, role, rule, permission, name, me)
                if visit:
                    found.append(visit)
                    reached[rule.endpoint] += 1
    crawl.found += [
        f"{endpoint}: no example row of the demo opens it"
        for endpoint, times in reached.items()
        if not times and endpoint not in EXTRA
    ]
    return found


def first_that_answers(crawl, role, rule, permission, name, me) -> Visit | None:
    """The first of this role's rows whose page is one: 200 and HTML."""
    for url in addresses(crawl, rule, permission, name, me):
        answer = crawl.contexts[role].request.get(crawl.demo.url + url, max_redirects=0)
        kind = answer.headers.get("content-type", "")
        if answer.status >= 500:
            crawl.found.append(f"{role} {url}: {answer.status}")
            return None
        if answer.status == 200 and kind.startswith("text/html"):
            return Visit(role, rule.endpoint, url)
        if answer.status in (200, 204, 303):  # a file, an answer to a script, a way elsewhere
            EXTRA.setdefault(rule.endpoint, "no page")
    return None


def addresses(crawl, rule, permission, name, me) -> list[str]:
    """The addresses of a route for this person: one for each of her first rows."""
    if name is None:
        return first_examples(rule.rule, None)
    model = permission.model
    rows = db.session.scalars(select(model).where(allowed(me, permission)).limit(MOST_ROWS))
    return [
        re.sub(r"<uuid:\w+>", str(row.id), address)
        for row in rows
        for address in first_examples(rule.rule, row)
    ]


# The browser
