"""A morning in the classroom: ten trainees, each with her own story, and their minutes at the end.

With AFFIANCA_PICTURES=1 the Italian run takes the pictures of the guides.
"""

from playwright.sync_api import expect

from courses import checkin
from lms.permissions import Role
from tests.browser import lessons

PIN, WRONG_PIN = "480271", "480272"
TOPIC = "Ci siamo presentati; poi il patto formativo, letto insieme."
MINUTES = {
    "Sara Conti": 210,  # frames the code before she has signed in
    "Elena Riva": 210,
    "Luca Gallo": 197,  # in at 9:12
    "Marco Bruni": 160,  # out at 11:40
    "Nadia Haddad": 210,  # without a phone
    "Paola Ferraris": 0,  # told ahead that she would not come
    "Rita Moro": 200,  # went at 12:20, and forgot to sign out
    "Dario Costa": 210,
    "Irene Basso": 210,  # her phone is flat: she takes Dario's
    "Omar Greco": 210,  # has to write three codes before the right one
}
AT_THE_END = 7
"""Heads in the room at the end: without who is absent, and who went earlier."""


def test_a_morning_in_the_classroom(room):
    try:
        tell_ahead(room)
        open_page(room)
        come(room)
        count(room)
        go(room)
        sign(room)
        countersign(room)
    except BaseException as error:
        error.add_note(room.standing())
        raise
    assert not room.found, "\n" + "\n".join(room.found)
    assert room.minutes() == MINUTES
    assert "All holds" in room.house.run("hours", "verify")


def tell_ahead(room):
    """On the eve one says that she will not come, and another chooses a PIN."""
    paola, nadia = room.of("Paola Ferraris"), room.of("Nadia Haddad")
    room.arrive(paola, nadia)
    paola.go("/absences")
    paola.follow(f"{room.page}/absence")
    paola.send("/absence", category="health", reason="Ho una visita che non posso spostare.")
    assert paola.path == "/absences"
    assert paola.page.locator('main form[action$="/withdraw"]').count() == 1
    nadia.go("/hours/pin")
    nadia.send("/hours/pin", code=PIN, again=PIN)
    assert nadia.path == "/hours"


def open_page(room):
    trainer = room.trainer
    room.go_to("8:46")
    trainer.sign_in()
    trainer.go("/sessions")
    trainer.follow(room.page)
    trainer.send("/open")
    assert trainer.path == f"{room.page}/code"


def come(room):
    """Entries: by code, by a code that was framed, by PIN, on another's phone; and the refused."""
    frame(room)
    be_refused(room)
    for name, at in (("Elena Riva", "8:54"), ("Marco Bruni", "8:55"), ("Rita Moro", "8:56")):
        room.go_to(at)
        person = room.of(name)
        room.arrive(person)
        room.stamp(person)
        person.sees(room.said("You are in since %(time)s.", time=at))
    by_pin(room, "8:57", inside=True)
    by_one_phone(room, "8:58", "You are in since %(time)s.", time="8:58")
    room.go_to("9:12")
    luca = room.of("Luca Gallo")
    room.arrive(luca)
    room.stamp(luca)
    luca.sees(room.said("You are in since %(time)s.", time="9:12"))


def frame(room):
    """Sara frames the code, then signs in to her account: the moment of the frame is hers."""
    sara = room.of("Sara Conti")
    room.go_to("8:47")
    code = room.wall()
    sara.go(f"/checkin/{code}")
    assert sara.path == "/sign-in"
    room.go_to("8:49")
    sara.send("/sign-in", mail=sara.mail, password=room.house.password)
    assert sara.path == f"/checkin/{code}"
    sara.send("/checkin")
    sara.sees(room.said("You are in since %(time)s.", time="8:47"))


def be_refused(room):
    """A code of another room, an old one and a wrong one sign nobody; each is told why."""
    omar = room.of("Omar Greco")
    room.arrive(omar)
    old = room.wall()
    room.refused(
        omar,
        room.elsewhere(),
        "This code is of a session that does not expect you. Tell the trainer.",
    )
    room.house.wait(seconds=41)
    room.refused(omar, old, "This code is old. Write the one that is on the wall now.")
    wrong = f"{(int(room.wall()) + 1) % 1_000_000:06}"
    room.refused(
        omar, wrong, "This is not the code on the wall. Look again and write its six digits."
    )
    room.go_to("8:53")
    room.stamp(omar)
    omar.sees(room.said("You are in since %(time)s.", time="8:53"))


