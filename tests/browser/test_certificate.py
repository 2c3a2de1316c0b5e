"""From certified hours to a certificate, replaced, copied and revoked, by those who do it."""

from datetime import timedelta

import pytest

from lms import clock, i18n
from tests import make
from tests.browser.company import RUNS, company
from tests.making.register import START

BEGINNING = START + timedelta(days=20)
ENOUGH = 1260
FULL, HALF, NONE = 210, 104, 0
HOURS = [
    [FULL] * 6,
    [FULL, FULL, FULL, 170, NONE, NONE],
    [FULL] * 6,
    [FULL, FULL, FULL, FULL, HALF, NONE],
]
"""Minutes of each trainee in each session: two have all, one lacks hours, one nearly has them."""
REASON = "Ha curato la madre per tre settimane e ha recuperato in biblioteca."
LATER = "Porta il documento d’identità entro venerdì."
CORRECTED = "Sara Contini"


def gather(programme):
    """Sara and Luca have it all, Elena lacks hours, Amal lacks hours and unit 1.10."""
    group = make.class_in_motion(trainees=len(HOURS), programme=programme)
    group.edition.least_percent = 50
    for session, minutes in zip(group.sessions, zip(*HOURS, strict=True), strict=True):
        make.certified_hours(group, session, minutes)
    for person in group.trainees[:3]:
        make.passed_gate(person, programme)
    return group


@pytest.mark.parametrize(("database", "language"), RUNS)
def test_from_hours_to_a_certificate_replaced_and_revoked(browser, database, language):
    with company(browser, database, language, BEGINNING, gather) as cast:
        see_what_is_missing(cast)
        first = certify(cast)
        certify_with_exception(cast)
        put_off(cast)
        open_certificate(cast, first)
        second = replace(cast, first)
        copy(cast, second)
        revoke(cast, second)
        unknown(cast, second)
        assert "6 pages" in cast.house.run("hours", "verify")


def see_what_is_missing(cast):
    """The list says of each what is missing, to the minute; the dossier says it in one page."""
    manager, amal = cast.manager, cast.trainees[3]
    manager.sign_in()
    manager.go(cast.edition)
    manager.follow("/certification")
    rows = {p.name: manager.page.locator("main tr", has_text=p.name) for p in cast.trainees}
    lacks = {name: row.locator("td").last.inner_text().split("\n") for name, row in rows.items()}
    lacks = {name: [line for line in lines if line.strip()] for name, lines in lacks.items()}
    assert [len(lacks[p.name]) for p in cast.trainees] == [0, 2, 0, 3], lacks
    minute = {"it": "1 minuto", "en": "1 minute"}[cast.house.language]
    assert lacks[amal.name][0].endswith(f": {minute}")
    assert "1.10" in lacks[amal.name][2]
    manager.press(rows[amal.name].locator("a").first)
    assert manager.page.locator("main ul.checks li").count() == 3
    assert not manager.page.locator('main a[href$="/certify"]').count()
    assert manager.page.locator("section[aria-labelledby=hours] tbody tr").count() == 3
    assert pdf(manager, "/certification/pdf")


