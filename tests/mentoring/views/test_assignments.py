"""Who follows whom, for the manager and for the senior trainer."""

import pytest

from lms import accounts, db
from lms.accounts import Grant
from lms.permissions import Role
from mentoring import assignments
from mentoring.assignments import Assignment, AssignmentState


def grant_of(person, role):
    return db.session.query(Grant).filter_by(person_id=person.id, role=Role(role)).one().id


@pytest.fixture
def manager(make):
    return make.person("manager")


def test_a_manager_puts_a_senior_beside_a_trainee(make, browse, manager):
    senior, trainee = make.person("senior"), make.person("trainee")
    browser = browse(manager)
    assert "One person has no senior trainer" in browser.get("/mentoring/assignments").text
    typed = {"senior": grant_of(senior, "senior"), "person": grant_of(trainee, "trainee")}
    assert browser.post("/mentoring/assignments", typed).status_code == 303
    assert assignments.senior_of(trainee.id, manager_programme(make)).id == senior.id
    page = browser.get("/mentoring/assignments").text
    assert "Everybody has a senior trainer beside her." in page
    assert trainee.name in page


def manager_programme(make):
    return make.default_programme().id


def test_a_choice_outside_the_list_is_refused(make, browse, manager):
    taken = make.assignment()
    typed = {
        "senior": grant_of(taken.senior, "senior"),
        "person": grant_of(taken.person, "trainee"),
    }
    answer = browse(manager).post("/mentoring/assignments", typed)
    assert answer.status_code == 422
    assert "Choose one from the list." in answer.text


def test_an_end_before_the_start_is_refused_beside_the_field(make, browse, manager):
    senior, trainee = make.person("senior"), make.person("trainee")
    typed = {
        "senior": grant_of(senior, "senior"),
        "person": grant_of(trainee, "trainee"),
        "starts_on": "2026-11-10",
        "ends_on": "2026-11-01",
    }
    answer = browse(manager).post("/mentoring/assignments", typed)
    assert answer.status_code == 422
    assert "It cannot end before it starts." in answer.text


def test_a_manager_ends_it(make, browse, manager):
    row = make.assignment()
    browser = browse(manager)
    assert browser.post(f"/mentoring/assignments/{row.id}/end").status_code == 303
    assert db.session.get(Assignment, row.id).state == AssignmentState.ENDED
    assert browser.post(f"/mentoring/assignments/{row.id}/end").status_code == 409
    assert "One that has ended" in browser.get("/mentoring/assignments").text


def test_a_senior_sees_whom_she_follows_and_what_waits(make, browse):
    plan = make.submitted_plan()
    senior = accounts.get(make.reader(plan).id)
    make.assignment(senior=senior)
    page = browse(senior).get("/mentoring").text
    assert "One person waits for your opinion." in page
    assert accounts.get(plan.case.activator_id).name in page
    assert "nothing waits" in page


def test_a_senior_who_follows_nobody_is_told_so(make, browse):
    assert "You follow nobody yet." in browse(make.person("senior")).get("/mentoring").text


def test_each_page_is_for_its_role(make, browse, manager):
    row = make.assignment()
    assert browse(row.senior).get("/mentoring/assignments").status_code == 404
    answer = browse(row.senior).post(f"/mentoring/assignments/{row.id}/end")
    assert answer.status_code == 404
    assert browse(manager).get("/mentoring").status_code == 404
    other = make.programme()
    stranger = make.person("manager", programme=other)
    answer = browse(stranger, programme=other).post(f"/mentoring/assignments/{row.id}/end")
    assert answer.status_code == 404


def test_statements_do_not_grow_with_the_people(make, browse, manager, statements):
    senior = make.person("senior")
    make.assignment(senior=senior)
    make.person("trainee")
    for person, address in ((manager, "/mentoring/assignments"), (senior, "/mentoring")):
        browser = browse(person)
        browser.get(address)
        with statements() as few:
            browser.get(address)
        for _ in range(5):
            make.assignment(senior=senior)
            make.person("trainee")
        with statements() as many:
            browser.get(address)
        assert len(few) == len(many), address
