"""Enrolments: who follows an edition, from when to when; one by one, or from a list."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from courses import editions
from courses.curriculum import Unit
from courses.editions import Edition, EditionState
from lms import accounts, audit, db, keys, text
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.i18n import Lazy, lazy
from lms.permissions import Actor, Role

LARGEST = 200_000
MOST_LINES = 500
HEADERS = {
    "first": {"nome", "first name", "firstname", "name"},
    "last": {"cognome", "surname", "last name", "lastname"},
    "whole": {"nome e cognome", "nominativo", "full name", "cognome e nome"},
    "mail": {"mail", "e-mail", "email", "posta", "indirizzo mail"},
}


class Enrolment(db.Model):
    """One person in one edition. Leaving is a dated fact that changes no history."""

    __tablename__ = "courses_enrolments"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        UniqueConstraint("edition_id", "person_id"),
        Index("ix_courses_enrolments_person_id", "person_id"),
        CheckConstraint("left_on IS NULL OR left_on >= entered_on", name="leaves_after_entry"),
        CheckConstraint("(left_on IS NULL) = (left_reason IS NULL)", name="left_has_reason"),
        CheckConstraint("left_reason IS NULL OR key_id IS NOT NULL", name="reason_has_key"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    entered_on: Mapped[date] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    key_id: Mapped[db.KeyId | None]
    """The trainee's own key, once there is a reason to seal."""
    left_reason: Mapped[db.Sealed | None]
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")


# Scopes


def own(me: Actor) -> ColumnElement[bool]:
    return Enrolment.person_id == me.id


def editions_of_own(me: Actor) -> ColumnElement[bool]:
    """The editions that the person follows."""
    return Edition.id.in_(select(Enrolment.edition_id).where(own(me)))


def where_coordinated(me: Actor) -> ColumnElement[bool]:
    """The enrolments in the editions that the person coordinates."""
    return Enrolment.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


def units_of_own(me: Actor) -> ColumnElement[bool]:
    """The units of the course versions that the person follows."""
    versions = (
        select(Edition.version_id)
        .join(Enrolment, Enrolment.edition_id == Edition.id)
        .where(own(me))
    )
    return Unit.version_id.in_(versions)


# Rules


@dataclass(frozen=True)
class Entry:
    """One line of a list: who is to be enrolled, or why not."""

    number: int
    name: str
    mail: str
    why: str | Lazy | None = None

    @property
    def is_good(self) -> bool:
        return self.why is None


@dataclass(frozen=True)
class Report:
    """What a list would do: every line, good or not."""

    entries: Sequence[Entry]

    @property
    def good(self) -> list[Entry]:
        return [e for e in self.entries if e.is_good]

    @property
    def bad(self) -> list[Entry]:
        return [e for e in self.entries if not e.is_good]


def decoded(content: bytes) -> str:
    """The text of a list, in whatever encoding spreadsheets write. Raises Invalid."""
    if len(content) > LARGEST:
        raise Invalid(file=lazy("The list is too long: at most %(n)s lines.", n=MOST_LINES))
    found = text.decoded(content)
    if found is None:
        raise Invalid(file=lazy("This is not a list of text: save it as CSV."))
    return found


def read_csv(content: bytes | str) -> list[Entry]:
    """The lines of a list with a heading: name and mail, by comma, semicolon or tab.

    Raises Invalid when it is no such list at all; a line that is wrong says why by itself.
    """
    lines = content if isinstance(content, str) else decoded(content)
    lines = lines.replace("\r\n", "\n").replace("\r", "\n")
    first = lines.strip().split("\n", 1)[0]
    mark = max(";,\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(lines), delimiter=mark))
    except csv.Error as error:
        raise Invalid(file=lazy("This is not a list of text: save it as CSV.")) from error
    rows_with_numbers = [(n, r) for n, r in enumerate(rows, 1) if any(c.strip() for c in r)]
    if not rows_with_numbers:
        raise Invalid(file=lazy("The list is empty."))
    if len(rows_with_numbers) > MOST_LINES + 1:
        raise Invalid(file=lazy("The list is too long: at most %(n)s lines.", n=MOST_LINES))
    columns = _columns(rows_with_numbers[0][1])
    if "mail" not in columns or not columns.keys() & {"first", "last", "whole"}:
        raise Invalid(file=lazy("The first line must name the columns: nome, cognome, mail."))
    return _judged([_entry(number, row, columns) for number, row in rows_with_numbers[1:]])


def _columns(heading: Sequence[str]) -> dict[str, int]:
    found = {}
    for place, title in enumerate(heading):
        for column, known in HEADERS.items():
            if title.strip().casefold() in known:
                found[column] = place
    return found


def _entry(number: int, row: Sequence[str], columns: dict[str, int]) -> Entry:
    def cell(column: str) -> str:
        place = columns.get(column)
        return text.normal(row[place]) if place is not None and place < len(row) else ""

    name = cell("whole") or f"{cell('first')} {cell('last')}".strip()
    mail = cell("mail")
    why: str | Lazy | None = None
    if len(name.split()) < 2 or len(name) > 120:
        why = lazy("The first name or the family name is missing.")
    else:
        try:
            mail = accounts.mail_address(mail)
        except Invalid as refusal:
            why = refusal.message
    return Entry(number, name, mail, why)


def _judged(entries: Sequence[Entry]) -> list[Entry]:
    """The same lines, those that repeat an earlier address marked."""
    seen: dict[str, int] = {}
    judged = []
    for entry in entries:
        if entry.is_good and entry.mail in seen:
            why = lazy("The same address is on line %(n)s.", n=seen[entry.mail])
            entry = Entry(entry.number, entry.name, entry.mail, why)
        seen.setdefault(entry.mail, entry.number)
        judged.append(entry)
    return judged


# Queries


def check(edition: Edition, content: bytes | str) -> Report:
    """What this list would do to an edition: nothing is saved. Raises Invalid."""
    entries = read_csv(content)
    query = (
        select(Person.mail)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.edition_id == edition.id)
    )
    enrolled = set(db.session.scalars(query))
    return Report(
        [
            Entry(e.number, e.name, e.mail, lazy("She is enrolled already."))
            if e.is_good and e.mail in enrolled
            else e
            for e in entries
        ]
    )


