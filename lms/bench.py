"""How long pages take, beside an empty page of the same server in the same run.

Each page is asked for over loopback by one client, signed in as the people of the demo; what is
reported is the median, how many times that of the empty page it is, how many statements it takes
and how many bytes are sent. The embedded database is copied first; on PostgreSQL the sign-ins of
the measuring people stay in the record.
"""

import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import event, select

from lms import accounts, clock, db, guard, serving, settings, sign_ins
from lms import app as application
from lms.permissions import Actor, Permission, allowed
from lms.settings import Settings

TIMES, WARM = 200, 10
ONE, LIST, STATEMENTS = 15, 25, 12
"""At most so many times an empty page for a page about one thing, and for a list; statements."""
PEOPLE = (
    "trainee", "trainer", "coordinator", "senior", "manager", "activator", "partner", "inspector",
    "admin",
)  # fmt: skip
EMPTY, COUNTED = "/bench/empty", "X-Statements"
MOST_ROWS = 40


@dataclass(frozen=True)
class Measured:
    """One page as it was measured."""

    page: str
    kind: str
    """one: about one thing; list: of many."""
    milliseconds: float
    ratio: float
    statements: int
    size: int

    @property
    def is_over(self) -> bool:
        return self.ratio > (LIST if self.kind == "list" else ONE) or self.statements > STATEMENTS


# The server


def serve() -> None:
    """Serve as `lms serve` does, with the empty page: what the measured process runs."""
    found = settings.read(os.environ)
    serving.run(found, with_jobs=False, factory="lms.bench:make")


def make() -> Flask:
    """The application with an empty page beside its own, and a count of statements per answer."""
    app = serving.make()
    plain = Flask("empty")
    plain.add_url_rule(EMPTY, "empty", lambda: "")
    inner, bare = app.wsgi_app, plain.wsgi_app
    counted = [0]

    def count(*_: Any) -> None:
        counted[0] += 1

    def answer(environ: Any, start: Any) -> Any:
        if environ["PATH_INFO"] == EMPTY:
            return bare(environ, start)
        counted[0] = 0

        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start(status, [*headers, (COUNTED, str(counted[0]))], *more)

        return inner(environ, begin)

    event.listen(db.engine(), "before_cursor_execute", count)
    app.wsgi_app = answer  # type: ignore[method-assign,assignment]  # Flask's own way
    return app


@contextmanager
def served(found: Settings) -> Iterator[int]:
    """The server that `lms serve` uses, on a free port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    variables = {
        "AFFIANCA_DATA": str(found.data), "AFFIANCA_KEYS": str(found.keys),
        "AFFIANCA_DATABASE_URL": found.url, "AFFIANCA_MODE": found.mode,
        "AFFIANCA_PORT": str(port), "AFFIANCA_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    command = [sys.executable, "-c", "from lms import bench; bench.serve()"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(settings.PREFIX)}
    process = subprocess.Popen(command, env=kept | variables, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _await(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with closing(Client(port).connection) as connection:
                connection.request("GET", EMPTY)
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise click.ClickException("The server to be measured does not answer.")


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes
    statements: int


class Client:
    """One client that keeps its connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, path: str, cookie: str = "") -> Answer:
        self.connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "it"})
        answer = self.connection.getresponse()
        return Answer(
            answer.status,
            answer.headers.get("Content-Type", ""),
            answer.read(),
            int(answer.headers.get(COUNTED, 0)),
        )

    def median(self, path: str, cookie: str, times: int) -> float:
        """Milliseconds, the median of so many."""
        for _ in range(WARM):
            self.get(path, cookie)
        took = []
        for _ in range(times):
            began = time.perf_counter()
            self.get(path, cookie)
            took.append(time.perf_counter() - began)
        return statistics.median(took) * 1000


# Pages


def _cookie(app: Flask, person: accounts.Person) -> str:
    """A fresh sign-in of this person, with her second factor shown."""
    token = sign_ins.begin(person.id)
    db.session.flush()
    sign_in = db.session.scalars(
        select(sign_ins.SignIn).order_by(sign_ins.SignIn.began_at.desc()).limit(1)
    ).one()
    sign_in.factor_at = clock.now()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    signed = signer.dumps({"sign_in": token}) if signer else ""
    return f"{app.config['SESSION_COOKIE_NAME']}={signed!s}"


