"""The network fails: for a while, under the trainer's open page; then for a whole morning.

With AFFIANCA_PICTURES=1 the Italian run takes the picture of the guides.
"""

from playwright.sync_api import expect

from courses.enrolments import Enrolment
from courses.live import AbsentMark, HeadCount
from courses.stamps import Stamp, StampSource
from lms import db
from tests.browser.classroom import NAMES
from tests.making.papers import png

ON_TIME = ("Elena Riva", "Nadia Haddad", "Rita Moro")
LATE, EARLY, ABSENT = "Luca Gallo", "Marco Bruni", "Paola Ferraris"
TIMES = {LATE: ("09:05", "12:30"), EARLY: ("08:58", "12:00"), ABSENT: ("", "")}
MINUTES = {LATE: 205, EARLY: 180, ABSENT: 0}
WHOLE = ("08:55", "12:30")


def test_the_network_fails(room):
    try:
        lose_it_for_a_while(room)
        room.next_morning()
        print_ahead(room)
        typed = type_from_paper(room)
        confirm(room, typed)
        sign(room)
    except BaseException as error:
        error.add_note(room.standing())
        raise
    assert not room.found, "\n" + "\n".join(room.found)
    assert "All holds" in room.house.run("hours", "verify")


# For a while


def lose_it_for_a_while(room):
    """What the trainer counts and marks waits in her browser; what disagrees is shown to her."""
    trainer = room.trainer
    room.go_to("8:50")
    trainer.sign_in()
    trainer.go(room.page)
    trainer.send("/open")
    for name in ON_TIME:
        room.came(name)
    room.go_to("9:05")
    trainer.go(f"{room.page}/live")
    waiting = trainer.page.locator("#kept")
    with trainer.refused(409):
        with trainer.cut_off():
            trainer.page.fill("[name=counted]", "3")
            trainer.page.click("#heads button")
            for name in (LATE, ABSENT):
                trainer.page.click(f"button[data-said='{name}']")
            expect(waiting).to_contain_text(ABSENT)
            room.go_to("9:21")
            room.came(LATE)
            assert noted(room) == ([], [])
            assert LATE in trainer.text("#awaited"), "she cannot know"
        expect(waiting).to_contain_text(
            room.said(
                "%(name)s signed in at %(time)s, so she is not marked absent.",
                name=LATE,
                time="9:21",
            )
        )
        expect(trainer.page.locator("#absent")).to_contain_text(ABSENT)
    expect(trainer.page.locator("#inside")).to_contain_text(LATE)
    counts, marks = noted(room)
    assert counts == [(3, 3)]
    assert marks == [ABSENT]
    trainer.page.click("#kept button")
    expect(waiting).to_be_hidden()
    trainer.go(room.page)


def noted(room):
    """What the register has of heads and of places that are empty, each with its own moment."""
    with room.house.work():
        counts = db.session.query(HeadCount).all()
        marks = db.session.query(AbsentMark).all()
        for row in (*counts, *marks):
            assert row.at < room.at("9:07") < room.at("9:21") <= row.noted_at
        who = [db.session.get_one(Enrolment, m.enrolment_id).person.name for m in marks]
        return [(c.counted, c.inside) for c in counts], who


# For a whole morning


def print_ahead(room):
    """Two days before, the coordinator gives the page its number and prints it."""
    coordinator = room.coordinator
    room.go_to("9:00")
    room.house.wait(days=-2)
    coordinator.sign_in()
    coordinator.go(f"{room.page}/paper")
    coordinator.send("/paper")
    address = coordinator.page.locator('main a[href$="/paper.pdf"]').first.get_attribute("href")
    printed = coordinator.page.request.get(room.house.url + str(address))
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.body().startswith(b"%PDF")


def type_from_paper(room):
    """Nobody could open the page: she opens it late, types its times, attaches the scan."""
    coordinator = room.coordinator
    room.go_to("15:00")
    coordinator.sign_in()
    coordinator.go(f"{room.page}/paper")
    coordinator.send("/open-late", reason="Rete assente in tutta la sede, dalle 8:30 alle 14.")
    assert coordinator.path == f"{room.page}/paper-times"
    names = [
        cell.split(" ", 1)[1] for cell in coordinator.page.locator("tbody th").all_inner_texts()
    ]
    assert len(names) == 10
    grid = {}
    for place, name in enumerate(names, 1):
        grid[f"in_{place}"], grid[f"out_{place}"] = TIMES.get(name, WHOLE)
    late = names.index(LATE) + 1
    with coordinator.refused(422):
        coordinator.send("/paper-times", **(grid | {f"out_{late}": "09:00"}))
    coordinator.send("/paper-times", **{f"out_{late}": grid[f"out_{late}"]})
    coordinator.go(f"{room.page}/paper")
    scan = {"name": "pagina.png", "mimeType": "image/png", "buffer": png(40)}
    coordinator.send("/scans", file=scan)
    coordinator.go(f"{room.page}/paper-times")
    coordinator.send("/hand-over")
    assert coordinator.page.locator('main form[action$="/confirm"]').count() == 0
    insist(room)
    return names


def insist(room):
    """A request that no page of ours offers does not let her confirm her own."""
    form = room.coordinator.page.locator('main form[action$="/send-back"]')
    version = str(form.locator("[name=version]").get_attribute("value"))
    answer = room.coordinator.insist(f"{room.page}/paper-times/confirm", version=version)
    assert answer.status == 409, answer.status
    assert not stamps(room)


def stamps(room):
    """Where each stamp on the page comes from."""
    with room.house.work():
        return [s.source for s in db.session.query(Stamp).filter_by(session_id=room.session_id)]


def confirm(room, names):
    """The trainer compares what was typed with the scan; then they are stamps, from paper."""
    trainer = room.trainer
    room.go_to("15:20")
    trainer.sign_in()
    trainer.go("/")
    trainer.follow(f"{room.page}/paper-times")
    trainer.sees(room.coordinator.name, *names)
    assert trainer.page.locator('main a[href^="/scans/"]').count() == 1
    trainer.picture("18-times-from-paper")
    trainer.send("/confirm")
    assert trainer.path == room.page
    assert stamps(room) == [StampSource.PAPER] * 2 * (len(names) - 1)


def sign(room):
    """Signed and countersigned, it says wherever it is shown that it comes from paper."""
    trainer, coordinator = room.trainer, room.coordinator
    trainer.send("/sign", topic="Il lavoro a coppie, sulla carta.", head_count=8)
    room.house.wait(minutes=20)
    coordinator.sign_in()
    coordinator.go(room.page)
    mark = room.said("from paper")
    coordinator.sees(mark)
    coordinator.send("/countersign")
    coordinator.go("/sessions")
    coordinator.sees(mark)
    assert room.minutes() == dict.fromkeys(NAMES, 210) | MINUTES
