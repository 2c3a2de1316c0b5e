"""Verification of the register: whether it still says what was stamped, signed and certified.

For each edition: its chain holds; stamps, acts and lines are exactly those that the chain tells
of; pages are numbered without gaps; those expected are those of the opening; each signed page
gives the minutes that its stamps give; the page stands in the state that its acts say; credits,
corrections and contests read as the chain has told of them last.
"""

import gc
import json
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from courses import attendance, presence
from courses.anomalies import Decision
from courses.attendance import Amendment, Sources, TraceSpan
from courses.calendar import Session, SessionState
from courses.closing import Closing, Reopening
from courses.contests import Contest
from courses.corrections import Correction
from courses.credits import Credit
from courses.editions import Edition
from courses.enclosures import Enclosure
from courses.inspection import Visit
from courses.ledger import Line
from courses.live import AbsentMark, HeadCount
from courses.papers import Paper
from courses.register import PAGES
from courses.scans import Agreement, Scan
from courses.sheets import Sheet, SheetAnswer
from courses.stamps import Act, ActKind, Expected, Stamp
from courses.terms import Authorisation
from courses.traces import Import
from lms import audit, counters, db, frozen, proofs
from lms.chains import Chain, Entry, Kind
from lms.files import File
from lms.permissions import Actor
from lms.proofs import Fault

CHAINED: tuple[Any, ...] = (
    Stamp,
    Act,
    Line,
    Amendment,
    TraceSpan,
    Import,
    Paper,
    Scan,
    Agreement,
    Sheet,
    SheetAnswer,
    Authorisation,
    HeadCount,
    AbsentMark,
    Enclosure,
    Closing,
    Reopening,
    Visit,
    Decision,
)
"""What the chain of an edition tells of."""
MOVING: tuple[Any, ...] = (Credit, Correction, Contest)
"""What it tells of each time that it moves."""
MANY, TOGETHER, SELDOM = 100_000, 4, 20_000
"""From how many entries on several processes verify; how many editions each takes at once; after
how many new objects it looks for what it no longer needs."""
STATE_OF = {
    ActKind.OPENED: SessionState.OPEN,
    ActKind.COPIED: SessionState.OPEN,
    ActKind.SIGNED: SessionState.SIGNED,
    ActKind.COUNTERSIGNED: SessionState.COUNTERSIGNED,
    ActKind.CERTIFIED: SessionState.CERTIFIED,
    ActKind.BARRED: SessionState.CANCELLED,
}


@dataclass(frozen=True)
class Verified:
    """What holds of one edition, and the first place that does not."""

    edition: str
    entries: int
    pages: int
    minutes: int
    fault: str | None = None


# Operations


def unprotected() -> str | None:
    """The first table that only grows and whose protection was taken away, if there is one."""
    missing = db.missing_triggers(db.session.connection())
    return f"table {missing[0]}: its trigger was dropped" if missing else None


def verify(*, processes: int = 1) -> Iterator[Verified]:
    """Verify the register of each edition, in the order of their codes, so many at a time."""
    editions = db.session.scalars(select(Edition.id).order_by(Edition.code)).all()
    if processes == 1:
        yield from map(_verified, editions)
    else:
        address = db.engine().url.render_as_string(hide_password=False)
        start = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, start, _begin, (address,)) as pool:
            yield from pool.map(_beside, editions, chunksize=TOGETHER)
    gone = select(Edition.id).where(Edition.id == Chain.owner_id).exists()
    lost = select(Chain).where(Chain.kind == Kind.REGISTER, ~gone).order_by(Chain.owner_id)
    for chain in db.session.scalars(lost):
        yield Verified(str(chain.owner_id), chain.length, 0, 0, "its edition is gone")


def verify_one(edition: Edition, *, by: Actor) -> Verified:
    """Verify the register of one edition now, for somebody who stands before it."""
    found = _verified(edition.id)
    audit.record("chain verified", edition, by=by, detail={"entries": found.entries})
    return found


def processes_for(entries: int) -> int:
    """How many processes are worth their start for so many entries."""
    return (os.cpu_count() or 1) if entries >= MANY else 1


def _begin(address: str) -> None:
    """Begin a process that verifies beside others: a connection of its own."""
    db.bind(db.connect(address, threads=1))
    gc.set_threshold(SELDOM)


def _beside(edition_id: UUID) -> Verified:
    with db.unit(write=False):
        return _verified(edition_id)


def _verified(edition_id: UUID) -> Verified:
    """What holds of one edition, as the database has it now."""
    edition = db.session.get_one(Edition, edition_id, populate_existing=True)
    query = select(Chain).where(Chain.kind == Kind.REGISTER, Chain.owner_id == edition_id)
    return _edition(edition, db.session.scalar(query.execution_options(populate_existing=True)))


