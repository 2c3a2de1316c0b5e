"""Stamped paper is the original: printed, signed by hand, scanned, compared, then certified."""

from datetime import timedelta

import pytest

from courses import blanks, papers
from courses.calendar import Session
from lms import clock, db, i18n
from tests import make
from tests.browser.company import RUNS, company
from tests.browser.lessons import stamp
from tests.making.papers import PDF, png
from tests.making.register import START

BEGINNING = START - timedelta(days=2)
CODES = {
    "practice_number": "PR-2026-77",
    "operator_code": "OP-114",
    "course_code": "C-3",
    "project_code": "B19J21000000006",
    "site": "Via Bologna 1, Torino",
}
FIRST = 101
TOPIC = "Come si ascolta: tre colloqui letti insieme."


def gather(programme):
    group = make.class_in_motion(trainees=3, programme=programme)
    group.session_ids = [session.id for session in group.sessions]
    return group


@pytest.mark.parametrize(("database", "language"), RUNS)
def test_stamped_paper_is_the_original(browser, database, language):
    with company(browser, database, language, BEGINNING, gather) as cast:
        page = f"/sessions/{cast.group.session_ids[0]}"
        settle_the_register(cast)
        print_before_opening(cast, page)
        attend(cast, page)
        sign_and_countersign(cast, page)
        not_certified_without_its_scan(cast, page)
        not_certified_while_they_differ(cast, page)
        certify(cast, page)
        turn_electronic(cast)
        assert "2 pages" in cast.house.run("hours", "verify")


def attached(name, content, kind):
    """A file as somebody chooses it."""
    return {"name": name, "mimeType": kind, "buffer": content}


def settle_the_register(cast):
    """The manager says what counts, which codes and logos stand on it, and from which book."""
    manager = cast.manager
    manager.sign_in()
    manager.go(cast.edition)
    manager.follow("/register-settings")
    settings = manager.path
    manager.send("/register-settings", **CODES)
    manager.send("/register-settings/original", original="stamped")
    with manager.refused(422):
        manager.send("/register-settings/original", original="electronic")
    manager.go(settings)
    assert manager.page.locator("[name=original][value=stamped]").is_checked()
    assert manager.page.input_value("[name=project_code]") == CODES["project_code"]
    manager.follow("/logos")
    logo = attached("logo.png", png(64), "image/png")
    manager.send("/logos", name="Ente finanziatore (inventato)", file=logo)
    assert manager.page.locator("main img").evaluate("i => i.complete && i.naturalWidth") == 64
    manager.go(settings)
    manager.follow("/papers")
    manager.send("/papers", name="Registro 1", first=FIRST, last=FIRST + 49)


