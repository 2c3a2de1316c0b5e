"""Two servers and two workers on one PostgreSQL: nothing lives in a process that another needs."""

import subprocess
import sys
from contextlib import ExitStack

import pytest
from sqlalchemy import func, select

from lms import accounts, db, jobs, mail
from lms.mail import Mail, MailState
from tests import demonstration, torture
from tests.sources import ROOT

JOBS = 500
CHANGED = "cinque gatti bianchi dormono"


@pytest.fixture(scope="module")
def found():
    with torture.place("postgresql") as place:
        yield place


@pytest.fixture(scope="module")
def servers(found):
    with ExitStack() as ending:
        both = [demonstration.serve(found.variables, "--no-jobs") for _ in range(2)]
        for server in both:
            ending.callback(server.stop)
        yield both


def test_signed_in_on_one_she_goes_on_at_the_other(found, servers):
    one, other = servers
    client = torture.signed_in(one.url, *found.sign_ins[0])
    client.url = other.url
    assert client.get("/admin/people")[0] == 200
    status, _ = client.post(
        "/admin/people", "/admin/people", mail="x@demo.example", name="New Person", role="trainer"
    )
    assert status == 303
    client.url = one.url
    assert "New Person" in client.get("/admin/people")[1]


def test_signing_out_at_one_ends_it_at_both(found, servers):
    one, other = servers
    client = torture.signed_in(one.url, *found.sign_ins[1])
    kept = list(client.jar)
    client.url = other.url
    assert client.post("/sign-out", "/account/")[0] == 303
    for cookie in kept:
        client.jar.set_cookie(cookie)
    for server in servers:
        client.url = server.url
        status, where = client.get("/account/")
        assert (status, where.split("?")[0]) == (303, "/sign-in")


def test_a_changed_password_ends_other_browsers_on_all_servers(found, servers):
    one, other = servers
    first = torture.signed_in(one.url, *found.sign_ins[2])
    with torture.at(found), db.scope(write=True):  # the code of this moment was used just now
        accounts.by_mail(found.sign_ins[2][0]).factor_step = 0
        db.session.commit()
    second = torture.signed_in(other.url, *found.sign_ins[2])
    answer = first.post("/account/password", "/account/", old=torture.PASSWORD, password=CHANGED)
    assert answer[0] == 303
    assert first.get("/account/")[0] == 200
    assert second.get("/account/")[0] == 303


def test_failed_tries_count_for_all_servers(found, servers):
    address = found.sign_ins[3][0]
    for number in range(4):
        client = torture.Client(servers[number % 2].url)
        client.post("/sign-in", "/sign-in", mail=address, password="not this one")
    client = torture.Client(servers[0].url)
    status, _ = client.post("/sign-in", "/sign-in", mail=address, password=torture.PASSWORD)
    assert status == 429


def test_two_workers_do_each_job_once(found):
    with torture.at(found), db.scope(write=True):
        person = accounts.by_mail(found.sign_ins[4][0])
        for number in range(JOBS):
            mail.send(person.id, "lms/password", link=f"/{number}", by=None)
        db.session.commit()
    command = [sys.executable, "-m", "lms.cli", "jobs", "run", "--until-empty"]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=found.variables, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [worker.communicate(timeout=200)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    done = [int(text.split()[0]) for text in said]
    assert min(done) > 0, "both have worked"
    with torture.at(found), db.scope(write=False):
        count = func.count()
        sent = select(count).select_from(Mail).where(Mail.state == MailState.SENT)
        assert (
            db.session.scalar(sent.where(Mail.link.like("/%"), Mail.template == "lms/password"))
            == JOBS
        )
        states = select(jobs.Job.state, jobs.Job.attempts).distinct()
        assert {tuple(row) for row in db.session.execute(states)} == {(jobs.JobState.DONE, 1)}


def test_afterwards_the_record_holds(found):
    assert "All holds." in demonstration.lms("audit", "verify", **found.variables)