def _edition(edition: Edition, chain: Chain | None) -> Verified:
    pages = _pages(edition.id)
    if chain is None:
        orphan = _without_chain(edition.id) or ("its chain is gone" if pages else None)
        return Verified(edition.code, 0, len(pages), 0, orphan)
    count, broken = proofs.verify(chain, {model: model.edition_id for model in CHAINED})
    fault = (
        (_said(chain, broken) if broken else None)
        or next((why for model in MOVING if (why := _moving(chain, model))), None)
        or _numbers(edition, pages)
        or _files(edition.id)
        or _first_of(edition, chain, pages)
    )
    minutes = db.session.scalar(
        select(func.coalesce(func.sum(Line.minutes), 0)).where(Line.edition_id == edition.id)
    )
    return Verified(edition.code, count, len(pages), int(minutes or 0), fault)


def _said(chain: Chain, fault: Fault) -> str:
    """A link that does not hold by its number; a row by its page and line, as people count them."""
    return f"{_place(chain, fault.sequence)}: {fault.why}" if fault.is_row else str(fault)


def _pages(edition_id: UUID) -> list[Session]:
    query = (
        select(Session)
        .where(Session.edition_id == edition_id, Session.page.is_not(None))
        .order_by(Session.page)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _without_chain(edition_id: UUID) -> str | None:
    for model in (*CHAINED, *MOVING):
        query = select(func.count()).select_from(model).where(model.edition_id == edition_id)
        if db.session.scalar(query):
            return f"rows of {model.__tablename__} are in no chain"
    return None


def _moving(chain: Chain, model: Any) -> str | None:
    """Whether rows that move read as the chain told of them last; if not, where not."""
    told = db.session.execute(
        select(Entry.row_id, Entry.sequence, Entry.body)
        .where(Entry.chain_id == chain.id, Entry.row_table == model.__tablename__)
        .order_by(Entry.sequence)
    )
    last = {row_id: (sequence, body) for row_id, sequence, body in told}
    query = select(model).where(model.edition_id == chain.owner_id).order_by(model.id)
    for row in db.session.scalars(query.execution_options(populate_existing=True)):
        sequence, body = last.pop(row.id, (0, None))
        if body is None:
            return f"a row of {model.__tablename__} is in no entry"
        stands = json.loads(frozen.canonical({**frozen.facts(row), "version": None}))
        if stands != {**json.loads(body)["detail"]["stands"], "version": None}:
            return f"{_place(chain, sequence)}: its row in {model.__tablename__} was changed"
    gone = min((sequence for sequence, _ in last.values()), default=None)
    return f"{_place(chain, gone)}: its row in {model.__tablename__} is gone" if gone else None


def _place(chain: Chain, sequence: int) -> str:
    """The page and the line of an entry, as people count them."""
    body = db.session.scalar(
        select(Entry.body).where(Entry.chain_id == chain.id, Entry.sequence == sequence)
    )
    told = json.loads(body) if body else {}
    page = _page_number(told.get("row") or told.get("detail", {}).get("stands", {}))
    return f"page {page if page is not None else '-'}, line {sequence} ({told.get('what', '?')})"


def _page_number(row: dict[str, object]) -> int | None:
    if "page" in row:
        return int(str(row["page"]))
    if not row.get("session_id"):
        return None
    return db.session.scalar(select(Session.page).where(Session.id == UUID(str(row["session_id"]))))


def _numbers(edition: Edition, pages: list[Session]) -> str | None:
    for number, page in enumerate(pages, 1):
        if page.page != number:
            return f"page {number}: the numbers have a gap or a repetition there"
    last = counters.last(PAGES, edition.id)
    if last != len(pages):
        return f"page {len(pages)}: the counter of pages says {last}"
    return None


def _files(edition_id: UUID) -> str | None:
    """Whether each attendance file is the one that was imported."""
    query = (
        select(Session.page, Import.number)
        .join(Session, Session.id == Import.session_id)
        .join(File, File.id == Import.file_id)
        .where(Import.edition_id == edition_id, File.digest != Import.digest)
        .order_by(Session.page, Import.number)
    )
    found = db.session.execute(query.limit(1)).first()
    return found and f"page {found[0]}: attendance file {found[1]} is not the one imported"


def _first_of(edition: Edition, chain: Chain, pages: Sequence[Session]) -> str | None:
    """The first thing that does not hold on any page; the same statements however many they are."""
    kept = _kept(edition, chain) if pages else None
    return next((why for page in pages if kept and (why := _page(page, kept))), None)


@dataclass(frozen=True)
class Kept:
    """What is kept of the pages of an edition, by page."""

    acts: Mapping[UUID, Mapping[ActKind, Any]]
    told: Mapping[UUID, Mapping[str, Any]]
    """What each opening told of beyond its row."""
    expected: Mapping[UUID, Set[UUID]]
    sources: Mapping[UUID, Sources]
    posted: Mapping[UUID, Mapping[UUID, int]]


def _kept(edition: Edition, chain: Chain) -> Kept:
    acts: dict[UUID, dict[ActKind, Any]] = defaultdict(dict)
    for act in db.session.execute(
        select(*Act.__table__.columns).where(Act.edition_id == edition.id).order_by(Act.at)
    ):
        acts[act.session_id][act.kind] = act
    opened = (
        select(Act.session_id, Entry.body)
        .join(Entry, Entry.row_id == Act.id)
        .where(
            Act.edition_id == edition.id,
            Act.kind == ActKind.OPENED,
            Entry.chain_id == chain.id,
        )
    )
    told = {
        session_id: json.loads(body).get("detail", {})
        for session_id, body in db.session.execute(opened)
    }
    expected: dict[UUID, set[UUID]] = defaultdict(set)
    for session_id, enrolment_id in db.session.execute(
        select(db.seen(Expected.session_id), db.seen(Expected.enrolment_id))
        .join(Session, Session.id == Expected.session_id)
        .where(Session.edition_id == edition.id)
    ):
        expected[session_id].add(enrolment_id)
    posted: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for session_id, enrolment_id, minutes in db.session.execute(
        select(db.seen(Line.session_id), db.seen(Line.enrolment_id), func.sum(Line.minutes))
        .where(Line.edition_id == edition.id, Line.session_id.is_not(None))
        .group_by(Line.session_id, Line.enrolment_id)
    ):
        posted[session_id][enrolment_id] = int(minutes)
    return Kept(acts, told, expected, attendance.sources(edition.id), posted)


def _page(page: Session, kept: Kept) -> str | None:
    """The first thing that does not hold on one page."""
    acts = kept.acts.get(page.id, {})
    if not acts or STATE_OF[max(acts, key=list(ActKind).index)] != page.state:
        return f"page {page.page}: its state is not what its acts say"
    if fault := _facts(page, acts):
        return fault
    people = kept.expected.get(page.id, set())
    opening = kept.told.get(page.id, {})
    if people != {UUID(i) for i in opening.get("expected", [])}:
        return f"page {page.page}: those expected are not those of the opening"
    if page.original != opening.get("original"):
        return f"page {page.page}: its original register is not that of the opening"
    if page.state in (SessionState.OPEN, SessionState.CANCELLED):
        return None
    return _minutes(page, kept, people)


def _facts(page: Session, acts: Mapping[ActKind, Any]) -> str | None:
    signed = acts.get(ActKind.SIGNED)
    said = {a: (acts[a].by_id, acts[a].at) if a in acts else (None, None) for a in ActKind}
    holds = (
        page.page == acts[ActKind.OPENED].page
        and page.opened_at == said[ActKind.OPENED][1]
        and (page.signed_by_id, page.signed_at) == said[ActKind.SIGNED]
        and (page.countersigned_by_id, page.countersigned_at) == said[ActKind.COUNTERSIGNED]
        and (page.certified_by_id, page.certified_at) == said[ActKind.CERTIFIED]
        and (signed is None or (page.topic, page.head_count) == (signed.topic, signed.head_count))
    )
    return None if holds else f"page {page.page}: its head is not what its acts say"


def _minutes(page: Session, kept: Kept, people: Set[UUID]) -> str | None:
    """Whether the ledger gives to each person what her stamps give."""
    due, posted = _due(page, kept, people), dict(kept.posted.get(page.id, {}))
    for number, enrolment_id in enumerate(sorted(people, key=str), 1):
        if posted.pop(enrolment_id, None) != due[enrolment_id]:
            return f"page {page.page}, person {number}: her minutes are not those of her stamps"
    return f"page {page.page}: minutes of somebody not expected" if posted else None


def _due(page: Session, kept: Kept, people: Set[UUID]) -> Mapping[UUID, int]:
    """The minutes that are due to each; what a make-up page gives depends on another page."""
    if page.makes_up_id is not None:
        found = attendance.read(page, people, attendance.counted(page))
        return {i: mark.minutes for i, mark in found.items()}
    sources = kept.sources.get(page.id, Sources())
    counts = attendance.settled(page, sources.stamped, sources.traced, sources.amended)
    window, policy = attendance.window(page), attendance.policy(page.edition)
    return {
        i: presence.worth(counts.get(i, attendance.NOTHING).moments, window, policy) for i in people
    }
