"""Contests: a trainee says that a line of her hours is wrong, and is answered.

She writes within some days of the posting; her words lie sealed with her key. The coordinator
rejects it with an answer, or accepts it: that asks for a correction in the coordinator's name,
which another person then approves or refuses.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import corrections, editions, enrolments, stamps
from courses.calendar import Session
from courses.corrections import Correction, Reason, Times
from courses.editions import Edition, EditionState
from courses.enrolments import Enrolment
from courses.ledger import Line
from lms import clock, db, i18n, keys, mail
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.manifest import Todo
from lms.permissions import Actor, Role

ANSWER_SHOWN = timedelta(days=7)
"""For so long an answer stands among what a trainee has to look at."""


class ContestState(StrEnum):
    OPEN = "open"
    REJECTED = "rejected"
    ACCEPTED = "accepted"


say(
    {
        ContestState.OPEN: Word(lazy("waits for the coordinator"), "turn", "wait"),
        ContestState.REJECTED: Word(lazy("answered: the line stays"), "bad", "none"),
        ContestState.ACCEPTED: Word(lazy("accepted: a correction is asked"), "good", "ok"),
    }
)

CONTEST_FLOW = Flow(
    reject=({ContestState.OPEN}, ContestState.REJECTED),
    accept=({ContestState.OPEN}, ContestState.ACCEPTED),
)


class Contest(db.Model):
    """What a trainee says of one line of her hours."""

    __tablename__ = "courses_contests"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        db.within("courses_lines", "line_id"),
        db.within("courses_corrections", "correction_id"),
        UniqueConstraint("line_id"),
        CheckConstraint(
            "(state = 'open') = (answered_by_id IS NULL) "
            "AND (answered_by_id IS NULL) = (answered_at IS NULL)",
            name="answered_by_somebody",
        ),
        CheckConstraint("state <> 'rejected' OR answer IS NOT NULL", name="rejected_says_why"),
        CheckConstraint(
            "(state = 'accepted') = (correction_id IS NOT NULL)", name="accepted_asks_correction"
        ),
        Index("ix_courses_contests_edition", "edition_id", "state"),
        Index("ix_courses_contests_enrolment", "enrolment_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    line_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    said: Mapped[db.Sealed]
    state: Mapped[ContestState] = mapped_column(db.choice(ContestState), default=ContestState.OPEN)
    asked_at: Mapped[db.Moment]
    answered_at: Mapped[db.Moment | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    answer: Mapped[db.Sealed | None]
    correction_id: Mapped[UUID | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column()
    session: Mapped[Session] = relationship(foreign_keys=[session_id])
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    line: Mapped[Line] = relationship(foreign_keys=[line_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
    correction: Mapped[Correction | None] = relationship(foreign_keys=[correction_id])
    __mapper_args__ = {"version_id_col": version}


# Scopes


def of_coordinated(me: Actor) -> ColumnElement[bool]:
    """The contests in the editions that the person coordinates."""
    return Contest.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


def own_lines(me: Actor) -> ColumnElement[bool]:
    """The lines of the person's own hours."""
    return Line.enrolment_id.in_(select(Enrolment.id).where(enrolments.own(me)))


# Queries


def of_enrolment(enrolment_id: UUID) -> dict[UUID, Contest]:
    """What a trainee has contested, by line, with the correction that came of it."""
    query = (
        select(Contest)
        .options(joinedload(Contest.correction))
        .where(Contest.enrolment_id == enrolment_id)
    )
    return {row.line_id: row for row in db.session.scalars(query)}


def of_line(line: Line) -> Contest | None:
    """What was said against a line, if anything."""
    return db.session.scalar(select(Contest).where(Contest.line_id == line.id))


def of_edition(edition_id: UUID) -> Sequence[Contest]:
    """The contests of an edition: those that wait first, then the newest."""
    query = (
        _whole()
        .where(Contest.edition_id == edition_id)
        .order_by(Contest.state != ContestState.OPEN, Contest.asked_at.desc(), Contest.id)
    )
    return db.session.scalars(query).all()


def opened(contest: Contest, *, by: Actor) -> SimpleNamespace:
    """A contest with its sealed words: `.said`, `.answer`."""
    return keys.open_row(contest, by=by)


def edition_of(line: Line) -> Edition:
    """The edition whose rules a line stands under."""
    return db.session.get_one(Edition, line.edition_id)


def until(line: Line, edition: Edition) -> datetime:
    """Up to when a line can be contested."""
    return line.at + timedelta(days=edition.contest_days)


def open_to(lines: Sequence[Line], edition: Edition) -> set[UUID]:
    """Of all the lines of an enrolment, those that can be contested now."""
    reversed_ids = {row.reverses_id for row in lines}
    return {row.id for row in lines if _why_not(row, edition, row.id in reversed_ids) is None}


def why_not(line: Line, edition: Edition) -> i18n.Lazy | None:
    """Why a line cannot be contested now, or None when it can."""
    query = select(Line.id).where(Line.reverses_id == line.id)
    return _why_not(line, edition, db.session.scalar(query.limit(1)) is not None)


