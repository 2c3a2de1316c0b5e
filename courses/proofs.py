"""Proof: whether a control bundle still says what was handed over.

Needs neither a database nor the network nor any secret: the bundle brings the entries of the
register's chain, and the public key of whoever made it. Checked are the signature, the hash of
each file, the chain, whether what was stamped gives the minutes of the ledger, the totals, and the
frozen documents. Whatever does not hold is named with its file.
"""

import hashlib
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Enum, LargeBinary, Uuid

from courses import attendance, leaves, makeups, verification
from courses.attendance import Amendment, TraceSpan
from courses.calendar import Session, SessionMode, SessionState
from courses.editions import Edition, Rounding
from courses.ledger import Line
from courses.presence import StampKind
from courses.stamps import Act, ActKind, Stamp
from lms import db, frozen, keys
from lms.chains import START

FORMAT = "affianca/bundle/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
CLOSINGS = "courses_closings"
"""Where the chain tells of closing sheets."""
ATTACHED = (
    "courses_trace_imports",
    "courses_scans",
    "courses_enclosures",
    "courses_authorisations",
)
"""Where the chain tells of files that were handed in."""
NOWHERE = UUID(int=0)
"""Where lines stand that are of no page."""
_MODELS: Mapping[str, Any] = {model.__tablename__: model for model in leaves.WRITTEN}


@dataclass
class Proven:
    """What a bundle holds, and everything in it that does not."""

    edition: str = ""
    key: str = ""
    files: int = 0
    entries: int = 0
    pages: int = 0
    minutes: int = 0
    erased: list[str] = field(default_factory=list)
    """What it says to have been erased before it was made."""
    faults: list[str] = field(default_factory=list)


