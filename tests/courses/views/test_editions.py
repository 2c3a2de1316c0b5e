"""From nothing to an edition with a calendar and trainees, as a manager does it."""

import io
import re

from courses import editions, enrolments
from courses.editions import Edition, EditionState, Part
from lms import db

FACTS = {
    "code": "RDO-9",
    "name": "Edizione di prova",
    "starts_on": "2026-09-14",
    "ends_on": "2027-07-31",
    "room": "Aula Dora",
    "total_percent": "75",
    "module_percent": "50",
}


def test_a_manager_makes_an_edition_a_calendar_and_a_class(make, browse):
    course, manager, trainer = make.course(), make.person("manager"), make.person("trainer")
    browser = browse(manager)
    answer = browser.post("/editions/new", {**FACTS, "version": course.id})
    assert answer.status_code == 303
    address = answer.location
    grant = re.search(rf'value="([0-9a-f-]+)">{trainer.name}', browser.get(address).text).group(1)
    assert browser.post(f"{address}/people").status_code == 422
    assert browser.post(f"{address}/people", {"person": grant}).location == address
    asked = {"starts_on": "2026-09-15", "weekdays": ["1", "3"], "begins": "morning", "room": "Dora"}
    shown = browser.get(f"{address}/calendar", query_string=asked)
    assert "3.8" in shown.text
    assert browser.post(f"{address}/calendar", asked).status_code == 303
    assert browser.get(f"{address}/calendar").status_code == 200
    content = b"nome,cognome,mail\nA,B,a@demo.example\nA,,x\n"
    sent = browser.post(f"{address}/enrolments/list", {"file": (io.BytesIO(content), "class.csv")})
    preview = browser.get(sent.location)
    assert "One line is wrong" in preview.text
    assert browser.post(f"{address}/enrolments/import").status_code == 409
    assert browser.post(f"{address}/enrolments/import", {"only_good": "1"}).status_code == 303
    edition = db.session.query(Edition).filter_by(code="RDO-9").one()
    assert [e.person.name for e in enrolments.of_edition(edition.id)] == ["A B"]
    assert browser.post(f"{address}/start").status_code == 303
    db.session.expire_all()
    assert edition.state == EditionState.RUNNING


def test_what_is_wrong_is_said_and_kept(make, browse):
    course, browser = make.course(), browse(make.person("manager"))
    answer = browser.post("/editions/new", {**FACTS, "version": course.id, "ends_on": "2026-01-01"})
    assert answer.status_code == 422
    assert "It ends after it begins." in answer.text
    assert 'value="Edizione di prova"' in answer.text


def test_the_same_form_sent_twice_makes_one_edition(make, browse):
    course, browser = make.course(), browse(make.person("manager"))
    facts = {**FACTS, "version": course.id}
    targets = {browser.post("/editions/new", facts, once="k").location for _ in range(2)}
    assert len(targets) == 1
    assert db.session.query(Edition).count() == 1


def test_a_trainer_plans_nothing(make, browse):
    edition = make.edition()
    trainer = editions.people_of(edition.id)[-1].person
    browser = browse(trainer)
    assert browser.get(f"/editions/{edition.id}").status_code == 200
    assert browser.post(f"/editions/{edition.id}/start").status_code == 404
    assert browser.get(f"/editions/{edition.id}/enrolments").status_code == 404


def test_lists_take_as_many_statements_for_one_as_for_ten(make, browse, statements):
    browser, counts = browse(make.person("manager")), []
    for number in (1, 9):
        for _ in range(number):
            make.edition()
        with statements() as seen:
            assert browser.get("/editions").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_trainee_leaves(make, browse):
    edition, manager = make.edition(), make.person("manager")
    row = enrolments.enrol(edition, make.person(), on=edition.starts_on, by=make.actor(manager))
    browser = browse(manager)
    assert browser.get(f"/enrolments/{row.id}/leave").status_code == 200
    refused = browser.post(f"/enrolments/{row.id}/leave", {"on": "2026-10-01", "reason": ""})
    assert refused.status_code == 422
    done = browser.post(f"/enrolments/{row.id}/leave", {"on": "2026-10-01", "reason": "lavoro"})
    assert done.status_code == 303
    listed = browser.get(done.location).text
    assert f"/enrolments/{row.id}/leave" in listed
    assert "lavoro" not in listed
    assert "lavoro" in browser.get(f"/enrolments/{row.id}/leave").text


def test_the_pages_of_an_edition_take_as_many_statements_for_many_as_for_one(
    make, browse, statements
):
    edition, _, manager = make.planned_edition()
    empty, by = make.edition(), make.actor(manager)
    browser, counts = browse(manager), []
    for number in (1, 9):
        for _ in range(number):
            enrolments.enrol(edition, make.person(), on=edition.starts_on, by=by)
        db.session.commit()
        for where in ("", "/calendar", "/enrolments"):
            with statements() as seen:
                assert browser.get(f"/editions/{edition.id}{where}").status_code == 200
            counts.append(len(seen))
    assert counts[:3] == counts[3:]
    assert browser.get(f"/editions/{empty.id}/calendar").status_code == 200


