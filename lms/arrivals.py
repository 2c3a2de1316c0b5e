"""Arrivals: so many people sign in to one session within a minute, over HTTP.

An installation of its own is made for it, on the same kind of database as the one at hand: a file
in the same folder, or a schema of the same PostgreSQL; it is taken away afterwards. The people
arrive at random moments, open the address of the code on the wall and press the button; every tenth
presses twice at once. What is reported is how many were stamped, lost or doubled, and how long they
waited.
"""

import http.client
import json
import os
import random
import re
import secrets
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import click
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError

from courses import codes, curriculum, editions, enrolments, register
from courses.calendar import Session
from courses.presence import StampKind
from courses.stamps import Stamp
from lms import accounts, bench, clock, db, installation, migrations, paths, programmes, settings
from lms import app as application
from lms import sign_ins as entries
from lms.accounts import Person
from lms.permissions import Actor, Role
from lms.settings import Settings

TWICE = 10
"""Every so many-th person presses the button twice at once."""
AT_ONCE = 64
LONG = 1.0
"""Seconds that nobody should wait."""
FIELD = re.compile(rb'name="(csrf_token|once|code|kind|proof)" value="([^"]*)"')


@dataclass(frozen=True)
class Arrived:
    """What became of one person: whether she was told that she is in, and how long it took."""

    is_told: bool
    pressed: float
    """From pressing the button to the answer."""
    whole: float
    """From framing the code."""


@dataclass(frozen=True)
class Report:
    """What became of all of them. Times are milliseconds, of pressing the button."""

    people: int
    within_seconds: float
    database: str
    stamps: int
    lost: int
    doubled: int
    median: float
    p95: float
    slowest: float
    framed_and_pressed_p95: float
    over_a_second: int

    @property
    def is_good(self) -> bool:
        return self.lost == self.doubled == 0


# A place of its own


@contextmanager
def _place(found: Settings) -> Iterator[Settings]:
    """An empty installation beside this one, on the same kind of database; gone afterwards."""
    if not found.data.is_dir():
        raise click.ClickException(f"There is no folder {found.data}: run `lms init` first.")
    with ExitStack() as ending:
        folder = Path(tempfile.mkdtemp(prefix="bench-", dir=found.data))
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite:///{folder.resolve() / 'affianca.sqlite3'}"
        if found.database_url.startswith("postgresql"):
            url = ending.enter_context(_schema(found.database_url))
        keys = folder / "keys.json"
        installation.make_ring(keys)
        yield Settings(
            **{**vars(found), "data": folder, "keys": keys, "database_url": url, "mode": "demo"}
        )


@contextmanager
def _schema(url: str) -> Iterator[str]:
    """A schema of this PostgreSQL that nobody else knows."""
    name = f"bench_{secrets.token_hex(6)}"
    engine = db.connect(url, threads=1)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
    except DBAPIError as error:
        raise click.ClickException("This role may not make a schema to measure in.") from error
    try:
        inside = make_url(url).update_query_dict({"options": f"-csearch_path={name}"})
        yield inside.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        engine.dispose()


@dataclass(frozen=True)
class Room:
    """The session that they sign in to, and the cookie of each of them."""

    session_id: UUID
    cookies: list[str]


def _room(app: Flask, number: int) -> Room:
    """One page, open, that expects so many people."""
    programme = programmes.create("BENCH", "Bench", privacy_name="-", privacy_mail="-@demo.example")
    hashed = accounts.hash_password(secrets.token_urlsafe(24))

    def person(mail: str, role: Role) -> Person:
        row = accounts.create(f"{mail}@demo.example", f"Person {mail}", is_invented=True)
        row.password = hashed
        accounts.FLOW.move(row, "activate")
        accounts.grant(row, role, by=None, programme_id=programme.id)
        return row

    staff: dict[Role, Actor] = {}
    for role in (Role.MANAGER, Role.TRAINER):
        found = person(role.value, role)
        db.session.flush()
        staff[role] = accounts.acting(found, programme.id, proven=True)
    version = curriculum.import_folder(paths.content(), by=staff[Role.MANAGER])
    db.session.flush()
    curriculum.publish(version, by=staff[Role.MANAGER])
    today, now = clock.today(), clock.now()
    edition = editions.make_edition(
        version,
        code="BENCH",
        name="Bench",
        starts_on=today,
        ends_on=today + timedelta(days=1),
        by=staff[Role.MANAGER],
    )
    people = [person(f"p{n}", Role.TRAINEE) for n in range(number)]
    db.session.flush()
    yesterday = today - timedelta(days=1)
    enrolments.enrol_each(edition, people, on=yesterday, by=staff[Role.MANAGER])
    session = Session(
        programme_id=programme.id,
        edition_id=edition.id,
        unit_id=curriculum.units(version.id)[0].id,
        position=1,
        starts_at=now + timedelta(minutes=5),
        ends_at=now + timedelta(minutes=215),
        room="Bench",
        trainer_id=staff[Role.TRAINER].id,
    )
    db.session.add(session)
    db.session.flush()
    register.open_page(session, by=staff[Role.TRAINER])
    return Room(session.id, [_cookie(app, row) for row in people])


