"""What lies beside the pages goes into a bundle as it came, with a table that names it."""

import hashlib

import pytest

from courses import appendices
from lms import i18n


@pytest.fixture(autouse=True)
def english():
    with i18n.speaking("en"):
        yield


def pieces(part, group, make):
    by = make.actor(group.manager, group.programme)
    return {name: content() for name, content in part(group.edition, by)}


def lines(content):
    text = content.decode("utf-8-sig").split("\r\n\r\n")[0]
    return [line.split(";") for line in text.strip().split("\r\n")[1:]]


def test_attendance_files_go_as_the_platform_wrote_them(make):
    group = make.traced_page(trainees=2)
    found = pieces(appendices.trace_files, group, make)
    content = make.whole_file(group)
    assert found["traces/page-001-1.csv"] == content
    [row] = lines(found["traces/files.csv"])
    assert row[0] == "traces/page-001-1.csv"
    assert row[4] == hashlib.sha256(content).hexdigest()


def test_scans_and_the_stamped_pages_they_are_of(make):
    group = make.on_paper(trainees=1)
    paper = make.printed(group)
    make.opened_page(group)
    make.scanned(group)
    found = pieces(appendices.scans, group, make)
    assert found["scans/page-001-1.pdf"].startswith(b"%PDF")
    assert [row[0] for row in lines(found["scans/scans.csv"])] == ["scans/page-001-1.pdf"]
    assert [row[:2] for row in lines(found["scans/printed.csv"])] == [[str(paper.number), "1"]]


def test_a_sheet_says_who_answered_it_or_that_it_waits(make):
    group = make.outing(trainees=1)
    make.sheet(group, done="We mapped the services")
    [row] = lines(pieces(appendices.dated_sheets, group, make)["sheets/sheets.csv"])
    assert row[1] == group.trainees[0].name
    assert row[5] == "We mapped the services"
    assert row[8] == ""


def test_each_body_with_what_it_has_delivered(make):
    group = make.certified_page()
    body = make.delivering(group.programme)
    group.sessions[0].body_id = body.id
    found = lines(pieces(appendices.delivered, group, make)["calendar/bodies.csv"])
    assert [body.name, "ACC-1", "1", "1", "210"] in found
    assert sum(int(row[2]) for row in found) == len(group.sessions)


def test_duplicates_of_certificates(make):
    row = make.duplicate(make.certificate())
    group = row.certificate.enrolment
    from types import SimpleNamespace

    manager = make.person("manager")
    found = pieces(
        appendices.duplicates,
        SimpleNamespace(edition=group.edition, manager=manager, programme=None),
        make,
    )
    assert [r[:2] for r in lines(found["certificates/duplicates.csv"])] == [
        [row.certificate.number, "1"]
    ]


def test_an_edition_without_any_of_it_has_its_empty_tables(make):
    group = make.class_in_motion()
    for part in appendices.PARTS:
        found = pieces(part, group, make)
        assert found
        assert all(name.endswith(".csv") for name in found)
