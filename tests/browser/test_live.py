"""The trainer's live page in Chromium: up to date by itself, and through a network that drops."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from courses.live import AbsentMark, HeadCount
from courses.presence import StampKind
from courses.stamps import Stamp
from lms import clock, db
from tests import make
from tests.browser.house import house
from tests.making.register import START

OPENED = START + timedelta(minutes=5)


@pytest.fixture
def room(browser):
    """A page open for four, one of them inside; its trainer at the live page."""
    with house(OPENED, language="en") as served:
        with served.work():
            group = make.opened_page(trainees=4)
            make.scan(group, 0, START)
            found = SimpleNamespace(
                house=served,
                group=group,
                names=[p.name for p in group.trainees],
                mail=group.trainer.mail,
                where=f"/sessions/{group.session.id}/live",
            )
        context = browser.new_context(base_url=served.url, viewport={"width": 360, "height": 780})
        context.set_default_timeout(20_000)
        found.context, found.page = context, context.new_page()
        found.complaints = []
        context.on("weberror", lambda error: found.complaints.append(str(error.error)))
        page = found.page
        page.goto(f"/sign-in?next={found.where}")
        page.fill("[name=mail]", found.mail)
        page.fill("[name=password]", make.PASSWORD)
        page.click("main button.main")
        page.wait_for_url(f"**{found.where}")
        yield found
        context.close()
        assert found.complaints == []


def heading(room, said):
    expect(room.page.locator("h1")).to_have_text(said, timeout=20_000)


def mark(room, number):
    room.page.click(f"button[data-said='{room.names[number]}']")


def come(room, number):
    """She signs in with her own phone, whatever the network of the room does."""
    with room.house.work():
        group = room.group
        group.session = db.session.merge(group.session)
        make.scan(group, number, clock.now())


def kept(room, model):
    with room.house.work():
        return db.session.query(model).order_by(model.noted_at).all()


def test_it_brings_itself_up_to_date_and_leaves_what_is_being_written(room):
    heading(room, "1 of 4 are inside.")
    room.page.fill("[name=counted]", "2")
    come(room, 1)
    heading(room, "2 of 4 are inside.")
    assert room.page.input_value("[name=counted]") == "2"
    room.page.click("#heads button")
    expect(room.page.locator(".now")).to_contain_text("you counted 2, as the register said")
    mark(room, 2)
    expect(room.page.locator("#absent")).to_contain_text(room.names[2])
    assert [c.counted for c in kept(room, HeadCount)] == [2]
    assert [m.enrolment_id for m in kept(room, AbsentMark)] == [room.group.enrolments[2].id]
    wide = room.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360


def test_without_a_network_what_was_noted_is_kept_and_sent_later_and_conflicts_are_shown(room):
    heading(room, "1 of 4 are inside.")
    room.context.set_offline(True)
    room.page.fill("[name=counted]", "3")
    room.page.click("#heads button")
    mark(room, 2)
    mark(room, 3)
    waiting = room.page.locator("#kept")
    expect(waiting).to_contain_text("Not sent yet: 3 heads")
    expect(waiting).to_contain_text(room.names[3])
    room.house.wait(minutes=20)
    come(room, 3)
    assert kept(room, HeadCount) == kept(room, AbsentMark) == []
    room.context.set_offline(False)
    expect(waiting).to_contain_text(f"{room.names[3]} signed in at 9:25, so she is not marked")
    expect(waiting).not_to_contain_text("Not sent yet")
    (count,), (absent,) = kept(room, HeadCount), kept(room, AbsentMark)
    assert count.counted == 3
    assert absent.enrolment_id == room.group.enrolments[2].id
    for row in (count, absent):
        assert timedelta(minutes=18) < row.noted_at - row.at < timedelta(minutes=21)
    heading(room, "2 of 4 are inside.")
    room.page.click("#kept button")
    expect(waiting).to_be_hidden()
    with room.house.work():
        came = db.session.query(Stamp).filter_by(kind=StampKind.IN).count()
    assert came == 2


def test_what_waits_outlives_the_page_and_another_sign_in(room):
    heading(room, "1 of 4 are inside.")
    room.context.set_offline(True)
    mark(room, 1)
    expect(room.page.locator("#kept")).to_contain_text("Not sent yet")
    room.page.on("dialog", lambda dialog: dialog.accept())
    room.page.close(run_before_unload=False)
    room.context.set_offline(False)
    room.page = room.context.new_page()
    room.page.goto(room.where)
    expect(room.page.locator("#absent")).to_contain_text(room.names[1])
    assert [m.enrolment_id for m in kept(room, AbsentMark)] == [room.group.enrolments[1].id]


def test_signed_out_meanwhile_nothing_is_lost(room):
    heading(room, "1 of 4 are inside.")
    room.context.set_offline(True)
    mark(room, 1)
    cookies = room.context.cookies()
    room.context.clear_cookies()
    room.context.set_offline(False)
    expect(room.page.locator("#kept")).to_contain_text("You are signed out")
    room.context.add_cookies(cookies)
    room.page.on("dialog", lambda dialog: dialog.accept())
    room.page.goto(room.where)
    expect(room.page.locator("#absent")).to_contain_text(room.names[1])
    expect(room.page.locator("#kept")).to_be_hidden()