def _cookie(app: Flask, person: Person) -> str:
    """A sign-in of this person, with the secret of her forms."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    kept = {"sign_in": entries.begin(person.id), "csrf_token": secrets.token_hex(20)}
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(kept) if signer else ''!s}"


# Arriving


def _ask(port: int, method: str, path: str, cookie: str, body: str = "") -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie, "Accept-Language": "it"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    with closing(connection):
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read()


def _arrive(port: int, room: Room, number: int, due: float, pool: ThreadPoolExecutor) -> Arrived:
    """Frame the code of the moment and press the button, when it is time."""
    time.sleep(max(due - time.monotonic(), 0))
    cookie = room.cookies[number]
    began = time.monotonic()
    code = codes.code(room.session_id, codes.slice_of(clock.now()))
    _, _, page = _ask(port, "GET", f"/checkin/{code}", cookie)
    main = page.split(b"<main", 1)[-1]
    body = urlencode({name.decode(): value.decode() for name, value in FIELD.findall(main)})
    pressed = time.monotonic()
    twice = number % TWICE == 0
    again = pool.submit(_ask, port, "POST", "/checkin", cookie, body) if twice else None
    status, where, _ = _ask(port, "POST", "/checkin", cookie, body)
    ended = time.monotonic()
    told = [(status, where)] + ([again.result()[:2]] if again else [])
    is_told = all(each == (303, "/checkin") for each in told)
    return Arrived(is_told, ended - pressed, ended - began)


def _all(port: int, room: Room, within: float) -> list[Arrived]:
    """Everybody, at moments spread over so many seconds; the same ones each time."""
    chance = random.Random(300)  # noqa: S311 - when somebody comes is no secret
    moments = sorted(chance.uniform(0, within) for _ in room.cookies)
    start = time.monotonic() + 0.5
    with ThreadPoolExecutor(AT_ONCE) as seconds, ThreadPoolExecutor(AT_ONCE) as pool:
        done = [
            pool.submit(_arrive, port, room, number, start + moment, seconds)
            for number, moment in enumerate(moments)
        ]
        return [each.result() for each in done]


# The whole


def measure(found: Settings, people: int, within: float) -> Report:
    """Let them arrive, then look into the register."""
    with _place(found) as place:
        app = application.create_app(place)
        try:
            migrations.upgrade()
            with db.unit():
                room = _room(app, people)
            with bench.served(place) as port:
                arrived = _all(port, room, within)
            with db.unit(write=False):
                query = select(Stamp.enrolment_id).where(
                    Stamp.session_id == room.session_id, Stamp.kind == StampKind.IN
                )
                stamped = Counter(db.session.scalars(query))
            kind = db.engine().dialect.name
        finally:
            db.engine().dispose()
    return _report(arrived, stamped, within, kind)


def _report(arrived: list[Arrived], stamped: Counter[UUID], within: float, kind: str) -> Report:
    people, pressed = len(arrived), [a.pressed for a in arrived]
    untold = sum(not a.is_told for a in arrived)
    return Report(
        people=people,
        within_seconds=within,
        database=kind,
        stamps=stamped.total(),
        lost=max(people - len(stamped), untold),
        doubled=sum(times > 1 for times in stamped.values()),
        median=_milliseconds(statistics.median(pressed)),
        p95=_milliseconds(_p95(pressed)),
        slowest=_milliseconds(max(pressed)),
        framed_and_pressed_p95=_milliseconds(_p95([a.whole for a in arrived])),
        over_a_second=sum(seconds > LONG for seconds in pressed),
    )


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[max(-(-len(seconds) * 95 // 100) - 1, 0)]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


def run(people: int, within: float, *, as_json: bool) -> None:
    """Measure, and say it; exit 1 when anybody was lost or doubled."""
    report = measure(settings.read(os.environ), people, within)
    if as_json:
        click.echo(json.dumps(asdict(report), indent=1))
    else:
        click.echo(
            f"{report.people} people signed in within {report.within_seconds:g} s on "
            f"{report.database}: {report.stamps} stamps, {report.lost} lost, "
            f"{report.doubled} doubled."
        )
        click.echo(
            f"Pressing the button took {report.median} ms (median), {report.p95} ms (p95), "
            f"{report.slowest} ms at most; {report.over_a_second} waited over a second. "
            f"Framing the code and pressing: {report.framed_and_pressed_p95} ms (p95)."
        )
    if not report.is_good:
        raise SystemExit(1)
