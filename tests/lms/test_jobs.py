"""Jobs: effects exactly once, leases, retries, and an end that is seen."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms import app as application
from lms import clock, db, jobs
from lms.chains import Entry
from lms.jobs import LEASE, MOST_ATTEMPTS, Job, JobState
from lms.mail import Mail
from tests.races import race

NOBODY = lambda job: None  # noqa: E731


@pytest.fixture
def person(make):
    return make.person("trainee")


@pytest.fixture
def effect(person):
    """A handler whose effect can be counted: it writes one row."""

    def write(*, code, by):
        db.session.add(
            Mail(person_id=person_id, template="lms/password", code=code, queued_at=clock.now())
        )

    person_id = person.id
    return {"effect": write}


def _effects(code=None):
    query = select(func.count()).select_from(Mail)
    return db.session.scalar(query.where(Mail.code == code) if code else query)


def _ask(code="x", **more):
    job = jobs.ask("effect", by=None, code=code, **more)
    db.session.commit()
    return job


def _run(handlers, worker="one"):
    db.session.commit()
    found = jobs.run_one(worker, handlers, NOBODY)
    db.session.expire_all()
    return found


def test_a_job_is_done_with_its_effect(effect):
    job = _ask()
    assert _run(effect)
    assert (job.state, _effects()) == (JobState.DONE, 1)
    assert not _run(effect)


def test_two_jobs_with_one_key_are_one(effect):
    assert _ask(key="the same") is not None
    assert _ask(key="the same") is None
    while _run(effect):
        pass
    assert _effects() == 1


def test_two_who_ask_with_one_key_at_once(effect):
    def ask():
        with db.unit():
            return jobs.ask("effect", by=None, key="the same", code="x")

    race(ask, ask, ask)
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_what_fails_leaves_no_effect_and_is_tried_again(effect):
    def fail(*, code, by):
        effect["effect"](code=code, by=by)
        raise RuntimeError("no")

    job = _ask()
    assert _run({"effect": fail})
    assert (job.state, job.attempts, job.error, _effects()) == (
        JobState.READY, 1, "RuntimeError", 0,
    )  # fmt: skip
    assert job.run_at > clock.now()
    with clock.held(job.run_at + timedelta(seconds=1)):
        assert _run(effect)
    assert (job.state, job.error, _effects()) == (JobState.DONE, None, 1)


def test_after_so_many_tries_it_is_dead_and_can_be_given_more(effect):
    def fail(*, code, by):
        raise RuntimeError("no")

    job = _ask()
    for _ in range(MOST_ATTEMPTS):
        with clock.held(job.run_at + timedelta(seconds=1)):
            assert _run({"effect": fail})
    assert (job.state, job.attempts) == (JobState.DEAD, MOST_ATTEMPTS)
    assert not _run(effect)
    jobs.retry(job, by=None)
    assert _run(effect)
    assert (job.state, _effects()) == (JobState.DONE, 1)


def test_a_command_gives_a_dead_job_more_tries(effect, command):
    job = _ask()
    job.state = JobState.DEAD
    assert "dead" in command("jobs", "list").output
    assert command("jobs", "retry", str(job.id)).exit_code == 0
    assert job.state == JobState.READY
    assert command("jobs", "retry", str(uuid4())).exit_code == 1


def test_an_error_says_no_content(effect):
    def fail(*, code, by):
        raise RuntimeError("what she said")

    job = _ask()
    _run({"effect": fail})
    assert "what she said" not in job.error


def test_a_worker_that_dies_loses_its_lease(effect):
    job = _ask()
    db.session.commit()
    assert jobs._claim("dead worker") == job.id
    assert not _run(effect)
    with clock.held(clock.now() + LEASE + timedelta(seconds=1)):
        assert _run(effect, worker="another")
    assert (job.state, job.worker, _effects()) == (JobState.DONE, "another", 1)


def test_a_worker_that_was_only_slow_writes_nothing(effect):
    job = _ask()

    def slow(*, code, by):
        effect["effect"](code=code, by=by)
        row = db.session.get_one(Job, job_id)
        row.worker = "another"  # it has taken the job over meanwhile
        db.session.flush()

    job_id = job.id
    _run({"effect": slow})
    assert (job.state, _effects()) == (JobState.RUNNING, 0)


def test_a_long_job_lets_others_write_and_keeps_its_lease(effect):
    """Its steps are transactions of their own: what is written before it fails stays."""
    job, seen = _ask(), []

    def long(*, code, by, keep):
        for number in range(3):
            with db.unit():
                effect["effect"](code=f"{code}{number}", by=by)
            with clock.held(clock.now() + timedelta(seconds=30 * number)):
                keep()
            with db.unit(write=False):
                seen.append(db.session.get_one(Job, job.id).lease_until)

    assert _run({"effect": jobs.Long(long)})
    assert (job.state, _effects()) == (JobState.DONE, 3)
    assert seen == sorted(set(seen))


def test_a_long_job_that_was_overtaken_writes_nothing_more(effect):
    job = _ask()

    def long(*, code, by, keep):
        with db.unit():
            db.session.get_one(Job, job.id).worker = "another"
        keep()
        with db.unit():
            effect["effect"](code=code, by=by)

    _run({"effect": jobs.Long(long)})
    assert (job.state, job.worker, _effects()) == (JobState.RUNNING, "another", 0)


def test_workers_share_the_jobs(effect):
    for number in range(20):
        _ask(code=str(number))

    def work():
        done = 0
        name = jobs.worker_name()
        while jobs.run_one(name, effect, NOBODY):
            done += 1
        return done

    assert sum(race(work, work, work, work)) >= 20
    assert [_effects(str(n)) for n in range(20)] == [1] * 20


def test_a_job_waits_for_its_time(effect):
    _ask(after=timedelta(hours=1))
    assert not _run(effect)
    with clock.held(clock.now() + timedelta(hours=2)):
        assert _run(effect)


def test_a_job_is_asked_in_the_transaction_of_its_cause(effect):
    jobs.ask("effect", by=None, code="x")
    db.session.rollback()
    assert not _run(effect)


def test_a_job_knows_its_asker(app, make):
    person = make.person("manager")
    by = make.actor(person)
    job = jobs.ask("effect", by=by)
    db.session.commit()
    asker = application.asker(job)
    assert (asker.id, asker.programme_id, asker.roles) == (by.id, by.programme_id, by.roles)
    assert application.asker(jobs.ask("effect", by=None)) is None


def test_every_kind_of_job_has_its_handler(app):
    import re

    from tests import sources

    asked = set(re.findall(r'jobs\.ask\(\s*"([^"]+)"', sources.python()))
    assert asked <= set(application.handlers(app))


def test_running_until_empty(effect, app):
    _ask()
    _ask(code="y")
    db.session.commit()
    done = jobs.run(effect, NOBODY, until_empty=True, around=app.app_context)
    assert (done, _effects()) == (2, 2)


@pytest.fixture
def dead(make):
    """A mail of the programme that could not be sent for good."""
    return make.dead_job()


def test_an_administrator_gives_a_job_that_failed_another_try(make, browse, dead):
    admin = make.person("administrator")
    browser = browse(admin)
    assert f"/admin/jobs/{dead.id}/retry" in browser.get("/admin/jobs").text
    answer = browser.post(f"/admin/jobs/{dead.id}/retry")
    assert (answer.status_code, answer.location) == (303, "/admin/jobs")
    assert (dead.state, dead.attempts, dead.error) == (JobState.READY, 0, None)
    entry = db.session.scalars(select(Entry).where(Entry.what == "job tried again")).one()
    assert (entry.actor_id, entry.row_id) == (admin.id, dead.id)
    shown = browser.get("/admin/jobs").text
    assert "It will be tried again." in shown
    assert "/retry" not in shown


def test_only_what_has_failed_for_good_is_tried_again(make, browse, dead, command):
    dead.state = JobState.DONE
    answer = browse(make.person("administrator")).post(f"/admin/jobs/{dead.id}/retry")
    assert answer.status_code == 409
    assert dead.state == JobState.DONE
    assert command("jobs", "retry", str(dead.id)).exit_code == 1


def test_jobs_of_another_programme_are_not_shown_and_not_tried_again(make, browse, dead):
    admin = make.person("administrator", programme=make.programme())
    browser = browse(admin)
    assert "/retry" not in browser.get("/admin/jobs").text
    assert browser.post(f"/admin/jobs/{dead.id}/retry").status_code == 404
    assert dead.state == JobState.DEAD