def by_pin(room, at, *, inside):
    """Nadia has no phone: she types her own PIN on the trainer's device, at first a wrong one."""
    trainer, who = room.trainer, "Nadia Haddad"
    room.go_to(at)
    trainer.go(f"{room.page}/live")
    trainer.follow(f"{room.page}/pin")
    if inside:
        with trainer.refused(422):
            trainer.send("/pin", who=who, code=WRONG_PIN)
        trainer.sees(room.said("This is not her PIN."))
        trainer.picture("17-pin")
    trainer.send("/pin", who=who, code=PIN)
    assert trainer.path == f"{room.page}/pin"
    trainer.sees(who)


def by_one_phone(room, at, message, **values):
    """Dario signs, signs out of his account, and lends his phone to Irene."""
    dario = room.of("Dario Costa")
    room.go_to(at)
    room.arrive(dario)
    code = room.wall()
    for name in ("Dario Costa", "Irene Basso"):
        room.arrive(dario, account=room.of(name).mail)
        dario.go("/checkin")
        dario.send("/checkin", code=code)
        dario.sees(room.said(message, **values))


def count(room):
    """Who is announced and who is inside; a count that does not agree opens the list."""
    trainer = room.trainer
    room.go_to("9:20")
    trainer.go(f"{room.page}/live")
    pair = trainer.text("main aside")
    assert "Dario Costa" in pair
    assert "Irene Basso" in pair
    assert "Paola Ferraris" in trainer.text("#announced")
    assert trainer.page.locator("#inside[open]").count() == 0
    trainer.page.fill("[name=counted]", "8")
    trainer.page.click("#heads button")
    expect(trainer.page.locator("#inside[open]")).to_contain_text("Sara Conti")
    trainer.sees(
        room.said(
            "At %(time)s you counted %(counted)s and the register said %(inside)s: go through the "
            "names.",
            time="9:20",
            counted=8,
            inside=9,
        )
    )
    trainer.picture("16-head-count")
    trainer.page.click("button[data-said='Paola Ferraris']")
    expect(trainer.page.locator("#absent")).to_contain_text("Paola Ferraris")


def go(room):
    """Exits: one early, one nobody writes, the others after the end; each reads her minutes."""
    gone = "You went out at %(time)s: %(hours)s."
    exits = [("Marco Bruni", "11:40")]
    exits += [(name, "12:31") for name in ("Sara Conti", "Elena Riva", "Luca Gallo", "Omar Greco")]
    for name, at in exits:
        room.go_to(at)
        person = room.of(name)
        room.arrive(room.trainer, person)
        room.stamp(person)
        person.sees(room.said(gone, time=at, hours=room.hours(MINUTES[name])))
    room.of("Sara Conti").picture("15-receipt")
    by_one_phone(room, "12:32", gone, time="12:32", hours=room.hours(210))
    by_pin(room, "12:33", inside=False)


def sign(room):
    """The trainer attests the exit that was forgotten, as she saw it, and signs."""
    trainer, rita = room.trainer, room.of("Rita Moro")
    room.go_to("12:36")
    trainer.go(room.page)
    assert trainer.page.locator('main form[action$="/sign"]').count() == 0
    trainer.send("/exits", who=rita.name, at="12:20")
    with trainer.refused(422):
        trainer.send("/sign", topic=TOPIC, head_count=AT_THE_END + 1)
    trainer.send("/sign", topic=TOPIC, head_count=AT_THE_END)
    with room.house.work():
        code = checkin.code_now(room.session())
    room.arrive(rita)
    with rita.refused(409):
        rita.go(f"/checkin/{code}")
    rita.sees(room.said("This page has been signed: it takes no more stamps."))


def countersign(room):
    """The coordinator decides what is open: an exit attested, one phone for two."""
    coordinator = room.staff(Role.COORDINATOR)
    room.house.wait(hours=3)
    coordinator.sign_in()
    coordinator.go("/")
    coordinator.follow(room.page)
    coordinator.sees("Rita Moro", "Irene Basso")
    assert lessons.decide(coordinator) == 2
    coordinator.send("/countersign")
    luca = room.of("Luca Gallo")
    room.arrive(luca)
    luca.go("/hours/lines")
    luca.sees(str(MINUTES["Luca Gallo"]))
