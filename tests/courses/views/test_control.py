"""The pages of a control: the bundle is asked for and taken, sheets are made, inspectors come."""

import io
import zipfile
from datetime import timedelta

import pytest

from courses import inspection, proofs
from courses.calendar import SessionMode
from courses.editions import EditionState
from lms import clock, db
from tests.making.control import PAPER

HELD = clock.held


def test_a_manager_asks_for_a_bundle_follows_it_and_takes_it(make, browse, tmp_path):
    group = make.closed_class(trainees=2)
    browser, address = browse(group.manager), f"/editions/{group.edition.id}/control"
    assert "Everything that a control asks for is here." in browser.get(address).text
    assert browser.post(f"/editions/{group.edition.id}/bundle").status_code == 303
    assert "The control bundle is about to be made." in browser.get(address).text
    make.work()
    shown = browser.get(address).text
    assert "is ready" in shown
    row = inspection_bundle(group)
    answer = browser.get(f"/bundles/{row.id}/zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fascicolo_controllo.zip"'
    (tmp_path / "b.zip").write_bytes(answer.data)
    assert proofs.prove(tmp_path / "b.zip").faults == []
    assert "pages/page-001.pdf" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()


def inspection_bundle(group):
    from courses import bundles

    [row] = bundles.of_edition(group.edition.id)
    return row


def test_a_coordinator_sees_the_control_and_makes_no_bundle(make, browse):
    group = make.closed_class()
    browser = browse(group.coordinator)
    shown = browser.get(f"/editions/{group.edition.id}/control")
    assert shown.status_code == 200
    assert "Make the control bundle" not in shown.text
    assert browser.post(f"/editions/{group.edition.id}/bundle").status_code in (403, 404)


def test_an_edition_is_reopened_only_with_a_reason(make, browse):
    group = make.closed_class()
    browser, address = browse(group.manager), f"/editions/{group.edition.id}"
    refused = browser.post(f"{address}/reopen", {"reason": ""})
    assert refused.status_code == 422
    assert group.edition.state == EditionState.CLOSED
    assert browser.post(f"{address}/reopen", {"reason": "A page lacks a minute"}).status_code == 303
    db.session.expire_all()
    assert group.edition.state == EditionState.RUNNING
    assert "A page lacks a minute" in browser.get(f"{address}/closing").text


def test_a_sheet_is_taken_as_document_and_as_table(make, browse):
    group = make.closed_class()
    browser = browse(group.manager)
    document = browser.get(f"/closings/{group.closing.id}/pdf")
    table = browser.get(f"/closings/{group.closing.id}/csv")
    assert document.data.startswith(b"%PDF")
    assert group.trainees[0].name in table.data.decode("utf-8-sig")
    for answer in (document, table):
        assert group.edition.code not in answer.headers["Content-Disposition"]


def test_a_letter_without_its_trainer_keeps_what_was_chosen(make, browse):
    group = make.class_in_motion()
    browser, address = browse(group.coordinator), f"/editions/{group.edition.id}/enclosures"

    def attach(**given):
        given["file"] = (io.BytesIO(PAPER), "letter.pdf")
        return browser.post(address, given, content_type="multipart/form-data")

    refused = attach(kind="appointment")
    assert refused.status_code == 422
    assert "Say whose letter it is." in refused.text
    assert attach(kind="calendar").status_code == 303
    assert "proof that the calendar was sent" in browser.get(address).text


def test_the_inspector_comes(make, browse, monkeypatch):
    """Her first page leads her on; she sees the open page live, the links, and leaves her note."""
    group = make.class_in_motion(trainees=3)
    second = group.sessions[1]
    second.mode, second.link = SessionMode.LIVE, "https://meet.demo.example/room-7"
    db.session.commit()
    person = make.inspector(group, days=30)
    make.opened_page(group)
    for number in (0, 1):
        make.scan(group, number, group.session.starts_at)
    browser, now = browse(person), group.session.starts_at + timedelta(minutes=5)
    monkeypatch.setattr(clock, "held", lambda given=None: HELD(given or now))
    assert f"Inspect {group.edition.name}" in browser.get("/").text
    assert group.edition.name in browser.get("/inspection").text
    address = f"/inspection/editions/{group.edition.id}"
    shown = browser.get(address).text
    assert "One page is open now." in shown
    assert second.link in shown
    page = f"/inspection/sessions/{group.session.id}"
    assert "2 of 3 have signed in" in browser.get(page).text
    assert browser.post(f"{address}/verify").status_code == 303
    assert "The chain holds" in browser.get(address).text
    given = {"session": str(group.session.id), "counted": "3", "text": "One is not on the page"}
    assert browser.post(f"{address}/visits", given).status_code == 303
    [visit] = inspection.visits(group.edition.id)
    assert (visit.counted, visit.by_id, visit.differs) == (3, person.id, True)
    shown = browse(group.manager).get(f"/editions/{group.edition.id}/inspectors").text
    assert "One is not on the page" in shown


def test_corrections_and_moves_are_shown_to_the_inspector(make, browse):
    group = make.certified_page(trainees=2)
    make.approved(group)
    browser = browse(make.inspector(group))
    shown = browser.get(f"/inspection/editions/{group.edition.id}/changes").text
    assert group.trainees[0].name in shown
    assert group.coordinator.name in shown
    page = browser.get(f"/inspection/sessions/{group.session.id}").text
    assert "<del>" in page
    assert f"Asked by {group.trainer.name}" in page


@pytest.mark.parametrize("what", ["", "/changes", "/papers", "/visits"])
def test_an_edition_that_is_shut_is_not_there(make, browse, what):
    group = make.class_in_motion()
    browser = browse(make.inspector(group, days=-1))
    assert browser.get(f"/inspection/editions/{group.edition.id}{what}").status_code == 404
    assert "No edition is open to you now." in browser.get("/inspection").text


def test_the_inspector_writes_nothing_else(make, browse):
    group = make.opened_page()
    browser = browse(make.inspector(group))
    for address in (
        f"/editions/{group.edition.id}/enclosures",
        f"/editions/{group.edition.id}/bundle",
        f"/editions/{group.edition.id}/closing",
        f"/editions/{group.edition.id}/inspectors",
    ):
        assert browser.post(address).status_code in (403, 404), address


def test_a_manager_admits_and_dismisses(make, browse):
    group = make.class_in_motion()
    browser, address = browse(group.manager), f"/editions/{group.edition.id}/inspectors"
    given = {"name": "Ada Neri", "mail": "ada.neri@demo.example"}
    refused = browser.post(address, given | {"until": "2020-01-01"})
    assert refused.status_code == 422
    assert "This day is past." in refused.text
    assert 'value="Ada Neri"' in refused.text
    until = clock.today() + timedelta(days=10)
    assert browser.post(address, given | {"until": until.isoformat()}).status_code == 303
    [grant] = inspection.admitted(group.edition.id)
    assert (grant.person.name, grant.expires_on) == ("Ada Neri", until)
    assert "Ada Neri" in browser.get(address).text


def test_tables_are_taken_with_or_without_a_month(make, browse):
    group = make.certified_page()
    browser = browse(group.coordinator)
    address = f"/editions/{group.edition.id}/exports/file"
    for kind, beginning in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        answer = browser.get(f"{address}?table=ore&format={kind}&month=")
        assert answer.data.startswith(beginning)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="ore.{kind}"'
    assert browser.get(f"{address}?table=nothing&format=csv").status_code == 422


@pytest.mark.parametrize("what", ["register.pdf", "grid.pdf", "grid.pdf?blank=1"])
def test_the_whole_register_and_its_grid_are_documents(make, browse, what):
    group = make.certified_page(trainees=2)
    answer = browse(group.coordinator).get(f"/editions/{group.edition.id}/{what}")
    assert answer.data.startswith(b"%PDF")


@pytest.mark.parametrize("what", ["control", "closing", "papers", "inspectors", "exports"])
def test_statements_stay_few(make, browse, statements, what):
    group = make.closed_class(trainees=3)
    make.inspector(group)
    browser = browse(group.manager)
    browser.get(f"/editions/{group.edition.id}/{what}")
    with statements() as seen:
        assert browser.get(f"/editions/{group.edition.id}/{what}").status_code == 200
    assert len(seen) <= 12, seen


@pytest.mark.parametrize("what", ["", "/changes", "/papers", "/visits"])
def test_statements_of_the_inspector_stay_few(make, browse, statements, what):
    group = make.certified_page(trainees=3)
    browser = browse(make.inspector(group))
    address = f"/inspection/editions/{group.edition.id}{what}"
    browser.get(address)
    with statements() as seen:
        assert browser.get(address).status_code == 200
    assert len(seen) <= 14, seen
