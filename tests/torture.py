"""Kill the server at random instants while people write: python -m tests.torture [--times 50].

Eight clients write through the pages of `lms serve`; the process and its worker are killed with
SIGKILL, started again, and asked: is every acknowledged write there, do the chains verify, was any
job done twice? On SQLite and, where it is installed, on PostgreSQL.
"""

import argparse
import http.client
import os
import random
import re
import shutil
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select

from lms import accounts, clock, db, installation, jobs, keys, programmes, sign_ins
from lms.accounts import Person
from lms.mail import Mail, MailState
from lms.permissions import Role
from tests import databases, demonstration

PASSWORD = "quattro gatti neri corrono"
CLIENTS = 8
TOKEN = re.compile(r'name="(csrf_token|once)" value="([^"]+)"')


class Client:
    """One browser without a screen: keeps its cookies, fills in the keys of a form."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = CookieJar()
        handlers = urllib.request.HTTPCookieProcessor(self.jar), _Stay()
        self.opener = urllib.request.build_opener(*handlers)

    def get(self, path: str) -> tuple[int, str]:
        return self._send(urllib.request.Request(self.url + path))

    def post(self, path: str, form_at: str, **fields: str) -> tuple[int, str]:
        """Open the page of the form, and send it as the page would."""
        keys_of_form = dict(TOKEN.findall(self.get(form_at)[1].split("<main", 1)[-1]))
        body = urllib.parse.urlencode(keys_of_form | fields).encode()
        return self._send(urllib.request.Request(self.url + path, body))

    def _send(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Location") or error.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Do not follow: where it leads is the answer."""

    def redirect_request(self, *_: object) -> None:
        return None


# An installation to be tortured


@dataclass
class Place:
    """Where the installation lies, and what opens it."""

    folder: Path
    variables: dict[str, str]
    sign_ins: list[tuple[str, str]] = field(default_factory=list)
    """Address and secret of the second factor of each person who writes."""


@contextmanager
def place(kind: str):
    """An installation with eight managers, on a database of this kind."""
    with ExitStack() as ending:
        folder = databases.memory_folder()
        ending.callback(shutil.rmtree, folder, True)
        more = {}
        if kind == "postgresql":
            more["AFFIANCA_DATABASE_URL"] = ending.enter_context(databases.postgresql())
        found = Place(folder, demonstration.environment(folder, **more))
        demonstration.lms("init", **found.variables)
        with at(found), db.scope(write=True):
            _people(found)
        yield found


@contextmanager
def at(found: Place):
    """This process looks into the installation's database."""
    before, rings = db._sessions.kw.get("bind"), keys._rings[:]
    url = found.variables.get("AFFIANCA_DATABASE_URL")
    engine = db.connect(url or f"sqlite:///{found.folder / 'affianca.sqlite3'}", threads=2)
    db.bind(engine)
    keys.bind(keys.Ring.load(found.folder / "keys.json"))
    try:
        yield
    finally:
        engine.dispose()
        if before is not None:
            db.bind(before)
        keys._rings[:] = rings


def _people(found: Place) -> None:
    installation.mark_demo()
    programme = programmes.create("ONE", "One", privacy_name="C", privacy_mail="c@demo.example")
    hashed = accounts.hash_password(PASSWORD)
    for number in range(CLIENTS):
        person = accounts.create(f"m{number}@demo.example", f"Manager Number{number}")
        person.password = hashed
        accounts.FLOW.move(person, "activate")
        db.session.flush()
        accounts.grant(person, Role.MANAGER, by=None, programme_id=programme.id)
        secret = sign_ins.new_secret()
        keys.seal(person, by=accounts.acting(person, programme.id), factor_secret=secret)
        found.sign_ins.append((person.mail, secret))
    db.session.commit()


def signed_in(url: str, mail: str, secret: str) -> Client:
    """A client that has shown password and second factor."""
    client = Client(url)
    status, where = client.post("/sign-in", "/sign-in", mail=mail, password=PASSWORD)
    assert (status, where.split("?")[0]) == (303, "/sign-in/code"), (status, where[:200])
    code = sign_ins.code_now(secret)
    status, where = client.post("/sign-in/code", "/sign-in/code", code=code)
    if status != 303:  # the step was used a moment ago: the next one
        with clock.held(clock.now() + sign_ins.timedelta(seconds=sign_ins.STEP)):
            code = sign_ins.code_now(secret)
        status, where = client.post("/sign-in/code", "/sign-in/code", code=code)
    assert status == 303, (status, where[:200])
    return client


# Writing and killing


@dataclass
class Round:
    """What the clients were told, until the server was gone."""

    acknowledged: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)


