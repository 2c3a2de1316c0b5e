from datetime import timedelta

import pytest

from lms import clock, db
from lms.accounts import Grant
from lms.errors import Invalid, WrongState
from mentoring import assignments
from mentoring.assignments import Assignment, AssignmentState
from tests.races import race, unit


def followed(me):
    return set(db.session.scalars(assignments.followed(me)))


def test_a_senior_follows_whom_the_manager_put_her_beside(make):
    row = make.assignment()
    assert followed(make.actor(row.senior)) == {row.person_id}
    assert assignments.senior_of(row.person_id, row.programme_id) == row.senior
    assert followed(make.actor(make.person("senior"))) == set()


def test_before_its_first_day_and_after_its_last_nobody_is_followed(make):
    row = make.assignment(starts_on=clock.today() + timedelta(days=1))
    assert followed(make.actor(row.senior)) == set()
    row.starts_on = clock.today() - timedelta(days=9)
    row.ends_on = clock.today() - timedelta(days=1)
    db.session.commit()
    assert followed(make.actor(row.senior)) == set()
    assert assignments.senior_of(row.person_id, row.programme_id) is None


def test_nobody_is_followed_by_two(make):
    row = make.assignment()
    manager = make.actor(make.person("manager"))
    with pytest.raises(Invalid) as refusal:
        assignments.assign(make.person("senior"), row.person, by=manager)
    assert row.senior.name in str(refusal.value.fields["person"])


@pytest.mark.parametrize(
    ("senior", "person", "field"),
    [
        (("trainer",), ("trainee",), "senior"),
        (("senior",), ("partner",), "person"),
    ],
)
def test_only_seniors_follow_and_only_learners_are_followed(make, senior, person, field):
    manager = make.actor(make.person("manager"))
    with pytest.raises(Invalid) as refusal:
        assignments.assign(make.person(*senior), make.person(*person), by=manager)
    assert field in refusal.value.fields


def test_nobody_follows_herself(make):
    both = make.person("senior", "activator")
    with pytest.raises(Invalid):
        assignments.assign(both, both, by=make.actor(make.person("manager")))


def test_an_end_before_the_start_is_refused(make):
    with pytest.raises(Invalid) as refusal:
        assignments.assign(
            make.person("senior"),
            make.person("trainee"),
            ends_on=clock.today() - timedelta(days=1),
            by=make.actor(make.person("manager")),
        )
    assert "ends_on" in refusal.value.fields


def test_after_the_end_another_senior_may_follow(make):
    row = make.assignment()
    manager = make.actor(make.person("manager"))
    assignments.end(row, by=manager)
    assert row.state == AssignmentState.ENDED
    with pytest.raises(WrongState):
        assignments.end(row, by=manager)
    another = assignments.assign(make.person("senior"), row.person, by=manager)
    db.session.commit()
    assert assignments.senior_of(row.person_id, row.programme_id) == another.senior


def test_whom_nobody_follows_can_be_chosen_once_though_she_is_two_things(make):
    person = make.person("trainee", "activator")
    make.assignment()
    me = make.actor(make.person("manager"))
    found = [g.person_id for g in db.session.query(Grant).filter(assignments.alone(me))]
    assert found == [person.id]


def test_two_managers_assign_the_same_person_at_once(make):
    person, manager = make.person("trainee"), make.actor(make.person("manager"))
    seniors = [make.person("senior"), make.person("senior")]
    results = race(*(unit(assignments.assign, senior, person, by=manager) for senior in seniors))
    assert sum(isinstance(r, Assignment) for r in results) == 1
    assert db.session.query(Assignment).count() == 1
