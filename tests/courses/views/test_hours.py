"""Hours: one's own and their lines, the edition's with its grid, and certifying them."""

from datetime import timedelta

from courses import ledger
from courses.calendar import SessionMode, SessionState
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


def test_the_list_tells_of_one_module_its_last_day_and_the_grid_its_minutes(
    make,
    browse,
    moment,  # noqa: F811
):
    group = make.signed_page(trainees=2)
    moment(group.session.ends_at + timedelta(hours=1))
    address = f"/editions/{group.edition.id}/hours"
    coordinator = browse(group.coordinator)
    page = coordinator.get(address).text
    assert "Hours of each trainee in module" not in page
    assert "in 2 days" in page
    assert '<table class="grid">' in page
    assert 'data-n="210"' in page
    page = coordinator.get(f"{address}?module=3&figures=1").text
    assert "Hours of each trainee in module 3" in page
    assert "in 5 days" in page
    assert '<table class="grid figures">' in page


def test_who_cannot_make_it_is_told_what_to_make_up_and_no_day(make, browse, moment):  # noqa: F811
    group = make.class_in_motion(trainees=1)
    for session in group.sessions[:2]:
        session.state = SessionState.CANCELLED
    db.session.commit()
    moment(group.sessions[0].starts_at - timedelta(hours=1))
    page = browse(group.coordinator).get(f"/editions/{group.edition.id}/hours").text
    assert "3\xa0h\xa030′ to make up" in page
    assert "Last day to act: " not in browse(group.trainees[0]).get("/hours").text.split("<ul")[0]


def test_the_cap_on_live_lessons_and_the_ticks_are_drawn(make, browse, moment):  # noqa: F811
    group = make.signed_page(trainees=1)
    group.edition.live_percent, group.edition.ticks = 10, "1/2 9/10"
    db.session.commit()
    moment(group.session.ends_at + timedelta(hours=1))
    page = browse(group.trainees[0]).get("/hours").text
    assert "Live online: 0\xa0h, of at most 2\xa0h\xa06′ that count." in page
    assert page.count("9/10") == 2
    group.session.mode = SessionMode.LIVE
    db.session.commit()
    page = browse(group.trainees[0]).get("/hours").text
    assert "1\xa0h\xa024′ followed live online are beyond the cap of 2\xa0h\xa06′" in page


def test_a_sum_opens_to_its_lines(make, browse):
    group = make.certified_page(trainees=1)
    make.signed_page(group, group.sessions[2])
    by = make.actor(group.manager)
    ledger.correct(group.sessions[0], group.enrolments[0].id, 100, by=by)
    db.session.commit()
    trainee = browse(group.trainees[0])
    whole = trainee.get("/hours/lines").text
    assert "5\xa0h\xa010′ come from 4 lines." in whole
    assert "reversed by a correction" in whole
    unit = group.sessions[0].unit.code
    assert f"?unit={unit}&amp;source=correction#lines" in whole
    part = trainee.get(f"/hours/lines?unit={unit}&source=correction").text
    assert "2 lines are shown, -1\xa0h\xa050′ together." in part
    person = browse(group.coordinator).get(
        f"/enrolments/{group.enrolments[0].id}/hours?state=certified"
    )
    assert "3 lines are shown, 1\xa0h\xa040′ together." in person.text
    odd = trainee.get("/hours/lines?source=other&module=x&state=gone").text
    assert "come from 4 lines" in odd


def test_the_hours_of_one_take_as_many_statements_with_many_lines_as_with_one(
    make, browse, statements
):
    group = make.signed_page(trainees=1)
    counted = []
    for session in (None, *group.sessions[1:4]):
        if session:
            make.signed_page(group, session)
            make.confirmed_credit(group, 0, module=2, minutes=10)
        trainee, coordinator = browse(group.trainees[0]), browse(group.coordinator)
        person = f"/enrolments/{group.enrolments[0].id}/hours"
        for browser, address in (
            (trainee, "/hours"),
            (trainee, "/hours/lines"),
            (coordinator, person),
        ):
            browser.get(address)
            with statements() as seen:
                assert browser.get(address).status_code == 200
            counted.append(len(seen))
    assert counted == counted[:3] * 4
    assert max(counted) <= 12


def test_the_hours_of_ten_take_as_many_statements_as_of_one(make, browse, statements):
    counted = []
    for trainees in (1, 10):
        group = make.signed_page(trainees=trainees)
        manager = browse(group.manager)
        manager.get("/")
        with statements() as seen:
            assert manager.get(f"/editions/{group.edition.id}/hours").status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 12
