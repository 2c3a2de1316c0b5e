"""The pages of the register: opened, shown on the wall, attested, signed, countersigned."""

from datetime import timedelta

import pytest

from courses import codes, register, stamps
from courses.calendar import SessionState
from lms import clock, db
from tests.pages import Page

HELD = clock.held


@pytest.fixture
def moment(monkeypatch):
    """moment(when) stops the clock of the requests to come; what names its own time keeps it."""

    def stop(when):
        monkeypatch.setattr(clock, "held", lambda given=None: HELD(given or when))

    return stop


def address(group, act=""):
    return f"/sessions/{group.session.id}{act}"


def test_the_trainer_opens_the_page_and_shows_the_code(make, browse, moment):
    group = make.class_in_motion()
    group.session = group.sessions[0]
    moment(group.session.starts_at - timedelta(minutes=10))
    trainer = browse(group.trainer)
    assert "Open the page" in trainer.get(address(group)).text
    assert trainer.post(address(group, "/open")).status_code == 303
    assert group.session.state == SessionState.OPEN
    wall = trainer.get(address(group, "/code"))
    with clock.held(group.session.starts_at - timedelta(minutes=10)):
        digits = register.code_now(group.session)
    assert " ".join(digits) in wall.text
    assert "<noscript><meta" in wall.text
    assert "New code" in wall.text


def test_the_wall_answers_only_when_something_changed(make, browse, moment):
    group = make.opened_page()
    now = group.session.starts_at
    moment(now)
    trainer = browse(group.trainer)
    seen = f"{codes.slice_of(now)}-0"
    assert trainer.get(address(group, f"/code?seen={seen}")).status_code == 204
    make.scan(group, 0, now)
    assert trainer.get(address(group, f"/code?seen={seen}")).status_code == 200


def test_before_its_time_the_page_cannot_be_opened(make, browse, moment):
    group = make.class_in_motion()
    group.session = group.sessions[0]
    moment(group.session.starts_at - timedelta(hours=3))
    assert browse(group.trainer).post(address(group, "/open")).status_code == 409
    assert group.session.page is None


def test_a_missing_exit_is_attested_and_the_page_signed(make, browse, moment):
    group = make.opened_page(trainees=2)
    for i in (0, 1):
        make.scan(group, i, group.session.starts_at)
    make.scan(group, 0, group.session.ends_at)
    moment(group.session.ends_at + timedelta(minutes=5))
    trainer = browse(group.trainer)
    shown = trainer.get(address(group))
    assert "One exit to settle" in shown.text
    assert "Exit missing" in shown.text
    signed = {"head_count": 2, "topic": "Goals", "note": ""}
    assert trainer.post(address(group, "/sign"), signed).status_code == 409
    row = stamps.expected_of(group.session.id, group.enrolments[1].id)
    early = trainer.post(address(group, "/exits"), {"who": row.id, "at": "08:00"})
    assert early.status_code == 422
    assert "She came in at 9:00" in early.text
    done = trainer.post(address(group, "/exits"), {"who": row.id, "at": "12:30"})
    assert done.status_code == 303
    assert "No exit is missing" in trainer.get(address(group)).text
    assert trainer.post(address(group, "/sign"), signed).status_code == 303
    shown = trainer.get(address(group)).text
    assert "signed and waits for the coordinator" in shown
    assert "exit attested" in shown


def test_another_count_of_heads_is_told_and_asks_why(make, browse, moment):
    group = make.attended_page()
    moment(group.session.ends_at + timedelta(minutes=5))
    trainer = browse(group.trainer)
    told = trainer.post(address(group, "/sign"), {"head_count": 2, "topic": "Goals"})
    assert told.status_code == 422
    assert "You counted 2, the register says 3" in told.text
    done = trainer.post(
        address(group, "/sign"), {"head_count": 2, "topic": "Goals", "note": "Away for water"}
    )
    assert done.status_code == 303


@pytest.mark.parametrize("sent", [{"head_count": "9", "topic": "Late"}, {"topic": "Late"}])
def test_a_second_tab_is_told_that_the_page_is_signed_and_keeps_what_was_typed(make, browse, sent):
    group = make.signed_page(trainees=2)
    answer = browse(group.trainer).post(f"/sessions/{group.session.id}/sign", sent)
    assert answer.status_code == 409
    assert "it is signed by the trainer" in answer.text
    assert "Late" in answer.text
    assert group.session.topic != "Late"


def test_each_field_that_stays_in_the_chain_asks_for_no_names(make, browse, moment):
    group = make.attended_page()
    moment(group.session.ends_at + timedelta(minutes=5))
    signing = browse(group.trainer).get(address(group)).text
    assert signing.count("no names, nothing personal") == 3
    group = make.signed_page()
    countersigning = browse(group.coordinator).get(address(group)).text
    assert countersigning.count("no names, nothing personal") == 1


