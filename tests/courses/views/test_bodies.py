"""Delivering bodies by page."""

from courses import bodies


def test_by_page_the_manager_adds_a_body_and_gives_it_sessions(make, browse):
    group = make.class_in_motion()
    url, browser = f"/editions/{group.edition.id}/bodies", browse(group.manager)
    browser.post(f"{url}/new", {"name": "Consorzio Dora", "accreditation": "A-1"})
    body = bodies.of_programme(group.programme.id)[0]
    assert browser.post(url, {"body": body.id, "sessions": ["1", "2"]}).status_code == 303
    page = browse(group.coordinator).get(url)
    assert "4 sessions have no delivering body yet." in page.text
    assert "Give these sessions" not in page.text
    nothing = browser.post(url, {"body": body.id})
    assert nothing.status_code == 422
    changed = browser.post(
        f"/delivering-bodies/{body.id}", {"name": "Dora", "accreditation": "", "version": 1}
    )
    assert changed.status_code == 303
    twice = browser.post(f"{url}/new", {"name": "Dora", "accreditation": ""})
    assert twice.status_code == 422
