"""Verification of the register: whether it still says what was stamped, signed and certified.

For each edition: its chain holds; stamps, acts and lines are exactly those that the chain tells
of; pages are numbered without gaps; those expected are those of the opening; each signed page
gives the minutes that its stamps give; the page stands in the state that its acts say.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from courses import attendance, ledger
from courses import stamps as made
from courses.attendance import Amendment, TraceSpan
from courses.calendar import Session, SessionState
from courses.editions import Edition
from courses.ledger import Line
from courses.register import PAGES
from courses.stamps import Act, ActKind, Expected, Stamp
from lms import chains, counters, db
from lms.chains import Chain, Kind

CHAINED: tuple[Any, ...] = (Stamp, Act, Line, Amendment, TraceSpan)
"""What the chain of an edition tells of."""
STATE_OF = {
    ActKind.OPENED: SessionState.OPEN,
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


def verify(also: Sequence[Any] = ()) -> Iterator[Verified]:
    """Verify the register of each edition, in the order of their codes.

    `also` are further tables of which the chains tell, from topics above this one.
    """
    found = {c.owner_id: c for c in chains.all_chains(Kind.REGISTER)}
    query = select(Edition).order_by(Edition.code).execution_options(populate_existing=True)
    for edition in db.session.scalars(query).all():
        yield _edition(edition, found.pop(edition.id, None), (*CHAINED, *also))
    for owner_id, chain in sorted(found.items(), key=lambda pair: str(pair[0])):
        yield Verified(str(owner_id), chain.length, 0, 0, "its edition is gone")


def _edition(edition: Edition, chain: Chain | None, chained: Sequence[Any]) -> Verified:
    pages = _pages(edition.id)
    if chain is None:
        orphan = _without_chain(edition.id, chained) or ("its chain is gone" if pages else None)
        return Verified(edition.code, 0, len(pages), 0, orphan)
    count, broken = chains.verify(chain)
    fault = (
        (str(broken) if broken else None)
        or _rows(chain, chained)
        or _numbers(edition, pages)
        or next((why for p in pages if (why := _page(edition, chain, p))), None)
    )
    minutes = db.session.scalar(
        select(func.coalesce(func.sum(Line.minutes), 0)).where(Line.edition_id == edition.id)
    )
    return Verified(edition.code, count, len(pages), int(minutes or 0), fault)


def _pages(edition_id: UUID) -> list[Session]:
    query = (
        select(Session)
        .where(Session.edition_id == edition_id, Session.page.is_not(None))
        .order_by(Session.page)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _without_chain(edition_id: UUID, chained: Sequence[Any]) -> str | None:
    for model in chained:
        query = select(func.count()).select_from(model).where(model.edition_id == edition_id)
        if db.session.scalar(query):
            return f"rows of {model.__tablename__} are in no chain"
    return None


def _rows(chain: Chain, chained: Sequence[Any]) -> str | None:
    """Whether each table holds what the chain tells of; if not, on which page and line."""
    for model in chained:
        fault = chains.verify_rows(chain, model, model.edition_id)
        if fault:
            return f"{_place(chain, fault.sequence)}: {fault.why}"
    return None


def _place(chain: Chain, sequence: int) -> str:
    """The page and the line of an entry, as people count them."""
    body = db.session.scalar(
        select(chains.Entry.body).where(
            chains.Entry.chain_id == chain.id, chains.Entry.sequence == sequence
        )
    )
    told = json.loads(body) if body else {}
    page = _page_number(told.get("row", {}))
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


def _page(edition: Edition, chain: Chain, page: Session) -> str | None:
    """The first thing that does not hold on one page."""
    acts = made.acts(page.id)
    if (
        not acts
        or STATE_OF[max(acts, key=lambda a: list(ActKind).index(a.kind)).kind] != page.state
    ):
        return f"page {page.page}: its state is not what its acts say"
    if fault := _facts(page, {a.kind: a for a in acts}):
        return fault
    people = set(
        db.session.scalars(select(Expected.enrolment_id).where(Expected.session_id == page.id))
    )
    if people != _told(chain, next(a for a in acts if a.kind == ActKind.OPENED)):
        return f"page {page.page}: those expected are not those of the opening"
    if page.state in (SessionState.OPEN, SessionState.CANCELLED):
        return None
    return _minutes(edition, page)


def _facts(page: Session, acts: dict[ActKind, Act]) -> str | None:
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


def _told(chain: Chain, opened: Act) -> set[UUID]:
    body = db.session.scalar(
        select(chains.Entry.body).where(
            chains.Entry.chain_id == chain.id, chains.Entry.row_id == opened.id
        )
    )
    told = json.loads(body) if body else {}
    return {UUID(i) for i in told.get("detail", {}).get("expected", [])}


def _minutes(edition: Edition, page: Session) -> str | None:
    """Whether the ledger gives to each person what her stamps give."""
    counts = attendance.counted(page)
    people = db.session.scalars(
        select(Expected.enrolment_id).where(Expected.session_id == page.id)
    ).all()
    due = attendance.read(page, people, counts)
    posted = ledger.posted(page.id)
    for number, enrolment_id in enumerate(sorted(people, key=str), 1):
        if posted.pop(enrolment_id, None) != due[enrolment_id].minutes:
            return f"page {page.page}, person {number}: her minutes are not those of her stamps"
    return f"page {page.page}: minutes of somebody not expected" if posted else None
