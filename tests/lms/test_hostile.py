"""Whatever is sent to whatever address: a page that says so, never a fault of ours.

Malformed ids, tokens, dates, encodings and oversized bodies give 303, 400, 404, 405, 409, 413 or
422; every answer has its headers.
"""

import re
from io import BytesIO
from uuid import uuid4

import pytest

from lms import accounts, clock, db, guard, installation, keys, sign_ins
from lms.app import HEADERS, LARGEST_REQUEST
from tests.lms.test_forms import every_form

ANSWERS = {200, 204, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429}
WORDS = (
    "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "%00", "' OR 1=1 --",
    "../../etc/passwd", "{{ 7*7 }}", "<script>alert(1)</script>", "A" * 5000, "9" * 400, "-1",
    "nan", "\u202e\u0000", "2026-02-30", "99:99", "💥" * 50, "\r\nSet-Cookie: a=b",
)  # fmt: skip
IDS = ("x", "0", "00000000-0000-0000-0000-00000000000g", "%00", "..%2f..", "ffffffff" * 8)
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
RAW = {
    "not a form": {"data": b"\xff\xfe{", "content_type": "application/json"},
    "half a form": {"data": b"a=%zz&b=%", "content_type": FORM},
    "wrong encoding": {"data": b"name=\xc3\x28", "content_type": FORM},
    "no boundary": {"data": b"--x", "content_type": PARTS},
    "half a part": {
        "data": b'--x\r\nContent-Disposition: form-data; name="a',
        "content_type": f"{PARTS}; boundary=x",
    },
    "no kind": {"data": b"abc", "content_type": "nonsense/\x01"},
    "nothing": {"data": b""},
}


