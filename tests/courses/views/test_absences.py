"""Absences on their pages: announced by a trainee, read by who coordinates, by nobody else."""

from datetime import timedelta
from io import BytesIO

import pytest

from courses.absences import Absence, AbsenceState
from lms import db
from tests.courses.views.test_register import moment  # noqa: F401

SENT = {"category": "health", "reason": "canary-flu"}


@pytest.fixture
def group(make, moment):  # noqa: F811
    found = make.class_in_motion()
    found.session = found.sessions[0]
    moment(found.session.starts_at - timedelta(hours=20))
    return found


def where(group):
    return f"/sessions/{group.session.id}/absence"


def test_a_trainee_announces_and_takes_back(make, browse, group):
    trainee = browse(group.trainees[0])
    assert "/absences" in trainee.get("/hours").text
    assert where(group) in trainee.get("/absences").text
    assert trainee.post(where(group), SENT).status_code == 303
    page = trainee.get("/absences").text
    assert "You have announced one absence" in page
    assert "canary" not in page
    row = db.session.query(Absence).one()
    assert "canary-flu" in trainee.get(f"/absences/{row.id}").text
    assert trainee.post(f"/absences/{row.id}/withdraw").status_code == 303
    assert "canary" not in trainee.get(f"/absences/{row.id}").text
    assert row.state == AbsenceState.WITHDRAWN


def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(browse, group):
    trainee = browse(group.trainees[0])
    answer = trainee.post(where(group), {"reason": "canary words"})
    assert answer.status_code == 422
    assert "canary words" in answer.text
    file = {**SENT, "file": (BytesIO(b"no paper"), "a.pdf")}
    answer = trainee.post(where(group), file, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Only PDF, PNG and JPEG" in answer.text
    assert db.session.query(Absence).count() == 0


def test_when_the_page_is_open_it_is_too_late(make, browse, group, moment):  # noqa: F811
    make.opened_page(group)
    moment(group.session.starts_at - timedelta(minutes=5))
    answer = browse(group.trainees[0]).post(where(group), SENT)
    assert answer.status_code == 409
    assert "too late" in answer.text


def test_the_coordinator_reads_why_and_takes_the_paper(make, browse, group):
    paper = b"%PDF-1.4 canary"
    row = make.announced(group.trainees[0], group.session, paper=paper)
    coordinator = browse(group.coordinator)
    listed = coordinator.get(f"/editions/{group.edition.id}/absences").text
    assert group.trainees[0].name in listed
    assert "canary" not in listed
    assert f"/editions/{group.edition.id}/absences" in coordinator.get(
        f"/editions/{group.edition.id}"
    ).text  # fmt: skip
    page = coordinator.get(f"/absences/{row.id}").text
    assert "canary-reason" in page
    assert "health" in page
    answer = coordinator.get(f"/absences/{row.id}/paper")
    assert answer.data == paper
    assert answer.headers["Content-Disposition"] == "attachment; filename=paper.pdf"


def test_the_trainer_and_everybody_else_read_nothing(make, browse, group):
    row = make.announced(group.trainees[0], group.session, paper=b"%PDF-1.4 canary")
    others = (group.trainer, group.manager, group.trainees[1], make.person("coordinator"))
    for person in others:
        for address in (f"/absences/{row.id}", f"/absences/{row.id}/paper"):
            assert browse(person).get(address).status_code == 404
    for person in (group.trainer, group.manager, group.trainees[0]):
        assert browse(person).get(f"/editions/{group.edition.id}/absences").status_code == 404
    assert browse(group.trainees[1]).post(f"/absences/{row.id}/withdraw").status_code == 404
    stranger = make.person("trainee")
    assert browse(stranger).post(where(group), SENT).status_code == 404
    assert browse(make.person("trainee")).get("/absences").status_code == 200


def test_an_edition_without_announcements_says_so(browse, group):
    page = browse(group.coordinator).get(f"/editions/{group.edition.id}/absences").text
    assert "Nobody has announced an absence." in page


def test_a_list_takes_as_many_statements_for_many_as_for_few(make, browse, group, statements):
    counts = []
    coordinator, trainee = browse(group.coordinator), browse(group.trainees[0])
    coordinator.get("/editions")
    trainee.get("/hours")
    for number in (0, 1, 2):
        make.announced(group.trainees[number], group.session)
        make.announced(group.trainees[number], group.sessions[1])
        for browser, address in (
            (coordinator, f"/editions/{group.edition.id}/absences"),
            (trainee, "/absences"),
        ):
            with statements() as seen:
                assert browser.get(address).status_code == 200
            counts.append(len(seen))
    assert len(set(counts[::2])) == len(set(counts[1::2])) == 1
    assert max(counts) <= 12
