from courses import curriculum
from courses.curriculum import VersionState
from lms import db
from tests.making.curriculum import CONTENT


def draft(make):
    manager = make.person("manager")
    version = curriculum.import_folder(CONTENT, by=make.actor(manager))
    db.session.commit()
    return manager, version


def test_without_a_course_the_page_says_how_it_comes(make, browse):
    page = browse(make.person("manager")).get("/courses")
    assert "No course has been imported yet." in page.text


def test_a_manager_looks_through_a_draft_and_publishes_it(make, browse):
    manager, version = draft(make)
    browser = browse(manager)
    assert "Version 1 is a draft" in browser.get("/courses").text
    page = browser.get(f"/courses/{version.id}").text
    assert "Publish version 1" in page
    assert page.count('scope="row"') == 33
    answer = browser.post(f"/courses/{version.id}/publish", {"version": version.version})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Version 1 is taught" in page
    assert "Publish version" not in page
    assert version.state == VersionState.PUBLISHED


def test_publishing_twice_is_refused(make, browse):
    manager, version = draft(make)
    browser = browse(manager)
    browser.post(f"/courses/{version.id}/publish")
    assert browser.post(f"/courses/{version.id}/publish").status_code == 409


def test_only_a_manager_publishes(make, browse):
    _, version = draft(make)
    for role in ("trainer", "coordinator", "senior"):
        browser = browse(make.person(role))
        assert "Publish version" not in browser.get(f"/courses/{version.id}").text
        assert browser.post(f"/courses/{version.id}/publish").status_code == 404
    assert version.state == VersionState.DRAFT


def test_others_see_no_versions(make, browse):
    _, version = draft(make)
    elsewhere = make.person("manager", programme=make.programme())
    assert browse(elsewhere).get(f"/courses/{version.id}").status_code == 404
    for role in ("trainee", "partner", "inspector", "administrator"):
        assert browse(make.person(role)).get("/courses").status_code == 404
