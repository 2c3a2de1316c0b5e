"""How long thousands of certificates take, and how much memory: measured where they are made.

An installation of its own is filled with one edition of so many trainees who have what it takes;
then a worker in a process of its own certifies them all and gathers their certificates in one
file, as the job of a real batch does.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import insert

from courses import batches, certification, quizzes
from courses.batches import Batch, BatchState
from courses.calendar import Session, SessionState
from courses.curriculum import CourseVersion, Mode, Module, Unit, VersionState
from courses.editions import Edition, EditionState
from courses.enrolments import Enrolment
from courses.ledger import Line, Source
from lms import accounts, clock, db, installation, jobs, keys, migrations, programmes, settings
from lms import app as application
from lms.accounts import Person, PersonState
from lms.permissions import Actor, Role
from lms.settings import Settings

MEBIBYTE = 1024 * 1024
MOST = 100
"""MiB that the work may take beyond what the idle worker has."""
PAGES, LENGTH = 26, 210
"""Certified pages in each dossier, and the minutes of each."""


@dataclass(frozen=True)
class Measured:
    """One batch as it was measured."""

    certificates: int
    seconds: float
    per_second: float
    file: float
    """MiB of the file in which they lie."""
    idle: float
    """MiB that the worker has before: the program itself."""
    peak: float
    """MiB that it has at most, shared libraries and all."""
    private: float
    """MiB of them that are its own, at most."""

    @property
    def added(self) -> float:
        return round(self.peak - self.idle, 1)


# The installation that is filled


def fill(number: int) -> UUID:
    """One edition of so many who have what it takes; the batch that certifies them all."""
    programme = programmes.create(
        "BENCH", "Bench", privacy_name="Nobody", privacy_mail="nobody@bench.example",
        organiser="Organiser", funder="Funder", project_code="B19J21000000006",
    )  # fmt: skip
    manager = accounts.create("manager@bench.example", "Manager Bench", is_invented=True)
    accounts.grant(manager, Role.MANAGER, by=None, programme_id=programme.id)
    db.session.flush()
    by = accounts.acting(manager, programme.id, proven=True)
    edition, units = _edition(programme.id)
    sessions = _sessions(edition, units, by)
    people = _people(edition, number)
    _minutes(edition, sessions, people, by)
    _passed(units[0], people)
    db.session.flush()
    batch = batches.certify(edition, certification.people(edition.id), by=by)
    return batch.id


def _edition(programme_id: UUID) -> tuple[Edition, list[Unit]]:
    now, titles = clock.now(), {"title_it": "Corso di prova", "title_en": "Course on trial"}
    course = CourseVersion(
        programme_id=programme_id, code="BENCH", number=1, **titles, minutes=PAGES * LENGTH,
        state=VersionState.PUBLISHED, digest=b"bench", imported_at=now, published_at=now,
    )  # fmt: skip
    modules = [
        Module(programme_id=programme_id, version_id=course.id, number=n, **titles, minutes=total)
        for n, total in enumerate(_shares(), 1)
    ]
    units = [
        Unit(
            programme_id=programme_id, version_id=course.id, module_id=modules[n % 3].id,
            code=certification.GATE if n == 0 else f"9.{n}", position=n, **titles,
            minutes=LENGTH, mode=Mode.CLASSROOM,
            **dict.fromkeys(("outcomes_it", "outcomes_en", "body_it", "body_en"), ""),
            **dict.fromkeys(("assessment_it", "assessment_en"), ""),
            pass_percent=80, attempts=3,
        )
        for n in range(PAGES)
    ]  # fmt: skip
    start = clock.today() - timedelta(days=200)
    edition = Edition(
        programme_id=programme_id, version_id=course.id, code="BENCH-1", name="Bench",
        starts_on=start, ends_on=clock.today(), state=EditionState.RUNNING,
    )  # fmt: skip
    db.session.add_all([course, *modules, *units, edition])
    db.session.flush()
    return edition, units


def _shares() -> list[int]:
    return [sum(LENGTH for n in range(PAGES) if n % 3 == place) for place in range(3)]


def _sessions(edition: Edition, units: list[Unit], by: Actor) -> list[Session]:
    signer = accounts.create("trainer@bench.example", "Trainer Bench", is_invented=True)
    other = accounts.create("coordinator@bench.example", "Coordinator Bench", is_invented=True)
    begin = clock.now() - timedelta(days=190)
    rows = []
    for page, unit in enumerate(units, 1):
        starts = begin + timedelta(days=page)
        rows.append(
            Session(
                programme_id=edition.programme_id, edition_id=edition.id, unit_id=unit.id,
                position=page, starts_at=starts, ends_at=starts + timedelta(minutes=LENGTH),
                room="Bench", trainer_id=signer.id, state=SessionState.CERTIFIED, page=page,
                opened_at=starts, topic="Bench", head_count=1, signed_at=starts,
                signed_by_id=signer.id, countersigned_at=starts, countersigned_by_id=other.id,
                certified_at=starts, certified_by_id=by.id,
            )
        )  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _people(edition: Edition, number: int) -> list[tuple[UUID, UUID]]:
    """So many trainees: person and enrolment of each."""
    found, now = [], clock.now()
    for n in range(number):
        key = keys.new_key(keys.Subject.PERSON, None)
        name = f"Nome{n} Cognome{n}"
        person = Person(
            mail=f"t{n}@bench.example", name=name, sort_name=accounts.sort_key(name),
            key_id=key.id, is_invented=True, created_at=now, state=PersonState.INVITED,
        )  # fmt: skip
        row = Enrolment(
            programme_id=edition.programme_id, edition_id=edition.id, person_id=person.id,
            entered_on=edition.starts_on,
        )  # fmt: skip
        db.session.add_all([person, row])
        found.append((person.id, row.id))
    db.session.flush()
    return found


def _minutes(
    edition: Edition, sessions: list[Session], people: list[tuple[UUID, UUID]], by: Actor
) -> None:
    rows = [
        {
            "id": db.new_id(), "programme_id": edition.programme_id, "edition_id": edition.id,
            "enrolment_id": enrolment_id, "session_id": session.id, "unit_id": session.unit_id,
            "module": place % 3 + 1, "minutes": LENGTH, "source": Source.PRESENCE,
            "at": session.ends_at, "by_id": by.id,
        }
        for _, enrolment_id in people
        for place, session in enumerate(sessions)
    ]  # fmt: skip
    db.session.execute(insert(Line), rows)


def _passed(unit: Unit, people: list[tuple[UUID, UUID]]) -> None:
    now = clock.now()
    db.session.add_all(
        quizzes.Attempt(
            programme_id=unit.programme_id, unit_id=unit.id, person_id=person_id, number=1,
            state=quizzes.AttemptState.SUBMITTED, started_at=now, submitted_at=now,
            pass_percent=80, mark=100, out_of=100, passed=True,
        )
        for person_id, _ in people
    )  # fmt: skip


# The worker that is measured


def work() -> None:
    """Do the job of the batch as `lms jobs run` does, and say how much memory it took."""
    app = application.create_app(settings.read(os.environ))
    idle, private = _memory("VmHWM"), [_memory("RssAnon")]
    done = threading.Event()
    watching = threading.Thread(target=_watch, args=(private, done))
    watching.start()
    with app.app_context():
        jobs.run_one(jobs.worker_name(), application.handlers(app), application.asker)
    done.set()
    watching.join()
    click.echo(json.dumps({"idle": idle, "peak": _memory("VmHWM"), "private": max(private)}))


def _memory(name: str) -> float:
    """MiB of this process: VmHWM is what it has had at most, RssAnon what is its own alone."""
    told = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in told if line.startswith(f"{name}:"))
    return round(int(line.split()[1]) * 1024 / MEBIBYTE, 1)


def _watch(seen: list[float], done: threading.Event) -> None:
    while not done.wait(0.05):
        seen.append(_memory("RssAnon"))


# The whole


@contextmanager
def _installed(number: int) -> Iterator[tuple[Settings, UUID]]:
    folder = Path(tempfile.mkdtemp(prefix="affianca-bench"))
    try:
        found = Settings(
            data=folder, keys=folder / "keys.json", anchor=folder / "anchor.jsonl", mode="demo"
        )
        installation.make_ring(found.keys)
        db.bind(db.connect(found.url, threads=2))
        keys.bind(keys.Ring.load(found.keys))
        migrations.upgrade()
        with db.unit():
            batch_id = fill(number)
        yield found, batch_id
    finally:
        db.engine().dispose()
        shutil.rmtree(folder, ignore_errors=True)


def measure(number: int) -> Measured:
    """Certify so many, and gather their certificates in one file."""
    with _installed(number) as (found, batch_id):
        variables = {
            "AFFIANCA_DATA": str(found.data), "AFFIANCA_KEYS": str(found.keys),
            "AFFIANCA_MODE": found.mode,
        }  # fmt: skip
        kept = {k: v for k, v in os.environ.items() if not k.startswith(settings.PREFIX)}
        command = [sys.executable, "-c", "from lms import bench_certificates as b; b.work()"]
        began = time.perf_counter()
        said = subprocess.run(  # noqa: S603 - our own command
            command, env=kept | variables, capture_output=True, text=True, check=True
        )
        took = time.perf_counter() - began
        told: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
        with db.unit(write=False):
            batch = db.session.get_one(Batch, batch_id)
            if batch.state != BatchState.DONE or batch.packed != number or batch.file is None:
                raise click.ClickException(f"It did not come to its end:\n{said.stderr[-2000:]}")
            size = batch.file.size / MEBIBYTE
        return Measured(number, round(took, 1), round(number / took, 1), round(size, 1), **told)


def run(number: int, *, as_json: bool) -> None:
    """Measure, and say it as a sentence or as JSON; exit 1 where it takes too much memory."""
    found = measure(number)
    if as_json:
        click.echo(json.dumps({**asdict(found), "added": found.added}, indent=1))
    else:
        click.echo(
            f"{found.certificates:,} certificates in {found.seconds} s, {found.per_second} a "
            f"second, in one file of {found.file} MiB\n"
            f"memory of the worker: {found.idle} MiB idle, {found.peak} MiB at its peak "
            f"({found.private} MiB its own): the work takes {found.added} MiB"
        )
    if found.added > MOST or found.private > MOST:
        raise SystemExit(1)