def print_before_opening(cast, page):
    """What has no stamped page does not open, whatever is asked; printed it carries its number."""
    trainer, coordinator, house = cast.trainer, cast.coordinator, cast.house
    house.go_to(START - timedelta(minutes=14))
    trainer.sign_in()
    trainer.go(page)
    assert not trainer.page.locator('main form[action$="/open"]').count()
    assert trainer.insist(f"{page}/open").status == 409

    coordinator.sign_in()
    coordinator.go(f"{cast.edition}/papers")
    coordinator.send("/papers/ahead", count=2)
    coordinator.picture("11-printed-pages")
    coordinator.press(coordinator.page.locator("main tbody th a").first)
    assert coordinator.path == f"{page}/paper"
    coordinator.sees(str(FIRST))
    answer = coordinator.page.request.get(f"{house.url}{page}/paper.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    with house.work():
        session = db.session.get_one(Session, cast.group.session_ids[0])
        paper = papers.latest(session.id)
        assert paper.number == FIRST
        by = make.actor(session.trainer, cast.group.programme)
        said = repr(blanks.data(session.edition, [(session, paper)], by=by))
    for words in (*CODES.values(), str(FIRST), *(p.name for p in cast.trainees)):
        assert words in said, words

    trainer.go(page)
    trainer.send("/open")


def attend(cast, page):
    """Sara signs with her telephone, the others as quickly; Luca does not come."""
    house, group = cast.house, cast.group
    sara = cast.trainees[0]
    sara.sign_in()
    stamp(cast, sara, page)
    ends = START + timedelta(minutes=210)
    for moment in (START, ends):
        with house.work():
            group.session = db.session.get_one(Session, group.session_ids[0])
            make.scan(group, 1, moment)
    house.go_to(ends + timedelta(minutes=1))
    cast.trainer.sign_in()
    sara.sign_in()
    stamp(cast, sara, page)


def sign_and_countersign(cast, page):
    trainer, coordinator = cast.trainer, cast.coordinator
    cast.house.wait(minutes=12)
    trainer.go(page)
    trainer.sees(str(FIRST))
    trainer.send("/sign", topic=TOPIC, head_count=2)
    cast.house.wait(hours=2)
    coordinator.sign_in()
    coordinator.go(page)
    coordinator.send("/countersign")


def not_certified_without_its_scan(cast, page):
    """The page is left out of those to certify, and no request brings it in."""
    manager = cast.manager
    manager.sign_in()
    hours = f"{cast.edition}/certify-hours"
    manager.go(hours)
    assert not manager.page.locator("main input[name=pages]").count()
    assert manager.page.locator(f'main a[href$="{page}/paper"]').count() == 1
    assert manager.insist(hours, pages="1").status == 409


def not_certified_while_they_differ(cast, page):
    """The scan says that Elena left at noon: her line is corrected first, by two people."""
    coordinator, trainer, manager, elena = (
        cast.coordinator,
        cast.trainer,
        cast.manager,
        cast.trainees[1],
    )
    coordinator.go(f"{page}/paper")
    coordinator.send("/scans", file=attached("scan.pdf", PDF, "application/pdf"))
    coordinator.follow("/compare")
    assert coordinator.page.locator("main input[name=lines]").count() == 3
    for person in cast.trainees:
        if person is not elena:
            coordinator.page.locator("main label", has_text=person.name).locator("input").check()
    with coordinator.refused(422):
        coordinator.send("/compare")
    assert elena.name in coordinator.text("#refused")
    coordinator.picture("12-scan-and-ledger")
    assert manager.insist(f"{cast.edition}/certify-hours", pages="1").status == 409

    trainer.sign_in()
    trainer.go(page)
    trainer.follow("/corrections")
    trainer.send(
        "/corrections",
        who=elena.name,
        came="09:00",
        went="12:00",
        said="Sul foglio ha firmato l’uscita alle 12.",
    )
    coordinator.go(f"{cast.edition}/corrections")
    coordinator.press('main a[href*="/corrections/"]')
    coordinator.send("/approve")


def certify(cast, page):
    """Now each line agrees: it is declared, and the manager certifies the page."""
    coordinator, manager = cast.coordinator, cast.manager
    coordinator.go(f"{page}/compare")
    lines = coordinator.page.locator("main input[name=lines]")
    with i18n.speaking(cast.house.language):
        coordinator.sees(" ".join(i18n.hours(180).split()))
    coordinator.send("/compare", lines=[one.get_attribute("value") for one in lines.all()])
    assert coordinator.path == page
    manager.go(f"{cast.edition}/certify-hours")
    assert manager.page.locator("main input[name=pages]:checked").count() == 1
    manager.send("/certify-hours")
    assert not manager.page.locator("main input[name=pages]").count()


def turn_electronic(cast):
    """With the funder’s word attached the next page opens without paper; the first keeps its."""
    manager, trainer, house = cast.manager, cast.trainer, cast.house
    manager.go(f"{cast.edition}/register-settings")
    letter = attached("letter.pdf", PDF, "application/pdf")
    day = clock.today() - timedelta(days=1)
    manager.send("/authorisation", reference="Prot. 4711", dated_on=day, file=letter)
    manager.sees("Prot. 4711")
    manager.send("/register-settings/original", original="electronic")
    third = f"/sessions/{cast.group.session_ids[2]}"
    house.go_to(START + timedelta(days=2, minutes=-20))
    trainer.sign_in()
    trainer.go(third)
    trainer.send("/open")
    assert trainer.path == f"{third}/code"
    trainer.press(f'main a[href$="{third}"]')  # a page that renews itself is not left open
    with house.work():
        kept = [db.session.get_one(Session, i).original for i in cast.group.session_ids]
    assert kept == ["stamped", None, "electronic", None, None, None]
