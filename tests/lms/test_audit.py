"""The record: every reading of sealed content is in it, or the content is not shown."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms import accounts, audit, chains, db, drafts, keys
from lms.chains import Entry, Kind


@pytest.fixture
def person(make):
    return make.person("trainee")


@pytest.fixture
def draft(person, make):
    """Something sealed that a page opens: /account/kept shows it to its writer."""
    row = drafts.save("/somewhere", {"text": "sealed words"}, key_id=person.key_id,
                      by=make.actor(person))  # fmt: skip
    db.session.commit()
    return row


def _said(actor_id):
    query = select(Entry.what).where(Entry.actor_id == actor_id).order_by(Entry.sequence)
    return list(db.session.scalars(query))


def test_a_reading_is_recorded_once_per_page(draft, person, browse):
    before = len(_said(person.id))
    browser = browse(person)
    assert "sealed words" in browser.get("/account/kept").text
    assert len(_said(person.id)) == before + 1
    browser.get("/account/kept")
    assert len(_said(person.id)) == before + 2


def test_a_reading_without_a_permission_stands_under_the_account(draft, person, browse):
    browse(person).get("/account/kept")
    assert _said(person.id)[-1] == "open account"


def test_a_reading_names_whose_content_it_was(draft, person, browse):
    browse(person).get("/account/kept")
    assert [entry.actor_id for entry in audit.who_saw(draft.id)][-1] == person.id


def test_a_reading_is_one_short_write_after_the_page(draft, person, browse, statements):
    browser = browse(person)
    with statements() as seen:
        browser.get("/account/kept")
    writes = [n for n, s in enumerate(seen) if s.startswith(("INSERT", "UPDATE", "DELETE"))]
    reads = [n for n, s in enumerate(seen) if "FROM drafts" in s]
    assert writes
    assert min(writes) > max(reads)
    if db.engine().dialect.name == "sqlite":
        assert seen[0] == "BEGIN"
        assert "BEGIN IMMEDIATE" in seen[max(reads) : min(writes)]


def test_what_cannot_be_recorded_is_not_shown(draft, person, browse, monkeypatch):
    def refuse(*_):
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    browser = browse(person)
    monkeypatch.setattr(chains, "_append", refuse)
    answer = browser.get("/account/kept")
    assert answer.status_code == 503
    assert answer.data == b""
    assert answer.headers["Retry-After"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]
    monkeypatch.undo()
    assert browser.get("/account/kept").status_code == 200


def test_a_page_that_opens_nothing_writes_nothing(person, browse, statements):
    browser = browse(person)
    with statements() as seen:
        assert browser.get("/account/").status_code == 200
    assert not [s for s in seen if s.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_what_a_refused_request_has_shown_is_recorded_too(draft, person, app, browse, monkeypatch):
    """A page of a refusal may show what others wrote: that is a reading like any other."""
    from lms.errors import Refused
    from lms.views import account

    def show_and_refuse(*, by):
        found = drafts.opened(drafts.of_person(by.id), {}, by=by)
        raise Refused(found[0][1]["text"])

    monkeypatch.setattr(account.drafts, "drop", lambda form, by: show_and_refuse(by=by))
    before = len(_said(person.id))
    answer = browse(person).post("/account/kept", {"form": "/x"})
    assert answer.status_code == 409
    assert "sealed words" in answer.text
    assert [what for what in _said(person.id)[before:] if what.startswith("open")]


def test_refusals_are_recorded_for_people_who_are_signed_in(person, browse):
    browse(person).get("/admin/audit")
    assert _said(person.id)[-1] == "refused 404 GET /admin/audit"
    before = chains.count(Kind.AUDIT)
    browse().get("/nowhere")
    assert chains.count(Kind.AUDIT) == before


def test_refusals_of_one_person_are_capped_in_a_minute(person, browse):
    browser = browse(person)
    for _ in range(audit.MOST_REFUSALS + 5):
        browser.get("/admin/audit")
    assert _said(person.id).count("refused 404 GET /admin/audit") == audit.MOST_REFUSALS


def test_the_entry_is_in_the_transaction_of_the_act(person, make):
    by = make.actor(make.person("manager"))
    before = chains.count(Kind.AUDIT)
    accounts.invite("new@demo.example", "New Person", accounts.Role.TRAINER, by=by)
    db.session.rollback()
    assert chains.count(Kind.AUDIT) == before
    assert accounts.by_mail("new@demo.example") is None


def test_the_record_holds_no_content(draft, person, browse):
    browse(person).get("/account/kept")
    bodies = db.session.scalars(select(Entry.body))
    assert not [b for b in bodies if b"sealed words" in b or b"demo.example" in b]


def test_readings_of_a_job_are_its_askers(person, make, draft):
    by, draft_id = make.actor(person), draft.id
    db.session.commit()
    with db.unit():
        keys.open_row(db.session.get_one(drafts.Draft, draft_id), by=by)
    assert _said(person.id)[-1] == "open command"


def test_who_saw_is_printed_by_a_command(draft, person, browse, command):
    browse(person).get("/account/kept")
    assert str(person.id) in command("audit", "who-saw", str(draft.id)).output


def test_the_envelope_on_the_page_has_no_content(draft, person, browse, make):
    browse(person).get("/account/kept")
    page = browse(make.person("administrator")).get("/admin/audit")
    assert page.status_code == 200
    assert "sealed words" not in page.text