def write(client: Client, name: str, told: Round) -> None:
    """Invite one person after the other, and remember who was acknowledged."""
    number = 0
    while not told.ended.is_set():
        number += 1
        mail = f"{name}n{number}@demo.example"
        try:
            status, said = client.post(
                "/admin/people", "/admin/people", mail=mail, name=f"New {name}", role="trainer"
            )
        except (OSError, ValueError, urllib.error.URLError, http.client.HTTPException):
            if told.ended.wait(0.05):
                return
            continue
        if status == 303 and "/sign-in" not in said:
            told.acknowledged.append(mail)
        elif status >= 500 and status != 503:
            told.wrong.append(f"{mail}: {status}")


def kill(process) -> None:
    """SIGKILL to the server and all it has started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def one_round(found: Place, number: int, chance: random.Random) -> list[str]:
    """Serve, write, kill at a random instant; what is wrong afterwards."""
    server = demonstration.serve(found.variables, own_group=True)
    told = Round()
    threads = [
        threading.Thread(target=write, args=(c, f"r{number}c{n}", told))
        for n, c in enumerate(_clients(found, server.url))
    ]
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(0.2, 2))
    kill(server.process)
    told.ended.set()
    for thread in threads:
        thread.join(30)
    return told.wrong + _lost(found, told)


def _clients(found: Place, url: str) -> list[Client]:
    """Clients whose sign-ins were made in the database: the pages for it have their own tests."""
    clients = []
    with at(found), db.scope(write=True):
        for mail, _ in found.sign_ins:
            token = sign_ins.begin(accounts.by_mail(mail).id)
            db.session.flush()
            row = db.session.scalars(
                select(sign_ins.SignIn).where(sign_ins.SignIn.digest == sign_ins._hash(token))
            ).one()
            row.factor_at = clock.now()
            client = Client(url)
            client.opener.addheaders = [("Cookie", f"affianca={_cookie(token)}")]
            clients.append(client)
        db.session.commit()
    return clients


def _cookie(token: str) -> str:
    app = Flask("cookie")
    app.secret_key = keys.ring().session
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    return signer.dumps({"sign_in": token, "csrf_token": "c" * 40, "language": "en"})


def _lost(found: Place, told: Round) -> list[str]:
    """Acknowledged writes that are not there, and mails without their job."""
    with at(found), db.scope(write=False):
        kept = set(db.session.scalars(select(Person.mail)))
        return [f"{m} was acknowledged and is lost" for m in told.acknowledged if m not in kept]


def after_all(found: Place) -> list[str]:
    """Do what is queued, then look: chains, jobs, and what each job has done.

    A worker that was killed leaves its job under a lease: the clock goes on until it has run out.
    """
    later = Path(found.variables["AFFIANCA_DATA"]) / "later"
    later.write_text(str(2 * int(jobs.LEASE.total_seconds())))
    moved = found.variables | {"AFFIANCA_CLOCK_FILE": str(later)}
    demonstration.lms("jobs", "run", "--until-empty", **moved)
    demonstration.lms("audit", "verify", **found.variables)
    wrong = []
    with at(found), db.scope(write=False):
        mails = db.session.scalar(select(func.count()).select_from(Mail)) or 0
        done = db.session.scalar(
            select(func.count()).select_from(jobs.Job).where(jobs.Job.state == jobs.JobState.DONE)
        )
        sent = db.session.scalar(
            select(func.count()).select_from(Mail).where(Mail.state == MailState.SENT)
        )
        invited = db.session.scalar(
            select(func.count()).select_from(Person).where(Person.password.is_(None))
        )
        if not (mails == done == sent == invited):
            wrong.append(f"{invited} invited, {mails} mails, {done} jobs done, {sent} sent")
    return wrong


def torture(kind: str, times: int, seed: int) -> list[str]:
    """So many rounds on a database of this kind; what went wrong."""
    chance, wrong = random.Random(seed), []
    with place(kind) as found:
        for number in range(times):
            wrong += one_round(found, number, chance)
            if wrong:
                break
        wrong += after_all(found)
        with at(found), db.scope(write=False):
            written = db.session.scalar(select(func.count()).select_from(Person)) - CLIENTS
        print(f"{kind}: killed {times} times, {written} writes, {len(wrong)} wrong", flush=True)
    return wrong


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--times", type=int, default=50)
    asked.add_argument("--seed", type=int, default=7)
    given = asked.parse_args()
    kinds = ["sqlite"] + (["postgresql"] if databases.programs() else [])
    wrong = [line for kind in kinds for line in torture(kind, given.times, given.seed)]
    print("\n".join(wrong) or "Nothing was lost.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
