"""Exports: the register and what comes of it as tables, for whoever has to hand them in.

Each is CSV or XLSX, says in its foot who made it, when and of what, and leaves an entry in the
audit record with the number of its rows and their hash.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from courses import balance, inspection, leaves, registers
from courses.balance import Way
from courses.bodies import of_programme as bodies_of
from courses.calendar import Session
from courses.certificates import Certificate
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.leaves import Leaf
from courses.ledger import Line
from courses.record import RECORD
from lms import accounts, audit, clock, db, tables
from lms.errors import Invalid
from lms.flow import Word, say, word
from lms.i18n import gettext, lazy
from lms.permissions import Actor
from lms.tables import Cell, Origin, Table


class Export(StrEnum):
    """What is exported, by the name of its file."""

    HOURS = "ore"
    REGISTER = "registro"
    LINES = "righe"
    CALENDAR = "calendario"
    CORRECTIONS = "rettifiche"
    CERTIFICATES = "attestati"
    ACCESS = "log_registro"


say(
    {
        Export.HOURS: Word(lazy("hours of each trainee")),
        Export.REGISTER: Word(lazy("register, person by person")),
        Export.LINES: Word(lazy("lines of the ledger")),
        Export.CALENDAR: Word(lazy("calendar")),
        Export.CORRECTIONS: Word(lazy("corrections")),
        Export.CERTIFICATES: Word(lazy("certificates")),
        Export.ACCESS: Word(lazy("who has read or changed the register")),
    }
)


# Rules


def said(what: str) -> str:
    """What an entry of the audit record says, in the reader's language."""
    if what.startswith("open "):
        return gettext("sealed content opened")
    return str(RECORD.get(what, what))


# Queries


def table(edition: Edition, kind: Export, month: str = "") -> Table:
    """One of the tables of an edition, whole or for one of its months."""
    columns, rows = _TABLES[kind](edition, month)
    return Table(kind.value, columns, rows)


Made = tuple[list[str], list[list[Cell]]]


def _hours(edition: Edition, month: str) -> Made:
    found = balance.balance(edition, month)
    columns = [
        gettext("Person"),
        gettext("Entered on"),
        gettext("Left on"),
        gettext("Present, minutes"),
        gettext("Recovered, minutes"),
        gettext("Credited, minutes"),
        gettext("Certified in all, minutes"),
        gettext("Asked, minutes"),
        *(gettext("Module %(number)s, minutes", number=number) for number in found.modules),
        *(f"{word(way).label}, {gettext('minutes')}" for way in Way),
    ]
    return columns, [
        [
            one.enrolment.person.name,
            one.enrolment.entered_on,
            one.enrolment.left_on,
            one.present,
            one.recovered,
            one.credited,
            one.total,
            found.asked(one),
            *(one.by_module[number] for number in found.modules),
            *(one.by_way[way] for way in Way),
        ]
        for one in found.people
    ]


def _pages(edition: Edition, month: str) -> list[Leaf]:
    return [
        leaf
        for leaf in leaves.leaves(edition)
        if not month or balance.month_of(leaf.session) == month
    ]


def _register(edition: Edition, month: str) -> Made:
    columns = [
        gettext("Page"),
        gettext("State"),
        gettext("Unit"),
        gettext("Kind of session"),
        gettext("Where"),
        gettext("Trainer"),
        gettext("Planned from"),
        gettext("Planned to"),
        gettext("No."),
        gettext("Person"),
        gettext("Presence"),
        gettext("In"),
        gettext("Out"),
        gettext("Raw minutes"),
        gettext("Recognised minutes"),
        gettext("Read from"),
        gettext("How"),
    ]
    return columns, [
        [
            leaf.number,
            str(word(leaf.session.state).label),
            leaf.session.unit.code,
            str(word(leaf.session.kind).label),
            str(word(leaf.session.mode).label),
            leaf.session.trainer.name,
            leaf.session.starts_at,
            leaf.session.ends_at,
            one.number,
            one.name,
            str(word(one.mark.presence).label),
            one.mark.came,
            one.mark.went,
            one.raw,
            one.minutes,
            str(word(one.basis).label),
            ", ".join(str(word(source).label) for source in one.sources),
        ]
        for leaf in _pages(edition, month)
        for one in leaf.people
    ]


def _lines(edition: Edition, month: str) -> Made:
    query = (
        select(Line, accounts.Person.name)
        .join(Enrolment, Enrolment.id == Line.enrolment_id)
        .join(accounts.Person, accounts.Person.id == Enrolment.person_id)
        .options(joinedload(Line.session), joinedload(Line.unit))
        .where(Line.edition_id == edition.id)
        .order_by(Line.at, accounts.Person.sort_name, Line.id)
    )
    columns = [
        gettext("Posted at"),
        gettext("Person"),
        gettext("Page"),
        gettext("Unit"),
        gettext("Module"),
        gettext("Source"),
        gettext("Minutes"),
        gettext("Reverses another line"),
        gettext("State of the page"),
    ]
    return columns, [
        [
            line.at,
            name,
            line.session.page if line.session else None,
            line.unit.code,
            line.module,
            str(word(line.source).label),
            line.minutes,
            gettext("yes") if line.reverses_id else gettext("no"),
            str(word(line.session.state).label) if line.session else "",
        ]
        for line, name in db.session.execute(query)
        if not month or _month(line) == month
    ]


