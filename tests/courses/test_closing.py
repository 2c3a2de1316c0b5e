"""Closing: a sheet for a month and an edition, versions, and what reopens an edition."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from courses import certificates, closing, declaration, verification
from courses.editions import EditionState
from lms import audit, clock, db, frozen, i18n, keys
from lms.errors import Invalid, Refused, WrongState
from tests.courses.test_leaves import amended, entries


@pytest.fixture
def closed(make):
    return make.closed_class(pages=2)


def sheet_of(group, row=None):
    return closing.content(row or group.closing, by=group.by)


@pytest.fixture
def group(make, closed):
    closed.by = make.actor(closed.manager)
    return closed


def test_closing_an_edition_makes_its_sheet(group):
    sheet = sheet_of(group)
    assert group.edition.state == EditionState.CLOSED
    assert (sheet["version"], sheet["month"], sheet["earlier"]) == (1, "", [])
    assert sheet["minutes"] == {"due": 1260, "planned": 420, "held": 420}
    assert sheet["sessions"] == {"certified": 2, "not_held": 4}
    assert [p["total"] for p in sheet["people"]] == [420, 420, 420]
    assert [p["share"] for p in sheet["people"]] == [3333] * 3
    assert [p["admitted"] for p in sheet["people"]] == [False] * 3
    assert sheet["trainers"] == [
        {"id": str(group.trainer.id), "name": group.trainer.name, "pages": 2, "minutes": 420}
    ]
    assert sheet["declarant"] == group.manager.name
    assert sheet["key"] == keys.public_key()


def test_a_sheet_says_how_far_the_register_had_come(group):
    every = entries(group.edition)
    sheet = sheet_of(group)
    assert every[-1].what == "closing sheet made"
    assert sheet["register"] == {"length": len(every) - 1, "head": every[-2].hash.hex()}
    assert json.loads(every[-1].body)["row"]["digest"] == group.closing.digest.hex()


def test_a_sheet_says_outcome_and_certificate(make):
    group = make.certifiable(1260, 700)
    by = make.actor(group.manager)
    number = certificates.issue(group.enrolments[0], by=by).number
    row = closing.close(group.edition, by=by)
    db.session.commit()
    said = {p["name"]: p for p in closing.content(row, by=by)["people"]}
    one, two = (said[p.name] for p in group.trainees)
    assert (one["admitted"], one["outcome"], one["certificate"]) == (True, "certified", number)
    assert (two["admitted"], two["outcome"], two["certificate"]) == (False, "", "")


def test_a_sheet_lists_the_corrections(make):
    group = make.certified_page()
    amended(make, group, 1, None, None, 0)
    changes = closing.changes(group.edition)
    assert [(c.page, c.number, c.before.minutes, c.after.minutes) for c in changes] == [
        (1, 2, 210, 0)
    ]
    assert closing.changes(group.edition, "2026-12") == []


def test_a_frozen_sheet_does_not_change_with_the_register(make, group):
    before = sheet_of(group)
    group.session = group.sessions[0]
    amended(make, group, 0, None, None, 0)
    assert sheet_of(group) == before


def test_an_edition_is_not_closed_while_a_page_waits(make):
    group = make.signed_page()
    with pytest.raises(Refused):
        closing.close(group.edition, by=make.actor(group.manager))
    db.session.rollback()
    assert closing.of_edition(group.edition.id) == []


def test_reopening_says_why_and_closing_again_makes_the_next_version(make, group):
    closing.reopen(group.edition, reason="A page was wrong", by=group.by)
    db.session.commit()
    assert group.edition.state == EditionState.RUNNING
    group.session = group.sessions[0]
    amended(make, group, 0, None, None, 0)
    second = closing.close(group.edition, declarant="Rita Levi", by=group.by)
    db.session.commit()
    old, new = sheet_of(group), sheet_of(group, second)
    assert (old["version"], new["version"]) == (1, 2)
    assert [p["total"] for p in old["people"]] == [420, 420, 420]
    assert sorted(p["total"] for p in new["people"]) == [210, 420, 420]
    assert [(e["version"], e["digest"]) for e in new["earlier"]] == [
        (1, group.closing.digest.hex())
    ]
    assert [r["reason"] for r in new["reopened"]] == ["A page was wrong"]
    assert new["declarant"] == "Rita Levi"
    assert [e.what for e in entries(group.edition)[-4:]] == [
        "times amended", "line posted", "line posted", "closing sheet made",
    ]  # fmt: skip


def test_reopening_is_in_the_chain_and_in_the_record(group):
    closing.reopen(group.edition, reason="A page was wrong", by=group.by)
    db.session.commit()
    assert entries(group.edition)[-1].what == "edition reopened"
    assert audit.latest(group.programme.id, most=1)[0].what == "edition reopened"


def test_reopening_needs_a_reason_and_a_closed_edition(make, group):
    with pytest.raises(Invalid):
        closing.reopen(group.edition, reason="  ", by=group.by)
    running = make.class_in_motion()
    with pytest.raises(WrongState):
        closing.reopen(running.edition, reason="x", by=group.by)


def test_a_month_is_closed_when_it_is_over_and_certified(make):
    group = make.settled_class(pages=1)
    by = make.actor(group.manager)
    with clock.held(group.sessions[0].starts_at):
        assert closing.closable(group.edition) == []
        with pytest.raises(Invalid, match="not over"):
            closing.close_month(group.edition, "2026-11", by=by)
    with clock.held(group.sessions[0].starts_at + timedelta(days=30)):
        assert closing.closable(group.edition) == ["2026-11"]
        row = closing.close_month(group.edition, "2026-11", declarant="Rita Levi", by=by)
        with pytest.raises(Invalid, match="no session"):
            closing.close_month(group.edition, "2026-10", by=by)
    sheet = closing.content(row, by=by)
    assert (sheet["month"], sheet["declarant"]) == ("2026-11", "Rita Levi")
    assert [p["share"] for p in sheet["people"]] == [10_000] * 3
    assert [p["admitted"] for p in sheet["people"]] == [None] * 3


def test_a_month_with_a_page_that_waits_is_refused(make):
    group = make.signed_page()
    with clock.held(group.session.starts_at + timedelta(days=60)):
        assert closing.closable(group.edition) == []
        with pytest.raises(Refused, match="still wait"):
            closing.close_month(group.edition, "2026-11", by=make.actor(group.manager))


def test_versions_are_counted_for_each_month_by_itself(make):
    group = make.settled_class(pages=1)
    by = make.actor(group.manager)
    with clock.held(group.sessions[0].starts_at + timedelta(days=60)):
        numbers = [
            closing.close_month(group.edition, "2026-11", by=by).number,
            closing.close_month(group.edition, "2026-11", by=by).number,
            closing.close(group.edition, by=by).number,
        ]
    assert numbers == [1, 2, 1]


# As it is handed over


def test_the_pdf_is_made_in_both_languages(group):
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            assert declaration.pdf(group.closing, by=group.by).startswith(b"%PDF-")
    assert declaration.pdf(group.closing, by=group.by) == declaration.pdf(
        group.closing, by=group.by
    )


def test_the_pdf_carries_the_declaration(group, monkeypatch):
    told = {}
    monkeypatch.setattr(declaration.documents, "pdf", lambda _, data, at: told.update(data))
    with i18n.speaking("it"):
        declaration.pdf(group.closing, by=group.by)
    assert "D.P.R. 445/2000" in told["declaration"][1]
    assert group.manager.name in told["declaration"][1]
    assert told["people"]["rows"][0][6].startswith("33,33")
    assert keys.public_key() in told["hashes"][2]
    assert group.closing.digest.hex() in told["hashes"][0]
    assert len(told["people"]["rows"][0]) == len(told["people"]["columns"])


def test_the_csv_has_a_line_for_each_person_and_the_hash(group):
    made = declaration.as_csv(group.closing, by=group.by).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(made), delimiter=";"))
    people = rows[1 : 1 + len(group.trainees)]
    assert [r[6] for r in people] == ["420"] * 3
    assert len(rows[0]) == len(people[0])
    assert rows[-1][0] == "SHA-256 of the lines above"
    assert group.trainees[0].name not in declaration.named(group.closing)


# What holds always


def test_a_changed_sheet_is_broken(group):
    sheet = group.closing.sheet
    key = sheet.key_id
    assert frozen.read(sheet, by=group.by)["version"] == 1
    db.session.expunge(sheet)
    sheet.digest = bytes(32)
    with pytest.raises(frozen.Broken):
        frozen.read(sheet, by=group.by)
    assert key is not None


@pytest.mark.parametrize("table", ["courses_closings", "courses_reopenings"])
def test_sheets_and_reopenings_only_grow(group, table):
    closing.reopen(group.edition, reason="x", by=group.by)
    db.session.commit()
    with pytest.raises(Exception, match="only grows"):
        db.session.execute(text(f"UPDATE {table} SET at = at"))


def test_the_database_wants_a_reason(group):
    row = closing.Reopening(
        programme_id=group.programme.id,
        edition_id=group.edition.id,
        number=1,
        reason="",
        at=clock.now(),
        by_id=group.manager.id,
    )
    db.session.add(row)
    with pytest.raises(Exception, match="says_why"):
        db.session.flush()
    db.session.rollback()


def test_verification_knows_the_sheets(group):
    assert [v.fault for v in verification.verify()] == [None]
