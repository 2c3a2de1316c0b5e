"""Drafts: what was typed outlives the session, sealed, for its writer alone."""

import pytest
from sqlalchemy import select

from lms import clock, db, drafts
from lms.chains import Entry
from lms.drafts import Draft
from lms.sign_ins import SignIn


@pytest.fixture
def person(make):
    return make.person("manager")


def _end_sign_ins(person):
    for row in db.session.scalars(select(SignIn).where(SignIn.person_id == person.id)):
        row.ended_at = clock.now()
    db.session.commit()


TYPED = {
    "name": "Nuova Persona",
    "mail": "x",
    "password": "a long secret of hers",
    "code": "123456",
}


def test_a_post_after_the_session_ended_keeps_what_was_typed(person, browse):
    browser = browse(person)
    _end_sign_ins(person)
    answer = browser.post(
        "/admin/people", TYPED, headers={"Referer": "http://localhost/admin/people"}
    )
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/account/kept"
    row = db.session.scalars(select(Draft)).one()
    assert (row.form, row.person_id) == ("/admin/people", person.id)
    assert b"Nuova Persona" not in row.body
    page = browse(person).get("/account/kept").text
    assert "Nuova Persona" in page


def test_a_draft_never_holds_a_secret(person, browse):
    browser = browse(person)
    _end_sign_ins(person)
    browser.post("/admin/people", TYPED)
    page = browse(person).get("/account/kept").text
    assert "Nuova Persona" in page
    assert "a long secret of hers" not in page
    assert "123456" not in page


def test_keeping_it_is_in_the_record(person, browse):
    browser = browse(person)
    _end_sign_ins(person)
    browser.post("/admin/people", TYPED)
    said = list(db.session.scalars(select(Entry.what).where(Entry.actor_id == person.id)))
    assert [what for what in said if what.startswith("open")]


def test_a_stranger_leaves_no_draft(browse, database):
    assert browse().post("/admin/people", TYPED).status_code == 303
    assert db.session.scalars(select(Draft)).all() == []


def test_a_forged_post_keeps_nothing(person, browse):
    browser = browse(person)
    _end_sign_ins(person)
    answer = browser.post("/admin/people", TYPED, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert db.session.scalars(select(Draft)).all() == []


def test_a_draft_is_its_writers_alone(person, make, browse):
    drafts.save("/x", {"text": "hers"}, key_id=person.key_id, by=make.actor(person))
    db.session.commit()
    assert "hers" not in browse(make.person("trainee")).get("/account/kept").text
    other = browse(make.person("trainee"))
    other.post("/account/kept", {"form": "/x"})
    assert db.session.scalars(select(Draft)).one()


def test_a_form_has_one_draft(person, make):
    by = make.actor(person)
    drafts.save("/x", {"text": "first"}, key_id=person.key_id, by=by)
    db.session.commit()
    drafts.save("/x", {"text": "second"}, key_id=person.key_id, began_from=3, by=by)
    db.session.commit()
    row, fields = drafts.find("/x", by=by)
    assert (row.began_from, fields) == (3, {"text": "second"})
    drafts.drop("/x", by=by)
    assert drafts.find("/x", by=by) is None


def test_an_erased_draft_is_gone(person, make):
    from lms import keys

    key = keys.new_key(keys.Subject.CASE, make.default_programme().id)
    by = make.actor(person)
    drafts.save("/x", {"text": "words"}, key_id=key.id, by=by)
    keys.destroy(key)
    db.session.commit()
    assert drafts.find("/x", by=by) is None
    assert drafts.opened(drafts.of_person(by.id), {}, by=by) == []


def test_a_very_long_text_is_kept_up_to_a_length(person, make):
    by = make.actor(person)
    row = drafts.save("/x", {"text": "x" * 300_000}, key_id=person.key_id, by=by)
    db.session.commit()
    assert len(drafts.find("/x", by=by)[1]["text"]) == drafts.LONGEST
    assert row.form == "/x"