def _month(line: Line) -> str:
    if line.session is not None:
        return balance.month_of(line.session)
    return clock.local(line.at).strftime("%Y-%m")


def _calendar(edition: Edition, month: str) -> Made:
    columns = [
        gettext("Starts"),
        gettext("Ends"),
        gettext("Unit"),
        gettext("Kind of session"),
        gettext("Where"),
        gettext("Room"),
        gettext("Link"),
        gettext("Trainer"),
        gettext("Delivering body"),
        gettext("State"),
        gettext("Reason"),
        gettext("Page"),
    ]
    bodies = {body.id: body.name for body in bodies_of(edition.programme_id)}
    return columns, [
        [
            s.starts_at,
            s.ends_at,
            s.unit.code,
            str(word(s.kind).label),
            str(word(s.mode).label),
            s.room,
            s.link,
            s.trainer.name,
            bodies[s.body_id] if s.body_id else "",
            str(word(s.state).label),
            s.reason or "",
            s.page,
        ]
        for s in balance.balance(edition, month).sessions
    ]


def _corrections(edition: Edition, month: str) -> Made:
    columns = [
        gettext("Page"),
        gettext("Person"),
        gettext("Before"),
        gettext("Minutes before"),
        gettext("After"),
        gettext("Minutes after"),
        gettext("When"),
        gettext("Why"),
    ]
    return columns, [
        [
            change.page,
            change.name,
            registers.times(change.before),
            change.before.minutes,
            registers.times(change.after),
            change.after.minutes,
            change.at,
            change.why,
        ]
        for leaf in _pages(edition, month)
        for change in leaf.changes
    ]


def _certificates(edition: Edition, month: str) -> Made:
    query = (
        select(Certificate, accounts.Person.name)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(accounts.Person, accounts.Person.id == Enrolment.person_id)
        .options(joinedload(Certificate.replaced_by))
        .where(Enrolment.edition_id == edition.id)
        .order_by(Certificate.issued_at, Certificate.number)
    )
    columns = [
        gettext("Number"),
        gettext("Person"),
        gettext("Edition"),
        gettext("Issued at"),
        gettext("Minutes"),
        gettext("State"),
        gettext("Ended at"),
        gettext("Replaced by"),
    ]
    return columns, [
        [
            row.number,
            name,
            edition.code,
            row.issued_at,
            row.minutes,
            str(word(row.state).label),
            row.ended_at,
            row.replaced_by.number if row.replaced_by else "",
        ]
        for row, name in db.session.execute(query)
        if not month or clock.local(row.issued_at).strftime("%Y-%m") == month
    ]


def _access(edition: Edition, month: str) -> Made:
    entries = inspection.access(edition)
    names, pages = inspection.names_of(entries), _of_pages(edition)
    columns = [
        gettext("No."),
        gettext("When"),
        gettext("Person"),
        gettext("What"),
        gettext("Page"),
    ]
    return columns, [
        [
            entry.sequence,
            entry.at,
            names.get(entry.actor_id, "") if entry.actor_id else "",
            said(entry.what),
            pages.get(entry.row_id) if entry.row_id else None,
        ]
        for entry in entries
        if not month or clock.local(entry.at).strftime("%Y-%m") == month
    ]


def _of_pages(edition: Edition) -> Mapping[UUID, int | None]:
    """The page of each thing that is on one."""
    sessions = select(Session.id, Session.page).where(Session.edition_id == edition.id)
    found: dict[UUID, int | None] = dict(db.session.execute(sessions).all())
    return found | {
        row_id: found.get(session_id)
        for model in leaves.WRITTEN
        for row_id, session_id in db.session.execute(
            select(model.id, model.session_id).where(model.edition_id == edition.id)
        )
    }


_TABLES: Mapping[Export, Callable[[Edition, str], Made]] = {
    Export.HOURS: _hours,
    Export.REGISTER: _register,
    Export.LINES: _lines,
    Export.CALENDAR: _calendar,
    Export.CORRECTIONS: _corrections,
    Export.CERTIFICATES: _certificates,
    Export.ACCESS: _access,
}


# Operations


def export(edition: Edition, kind: Export, *, format: str, month: str = "", by: Actor) -> bytes:
    """Make one of the tables for somebody who takes it along. Raises Invalid."""
    if month and month not in balance.months(edition.id):
        raise Invalid(month=lazy("There is no session in this month."))
    made = table(edition, kind, month)
    audit.record(
        "register exported",
        edition,
        by=by,
        detail={
            "table": kind.value,
            "format": format,
            "month": month,
            "rows": len(made.rows),
            "sha256": tables.digest(made),
        },
    )
    chosen = f"{edition.code} {month}".strip()
    return tables.made(made, format, Origin(by.name, clock.now(), chosen))