def _people() -> Iterable[tuple[str, accounts.Person, Actor]]:
    for name in PEOPLE:
        person = accounts.by_mail(f"{name}@demo.example")
        if person is None:
            raise click.ClickException("There is no demo here: run `lms demo` first.")
        programme = accounts.programmes_of(person.id)[0]
        yield name, person, accounts.acting(person, programme.id, proven=True)


def _addresses(rule: str, permission: Any, row: str | None, me: Actor) -> list[str]:
    """The addresses of a route for this person: one for each of her first rows."""
    if isinstance(permission, Permission) and not permission.held_by(me):
        return []
    if row is None:
        return [rule] if "<" not in rule else []
    model = permission.model
    ids = db.session.scalars(select(model.id).where(allowed(me, permission)).limit(MOST_ROWS))
    found = [re.sub(r"<uuid:\w+>", str(i), rule) for i in ids]
    return [address for address in found if "<" not in address]


def _pages(app: Flask) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each route that gives a page, with addresses to try and the cookie of who may open it."""
    people = [(name, _cookie(app, person), me) for name, person, me in _people()]
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        permission, row = guard.access(app, rule.endpoint)
        tries = [
            (address, cookie)
            for _, cookie, me in people
            for address in _addresses(rule.rule, permission, row, me)
        ]
        found.append((rule.rule, tries))
    return found


def _kind(page: bytes) -> str:
    """A list when it shows ten rows or more."""
    rows = len(re.findall(rb"<tr[ >]|<li[ >]", page.split(b"<main", 1)[-1]))
    return "list" if rows >= 10 else "one"


# The whole


def measure(found: Settings, *, times: int = TIMES) -> list[Measured]:
    """Every page of the demo beside the empty page."""
    app = application.create_app(found)
    with db.unit():
        pages = _pages(app)
    db.engine().dispose()
    with served(found) as port:
        client = Client(port)
        with closing(client.connection):
            empty = client.median(EMPTY, "", times)
            made = (_measure(client, rule, tries, empty, times) for rule, tries in pages)
            return [m for m in made if m]


def _measure(
    client: Client, rule: str, tries: list[tuple[str, str]], empty: float, times: int
) -> Measured | None:
    """The first of these addresses that gives a page; None when none does."""
    for address, cookie in tries:
        answer = client.get(address, cookie)
        if answer.status == 200 and answer.kind.startswith("text/html"):
            took = client.median(address, cookie, times)
            return Measured(
                page=rule,
                kind=_kind(answer.body),
                milliseconds=round(took, 2),
                ratio=round(took / empty, 1),
                statements=client.get(address, cookie).statements,
                size=len(answer.body),
            )
    return None


@contextmanager
def _copied(found: Settings) -> Iterator[Settings]:
    """The installation with a copy of its database, if that is the embedded one."""
    if found.database_url.startswith("postgresql"):
        yield found
        return
    folder = Path(tempfile.mkdtemp(prefix="affianca-bench"))
    try:
        copy = folder / "copy.sqlite3"
        source = db.connect(found.url, threads=1)
        with source.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("ROLLBACK") if driver.in_transaction else None
            driver.execute("VACUUM INTO ?", (str(copy),))
        source.dispose()
        yield Settings(**{**vars(found), "database_url": f"sqlite:///{copy}"})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(*, as_json: bool, times: int = TIMES) -> None:
    """Measure, and say it as a table or as JSON."""
    found = settings.read(os.environ)
    if not found.keys.exists():
        raise click.ClickException(f"There is no key ring at {found.keys}: run `lms init` first.")
    with _copied(found) as copied:
        measured = measure(copied, times=times)
    if as_json:
        click.echo(json.dumps([asdict(m) for m in measured], indent=1))
        return
    click.echo(f"{'page':52} {'kind':4} {'ms':>8} {'times':>6} {'statements':>10} {'bytes':>7}")
    for m in measured:
        click.echo(
            f"{m.page:52} {m.kind:4} {m.milliseconds:8.2f} {m.ratio:6.1f} {m.statements:10} "
            f"{m.size:7}{'  over the bar' if m.is_over else ''}"
        )
    over = sum(m.is_over for m in measured)
    click.echo(
        f"{len(measured)} pages, {over} over the bar of {ONE} (list: {LIST}) times an empty page"
    )
