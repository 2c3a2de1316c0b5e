"""What the paper of a page asks, and of whom."""

from datetime import timedelta

from courses import paperwork, scans, stamps, transcripts
from lms import clock, db


def asked(make, group, who="coordinator", at=None):
    me = make.actor(getattr(group, who), group.programme)
    with clock.held(at or group.sessions[0].ends_at + timedelta(days=1)):
        return [str(todo.title) for todo in paperwork.todos(me)]


def test_pages_to_print_are_asked_for_three_days_ahead(make):
    group = make.on_paper()
    before = group.sessions[0].starts_at
    assert asked(make, group, at=before - timedelta(days=4)) == []
    assert asked(make, group, at=before - timedelta(days=2)) == ["Print the page of unit 1.1"]
    make.printed(group)
    assert asked(make, group, at=before - timedelta(days=2)) == []


def test_an_electronic_register_asks_for_no_paper(make):
    group = make.class_in_motion()
    assert asked(make, group, at=group.sessions[0].starts_at - timedelta(days=1)) == []


def test_times_are_confirmed_by_another_and_mended_by_their_writer(make):
    group = make.handed_over()
    assert asked(make, group, "trainer") == ["Confirm the times that were typed for page 1"]
    assert asked(make, group, "coordinator") == []
    found = transcripts.of_page(group.session.id)
    by = make.actor(group.trainer, group.programme)
    transcripts.send_back(group.session, reason="Line 2", version=found.version, by=by)
    db.session.commit()
    assert asked(make, group, "trainer") == []
    assert asked(make, group, "coordinator") == ["Put right the times that you typed for page 1"]


def test_scans_are_compared_by_the_coordinator_until_they_agree(make):
    group = make.on_paper()
    for session in group.sessions[1:]:
        make.printed(group, session)
    make.printed(group)
    make.signed_page(group)
    assert asked(make, group) == ["Hold the scan of page 1 against the ledger"]
    assert asked(make, group, "trainer") == []
    make.scanned(group)
    people = {e.enrolment_id for e in stamps.expected(group.session.id)}
    scans.agree(group.session, people, by=make.actor(group.coordinator, group.programme))
    db.session.commit()
    assert asked(make, group) == []


def test_a_manager_and_a_trainee_are_asked_for_nothing(make):
    group = make.handed_over()
    assert asked(make, group, "manager") == []
    assert paperwork.todos(make.actor(group.trainees[0])) == []