def of_edition(edition_id: UUID) -> Sequence[Enrolment]:
    """Everybody ever enrolled in an edition, in list order."""
    query = (
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .options(contains_eager(Enrolment.person))
        .where(Enrolment.edition_id == edition_id)
        .order_by(Person.sort_name, Person.id)
    )
    return db.session.scalars(query).all()


def locked(rows: Sequence[Enrolment]) -> list[Enrolment]:
    """These as they are now, nobody else deciding on them until the commit; in their order."""
    db.session.flush()
    query = (
        select(Enrolment)
        .where(Enrolment.id.in_([row.id for row in rows]))
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment, key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in db.session.scalars(query)}
    return [found[row.id] for row in rows]


def why_left(enrolment: Enrolment, *, by: Actor) -> str:
    """The reason for which a trainee left; empty if she has not, or was erased."""
    return keys.open_row(enrolment, by=by).left_reason or "" if enrolment.left_on else ""


# Operations


def enrol(edition: Edition, person: Person, *, on: date, by: Actor) -> Enrolment:
    """Enrol a person in an edition, from a day on. Raises Refused when she already is."""
    return enrol_each(edition, [person], on=on, by=by)[0]


def enrol_each(
    edition: Edition, people: Sequence[Person], *, on: date, by: Actor
) -> list[Enrolment]:
    """Enrol these people: all of them, or, when one already is, nobody. Raises Refused."""
    if edition.state in (EditionState.CLOSED, EditionState.ARCHIVED):
        raise Refused(lazy("This edition is closed: nobody can be enrolled any more."))
    ids = [person.id for person in people]
    query = select(Enrolment.id).where(
        Enrolment.edition_id == edition.id, Enrolment.person_id.in_(ids)
    )
    if db.session.scalar(query.limit(1)):
        raise Refused(lazy("She is enrolled already."))
    rows = [
        Enrolment(
            programme_id=edition.programme_id,
            edition_id=edition.id,
            person_id=person_id,
            entered_on=on,
        )
        for person_id in ids
    ]
    db.session.add_all(rows)
    accounts.grant_each(people, Role.TRAINEE, by=by, programme_id=edition.programme_id)
    for row in rows:
        audit.record("trainee enrolled", row, by=by)
    return rows


def invite(edition: Edition, *, name: str, mail: str, on: date, by: Actor) -> Enrolment:
    """Enrol somebody by her address: who has no account yet is invited to one."""
    person = accounts.invite(mail, name, Role.TRAINEE, by=by)
    return enrol(edition, person, on=on, by=by)


def import_csv(
    edition: Edition, content: bytes | str, *, only_good: bool, on: date, by: Actor
) -> Report:
    """Enrol everybody on a list; with a bad line nobody, unless only the good ones are wanted."""
    alone = select(Edition.id).where(Edition.id == edition.id).with_for_update(key_share=True)
    db.session.execute(alone)
    report = check(edition, content)
    if not report.good:
        raise Refused(lazy("There is nobody on this list who can be enrolled."))
    if report.bad and not only_good:
        raise Refused(lazy("Some lines are wrong, so nobody was enrolled."))
    names = {entry.mail: entry.name for entry in report.good}
    people = accounts.invite_each(names, Role.TRAINEE, by=by)
    enrol_each(edition, people, on=on, by=by)
    return report


def leave(enrolment: Enrolment, *, on: date, reason: str, by: Actor) -> None:
    """A trainee leaves: from that day she is no longer expected; what is past stays."""
    if enrolment.left_on is not None:
        raise Refused(lazy("She has left already."))
    if on < enrolment.entered_on:
        raise Invalid(on=lazy("She leaves after she came in."))
    enrolment.key_id = enrolment.person.key_id
    sealed = keys.sealed(enrolment, "left_reason", reason, by=by)
    enrolment.left_on, enrolment.left_reason = on, sealed
    audit.record("trainee left", enrolment, by=by)
