"""What a calendar proposes, and what no calendar can hold."""

import json
from datetime import date, time, timedelta
from threading import Event
from time import sleep

import pytest

from courses import calendar, changes, curriculum, editions, enrolments, planning, policy, register
from courses.calendar import Session, SessionMode, SessionState
from courses.editions import Edition, EditionState, Part
from courses.folders import Mode
from lms import accounts, audit, clock, db, permissions
from lms.errors import Invalid, Refused, Stale, WrongState
from tests.races import race, unit

MOVES = {
    SessionState.SCHEDULED: {"open", "cancel", "not_held"},
    SessionState.OPEN: {"sign"},
    SessionState.SIGNED: {"countersign"},
    SessionState.COUNTERSIGNED: {"certify"},
    SessionState.CERTIFIED: set(),
    SessionState.CANCELLED: set(),
    SessionState.NOT_HELD: set(),
}


def test_the_proposal_has_the_26_taught_units_of_5460_minutes(make):
    rows = make.proposed(make.edition())
    assert len(rows) == 26
    assert sum(r.minutes for r in rows) == 5460
    assert rows == sorted(rows, key=lambda r: r.starts_at)


def test_the_modules_run_side_by_side(make):
    codes = [r.code for r in make.proposed(make.edition())]
    assert {c[0] for c in codes[:6]} == {"1", "2", "3"}


