"""The way of a request: forms of ours only, one commit, and answers that give nothing away."""

import pytest
from flask import Blueprint, Flask
from sqlalchemy import select

from lms import app as application
from lms import db, guard, policy
from lms.accounts import Person
from lms.guard import allow, public
from lms.origin import safe_next
from lms.settings import Settings
from lms.sign_ins import SignIn
from lms.tries import Try

# What stops the application from starting


def _start(settings, *views):
    app = Flask("x")
    bp = Blueprint("b", __name__)
    for address, view in views:
        bp.get(address)(view)
    app.register_blueprint(bp)
    guard.check(app)


def test_a_view_that_declares_no_access_stops_the_start(settings):
    def show():
        return ""

    with pytest.raises(RuntimeError, match="declares no access"):
        _start(settings, ("/", show))


def test_a_row_id_that_is_not_loaded_through_a_permission_stops_the_start(settings):
    @allow(policy.USE_HUB)
    def show(hub):
        return ""

    with pytest.raises(RuntimeError, match="not loaded"):
        _start(settings, ("/<uuid:hub>", show))


def test_a_public_view_may_not_take_a_row_id(settings):
    @public
    def show(hub):
        return ""

    with pytest.raises(RuntimeError, match="not loaded"):
        _start(settings, ("/<uuid:hub>", show))


# Forms


@pytest.fixture
def administrator(make):
    return make.person("administrator")


