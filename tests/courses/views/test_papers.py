"""Printed pages by page: numbers, books, opening late."""

from datetime import timedelta

from courses import papers


def test_by_page_a_trainer_takes_the_next_number_and_opens_the_file(make, browse):
    group = make.on_paper()
    session = group.sessions[0]
    url = f"/sessions/{session.id}/paper"
    with make.answered_at(session.starts_at - timedelta(minutes=20)):
        shown = browse(group.trainer).get(f"/sessions/{session.id}").text
        assert "It has no printed page with its number yet." in shown
    browser = browse(group.trainer)
    assert browser.get(f"{url}.pdf").status_code == 404
    assert browser.post(url).status_code == 303
    assert browser.post(url).status_code == 409  # its page no longer offers her another one
    answer = browser.get(f"{url}.pdf")
    assert answer.mimetype == "application/pdf"
    assert "page-101.pdf" in answer.headers["Content-Disposition"]
    assert browser.post(f"{url}/number", {"number": "102", "why": "x"}).status_code == 404


def test_by_page_a_coordinator_types_a_number_and_keeps_books(make, browse):
    group = make.on_paper()
    session, browser = group.sessions[0], browse(group.coordinator)
    url, listed = f"/sessions/{session.id}/paper", f"/editions/{group.edition.id}/papers"
    page = browser.post(f"{url}/number", {"number": "500"})
    assert page.status_code == 422
    assert "in no stamped book" in page.text
    assert browser.post(f"{url}/number", {"number": "150"}).status_code == 303
    assert "5 pages are still to be printed" in browser.get(listed).text
    assert "Why the page before is not used</label>" in browser.get(url).text  # not optional now
    overlap = browser.post(listed, {"name": "B", "first": "150", "last": "160"})
    assert overlap.status_code == 422
    added = browser.post(listed, {"name": "B", "first": "300", "last": "310"})
    assert added.status_code == 303
    book = papers.books(group.edition.id)[1]
    assert browser.post(f"/books/{book.id}/remove").status_code == 303


def test_by_page_a_coordinator_opens_late(make, browse):
    group = make.class_in_motion()
    make.printed(group)
    session = group.sessions[0]
    with make.answered_at(session.ends_at + timedelta(hours=3)):
        browser = browse(group.coordinator)
        page = browser.get(f"/sessions/{session.id}/paper").text
        assert "Open the page late" in page
        refused = browser.post(f"/sessions/{session.id}/open-late", {"reason": ""})
        assert refused.status_code == 422
        done = browser.post(f"/sessions/{session.id}/open-late", {"reason": "No network"})
        assert done.location.endswith("/paper-times")
    trainer = browse(group.trainer).post(f"/sessions/{session.id}/open-late", {"reason": "x"})
    assert trainer.status_code == 404


def test_by_page_the_next_pages_are_numbered_and_printed_together(make, browse):
    group = make.on_paper()
    listed = f"/editions/{group.edition.id}/papers"
    with make.answered_at(group.sessions[0].starts_at - timedelta(days=3)):
        browser = browse(group.coordinator)
        assert browser.get(f"{listed}.pdf").status_code == 404
        assert browser.post(f"{listed}/ahead", {"count": "0"}).status_code == 422
        assert browser.post(f"{listed}/ahead", {"count": "9"}).status_code == 303
        assert "Every page to come is printed." in browser.get(listed).text
        answer = browser.get(f"{listed}.pdf")
    assert answer.mimetype == "application/pdf"
    assert papers.used(group.edition.id) == set(range(101, 107))


def test_the_list_of_papers_costs_the_same_for_one_and_for_six(make, browse, statements):
    group, seen = make.on_paper(), []
    browser = browse(group.coordinator)
    for session in (group.sessions[0], None):
        for each in [session] if session else group.sessions[1:]:
            make.printed(group, each)
        browser.get(f"/editions/{group.edition.id}/papers")
        with statements() as found:
            browser.get(f"/editions/{group.edition.id}/papers")
        seen.append(len(found))
    assert seen[0] == seen[1] <= 12