def pdf(person, ending):
    """The PDF behind the link on the page whose address ends like this."""
    address = person.page.locator(f'main a[href*="{ending}"]').first.get_attribute("href")
    answer = person.page.request.get(person.house.url + address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    return answer


def to_dossier(cast, person, of):
    person.go(f"{cast.edition}/certification")
    person.press(person.link(of.name))


def certify(cast):
    """Sara is certified; the number of her certificate."""
    manager, sara = cast.manager, cast.trainees[0]
    to_dossier(cast, manager, sara)
    manager.follow("/certify")
    manager.send("/certify")
    assert manager.path == f"{cast.edition}/certification"
    return (
        manager.page.locator("main tr", has_text=sara.name).locator("small").first.inner_text()
    ).strip()


def certify_with_exception(cast):
    """The manager proposes it, cannot sign it herself, and a second one does."""
    manager, second, elena = cast.manager, cast.second, cast.trainees[1]
    to_dossier(cast, manager, elena)
    manager.follow("/exception")
    assert manager.page.locator("main ul.checks li").count() == 2
    with manager.refused(422):
        manager.send("/exception", reason=" ")
    manager.send("/exception", reason=REASON)
    manager.sees(REASON)
    assert not manager.page.locator('main a[href*="/exceptions/"]').count()

    second.sign_in()
    second.go("/")
    second.press('main a[href*="/exceptions/"]')
    exception = second.path
    assert manager.insist(f"{exception}/sign").status == 404, "she who proposed it finds nothing"
    second.sees(REASON, manager.name)
    second.picture("13-exception")
    second.send("/sign")
    second.sees(REASON, manager.name, second.name)
    assert pdf(second, "/pdf")


def put_off(cast):
    """Luca is certified later; he reads when, and why."""
    manager, luca = cast.manager, cast.trainees[2]
    to_dossier(cast, manager, luca)
    manager.follow("/defer")
    until = clock.today() + timedelta(days=9)
    manager.send("/defer", until=until, reason=LATER)
    manager.sees(LATER)
    luca.sign_in()
    luca.go("/certificate")
    with i18n.speaking(cast.house.language):
        luca.sees(LATER, i18n.date_year(until))
    assert not luca.page.locator('main a[href*="/pdf"]').count()


def open_certificate(cast, number):
    """Sara opens her certificate in both languages; anybody reads that it is valid."""
    sara, visitor = cast.trainees[0], cast.visitor
    sara.sign_in()
    sara.go("/certificate")
    sara.sees(number)
    for language in ("it", "en"):
        answer = pdf(sara, f"language={language}")
        assert f'"{number}.pdf"' in answer.headers["content-disposition"]
    visitor.go("/verify")
    visitor.send("/verify", number=number.lower())
    assert visitor.path == f"/verify/{number}"
    assert visitor.page.locator("main .good").count() == 1
    with i18n.speaking(cast.house.language):
        visitor.sees(" ".join(i18n.hours(ENOUGH).split()))
    assert "Conti" not in visitor.page.content()


def replace(cast, number):
    """Her name was written wrong: another certificate stands in its place, under a new number."""
    manager, visitor, sara = cast.manager, cast.visitor, cast.trainees[0]
    manager.sign_in()
    to_dossier(cast, manager, sara)
    manager.follow("/replace")
    with manager.refused(409):
        manager.send("/replace", reason="Il cognome è sbagliato.")
    to_dossier(cast, manager, sara)
    manager.follow("/identity")
    manager.send("/identity", name=CORRECTED)
    sara.name = CORRECTED
    manager.follow("/replace")
    manager.send("/replace", reason="Il cognome era scritto male.")
    manager.sees("Il cognome era scritto male.", CORRECTED)
    numbers = manager.page.locator("section[aria-labelledby=certificates] li b").all_inner_texts()
    assert number in numbers
    assert len(numbers) == 2
    new = next(n for n in numbers if n != number)
    visitor.go(f"/verify/{number}")
    assert visitor.page.locator("main .good").count() == 0
    with i18n.speaking(cast.house.language):
        visitor.sees(i18n.date_year(clock.now()), new)
    visitor.picture("14-replaced")
    visitor.follow(f"/verify/{new}")
    assert visitor.page.locator("main .good").count() == 1
    return new


def copy(cast, number):
    """The paper was lost: a duplicate has the same number, and says what it is."""
    manager = cast.manager
    manager.send("/duplicates")
    answer = pdf(manager, "/duplicates/")
    assert f'"{number}-1.pdf"' in answer.headers["content-disposition"]
    assert answer.body() != pdf(manager, "/certificates/").body()


def revoke(cast, number):
    """Revoked after a second look; whoever verifies it reads since when, and she reads why."""
    manager, visitor, sara = cast.manager, cast.visitor, cast.trainees[0]
    reason = "I giorni 12 e 13 erano di un’altra persona."
    manager.follow("/revoke")
    manager.send("/revoke", reason=reason)
    assert manager.path.endswith("/revoke/sure")
    visitor.go(f"/verify/{number}")
    assert visitor.page.locator("main .good").count() == 1
    manager.sees(reason, number)
    manager.send("/revoke/sure")
    manager.sees(reason)
    visitor.go(f"/verify/{number}")
    assert visitor.page.locator("main .bad").count() == 1
    with i18n.speaking(cast.house.language):
        visitor.sees(i18n.date_year(clock.now()))
    assert reason not in visitor.text()
    sara.go("/certificate")
    sara.sees(reason, number)
    assert not sara.page.locator('main a[href*="/pdf"]').count()


def unknown(cast, number):
    """One letter more or less, and nobody here knows of it."""
    visitor = cast.visitor
    with visitor.refused(404):
        visitor.go(f"/verify/{number[:-1]}{'A' if number[-1] != 'A' else 'B'}")
    assert not visitor.page.locator("main .good, main dl").count()
