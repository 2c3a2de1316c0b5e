"""The gate to living casework: four conditions, then the manager's act."""

from datetime import date

import pytest
from sqlalchemy import text

from casework import activators, cases
from casework.activators import Activator, Stage, conditions, lacking
from casework.cases import Case
from lms import audit, clock, db, frozen
from lms.errors import Invalid, NotFound, Refused, WrongState
from lms.permissions import Role

PASSED = {"has_passed": True, "has_factor": True, "authorised_on": date(2026, 1, 1),
          "accepted_at": clock.now()}  # fmt: skip


@pytest.fixture
def manager(make):
    return make.actor(make.person("manager"))


@pytest.fixture
def everything_else(monkeypatch):
    """The quiz is passed and the factor enrolled: both have their tests elsewhere."""
    monkeypatch.setattr("courses.quizzes.gate_passed", lambda *_, **__: True)

    def enrol(activator):
        activator.person.factor_secret = b"sealed"

    return enrol


def test_nothing_is_lacking_when_all_four_stand():
    assert lacking(conditions(**PASSED)) is None


@pytest.mark.parametrize(
    ("name", "lacks", "said"),
    [
        ("unit", {"has_passed": False}, "unit 1.10"),
        ("authorisation", {"authorised_on": None}, "authorisation is not given"),
        ("acceptance", {"accepted_at": None}, "not accepted"),
        ("factor", {"has_factor": False}, "second factor"),
    ],
)
def test_each_condition_is_named_when_it_is_missing(name, lacks, said):
    found = conditions(**{**PASSED, **lacks})
    assert [c.name for c in found if not c.is_met] == [name]
    assert said in str(lacking(found))


def test_all_that_is_missing_is_said_at_once():
    found = conditions(has_passed=False, has_factor=False, authorised_on=None, accepted_at=None)
    assert str(lacking(found)).count(";") == 3


def test_the_act_is_refused_with_what_is_missing(make, manager):
    activator = make.trainee_activator()
    with pytest.raises(Refused) as refusal:
        activators.supervise(activator, by=manager)
    assert "unit 1.10 is not passed" in str(refusal.value.message)
    assert activator.stage == Stage.TRAINING


def test_the_manager_opens_living_cases(make, manager, everything_else):
    activator = make.authorised_activator()
    everything_else(activator)
    activators.supervise(activator, by=manager)
    db.session.commit()
    assert (activator.stage, activator.supervised_by_id) == (Stage.SUPERVISED, manager.id)
    with pytest.raises(WrongState):
        activators.supervise(activator, by=manager)


def test_nobody_opens_the_casework_to_herself(make, everything_else):
    person = make.person("trainee", "manager")
    activator = make.authorised_activator(person=person)
    everything_else(activator)
    with pytest.raises(Refused):
        activators.supervise(activator, by=make.actor(person))


def test_an_activator_in_training_has_no_case_even_if_one_names_her(make):
    case = make.case()
    row = activators.of_person(case.activator_id, case.programme_id)
    me = make.actor(row.person)
    assert db.session.query(Case).filter(cases.own(me)).all() == [case]
    row.stage = Stage.TRAINING
    db.session.flush()
    assert db.session.query(Case).filter(cases.own(me)).all() == []


def test_becoming_an_activator_gives_the_role_once(make, manager):
    person = make.person("trainee")
    activators.make(person, make.hub(), by=manager)
    db.session.commit()
    assert Role.ACTIVATOR in make.actor(person).roles
    with pytest.raises(Invalid):
        activators.make(person, make.hub(), by=manager)


def test_the_authorisation_is_frozen_and_a_new_one_must_be_accepted_again(make, manager):
    activator = make.authorised_activator()
    first = activator.authorisation
    activators.authorise(activator, "New words.", by=manager)
    db.session.commit()
    db.session.refresh(activator)
    assert activator.accepted_at is None
    assert activator.authorisation.number == first.number + 1
    assert frozen.read(first, by=manager)["text"] == "You may hold cases under supervision."
    assert activators.authorisation_text(activator, by=manager) == "New words."


def test_an_authorisation_has_words(make, manager):
    with pytest.raises(Invalid):
        activators.authorise(make.trainee_activator(), " ", by=manager)


def test_only_the_person_herself_accepts_what_was_given_and_once(make):
    activator = make.trainee_activator()
    with pytest.raises(Refused):
        activators.accept(activator, version=activator.version, by=make.actor(activator.person))
    given = make.authorised_activator()
    with pytest.raises(NotFound):
        activators.accept(given, version=given.version, by=make.actor(activator.person))
    with pytest.raises(WrongState):
        activators.accept(given, version=given.version, by=make.actor(given.person))


def test_a_newer_authorisation_is_not_accepted_unread(make, manager):
    activator = make.trainee_activator()
    activators.authorise(activator, "First.", by=manager)
    db.session.commit()
    read = activator.version
    activators.authorise(activator, "Second.", by=manager)
    db.session.commit()
    with pytest.raises(Refused):
        activators.accept(activator, version=read, by=make.actor(activator.person))


def test_no_new_authorisation_once_she_holds_cases(make, manager):
    with pytest.raises(WrongState):
        activators.authorise(make.activator(), "More.", by=manager)


def test_who_has_her_hours_certified_is_made_autonomous_and_keeps_her_cases(make, manager):
    activator = make.activator(person=make.certificate().group.trainees[0])
    activators.release(activator, by=manager)
    db.session.commit()
    assert (activator.stage, activator.autonomous_by_id) == (Stage.AUTONOMOUS, manager.id)
    assert db.session.query(Activator).filter(activators.ready(manager)).one() is activator
    assert audit.latest(manager.programme_id, most=1)[0].what == "activator released"
    with pytest.raises(WrongState):
        activators.release(activator, by=manager)


@pytest.mark.parametrize("ended", ["revoked", "replaced"])
def test_without_a_valid_certificate_nobody_is_made_autonomous(make, manager, ended):
    with pytest.raises(Refused, match="hours are not certified"):
        activators.release(make.activator(), by=manager)
    row = make.ended_certificate(ended)
    activator = make.activator(person=row.group.trainees[0])
    if ended == "replaced":  # the one that took its place is valid
        activators.release(activator, by=manager)
    else:
        with pytest.raises(Refused, match="hours are not certified"):
            activators.release(activator, by=manager)


def test_nobody_is_made_autonomous_by_herself_or_from_training(make, manager):
    person = make.certificate().group.trainees[0]
    with pytest.raises(WrongState):
        activators.release(make.trainee_activator(person=person), by=manager)
    other = make.certificate().group.trainees[0]
    activator = make.activator(person=other)
    with pytest.raises(Refused, match="herself"):
        activators.release(activator, by=make.actor(other))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("stage = 'autonomous'", "autonomous_says_who_and_when"),
        ("autonomous_by_id = person_id", "not_released_by_herself"),
        ("accepted_at = NULL", "supervised_has_accepted"),
        ("supervised_by_id = NULL", "supervised_says_who_and_when"),
        ("supervised_at = NULL", "supervised_says_who_and_when"),
        ("supervised_by_id = person_id", "not_by_herself"),
        ("authorised_on = NULL", "authorised_has_text"),
    ],
)
def test_the_database_itself_keeps_the_gate(make, change, constraint):
    make.activator()
    with pytest.raises(Exception, match=constraint):
        db.session.execute(text(f"UPDATE casework_activators SET {change}"))
    db.session.rollback()
    assert db.session.query(Activator).one().stage == Stage.SUPERVISED
