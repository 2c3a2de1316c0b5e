"""Sheets: project work and field visits, each told by a dated sheet that a trainee fills.

On it she writes from when to when she worked that day, and what she did. The trainer, or the
senior trainer who follows her, confirms it or refuses it with a reason; what is confirmed becomes
stamps on the page of that session. Sheets and answers only grow: a refused one is followed by
another.
"""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    and_,
    func,
    select,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from courses import calendar, stamps
from courses.calendar import Session, SessionKind, SessionState
from courses.curriculum import Unit
from courses.enrolments import Enrolment
from courses.presence import StampKind
from courses.stamps import Expected, StampSource
from lms import clock, db, i18n
from lms.errors import Invalid, Refused, WrongState
from lms.flow import Word, say
from lms.i18n import lazy, nlazy
from lms.permissions import Actor

KINDS = (SessionKind.PROJECT_WORK, SessionKind.FIELD_VISIT)
"""What is recorded by sheets."""
SHOWN = 40


class SheetState(StrEnum):
    """How a sheet stands; derived from its answer, never stored."""

    EMPTY = "empty"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


say(
    {
        SheetState.EMPTY: Word(lazy("to be filled"), "turn", "pen"),
        SheetState.WAITING: Word(lazy("waits for an answer"), "", "wait"),
        SheetState.CONFIRMED: Word(lazy("sheet confirmed"), "good", "ok"),
        SheetState.REFUSED: Word(lazy("sheet refused"), "bad", "undo"),
    }
)


