"""Who was led to signing in comes back to what she had asked for, and it is known when."""

from datetime import UTC, datetime, timedelta

from lms import asked, clock

NOW = datetime(2026, 11, 12, 8, 0, 3, tzinfo=UTC)
HERE = "/absences?page=2"


def test_it_is_known_when_the_present_address_was_asked_for_and_of_no_other(app):
    with app.test_request_context(HERE), clock.held(NOW):
        assert asked.at() is None
        assert asked.remember() == HERE
        with clock.held(NOW + timedelta(minutes=3)):
            assert asked.at() == NOW
        from flask import session

        kept = dict(session)
    with app.test_request_context("/absences"):
        session.update(kept)
        assert asked.at() is None


def test_a_new_sign_in_inherits_nothing_else(app):
    from flask import session

    with app.test_request_context(HERE):
        asked.remember()
        session["sign_in"] = "somebody"
        asked.begin_anew()
        assert list(session) == [asked.KEPT]
    with app.test_request_context(HERE):
        session["sign_in"] = "somebody"
        asked.begin_anew()
        assert not session


def test_nobody_who_was_led_to_signing_in_chooses_where_or_when(browse):
    browser = browse()
    browser.get("/absences?page=2")
    with browser.session_transaction() as session:
        assert session[asked.KEPT][0] == HERE
        session[asked.KEPT][0] = "//elsewhere"
    assert browser.get("/sign-in").status_code == 200, "it leads nowhere: the form says where to"


def test_signing_out_forgets_it(make, browse):
    browser = browse(make.person("trainee"))
    with browser.session_transaction() as session:
        session[asked.KEPT] = [HERE, 1]
    browser.post("/sign-out")
    with browser.session_transaction() as session:
        assert asked.KEPT not in session
