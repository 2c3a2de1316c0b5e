"""The pages of a trace: the file is added, its columns chosen, its names told, and imported."""

import hashlib
import io
import re
from datetime import timedelta

import pytest

from courses import attendance, register, traces
from courses.calendar import SessionMode
from courses.layouts import Layout
from lms import clock, db, drafts
from tests.pages import Page

HELD = clock.held


@pytest.fixture
def moment(monkeypatch):
    """moment(when) stops the clock of the requests to come; what names its own time keeps it."""

    def stop(when):
        monkeypatch.setattr(clock, "held", lambda given=None: HELD(given or when))

    return stop


def address(group, *more):
    return "/".join((f"/sessions/{group.session.id}/trace", *more))


def add(browser, group, content):
    file = {"file": (io.BytesIO(content), "attendance.csv")}
    return browser.post(address(group), file, content_type="multipart/form-data")


def import_it(browser, group, content):
    assert add(browser, group, content).location.endswith("/trace/preview")
    return browser.post(address(group, "import"))


def test_a_file_is_shown_before_it_is_imported(make, browse):
    group = make.live_page(trainees=2)
    browser, content = browse(group.trainer), make.whole_file(group)
    shown = browser.get(address(group)).text
    assert "Add the attendance file" in shown
    assert add(browser, group, content).status_code == 303
    shown = browser.get(address(group, "preview")).text
    assert "Everybody in the file is known: 2 of 2 were connected." in shown
    assert "9:00:00–12:30:00" in shown
    assert attendance.last_import(group.session.id) == 0
    assert browser.post(address(group, "import")).status_code == 303
    shown = browser.get(address(group)).text
    assert "The trace is here: 2 of 2 were connected." in shown
    assert hashlib.sha256(content).hexdigest() in shown
    assert drafts.of_person(group.trainer.id) == []
    answer = browser.get(address(group, "1"))
    assert answer.data == content
    assert answer.headers["Content-Disposition"] == "attachment; filename=attendance-1.csv"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get(address(group, "2")).status_code == 404


def test_the_page_of_the_session_shows_link_connections_and_minutes(make, browse):
    group = make.traced_page(trainees=2)
    shown = browse(group.coordinator).get(f"/sessions/{group.session.id}").text
    assert 'href="https://meet.demo.example/room-7"' in shown
    assert address(group) in shown
    assert shown.count('<svg class="bar thin"') == 2
    assert "9:00:00–12:30:00" in shown


def test_a_live_page_asks_for_its_file_before_its_signature(make, browse, moment):
    group = make.live_page(trainees=1)
    moment(group.session.ends_at + timedelta(minutes=5))
    browser = browse(group.trainer)
    shown = browser.get(f"/sessions/{group.session.id}").text
    assert "Import the attendance file of the lesson, then you sign page 1." in shown
    assert f'action="/sessions/{group.session.id}/sign"' not in shown
    import_it(browser, group, make.whole_file(group))
    shown = browser.get(f"/sessions/{group.session.id}").text
    assert f'action="/sessions/{group.session.id}/sign"' in shown


def test_a_name_that_is_not_clear_is_told_once(make, browse):
    group = make.live_page(trainees=2)
    group.trainees[0].name, group.trainees[1].name = "Anna Rossi", "Bruna Verdi"
    people = [("Telefono di A", "", 0, 210), ("Un ospite", "", 0, 210), ("Bruna Verdi", "", 0, 90)]
    content = make.attendance_file(group.session, *people)
    browser = browse(group.coordinator)
    add(browser, group, content)
    shown = browser.get(address(group, "preview")).text
    assert "2 names are not clear" in shown
    assert "“Telefono di A”" in shown
    assert f'action="{address(group, "import")}"' not in shown
    assert browser.post(address(group, "import")).status_code == 409
    empty = browser.post(address(group, "names"), {"number": "2"})
    assert empty.status_code == 422
    who = re.search(r'<option value="([0-9a-f-]+)">Anna Rossi<', shown)[1]
    told = browser.post(address(group, "names"), {"number": "2", "who": who})
    assert told.status_code == 303
    shown = browser.get(address(group, "preview")).text
    assert "“Un ospite”" in shown
    browser.post(address(group, "names"), {"number": "3", "nobody": "1"})
    assert browser.post(address(group, "import")).status_code == 303
    marks = attendance.marks(group.session)
    assert [marks[e.id].minutes for e in group.enrolments] == [210, 90]
    add(browser, group, content)
    assert "Everybody in the file is known" in browser.get(address(group, "preview")).text


