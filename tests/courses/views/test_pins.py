"""PINs on their pages: chosen at home, typed on the trainer's device, never shown to anybody."""

from datetime import timedelta

import pytest

from courses import stamps
from courses.pins import Pin
from courses.stamps import StampSource
from lms import db, sign_ins
from tests.courses.views.test_register import moment  # noqa: F401
from tests.making.absences import DIGITS
from tests.pages import Page

WRONG = "907124"


@pytest.fixture
def group(make, moment):  # noqa: F811
    found = make.opened_page()
    moment(found.session.starts_at)
    make.pin(found.trainees[0])
    found.row = stamps.expected_of(found.session.id, found.enrolments[0].id)
    found.where = f"/sessions/{found.session.id}/pin"
    return found


def test_a_trainee_chooses_her_pin(make, browse):
    group = make.class_in_motion()
    trainee = browse(group.trainees[0])
    assert "/hours/pin" in trainee.get("/hours").text
    assert "Choose a PIN" in trainee.get("/hours/pin").text
    easy = trainee.post("/hours/pin", {"code": "123456", "again": "123456"})
    assert easy.status_code == 422
    assert "Too easy" in easy.text
    assert "123456" not in easy.text.replace("such as 123456", "")
    other = trainee.post("/hours/pin", {"code": DIGITS, "again": WRONG})
    assert "not the same digits" in other.text
    assert DIGITS not in other.text
    assert trainee.post("/hours/pin", {"code": DIGITS, "again": DIGITS}).status_code == 303
    assert "You have a PIN" in trainee.get("/hours/pin").text


def test_to_choose_it_the_password_is_asked_again_after_a_while(make, browse):
    group = make.class_in_motion()
    trainee = browse(group.trainees[0])
    (row,) = db.session.query(sign_ins.SignIn)
    row.proved_at -= timedelta(minutes=20)
    answer = trainee.post("/hours/pin", {"code": DIGITS, "again": DIGITS})
    assert answer.location.startswith("/sign-in/again")
    assert db.session.query(Pin).count() == 0


def test_she_signs_on_the_trainers_device(make, browse, group, moment):  # noqa: F811
    trainer = browse(group.trainer)
    shown = Page(trainer.get(group.where).text)
    field = next(c for c in shown.controls if c.get("name") == "code")
    assert (field["type"], field["autocomplete"]) == ("password", "off")
    assert trainer.post(group.where, {"who": group.row.id, "code": DIGITS}).status_code == 303
    assert "you are in since 9:00" in trainer.get(group.where).text
    moment(group.session.starts_at + timedelta(hours=2))
    trainer.post(group.where, {"who": group.row.id, "code": DIGITS})
    page = trainer.get(group.where).text
    assert "you went out at 11:00" in page
    assert "Nobody here can sign with a PIN." in page
    made = stamps.of_page(group.session.id)[group.enrolments[0].id]
    assert {(s.source, s.by_id) for s in made} == {(StampSource.PIN, group.trainees[0].id)}


def test_a_wrong_pin_is_refused_not_shown_and_counted_though_all_is_undone(make, browse, group):
    trainer = browse(group.trainer)
    answer = trainer.post(group.where, {"who": group.row.id, "code": WRONG})
    assert answer.status_code == 422
    assert "This is not her PIN." in answer.text
    assert WRONG not in answer.text
    assert db.session.query(Pin).one().wrong == 1
    assert stamps.of_page(group.session.id) == {}


def test_five_wrong_tries_lock_it_until_she_signs_in(make, browse, group, moment):  # noqa: F811
    trainer = browse(group.trainer)
    for number in range(5):
        moment(group.session.starts_at + timedelta(minutes=number * 10))
        trainer.post(group.where, {"who": group.row.id, "code": WRONG})
    moment(group.session.starts_at + timedelta(minutes=50))
    locked = trainer.post(group.where, {"who": group.row.id, "code": DIGITS})
    assert locked.status_code == 409
    assert "until she signs in with her account" in locked.text
    moment(group.session.starts_at + timedelta(minutes=59))
    phone = browse()
    phone.post("/sign-in", {"mail": group.trainees[0].mail, "password": make.PASSWORD})
    moment(group.session.starts_at + timedelta(minutes=60))
    assert trainer.post(group.where, {"who": group.row.id, "code": DIGITS}).status_code == 303


def test_too_many_tries_in_a_row_wait(make, browse, group):
    trainer = browse(group.trainer)
    for _ in range(4):
        assert trainer.post(group.where, {"who": group.row.id, "code": WRONG}).status_code == 422
    waits = trainer.post(group.where, {"who": group.row.id, "code": DIGITS})
    assert waits.status_code == 429
    assert "Too many tries" in waits.text
    assert DIGITS not in waits.text


def test_a_lock_is_said_to_her_while_her_sign_in_is_from_before(make, browse, group, moment):  # noqa: F811
    start = group.session.starts_at
    trainee, trainer = browse(group.trainees[0]), browse(group.trainer)
    for row in db.session.query(sign_ins.SignIn):
        row.began_at = row.seen_at = row.proved_at = start
    for number in range(5):
        moment(start + timedelta(minutes=number * 10))
        trainer.post(group.where, {"who": group.row.id, "code": WRONG})
    for row in db.session.query(sign_ins.SignIn):
        row.proved_at = start + timedelta(minutes=40)
    assert "Your PIN is locked." in trainee.get("/hours/pin").text
    trainee.post("/hours/pin", {"code": "905172", "again": "905172"})
    assert "Your PIN is locked." not in trainee.get("/hours/pin").text


def test_only_the_trainer_of_the_page_lends_her_device_for_those_on_it(make, browse, group):
    other = make.opened_page()
    make.pin(other.trainees[0])
    foreign = stamps.expected_of(other.session.id, other.enrolments[0].id)
    sent = {"who": foreign.id, "code": DIGITS}
    assert browse(group.trainer).post(group.where, sent).status_code == 422
    assert browse(other.trainer).get(group.where).status_code == 404
    assert browse(group.coordinator).post(group.where, sent).status_code == 404
    assert stamps.of_page(other.session.id) == {}


def test_no_table_holds_the_digits_or_a_fast_hash_of_the_form(make, browse, group):
    browse(group.trainer).post(group.where, {"who": group.row.id, "code": DIGITS})
    browse(group.trainees[1]).post("/hours/pin", {"code": DIGITS, "again": DIGITS})
    db.session.commit()
    for table in db.Model.metadata.tables:
        for row in db.session.execute(db.text(f"SELECT * FROM {table}")):
            assert DIGITS not in str(tuple(row)), table
    from lms.once import Once

    assert not [o for o in db.session.query(Once) if "pin" in o.address]


def test_a_page_that_is_not_open_leads_to_the_register(make, browse):
    group = make.signed_page()
    answer = browse(group.trainer).get(f"/sessions/{group.session.id}/pin")
    assert answer.location == f"/sessions/{group.session.id}"