def test_a_list_in_the_encoding_of_spreadsheets_is_kept_sealed_until_confirmed(make, browse):
    edition, browser = make.edition(), browse(make.person("manager"))
    address = f"/editions/{edition.id}/enrolments"
    assert browser.post(f"{address}/list").status_code == 422
    lines = "Nome;Cognome;Mail\nNiccolò;Serra;nico@demo.example\n"
    sent = {"file": (io.BytesIO(lines.encode("cp1252")), "class.csv")}
    preview = browser.get(browser.post(f"{address}/list", sent).location)
    assert "Niccolò Serra" in preview.text
    assert enrolments.of_edition(edition.id) == []
    assert browser.post(f"{address}/import").status_code == 303
    assert browser.get(f"{address}/list").status_code == 303
    assert [e.person.name for e in enrolments.of_edition(edition.id)] == ["Niccolò Serra"]


def test_other_coordinators_and_trainees_plan_nothing(make, browse):
    edition, rows, _ = make.planned_edition()
    browser = browse(make.person("coordinator"))
    assert browser.get(f"/editions/{edition.id}").status_code == 404
    assert browser.post(f"/sessions/{rows[0].id}/again").status_code == 404
    assert browser.post(f"/editions/{edition.id}/archive").status_code == 404


def test_a_coordinator_prepares_but_neither_appoints_nor_begins(make, browse):
    edition, _, manager = make.planned_edition()
    enrolments.enrol(edition, make.person(), on=edition.starts_on, by=make.actor(manager))
    people = editions.people_of(edition.id)
    coordinator = next(g.person for g in people if g.role == Part.COORDINATOR)
    browser, address = browse(coordinator), f"/editions/{edition.id}"
    shown = browser.get(address).text
    assert "All is ready: the programme manager begins it." in shown
    for move in ("people", "start", "close", "archive"):
        assert f"{address}/{move}" not in shown
        assert browser.post(f"{address}/{move}").status_code == 404
        assert browse(manager).post(f"{address}/{move}").status_code != 404


def test_without_a_trainer_the_page_says_who_chooses_one(make, browse):
    edition = make.edition(trainers=0)
    coordinator = editions.people_of(edition.id)[0].person
    assert (
        "the programme manager chooses who teaches"
        in browse(coordinator).get(f"/editions/{edition.id}").text
    )
    assert (
        "Now say who teaches." in browse(make.person("manager")).get(f"/editions/{edition.id}").text
    )


def test_who_plans_an_edition_changes_it(make, browse):
    edition, rows, _ = make.planned_edition()
    people = editions.people_of(edition.id)
    coordinator, trainer = (
        next(g.person for g in people if g.role == part)
        for part in (Part.COORDINATOR, Part.TRAINER)
    )
    browser, address = browse(coordinator), f"/editions/{edition.id}/change"
    assert address in browser.get(f"/editions/{edition.id}").text
    assert f'value="{edition.starts_on.isoformat()}"' in browser.get(address).text
    facts = {
        "name": "Edizione di novembre",
        "starts_on": edition.starts_on.isoformat(),
        "ends_on": edition.ends_on.isoformat(),
        "room": "Aula Po",
        "total_percent": "80",
        "module_percent": "50",
        "version": edition.version,
    }
    refused = browser.post(address, {**facts, "ends_on": rows[0].starts_at.date().isoformat()})
    assert refused.status_code == 422
    assert "would be outside" in refused.text
    assert 'value="Edizione di novembre"' in refused.text
    assert browser.post(address, {**facts, "name": ""}).status_code == 422
    assert browser.post(address, facts).status_code == 303
    assert (edition.name, edition.total_percent) == ("Edizione di novembre", 80)
    stranger = browse(trainer)
    assert address not in stranger.get(f"/editions/{edition.id}").text
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, facts).status_code == 404


def test_a_stale_change_of_an_edition_shows_both_and_wins_only_knowingly(make, browse):
    edition, _, manager = make.planned_edition()
    browser, address = browse(manager), f"/editions/{edition.id}/change"
    facts = {
        "name": "Mine",
        "starts_on": edition.starts_on.isoformat(),
        "ends_on": edition.ends_on.isoformat(),
        "room": "Aula Po",
    }
    began = edition.version
    assert browser.post(address, {**facts, "name": "Hers", "version": began}).status_code == 303
    for unsaid in ({}, {"version": "x"}):
        assert browser.post(address, {**facts, **unsaid}).status_code == 409
    stale = browser.post(address, {**facts, "version": began})
    assert stale.status_code == 409
    assert "choose what stays" in stale.text
    assert all(said in stale.text for said in (">Mine<", ">Hers<", 'value="Mine"'))
    assert "Aula Po</div>" not in stale.text
    assert edition.name == "Hers"
    assert browser.post(address, {**facts, "name": "Hers", "version": began}).status_code == 303
    assert "Somebody saved the same meanwhile" in browser.get(f"/editions/{edition.id}").text
    now = re.search(r'name="version" value="(\d+)"', stale.text).group(1)
    assert browser.post(address, {**facts, "version": now}).status_code == 303
    assert edition.name == "Mine"


def test_thresholds_are_not_asked_for_once_hours_are_certified(make, browse):
    group = make.certified_page()
    shown = browse(group.manager).get(f"/editions/{group.edition.id}/change").text
    assert "Hours have been certified: the thresholds no longer change." in shown
    assert 'name="total_percent"' not in shown
    group.edition.state = EditionState.CLOSED
    closed = browse(group.manager).get(f"/editions/{group.edition.id}/change").text
    assert "This edition is closed" in closed
    assert '<form method="post" action="/editions' not in closed
