"""One act for many: chosen among the ready, followed without script, fetched as one file."""

import io
from uuid import uuid4
from zipfile import ZipFile

import pytest

from courses import batches
from courses.batches import Batch
from courses.certificates import Certificate
from lms import db, files
from tests.courses.test_packing import run_jobs


def choose(group):
    return {"who": [str(e.id) for e in group.enrolments]}


def test_those_who_are_ready_are_chosen_and_certified_by_one_act(make, browse):
    group = make.certifiable(1260, 944, 1260)
    browser = browse(group.manager)
    address = f"/editions/{group.edition.id}/certify-trainees"
    assert address in browser.get(f"/editions/{group.edition.id}/certification").text
    page = browser.get(address).text
    assert page.count(" checked>") == 2
    assert group.trainees[1].name not in page
    done = browser.post(address, {"who": [str(group.enrolments[n].id) for n in (0, 2)]})
    batch = db.session.query(Batch).one()
    assert done.location == f"/batches/{batch.id}"
    assert db.session.query(Certificate).count() == 2


def test_a_refusal_stands_by_itself_and_the_others_are_certified(make, browse):
    group = make.certifiable(1260, 944)
    browser = browse(group.manager)
    done = browser.post(f"/editions/{group.edition.id}/certify-trainees", choose(group))
    page = browser.get(done.location).text
    assert "One of 2 was not certified" not in page  # it still gathers
    assert "1 minute" in page
    assert group.trainees[1].name in page
    assert db.session.query(Certificate).count() == 1


def test_the_same_act_twice_has_one_effect(make, browse):
    group = make.certifiable(1260, 1260)
    browser, address = browse(group.manager), f"/editions/{group.edition.id}/certify-trainees"
    locations = {browser.post(address, choose(group), once="k").location for _ in range(2)}
    assert len(locations) == 1
    assert db.session.query(Batch).count() == 1


def test_one_strange_id_refuses_all_of_them(make, browse):
    group, other = make.certifiable(1260), make.certifiable(1260)
    browser, address = browse(group.manager), f"/editions/{group.edition.id}/certify-trainees"
    for strange in (str(other.enrolments[0].id), str(uuid4()), "x"):
        sent = {"who": [str(group.enrolments[0].id), strange]}
        assert browser.post(address, sent).status_code == 422
    assert browser.post(address, {}).status_code == 422
    assert db.session.query(Batch).count() == db.session.query(Certificate).count() == 0


def test_the_page_looks_again_without_script_until_it_is_done(make, browse, app):
    group = make.certifiable(1260, 1260)
    browser = browse(group.manager)
    shown = browser.post(f"/editions/{group.edition.id}/certify-trainees", choose(group)).location
    waiting = browser.get(shown)
    assert waiting.headers["Refresh"] == "10"
    assert "Fetch the certificates" not in waiting.text
    assert "Refresh" not in browser.get(f"{shown}?still=1").headers
    assert browser.get(f"{shown}/file").status_code == 409
    run_jobs(app)
    done = browser.get(shown)
    assert "Refresh" not in done.headers
    assert "2 certificates are ready." in done.text
    fetched = browser.get(f"{shown}/file")
    assert fetched.mimetype == "application/zip"
    assert int(fetched.headers["Content-Length"]) == len(fetched.data)
    assert len(ZipFile(io.BytesIO(fetched.data)).namelist()) == 2
    assert fetched.headers["Cache-Control"] == "no-store"


def test_many_are_certified_while_the_page_tells_how_far_it_is(make, browse, app, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    group = make.certifiable(1260, 944)
    browser = browse(group.manager)
    shown = browser.post(f"/editions/{group.edition.id}/certify-trainees", choose(group)).location
    assert "0 of 2 have been asked for so far." in browser.get(shown).text
    assert db.session.query(Certificate).count() == 0
    run_jobs(app)
    assert "One of 2 was not certified." in browser.get(shown).text


def test_certificates_that_are_there_are_gathered(make, browse, app):
    row = make.certificate()
    browser = browse(row.group.manager)
    done = browser.post(f"/editions/{row.group.edition.id}/certificates")
    run_jobs(app)
    assert browser.get(f"{done.location}/file").status_code == 200
    assert files._store[0].exists()


def test_a_long_batch_is_shown_a_page_at_a_time(make, browse, monkeypatch):
    monkeypatch.setattr(batches, "SHOWN", 1)
    batch = make.batch(make.certifiable(1260, 944))
    browser = browse(make.person("manager"))
    first = browser.get(f"/batches/{batch.id}").text
    assert "1 minute" in first
    assert "beyond=1" in first
    second = browser.get(f"/batches/{batch.id}?beyond=1").text
    assert "1 minute" not in second
    for odd in ("-5", "x", "99999999"):
        assert browser.get(f"/batches/{batch.id}?beyond={odd}").status_code == 200


@pytest.mark.parametrize("who", ["coordinator", "trainer"])
def test_only_a_manager_certifies_many_or_fetches_them(who, make, browse):
    group = make.certifiable(1260)
    batch = make.batch(group)
    browser = browse(getattr(group, who))
    for address in (
        f"/batches/{batch.id}", f"/batches/{batch.id}/file",
        f"/editions/{group.edition.id}/certify-trainees",
    ):  # fmt: skip
        assert browser.get(address).status_code == 404


def test_the_pages_take_as_many_statements_for_one_as_for_ten(make, browse, statements):
    counts = []
    for number in (1, 10):
        group = make.certifiable(*[1260] * number)
        browser = browse(group.manager)
        batch = make.batch(make.certifiable(*[1260] * number))
        seen_at = []
        for address in (f"/editions/{group.edition.id}/certify-trainees", f"/batches/{batch.id}"):
            browser.get(address)
            with statements() as seen:
                browser.get(address)
            seen_at.append(len(seen))
        counts.append(seen_at)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
