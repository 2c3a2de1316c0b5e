"""The inspector comes: she sees the register as it is, changes nothing, and takes proof away."""

import io
import zipfile
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from courses import changes, closing, corrections, declaration, inspection, proofs, register
from courses.calendar import Session, SessionMode
from courses.corrections import Reason
from lms import clock, db, i18n, keys
from tests import make
from tests.browser.company import RUNS, company
from tests.browser.people import Person
from tests.demonstration import proved
from tests.making.register import START

VISITED = 2
"""The place of the session that goes on while she is there."""
BEGINNING = START + timedelta(days=VISITED, minutes=20)
LINK = "https://meet.journey.example/aula-7"
SAID = "Ha lasciato l’aula alle undici, lo dice anche il foglio."
NAME, MAIL = "Irma Controlli", "irma@funder.example"
FOUND = "In aula erano in due, la pagina ne dice una."
DECLARANT = "Delia Rappresentante"
MONTH = START.strftime("%Y-%m")
MINUTES = [3 * 210, 210 + 120 + 190]
"""Of each trainee on the three pages: the second left early once, and once came twenty late."""


def gather(programme):
    """Two pages certified, one of them corrected; one open; one moved and held online."""
    make.class_in_motion(programme=programme, trainees=1)  # whose it is, nobody opens to her
    group = make.class_in_motion(trainees=2, programme=programme)
    coordinator, manager = (make.actor(p, programme) for p in (group.coordinator, group.manager))
    for session in group.sessions[:VISITED]:
        make.certified_page(group, session)
    second, moved = group.sessions[1], group.sessions[VISITED + 1]
    with clock.held(second.ends_at + timedelta(hours=4)):
        asked = corrections.ask(
            second,
            group.enrolments[1].id,
            (second.starts_at, second.starts_at + timedelta(hours=2)),
            reason=Reason.ERROR,
            said=SAID,
            by=make.actor(group.trainer, programme),
        )
        db.session.commit()
        corrections.approve(asked, by=coordinator)
        changes.reschedule(
            moved,
            starts_at=moved.starts_at + timedelta(hours=5),
            room="",
            trainer=group.trainer,
            mode=SessionMode.LIVE,
            link=LINK,
            version=moved.version,
            by=manager,
        )
        db.session.commit()
    make.opened_page(group, group.sessions[VISITED])
    make.scan(group, 0, group.session.starts_at)
    group.session_ids = [session.id for session in group.sessions]
    group.enrolment_ids = [enrolment.id for enrolment in group.enrolments]
    return group


@pytest.mark.parametrize(("database", "language"), RUNS)
def test_the_inspector_comes(browser, database, language, tmp_path):
    with company(browser, database, language, BEGINNING, gather) as cast:
        inspector = admit(cast, browser)
        look_around(cast, inspector)
        nothing_else_opens(cast, inspector)
        leave_a_note(cast, inspector)
        read_the_note(cast)
        settle(cast)
        shut_after_the_last_day(cast, inspector)
        close_month_and_edition(cast)
        bundle = hand_over(cast)
        prove_it_elsewhere(cast, bundle, tmp_path)
        assert "3 pages" in cast.house.run("hours", "verify")


def pages_of(cast):
    return [f"/sessions/{id}" for id in cast.group.session_ids]


def admit(cast, browser):
    """The manager opens the edition to her by name, for three days; a day past is refused."""
    manager, house = cast.manager, cast.house
    manager.sign_in()
    manager.go(cast.edition)
    manager.follow("/control")
    manager.follow("/inspectors")
    today = clock.today()
    with manager.refused(422):
        manager.send("/inspectors", name=NAME, mail=MAIL, until=today - timedelta(days=1))
    manager.send("/inspectors", until=today + timedelta(days=3))
    with i18n.speaking(house.language):
        manager.sees(NAME, MAIL, i18n.date_year(today + timedelta(days=3)))
    found = Person(house, browser, MAIL, NAME)
    cast.everybody.append(found)
    found.choose_password()
    return found


