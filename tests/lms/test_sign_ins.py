"""Signing in: one answer for every wrong password, waits that are shared, factors used once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms import accounts, audit, clock, db, installation, sign_ins, tokens, tries
from lms.accounts import PersonState
from lms.chains import Entry
from lms.drafts import Draft
from lms.errors import Invalid, Refused, TooMany
from lms.permissions import Role
from lms.sign_ins import RecoveryCode
from lms.tries import Try
from tests.races import race


def test_the_right_password_signs_in(make):
    person = make.person("trainee")
    token = sign_ins.enter(person.mail.upper(), make.PASSWORD)
    assert sign_ins.visitor(token).actor.id == person.id


def test_a_wrong_password_and_an_unknown_address_are_refused_in_the_same_words(make):
    person = make.person("trainee")
    said = []
    for mail in (person.mail, "nobody@demo.example"):
        with pytest.raises(Invalid) as refusal:
            sign_ins.enter(mail, "not the password")
        said.append(str(refusal.value.message))
    assert said[0] == said[1]


def test_a_page_asks_to_sign_in_and_comes_back(browse):
    answer = browse().get("/admin/people?x=1")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/admin/people?x%3D1")


def test_failed_tries_survive_the_refusal(make, browse, database):
    person = make.person("trainee")
    browser = browse()
    for _ in range(4):
        assert (
            browser.post("/sign-in", {"mail": person.mail, "password": "x" * 12}).status_code == 422
        )
    answer = browser.post("/sign-in", {"mail": person.mail, "password": make.PASSWORD})
    assert answer.status_code == 429


def _recorded(person):
    query = select(Entry.what).where((Entry.row_id == person.id) | (Entry.actor_id == person.id))
    return list(db.session.scalars(query.order_by(Entry.at, Entry.sequence)))


def test_a_failed_sign_in_is_in_the_record_of_an_account(make, browse):
    person = make.person("trainee")
    for mail in (person.mail, "nobody@demo.example"):
        browse().post("/sign-in", {"mail": mail, "password": "x" * 12})
    entry = db.session.scalars(select(Entry).where(Entry.what == "refused sign-in")).one()
    assert (entry.row_id, entry.actor_id) == (person.id, None)
    assert person.mail.encode() not in entry.body


def test_failed_sign_ins_in_the_record_are_capped_in_a_minute(make):
    person = make.person("trainee")
    for _ in range(audit.MOST_REFUSALS + 5):
        sign_ins.turned_away(person.mail)
        db.session.commit()
    assert _recorded(person).count("refused sign-in") == audit.MOST_REFUSALS


def test_a_wrong_code_and_a_wrong_password_given_again_are_in_the_record(make, browse):
    person = make.person("trainee")
    token = sign_ins.begin(person.id)
    secret = sign_ins.new_secret()
    sign_ins.enrol(sign_ins.visitor(token), secret, sign_ins.code_now(secret))
    db.session.commit()
    browser = browse(person)
    browser.post("/sign-in/code", {"code": "not it"})
    browser.post("/sign-in/again", {"password": "not the password"})
    browser.post("/account/password", {"old": "not it", "password": "cinque cani bianchi dormono"})
    said = [what for what in _recorded(person) if what.startswith("refused")]
    assert said == ["refused second factor", "refused password", "refused password"]


def test_another_language_is_in_the_record(make, browse):
    person = make.person("trainee")
    browser = browse(person)
    for chosen in ("it", "it", "en"):
        browser.post("/account/language", {"language": chosen})
    assert _recorded(person).count("language changed") == 2
    db.session.refresh(person)
    assert person.language == "en"


def test_who_tries_many_accounts_from_one_place_has_to_wait(make, browse):
    person = make.person("trainee")
    for n in range(tries.FROM_ONE_PLACE):
        with pytest.raises(Invalid):
            sign_ins.enter(f"somebody{n}@demo.example", "not the password", place="127.0.0.1")
    right = {"mail": person.mail, "password": make.PASSWORD}
    assert browse().post("/sign-in", right).status_code == 429
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert browse().post("/sign-in", right, environ_base=elsewhere).status_code == 303


def test_a_class_behind_one_address_signs_in_though_everybody_mistypes(make, browse):
    people = [make.person("trainee") for _ in range(30)]
    for person in people:
        tries.claim((tries.PLACE, "127.0.0.1"), ("password", person.mail))
    for _ in range(2):
        answer = browse().post("/sign-in", {"mail": people[-1].mail, "password": make.PASSWORD})
        assert answer.status_code == 303
    place = db.session.scalars(select(Try).where(Try.kind == tries.PLACE)).one()
    assert place.count == 30


def test_of_many_passwords_tried_at_once_no_more_are_judged_than_one_after_the_other(make):
    person = make.person("trainee")

    def guess():
        with db.unit():
            sign_ins.enter(person.mail, "not the password", place="127.0.0.1")

    ended = [type(each) for each in race(*[guess] * 10)]
    assert ended.count(Invalid) == tries.FREE_TRIES
    assert ended.count(TooMany) == 10 - tries.FREE_TRIES


def test_signing_out_ends_it_everywhere(make, browse):
    person = make.person("trainee")
    browser = browse(person)
    assert browser.get("/account/").status_code == 200
    browser.post("/sign-out")
    with browser.session_transaction() as session:
        session["sign_in"] = "whatever the cookie was"
    assert browser.get("/account/").status_code == 303


def test_a_sign_in_is_over_after_its_idle_time(make):
    person = make.person("activator")
    token = sign_ins.begin(person.id)
    with clock.held(clock.now() + sign_ins.IDLE_WITH_CASES * 1.1):
        assert sign_ins.visitor(token) is None


def test_a_code_is_accepted_once(make, browse):
    person = make.person("manager")
    token = sign_ins.begin(person.id)
    secret = sign_ins.new_secret()
    with clock.held():
        codes = sign_ins.enrol(sign_ins.visitor(token), secret, sign_ins.code_now(secret))
        db.session.commit()
        with pytest.raises(Invalid):
            sign_ins.show_factor(sign_ins.visitor(token), sign_ins.code_now(secret))
        sign_ins.show_factor(sign_ins.visitor(token), codes[0])
        db.session.commit()
        with pytest.raises(Invalid):
            sign_ins.show_factor(sign_ins.visitor(token), codes[0])


def _with_factor(person):
    """The visitor of a fresh sign-in of somebody with a second factor, and its secret."""
    token, secret = sign_ins.begin(person.id), sign_ins.new_secret()
    before = clock.now() - timedelta(minutes=5)
    with clock.held(before):
        sign_ins.enrol(sign_ins.visitor(token), secret, sign_ins.code_now(secret))
    db.session.commit()
    return sign_ins.visitor(token), secret


def test_one_code_shown_twice_at_once_lets_one_in(make):
    visitor, secret = _with_factor(make.person("manager"))
    with clock.held():
        code, now = sign_ins.code_now(secret), clock.now()

    def show():
        with db.unit(), clock.held(now):
            sign_ins.show_factor(visitor, code)

    ended = [type(each) for each in race(*[show] * 4)]
    assert ended.count(type(None)) == 1
    assert ended.count(Invalid) == 3


def test_two_second_factors_added_at_once_leave_one(make):
    person = make.person("manager")
    visitors = [sign_ins.visitor(make.sign_in(person, proven=False)) for _ in range(2)]

    def enrolling(visitor):
        def work():
            secret = sign_ins.new_secret()
            with db.unit():
                return sign_ins.enrol(visitor, secret, sign_ins.code_now(secret))

        return work

    ended = race(*(enrolling(each) for each in visitors))
    assert [isinstance(each, Refused) for each in ended].count(True) == 1
    assert db.session.query(RecoveryCode).count() == sign_ins.RECOVERY_CODES


def test_in_a_demo_the_code_that_is_shown_is_one_that_is_accepted(make, browse, monkeypatch):
    """Also within the half minute of an earlier sign-in; and the page says when to wait."""
    monkeypatch.setattr(installation, "is_demo", lambda: True)
    person = make.person("manager")
    _with_factor(person)
    browser = browse(person, proven=False)
    with clock.held():
        for n in range(3):
            page = browser.get("/sign-in/code").text
            found = re.search(r"here is the code: (\d{6})", page)
            assert bool(found) is (n < 2)
            if found:
                sent = browser.post("/sign-in/code", {"code": found.group(1)})
                assert sent.status_code == 303
        assert "load the page again in half a minute" in page


def test_what_needs_a_factor_leads_to_its_page_and_back(make, browse):
    answer = browse(make.person("manager"), proven=False).get("/admin/people")
    assert (answer.status_code, answer.location) == (303, "/account/code?next=/admin/people")


def _invited(make, mail="new@demo.example"):
    manager = make.actor(make.person("manager"))
    person = accounts.invite(mail, "Nuova Persona", Role.TRAINEE, by=manager)
    token = accounts.invitation(person, by=manager)
    db.session.commit()
    return person, tokens.written(token.id)


def test_who_is_invited_chooses_a_password_and_keeps_the_language_of_the_page(make, browse):
    person, token = _invited(make)
    done = browse().post(f"/t/{token}", {"password": make.PASSWORD})
    assert done.location == "/"
    db.session.refresh(person)
    assert (person.state, person.language) == (PersonState.ACTIVE, "en")
    assert browse().get(f"/t/{token}").status_code == 404


def test_a_new_password_ends_every_other_sign_in(make, browse):
    person = make.person("trainee")
    other = browse(person)
    token = tokens.issue("password", person.id, lasts=accounts.LINK_LASTS, by=None)
    db.session.commit()
    browse().post(f"/t/{tokens.written(token.id)}", {"password": "cinque cani bianchi dormono"})
    assert other.get("/account/").status_code == 303


def test_links_for_forgotten_passwords_are_not_asked_for_without_end(make, browse):
    person, browser = make.person("trainee"), browse()
    answers = [
        browser.post("/sign-in/forgotten", {"mail": person.mail}).status_code for _ in range(6)
    ]
    assert answers[0] == 303
    assert answers[-1] == 429


def test_links_for_many_accounts_are_not_asked_for_from_one_place_without_end(make, browse):
    browser, elsewhere = browse(), {"REMOTE_ADDR": "192.0.2.7"}

    def ask(n, **more):
        mail = f"somebody{n}@demo.example"
        return browser.post("/sign-in/forgotten", {"mail": mail}, **more).status_code

    assert {ask(n) for n in range(tries.FROM_ONE_PLACE)} == {303}
    assert ask("else") == 429
    assert ask("else", environ_base=elsewhere) == 303


def test_links_asked_for_at_once_are_counted_one_by_one(make, browse):
    person = make.person("trainee")
    sent = {"mail": person.mail}
    works = [lambda: browse().post("/sign-in/forgotten", sent).status_code for _ in range(8)]
    assert sorted(race(*works)) == [303] * tries.FREE_TRIES + [429] * (8 - tries.FREE_TRIES)


def test_nobody_gives_herself_a_role_and_an_administrator_gives_no_case_role_away(make):
    admin, other = make.person("administrator"), make.person("trainee")
    for person, role in ((admin, Role.TRAINEE), (other, Role.SENIOR)):
        with pytest.raises(Invalid):
            accounts.invite(person.mail, person.name, role, by=make.actor(admin))


def test_what_was_typed_is_kept_when_a_second_factor_is_asked_first(make, browse):
    case = make.case()
    person = accounts.get(case.activator_id)
    typed = {"outcome": "reached", "said": "canary words", "next_step": ""}
    address = f"/casework/cases/{case.id}"
    browser = browse(person, proven=False)
    sent = browser.post(
        f"{address}/notes", typed, headers={"Referer": f"http://localhost{address}"}
    )
    assert sent.status_code == 303
    assert browser.get("/account/kept").status_code == 303
    assert "canary words" in browse(person).get("/account/kept").text
    assert db.session.scalars(select(Draft)).one().key_id == case.key_id
