"""Papers: the page of a session as it is printed, with the number of its stamped page.

Where stamped paper is the original, alone or beside the electronic register, a page is printed
before it is opened. Its number is typed, or the next of the stamped book; no number serves twice.
The number of the electronic page stays its own. A page can be printed ahead for any session, so
that there is one in the room when the network fails.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from courses import editions, stamps, terms
from courses.calendar import Session, SessionState
from courses.editions import Edition
from lms import audit, clock, counters, db
from lms.errors import Invalid, Refused, WrongState
from lms.i18n import lazy
from lms.permissions import Actor

PRINTED = "printed pages"
"""The series that counts the printed pages of an edition."""
HIGHEST = 99_999
LARGEST_BOOK = 1_000
MOST_AHEAD = 40
"""Pages that are printed at once."""
PRINTABLE = (SessionState.SCHEDULED, SessionState.OPEN)


class StampedBook(db.Model):
    """The stamped pages that an edition may use: from one number to another."""

    __tablename__ = "courses_stamped_books"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        CheckConstraint("first_number > 0", name="numbers_from_one"),
        CheckConstraint("last_number >= first_number", name="last_after_first"),
        Index("ix_courses_stamped_books_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[db.Short]
    first_number: Mapped[int] = mapped_column()
    last_number: Mapped[int] = mapped_column()
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])

    @property
    def numbers(self) -> range:
        return range(self.first_number, self.last_number + 1)


class Paper(db.Model):
    """The printed page of a session. A spoiled one is followed by another, never taken back."""

    __tablename__ = "courses_papers"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        UniqueConstraint("edition_id", "number"),
        UniqueConstraint("session_id", "serial"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("serial = 1 OR why <> ''", name="another_says_why"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    """Of the stamped page."""
    serial: Mapped[int] = mapped_column()
    """From 1, for one session: the last one counts."""
    why: Mapped[str] = mapped_column(Text, default="")
    """Why the printed page before it is not used."""
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


db.append_only(Paper.__table__)
_Any = aliased(Paper)


# Scopes


def books_where_coordinated(me: Actor) -> ColumnElement[bool]:
    """The stamped books of the editions that the person coordinates."""
    return StampedBook.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


# Queries


def books(edition_id: UUID) -> Sequence[StampedBook]:
    """The stamped books of an edition, in the order of their numbers."""
    query = (
        select(StampedBook)
        .where(StampedBook.edition_id == edition_id)
        .order_by(StampedBook.first_number)
    )
    return db.session.scalars(query).all()


def of_edition(edition_id: UUID) -> dict[UUID, list[Paper]]:
    """The printed pages of an edition by session, as they were printed."""
    query = select(Paper).where(Paper.edition_id == edition_id).order_by(Paper.serial)
    found: dict[UUID, list[Paper]] = {}
    for paper in db.session.scalars(query):
        found.setdefault(paper.session_id, []).append(paper)
    return found


def is_last() -> ColumnElement[bool]:
    """Only the printed page of each session that counts."""
    later = select(_Any.id).where(_Any.session_id == Paper.session_id, _Any.serial > Paper.serial)
    return ~later.exists()


def latest(session_id: UUID) -> Paper | None:
    """The printed page of a session that counts."""
    query = select(Paper).where(Paper.session_id == session_id).order_by(Paper.serial.desc())
    return db.session.scalar(query.limit(1))


def used(edition_id: UUID) -> set[int]:
    """The numbers that an edition has used."""
    return set(db.session.scalars(select(Paper.number).where(Paper.edition_id == edition_id)))


def next_number(edition: Edition) -> int | None:
    """The first number that is free in the books of an edition; None when they are used up.

    An edition without books counts on, unless stamped paper is its original.
    """
    taken, found = used(edition.id), books(edition.id)
    free = (n for book in found for n in book.numbers if n not in taken)
    if found or terms.is_paper(edition.original):
        return next(free, None)
    return max(taken, default=0) + 1


def check_printed(session: Session, *, whatever: bool = False) -> None:
    """Refuse to open a page that needs its printed one first; `whatever` the original is."""
    needs = whatever or terms.is_paper(session.edition.original)
    if needs and latest(session.id) is None:
        raise Refused(lazy("This session has no printed page with its number yet: print it first."))


# Operations


def add_book(edition: Edition, *, name: str, first: int, last: int, by: Actor) -> StampedBook:
    """Say which stamped pages an edition may use. Raises Invalid."""
    edition = db.locked(edition)
    if not first <= last < first + LARGEST_BOOK:
        most = LARGEST_BOOK
        raise Invalid(last=lazy("It ends after it begins, at most %(most)d pages on.", most=most))
    for book in books(edition.id):
        if first <= book.last_number and book.first_number <= last:
            raise Invalid(first=lazy("%(name)s has some of these numbers.", name=book.name))
    row = StampedBook(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        name=name,
        first_number=first,
        last_number=last,
    )
    db.session.add(row)
    audit.record("stamped book added", row, by=by, detail={"first": first, "last": last})
    return row


def remove_book(book: StampedBook, *, by: Actor) -> None:
    """Take back a book that was written down wrongly. Refused once one of its pages is used."""
    counters.take(PRINTED, book.edition_id, book.programme_id)
    if not used(book.edition_id).isdisjoint(book.numbers):
        raise Refused(lazy("A page of this book is used already: it stays."))
    detail = {"first": book.first_number, "last": book.last_number}
    audit.record("stamped book removed", book, by=by, detail=detail)
    db.session.delete(book)


def print_page(session: Session, *, number: int | None = None, why: str = "", by: Actor) -> Paper:
    """Give the printed page of a session its number: this one, or the next that is free.

    Printing another says why the one before is not used. Raises Invalid, Refused, WrongState.
    """
    session = db.locked(session)
    if session.state not in PRINTABLE:
        raise WrongState(lazy("The page is signed or barred: it is no longer printed anew."))
    before = latest(session.id)
    if before and not why.strip():
        raise Invalid(why=lazy("Write why page %(number)d is not used.", number=before.number))
    counters.take(PRINTED, session.edition_id, session.programme_id)
    row = Paper(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        number=_free(session.edition, number),
        serial=before.serial + 1 if before else 1,
        why=why.strip() if before else "",
        at=clock.now(),
        by_id=by.id,
    )
    stamps.chained("page printed", row, by=by)
    return row


def print_ahead(edition: Edition, count: int, *, by: Actor) -> list[Paper]:
    """Give a number to the next pages that have none, as their sessions come. Raises Refused."""
    printed = select(Paper.id).where(Paper.session_id == Session.id).exists()
    query = (
        select(Session)
        .where(
            Session.edition_id == edition.id,
            Session.state == SessionState.SCHEDULED,
            Session.ends_at > clock.now(),
            ~printed,
        )
        .order_by(Session.starts_at)
        .limit(count)
    )
    rows = list(db.session.scalars(query))
    if not rows:
        raise Refused(lazy("Every page to come is printed already."))
    made = []
    for session in sorted(rows, key=lambda s: s.starts_at):
        made.append(print_page(session, by=by))
        db.session.flush()  # the next number is the one after
    return made


def _free(edition: Edition, number: int | None) -> int:
    """The number that was typed, if it may be used, or the next. Raises Invalid or Refused."""
    if number is None:
        found = next_number(edition)
        if found is None:
            raise Refused(lazy("No stamped page is left: add a stamped book, or write the number."))
        return found
    if number in used(edition.id):
        raise Invalid(number=lazy("Page %(number)d is used already.", number=number))
    stamped = books(edition.id)
    if stamped and not any(number in book.numbers for book in stamped):
        raise Invalid(
            number=lazy("Page %(number)d is in no stamped book of the edition.", number=number)
        )
    return number
