"""The printed page: codes, number and names, on one sheet, for everybody to read."""

from datetime import timedelta

import pytest

from courses import blanks, papers, terms
from lms import clock, db


def drawn(make, group, sessions=None):
    by = make.actor(group.coordinator, group.programme)
    pages = [(s, make.printed(group, s)) for s in sessions or group.sessions[:1]]
    at = pages[0][1].at
    return blanks.data(group.edition, pages, by=by), blanks.pdf(group.edition, pages, at=at, by=by)


def sheets_of(content):
    return content.count(b"/Type /Page\n") + content.count(b"/Type/Page/")


def test_it_shows_codes_number_body_and_names(make):
    group = make.on_paper(trainees=4)
    edition, session = group.edition, group.sessions[0]
    edition.practice_number, edition.project_code = "PR-77", "B19J21000000006"
    session.body_id = make.delivering(name="Consorzio").id
    db.session.commit()
    terms.add_logo(edition, make.png(), name="Union", by=make.actor(group.manager))
    data, _ = drawn(make, group)
    page = data["pages"][0]
    assert page["number"] == "101"
    assert ["CUP", "B19J21000000006"] in data["codes"]
    assert [label for label, _ in data["codes"]] == ["Practice no.", "CUP"]
    assert page["people"] == sorted(p.name for p in group.trainees)
    assert page["half"] == "Morning"
    assert "Consorzio" in dict(page["facts"])["Delivering body"]
    assert [logo["name"] for logo in data["logos"]] == ["Union"]


def test_it_is_kept_for_long_and_read_by_everybody(make):
    _, content = drawn(make, make.on_paper())
    assert content.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content


@pytest.mark.parametrize("trainees", [1, 30])
def test_everybody_is_on_one_sheet(make, trainees):
    group = make.on_paper(trainees=trainees)
    for name in ("Union", "Republic", "Region"):
        terms.add_logo(group.edition, make.png(), name=name, by=make.actor(group.manager))
        db.session.flush()
    group.edition.site = "Via Bologna 1, Torino"
    _, content = drawn(make, group)
    assert sheets_of(content) == 1


def test_an_open_page_shows_those_it_expects_and_one_to_come_those_enrolled(make):
    group = make.on_paper()
    data, _ = drawn(make, group)
    assert "gets its own number" in data["pages"][0]["page"]
    make.opened_page(group)
    group.enrolments[0].entered_on = group.session.starts_at.date() + timedelta(days=1)
    db.session.commit()
    by = make.actor(group.coordinator, group.programme)
    printed = [(group.session, papers.latest(group.session.id))]
    page = blanks.data(group.edition, printed, by=by)["pages"][0]
    assert page["page"] == "Electronic page 1"
    assert len(page["people"]) == 3
    later, _ = drawn(make, group, [group.sessions[1]])
    assert len(later["pages"][0]["people"]) == 3
    group.enrolments[0].entered_on = group.sessions[2].starts_at.date() + timedelta(days=1)
    db.session.commit()
    last, _ = drawn(make, group, [group.sessions[2]])
    assert len(last["pages"][0]["people"]) == 2


def test_all_pages_to_come_are_one_file_with_the_same_statements(make, statements):
    group, seen = make.on_paper(), []
    by = make.actor(group.coordinator, group.programme)
    for sessions in (group.sessions[:1], group.sessions[1:]):
        for session in sessions:
            make.printed(group, session)
        db.session.expire_all()
        edition = db.session.merge(group.edition)
        with statements() as found:
            pages = blanks.to_come(edition)
            blanks.data(edition, pages, by=by)
        seen.append(len(found))
    assert len(pages) == 6
    assert seen[0] == seen[1]
    assert sheets_of(blanks.pdf(edition, pages, at=clock.now(), by=by)) == 6