class Sheet(db.Model):
    """What one trainee writes of one day of project work, or of one visit. Never changed."""

    __tablename__ = "courses_sheets"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        UniqueConstraint("session_id", "enrolment_id", "number"),
        CheckConstraint("went > came", name="out_after_in"),
        CheckConstraint("done <> ''", name="says_what_was_done"),
        Index("ix_courses_sheets_edition", "edition_id"),
        Index("ix_courses_sheets_enrolment", "enrolment_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    """From 1, for one trainee and one session: the last one counts."""
    came: Mapped[db.Moment]
    went: Mapped[db.Moment]
    done: Mapped[str] = mapped_column(String(2000))
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    session: Mapped[Session] = relationship(foreign_keys=[session_id])
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])


class SheetAnswer(db.Model):
    """What was said to a sheet: confirmed, or refused with its reason. One for each sheet."""

    __tablename__ = "courses_sheet_answers"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_sheets", "sheet_id"),
        UniqueConstraint("sheet_id"),
        CheckConstraint("is_confirmed = (reason = '')", name="refused_has_reason"),
        Index("ix_courses_sheet_answers_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    sheet_id: Mapped[UUID] = mapped_column(Uuid)
    is_confirmed: Mapped[bool] = mapped_column()
    reason: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


db.append_only(Sheet.__table__)
db.append_only(SheetAnswer.__table__)
_Later = aliased(Sheet)


@dataclass(frozen=True)
class Kept:
    """One session that somebody records by sheets: her last sheet of it, and its answer."""

    line: Expected
    session: Session
    sheet: Sheet | None
    answer: SheetAnswer | None

    @property
    def state(self) -> SheetState:
        return state_of(self.sheet, self.answer)

    @property
    def is_hers_to_fill(self) -> bool:
        """Whether it awaits her: the page is open, the time has come."""
        return (
            self.session.state == SessionState.OPEN
            and self.state in (SheetState.EMPTY, SheetState.REFUSED)
            and clock.now() >= self.session.starts_at
        )


# Scopes


def own_lines(me: Actor) -> ColumnElement[bool]:
    """The lines of pages, recorded by sheets, that expect this person."""
    mine = select(Enrolment.id).where(Enrolment.person_id == me.id)
    told = select(Session.id).where(Session.kind.in_(KINDS))
    return and_(Expected.enrolment_id.in_(mine), Expected.session_id.in_(told))


def of_held(me: Actor) -> ColumnElement[bool]:
    """The sheets of the sessions that this trainer holds; never her own."""
    return and_(Sheet.session_id.in_(select(Session.id).where(calendar.held(me))), not_own(me))


def not_own(me: Actor) -> ColumnElement[bool]:
    """Sheets that somebody else filled."""
    return Sheet.enrolment_id.not_in(select(Enrolment.id).where(Enrolment.person_id == me.id))


def of_people(people: Any) -> ColumnElement[bool]:
    """The sheets of these persons, given as a query of their ids."""
    return Sheet.enrolment_id.in_(select(Enrolment.id).where(Enrolment.person_id.in_(people)))


# Rules


def state_of(sheet: Sheet | None, answer: SheetAnswer | None) -> SheetState:
    if sheet is None:
        return SheetState.EMPTY
    if answer is None:
        return SheetState.WAITING
    return SheetState.CONFIRMED if answer.is_confirmed else SheetState.REFUSED


def is_told_by_sheets(session: Session) -> bool:
    return session.kind in KINDS


# Queries


def _last() -> ColumnElement[bool]:
    """Only the last sheet of each trainee and session."""
    later = select(_Later.id).where(
        _Later.session_id == Sheet.session_id,
        _Later.enrolment_id == Sheet.enrolment_id,
        _Later.number > Sheet.number,
    )
    return ~later.exists()


def lines(*where: Any) -> list[Kept]:
    query = (
        select(Expected, Session, Sheet, SheetAnswer)
        .join(Session, Session.id == Expected.session_id)
        .outerjoin(
            Sheet,
            and_(
                Sheet.session_id == Expected.session_id,
                Sheet.enrolment_id == Expected.enrolment_id,
                _last(),
            ),
        )
        .outerjoin(SheetAnswer, SheetAnswer.sheet_id == Sheet.id)
        .options(
            joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en),
            joinedload(Session.edition),
        )
        .where(Session.kind.in_(KINDS), *where)
        .order_by(Session.starts_at.desc())
        .limit(SHOWN)
    )
    return [Kept(*row) for row in db.session.execute(query)]


def mine(me: Actor) -> list[Kept]:
    """What a person records by sheets, newest first."""
    return lines(Session.programme_id == me.programme_id, own_lines(me))


def kept(line: Expected) -> Kept | None:
    """One of them."""
    return next(iter(lines(Expected.id == line.id)), None)


def waiting(within: ColumnElement[bool], *more: Any) -> list[Sheet]:
    """The last sheets that wait for an answer, oldest first."""
    query = (
        select(Sheet)
        .join(Session, Session.id == Sheet.session_id)
        .outerjoin(SheetAnswer, SheetAnswer.sheet_id == Sheet.id)
        .options(
            joinedload(Sheet.enrolment),
            joinedload(Sheet.session)
            .joinedload(Session.unit)
            .load_only(Unit.code, Unit.title_it, Unit.title_en),
        )
        .where(
            within,
            SheetAnswer.id.is_(None),
            Session.state == SessionState.OPEN,
            _last(),
            *more,
        )
        .order_by(Sheet.at, Sheet.id)
        .limit(SHOWN)
    )
    return list(db.session.scalars(query))


def answer_to(sheet: Sheet) -> SheetAnswer | None:
    return db.session.scalar(select(SheetAnswer).where(SheetAnswer.sheet_id == sheet.id))


def check_settled(session: Session) -> None:
    """Refuse to sign a page while sheets of it wait for an answer."""
    if is_told_by_sheets(session) and (found := waiting(Sheet.session_id == session.id)):
        raise Refused(
            nlazy(
                "One sheet waits for an answer: confirm it or refuse it first.",
                "%(num)d sheets wait for an answer: confirm or refuse them first.",
                len(found),
            )
        )


# Operations


def moments(session: Session, came: time, went: time) -> tuple[datetime, datetime]:
    """Two wall-clock times on the day of a session."""
    day = clock.local(session.starts_at).date()
    return clock.utc(day, came), clock.utc(day, went)


def fill(line: Expected, *, came: time, went: time, done: str, by: Actor) -> Sheet:
    """Hand in the sheet of a day: from when to when, and what was done. Raises Invalid, Refused."""
    session = db.locked(db.session.get_one(Session, line.session_id))
    if line.enrolment.person_id != by.id:
        raise Refused(lazy("Nobody fills the sheet of another."))
    if not is_told_by_sheets(session):
        raise Refused(lazy("This session is recorded by signing in and out."))
    if session.state != SessionState.OPEN:
        raise WrongState(lazy("Its page is not open: ask the trainer."))
    before = kept(line)
    if before and before.state in (SheetState.WAITING, SheetState.CONFIRMED):
        raise WrongState(lazy("You handed in this sheet already."))
    since, until = moments(session, came, went)
    if since >= until:
        raise Invalid(went=lazy("It ends after it begins."))
    if until > clock.now():
        raise Invalid(went=lazy("This time has not come yet: fill the sheet afterwards."))
    if until <= session.starts_at or since >= session.ends_at:
        span = (i18n.clock_time(session.starts_at), i18n.clock_time(session.ends_at))
        raise Invalid(
            came=lazy(
                "What counts lies between %(first)s and %(last)s.", first=span[0], last=span[1]
            )
        )
    number = select(func.count()).where(
        Sheet.session_id == session.id, Sheet.enrolment_id == line.enrolment_id
    )
    row = Sheet(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        enrolment_id=line.enrolment_id,
        number=(db.session.scalar(number) or 0) + 1,
        came=since,
        went=until,
        done=done.strip(),
        at=clock.now(),
        by_id=by.id,
    )
    stamps.chained("sheet filled", row, by=by)
    return row


def confirm(sheet: Sheet, *, by: Actor) -> SheetAnswer:
    """Confirm a sheet: its times become stamps on the page. Raises Refused."""
    session = _answerable(sheet, by)
    made = stamps.of_page(session.id).get(sheet.enrolment_id)
    if made:
        raise Refused(lazy("She has signed in on this page: refuse the sheet."))
    row = _answer(sheet, is_confirmed=True, by=by)
    stamps.chained("sheet confirmed", row, by=by)
    for kind, at in ((StampKind.IN, sheet.came), (StampKind.OUT, sheet.went)):
        stamps.stamp(session, sheet.enrolment_id, kind, StampSource.SHEET, at, by=by)
    return row


def refuse(sheet: Sheet, *, reason: str, by: Actor) -> SheetAnswer:
    """Refuse a sheet with the reason: she may hand in another. Raises Invalid, Refused."""
    if not reason.strip():
        raise Invalid(reason=lazy("Write why, so that she can put it right."))
    _answerable(sheet, by)
    row = _answer(sheet, is_confirmed=False, reason=reason.strip(), by=by)
    stamps.chained("sheet refused", row, by=by)
    return row


def _answerable(sheet: Sheet, by: Actor) -> Session:
    session = db.locked(sheet.session)
    if sheet.enrolment.person_id == by.id:
        raise Refused(lazy("Nobody answers her own sheet."))
    stamps.not_of_the_class([session], by)
    if session.state != SessionState.OPEN:
        raise WrongState(lazy("The page has been signed: it takes no more sheets."))
    if answer_to(sheet):
        raise WrongState(lazy("This sheet has its answer already."))
    return session


def _answer(sheet: Sheet, *, is_confirmed: bool, reason: str = "", by: Actor) -> SheetAnswer:
    return SheetAnswer(
        programme_id=sheet.programme_id,
        edition_id=sheet.edition_id,
        session_id=sheet.session_id,
        sheet_id=sheet.id,
        is_confirmed=is_confirmed,
        reason=reason,
        at=clock.now(),
        by_id=by.id,
    )