def test_what_was_told_can_be_told_otherwise(make, browse):
    group = make.live_page(trainees=2)
    content = make.attendance_file(group.session, ("Telefono", "", 0, 210))
    browser = browse(group.trainer)
    add(browser, group, content)
    browser.post(address(group, "names"), {"number": "2", "nobody": "1"})
    shown = browser.get(address(group, "preview")).text
    assert "Nobody of this class was connected" in shown
    shown = browser.get(address(group, "preview"), query_string={"n": 2}).text
    who = re.findall(r'<option value="([0-9a-f-]+)">', shown)[0]
    browser.post(address(group, "names"), {"number": "2", "who": who})
    assert browser.post(address(group, "import")).status_code == 303


def test_only_those_expected_on_the_page_can_be_chosen(make, browse):
    group, other = make.live_page(trainees=1), make.live_page(trainees=1)
    browser = browse(group.trainer)
    add(browser, group, make.attendance_file(group.session, ("Telefono", "", 0, 210)))
    shown = browser.get(address(group, "preview")).text
    assert other.trainees[0].name not in shown
    stranger = traces.stamps.expected(other.session.id)[0]
    refused = browser.post(address(group, "names"), {"number": "2", "who": str(stranger.id)})
    assert refused.status_code == 422
    assert "Choose one from the list." in refused.text
    gone = browser.post(address(group, "names"), {"number": "99", "nobody": "1"})
    assert gone.status_code == 303, "of nobody else than the one who is not clear"


def test_the_columns_of_another_file_are_chosen(make, browse):
    group = make.live_page(trainees=1)
    browser = browse(group.trainer)
    name = group.trainees[0].name
    content = f"Stanza 7\nChi;Dalle;Alle;Esito\n{name};12.11.2026 09:00;12.11.2026 11:00;ok"
    assert add(browser, group, content.encode()).location.endswith("/trace/columns")
    shown = browser.get(address(group, "columns")).text
    assert "Dalle" in shown
    assert "12.11.2026 11:00" in shown
    facts = {"heading": "2", "zone": "it", "name": "0", "joined": "1"}
    missing = browser.post(address(group, "columns"), facts)
    assert missing.status_code == 422
    assert "Choose the two columns of join and leave" in missing.text
    wrong = browser.post(address(group, "columns"), {**facts, "left": "3"})
    assert wrong.status_code == 422
    assert "Line 3: “ok” is no day and time." in wrong.text
    chosen = browser.post(address(group, "columns"), {**facts, "left": "2"})
    assert chosen.location.endswith("/trace/preview")
    assert browser.post(address(group, "import")).status_code == 303
    assert traces.imports(group.session.id)[0].layout == Layout.CHOSEN
    assert attendance.marks(group.session)[group.enrolments[0].id].minutes == 120


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "cannot be read"),
        (b"Name (Original Name),Join Time,Leave Time,Guest\nA,12/11/2026 9:00,11/11/2026 9:00,No",
         "Line 2: it leaves before it joins."),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_says_so_beside_the_field(make, browse, content, why):
    group = make.live_page(trainees=1)
    answer = add(browse(group.trainer), group, content)
    assert answer.status_code == 422
    assert why in answer.text


def test_without_a_file_that_waits_the_pages_lead_back(make, browse):
    group = make.live_page(trainees=1)
    browser = browse(group.trainer)
    for answer in (
        browser.get(address(group, "preview")),
        browser.get(address(group, "columns")),
        browser.post(address(group, "import")),
        browser.post(address(group, "columns")),
        browser.post(address(group, "names"), {"nobody": "1"}),
    ):
        assert answer.status_code == 303
        assert answer.location == address(group)
    assert browser.post(address(group), {}).status_code == 422