def test_an_accepted_calendar_is_in_the_database(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    planning.accept(edition, make.proposed(edition), by=manager)
    db.session.commit()
    assert len(calendar.sessions(edition.id)) == 26
    with pytest.raises(Refused, match="already has a calendar"):
        planning.accept(edition, make.proposed(edition), by=manager)


def test_a_room_and_a_trainer_are_in_one_place_at_a_time(make):
    first, second = make.edition(), make.edition()
    manager = make.actor(make.person("manager"))
    planning.accept(first, make.proposed(first), by=manager)
    with pytest.raises(Refused, match="the room is taken"):
        planning.accept(second, make.proposed(second), by=manager)
    shared = [g.person for g in editions.people_of(first.id) if g.role == Part.TRAINER]
    with pytest.raises(Refused, match="already teaching"):
        planning.accept(second, make.proposed(second, room="Other", trainers=shared), by=manager)


def test_a_calendar_stays_within_the_edition(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    with pytest.raises(Refused, match="outside the days"):
        planning.accept(edition, make.proposed(edition, starts_on=date(2026, 9, 1)), by=manager)


def test_without_a_trainer_there_is_nothing_to_propose(make):
    with pytest.raises(Refused, match="who teaches"):
        make.proposed(make.edition(trainers=0))


def test_too_few_days_or_none_propose_nothing(make):
    edition = make.edition()
    with pytest.raises(Invalid, match="at least one day"):
        make.proposed(edition, weekdays=[])
    with pytest.raises(Invalid, match="too few"):
        make.proposed(edition, weekdays=[6], begins=[])


def test_a_unit_that_is_held_online_is_proposed_so_and_takes_no_room(make):
    _, rows, _ = make.planned()
    live = {row.unit.code: row.room for row in rows if row.mode == SessionMode.LIVE}
    taught = {u.code for u in curriculum.units(rows[0].edition.version_id)}
    assert live
    assert set(live) < taught
    assert set(live.values()) == {""}
    for row in rows:
        assert (row.mode == SessionMode.LIVE) is (row.unit.mode == Mode.LIVE_ONLINE)
        assert bool(row.room) is (row.mode == SessionMode.CLASSROOM)


def _told(me, now):
    with clock.held(now):
        return [(str(t.title).split()[0], t.values["edition"]) for t in planning.to_plan(me)]


def test_an_edition_asks_for_its_calendar_and_then_to_begin(make):
    """Its coordinator and the manager prepare the calendar; to begin is the manager's."""
    empty = make.edition()
    full, _, manager = make.planned()
    people = editions.people_of(empty.id)
    coordinator, trainer = (
        make.actor(next(g.person for g in people if g.role == part))
        for part in (Part.COORDINATOR, Part.TRAINER)
    )
    early, late = (clock.utc(full.starts_on - timedelta(days=days), time(9)) for days in (8, 7))
    assert _told(manager, early) == [("Propose", empty.id)]
    assert sorted(_told(manager, late)) == [("Begin", full.id), ("Propose", empty.id)]
    assert _told(coordinator, late) == [("Propose", empty.id)]
    assert _told(trainer, late) == []


def test_two_calendars_at_once_do_not_share_a_room(make):
    first, second, manager = make.edition(), make.edition(), make.actor(make.person("manager"))

    def accepting(edition_id):
        edition = db.session.get(Edition, edition_id)
        planning.accept(edition, make.proposed(edition), by=manager)

    raised = race(unit(accepting, first.id), unit(accepting, second.id))
    assert [type(r) for r in raised].count(Refused) == 1
    assert raised.count(None) == 1
    assert db.session.query(Session).count() == 26


def test_who_works_in_an_edition_and_who_plans_it_do_not_wait_in_a_circle(make):
    """One holds the edition and wants the record; the other holds the record and the edition."""
    edition, manager = make.edition(), make.actor(make.person("manager"))
    people = [make.person() for _ in range(6)]

    def enrolling(person_id):
        row = db.session.get(Edition, edition.id)
        enrolments.enrol(row, accounts.get(person_id), on=row.starts_on, by=manager)

    def renaming():
        row = permissions.load(edition.id, manager, policy.PLAN_EDITION, lock=True)
        audit.record("edition read", row, by=manager)
        sleep(0.05)

    works = [unit(enrolling, p.id) for p in people] + [unit(renaming) for _ in range(6)]
    assert race(*works) == [None] * 12


def _facts(edition, **more):
    names = ("name", "starts_on", "ends_on", "room", "version")
    return {**{n: getattr(edition, n) for n in names}, **more}


def test_an_edition_is_changed_and_the_record_says_from_what(make):
    edition, _, manager = make.planned()
    before = edition.name
    planning.amend(
        edition, **_facts(edition, name="Autumn", room="Po", total_percent=80), by=manager
    )
    db.session.commit()
    assert (edition.name, edition.room, edition.total_percent) == ("Autumn", "Po", 80)
    assert (edition.module_percent, edition.state) == (50, EditionState.PLANNED)
    said = json.loads(audit.latest(manager.programme_id, most=1)[0].body)["detail"]["before"]
    assert said == {"name": before, "room": "Room Dora", "total_percent": "75"}


def test_an_edition_keeps_its_sessions_within_its_days(make):
    edition, rows, manager = make.planned()
    first, last = (clock.local(s.starts_at).date() for s in (rows[0], rows[-1]))
    for days, field in (
        ({"starts_on": first + timedelta(days=1)}, "starts_on"),
        ({"ends_on": last - timedelta(days=1)}, "ends_on"),
        ({"ends_on": edition.starts_on - timedelta(days=1)}, "ends_on"),
    ):
        with pytest.raises(Invalid) as refusal:
            planning.amend(edition, **_facts(edition, **days), by=manager)
        assert list(refusal.value.fields) == [field]
    with clock.held(rows[-1].starts_at - timedelta(days=1)):
        changes.cancel(rows[-1], reason="snow", by=manager)
    kept = clock.local(rows[-2].starts_at).date()
    planning.amend(edition, **_facts(edition, starts_on=first, ends_on=kept), by=manager)
    assert (edition.starts_on, edition.ends_on) == (first, kept)


def test_thresholds_stand_from_the_first_certified_page(make):
    group = make.countersigned_page()
    edition, manager = group.edition, make.actor(group.manager)
    planning.amend(edition, **_facts(edition, module_percent=40), by=manager)
    register.certify([group.session], by=manager)
    db.session.flush()
    for asked in ({"total_percent": 60}, {"module_percent": 50}):
        with pytest.raises(Invalid, match="no longer change") as refusal:
            planning.amend(edition, **_facts(edition, **asked), by=manager)
        assert refusal.value.fields.keys() == asked.keys()
    planning.amend(
        edition, **_facts(edition, name="New", total_percent=75, module_percent=40), by=manager
    )
    assert (edition.name, edition.total_percent, edition.module_percent) == ("New", 75, 40)


def test_a_threshold_changed_while_hours_are_certified_waits_and_is_refused(make):
    group, certified = make.countersigned_page(), Event()
    edition, manager = group.edition, make.actor(group.manager)
    facts = _facts(edition, total_percent=60)

    def certifying():
        register.certify([db.session.get_one(Session, group.session.id)], by=manager)
        db.session.flush()
        certified.set()
        sleep(0.3)

    def changing():
        planning.amend(db.session.get_one(Edition, edition.id), **facts, by=manager)

    def after():
        certified.wait(10)
        unit(changing)()

    done, refusal = race(unit(certifying), after)
    assert done is None
    assert isinstance(refusal, Invalid), refusal
    assert edition.total_percent == 75


def test_a_closed_edition_and_an_older_version_change_nothing(make):
    edition, _, manager = make.planned()
    with pytest.raises(Stale):
        planning.amend(edition, **_facts(edition, version=edition.version - 1), by=manager)
    for state in (EditionState.CLOSED, EditionState.ARCHIVED):
        edition.state = state
        with pytest.raises(WrongState, match="closed"):
            planning.amend(edition, **_facts(edition), by=manager)
