"""Every route by every person: what the policy allows, and else one and the same page.

A refusal writes nothing but its audit entry; whether a row is somebody else's, in another programme
or not there at all can be told neither by the bytes of the answer nor by the statements behind it.
"""

import re
from uuid import uuid4

import pytest

from lms import audit, db, guard
from lms.permissions import can
from tests import databases, world
from tests.addresses import address, routes
from tests.world import CAST

ALLOWED = {200, 204, 303, 400, 409, 422}
"""What may be answered to somebody who may: forms are sent empty, and states may not fit."""
NOT_THERE = {
    "accounts.link",
    "accounts.use_link",
    "account.programme",
    "absences.paper",
    "activators.paper",
    "certification.verify",
    "traces.file",
    "papers.every",
    "papers.pdf",
    "terms.authorisation",
    "versions.approved",
}
"""Pages of what may not be there: an unknown number or token, a paper that nobody handed in."""
RECORD = re.compile(
    r"^(INSERT INTO (chain_entries|chain_subjects|chains)|UPDATE (chains|sign_ins)) "
)
WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)")


@pytest.fixture
def made(database):
    return world.build()


def send(browser, rule, url):
    return browser.get(url) if "GET" in rule.methods else browser.post(url)


def tables():
    """A picture of every row of every table but the record's and the sign-ins."""
    kept = [t for t in db.Model.metadata.tables if not t.startswith(("chain", "sign_ins"))]
    db.session.commit()
    with db.intent(write=False), db.engine().connect() as connection:
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}").all()))
            for name in kept
        }


def test_every_row_in_an_address_has_its_example(app, made):
    for rule in routes(app):
        permission, name = guard.access(app, rule.endpoint)
        if name:
            assert name in made.rows, f"{rule.rule}: tests/world.py has no {name}"
            assert isinstance(made.rows[name], permission.model), rule.rule
        address(rule, made.rows)


@pytest.mark.parametrize("who", CAST)
def test_every_route(who, app, made, browse, statements):
    person, me = made.people[who], made.actors[who]
    programme = made.other if who == "elsewhere" else None
    kept, nowhere = databases.Snapshot(), browse().get("/nowhere").data
    browser = browse(person, programme=programme)
    for rule in sorted(routes(app), key=lambda r: r.rule):
        permission, name = guard.access(app, rule.endpoint)
        if isinstance(permission, str):
            may = True
        else:
            may = permission.held_by(me) and (not name or can(me, permission, made.rows[name]))
        url = address(rule, made.rows)
        with statements() as seen:
            answer = send(browser, rule, url)
        said = f"{who}: {sorted(rule.methods)} {url} is {answer.status_code}"
        if not may:
            assert answer.status_code == 404, said
            assert answer.data == nowhere, said
            stray = [s for s in seen if WRITES.match(s) and not RECORD.match(s)]
            assert not stray, said
        elif rule.endpoint not in NOT_THERE:
            assert answer.status_code in ALLOWED, said
        if answer.status_code < 400 and "POST" in rule.methods:
            kept.restore()
            browser = browse(person, programme=programme)


def test_nobody_is_led_to_signing_in_and_writes_nothing(app, made, browse):
    before, browser = tables(), browse()
    for rule in routes(app):
        permission, _ = guard.access(app, rule.endpoint)
        if permission == "public":
            continue
        answer = send(browser, rule, address(rule, made.rows))
        assert answer.status_code == 303, rule.rule
        assert answer.location.startswith("/sign-in?next="), rule.rule
    assert tables() == before


def test_without_the_second_factor_nothing_is_shown(app, made, browse):
    """Every route that asks for one leads to its page, whoever asks."""
    for who in ("manager", "activator", "senior", "administrator"):
        me, browser = made.actors[who], browse(made.people[who], proven=False)
        for rule in routes(app):
            permission, name = guard.access(app, rule.endpoint)
            if isinstance(permission, str) or not permission.factor:
                continue
            if not permission.held_by(me) or (name and not can(me, permission, made.rows[name])):
                continue
            answer = send(browser, rule, address(rule, made.rows))
            assert answer.status_code == 303, rule.rule
            assert answer.location.startswith(("/account/code", "/sign-in/code")), rule.rule


def test_not_yours_and_not_there_are_the_same(app, made, browse, statements, monkeypatch):
    """Equal bytes and equal statements: for another's row, no row, and another programme's row."""
    monkeypatch.setattr(audit, "MOST_REFUSALS", 10_000)

    def ask(browser, rule, url):
        with statements() as seen:
            answer = send(browser, rule, url)
        assert answer.status_code == 404, f"{url} {answer.status_code}"
        return answer.data, seen

    for who in CAST:
        me, person = made.actors[who], made.people[who]
        browser = browse(person, programme=made.other if who == "elsewhere" else None)
        browser.get("/nowhere")  # the first entry of a chain makes its head
        for rule in routes(app):
            permission, name = guard.access(app, rule.endpoint)
            if not name or not permission.held_by(me) or can(me, permission, made.rows[name]):
                continue
            hers = ask(browser, rule, address(rule, made.rows))
            none = ask(browser, rule, address(rule, made.rows, uuid4()))
            assert hers == none, f"{who} {rule.rule}"


def test_a_refused_post_leaves_every_table_as_it_was(app, made, browse):
    """Write first, check after: not even what is undone may be seen to have been tried."""
    before = tables()
    for who in ("trainee2", "activator2", "trainer2", "partner2", "elsewhere"):
        me = made.actors[who]
        browser = browse(made.people[who], programme=made.other if who == "elsewhere" else None)
        for rule in routes(app):
            permission, name = guard.access(app, rule.endpoint)
            if "POST" not in rule.methods or isinstance(permission, str):
                continue
            if permission.held_by(me) and (not name or can(me, permission, made.rows[name])):
                continue
            assert send(browser, rule, address(rule, made.rows)).status_code == 404
    assert tables() == before
