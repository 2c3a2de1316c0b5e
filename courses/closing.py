"""Closing: the sheet that is handed over for a month or an edition, and what reopens an edition.

A sheet is a frozen document with a number of its version. Closing an edition makes one; reopening
it, with a reason, does not touch that one: closing again makes the next version, which says what
came before it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import (
    balance,
    calendar,
    certificates,
    certification,
    editions,
    forecast,
    leaves,
    stamps,
)
from courses.balance import Account, Balance
from courses.editions import EDITION_FLOW, Edition
from courses.forecast import Outlook
from courses.leaves import Change
from lms import accounts, chains, clock, db, frozen, keys, programmes
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.frozen import Frozen
from lms.i18n import lazy, nlazy
from lms.permissions import Actor

SHEET = "closing"
"""The kind of the frozen document."""


class Closing(db.Model):
    """One closing sheet: which version, of which month or of the whole edition."""

    __tablename__ = "courses_closings"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("frozen_documents", "sheet_id"),
        UniqueConstraint("edition_id", "month", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    month: Mapped[str] = mapped_column(String(7), default="")
    """2026-11; empty for the whole edition."""
    number: Mapped[int] = mapped_column()
    sheet_id: Mapped[UUID] = mapped_column(Uuid)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """That of the frozen sheet, so that the chain tells of it."""
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    sheet: Mapped[Frozen] = relationship(foreign_keys=[sheet_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class Reopening(db.Model):
    """That a closed edition was reopened, and why."""

    __tablename__ = "courses_reopenings"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("reason <> ''", name="says_why"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(String(2000))
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


db.append_only(Closing.__table__)
db.append_only(Reopening.__table__)


# Scopes


def of_coordinated(me: Actor) -> ColumnElement[bool]:
    return Closing.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


def of_inspected(me: Actor) -> ColumnElement[bool]:
    return Closing.edition_id.in_(select(Edition.id).where(editions.inspected(me)))


# Queries


def of_edition(edition_id: UUID) -> list[Closing]:
    """Every sheet of an edition, newest first."""
    query = (
        select(Closing)
        .options(joinedload(Closing.by))
        .where(Closing.edition_id == edition_id)
        .order_by(Closing.at.desc(), Closing.id)
    )
    return list(db.session.scalars(query))


def reopenings(edition_id: UUID) -> list[Reopening]:
    query = select(Reopening).where(Reopening.edition_id == edition_id).order_by(Reopening.number)
    return list(db.session.scalars(query))


def closable(edition: Edition) -> list[str]:
    """The months that are over and wait for nobody: each can have its sheet."""
    waiting = {
        balance.month_of(s)
        for s in calendar.sessions(edition.id)
        if s.state in (*balance.WAITING, calendar.SessionState.SCHEDULED)
    }
    now = clock.today().strftime("%Y-%m")
    return [m for m in balance.months(edition.id) if m < now and m not in waiting]


def content(row: Closing, *, by: Actor) -> Mapping[str, Any]:
    """The frozen sheet. Raises frozen.Broken, keys.Erased."""
    return frozen.read(row.sheet, by=by, subject=row.edition_id)


# Operations


def close(edition: Edition, *, declarant: str = "", by: Actor) -> Closing:
    """Close an edition, and make its closing sheet. Raises Refused while a page waits."""
    edition = db.locked(edition)
    calendar.close(edition, by=by)
    return _make(balance.balance(edition), declarant, by=by)


def close_month(edition: Edition, month: str, *, declarant: str = "", by: Actor) -> Closing:
    """Make the closing sheet of one month. Raises Refused, Invalid."""
    edition = db.locked(edition)
    found = balance.balance(edition, month)
    if not found.sessions:
        raise Invalid(month=lazy("There is no session in this month."))
    if month >= clock.today().strftime("%Y-%m"):
        raise Invalid(month=lazy("This month is not over yet."))
    if found.waiting:
        raise Refused(
            nlazy(
                "One session of this month still waits to be certified.",
                "%(num)d sessions of this month still wait to be certified.",
                len(found.waiting),
            )
        )
    return _make(found, declarant, by=by)


def reopen(edition: Edition, *, reason: str, by: Actor) -> Reopening:
    """Reopen a closed edition, saying why: its sheet stays, closing again makes the next."""
    edition = db.locked(edition)
    if not reason.strip():
        raise Invalid(reason=lazy("Write why the edition is reopened."))
    EDITION_FLOW.move(edition, "reopen")
    row = Reopening(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        number=len(reopenings(edition.id)) + 1,
        reason=reason.strip(),
        at=clock.now(),
        by_id=by.id,
    )
    stamps.chained("edition reopened", row, by=by)
    return row


def _make(found: Balance, declarant: str, *, by: Actor) -> Closing:
    """Freeze this balance as the next version of its sheet. The caller holds the edition's lock."""
    edition = found.edition
    query = select(func.count()).where(
        Closing.edition_id == edition.id, Closing.month == found.month
    )
    row = Closing(
        id=db.new_id(),
        programme_id=edition.programme_id,
        edition_id=edition.id,
        month=found.month,
        number=(db.session.scalar(query) or 0) + 1,
        at=clock.now(),
        by_id=by.id,
    )
    sheet = frozen.freeze(
        SHEET,
        row.id,
        _content(found, row, declarant.strip() or by.name, by),
        number=row.number,
        key_id=keys.new_key(keys.Subject.EDITION, edition.programme_id).id,
        subject=edition.id,
        by=by,
    )
    row.sheet_id, row.digest = sheet.id, sheet.digest
    stamps.chained("closing sheet made", row, by=by)
    return row


