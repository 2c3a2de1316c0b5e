"""From nothing to an edition with a calendar and trainees, as a manager does it."""

import io
import re
from datetime import time

from courses import calendar, enrolments, planning
from courses.calendar import Edition, EditionState, Part
from lms import accounts, db

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
    assert browser.post(f"{address}/trainers", {"trainer": grant}).location == address
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
    trainer = calendar.people_of(edition.id)[-1].person
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


def planned(make):
    edition, manager = make.edition(trainers=2), make.person("manager")
    trainers = [g.person for g in calendar.people_of(edition.id) if g.role == Part.TRAINER]
    proposed = planning.propose(
        edition,
        starts_on=edition.starts_on,
        weekdays=[1],
        begins=[time(9)],
        room="Aula Dora",
        trainers=trainers,
    )
    rows = planning.accept(edition, proposed, by=make.actor(manager))
    db.session.commit()
    return edition, rows, manager


def test_a_session_is_moved_with_the_trainer_it_has(make, browse):
    _, rows, manager = planned(make)
    browser, row = browse(manager), rows[1]
    name = accounts.get(row.trainer_id).name
    shown = browser.get(f"/sessions/{row.id}/plan").text
    chosen = re.search(rf'<option selected value="([0-9a-f-]+)">{name}<', shown).group(1)
    facts = {"on": "2027-06-01", "at": "14:00", "room": "Aula Po", "trainer": chosen}
    address = f"/sessions/{row.id}/plan"
    assert browser.post(address, {**facts, "version": row.version}).status_code == 303
    db.session.expire_all()
    assert (row.room, accounts.get(row.trainer_id).name) == ("Aula Po", name)
    assert browser.post(address, {**facts, "version": row.version - 1}).status_code == 409
    assert browser.post(address, {**facts, "room": ""}).status_code == 422
    sunk = browser.post(address, {**facts, "at": "23:00", "version": row.version})
    assert sunk.status_code == 409
    assert "does not cross midnight" in sunk.text


def test_a_cancelled_session_is_put_back_on_another_day(make, browse):
    edition, rows, manager = planned(make)
    browser, row = browse(manager), rows[0]
    assert browser.post(f"/sessions/{row.id}/cancel", {"reason": ""}).status_code == 422
    assert browser.post(f"/sessions/{row.id}/cancel", {"reason": "Neve"}).status_code == 303
    shown = browser.get(f"/sessions/{row.id}/plan").text
    assert "Hold it on another day" in shown
    grant = re.search(r'<option selected value="([0-9a-f-]+)">', shown).group(1)
    facts = {"on": "2027-06-01", "at": "09:00", "room": "Aula Po", "trainer": grant}
    assert browser.post(f"/sessions/{row.id}/again", {**facts, "on": ""}).status_code == 422
    assert browser.post(f"/sessions/{row.id}/again", facts).status_code == 303
    assert browser.post(f"/sessions/{row.id}/again", facts).status_code == 409
    assert len(calendar.sessions(edition.id)) == 27


def test_a_proposal_without_days_says_so_beside_the_field(make, browse):
    edition, browser = make.edition(), browse(make.person("manager"))
    asked = {"starts_on": "2026-09-15", "begins": "morning", "room": "Dora"}
    for answer in (
        browser.get(f"/editions/{edition.id}/calendar", query_string=asked),
        browser.post(f"/editions/{edition.id}/calendar", asked),
    ):
        assert answer.status_code == 422
        assert "Choose at least one day of the week." in answer.text


def test_the_pages_of_an_edition_take_as_many_statements_for_many_as_for_one(
    make, browse, statements
):
    edition, _, manager = planned(make)
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
    edition, rows, _ = planned(make)
    browser = browse(make.person("coordinator"))
    assert browser.get(f"/editions/{edition.id}").status_code == 404
    assert browser.post(f"/sessions/{rows[0].id}/again").status_code == 404
    assert browser.post(f"/editions/{edition.id}/archive").status_code == 404
