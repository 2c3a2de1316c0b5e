"""Make-up sessions as people see them: planned from the page that was missed."""

from datetime import timedelta

from courses import makeups
from lms import accounts, db
from lms.permissions import Role


def page(group, act=""):
    return f"/sessions/{group.session.id}{act}"


def test_a_make_up_session_is_planned_from_the_page_that_was_missed(make, browse):
    group = make.missed_page(trainees=2, present=(0,))
    coordinator = browse(group.coordinator)
    assert page(group, "/make-up") in coordinator.get(page(group)).text
    shown = coordinator.get(page(group, "/make-up")).text
    assert "One person missed something here" in shown
    assert group.trainees[1].name in shown
    grants = db.session.query(accounts.Grant).filter_by(
        person_id=group.trainer.id, role=Role.TRAINER
    )
    facts = {
        "on": (group.session.starts_at + timedelta(days=20)).date().isoformat(),
        "at": "09:00",
        "minutes": "120",
        "room": "Room Po",
        "trainer": grants.one().id,
    }
    for wrong in ({"minutes": "211"}, {"minutes": "0"}, {"on": ""}):
        assert coordinator.post(page(group, "/make-up"), {**facts, **wrong}).status_code == 422
    assert coordinator.post(page(group, "/make-up"), facts).status_code == 303
    assert coordinator.post(page(group, "/make-up"), facts).status_code == 409
    shown = coordinator.get(page(group, "/make-up")).text
    assert "What makes up for it" in shown
    (session,) = makeups.of(group.session)
    assert "make-up session" in coordinator.get(f"/editions/{group.edition.id}/calendar").text
    assert "It makes up for page 1" in coordinator.get(f"/sessions/{session.id}").text
    moved = coordinator.get(f"/sessions/{session.id}/make-up")
    assert moved.headers["Location"] == page(group, "/make-up")
    assert browse(group.trainer).get(page(group, "/make-up")).status_code == 404


def test_before_the_signature_nobody_knows_who_missed_something(make, browse):
    group = make.opened_page()
    shown = browse(group.coordinator).get(page(group, "/make-up")).text
    assert "known when the page is signed" in shown
    assert "Put it into the calendar" not in shown
