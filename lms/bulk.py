"""A register of any size: editions filled in bulk, as their pages would have filled them.

Stamps, acts and lines are those of certified pages, each with its entry in a chain that holds; only
the way in is short. `lms bench --lines` measures on it how long the whole register takes to verify.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import insert, text

from courses import curriculum, presence
from courses.calendar import Session, SessionState
from courses.editions import Edition, EditionState
from courses.enrolments import Enrolment
from courses.ledger import Line, Source
from courses.presence import Policy, StampKind, Window
from courses.register import PAGES
from courses.stamps import Act, ActKind, Expected, Stamp, StampSource
from lms import (
    accounts,
    chains,
    clock,
    db,
    frozen,
    installation,
    keys,
    migrations,
    paths,
    programmes,
)
from lms import settings as variables
from lms.accounts import Person
from lms.chains import Chain, Entry, Kind
from lms.counters import Counter
from lms.permissions import Actor

TRAINEES = 30
FIRST_DAY, MORNING = date(2020, 1, 7), clock_time(9)
TOPIC = "Esercizio guidato, domande, che cosa ci portiamo a casa."


@dataclass(frozen=True)
class Cast:
    """Who stands on all these pages."""

    programme_id: UUID
    trainer: UUID
    coordinator: UUID
    manager: UUID
    trainees: Sequence[UUID]


@dataclass(frozen=True)
class Taught:
    """A unit that is held in a room."""

    unit_id: UUID
    module: int
    minutes: int


@dataclass
class Book:
    """The register of one edition while it is written: rows by table, and their chain."""

    edition: dict[str, Any]
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)
    chain_id: UUID = field(default_factory=db.new_id)
    length: int = 0
    head: bytes = chains.START

    def put(self, model: Any, **values: Any) -> dict[str, Any]:
        """One row, with every column."""
        row: dict[str, Any] = dict.fromkeys(c.key for c in model.__table__.columns)
        row |= {"id": db.new_id(), "programme_id": self.edition["programme_id"], **values}
        self.rows.setdefault(model, []).append(row)
        return row

    def tell(self, what: str, model: Any, said_at: datetime, **values: Any) -> None:
        """One row of a table that only grows, and its entry; `detail` is of the entry alone."""
        detail = values.pop("detail", None)
        row = self.put(model, edition_id=self.edition["id"], **values)
        table, by = model.__tablename__, row["by_id"]
        body = chains.told(
            Kind.REGISTER,
            at=said_at, what=what, by=by, table=table, id=row["id"], row=row, detail=detail,
        )  # fmt: skip
        previous, self.head = self.head, frozen.digest(self.head, body)
        self.length += 1
        self.rows.setdefault(Entry, []).append(
            {
                "chain_id": self.chain_id, "sequence": self.length, "at": said_at, "what": what,
                "segment": said_at.strftime("%Y-%m"), "actor_id": by, "row_table": table,
                "row_id": row["id"], "previous": previous, "body": body, "hash": self.head,
            }
        )  # fmt: skip

    def keep(self) -> None:
        """Write it all, what others refer to first."""
        head = {"id": self.chain_id, "kind": Kind.REGISTER, "owner_id": self.edition["id"]}
        self.rows[Chain] = [{**head, "length": self.length, "head": self.head}]
        self.rows[Edition] = [self.edition]
        for model in (
            Edition,
            Enrolment,
            Session,
            Chain,
            Counter,
            Expected,
            Act,
            Stamp,
            Line,
            Entry,
        ):
            table: Any = model.__table__
            db.session.execute(insert(table), self.rows[model])


# Filling


def fill(lines: int) -> int:
    """Fill an empty database with editions of at least so many lines in all; how many lines."""
    chance = random.Random(lines)  # noqa: S311 - a measure, no secret
    with db.unit():
        cast, version_id = _begin()
        taught = [
            Taught(u.id, u.module.number, u.minutes)
            for u in curriculum.units(version_id)
            if u.is_taught
        ]
    done, number = 0, 0
    while done < lines:
        with db.unit():
            for _ in range(20):
                if done < lines:
                    number += 1
                    done += _edition(number, cast, version_id, taught, chance)
    with db.unit():
        db.session.execute(text("ANALYZE"))
    return done


def _begin() -> tuple[Cast, UUID]:
    programme = programmes.create(
        "BULK", "Bulk", privacy_name="Contact", privacy_mail="privacy@demo.example"
    )
    people = [_person(n) for n in range(3 + TRAINEES)]
    by = Actor(people[0].id, programme.id, frozenset(), "lms bench")
    version = curriculum.import_folder(paths.content(), by=by)
    db.session.flush()
    ids = [p.id for p in people]
    return Cast(programme.id, ids[0], ids[1], ids[2], ids[3:]), version.id


def _person(number: int) -> Person:
    return accounts.create(f"p{number}@demo.example", f"Person Number{number}")


def _edition(
    number: int, cast: Cast, version_id: UUID, units: Sequence[Taught], chance: random.Random
) -> int:
    """One edition with all its pages certified; how many lines it has."""
    book = Book(
        {
            "id": db.new_id(), "programme_id": cast.programme_id, "version_id": version_id,
            "code": f"B{number:05}", "name": f"Edition {number}", "starts_on": FIRST_DAY,
            "ends_on": FIRST_DAY + timedelta(weeks=26), "state": EditionState.CLOSED, "version": 1,
        }
    )  # fmt: skip
    people = [
        book.put(Enrolment, edition_id=book.edition["id"], person_id=person, entered_on=FIRST_DAY)[
            "id"
        ]
        for person in cast.trainees
    ]
    for page, unit in enumerate(units, 1):
        _page(book, page, unit, cast, people, chance)
    book.put(Counter, owner_id=book.edition["id"], series=PAGES, last=len(units))
    book.keep()
    return len(book.rows[Line])


def _page(
    book: Book, page: int, unit: Taught, cast: Cast, people: Sequence[UUID], chance: random.Random
) -> None:
    day = FIRST_DAY + timedelta(days=3 * page)
    begins = clock.utc(day, MORNING)
    window = Window(begins, begins + timedelta(minutes=unit.minutes))
    after = [window.end + timedelta(minutes=5), *(window.end + timedelta(days=n) for n in (1, 8))]
    opened = window.start - timedelta(minutes=15)
    here = book.put(
        Session,
        edition_id=book.edition["id"], unit_id=unit.unit_id, position=page, room="Room", version=1,
        starts_at=window.start, ends_at=window.end, trainer_id=cast.trainer, kind="lesson",
        mode="classroom", link="", state=SessionState.CERTIFIED, page=page, opened_at=opened,
        topic=TOPIC, head_count=len(people), signed_at=after[0], signed_by_id=cast.trainer,
        countersigned_at=after[1], countersigned_by_id=cast.coordinator, certified_at=after[2],
        certified_by_id=cast.manager,
    )["id"]  # fmt: skip
    for person in people:
        book.put(Expected, session_id=here, enrolment_id=person)

    def act(kind: ActKind, at: datetime, by: UUID, **more: Any) -> None:
        facts = {"topic": "", "note": "", **more}
        book.tell(
            f"page {kind.value}", Act, at, session_id=here, kind=kind, page=page, at=at, by_id=by,
            **facts,
        )  # fmt: skip

    act(ActKind.OPENED, opened, cast.trainer, detail={"expected": sorted(map(str, people))})
    given = []
    for person, enrolment in zip(cast.trainees, people, strict=True):
        stamps = _stamps(window, chance)
        for kind, at in stamps:
            book.tell(
                f"stamped {kind.value}", Stamp, at, session_id=here, enrolment_id=enrolment,
                kind=kind, source=StampSource.CODE, at=at, noted_at=at, by_id=person,
            )  # fmt: skip
        given.append((enrolment, presence.worth(stamps, window, Policy())))
    inside = sum(minutes > 0 for _, minutes in given)
    act(ActKind.SIGNED, after[0], cast.trainer, topic=TOPIC, head_count=len(people), inside=inside)
    for enrolment, minutes in given:
        book.tell(
            "line posted", Line, after[0], enrolment_id=enrolment, session_id=here,
            unit_id=unit.unit_id, module=unit.module, minutes=minutes, source=Source.PRESENCE,
            at=after[0], by_id=cast.trainer,
        )  # fmt: skip
    act(ActKind.COUNTERSIGNED, after[1], cast.coordinator)
    act(ActKind.CERTIFIED, after[2], cast.manager)


def _stamps(window: Window, chance: random.Random) -> list[tuple[StampKind, datetime]]:
    """Most are there from before the start to after the end; some are late, go early, stay away."""
    luck = chance.random()
    if luck < 0.08:
        return []
    late = timedelta(seconds=chance.randint(300, 2400) if luck < 0.16 else -chance.randint(1, 700))
    early = timedelta(seconds=chance.randint(600, 3600) if luck > 0.95 else -chance.randint(1, 200))
    return [(StampKind.IN, window.start + late), (StampKind.OUT, window.end - early)]


# Measuring


def run(lines: int, *, into: str = "") -> None:
    """Fill a database of its own, verify it as an operator would, and say how long both took."""
    folder = Path(tempfile.mkdtemp(prefix="affianca-bulk"))
    try:
        found = variables.Settings(data=folder, keys=folder / "keys.json", database_url=into)
        installation.make_ring(found.keys)
        keys.bind(keys.Ring.load(found.keys))
        db.bind(db.connect(found.url, threads=1))
        migrations.upgrade()
        if not installation.is_empty():
            raise click.ClickException("This database has people in it: name an empty one.")
        db.session.remove()
        began = time.monotonic()
        done = fill(lines)
        took = time.monotonic() - began
        db.engine().dispose()
        click.echo(f"{done:,} lines filled in {took:.0f} s, {_size(folder)}")
        seconds, words = _verified(found)
        click.echo(words.splitlines()[-1])
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        click.echo(f"lms hours verify: {seconds:.1f} s, at most {most:.0f} MiB of memory")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _size(folder: Path) -> str:
    bytes_ = sum(f.stat().st_size for f in folder.glob("*.sqlite3*"))
    return f"{bytes_ / 2**20:,.0f} MiB"


def _verified(found: variables.Settings) -> tuple[float, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(variables.PREFIX)}
    ours = {
        "AFFIANCA_DATA": str(found.data), "AFFIANCA_KEYS": str(found.keys),
        "AFFIANCA_ANCHOR": str(found.data / "anchor.jsonl"),
        "AFFIANCA_DATABASE_URL": found.database_url,
    }  # fmt: skip
    command = [sys.executable, "-m", "lms.cli", "hours", "verify"]
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own command
        command, env=kept | {k: v for k, v in ours.items() if v}, capture_output=True, text=True
    )
    if done.returncode:
        raise click.ClickException(done.stderr.strip())
    return time.monotonic() - began, done.stdout