def _addresses(app, method, value):
    """Every address with this method, its arguments filled with this value."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            yield rule, filled(rule, value)


def _hostile(app, method):
    """Every address with this method and every word; but one word each where a row is asked for.

    There the guard answers before anything is read, whatever the word.
    """
    for number, (rule, address) in enumerate(_addresses(app, method, str(uuid4()))):
        has_row = guard.access(app, rule.endpoint)[1] is not None
        for word in [WORDS[number % len(WORDS)]] if has_row else WORDS:
            yield rule, address, word


def filled(rule, value):
    return re.sub(r"<[^>]*>", lambda _: value, rule.rule)


def _fields(app):
    """Every name that any form of the program uses, so that hostile words reach its fields."""
    names = {"next", "language", "programme", "form", "version", "once"}
    for form in every_form():
        names |= {n for n in dir(form) if hasattr(getattr(form, n), "field_class")}
    return names


@pytest.fixture
def everybody(make):
    """Somebody with every role at once: so that nothing is refused before it is read."""
    from lms.permissions import Role

    return make.person(*Role)


def _check(answer, what):
    assert answer.status_code in ANSWERS, f"{answer.status_code} for {what}"
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, f"{what} without {name}"
    assert answer.headers["X-Request-ID"], what
    assert answer.headers["Cache-Control"] == "no-store", what


def test_hostile_ids(app, browse, everybody):
    browser = browse(everybody)
    for value in (*IDS, str(uuid4())):
        for _, address in _addresses(app, "GET", value):
            _check(browser.get(address), f"GET {address}")


def test_hostile_words_in_addresses(app, browse, everybody):
    browser = browse(everybody)
    fields = sorted(_fields(app))[:40]
    for _, address, word in _hostile(app, "GET"):
        answer = browser.get(address, query_string=dict.fromkeys(fields, word))
        _check(answer, f"GET {address} with {word!r:.40}")


def test_hostile_words_in_forms(app, browse, everybody):
    fields, browser = _fields(app), browse(everybody)
    for rule, address, word in _hostile(app, "POST"):
        if rule.endpoint in LAST:
            continue
        with browser.session_transaction() as session:
            session["factor"] = sign_ins.new_secret()
        answer = browser.post(address, dict.fromkeys(fields, word))
        _check(answer, f"POST {address} with {word!r:.40}")


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_hostile_codes(browse, everybody, make, word):
    """For somebody who has a second factor, and for one who has not."""
    for enrolled in (False, True):
        if enrolled:
            keys.seal(everybody, by=make.actor(everybody), factor_secret=sign_ins.new_secret())
            db.session.commit()
        answer = browse(everybody).post("/sign-in/code", {"code": word})
        assert answer.status_code == 422


def test_a_code_in_a_demo_from_somebody_without_a_second_factor(browse, everybody):
    db.session.add(installation.Installation(is_demo=True, made_at=clock.now()))
    db.session.commit()
    for code in ("", "123456"):
        assert browse(everybody).post("/sign-in/code", {"code": code}).status_code == 422


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_numbers_that_no_column_holds(app, browse, make, number):
    plan = make.returned_plan()
    people = [browse(accounts.get(who(plan).id)) for who in (make.writer, make.reader)]
    for rule in app.url_map.iter_rules():
        if "<int:" in rule.rule:
            address = re.sub(r"<uuid:[^>]*>", str(plan.id), rule.rule)
            address = re.sub(r"<int:[^>]*>", str(number), address).replace("<kind>", "goal")
            for method in rule.methods & {"GET", "POST"}:
                answers = [getattr(browser, method.lower())(address) for browser in people]
                assert [a.status_code for a in answers] == [404, 404], address


LAST = ("accounts.sign_out", "account.end_others")
"""They end the sign-in that the others need."""


@pytest.mark.parametrize("name", RAW)
def test_hostile_bodies(app, browse, everybody, name):
    browser = browse(everybody)
    for _, address in _addresses(app, "POST", str(uuid4())):
        answer = browser.open(address, method="POST", **RAW[name])
        _check(answer, f"POST {address}, {name}")


def test_a_file_where_words_are_meant(app, browse, everybody):
    browser = browse(everybody)
    for rule, address in _addresses(app, "POST", str(uuid4())):
        if rule.endpoint in LAST:
            continue
        files = {name: (BytesIO(b"\x00\xff" * 10), "x.bin") for name in _fields(app) - {"once"}}
        answer = browser.post(address, files, content_type="multipart/form-data")
        _check(answer, f"POST {address} with files")


def test_a_body_that_is_too_large_is_said_to_be(browse, everybody):
    body = b"text=" + b"x" * (LARGEST_REQUEST + 1)
    answer = browse(everybody).open("/admin/people", method="POST", data=body, content_type=FORM)
    assert answer.status_code == 413
    _check(answer, "a large body")


def test_many_parts_are_refused(browse, everybody):
    part = b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    answer = browse(everybody).open(
        "/admin/people",
        method="POST",
        data=part * 6000 + b"--x--",
        content_type=f"{PARTS}; boundary=x",
    )
    assert answer.status_code == 413


def test_other_methods_are_refused(app, browse, everybody):
    browser = browse(everybody)
    for rule in app.url_map.iter_rules():
        address = filled(rule, str(uuid4()))
        for method in ("PUT", "DELETE", "PATCH"):
            answer = browser.open(address, method=method)
            assert answer.status_code in (404, 405), f"{method} {address}"
            assert answer.headers["Content-Security-Policy"], f"{method} {address}"


def test_another_host_is_refused(browse):
    for path in ("/", "/sign-in", "/nowhere", "/static/affianca.css"):
        answer = browse().get(path, headers={"Host": "elsewhere.example"})
        assert answer.status_code == 400, path
        assert "elsewhere.example" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/%00", "/%ff%fe", "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py",
     "/static/", "//elsewhere.example", "/t/", "/t/%00", "/verify/%00", "/verify/" + "9" * 3000],
)  # fmt: skip
def test_strange_addresses(browse, everybody, path):
    with browse(everybody).get(path) as answer:
        assert answer.status_code in (303, 308, 400, 404)


def test_headers_stand_on_every_kind_of_answer(app, browse, everybody):
    for browser in (browse(), browse(everybody)):
        for rule, address in _addresses(app, "GET", str(uuid4())):
            _check(browser.get(address), f"GET {rule.rule}")
    assert {"GET", "HEAD", "OPTIONS"} == guard.SAFE


@pytest.mark.parametrize("cookie", ["x", "a.b.c", "." * 4000, "%00", "eyJ4Ijp7fX0.Zx.x"])
def test_a_cookie_that_is_not_ours_is_nobody(app, cookie):
    browser = app.test_client()
    browser.set_cookie("affianca", cookie)
    assert browser.get("/account/").status_code == 303
