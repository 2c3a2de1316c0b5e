"""The tables of an edition: what they say, of which month, and what stands in their foot."""

import csv
import io

import pytest

from courses import exports
from courses.exports import Export
from lms import audit, clock, db, i18n, tables
from lms.errors import Invalid


def rows(table):
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


@pytest.fixture
def group(make):
    return make.certified_page(trainees=2)


@pytest.fixture(autouse=True)
def english():
    with i18n.speaking("en"):
        yield


def test_hours_of_each_trainee(group):
    found = rows(exports.table(group.edition, Export.HOURS))
    assert [row["Person"] for row in found] == [p.name for p in group.trainees]
    assert {row["Present, minutes"] for row in found} == {210}
    assert {row["Certified in all, minutes"] for row in found} == {210}


def test_the_register_has_a_line_for_each_person_of_each_page(group):
    found = rows(exports.table(group.edition, Export.REGISTER))
    assert [(row["Page"], row["Person"]) for row in found] == [
        (1, person.name) for person in group.trainees
    ]
    assert {row["Recognised minutes"] for row in found} == {210}


def test_the_calendar_names_the_delivering_body_of_each_session(make, group):
    body = make.delivering(group.programme)
    group.sessions[0].body_id = body.id
    db.session.commit()
    found = rows(exports.table(group.edition, Export.CALENDAR))
    assert [row["Delivering body"] for row in found] == [body.name] + [""] * (len(found) - 1)
    assert len(found) == len(group.sessions)


def test_a_correction_says_what_was_and_why(make, group):
    make.approved(group)
    [row] = rows(exports.table(group.edition, Export.CORRECTIONS))
    values = list(row.values())
    assert group.trainees[0].name in values
    assert any("aterial error" in str(v) and group.trainer.name in str(v) for v in values)


def test_certificates_say_their_state_and_never_the_sealed_reason(make):
    certificate = make.ended_certificate("revoked")
    edition = certificate.enrolment.edition
    [row] = rows(exports.table(edition, Export.CERTIFICATES))
    assert (row["Number"], row["State"]) == (certificate.number, "revoked")
    assert set(row) == {
        "Number", "Person", "Edition", "Issued at", "Minutes", "State", "Ended at", "Replaced by",
    }  # fmt: skip


def test_a_month_has_only_what_is_of_it(make, group):
    month = clock.local(group.session.starts_at).strftime("%Y-%m")
    assert rows(exports.table(group.edition, Export.LINES, month))
    assert rows(exports.table(group.edition, Export.LINES, "1999-01")) == []
    with pytest.raises(Invalid) as refused:
        exports.export(
            group.edition,
            Export.LINES,
            format=tables.CSV,
            month="1999-01",
            by=make.actor(group.manager),
        )
    assert set(refused.value.fields) == {"month"}


def test_the_foot_says_who_when_what_how_many_and_the_hash_and_so_does_the_record(make, group):
    by = make.actor(group.manager, group.programme)
    content = exports.export(group.edition, Export.HOURS, format=tables.CSV, by=by)
    db.session.commit()
    foot = content.decode("utf-8-sig").split("\r\n\r\n")[1]
    said = [v for row in csv.reader(io.StringIO(foot), delimiter=";") for v in row]
    digest = tables.digest(exports.table(group.edition, Export.HOURS))
    for value in (by.name, group.edition.code, "2", digest):
        assert any(value in part for part in said), value
    [entry] = audit.latest(group.programme.id, most=1)
    assert entry.what == "register exported"
    assert digest in entry.body.decode()


def test_what_was_done_is_said_in_words_even_of_sealed_content():
    assert exports.said("page certified") == "Hours of a page certified"
    assert exports.said("open bundle:make") == "sealed content opened"
