"""Inspection: somebody named, for some days, who reads everything and writes one note."""

from datetime import timedelta

import pytest

from courses import editions, inspection
from courses.calendar import SessionMode
from courses.editions import Edition
from lms import audit, clock, db
from lms.errors import Invalid
from lms.manifest import Todo


def may(group, person, make):
    query = db.session.query(Edition).filter(
        editions.inspected(make.actor(person, group.programme))
    )
    return query.all()


def test_an_edition_is_open_to_an_inspector_up_to_her_day(make):
    group = make.class_in_motion()
    person = make.inspector(group, days=7)
    assert may(group, person, make) == [group.edition]
    assert inspection.editions_of(make.actor(person, group.programme)) == [
        (group.edition, clock.today() + timedelta(days=7))
    ]
    with clock.held(clock.now() + timedelta(days=7)):
        assert may(group, person, make) == [group.edition]
    with clock.held(clock.now() + timedelta(days=8)):
        assert may(group, person, make) == []


def test_it_is_shut_at_once_when_somebody_says_so(make):
    group = make.class_in_motion()
    person, by = make.inspector(group), make.actor(group.manager, group.programme)
    [grant] = inspection.admitted(group.edition.id)
    inspection.dismiss(grant, by=by)
    assert may(group, person, make) == []
    with pytest.raises(Invalid, match="shut"):
        inspection.dismiss(grant, by=by)
    inspection.admit(group.edition, name=person.name, mail=person.mail, until=clock.today(), by=by)
    assert may(group, person, make) == [group.edition]
    assert len(inspection.admitted(group.edition.id)) == 1


@pytest.mark.parametrize("days", [-1, 367])
def test_nobody_is_admitted_for_the_past_or_for_ever(make, days):
    group = make.class_in_motion()
    with pytest.raises(Invalid) as refused:
        inspection.admit(
            group.edition,
            name="Ada Neri",
            mail="ada.neri@demo.example",
            until=clock.today() + timedelta(days=days),
            by=make.actor(group.manager, group.programme),
        )
    assert set(refused.value.fields) == {"until"}


def test_a_note_says_how_many_the_page_said_were_inside(make):
    group = make.opened_page(trainees=3)
    for number in (0, 1):
        make.scan(group, number, group.session.starts_at)
    person = make.inspector(group)
    with clock.held(group.session.starts_at + timedelta(hours=1)):
        row = inspection.note(
            group.edition,
            session=group.session,
            counted=3,
            text=" One more than the page says ",
            by=make.actor(person, group.programme),
        )
        db.session.commit()
    assert (row.counted, row.inside, row.text) == (3, 2, "One more than the page says")
    assert row.differs
    [todo] = inspection.todos(make.actor(group.manager, group.programme))
    assert isinstance(todo, Todo)
    assert todo.turn
    assert inspection.todos(make.actor(person, group.programme)) == []
    with pytest.raises(Exception, match="append-only|only grows|never"):
        db.session.execute(inspection.Visit.__table__.update().values(text="All in order"))
    db.session.rollback()


def test_a_note_needs_words_and_a_count_of_the_visited_session(make):
    group, other = make.opened_page(), make.opened_page()
    by = make.actor(make.inspector(group), group.programme)
    for given, field in (
        ({"text": "  "}, "text"),
        ({"text": "x", "session": group.session}, "counted"),
        ({"text": "x", "session": other.session, "counted": 1}, "session"),
    ):
        with pytest.raises(Invalid) as refused:
            inspection.note(group.edition, **given, by=by)
        assert set(refused.value.fields) == {field}


def test_only_links_of_lessons_that_can_still_be_joined_are_shown(make):
    group = make.class_in_motion()
    first, second = group.sessions[:2]
    for session in (first, second):
        session.mode, session.link = SessionMode.LIVE, "https://meet.demo.example/room"
    db.session.commit()
    with clock.held(first.ends_at):
        assert inspection.live(inspection.calendar_of(group.edition.id)) == [second]


def test_access_tells_who_looked_and_who_changed(make):
    group = make.certified_page()
    person = make.inspector(group)
    by = make.actor(person, group.programme)
    inspection.see_edition(group.edition, by=by)
    inspection.see_page(group.session, by=by)
    other = make.certified_page()
    db.session.commit()
    found = inspection.access(group.edition)
    said = [(e.what, e.actor_id) for e in found]
    assert ("register inspected", person.id) in said
    assert ("page inspected", person.id) in said
    assert ("page certified", group.manager.id) in said
    assert other.trainer.id not in {e.actor_id for e in found}
    assert [e.sequence for e in found] == sorted(e.sequence for e in found)
    assert inspection.names_of(found)[person.id] == person.name
    assert audit.latest(group.programme.id, most=1)
