"""One more attempt for who has used hers: by whom, with what reason, and no more than one."""

from datetime import timedelta

import pytest

from courses import path, quizzes, retries
from courses.editions import Edition
from courses.quizzes import Retry
from lms import audit, clock, db, mail
from lms.errors import Invalid, Refused
from tests.races import race, unit


def _allow(make, group, by=None, reason="We went through it together."):
    who = make.actor(by or group.trainer)
    row = retries.allow(group.enrolment, group.unit, reason=reason, by=who)
    db.session.commit()
    return row


def _stuck(group):
    found = retries.stuck(Edition.id == group.edition.id)
    return [(one.enrolment.id, one.unit.code, one.used, one.best) for one in found]


def test_who_has_used_all_attempts_is_found_until_she_may_go_on(make):
    group = make.stuck_trainee()
    make.handed_in(make.walker(edition=group.edition), "1.10", right=False)
    make.handed_in(make.walker(edition=group.edition), "1.10")
    waiting = [(group.enrolment.id, "1.10", 3, 0)]
    assert _stuck(group) == waiting
    _allow(make, group)
    assert _stuck(group) == []
    make.handed_in(group.person, right=False)
    assert _stuck(group) == [(group.enrolment.id, "1.10", 4, 0)]
    _allow(make, group)
    make.attempt(group.person)
    assert _stuck(group) == [], "she is at it"


def test_one_more_attempt_is_allowed_recorded_and_told(make):
    group = make.stuck_trainee()
    row = _allow(make, group)
    assert (row.number, row.reason) == (4, "We went through it together.")
    standing = quizzes.standings([group.unit], group.person.id)[group.unit.id]
    assert (standing.left, standing.used_up) == (1, False)
    entry = audit.latest(group.edition.programme_id, most=1)[0]
    assert (entry.what, entry.row_id) == ("attempt allowed", row.id)
    letter = mail.received(group.person.id)[0]
    assert (letter.code, letter.about) == ("1.10", row.reason)
    attempt = make.handed_in(group.person)
    assert (attempt.number, attempt.passed) == (4, True)


def test_it_is_allowed_once_and_only_to_who_needs_it(make):
    group = make.stuck_trainee()
    _allow(make, group)
    with pytest.raises(Refused, match="by herself"):
        _allow(make, group, group.coordinator)
    other = make.unit("1.2")
    with pytest.raises(Refused, match="by herself"):
        retries.allow(group.enrolment, other, reason="x", by=make.actor(group.trainer))
    assert db.session.query(Retry).count() == 1


def test_two_at_once_allow_one_attempt(make):
    group = make.stuck_trainee()
    ids = group.enrolment.id, group.unit.id

    def allowing(person):
        me = make.actor(person)

        def work():
            enrolment = db.session.get(type(group.enrolment), ids[0])
            retries.allow(enrolment, db.session.get(type(group.unit), ids[1]), reason="x", by=me)

        return unit(work)

    raised = race(allowing(group.trainer), allowing(group.coordinator))
    assert [type(r) for r in raised].count(Refused) == 1
    assert raised.count(None) == 1


def test_nobody_allows_it_without_a_reason_to_herself_or_to_who_has_left(make):
    group = make.stuck_trainee()
    with pytest.raises(Invalid, match="Write why"):
        _allow(make, group, reason="  ")
    with pytest.raises(Refused, match="to herself"):
        _allow(make, group, by=group.person)
    make.has_left(group.enrolment, clock.today())
    with pytest.raises(Refused, match="left"):
        _allow(make, group)
    assert _stuck(group) == []


def test_who_teaches_or_coordinates_is_told_within_a_week(make):
    group = make.stuck_trainee()
    for person in (group.trainer, group.coordinator):
        (todo,) = retries.todos(make.actor(person))
        assert todo.values == {"enrolment": group.enrolment.id}
        assert todo.on == clock.today() + timedelta(days=7)
        assert group.person.name in str(todo.title)
    for person in (make.person("trainer"), make.person("manager"), group.person):
        assert retries.todos(make.actor(person)) == []
    _allow(make, group)
    assert retries.todos(make.actor(group.trainer)) == []


def test_her_first_page_says_how_many_attempts_she_has(make):
    group = make.stuck_trainee()
    me = make.actor(group.person)
    said = lambda: next(str(t.small) for t in path.todos(me) if "1.10" in str(t.title))  # noqa: E731
    assert said() == "All attempts are used: speak with your trainer"
    _allow(make, group)
    assert said() == "80% is enough; you have one attempt"