def test_the_coordinator_countersigns(make, browse):
    group = make.signed_page()
    coordinator = browse(group.coordinator)
    assert "then countersign it" in coordinator.get(address(group)).text
    assert coordinator.post(address(group, "/countersign"), {"note": ""}).status_code == 303
    assert group.session.state == SessionState.COUNTERSIGNED
    assert "waits for the manager" in coordinator.get(address(group)).text


def test_a_coordinator_does_not_countersign_what_she_taught(make, browse):
    group = make.signed_page()
    group.session.trainer_id = group.coordinator.id
    db.session.commit()
    assert (
        browse(group.coordinator).post(address(group, "/countersign"), {"note": ""}).status_code
        == 409
    )


@pytest.mark.parametrize("act", ["", "/code"])
def test_others_do_not_find_the_page(make, browse, act):
    group = make.opened_page()
    stranger = make.person("trainer")
    assert browse(stranger).get(address(group, act)).status_code == 404
    assert browse(group.trainees[0]).get(address(group, act)).status_code == 404


def test_coordinator_and_manager_read_but_do_not_keep_the_page(make, browse):
    group = make.opened_page()
    for person in (group.coordinator, group.manager):
        assert browse(person).get(address(group)).status_code == 200
        assert browse(person).get(address(group, "/code")).status_code == 404
        assert browse(person).post(address(group, "/sign"), {}).status_code == 404


def test_the_list_shows_ones_own_sessions(make, browse, moment):
    group = make.opened_page()
    moment(group.session.starts_at)
    other = make.class_in_motion()
    shown = browse(group.trainer).get("/sessions").text
    assert "One page is open now" in shown
    assert group.edition.name in shown
    assert f"/sessions/{other.sessions[0].id}" not in shown
    assert "No pages yet" in browse(make.person("trainer")).get("/sessions").text


def test_today_tells_each_whose_turn_it_is(make, browse, moment):
    group = make.opened_page()
    make.scan(group, 0, group.session.starts_at)
    moment(group.session.ends_at + timedelta(minutes=5))
    assert "Attest one missing exit" in browse(group.trainer).get("/").text
    signed = make.signed_page()
    assert "Check and countersign page 1" in browse(signed.coordinator).get("/").text
    done = make.countersigned_page()
    assert "Certify the hours of one page" in browse(done.manager).get("/").text


def test_a_page_of_twenty_takes_as_many_statements_as_of_two(make, browse, statements, moment):
    counted = []
    for trainees in (2, 12):
        group = make.opened_page(trainees=trainees)
        for i in range(trainees):
            make.scan(group, i, group.session.starts_at)
        moment(group.session.ends_at + timedelta(minutes=1))
        trainer = browse(group.trainer)
        trainer.get("/")
        with statements() as seen:
            assert trainer.get(address(group)).status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_no_page_of_the_register_names_a_person_in_title_or_address(make, browse):
    group = make.signed_page()
    shown = Page(browse(group.coordinator).get(address(group)).text)
    assert not any(p.name in shown.title for p in group.trainees)


def test_the_register_of_an_edition_lists_every_session(make, browse):
    """Whoever keeps it sees all of it, and opens what is hers; a trainee sees none of it."""
    group = make.certified_page()
    make.signed_page(group, group.sessions[1])
    group.sessions[2].trainer_id = make.person("trainer", name="Another Trainer").id
    where = f"/editions/{group.edition.id}/sessions"
    for person in (group.coordinator, group.trainer, group.manager):
        shown = browse(person).get(where).text
        assert shown.count("<tr") == 1 + 6
        assert "6 sessions, one page certified." in shown
        assert f"{group.coordinator.name}: countersign" in shown
        opens = f"/sessions/{group.sessions[2].id}" in shown
        assert opens is (person is not group.trainer)
    for person in (group.trainees[0], make.person("coordinator"), make.person("trainer")):
        assert browse(person).get(where).status_code == 404
    assert where in browse(group.trainer).get("/sessions").text
    assert where in browse(group.trainer).get(f"/editions/{group.edition.id}").text
    assert where not in browse(group.trainees[0]).get(f"/editions/{group.edition.id}").text


def test_the_register_takes_as_many_statements_for_many_sessions_as_for_few(
    make, browse, statements
):
    group, (whole, _, manager) = make.signed_page(), make.planned_edition()
    browser, counts = browse(manager), []
    browser.get("/sessions")  # the first page of a sign-in notes that it is used
    for edition in (group.edition, whole):
        with statements() as seen:
            assert browser.get(f"/editions/{edition.id}/sessions").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