def look_around(cast, inspector):
    """Her first page leads on to the edition: what is open, what is online, what was changed."""
    pages = pages_of(cast)
    inspector.sign_in()
    inspector.go("/")
    own = f"/inspection{cast.edition}"
    inspector.follow(own)
    inspector.sees(LINK)
    assert inspector.page.locator("main tbody tr").count() == len(pages)
    assert inspector.page.locator("main tbody tr.turn").count() == 1
    inspector.send("/verify")
    with cast.house.work():
        entries = inspection.chain_of(cast.group.edition.id).length
    inspector.sees(str(entries))
    inspector.picture("19-inspection")
    inspector.follow(f"/inspection{pages[VISITED]}")
    assert inspector.page.locator("main tbody tr").count() == 2
    inspector.sees(cast.trainees[0].name, cast.trainees[1].name)
    inspector.go(f"/inspection{pages[1]}")
    assert inspector.page.locator("main del").count() >= 2, "what was before stands there too"
    inspector.go(own)
    inspector.follow("/changes")
    inspector.sees(cast.coordinator.name, cast.manager.name, cast.trainees[1].name)
    inspector.follow(f"{own}/papers")
    for document in ("/register.pdf", "/exports"):
        inspector.go(own)
        address = inspector.page.locator(f'main a[href$="{document}"]').get_attribute("href")
        answer = inspector.page.request.get(cast.house.url + address)
        assert answer.status == 200
    inspector.go(f"{cast.edition}/exports")
    answer = inspector.page.request.get(
        f"{cast.house.url}{cast.edition}/exports/file?table=log_registro&month=&format=csv"
    )
    assert NAME in answer.body().decode("utf-8-sig"), "that she has looked is told as well"


def nothing_else_opens(cast, inspector):
    """Neither what is not hers, nor what only others do; she has no way of writing anything."""
    house, pages = cast.house, pages_of(cast)
    with house.work():
        other = db.session.scalars(
            select(Session.edition_id).where(Session.edition_id != cast.group.edition.id)
        ).first()
    enrolment = cast.group.enrolment_ids[0]
    for address in (
        f"/inspection/editions/{other}",
        f"/inspection/editions/{other}/changes",
        f"/editions/{other}/register.pdf",
        f"{cast.edition}/control",
        f"{cast.edition}/certification",
        f"{pages[VISITED]}/corrections",
        f"/enrolments/{enrolment}/certification",
        "/casework/cases",
        "/admin/people",
    ):
        assert inspector.page.request.get(house.url + address).status == 404, address
    own = f"/inspection{cast.edition}"
    inspector.go(own)
    forms = inspector.page.locator("main form[method=post]")
    assert [f.get_attribute("action") for f in forms.all()] == [f"{own}/verify"]
    for address in (
        f"{pages[VISITED]}/sign",
        f"{pages[1]}/corrections",
        f"{pages[VISITED + 1]}/open",
        f"{cast.edition}/bundle",
        f"{cast.edition}/closing",
        f"{cast.edition}/close",
        f"{cast.edition}/inspectors",
        f"{cast.edition}/enclosures",
        f"{cast.edition}/certify-hours",
        f"/inspection/editions/{other}/visits",
    ):
        assert inspector.insist(address).status == 404, address


def leave_a_note(cast, inspector):
    """She counts two, the page says one: both numbers stand in her note, which stays."""
    own = f"/inspection{cast.edition}"
    inspector.go(own)
    inspector.follow("/visits")
    with inspector.refused(422):
        inspector.send("/visits", counted=2, text="")
    form = inspector.page.locator('form[action$="/visits"]')
    options = form.locator("select[name=session] option")
    visited = str(cast.group.session_ids[VISITED])
    assert visited in [option.get_attribute("value") for option in options.all()]
    form.locator("select[name=session]").select_option(value=visited)
    inspector.send("/visits", text=FOUND)
    inspector.sees(FOUND, NAME)
    assert inspector.page.locator("main section .chip.turn, main section .turn").count() == 1


def read_the_note(cast):
    """Who runs the edition finds it on the first page."""
    manager = cast.manager
    manager.go("/")
    manager.follow("/inspectors")
    manager.sees(FOUND, NAME)


def settle(cast):
    """The page that was open when she came is signed, countersigned and certified."""
    group, house = cast.group, cast.house
    with house.work():
        sessions = [db.session.get_one(Session, id) for id in group.session_ids]
        people = (group.trainer, group.coordinator, group.manager)
        trainer, coordinator, manager = (make.actor(p, group.programme) for p in people)
        group.session = sessions[VISITED]
        make.scan(group, 1, BEGINNING)
    house.go_to(sessions[VISITED].ends_at + timedelta(minutes=3))
    with house.work():
        for number in range(2):
            make.scan(group, number, clock.now())
    house.wait(minutes=10)
    with house.work():
        session = db.session.get_one(Session, group.session_ids[VISITED])
        register.sign(session, topic="Le parole del colloquio", head_count=2, by=trainer)
        register.countersign(session, by=coordinator)
        register.certify([session], by=manager)