def test_a_signed_page_takes_no_file(make, browse):
    group = make.live_page(trainees=1)
    browser = browse(group.trainer)
    import_it(browser, group, make.whole_file(group))
    add(browser, group, make.whole_file(group))
    with clock.held(group.session.ends_at + timedelta(minutes=20)):
        by = make.actor(group.trainer, group.programme)
        register.sign(group.session, topic="Taught", head_count=1, by=by)
        db.session.commit()
    assert browser.post(address(group, "import")).status_code == 409
    assert browser.get(address(group, "preview")).location == address(group)
    shown = browser.get(address(group)).text
    assert "from here on it is corrected by adding" in shown
    assert not Page(shown).forms or 'type="file"' not in shown


def test_a_difference_is_pointed_out(make, browse):
    group = make.live_page(trainees=1)
    make.scan(group, 0, group.session.starts_at + timedelta(minutes=20))
    make.scan(group, 0, group.session.ends_at)
    browser = browse(group.trainer)
    import_it(browser, group, make.whole_file(group))
    shown = browser.get(address(group)).text
    assert "more than five minutes apart" in shown
    assert "20 minutes apart from her signature." in shown


def test_no_page_of_a_trace_names_a_person_in_title_or_address(make, browse):
    group = make.traced_page(trainees=1)
    browser = browse(group.trainer)
    add(browser, group, make.attendance_file(group.session, ("Telefono", "", 0, 210)))
    for view in ((), ("preview",)):
        page = Page(browser.get(address(group, *view)).text)
        names = [group.trainees[0].name, "Telefono"]
        assert not any(n in page.title or n in "".join(page.links) for n in names)


def test_what_waits_is_not_written_out_among_drafts(make, browse):
    group = make.live_page(trainees=1)
    browser = browse(group.trainer)
    add(browser, group, make.whole_file(group))
    kept = drafts.of_person(group.trainer.id)
    assert len(kept) == 1
    assert group.trainees[0].mail.encode() not in kept[0].body
    shown = browser.get("/account/kept").text
    assert address(group, "preview") in shown
    kept_as = traces.packed(make.whole_file(group))["content"]
    assert kept_as[:8] not in shown
    assert "What you wrote" not in shown


def test_pages_take_as_many_statements_for_many_as_for_one(make, browse, statements):
    counts = []
    for trainees in (1, 8):
        group = make.traced_page(trainees=trainees)
        browser = browse(group.coordinator)
        people = [(f"Telefono {n}", "", 0, 200) for n in range(trainees)]
        add(browser, group, make.attendance_file(group.session, *people))
        browser.get("/")
        for url in (address(group), address(group, "preview"), f"/sessions/{group.session.id}"):
            with statements() as seen:
                assert browser.get(url).status_code == 200
            counts.append(len(seen))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 12


def test_a_mixed_lesson_is_signed_without_a_file(make, browse, moment):
    group = make.live_page(SessionMode.MIXED, trainees=1)
    moment(group.session.ends_at + timedelta(minutes=5))
    shown = browse(group.trainer).get(f"/sessions/{group.session.id}").text
    assert f'action="/sessions/{group.session.id}/sign"' in shown
    assert "Its attendance file is not imported yet." in shown


def test_a_trainee_finds_the_link_of_her_next_lesson(make, browse, moment):
    group = make.class_in_motion(trainees=1)
    session = group.sessions[0]
    session.mode, session.link = SessionMode.LIVE, "https://meet.demo.example/room-7"
    db.session.commit()
    moment(session.starts_at - timedelta(days=1))
    browser = browse(group.trainees[0])
    for url in (f"/path/units/{session.unit_id}", "/checkin"):
        shown = browser.get(url).text
        assert 'href="https://meet.demo.example/room-7" rel="noopener noreferrer"' in shown
    assert "live online" in browser.get("/").text
    assert "room-7" not in browser.get(f"/path/units/{group.units[1].id}").text
