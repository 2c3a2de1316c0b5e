"""The pages of a calendar: proposed, accepted, its sessions moved, cancelled and held again."""

import re

from courses import calendar, editions
from courses.editions import Part
from lms import accounts, db
from lms.accounts import Grant


def test_a_session_is_moved_with_the_trainer_it_has(make, browse):
    _, rows, manager = make.planned_edition()
    browser, row = browse(manager), rows[1]
    name = accounts.get(row.trainer_id).name
    shown = browser.get(f"/sessions/{row.id}/plan").text
    chosen = re.search(rf'<option selected value="([0-9a-f-]+)">{name}<', shown).group(1)
    facts = {
        "on": "2027-06-01",
        "at": "14:00",
        "room": "Aula Po",
        "mode": "classroom",
        "trainer": chosen,
    }
    address = f"/sessions/{row.id}/plan"
    assert browser.post(address, {**facts, "version": row.version}).status_code == 303
    db.session.expire_all()
    assert (row.room, accounts.get(row.trainer_id).name) == ("Aula Po", name)
    for version in ({"version": row.version - 1}, {"version": "x"}, {}):
        assert browser.post(address, {**facts, **version}).status_code == 409
    assert browser.post(address, {**facts, "room": ""}).status_code == 422
    sunk = browser.post(address, {**facts, "at": "23:00", "version": row.version})
    assert sunk.status_code == 409
    assert "does not cross midnight" in sunk.text


def test_a_cancelled_session_is_put_back_on_another_day(make, browse):
    edition, rows, manager = make.planned_edition()
    browser, row = browse(manager), rows[0]
    assert browser.post(f"/sessions/{row.id}/cancel", {"reason": ""}).status_code == 422
    assert browser.post(f"/sessions/{row.id}/cancel", {"reason": "Neve"}).status_code == 303
    shown = browser.get(f"/sessions/{row.id}/plan").text
    assert "Hold it on another day" in shown
    grant = re.search(r'<option selected value="([0-9a-f-]+)">', shown).group(1)
    facts = {
        "on": "2027-06-01",
        "at": "09:00",
        "room": "Aula Po",
        "mode": "classroom",
        "trainer": grant,
    }
    assert browser.post(f"/sessions/{row.id}/again", {**facts, "on": ""}).status_code == 422
    assert browser.post(f"/sessions/{row.id}/again", facts).status_code == 303
    assert browser.post(f"/sessions/{row.id}/again", facts).status_code == 409
    assert len(calendar.sessions(edition.id)) == 27


def test_a_session_is_moved_online_from_its_page(make, browse):
    _, rows, manager = make.planned_edition()
    browser, row = browse(manager), rows[1]
    address = f"/sessions/{row.id}/plan"
    shown = browser.get(address).text
    chosen = re.search(r'<option selected value="([0-9a-f-]+)">', shown).group(1)
    facts = {"on": "2027-06-01", "at": "14:00", "trainer": chosen, "mode": "live"}
    bad = browser.post(address, {**facts, "link": "javascript:alert(1)", "version": row.version})
    assert bad.status_code == 422
    assert "beginning with https://" in bad.text
    link = "https://meet.demo.example/7"
    assert browser.post(address, {**facts, "link": link, "version": row.version}).status_code == 303
    db.session.expire_all()
    assert (row.mode, row.link, row.room) == ("live", link, "")
    assert link in browser.get(address).text
    assert "live online" in browser.get(f"/editions/{row.edition_id}/calendar").text


def test_a_proposal_without_days_says_so_beside_the_field(make, browse):
    edition, browser = make.edition(), browse(make.person("manager"))
    asked = {"starts_on": "2026-09-15", "begins": "morning", "room": "Dora"}
    for answer in (
        browser.get(f"/editions/{edition.id}/calendar", query_string=asked),
        browser.post(f"/editions/{edition.id}/calendar", asked),
    ):
        assert answer.status_code == 422
        assert "Choose at least one day of the week." in answer.text


def test_a_session_is_given_only_to_the_trainers_of_its_edition(make, browse):
    """Whoever plans it: to name another one is the manager's, in the edition first."""
    edition, rows, manager = make.planned_edition()
    people = editions.people_of(edition.id)
    coordinator = next(g.person for g in people if g.role == Part.COORDINATOR)
    stranger = make.person("trainer", name="Somebody Else")
    for person in (coordinator, manager):
        shown = browse(person).get(f"/sessions/{rows[0].id}/plan").text
        assert all(g.person.name in shown for g in people if g.role == Part.TRAINER)
        assert stranger.name not in shown
    grant = db.session.query(Grant).filter_by(person_id=stranger.id).one().id
    facts = {
        "on": "2027-06-01",
        "at": "14:00",
        "room": "Aula Po",
        "mode": "classroom",
        "trainer": grant,
    }
    refused = browse(manager).post(
        f"/sessions/{rows[0].id}/plan", {**facts, "version": rows[0].version}
    )
    assert refused.status_code == 422
    assert "Choose one from the list." in refused.text
