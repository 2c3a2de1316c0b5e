"""Signing in and out on one's own phone: typed or framed, with a receipt or a reason."""

from datetime import timedelta

from courses import codes, register, stamps
from courses.stamps import Stamp
from lms import clock, db
from tests.courses.views.test_register import moment  # noqa: F401
from tests.pages import Page


def shown_code(group, when):
    with clock.held(when):
        return register.code_now(group.session)


def test_typing_the_code_signs_in_then_out(make, browse, moment):  # noqa: F811
    group = make.opened_page()
    start, end = group.session.starts_at, group.session.ends_at
    trainee = browse(group.trainees[0])
    moment(start)
    assert "Write the code on the wall" in trainee.get("/checkin").text
    answer = trainee.post("/checkin", {"code": shown_code(group, start)})
    assert answer.status_code == 303
    page = trainee.get("/checkin").text
    assert "You are in since 9:00" in page
    moment(end)
    spaced = f"{shown_code(group, end)[:3]} {shown_code(group, end)[3:]}"
    assert trainee.post("/checkin", {"code": spaced}).status_code == 303
    page = trainee.get("/checkin").text
    assert "You went out at 12:30" in page
    assert "3\xa0h\xa030′" in page


def test_the_framed_code_shows_a_button_and_signs_only_when_pressed(make, browse, moment):  # noqa: F811
    group = make.opened_page()
    now = group.session.starts_at
    moment(now)
    trainee, code = browse(group.trainees[0]), shown_code(group, now)
    assert "Sign me in" in trainee.get(f"/checkin/{code}").text
    assert db.session.query(Stamp).count() == 0
    trainee.post("/checkin", {"code": code, "kind": "in"})
    trainee.post("/checkin", {"code": code, "kind": "in"})
    assert db.session.query(Stamp).count() == 1
    assert "Sign me out" in trainee.get(f"/checkin/{code}").text


def test_the_same_form_sent_twice_has_one_effect(make, browse, moment):  # noqa: F811
    group = make.opened_page()
    moment(group.session.starts_at)
    trainee = browse(group.trainees[0])
    sent = {"code": shown_code(group, group.session.starts_at)}
    first = trainee.post("/checkin", sent, once="same")
    again = trainee.post("/checkin", sent, once="same")
    assert (first.status_code, again.status_code) == (303, 303)
    assert db.session.query(Stamp).count() == 1


def test_what_is_refused_says_why_on_the_same_page(make, browse, moment):  # noqa: F811
    group, other = make.opened_page(), make.opened_page()
    now = group.session.starts_at
    moment(now)
    trainee = browse(group.trainees[0])
    old = codes.code(group.session.id, codes.slice_of(now) - 2)
    for code, status, why in (
        (old, 409, "This code is old"),
        (shown_code(other, now), 409, "does not expect you"),
        ("12ab", 422, "six digits"),
        ("", 422, "required"),
    ):
        answer = trainee.post("/checkin", {"code": code})
        assert answer.status_code == status
        assert why in answer.text
    assert db.session.query(Stamp).count() == 0


def test_one_who_keeps_guessing_is_told_to_wait(make, browse, moment):  # noqa: F811
    group = make.opened_page()
    now = group.session.starts_at
    moment(now)
    trainee = browse(group.trainees[0])
    right = shown_code(group, now)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(12):
        assert trainee.post("/checkin", {"code": wrong}).status_code == 409
    assert trainee.post("/checkin", {"code": right}).status_code == 429
    moment(now + timedelta(minutes=6))
    later = shown_code(group, now + timedelta(minutes=6))
    assert trainee.post("/checkin", {"code": later}).status_code == 303


def test_without_an_open_page_the_next_session_is_said(make, browse, moment):  # noqa: F811
    group = make.class_in_motion()
    moment(group.sessions[0].starts_at - timedelta(hours=2))
    page = browse(group.trainees[0]).get("/checkin").text
    assert "No page is open for you now" in page
    assert "Unit 1.1" in page
    assert "There is none in the calendar" in browse(make.person("trainee")).get("/checkin").text


def test_only_trainees_check_in(make, browse):
    group = make.opened_page()
    assert browse(group.trainer).get("/checkin").status_code == 404
    assert browse().get("/checkin/123456").status_code == 303


def test_the_button_of_a_framed_code_lasts_five_minutes(make, browse, moment):  # noqa: F811
    group = make.opened_page()
    start = group.session.starts_at
    moment(start)
    trainee, code = browse(group.trainees[0]), shown_code(group, start)
    shown = Page(trainee.get(f"/checkin/{code}").text)
    sent = {c["name"]: c["value"] for c in shown.controls if c.get("name") in ("proof", "kind")}
    moment(start + timedelta(minutes=4))
    assert trainee.post("/checkin", {"code": code}).status_code == 409
    assert trainee.post("/checkin", {"code": code, **sent}).status_code == 303
    assert "You are in since 9:00" in trainee.get("/checkin").text


def test_who_has_to_sign_in_first_comes_back_to_the_code(make, browse, moment):  # noqa: F811
    group = make.opened_page()
    start = group.session.starts_at
    moment(start)
    phone, code = browse(), shown_code(group, start)
    led = phone.get(f"/checkin/{code}")
    assert led.location == f"/sign-in?next=/checkin/{code}"
    moment(start + timedelta(minutes=2))
    who = {"mail": group.trainees[0].mail, "password": make.PASSWORD}
    back = phone.post("/sign-in", {**who, "next": f"/checkin/{code}"})
    assert back.location == f"/checkin/{code}"
    assert "Sign me in" in phone.get(back.location).text
    # another phone, on which the address was never asked for in time
    other = browse(group.trainees[1])
    assert other.get(f"/checkin/{code}").status_code == 409


def test_an_old_or_foreign_address_says_so_and_guessing_addresses_has_an_end(make, browse, moment):  # noqa: F811
    group, other = make.opened_page(), make.opened_page()
    now = group.session.starts_at
    moment(now)
    trainee = browse(group.trainees[0])
    old = codes.code(group.session.id, codes.slice_of(now) - 2)
    assert "This code is old" in trainee.get(f"/checkin/{old}").text
    assert "does not expect you" in trainee.get(f"/checkin/{shown_code(other, now)}").text
    wrong = f"{(int(shown_code(group, now)) + 1) % 1_000_000:06}"
    for _ in range(10):
        assert trainee.get(f"/checkin/{wrong}").status_code == 409
    assert trainee.get(f"/checkin/{shown_code(group, now)}").status_code == 429
    assert trainee.post("/checkin", {"code": shown_code(group, now)}).status_code == 429


def test_two_who_sign_from_one_browser_are_a_pair_though_each_signed_for_herself(
    make,
    browse,
    moment,  # noqa: F811
):
    group = make.opened_page()
    now = group.session.starts_at
    moment(now)
    first, second = browse(group.trainees[0]), browse(group.trainees[1])
    code = shown_code(group, now)
    answer = first.post("/checkin", {"code": code})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "device" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    name, _, value = cookie.partition(";")[0].partition("=")
    second.set_cookie(name, value)
    assert "device" not in str(second.get("/checkin").headers.getlist("Set-Cookie"))
    second.post("/checkin", {"code": code})
    third = browse(group.trainees[2])
    third.post("/checkin", {"code": code})
    pairs = stamps.close(db.session.query(Stamp).filter_by(session_id=group.session.id))
    found = [{a.enrolment_id, b.enrolment_id} for a, b in pairs]
    assert found == [{group.enrolments[0].id, group.enrolments[1].id}]
    assert value.encode() not in {s.device for s in db.session.query(Stamp)}
