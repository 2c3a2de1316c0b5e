"""The live page as its trainer sees it: counts, lists, conflicts; polled without being answered."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courses import stamps
from courses.live import AbsentMark, HeadCount
from lms import db
from tests.courses.views.test_register import moment  # noqa: F401
from tests.pages import Page


@pytest.fixture
def group(make, moment):  # noqa: F811
    found = make.class_in_motion()
    make.announced(found.trainees[1], found.sessions[0])
    make.opened_page(found)
    make.scan(found, 0, found.session.starts_at)
    found.rows = [stamps.expected_of(found.session.id, e.id) for e in found.enrolments]
    found.where = f"/sessions/{found.session.id}/live"
    moment(found.session.starts_at + timedelta(minutes=10))
    return found


def milliseconds(group, minutes):
    return int((group.session.starts_at + timedelta(minutes=minutes)).timestamp() * 1000)


def test_it_says_who_is_inside_awaited_and_announced_absent_and_not_why(make, browse, group):
    page = browse(group.trainer).get(group.where).text
    assert "1 of 3 are inside." in page
    for trainee in group.trainees:
        assert trainee.name in page
    assert "Absence announced" in page
    assert "canary" not in page
    assert f"{group.where}" in browse(group.trainer).get(f"/sessions/{group.session.id}").text


def test_a_poll_that_knows_all_is_not_answered_and_leaves_no_trace(make, browse, group, statements):
    trainer = browse(group.trainer)
    seen = Page(trainer.get(group.where).text)
    assert any("seen=" in address for address in [*seen.links, group.where + "?seen="])
    known = trainer.get(group.where).text.split("seen=")[1].split('"')[0]
    with statements() as done:
        assert trainer.get(f"{group.where}?seen={known}").status_code == 204
    assert len(done) <= 4
    assert not [s for s in done if not s.startswith(("SELECT", "BEGIN", "ROLLBACK"))]
    make.scan(group, 2, group.session.starts_at + timedelta(minutes=11))
    assert trainer.get(f"{group.where}?seen={known}").status_code == 200


def test_a_head_count_is_kept_and_a_mismatch_opens_the_list(make, browse, group):
    trainer = browse(group.trainer)
    assert '<details class="more" id="inside">' in trainer.get(group.where).text
    kept = trainer.post(f"{group.where}/count", {"counted": 2, "known": 0})
    assert kept.location == f"{group.where}#inside"
    page = trainer.get(group.where).text
    assert "At 9:10 you counted 2 and the register said 1" in page
    assert '<details class="more" open id="inside">' in page
    make.scan(group, 2, group.session.starts_at + timedelta(minutes=11))
    trainer.post(f"{group.where}/count", {"counted": 1, "known": 1})
    assert db.session.query(HeadCount).count() == 2


def test_a_count_that_agrees_says_so(browse, group):
    trainer = browse(group.trainer)
    trainer.post(f"{group.where}/count", {"counted": 1, "known": 0})
    page = trainer.get(group.where).text
    assert "At 9:10 you counted 1, as the register said." in page
    assert '<details class="more" id="inside">' in page


@pytest.mark.parametrize("counted", ["", "many", "-1", "501"])
def test_a_count_is_a_number(browse, group, counted):
    answer = browse(group.trainer).post(f"{group.where}/count", {"counted": counted})
    assert answer.status_code == 422
    assert db.session.query(HeadCount).count() == 0


def test_a_count_that_began_from_an_older_page_is_a_conflict(browse, group):
    trainer = browse(group.trainer)
    trainer.post(f"{group.where}/count", {"counted": 2, "known": 0})
    answer = trainer.post(f"{group.where}/count", {"counted": 3, "known": 0})
    assert answer.status_code == 409
    assert "Another count was kept meanwhile: 2 heads at 9:10" in answer.text
    assert db.session.query(HeadCount).count() == 1


def test_an_empty_place_is_marked_and_who_signed_is_not(make, browse, group):
    trainer = browse(group.trainer)
    assert trainer.post(f"{group.where}/absent", {"who": group.rows[2].id}).status_code == 303
    page = trainer.get(group.where).text
    assert "marked absent at 9:10" in page
    refused = trainer.post(f"{group.where}/absent", {"who": group.rows[0].id})
    assert refused.status_code == 409
    assert "signed in at 9:00, so she is not marked absent" in refused.text
    assert db.session.query(AbsentMark).count() == 1


def test_what_was_noted_without_a_network_arrives_once_with_its_own_moment(browse, group, moment):  # noqa: F811
    """The module of the page sends the same key until it has an answer."""
    trainer = browse(group.trainer)
    moment(group.session.starts_at + timedelta(minutes=50))
    headers = {"HX-Request": "true"}
    for path, sent in (
        ("count", {"counted": 1, "known": 0, "at": milliseconds(group, 20)}),
        ("absent", {"who": group.rows[2].id, "at": milliseconds(group, 21)}),
    ):
        key = str(uuid4())
        for _ in range(2):
            answer = trainer.post(f"{group.where}/{path}", sent, once=key, headers=headers)
            assert answer.status_code == 303
    (count,), (mark,) = db.session.query(HeadCount).all(), db.session.query(AbsentMark).all()
    start = group.session.starts_at
    assert (count.at, mark.at) == (start + timedelta(minutes=20), start + timedelta(minutes=21))


@pytest.mark.parametrize("at", ["", "soon", "9" * 30, "-5", "٣"])
def test_a_moment_that_is_none_is_the_moment_of_arrival(browse, group, at):
    sent = {"counted": 1, "known": 0, "at": at}
    assert browse(group.trainer).post(f"{group.where}/count", sent).status_code == 303
    assert db.session.query(HeadCount).one().at == group.session.starts_at + timedelta(minutes=10)


def test_signed_out_it_says_so_to_the_module_of_the_page(browse, group):
    answer = browse().post(f"{group.where}/count", {"counted": 1}, headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_only_the_trainer_of_the_page_sees_it_and_notes_on_it(make, browse, group):
    for person in (group.coordinator, group.manager, group.trainees[0], make.person("trainer")):
        assert browse(person).get(group.where).status_code == 404
        assert browse(person).post(f"{group.where}/count", {"counted": 1}).status_code == 404
        sent = {"who": group.rows[2].id}
        assert browse(person).post(f"{group.where}/absent", sent).status_code == 404


def test_somebody_of_another_page_is_not_marked(make, browse, group):
    other = make.opened_page()
    foreign = stamps.expected_of(other.session.id, other.enrolments[0].id)
    answer = browse(group.trainer).post(f"{group.where}/absent", {"who": foreign.id})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert db.session.query(AbsentMark).count() == 0


def test_when_the_page_is_signed_it_leads_to_the_register_and_takes_nothing(make, browse):
    group = make.signed_page()
    trainer, where = browse(group.trainer), f"/sessions/{group.session.id}/live"
    assert trainer.get(where).location == f"/sessions/{group.session.id}"
    assert trainer.post(f"{where}/count", {"counted": 1}).status_code == 409


def test_without_script_there_is_a_link_to_load_it_again_and_forms_that_work(browse, group):
    page = browse(group.trainer).get(group.where).text
    assert "Load the page again" in page
    assert page.count('name="who"') == 2, "one button for each who is not in"
    assert page.count('name="csrf_token"') == 4


def test_it_takes_as_many_statements_for_many_as_for_few(make, browse, moment, statements):  # noqa: F811
    counts = []
    for trainees in (1, 25):
        found = make.opened_page(trainees=trainees)
        for number in range(trainees - 1):
            make.scan(found, number, found.session.starts_at)
        moment(found.session.starts_at + timedelta(minutes=10))
        trainer = browse(found.trainer)
        where = f"/sessions/{found.session.id}/live"
        trainer.post(f"{where}/count", {"counted": 1, "known": 0})
        for address in (where, f"/sessions/{found.session.id}/pin"):
            with statements() as seen:
                assert trainer.get(address).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12
