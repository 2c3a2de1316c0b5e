"""What is known of a person: three tables, three permissions, one key."""

import pytest
from sqlalchemy import text

from casework.beneficiaries import WRITTEN
from lms import accounts, audit, db, keys
from tests.making.cases import parts
from tests.making.referrals import NAME

ADDRESSES = {"identity": "identities", "social": "social", "special": "special"}
FIELDS = {
    "identity": {"first_name": "Nova", "contact": "a door"},
    "social": {"household": "two children", "home": "rented"},
    "special": {"health": "asthma"},
}


def page_of(case, part):
    return f"/casework/{ADDRESSES[part]}/{getattr(parts(case.beneficiary_id), part).id}"


def activator_of(case):
    return accounts.get(case.activator_id)


@pytest.mark.parametrize("part", ADDRESSES)
def test_the_activator_writes_each_part_and_it_lies_sealed(make, browse, part):
    case = make.case()
    browser, address = browse(activator_of(case)), page_of(case, part)
    row = getattr(parts(case.beneficiary_id), part)
    answer = browser.post(address, {**FIELDS[part], "version": row.version})
    assert answer.status_code == 303
    shown = browser.get(address).text
    assert all(value in shown for value in FIELDS[part].values())
    for column, value in FIELDS[part].items():
        stored = db.session.scalar(text(f"SELECT {column} FROM {row.__tablename__}"))
        assert value.encode() not in bytes(stored)


@pytest.mark.parametrize("part", ADDRESSES)
def test_each_reading_is_recorded_under_its_own_permission_and_the_case(make, browse, part):
    case = make.case()
    browse(activator_of(case)).get(page_of(case, part))
    mine = [e.what for e in audit.who_saw(case.id) if e.actor_id == case.activator_id]
    assert mine.count(f"open {part}:read") == 1


@pytest.mark.parametrize("part", ADDRESSES)
def test_writing_is_recorded_with_the_case(make, browse, part):
    case = make.case()
    row = getattr(parts(case.beneficiary_id), part)
    browse(activator_of(case)).post(page_of(case, part), {**FIELDS[part], "version": row.version})
    mine = [e.what for e in audit.who_saw(case.id) if e.actor_id == case.activator_id]
    assert mine == [WRITTEN[type(row)], f"open {part}:write"]


def test_what_a_refused_save_has_shown_is_recorded_with_the_case(make, browse):
    case = make.case()
    answer = browse(activator_of(case)).post(page_of(case, "identity"), {"first_name": ""})
    assert answer.status_code == 422
    mine = [e.what for e in audit.who_saw(case.id) if e.actor_id == case.activator_id]
    assert mine == ["open identity:write"]


def test_the_senior_reads_who_she_is_and_how_she_lives_but_not_the_special_part(make, browse):
    case = make.case()
    browser = browse(make.assignment(activator_of(case)).senior)
    shown = browser.get(page_of(case, "identity")).text
    assert NAME in shown
    assert 'name="first_name"' not in shown
    assert browser.get(page_of(case, "social")).status_code == 200
    assert browser.get(page_of(case, "special")).status_code == 404
    assert "Health and court measures" not in browser.get(f"/casework/cases/{case.id}").text


@pytest.mark.parametrize("part", ADDRESSES)
@pytest.mark.parametrize("role", ["manager", "senior", "partner", "administrator"])
def test_nobody_else_reads_any_part(make, browse, part, role):
    case = make.case()
    assert browse(make.person(role)).get(page_of(case, part)).status_code == 404


@pytest.mark.parametrize("part", ADDRESSES)
def test_another_activator_reads_no_part(make, browse, part):
    case = make.case()
    assert browse(make.activator().person).get(page_of(case, part)).status_code == 404


def test_a_save_that_began_from_an_older_version_shows_both(make, browse):
    case = make.case()
    browser, address = browse(activator_of(case)), page_of(case, "identity")
    version = parts(case.beneficiary_id).identity.version
    browser.post(address, {"first_name": "First", "version": version})
    late = browser.post(address, {"first_name": "Second", "version": version})
    assert late.status_code == 409
    assert "First" in late.text
    assert "Second" in late.text
    identity = parts(case.beneficiary_id).identity
    assert keys.open_row(identity, by=make.actor(activator_of(case))).first_name == "First"


@pytest.mark.parametrize("part", ADDRESSES)
@pytest.mark.parametrize("version", [{}, {"version": ""}, {"version": "x"}, {"version": "-1"}])
def test_a_save_that_does_not_say_what_it_began_from_saves_nothing(make, browse, part, version):
    case = make.case()
    row = getattr(parts(case.beneficiary_id), part)
    before = row.version
    answer = browse(activator_of(case)).post(page_of(case, part), {**FIELDS[part], **version})
    assert answer.status_code == 409
    assert all(value in answer.text for value in FIELDS[part].values())
    db.session.refresh(row)
    assert row.version == before


def test_a_first_name_is_needed(make, browse):
    case = make.case()
    answer = browse(activator_of(case)).post(page_of(case, "identity"), {"first_name": ""})
    assert answer.status_code == 422


def test_a_person_who_was_erased_is_gone_from_the_pages(make, browse):
    case = make.case()
    keys.destroy(db.session.get(keys.SubjectKey, case.beneficiary.key_id))
    db.session.commit()
    browser = browse(activator_of(case))
    shown = browser.get(f"/casework/cases/{case.id}")
    assert shown.status_code == 200
    assert NAME not in shown.text
    assert case.code in browser.get("/casework/cases").text