INVITATION = {"name": "Nuova Persona", "mail": "nuova@demo.example", "role": "trainer"}
FOREIGN = {
    "another origin": {"Origin": "https://elsewhere.example"},
    "another port": {"Origin": "http://localhost:81"},
    "a sandboxed page": {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("headers", list(FOREIGN.values()), ids=list(FOREIGN))
def test_a_post_from_elsewhere_is_refused(administrator, browse, headers):
    answer = browse(administrator).post("/admin/people", INVITATION, headers=headers)
    assert answer.status_code == 403
    assert not db.session.scalars(select(Person).where(Person.mail == INVITATION["mail"])).all()


@pytest.mark.parametrize("token", ["", "wrong", "c" * 40])
def test_a_post_without_our_token_is_refused(administrator, browse, token):
    sent = INVITATION | {"csrf_token": token}
    assert browse(administrator).post("/admin/people", sent).status_code == 403


def test_another_persons_token_is_not_hers(administrator, browse, app):
    from itsdangerous import URLSafeTimedSerializer

    other = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("d" * 40)
    sent = INVITATION | {"csrf_token": other}
    assert browse(administrator).post("/admin/people", sent).status_code == 403


def test_every_post_of_a_stranger_needs_a_form_of_ours(app, browse):
    """Signing in and the links in mails too: nobody is signed in by another site."""
    browser = browse()
    for address in ("/sign-in", "/sign-in/forgotten", "/t/x", "/account/language"):
        assert browser.post(address, {"csrf_token": ""}).status_code == 403, address


def test_a_form_of_ours_passes(administrator, browse):
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    answer = browse(administrator).post("/admin/people", INVITATION, headers=headers)
    assert answer.status_code == 303
    assert db.session.scalars(select(Person).where(Person.mail == INVITATION["mail"])).one()


# Where a sign-in leads

ELSEWHERE = (
    None, "", "x", "http://elsewhere.example", "https:elsewhere.example", "//elsewhere.example",
    "///elsewhere.example", "/\\elsewhere.example", "\\/elsewhere.example", "javascript:alert(1)",
    "/\t/elsewhere.example", "/\n/elsewhere.example", "/ok\r\nLocation: //x", "/a\\b",
    " //elsewhere.example", "\x00//elsewhere.example", "/\x0b/elsewhere.example", "/\x00/x",
)  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_sign_in_leads_nowhere_else(target):
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/path?x=1", "/path/units/1#a", "/a//b", "/à"])
def test_a_sign_in_leads_back(target):
    assert safe_next(target) == target


@pytest.mark.parametrize("target", [t for t in ELSEWHERE if t])
def test_signing_in_leads_nowhere_else(make, browse, target):
    person = make.person("trainee")
    sent = {"mail": person.mail, "password": make.PASSWORD, "next": target}
    answer = browse().post("/sign-in", sent)
    assert (answer.status_code, answer.location) == (303, "/")


def test_htmx_is_told_where_to_go(browse):
    answer = browse().get("/admin/people", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in?next=")


def test_nobody_learns_whether_a_row_is_there_by_not_signing_in(browse, statements):
    browser = browse()
    with statements() as seen:
        assert browser.get("/admin/people").status_code == 303
    assert not [s for s in seen if s.startswith("SELECT")]


# One commit, or none


def test_a_broken_view_leaves_nothing(administrator, browse, monkeypatch, app):
    from lms.views import oversight

    def half(mail, name, role, *, by):
        oversight.accounts.create(mail, name)
        db.session.flush()
        raise RuntimeError("half way")

    monkeypatch.setattr(oversight.accounts, "invite", half)
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    try:
        answer = browse(administrator).post("/admin/people", INVITATION)
    finally:
        app.testing, app.config["PROPAGATE_EXCEPTIONS"] = True, None
    assert answer.status_code == 500
    assert "half way" not in answer.text
    assert not db.session.scalars(select(Person).where(Person.mail == INVITATION["mail"])).all()


def test_a_commit_that_the_database_refuses_is_a_page(administrator, browse, monkeypatch):
    """References are checked when the transaction ends: that refusal too is said in words."""
    from uuid import uuid4

    from lms.views import oversight

    def dangling(mail, name, role, *, by):
        person = oversight.accounts.create(mail, name)
        person.key_id = uuid4()
        return person

    monkeypatch.setattr(oversight.accounts, "invite", dangling)
    answer = browse(administrator).post("/admin/people", INVITATION)
    assert answer.status_code == 409
    assert answer.headers["Cache-Control"] == "no-store"
    assert not db.session.scalars(select(Person).where(Person.mail == INVITATION["mail"])).all()


def test_a_busy_database_is_said_in_words(administrator, browse, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from lms.views import oversight

    def busy(*_, **__):
        raise OperationalError("SELECT", {}, Exception("locked"))

    monkeypatch.setattr(oversight.accounts, "holders", busy)
    assert browse(administrator).get("/admin/people").status_code == 503


def test_a_wrong_password_is_counted_in_a_transaction_of_its_own(make, browse):
    person = make.person("trainee")
    browse().post("/sign-in", {"mail": person.mail, "password": "wrong words here"})
    assert [row.count for row in db.session.scalars(select(Try))] == [1, 1]  # account and place
    assert db.session.scalars(select(SignIn).where(SignIn.person_id == person.id)).all() == []


def test_a_sign_in_is_touched_at_most_once_a_minute(make, browse, statements):
    from datetime import timedelta

    from lms import clock

    def touches():
        with statements() as seen:
            browser.get("/account/")
        return len([s for s in seen if s.startswith("UPDATE sign_ins")])

    browser = browse(make.person("trainee"))
    assert touches() == 0
    db.session.scalars(select(SignIn)).one().seen_at = clock.now() - timedelta(minutes=5)
    db.session.commit()
    assert touches() == 1
    assert touches() == 0


# Answers

SECURE = Settings(public_url="https://affianca.example", mode="demo")


def test_cookies_are_bound_to_the_host_where_the_address_is_https(app):
    served = application.create_app(SECURE, bind=False)
    assert served.config["SESSION_COOKIE_NAME"] == "__Host-affianca"
    assert served.config["SESSION_COOKIE_SECURE"]
    answer = served.test_client().get("/help", base_url="https://affianca.example")
    assert answer.headers["Strict-Transport-Security"]


def test_the_cookie_holds_no_more_than_it_must(make, browse):
    browser = browse()
    person = make.person("trainee")
    answer = browser.post("/sign-in", {"mail": person.mail, "password": make.PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    with browser.session_transaction() as session:
        assert set(session) <= {"sign_in", "csrf_token", "_flashes", "language"}
        assert person.mail not in str(dict(session))


def test_signing_in_begins_another_session(make, browse):
    browser, person = browse(), make.person("trainee")
    with browser.session_transaction() as session:
        session["factor"] = "planted"
    browser.post("/sign-in", {"mail": person.mail, "password": make.PASSWORD})
    with browser.session_transaction() as session:
        assert "factor" not in session


def test_only_what_repeats_nothing_of_its_address_is_sent_short(make, browse, app):
    zipped = {"Accept-Encoding": "gzip"}
    browser = browse(make.person("trainee"))
    assert browser.get("/account/", headers=zipped).headers["Content-Encoding"] == "gzip"
    repeated = browser.get("/account/?x=chosen", headers=zipped)
    assert "Content-Encoding" not in repeated.headers
    with browser.get("/static/affianca.css", headers=zipped) as style:
        assert style.headers["Content-Encoding"] == "gzip"
        assert "immutable" in style.headers["Cache-Control"]


def test_not_here_is_the_same_for_everybody(make, browse):
    pages = {
        browse(p).get("/nowhere").data
        for p in (None, make.person("trainee"), make.person("manager"))
    }
    assert len(pages) == 1
    text = pages.pop().decode()
    assert "csrf" not in text
    assert "form" not in text.replace("format", "")


def test_another_programme_is_changed_only_where_she_has_a_role(make, browse):
    other = make.programme()
    person = make.person("trainee")
    browser = browse(person)
    assert browser.post("/account/programme", {"programme": str(other.id)}).status_code == 404
    from lms import accounts
    from lms.permissions import Role

    accounts.grant(person, Role.TRAINER, by=None, programme_id=other.id)
    assert browser.post("/account/programme", {"programme": str(other.id)}).status_code == 303
