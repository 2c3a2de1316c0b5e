"""What comes next in the course for whoever has nothing to do today."""

from datetime import timedelta

import pytest

from courses import upcoming
from lms import clock, db


def _said(make, person, now):
    with clock.held(now):
        return [(str(c.title), c.endpoint, c.on) for c in upcoming.coming(make.actor(person))]


def test_each_part_reads_its_next_session(make):
    group = make.class_in_motion()
    first, second = group.sessions[:2]
    day = clock.local(first.starts_at).date()
    before = first.starts_at - timedelta(days=20)
    for person, said, where in (
        (group.trainer, "You hold unit 1.1", "register.show"),
        (group.trainees[0], "The next lesson: Unit 1.1", "path.unit"),
        (group.coordinator, "Next session: unit 1.1", "register.show"),
        (group.manager, "Next session: unit 1.1", "register.show"),
    ):
        assert _said(make, person, before) == [(said, where, day)]
        ((_, _, later),) = _said(make, person, first.ends_at)
        assert later == clock.local(second.starts_at).date()


@pytest.mark.parametrize("role", ["trainer", "trainee", "coordinator", "manager"])
def test_who_has_no_session_to_come_reads_what_will(make, role):
    group = make.class_in_motion()
    after = group.sessions[-1].ends_at + timedelta(days=1)
    person = {"trainee": group.trainees[0]}.get(role) or getattr(group, role)
    for who in (person, make.person(role)):
        ((title, where, on),) = _said(make, who, after)
        assert title.startswith("No ")
        assert where
        assert on is None


def test_who_has_left_an_edition_waits_for_none_of_its_lessons(make):
    group = make.class_in_motion()
    enrolment = group.enrolments[0]
    make.has_left(enrolment, group.edition.starts_on)
    db.session.commit()
    ((title, _, _),) = _said(make, group.trainees[0], group.sessions[0].starts_at)
    assert title == "No lesson of yours is in the calendar."


def test_who_is_nothing_in_the_course_reads_nothing_of_it(make):
    assert upcoming.coming(make.actor(make.person("partner"))) == []