def shut_after_the_last_day(cast, inspector):
    """On the morning after her last day the edition is not there any more, wherever she asks."""
    house, pages = cast.house, pages_of(cast)
    house.go_to(BEGINNING + timedelta(days=3, hours=8))
    inspector.sign_in()
    inspector.go(f"/inspection{cast.edition}")
    house.go_to(BEGINNING + timedelta(days=4))
    inspector.sign_in()
    inspector.go("/inspection")
    assert not inspector.page.locator(f'a[href*="{cast.edition}"]').count()
    own = f"/inspection{cast.edition}"
    for address in (own, f"{own}/papers", f"/inspection{pages[0]}", f"{cast.edition}/register.pdf"):
        assert inspector.page.request.get(house.url + address).status == 404, address
    assert inspector.insist(f"{own}/visits").status == 404


def close_month_and_edition(cast):
    """In December: the sheet of November, then that of the edition; what they say was so."""
    manager, house, group = cast.manager, cast.house, cast.group
    house.go_to(START + timedelta(days=20))
    with house.work():
        by = make.actor(group.coordinator, group.programme)
        for id in group.session_ids[VISITED + 1 :]:
            changes.cancel(db.session.get_one(Session, id), reason="La sala era allagata", by=by)
    manager.sign_in()
    manager.go(f"{cast.edition}/closing")
    with i18n.speaking(house.language):
        month = declaration.period(MONTH)
    manager.send("/closing", month=month, declarant=DECLARANT)
    manager.sees(month)
    manager.go(cast.edition)
    manager.send("/close")
    manager.go(f"{cast.edition}/closing")
    for kind, beginning in (("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf")):
        links = manager.page.locator(f'main a[href$="/{kind}"]')
        assert links.count() == 2
        address = links.first.get_attribute("href")
        assert manager.page.request.get(house.url + address).body().startswith(beginning)
    manager.picture("20-closing-sheets")
    with house.work():
        rows = closing.of_edition(group.edition.id)
        by = make.actor(group.manager, group.programme)
        whole, month = (closing.content(row, by=by) for row in rows)
    assert (whole["month"], month["month"], month["declarant"]) == ("", MONTH, DECLARANT)
    for sheet in (whole, month):
        totals = {person["enrolment"]: person["total"] for person in sheet["people"]}
        assert [totals[str(id)] for id in group.enrolment_ids] == MINUTES
        assert [(c["page"], c["before"], c["after"]) for c in sheet["changes"]] == [(2, 210, 120)]


def hand_over(cast):
    """The manager asks for the control bundle, follows how it is made, and takes it."""
    manager, house = cast.manager, cast.house
    manager.go(f"{cast.edition}/control")
    manager.send("/bundle")
    taking = manager.page.locator('main a.btn[href$="/zip"]')
    expect(taking).to_be_visible(timeout=20_000)
    manager.picture("21-control-bundle")
    answer = manager.page.request.get(house.url + taking.get_attribute("href"))
    assert answer.headers["content-type"] == "application/zip"
    return answer.body()


def prove_it_elsewhere(cast, content, folder):
    """On another computer it holds; whoever changes one byte of it is found out."""
    path = folder / "bundle.zip"
    path.write_bytes(content)
    with cast.house.work():
        key = keys.public_key()
    done = proved(path, "--key", key, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "3 pages" in done.stdout
    assert done.stdout.splitlines()[-1] == "All holds."
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    assert FOUND in files["visits/visits.csv"].decode("utf-8-sig")
    for name in ("pages/page-002.pdf", f"closing/{MONTH}-1.json", "access/log_registro.csv"):
        changed = bytearray(files[name])
        changed[len(changed) // 2] ^= 1
        with zipfile.ZipFile(path, "w") as bundle:
            for other, kept in (files | {name: bytes(changed)}).items():
                bundle.writestr(other, kept)
        faults = proofs.prove(path, key=key).faults
        assert f"{name}: it was changed" in faults
        assert {fault.partition(": ")[0] for fault in faults} == {name}