@dataclass
class Told:
    """What the entries of a chain tell of, up to one of them."""

    rows: dict[UUID, dict[str, list[Any]]] = field(default_factory=dict)
    """By session and table."""
    expected: dict[UUID, list[UUID]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    """The digest of each closing sheet, by its row."""
    attached: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each file that was handed in beside the pages, by its row."""

    def of(self, session_id: UUID, model: Any) -> list[Any]:
        return self.rows.get(session_id, {}).get(model.__tablename__, [])

    @property
    def lines(self) -> Iterator[Line]:
        for tables in self.rows.values():
            yield from tables.get(Line.__tablename__, [])

    def state(self, session_id: UUID) -> SessionState:
        """What a page's acts make of it."""
        kinds = [act.kind for act in self.of(session_id, Act)]
        last = max(kinds, key=list(ActKind).index, default=None)
        return verification.STATE_OF[last] if last else SessionState.SCHEDULED


# Proving


def prove(path: Path, *, key: str = "") -> Proven:
    """Go through a bundle; with a `key` that was had by another way, only its holder's counts."""
    found = Proven()
    try:
        with zipfile.ZipFile(path) as bundle:
            _prove(bundle, key.strip().lower(), found)
    except (zipfile.BadZipFile, OSError):
        found.faults.append(f"{path.name}: it is no whole zip file")
    return found


def _prove(bundle: zipfile.ZipFile, key: str, found: Proven) -> None:
    there = {name: _read(bundle, name) for name in (MANIFEST, SIGNATURE)}
    gone = [name for name, content in there.items() if content is None]
    if gone:
        found.faults += [f"{name}: it is missing or was changed" for name in gone]
        return
    manifest = there[MANIFEST] or b""
    found.faults += _signed(manifest, there[SIGNATURE] or b"", key, found)
    told = _json(manifest)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        found.faults.append(f"{MANIFEST}: it cannot be read")
        return
    try:
        found.faults += _files(bundle, told, found)
        found.faults += _register(bundle, told, found)
    except (KeyError, TypeError, ValueError, AttributeError):
        found.faults.append(f"{MANIFEST}: it does not say what a manifest says")


def _read(bundle: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        return bundle.read(name)
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, RuntimeError):
        return None


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _signed(manifest: bytes, beside: bytes, key: str, found: Proven) -> Iterator[str]:
    """Whether the manifest is the signed one; if not, which of the two files was changed."""
    said = _json(beside)
    if not isinstance(said, dict) or frozen.canonical(said) != beside:
        yield f"{SIGNATURE}: it was changed"
        return
    found.key = str(said.get("key", ""))
    holds = keys.signed_with(found.key, manifest, str(said.get("signature", "")))
    if said.get("sha256") == hashlib.sha256(manifest).hexdigest():
        if not holds:
            yield f"{SIGNATURE}: it was changed"
    elif holds:
        yield f"{SIGNATURE}: it was changed"
    else:
        yield f"{MANIFEST}: it was changed"
    if key and key != found.key:
        yield f"{SIGNATURE}: it was signed with another key than {key}"


def _files(bundle: zipfile.ZipFile, told: Mapping[str, Any], found: Proven) -> Iterator[str]:
    """Whether each file is the one that the manifest knows, and there is no other."""
    names = [name for name in bundle.namelist() if name not in (MANIFEST, SIGNATURE)]
    known = {file["name"]: file for file in told["files"]}
    for name in sorted({n for n in names if names.count(n) > 1 or n not in known}):
        yield f"{name}: the manifest does not know this file"
    for name, file in known.items():
        content = _read(bundle, name) if name in names else None
        if name not in names:
            yield f"{name}: it is missing"
        elif content is None or hashlib.sha256(content).hexdigest() != file["sha256"]:
            yield f"{name}: it was changed"
        elif len(content) != file["size"]:
            yield f"{name}: it has another size than the manifest says"
        found.files += 1


# The register


def _register(bundle: zipfile.ZipFile, told: Mapping[str, Any], found: Proven) -> Iterator[str]:
    found.edition = told["edition"]["code"]
    entries = told["chain"]["entries"]
    if fault := _chain(told["chain"]):
        yield f"{MANIFEST}: {fault}"
    found.entries = len(entries)
    whole = told_by(entries)
    sessions, made_up = _sessions(told), _made_up(told)
    for session in sessions:
        most = _most(session, made_up, whole)
        if fault := _page(session, whole, most):
            yield f"{MANIFEST}: page {session.page}: {fault}"
    found.pages, found.erased = len(sessions), list(told["erased"])
    found.minutes = sum(line.minutes for line in whole.lines)
    if fault := _totals(told["totals"], sums(whole)):
        yield f"{MANIFEST}: {fault}"
    if lost := _lost(told, whole):
        yield f"{MANIFEST}: files that the register knows are missing: {lost}"
    yield from _frozen(bundle, told, whole)


def _lost(told: Mapping[str, Any], whole: Told) -> int:
    """How many files of the register are neither in their place nor said to have been erased."""
    there = {file["name"]: file["sha256"] for file in told["files"]}
    erased = set(told["erased"]) - there.keys()
    places = {row_id: told["attached"].get(row_id) for row_id in whole.attached}
    taken = Counter(places.values())
    return sum(
        taken[place] > 1 or (place not in erased and there.get(place) != whole.attached[row_id])
        for row_id, place in places.items()
    )


def _chain(chain: Mapping[str, Any]) -> str | None:
    """The first entry that does not follow from the one before it."""
    previous = START
    for number, entry in enumerate(chain["entries"], 1):
        link = frozen.digest(previous, entry["body"].encode())
        if entry["sequence"] != number:
            return f"entry {number} of the register is missing"
        if link.hex() != entry["hash"]:
            return f"entry {number} of the register was changed"
        previous = link
    if chain["length"] != len(chain["entries"]) or chain["head"] != previous.hex():
        return f"entry {len(chain['entries']) + 1} of the register is missing: the end was cut off"
    return None


def told_by(entries: Sequence[Mapping[str, Any]]) -> Told:
    """The rows that these entries tell of, as the rules read them."""
    found = Told()
    for entry in entries:
        said = json.loads(entry["body"])
        row, model = said.get("row"), _MODELS.get(said.get("table"))
        if row is None:
            continue
        if said["table"] == CLOSINGS:
            found.sheets[row["id"]] = row["digest"]
        if said["table"] in ATTACHED:
            found.attached[row["id"]] = row["digest"]
        if model is None:
            continue
        made = _made(model, row)
        tables = found.rows.setdefault(made.session_id or NOWHERE, defaultdict(list))
        tables[model.__tablename__].append(made)
        if model is Act and made.kind == ActKind.OPENED:
            found.expected[made.session_id] = [UUID(i) for i in said["detail"]["expected"]]
    return found


def _made(model: Any, row: Mapping[str, Any]) -> Any:
    """A row of the register out of what its entry says; it is of no database."""
    columns = model.__table__.columns
    return model(**{name: _value(columns[name].type, said) for name, said in row.items()})


def _value(kind: Any, said: Any) -> Any:
    if said is None:
        return None
    if isinstance(kind, db.UtcTime):
        return datetime.fromisoformat(said)
    if isinstance(kind, Uuid):
        return UUID(said)
    if isinstance(kind, LargeBinary):
        return bytes.fromhex(said)
    return kind.enum_class(said) if isinstance(kind, Enum) and kind.enum_class else said


def _sessions(told: Mapping[str, Any]) -> list[Session]:
    """The pages of the register, with the times at which they were planned."""
    rules = told["edition"]
    edition = Edition(
        rounding=Rounding(rules["rounding"]), rounding_minutes=rules["rounding_minutes"]
    )
    return [
        Session(
            id=UUID(said["id"]),
            page=said["page"],
            starts_at=datetime.fromisoformat(said["starts_at"]),
            ends_at=datetime.fromisoformat(said["ends_at"]),
            mode=SessionMode(said["mode"]),
            state=SessionState(said["state"]),
            edition=edition,
        )
        for said in told["sessions"]
        if said["page"] is not None
    ]


def _made_up(told: Mapping[str, Any]) -> Mapping[UUID, tuple[UUID, int, int]]:
    """What each page makes up for, how long that lasted, and its own number, by session."""
    lasted = {
        said["id"]: datetime.fromisoformat(said["ends_at"])
        - datetime.fromisoformat(said["starts_at"])
        for said in told["sessions"]
    }
    return {
        UUID(said["id"]): (
            UUID(said["makes_up"]),
            int(lasted[said["makes_up"]].total_seconds() // 60),
            said["page"],
        )
        for said in told["sessions"]
        if said["makes_up"] and said["page"]
    }


def _most(
    session: Session, made_up: Mapping[UUID, tuple[UUID, int, int]], told: Told
) -> Callable[[UUID], int] | None:
    """The most that a make-up page gives to each: what she lacked when it came."""
    if session.id not in made_up:
        return None
    missed, minutes, page = made_up[session.id]
    before = [missed, *(i for i, (m, _, p) in made_up.items() if m == missed and p < page)]
    had: dict[UUID, int] = defaultdict(int)
    for session_id in before:
        for line in told.of(session_id, Line):
            had[line.enrolment_id] += line.minutes
    return lambda enrolment_id: makeups.lacking(minutes, had[enrolment_id])


def _page(session: Session, told: Told, most: Callable[[UUID], int] | None = None) -> str | None:
    """The first thing that does not hold on one page."""
    if told.state(session.id) != session.state:
        return "its state is not what its acts say"
    if session.state in (SessionState.OPEN, SessionState.CANCELLED):
        return None
    stamped: dict[UUID, list[tuple[StampKind, datetime]]] = defaultdict(list)
    for stamp in sorted(told.of(session.id, Stamp), key=lambda s: (s.at, str(s.id))):
        stamped[stamp.enrolment_id].append((stamp.kind, stamp.at))
    amended = sorted(told.of(session.id, Amendment), key=lambda a: a.number)
    counts = attendance.settled(
        session,
        stamped,
        leaves.last_trace(session, told.of(session.id, TraceSpan)),
        {row.enrolment_id: attendance.times(row.came, row.went) for row in amended},
    )
    people = told.expected.get(session.id, [])
    due = attendance.read(session, people, counts)
    posted: dict[UUID, int] = defaultdict(int)
    for line in told.of(session.id, Line):
        posted[line.enrolment_id] += line.minutes
    for number, enrolment_id in enumerate(sorted(people, key=str), 1):
        minutes = due[enrolment_id].minutes
        if most:
            minutes = min(minutes, most(enrolment_id))
        if posted.pop(enrolment_id, None) != minutes:
            return f"person {number}: her minutes are not those of her stamps"
    return "minutes of somebody not expected" if posted else None


def sums(told: Told) -> dict[str, list[int]]:
    """Recorded and certified minutes by enrolment."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for session_id, tables in told.rows.items():
        certified = told.state(session_id) == SessionState.CERTIFIED
        for line in tables.get(Line.__tablename__, []):
            found[str(line.enrolment_id)][0] += line.minutes
            found[str(line.enrolment_id)][1] += line.minutes if certified else 0
    return dict(found)


def _totals(said: Mapping[str, Sequence[int]], found: Mapping[str, Sequence[int]]) -> str | None:
    for number, enrolment in enumerate(sorted({*said, *found}), 1):
        if list(said.get(enrolment, (0, 0))) != list(found.get(enrolment, (0, 0))):
            return f"the total of trainee {number} is not the sum of her lines"
    return None


def _frozen(bundle: zipfile.ZipFile, told: Mapping[str, Any], whole: Told) -> Iterator[str]:
    """Whether each frozen document is the one that was frozen, and a sheet the sum of its time."""
    for document in told["frozen"]:
        name, body = document["name"], _read(bundle, document["name"])
        if body is None:
            continue  # said already: it is missing or was changed
        digest = frozen.digest(bytes.fromhex(document["salt"]), body).hex()
        if digest != document["digest"]:
            yield f"{name}: it is not the document that was frozen"
        elif document.get("closing"):
            if whole.sheets.get(document["closing"]) != digest:
                yield f"{name}: the register knows another closing sheet"
            if fault := _sheet(json.loads(body), told["chain"]["entries"]):
                yield f"{name}: {fault}"


def _sheet(sheet: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str | None:
    """Whether a sheet of the whole edition is the sum of the register as it stood then."""
    if sheet["month"]:
        return None
    then = told_by(entries[: sheet["register"]["length"]])
    found, elsewhere = sums(then), then.rows.get(NOWHERE, {}).get(Line.__tablename__, [])
    for number, person in enumerate(sheet["people"], 1):
        more = sum(x.minutes for x in elsewhere if str(x.enrolment_id) == person["enrolment"])
        if person["total"] != found.get(person["enrolment"], [0, 0])[1] + more:
            return f"the total of person {number} is not that of the register"
    return None
