"""Corrections of a signed page: asked by one, approved by another, visible in place.

Who asks says what the times of one trainee should be, and why: a reason that everybody reads, and
words that lie sealed with the trainee's key. Approving writes an amendment of the page, and the
lines that reverse and replace what the ledger had; the old value stays, struck, beside the new.

A page can be corrected from its signature until its edition is closed. After that the programme
manager first opens the edition again.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import attendance, checkin, editions, ledger, makeups, stamps
from courses.calendar import Session, SessionState
from courses.curriculum import Unit
from courses.editions import Edition, EditionState
from courses.enrolments import Enrolment
from courses.presence import Mark
from courses.stamps import Expected
from lms import clock, db, i18n, keys, mail
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.manifest import Todo
from lms.permissions import Actor, Role


class CorrectionState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a page has to be corrected."""

    ERROR = "material_error"
    FORGOTTEN = "forgotten_signature"
    FAULT = "technical_fault"
    DOCUMENT = "supporting_document"


say(
    {
        CorrectionState.ASKED: Word(lazy("waits for another person"), "turn", "wait"),
        CorrectionState.APPROVED: Word(lazy("approved by another person"), "good", "ok"),
        CorrectionState.REFUSED: Word(lazy("refused"), "bad", "none"),
        Reason.ERROR: Word(lazy("material error"), "", "pen"),
        Reason.FORGOTTEN: Word(lazy("signature forgotten"), "", "ask"),
        Reason.FAULT: Word(lazy("technical fault"), "", "warn"),
        Reason.DOCUMENT: Word(lazy("supporting document"), "", "doc"),
    }
)

CORRECTION_FLOW = Flow(
    approve=({CorrectionState.ASKED}, CorrectionState.APPROVED),
    refuse=({CorrectionState.ASKED}, CorrectionState.REFUSED),
)
CORRECTABLE = (SessionState.SIGNED, SessionState.COUNTERSIGNED, SessionState.CERTIFIED)
_WAITS = text("state = 'asked'")
Times = tuple[datetime, datetime] | None
"""From when to when; None: she was not there."""


