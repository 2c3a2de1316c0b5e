"""Scans by page: attached, compared, and then certified."""

from io import BytesIO

from courses.calendar import SessionState
from lms import db, i18n


def on_paper(make, **more):
    """A countersigned page of an edition on stamped paper."""
    group = make.on_paper(**more)
    make.printed(group)
    return make.countersigned_page(group)


def test_by_page_a_scan_is_attached_compared_and_then_certified(make, browse):
    group = on_paper(make)
    coordinator, manager = browse(group.coordinator), browse(group.manager)
    certifying = f"/editions/{group.edition.id}/certify-hours"
    waiting = manager.get(certifying).text
    assert "lacks its scan" in waiting
    assert "once the coordinator has countersigned them" not in waiting  # she has
    sent = {"file": (BytesIO(make.PDF), "x.pdf")}
    url = f"/sessions/{group.session.id}"
    form = "multipart/form-data"
    assert coordinator.post(f"{url}/scans", sent, content_type=form).status_code == 303
    page = coordinator.get(f"{url}/compare").text
    assert page.count('name="lines"') == 3
    assert f"{group.trainees[0].name}: {i18n.hours(210)}, from 8:57 to 12:32" in page
    refused = coordinator.post(f"{url}/compare", {"lines": ["1", "3"]})
    assert refused.status_code == 422
    assert f"differ for {group.trainees[1].name}" in refused.text
    assert f'href="{url}/corrections"' in refused.text
    done = coordinator.post(f"{url}/compare", {"lines": ["1", "2", "3"]})
    assert done.status_code == 303
    assert manager.post(certifying, {"pages": ["1"]}).status_code == 303
    db.session.expire_all()
    assert group.session.state == SessionState.CERTIFIED


def test_by_page_what_is_no_scan_is_refused_beside_the_field(make, browse):
    group = on_paper(make)
    url = f"/sessions/{group.session.id}/scans"
    missing = browse(group.trainer).post(url)
    assert missing.status_code == 422
    assert "Choose the file." in missing.text
    sent = {"file": (BytesIO(b"words"), "x.pdf")}
    wrong = browse(group.trainer).post(url, sent, content_type="multipart/form-data")
    assert wrong.status_code == 422
    assert "Only PDF, PNG and JPEG files" in wrong.text


def test_a_scan_is_opened_by_who_keeps_the_register(make, browse):
    group = on_paper(make)
    scan = make.scanned(group)
    for who in (group.trainer, group.coordinator, group.manager):
        assert browse(who).get(f"/scans/{scan.id}").data == make.PDF
    assert browse(group.trainees[0]).get(f"/scans/{scan.id}").status_code == 404


def test_comparing_costs_the_same_for_one_and_for_five(make, browse, statements):
    seen = []
    for trainees in (1, 5):
        group = on_paper(make, trainees=trainees)
        make.scanned(group)
        browser, url = browse(group.coordinator), f"/sessions/{group.session.id}/compare"
        browser.get(url)
        with statements() as found:
            browser.get(url)
        seen.append(len(found))
    assert seen[0] == seen[1] <= 12
