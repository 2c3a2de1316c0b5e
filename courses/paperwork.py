"""Paperwork: what the paper of each page asks of whom, and how it stands on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from courses import calendar, papers, scans, sheets, terms
from courses.calendar import Session, SessionState
from courses.curriculum import Unit
from courses.editions import Edition, Original
from courses.papers import Paper
from courses.scans import COMPARABLE, Scan
from courses.sheets import Kept
from courses.transcripts import Transcript, TranscriptState
from lms import clock, db, i18n
from lms.i18n import lazy, nlazy
from lms.manifest import Todo
from lms.permissions import Actor, Role

PRINT_BEFORE = timedelta(days=3)
SHOWN = 30
_ON_PAPER = (Original.STAMPED, Original.BOTH)


_UNIT = joinedload(Session.unit).load_only(Unit.code, Unit.title_it, Unit.title_en, Unit.module_id)


@dataclass(frozen=True)
class Paperwork:
    """What there is on paper of one page."""

    session: Session
    paper: Paper | None
    scan: Scan | None
    transcript: Transcript | None

    @property
    def is_original(self) -> bool:
        """Whether the paper is the original of the page, or will be."""
        return terms.is_paper(self.session.original or self.session.edition.original)

    @property
    def must_print(self) -> bool:
        scheduled = self.session.state == SessionState.SCHEDULED
        return scheduled and self.is_original and self.paper is None

    @property
    def must_agree(self) -> bool:
        """Whether it is certified only once its scan says what the ledger says."""
        return self.session.state in COMPARABLE and self.is_original


# Queries


def of_page(session: Session) -> Paperwork:
    """What there is on paper of a page: one statement, with its edition, unit and trainer."""
    query = (
        select(Session, Paper, Scan, Transcript)
        .select_from(Session)
        .outerjoin(Paper, and_(Paper.session_id == Session.id, papers.is_last()))
        .outerjoin(Scan, and_(Scan.session_id == Session.id, scans.is_last()))
        .outerjoin(Transcript, Transcript.session_id == Session.id)
        .options(
            joinedload(Session.edition),
            joinedload(Session.trainer),
            joinedload(Session.unit).load_only(
                Unit.code, Unit.title_it, Unit.title_en, Unit.module_id
            ),
            joinedload(Transcript.typed_by),
        )
        .where(Session.id == session.id)
    )
    return Paperwork(*db.session.execute(query).one())


# What awaits whom


def todos(me: Actor) -> list[Todo]:
    """For trainers and coordinators: pages to print, times to confirm, scans to compare."""
    mine = []
    if Role.TRAINER in me.roles:
        mine.append(calendar.held(me))
    if Role.COORDINATOR in me.roles:
        mine.append(calendar.of_coordinated(me))
    if not mine:
        return []
    rows = db.session.execute(_asking(me, or_(*mine))).all()
    compared = [s for s, _ in rows if s.state in COMPARABLE]
    lacking = scans.lacking(compared)
    return [
        _todo(session, transcript)
        for session, transcript in rows
        if session not in compared or session.id in lacking
    ]


def _asking(me: Actor, mine: ColumnElement[bool]) -> Any:
    """The pages whose paper asks something of this person."""
    now = clock.now()
    printed = select(Paper.id).where(Paper.session_id == Session.id).exists()
    to_print = and_(
        Session.state == SessionState.SCHEDULED,
        Session.ends_at > now,
        Session.starts_at < now + PRINT_BEFORE,
        Edition.original.in_(_ON_PAPER),
        ~printed,
    )
    to_confirm = and_(
        Session.state == SessionState.OPEN,
        Transcript.state == TranscriptState.WAITING,
        Transcript.typed_by_id != me.id,
    )
    to_mend = and_(
        Session.state == SessionState.OPEN,
        Transcript.state == TranscriptState.DRAFT,
        Transcript.reason.is_not(None),
        Transcript.typed_by_id == me.id,
    )
    to_compare = and_(
        Session.state.in_(COMPARABLE),
        Session.original.in_(_ON_PAPER),
        Session.signed_by_id != me.id,
        Session.trainer_id != me.id,
    )
    return (
        select(Session, Transcript)
        .join(Edition, Edition.id == Session.edition_id)
        .outerjoin(Transcript, Transcript.session_id == Session.id)
        .options(
            joinedload(Session.edition),
            joinedload(Session.unit).load_only(
                Unit.code, Unit.title_it, Unit.title_en, Unit.module_id
            ),
        )
        .where(
            Session.programme_id == me.programme_id,
            mine,
            or_(to_print, to_confirm, to_mend, to_compare),
        )
        .order_by(Session.starts_at, Session.id)
        .limit(SHOWN)
    )


def _todo(session: Session, transcript: Transcript | None) -> Todo:
    endpoint = "register.show"
    title: Any
    if session.state == SessionState.SCHEDULED:
        title = lazy("Print the page of unit %(unit)s", unit=session.unit.code)
    elif session.state in COMPARABLE:
        title = lazy("Hold the scan of page %(page)s against the ledger", page=session.page)
        endpoint = "scans.compare"
    elif transcript is not None and transcript.state == TranscriptState.WAITING:
        title = lazy("Confirm the times that were typed for page %(page)s", page=session.page)
        endpoint = "transcripts.show"
    else:
        title = lazy("Put right the times that you typed for page %(page)s", page=session.page)
        endpoint = "transcripts.show"
    return Todo(
        on=clock.local(session.starts_at).date(),
        title=title,
        endpoint=endpoint,
        values={"session": session.id},
        small=lazy(
            "%(edition)s, %(when)s",
            edition=session.edition.name,
            when=i18n.moment(session.starts_at),
        ),
    )


def to_fill(me: Actor) -> list[Todo]:
    """For a trainee: each sheet that awaits her."""
    if Role.TRAINEE not in me.roles:
        return []
    found: Sequence[Kept] = sheets.lines(
        Session.programme_id == me.programme_id,
        sheets.own_lines(me),
        Session.state == SessionState.OPEN,
    )
    return [
        Todo(
            on=clock.local(one.session.starts_at).date(),
            title=lazy("Fill the sheet of unit %(unit)s", unit=one.session.unit.code),
            endpoint="sheets.fill",
            values={"place": one.line.id},
            small=one.session.edition.name,
        )
        for one in found
        if one.is_hers_to_fill
    ]


def to_answer(within: ColumnElement[bool]) -> list[Todo]:
    """For who answers: how many sheets wait."""
    found = sheets.waiting(within)
    if not found:
        return []
    return [
        Todo(
            on=clock.local(found[0].session.starts_at).date(),
            title=nlazy("Answer one sheet", "Answer %(num)d sheets", len(found)),
            endpoint="sheets.waiting",
            small=lazy("Project work and field visits"),
        )
    ]