class Correction(db.Model):
    """What the times of one trainee on one page should be instead of what they are."""

    __tablename__ = "courses_corrections"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        db.within("courses_enrolments", "enrolment_id"),
        CheckConstraint("(came IS NULL) = (went IS NULL)", name="both_or_neither"),
        CheckConstraint("went > came", name="out_after_in"),
        CheckConstraint(
            "(state = 'asked') = (decided_by_id IS NULL) "
            "AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("asked_by_id <> decided_by_id", name="another_decides"),
        CheckConstraint(
            "(state = 'approved') = (minutes IS NOT NULL)", name="approved_has_minutes"
        ),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refused_says_why"),
        Index(
            "uq_courses_corrections_waiting",
            "session_id",
            "enrolment_id",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index("ix_courses_corrections_edition", "edition_id", "state"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[Reason] = mapped_column(db.choice(Reason, "reason_known"))
    key_id: Mapped[db.KeyId]
    said: Mapped[db.Sealed]
    """Why, in words: sealed with the trainee's key."""
    before_came: Mapped[db.Moment | None]
    before_went: Mapped[db.Moment | None]
    before_minutes: Mapped[db.Minutes]
    came: Mapped[db.Moment | None]
    went: Mapped[db.Moment | None]
    minutes: Mapped[int | None] = mapped_column()
    """What the ledger recognises after it; known when it is approved."""
    state: Mapped[CorrectionState] = mapped_column(
        db.choice(CorrectionState), default=CorrectionState.ASKED
    )
    asked_at: Mapped[db.Moment]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[db.Moment | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    answer: Mapped[db.Sealed | None]
    """Why it was refused, sealed as the words that asked for it."""
    version: Mapped[int] = mapped_column()
    session: Mapped[Session] = relationship(foreign_keys=[session_id])
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    __mapper_args__ = {"version_id_col": version}

    @property
    def after(self) -> Times:
        return (self.came, self.went) if self.came and self.went else None

    @property
    def before(self) -> Times:
        came, went = self.before_came, self.before_went
        return (came, went) if came and went else None


# Scopes


def of_coordinated(me: Actor) -> ColumnElement[bool]:
    """The corrections of the editions that the person coordinates."""
    return Correction.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


# Rules


def is_correctable(session: Session) -> bool:
    """Whether a page takes corrections: signed, and its edition not closed."""
    return session.state in CORRECTABLE and session.edition.state == EditionState.RUNNING


def check_times(session: Session, times: Times) -> None:
    """Raises Invalid beside the field for times that nobody can have on this page."""
    if times is None:
        return
    came, went = times
    first = session.starts_at - checkin.ENTRY_BEFORE
    last = session.ends_at + checkin.EXIT_AFTER
    if not first <= came < session.ends_at:
        said = i18n.clock_time(first), i18n.clock_time(session.ends_at)
        raise Invalid(came=lazy("Between %(first)s and %(last)s.", first=said[0], last=said[1]))
    if went <= came:
        raise Invalid(went=lazy("She goes out after she comes in."))
    if went > last:
        raise Invalid(went=lazy("Write a time up to %(time)s.", time=i18n.clock_time(last)))


def times_of(mark: Mark) -> Times:
    """From when to when somebody was there, as the page reads."""
    return (mark.came, mark.went) if mark.came and mark.went else None


# Queries


def of_page(session_id: UUID) -> dict[UUID, list[Correction]]:
    """The corrections of a page by enrolment, oldest first, with who asked and who decided."""
    query = (
        select(Correction)
        .options(joinedload(Correction.asked_by), joinedload(Correction.decided_by))
        .where(Correction.session_id == session_id)
        .order_by(Correction.asked_at, Correction.id)
    )
    found: dict[UUID, list[Correction]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.enrolment_id, []).append(row)
    return found


def of_edition(edition_id: UUID) -> Sequence[Correction]:
    """The corrections of an edition: those that wait first, then the newest."""
    query = (
        _whole()
        .where(Correction.edition_id == edition_id)
        .order_by(
            Correction.state != CorrectionState.ASKED, Correction.asked_at.desc(), Correction.id
        )
    )
    return db.session.scalars(query).all()


def waiting(edition_id: UUID) -> int:
    """How many corrections of an edition are not decided yet."""
    query = select(func.count()).where(
        Correction.edition_id == edition_id, Correction.state == CorrectionState.ASKED
    )
    return db.session.scalar(query) or 0


def opened(correction: Correction, *, by: Actor) -> SimpleNamespace:
    """A correction with its sealed words: `.said`, `.answer`."""
    return keys.open_row(correction, by=by)


def todos(me: Actor) -> list[Todo]:
    """For a coordinator and for a manager: what somebody else has asked to correct."""
    if me.roles.isdisjoint({Role.COORDINATOR, Role.MANAGER}):
        return []
    mine = select(Expected.session_id).join(Enrolment, Enrolment.id == Expected.enrolment_id)
    query = _whole().where(
        Correction.programme_id == me.programme_id,
        Correction.state == CorrectionState.ASKED,
        Correction.asked_by_id != me.id,
        Correction.session_id.not_in(mine.where(Enrolment.person_id == me.id)),
    )
    if Role.MANAGER not in me.roles:
        query = query.where(of_coordinated(me))
    return [
        Todo(
            on=clock.local(row.asked_at).date(),
            title=lazy("A correction of page %(page)s to look at", page=row.session.page),
            endpoint="corrections.show",
            values={"correction": row.id},
            small=lazy(
                "%(edition)s, asked by %(name)s",
                edition=row.session.edition.name,
                name=row.asked_by.name,
            ),
        )
        for row in db.session.scalars(query.order_by(Correction.asked_at))
    ]


def _whole() -> Select[Correction]:
    return select(Correction).options(
        joinedload(Correction.session).joinedload(Session.edition),
        joinedload(Correction.session)
        .joinedload(Session.unit)
        .load_only(Unit.code, Unit.title_it, Unit.title_en),
        joinedload(Correction.enrolment),
        joinedload(Correction.asked_by),
        joinedload(Correction.decided_by),
    )


# Operations


def ask(
    session: Session,
    enrolment_id: UUID,
    times: Times,
    *,
    reason: Reason,
    said: str,
    by: Actor,
) -> Correction:
    """Ask that the times of one trainee on a signed page be others. Raises Refused or Invalid."""
    session = db.locked(session)
    _correctable(session)
    stamps.not_of_the_class([session], by)
    expected = stamps.expected_of(session.id, enrolment_id)
    if expected is None:
        raise Refused(lazy("She is not expected on this page."))
    check_times(session, times)
    if not said.strip():
        raise Invalid(said=lazy("Write why: whoever approves it reads it."))
    mark = attendance.marks(session)[enrolment_id]
    if times == times_of(mark):
        raise Invalid(came=lazy("This is what the page says already."))
    if _waits(session.id, enrolment_id):
        raise Refused(lazy("A correction of hers waits on this page already."))
    came, went = times or (None, None)
    row = Correction(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        enrolment_id=enrolment_id,
        reason=reason,
        key_id=expected.enrolment.person.key_id,
        before_came=mark.came,
        before_went=mark.went,
        before_minutes=mark.minutes,
        came=came,
        went=went,
        asked_at=clock.now(),
        asked_by_id=by.id,
    )
    keys.seal(row, by=by, said=said.strip())
    db.session.add(row)
    stamps.told("correction asked", row, by=by)
    return row


def approve(correction: Correction, *, by: Actor) -> None:
    """Approve what somebody else has asked: from now on page and ledger say it."""
    db.locked(correction.session.edition)
    session, *later = makeups.locked_with(correction.session, correction.enrolment_id)
    correction = db.locked(correction)
    _another(correction, session, by)
    _correctable(session)
    who = correction.enrolment_id
    if times_of(attendance.marks(session)[who]) != correction.before:
        raise Refused(lazy("The page says something else by now: refuse this, and ask again."))
    detail: dict[str, object] = {"correction": str(correction.id), "reason": correction.reason}
    attendance.amend(session, who, correction.after, detail=detail, by=by)
    minutes = attendance.marks(session)[who].minutes
    CORRECTION_FLOW.move(
        correction,
        "approve",
        minutes=minutes,
        decided_at=clock.now(),
        decided_by_id=by.id,
    )
    ledger.correct(session, who, minutes, by=by)
    for page in later:
        due = attendance.marks(page)[who].minutes
        if due != ledger.posted(page.id)[who]:
            ledger.correct(page, who, due, by=by)
    stamps.told("correction approved", correction, by=by)
    mail.send(
        correction.enrolment.person_id,
        "courses/corrected",
        link="/hours/lines",
        code=str(session.page),
        by=by,
    )


def refuse(correction: Correction, *, answer: str, by: Actor) -> None:
    """Refuse what somebody else has asked, and say why: the page stays as it is."""
    session = db.locked(correction.session)
    correction = db.locked(correction)
    _another(correction, session, by)
    if not answer.strip():
        raise Invalid(answer=lazy("Write why: whoever asked reads it."))
    sealed = keys.sealed(correction, "answer", answer.strip(), by=by)
    CORRECTION_FLOW.move(
        correction, "refuse", answer=sealed, decided_at=clock.now(), decided_by_id=by.id
    )
    stamps.told("correction refused", correction, by=by)


def _correctable(session: Session) -> None:
    if session.state not in CORRECTABLE:
        raise WrongState(lazy("Only a signed page is corrected: before that it takes stamps."))
    if session.edition.state != EditionState.RUNNING:
        raise WrongState(
            lazy("This edition is closed: the programme manager opens it again first.")
        )


def _another(correction: Correction, session: Session, by: Actor) -> None:
    """Refuse whoever asked for it, and whoever is herself expected on the page."""
    if correction.state != CorrectionState.ASKED:
        raise WrongState(lazy("It was decided already."))
    if correction.asked_by_id == by.id:
        raise Refused(lazy("You asked for this correction: another person decides on it."))
    stamps.not_of_the_class([session], by)


def _waits(session_id: UUID, enrolment_id: UUID) -> bool:
    query = select(Correction.id).where(
        Correction.session_id == session_id,
        Correction.enrolment_id == enrolment_id,
        Correction.state == CorrectionState.ASKED,
    )
    return db.session.scalar(query) is not None
