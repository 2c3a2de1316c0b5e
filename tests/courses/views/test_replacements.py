"""Replace, revoke after a second look, duplicate; each by who may, each with its reason."""

from datetime import timedelta

import pytest

from courses.certificates import Certificate, CertificateState
from courses.replacements import Duplicate
from lms import clock, db
from lms.sign_ins import SignIn


def test_a_certificate_is_replaced_with_a_reason(make, browse):
    row = make.certificate()
    browser = browse(row.group.manager)
    make.corrected(row, "Anna Corretta", make.actor(row.group.manager))
    address = f"/certificates/{row.id}/replace"
    assert row.number in browser.get(address).text
    assert browser.post(address, {"reason": ""}).status_code == 422
    done = browser.post(address, {"reason": "canary-reason"})
    assert done.location == f"/enrolments/{row.enrolment_id}/certification"
    new = db.session.query(Certificate).filter_by(state="valid").one()
    page = browser.get(done.location).text
    assert new.number in page
    assert row.number in page
    assert "canary-reason" in page
    assert browser.post(address, {"reason": "x"}).status_code == 409


def test_nothing_is_revoked_before_a_second_look(make, browse):
    row = make.certificate()
    browser, address = browse(row.group.manager), f"/certificates/{row.id}/revoke"
    assert browser.get(address).status_code == 200
    assert browser.get(f"{address}/sure").location == address
    assert browser.post(f"{address}/sure").location == address
    assert browser.post(address, {"reason": " "}).status_code == 422
    asked = browser.post(address, {"reason": "canary-reason"})
    assert asked.location == f"{address}/sure"
    assert row.state == CertificateState.VALID
    page = browser.get(asked.location).text
    assert "canary-reason" in page
    assert row.group.trainees[0].name in page
    assert browse(make.person("manager")).get(asked.location).location == address
    assert browser.post(asked.location).status_code == 303
    assert row.state == CertificateState.REVOKED
    assert browser.get(asked.location).location == address


@pytest.mark.parametrize("verb", ["replace", "revoke", "revoke/sure"])
def test_it_takes_a_fresh_password(verb, make, browse):
    row = make.certificate()
    browser = browse(row.group.manager)
    db.session.query(SignIn).update({"proved_at": clock.now() - timedelta(minutes=11)})
    db.session.commit()
    for answer in (
        browser.get(f"/certificates/{row.id}/{verb}"),
        browser.post(f"/certificates/{row.id}/{verb}", {"reason": "x"}),
    ):
        assert answer.location.startswith("/sign-in/again?next=")
    assert row.state == CertificateState.VALID


def test_a_duplicate_is_made_by_a_post_and_opened_as_what_it_is(make, browse):
    row = make.certificate()
    browser = browse(row.group.coordinator)
    dossier = f"/enrolments/{row.enrolment_id}/certification"
    assert "Make a duplicate" in browser.get(dossier).text
    assert browser.post(f"/certificates/{row.id}/duplicates").location == dossier
    made = db.session.query(Duplicate).one()
    assert f"/duplicates/{made.id}/pdf" in browser.get(dossier).text
    paper = browser.get(f"/duplicates/{made.id}/pdf?language=it")
    assert paper.data.startswith(b"%PDF-")
    assert f'"{row.number}-1.pdf"' in paper.headers["Content-Disposition"]
    assert paper.data != browser.get(f"/certificates/{row.id}/pdf?language=it").data
    assert browse(row.group.trainees[0]).get(f"/duplicates/{made.id}/pdf").status_code == 404
    assert db.session.query(Duplicate).count() == 1


def test_who_coordinates_opens_a_certificate_but_neither_replaces_nor_revokes_it(make, browse):
    row = make.certificate()
    browser = browse(row.group.coordinator)
    assert browser.get(f"/certificates/{row.id}/pdf").status_code == 200
    page = browser.get(f"/enrolments/{row.enrolment_id}/certification").text
    assert "/replace" not in page
    assert "/revoke" not in page
    for verb in ("replace", "revoke", "revoke/sure"):
        assert browser.post(f"/certificates/{row.id}/{verb}").status_code == 404
    assert (
        browse(make.class_in_motion().coordinator).get(f"/certificates/{row.id}/pdf").status_code
        == 404
    )
