"""Many by one act: each wholly certified or not at all, and every refusal said."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from courses import batches, certificates, certification
from courses.batches import FLOW, ITEM_FLOW, Batch, BatchState, Item, ItemState
from courses.certificates import Certificate
from lms import counters, db, i18n, jobs
from lms.errors import Invalid
from lms.frozen import Frozen
from lms.jobs import Job, JobState
from tests.races import race, unit

MOVES = {
    BatchState.CERTIFYING: {"pack", "finish"},
    BatchState.PACKING: {"finish"},
    BatchState.DONE: set(),
}


@pytest.mark.parametrize("state", list(BatchState))
def test_moves_open_in_each_state(state):
    assert FLOW.open_to(state) == MOVES[state]


@pytest.mark.parametrize("state", list(ItemState))
def test_each_of_them_is_settled_once(state):
    expected = {"certify", "refuse"} if state == ItemState.WAITING else set()
    assert ITEM_FLOW.open_to(state) == expected


def states(batch):
    rows = db.session.query(Item).filter_by(batch_id=batch.id).order_by(Item.position)
    return [item.state.value for item in rows]


def test_who_can_be_certified_is_and_the_others_are_listed_with_why(make):
    group = make.certifiable(1260, 944, 1260)
    batch = make.batch(group)
    assert states(batch) == ["certified", "refused", "certified"]
    items = batches.progress(batch).items
    assert items[0].state == ItemState.REFUSED  # first of all what was refused
    assert "certified hours in all: 1 minute" in items[0].why
    with i18n.speaking("it"):
        assert "ore certificate in tutto: 1 minuto" in items[0].why
    assert batch.state == BatchState.PACKING
    assert db.session.query(Certificate).count() == 2


def test_who_is_refused_has_nothing_of_it(make):
    group = make.certifiable(944, 1260)
    make.batch(group)
    refused = group.enrolments[0]
    assert certification.of_enrolment(refused.id) is None
    assert certificates.history(refused.id) == []
    assert db.session.query(Frozen).filter_by(subject_id=refused.id).count() == 0
    year = db.session.query(Certificate).one().number.split("-")[1]
    programme = group.programme.id
    assert counters.last(f"certificates {year}", programme) == 1


def test_where_nobody_is_certified_there_is_nothing_to_gather(make):
    batch = make.batch(make.certifiable(944))
    assert (batch.state, states(batch)) == (BatchState.DONE, ["refused"])


def test_who_has_left_has_one_already_or_is_herself_is_refused_by_name(make):
    group = make.certifiable(1260, 1260, 1260)
    certificates.issue(group.enrolments[0], by=make.actor(group.manager))
    make.has_left(group.enrolments[1], group.enrolments[1].entered_on)
    by = make.actor(group.trainees[2])
    batch = batches.certify(group.edition, group.enrolments, by=by)
    db.session.commit()
    said = [item.why for item in batches.progress(batch).items]
    assert said == [
        "She has her certificate already.",
        "Who has left the edition is not certified.",
        "Nobody certifies herself.",
    ]


def test_nobody_chosen_is_refused(make):
    group = make.certifiable(1260)
    with pytest.raises(Invalid):
        batches.certify(group.edition, [], by=make.actor(group.manager))


def test_fifty_are_certified_at_once_and_more_wait_for_the_job(make, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    few, many = make.certifiable(1260, 1260), make.certifiable(1260, 1260, 1260)
    assert states(make.batch(few)) == ["certified"] * 2
    batch = make.batch(many)
    assert (batch.state, states(batch)) == (BatchState.CERTIFYING, ["waiting"] * 3)
    assert jobs.named(f"certificates {batch.id}").kind == "certificates"


def test_a_job_certifies_a_few_at_a_time(make, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    monkeypatch.setattr(batches, "STEP", 2)
    group = make.certifiable(1260, 944, 1260)
    batch, by = make.batch(group), make.actor(group.manager)
    batch_id, found = batch.id, []
    db.session.commit()
    while batches.certify_some(batch_id, by=by, also=()):
        db.session.expire_all()
        found.append(states(batch))
        db.session.commit()
    assert found == [["certified", "refused", "waiting"], ["certified", "refused", "certified"]]
    db.session.expire_all()
    assert batch.state == BatchState.PACKING


def test_two_workers_at_once_certify_everybody_once(make, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    monkeypatch.setattr(batches, "STEP", 1)
    group = make.certifiable(*[1260] * 4)
    batch, by = make.batch(group), make.actor(group.manager)
    batch_id = batch.id

    def work():
        while batches.certify_some(batch_id, by=by, also=()):
            pass

    assert race(work, work) == [None, None]
    assert states(batch) == ["certified"] * 4
    assert db.session.query(Certificate).count() == 4


def test_one_trainee_in_two_batches_at_once_has_one_certificate(make):
    group = make.certifiable(1260, 1260)
    by, edition_id = make.actor(group.manager), group.edition.id
    ids, kind = [e.id for e in group.enrolments], type(group.enrolments[0])

    def certify(order):
        edition = db.session.get_one(type(group.edition), edition_id)
        people = [db.session.get_one(kind, i) for i in order]
        return batches.certify(edition, people, by=by).id

    done = race(unit(certify, ids), unit(certify, ids[::-1]))
    assert all(not isinstance(one, Exception) for one in done)
    assert db.session.query(Certificate).count() == 2
    assert sorted(s for b in db.session.query(Batch) for s in states(b)) == [
        "certified", "certified", "refused", "refused",
    ]  # fmt: skip


def test_all_certificates_of_an_edition_are_gathered(make):
    group = make.certifiable(1260, 1260, 944)
    by = make.actor(group.manager)
    with pytest.raises(Invalid):
        batches.gather(group.edition, by=by)
    make.batch(group)
    batch = batches.gather(group.edition, by=by)
    db.session.commit()
    assert (batch.state, states(batch)) == (BatchState.PACKING, ["certified"] * 2)


def test_a_batch_whose_job_has_failed_for_good_says_so(make):
    batch = make.batch(make.certifiable(1260))
    job = jobs.named(f"certificates {batch.id}")
    assert not batches.has_stopped(batch)
    job.state = JobState.DEAD
    db.session.commit()
    assert batches.has_stopped(batch)


@pytest.mark.parametrize(
    ("table", "change", "name"),
    [
        ("courses_batches", "state = 'done'", "done_has_time"),
        ("courses_batch_items", "state = 'waiting'", "certified_has_certificate"),
        ("courses_batch_items", "state = 'refused', certificate_id = NULL", "refused_says_why"),
    ],
)
def test_the_database_keeps_what_came_of_it(table, change, name, make):
    make.batch(make.certifiable(1260))
    with pytest.raises(IntegrityError, match=name):
        db.session.execute(text(f"UPDATE {table} SET {change}"))
    db.session.rollback()


def test_the_act_takes_as_many_questions_for_one_as_for_ten(make, statements):
    """What is asked before deciding does not grow; what is written is so much for each."""
    counts = []
    for number in (1, 10):
        group = make.certifiable(*[1260] * number)
        with statements() as seen:
            batches.certify(group.edition, group.enrolments, by=make.actor(group.manager))
        asked = ("courses_lines", "courses_attempts", "courses_sessions", "frozen_documents")
        counts.append([sum(f"FROM {t}" in s for s in seen) for t in asked])
        db.session.commit()
    assert counts[0] == counts[1]


def test_a_job_is_asked_once_for_a_batch(make):
    batch = make.batch(make.certifiable(1260))
    found = db.session.query(Job).filter_by(kind="certificates").all()
    assert [job.key for job in found] == [f"certificates {batch.id}"]