# The sheet


def _content(found: Balance, row: Closing, declarant: str, by: Actor) -> dict[str, Any]:
    edition, programme = found.edition, programmes.get(found.edition.programme_id)
    people = [account.enrolment for account in found.people]
    outlooks = {} if found.month else forecast.forecasts([e.id for e in people])
    decided = {} if found.month else certification.decided(people)
    numbers = {} if found.month else certificates.of_enrolments([e.id for e in people])
    return {
        "programme": {
            "code": programme.code,
            "name": programme.name,
            "organiser": programme.organiser,
            "funder": programme.funder,
        },
        "edition": {
            "code": edition.code,
            "name": edition.name,
            "starts_on": edition.starts_on,
            "ends_on": edition.ends_on,
            "practice_number": edition.practice_number,
            "operator_code": edition.operator_code,
            "course_code": edition.course_code,
            "project_code": edition.project_code or programme.project_code,
            "site": edition.site,
            "total_percent": edition.total_percent,
            "module_percent": edition.module_percent,
            "least_percent": edition.least_percent,
            "rounding": edition.rounding,
            "rounding_minutes": edition.rounding_minutes,
        },
        "month": found.month,
        "version": row.number,
        "made": {"at": row.at, "by": by.id, "name": by.name},
        "declarant": declarant,
        "minutes": {
            "due": found.total.due,
            "planned": found.total.planned,
            "held": found.total.held,
        },
        "sessions": _sessions(found),
        "modules": [
            {
                "number": number,
                "title_it": module.title_it,
                "title_en": module.title_en,
                "due": part.due,
                "planned": part.planned,
                "held": part.held,
            }
            for number, (module, part) in found.modules.items()
        ],
        "people": [
            {
                **_account(found, account),
                "admitted": (
                    outlooks[account.enrolment.id].outlook == Outlook.REACHED
                    if account.enrolment.id in outlooks
                    else None
                ),
                "outcome": (
                    decided[account.enrolment.id].state if account.enrolment.id in decided else ""
                ),
                "certificate": (
                    numbers[account.enrolment.id].number if account.enrolment.id in numbers else ""
                ),
            }
            for account in found.people
        ],
        "trainers": [
            {"id": person.id, "name": person.name, "pages": pages, "minutes": minutes}
            for person, pages, minutes in found.trainers
        ],
        "changes": [_change(c) for c in changes(edition, found.month)],
        "earlier": _earlier(row),
        "reopened": _reopened(row),
        "register": _head(edition.id),
        "key": keys.public_key(),
    }


def _sessions(found: Balance) -> dict[str, int]:
    states = [s.state.value for s in found.sessions]
    return {state: states.count(state) for state in sorted(set(states))}


def _account(found: Balance, account: Account) -> dict[str, Any]:
    return {
        "enrolment": account.enrolment.id,
        "name": account.enrolment.person.name,
        "entered_on": account.enrolment.entered_on,
        "left_on": account.enrolment.left_on,
        "present": account.present,
        "recovered": account.recovered,
        "credited": account.credited,
        "total": account.total,
        "share": balance.share(account.total, found.asked(account)),
        "modules": [
            {
                "number": number,
                "minutes": account.by_module[number],
                "share": balance.share(
                    account.by_module[number], part.held if found.month else part.due
                ),
            }
            for number, (_, part) in found.modules.items()
        ],
        "ways": {w.value: account.by_way[w] for w in balance.Way},
    }


def changes(edition: Edition, month: str = "") -> Sequence[Change]:
    """Every correction of an edition, or of the pages of one of its months, by page."""
    return [
        change
        for leaf in leaves.leaves(edition)
        if not month or balance.month_of(leaf.session) == month
        for change in leaf.changes
    ]


def _change(change: Change) -> dict[str, Any]:
    return {
        "page": change.page,
        "number": change.number,
        "name": change.name,
        "before": change.before.minutes,
        "after": change.after.minutes,
        "at": change.at,
        "why": change.why,
    }


def _earlier(row: Closing) -> list[dict[str, Any]]:
    return [
        {"version": c.number, "at": c.at, "digest": c.digest}
        for c in of_edition(row.edition_id)
        if c.month == row.month and c.id != row.id
    ]


def _reopened(row: Closing) -> list[dict[str, Any]]:
    found = reopenings(row.edition_id)
    names = accounts.names(r.by_id for r in found)
    return [{"at": r.at, "name": names.get(r.by_id, ""), "reason": r.reason} for r in found]


def _head(edition_id: UUID) -> dict[str, Any]:
    """How far the register had come: the sheet says of what it is the sum."""
    query = select(chains.Chain).where(
        chains.Chain.kind == chains.Kind.REGISTER, chains.Chain.owner_id == edition_id
    )
    chain = db.session.scalar(query)
    return {"length": chain.length, "head": chain.head} if chain else {"length": 0, "head": b""}
