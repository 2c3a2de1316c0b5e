"""Sheets by page: filled, refused, filled again, confirmed."""

from datetime import timedelta

from courses import sheets
from courses.calendar import SessionKind
from courses.sheets import SheetState
from lms import db


def state(make, group, number=0):
    return sheets.kept(make.expected(group, number)).state


def test_by_page_a_trainee_fills_and_the_trainer_refuses_then_confirms(make, browse):
    group = make.outing()
    with make.answered_at(group.session.ends_at + timedelta(hours=1)):
        trainee, trainer = browse(group.trainees[0]), browse(group.trainer)
        url = f"/sheets/{make.expected(group).id}"
        assert "One sheet is yours to fill." in trainee.get("/sheets").text
        assert "Fill the sheet of unit" in trainee.get("/").text
        typed = {"came": "09:00", "went": "12:30", "done": "We mapped the services"}
        wrong = trainee.post(url, typed | {"went": "08:00"})
        assert wrong.status_code == 422
        assert 'id="went-error"' in wrong.text
        assert trainee.post(url, typed).status_code == 303
        assert "Answer one sheet" in trainer.get("/").text
        row = sheets.kept(make.expected(group)).sheet
        answers = f"/sheets/answers/{row.id}"
        assert str(row.id) in trainer.get("/sheets/waiting").text
        assert trainer.post(f"{answers}/refuse", {"reason": ""}).status_code == 422
        assert trainer.post(f"{answers}/refuse", {"reason": "Which ones?"}).status_code == 303
        assert "Which ones?" in trainee.get(url).text
        trainee.post(url, typed)
        second = sheets.kept(make.expected(group)).sheet
        assert trainer.post(f"/sheets/answers/{second.id}/confirm").status_code == 303
    assert state(make, group) == SheetState.CONFIRMED
    assert "from a dated sheet" in browse(group.trainer).get(f"/sessions/{group.session.id}").text


def test_the_senior_of_a_trainee_answers_and_no_other_senior(make, browse):
    group = make.outing()
    hers, other = make.person("senior"), make.person("senior")
    make.assignment(group.trainees[0], hers)
    row = make.sheet(group)
    url = f"/sheets/answers/{row.id}"
    assert browse(other).get(url).status_code == 404
    assert "Answer one sheet" in browse(hers).get("/").text
    assert browse(hers).post(f"{url}/confirm").status_code == 303
    assert state(make, group) == SheetState.CONFIRMED


def test_by_page_a_coordinator_says_what_a_session_is(make, browse):
    group = make.class_in_motion()
    url = f"/sessions/{group.sessions[0].id}/kind"
    assert browse(group.coordinator).post(url, {"kind": "field_visit"}).status_code == 303
    db.session.expire_all()
    assert group.sessions[0].kind == SessionKind.FIELD_VISIT
    assert browse(group.coordinator).post(url, {"kind": "make_up"}).status_code == 422


def test_the_sheets_that_wait_cost_the_same_for_one_and_for_five(make, browse, statements):
    seen = []
    for count in (1, 5):
        group = make.outing(trainees=5)
        for number in range(count):
            make.sheet(group, number)
        browser = browse(group.trainer)
        browser.get("/sheets/waiting")
        with statements() as found:
            browser.get("/sheets/waiting")
        seen.append(len(found))
    assert seen[0] == seen[1] <= 12
