"""Hours: one's own and their lines, the edition's with its grid, and certifying them."""

from datetime import timedelta

from courses.calendar import SessionState
from lms import db
from tests.courses.views.test_register import moment  # noqa: F401


def test_ones_own_hours_open_to_their_lines(make, browse, moment):  # noqa: F811
    group = make.signed_page()
    moment(group.session.ends_at + timedelta(hours=1))
    trainee = browse(group.trainees[0])
    page = trainee.get("/hours").text
    assert "You can still make it, and may miss one session." in page
    assert "3<small>&nbsp;h&nbsp;</small>30′" in page
    assert "/hours/lines" in page
    lines = trainee.get("/hours/lines").text
    assert "3\xa0h\xa030′ come from one line." in lines
    assert "page 1" in lines


def test_somebody_without_enrolment_is_led_to_her_path(make, browse):
    answer = browse(make.person("trainee")).get("/hours")
    assert (answer.status_code, answer.location) == (303, "/path")


def test_the_edition_begins_with_who_has_least_to_spare(make, browse, moment):  # noqa: F811
    group = make.class_in_motion(trainees=3)
    group.enrolments[2].entered_on += timedelta(days=3)
    db.session.commit()
    make.certified_page(group)
    moment(group.session.ends_at + timedelta(hours=3))
    page = browse(group.coordinator).get(f"/editions/{group.edition.id}/hours").text
    names = [p.name for p in group.trainees]
    assert page.index(names[2]) < page.index(names[0])
    assert "One person needs you" in page
    assert "210 minutes" in page
    assert "not expected" in page


def test_the_lines_of_a_trainee_are_for_coordinator_and_manager(make, browse):
    group = make.signed_page()
    address = f"/enrolments/{group.enrolments[0].id}/hours"
    for person in (group.coordinator, group.manager):
        assert group.trainees[0].name in browse(person).get(address).text
    for person in (group.trainees[1], make.person("coordinator"), group.trainer):
        assert browse(person).get(address).status_code == 404


def test_the_manager_certifies_the_pages_she_ticks(make, browse):
    group = make.countersigned_page()
    make.countersigned_page(group, group.sessions[1])
    address = f"/editions/{group.edition.id}/certify-hours"
    manager = browse(group.manager)
    page = manager.get(address).text
    assert "2 countersigned pages wait for you" in page
    assert group.trainees[0].name in page
    assert manager.post(address, {"pages": ["1"]}).status_code == 303
    states = [s.state for s in group.sessions[:2]]
    assert states == [SessionState.CERTIFIED, SessionState.COUNTERSIGNED]
    assert manager.post(address, {"pages": ["1"]}).status_code == 422
    assert manager.post(address, {}).status_code == 422


def test_a_manager_is_not_offered_her_own_pages(make, browse):
    group = make.countersigned_page()
    group.session.trainer_id = group.manager.id
    db.session.commit()
    manager = browse(group.manager)
    address = f"/editions/{group.edition.id}/certify-hours"
    assert "another manager certifies it" in manager.get(address).text
    assert manager.post(address, {"pages": ["1"]}).status_code == 409


def test_certifying_asks_for_the_factor_and_for_the_role(make, browse):
    group = make.countersigned_page()
    address = f"/editions/{group.edition.id}/certify-hours"
    assert browse(group.manager, proven=False).get(address).status_code == 303
    assert browse(group.coordinator).get(address).status_code == 404
    assert browse(group.coordinator).post(address, {"pages": ["1"]}).status_code == 404


def test_empty_pages_say_what_comes(make, browse):
    group = make.class_in_motion(trainees=0)
    manager = browse(group.manager)
    assert "Nobody is enrolled yet" in manager.get(f"/editions/{group.edition.id}/hours").text
    address = f"/editions/{group.edition.id}/certify-hours"
    assert "No page waits to be certified" in manager.get(address).text


def test_the_hours_of_ten_take_as_many_statements_as_of_one(make, browse, statements):
    counted = []
    for trainees in (1, 10):
        group = make.signed_page(trainees=trainees)
        manager = browse(group.manager)
        manager.get("/")
        with statements() as seen:
            assert manager.get(f"/editions/{group.edition.id}/hours").status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1]
