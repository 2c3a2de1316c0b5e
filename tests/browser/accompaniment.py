"""The second half of the journey: from a certificate to a plan that a senior trainer approves."""

from datetime import timedelta

from lms import clock
from lms.permissions import Role
from tests.browser.house import STAFF
from tests.browser.people import Cast

GOAL = "Voglio un lavoro vicino a casa."
VAGUE = "Migliora la sua situazione."
SEEN = "Ha fatto tre colloqui entro Natale e una prova di almeno 20 ore."
HUB = "Snodo Aurora"


# The way into living cases


def make_activator(cast: Cast) -> None:
    """Beside a senior trainer, authorised in writing, with a second factor: then cases open."""
    manager, sara = cast.manager, cast.sara
    manager.sign_in()
    manager.go("/mentoring/assignments")
    manager.send("/mentoring/assignments", senior=STAFF[Role.SENIOR][0], person=sara.name)
    manager.go("/casework/activators")
    manager.send("/casework/activators", person=sara.name, hub=HUB)
    activator = manager.path
    assert not manager.page.locator('main form[action$="/supervised"]').count()
    manager.send("/authorisation")
    sara.sign_in()
    sara.go("/casework/authorisation")
    sara.send(f"/authorisation/{activator.split('/')[-1]}")
    sara.add_factor()
    manager.go(activator)
    manager.send("/supervised")
    assert not manager.page.locator('main form[action$="/supervised"]').count()


# The case


def refer(cast: Cast) -> None:
    """A body of the network refers somebody; the manager accepts and gives her to Sara."""
    partner, manager = cast.partner, cast.manager
    partner.sign_in()
    partner.go("/casework/referrals/sent")
    partner.follow("/referrals/new")
    partner.send(
        "/referrals/new",
        name="Amina",
        contact="011 555 0100 (inventato)",
        reason="Ha perso il lavoro a giugno e da allora esce poco. Vuole ricominciare.",
        hub=HUB,
        is_informed="y",
        needs="Lavoro, orientamento.",
    )
    referral = partner.path.split("/")[-1]
    manager.sign_in()
    manager.go("/casework/referrals")
    manager.follow(f"/casework/referrals/{referral}")
    manager.send("/accept", answer="La prendiamo con noi.")
    manager.send("/case", hub=HUB, activator=cast.sara.name)
    partner.go(f"/casework/referrals/sent/{referral}")


def accompany(cast: Cast) -> str:
    """Sara reaches her, gets to know her, and begins the plan. Returns the plan's address."""
    sara = cast.sara
    sara.sign_in()
    sara.go("/casework/cases")
    sara.press('main a[href*="/casework/cases/"]')
    sara.send(
        "/notes",
        outcome="reached",
        said="Ci siamo parlate venti minuti. Chiede tempo, ma vuole provarci.",
        next_step="Ci vediamo allo snodo.",
        next_on=clock.today() + timedelta(days=4),
    )
    sara.picture("08-case")
    sara.send("/assessment", reason="wants_to_begin")
    sara.send("/planning", reason="needs_are_clear")
    sara.send("/plan")
    return sara.path


# The plan


def write_plan(cast: Cast, plan: str) -> None:
    """One form for each row; then the whole is handed in."""
    sara = cast.sara
    day = clock.today()
    rows = [
        ("situation/1", {"words": "Dice: «Voglio un lavoro». Oggi esce poco e dorme male."}),
        ("strengths/1", {"words": "Sa cucire, lo ha fatto per otto anni."}),
        ("goal/new", {"words": GOAL, "result": VAGUE, "due_on": day + timedelta(days=120)}),
        (
            "action/new",
            {"what": "Chiamare lo sportello", "who": "Lei", "due_on": day + timedelta(days=10)},
        ),
        ("undertaking/new", {"party": "Lei", "what": "Avvisa se un giorno non può."}),
        ("support/new", {"what": "Doposcuola per i bambini", "giver": "Casa del quartiere"}),
        ("risk/new", {"what": "I bambini si ammalano.", "response": "Li tiene la vicina."}),
        ("check/new", {"due_on": day + timedelta(days=60), "look_at": "Il primo passo"}),
    ]
    for place, fields in rows:
        sara.go(f"{plan}/{place}")
        sara.send(f"/{place}", **fields)
        assert sara.path == plan
    sara.send("/submit")


def send_back(cast: Cast, plan: str) -> None:
    """The senior trainer says what must change, and of which words."""
    senior = cast.senior
    senior.sign_in()
    senior.add_factor()
    senior.go("/reviews")
    senior.follow(f"{plan}/review")
    section = senior.page.locator(".doc section", has=senior.page.locator("#part-goal"))
    senior.press(section.locator('a[href*="comment="]'))
    form = senior.page.locator('form[action$="/comments"]')
    quoted = {"quote": GOAL}
    if cast.script:  # the words that she marks in the text are those that she speaks of
        senior.page.get_by_text(GOAL, exact=True).first.select_text()
        senior.page.wait_for_function(
            "document.forms.length && document.querySelector('[name=quote]').value"
        )
        assert form.locator("[name=quote]").input_value() == GOAL
        quoted = {}
    senior.send(
        "/comments",
        kind="must_change",
        said="Come ve ne accorgerete? Scrivi una cosa che si può vedere, e una data.",
        **quoted,
    )
    assert senior.page.locator("main mark").first.inner_text() == GOAL
    assert not senior.page.locator('main form[action$="/approve"]').count()
    senior.send("/send-back", verdict="Bel passo avanti: manca solo il primo obiettivo.")


def answer(cast: Cast, plan: str) -> None:
    """Sara answers, changes the row, and hands it in again."""
    sara = cast.sara
    sara.sign_in()
    sara.go(plan)
    sara.follow(f"{plan}/review")
    sara.send("/answer", answer="Riscritto con lei, con una data.")
    sara.go(f"{plan}/goal/1")
    sara.send("/goal/1", result=SEEN)
    sara.send("/submit")


def approve(cast: Cast, plan: str) -> None:
    """The senior trainer sees what changed, settles her comment, and approves."""
    senior, sara = cast.senior, cast.sara
    senior.sign_in()
    senior.go("/reviews")
    senior.follow(f"{plan}/review")
    assert senior.page.locator(".doc del").count()
    changed = " ".join(senior.page.locator(".doc ins").all_inner_texts())
    assert "tre colloqui" in changed
    senior.picture("09-what-changed")
    senior.send("/settle")
    senior.send("/approve", verdict="Ora si legge la sua voce. Avanti così.")
    assert senior.path == "/reviews"
    sara.go(plan)
    sara.picture("10-approved-plan")
    sara.follow("/approved")
    sara.sees(GOAL, SEEN)
    assert sara.page.locator("main table.signs tbody tr").count() == 2