def _why_not(line: Line, edition: Edition, is_reversed: bool) -> i18n.Lazy | None:
    if line.reverses_id is not None or line.session_id is None or is_reversed:
        return lazy("This line was corrected: contest the one that stands instead of it.")
    if edition.state != EditionState.RUNNING:
        return lazy("This edition is closed: write to the programme manager.")
    if clock.now() > until(line, edition):
        last = i18n.moment(until(line, edition))
        return lazy("It could be contested until %(when)s.", when=last)
    return None


def todos(me: Actor) -> list[Todo]:
    """For a coordinator what waits for her answer; for a trainee what was answered to her."""
    found = []
    if Role.COORDINATOR in me.roles:
        found += [_to_answer(row) for row in _rows(me, of_coordinated(me), ContestState.OPEN)]
    if Role.TRAINEE in me.roles:
        mine = Contest.enrolment_id.in_(select(Enrolment.id).where(enrolments.own(me)))
        since = Contest.answered_at > clock.now() - ANSWER_SHOWN
        found += [
            _answered(row)
            for row in _rows(me, mine & since, ContestState.REJECTED, ContestState.ACCEPTED)
        ]
    return found


def _rows(me: Actor, among: ColumnElement[bool], *states: ContestState) -> Sequence[Contest]:
    query = _whole().where(Contest.programme_id == me.programme_id, Contest.state.in_(states))
    return db.session.scalars(query.where(among).order_by(Contest.asked_at)).all()


def _to_answer(row: Contest) -> Todo:
    return Todo(
        on=clock.local(row.asked_at).date(),
        title=lazy("%(name)s contests a line of her hours", name=row.enrolment.person.name),
        endpoint="contests.show",
        values={"contest": row.id},
        small=lazy(
            "%(edition)s, page %(page)s", edition=row.session.edition.name, page=row.session.page
        ),
    )


def _answered(row: Contest) -> Todo:
    return Todo(
        on=clock.local(row.answered_at or row.asked_at).date(),
        title=lazy("What you contested of page %(page)s was answered", page=row.session.page),
        endpoint="contests.line",
        values={"line": row.line_id},
        small=row.session.edition.name,
        turn=False,
    )


def _whole() -> Select[Contest]:
    return select(Contest).options(
        joinedload(Contest.session).joinedload(Session.edition),
        joinedload(Contest.enrolment).joinedload(Enrolment.person),
        joinedload(Contest.correction),
    )


# Operations


def contest(line: Line, *, said: str, by: Actor) -> Contest:
    """Say that a line of one's own hours is wrong. Raises Refused, or Invalid without a word."""
    enrolment = db.session.get_one(Enrolment, line.enrolment_id)
    if enrolment.person_id != by.id:
        raise Refused(lazy("Each contests her own hours."))
    if why := why_not(line, enrolment.edition):
        raise Refused(why)
    if not said.strip():
        raise Invalid(said=lazy("Write what is wrong: the coordinator reads it."))
    if of_line(line):
        raise Refused(lazy("You have contested this line already."))
    row = Contest(
        programme_id=line.programme_id,
        edition_id=line.edition_id,
        session_id=line.session_id,
        enrolment_id=line.enrolment_id,
        line_id=line.id,
        key_id=enrolment.person.key_id,
        asked_at=clock.now(),
    )
    keys.seal(row, by=by, said=said.strip())
    db.session.add(row)
    stamps.told("line contested", row, by=by)
    return row


def reject(contest: Contest, *, answer: str, by: Actor) -> None:
    """Leave the line as it is, and say why."""
    _not_herself(contest, by)
    if not answer.strip():
        raise Invalid(answer=lazy("Write why: she reads it."))
    sealed = keys.sealed(contest, "answer", answer.strip(), by=by)
    CONTEST_FLOW.move(
        contest, "reject", answer=sealed, answered_at=clock.now(), answered_by_id=by.id
    )
    _told(contest, "contest rejected", by)


def accept(
    contest: Contest, times: Times, *, reason: Reason, answer: str = "", by: Actor
) -> Correction:
    """Ask, in one's own name, for the correction that the trainee is right to want."""
    _not_herself(contest, by)
    if contest.state != ContestState.OPEN:
        raise WrongState(lazy("It was decided already."))
    said = keys.open_row(contest, by=by).said or ""
    row = corrections.ask(
        contest.session, contest.enrolment_id, times, reason=reason, said=said, by=by
    )
    sealed = keys.sealed(contest, "answer", answer.strip(), by=by) if answer.strip() else None
    CONTEST_FLOW.move(
        contest,
        "accept",
        answer=sealed,
        correction_id=row.id,
        answered_at=clock.now(),
        answered_by_id=by.id,
    )
    _told(contest, "contest accepted", by)
    return row


def _not_herself(contest: Contest, by: Actor) -> None:
    if contest.enrolment.person_id == by.id:
        raise Refused(lazy("Nobody answers what she contests herself."))


def _told(contest: Contest, what: str, by: Actor) -> None:
    stamps.told(what, contest, by=by)
    mail.send(
        contest.enrolment.person_id,
        "courses/answered",
        link=f"/lines/{contest.line_id}",
        code=str(contest.session.page),
        by=by,
    )
