"""Anomalies of a signed page: what its own facts do not settle, and how each was decided.

They are found again each time, from stamps, traces, signature and calendar. Whoever countersigns
says of each that it was solved, or that it is accepted as it stands, with a note; what was said
only grows, and is part of the edition's chain. A page is not countersigned before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid, select
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from courses import attendance, presence, proposals, stamps, traces
from courses.calendar import OUT, Session, SessionState
from courses.enrolments import Enrolment
from courses.presence import Mark, Presence, Span, StampKind
from courses.stamps import Act, ActKind, Expected, Stamp, StampSource
from courses.traces import Difference
from lms import clock, db, i18n
from lms.accounts import Person
from lms.errors import Invalid, Refused, WrongState
from lms.flow import Word, say, word
from lms.i18n import Lazy, lazy, nlazy
from lms.permissions import Actor

LATE_SIGNATURE = timedelta(hours=24)


class AnomalyKind(StrEnum):
    """What is pointed out on a signed page."""

    HEADS = "heads"
    MISSING_EXIT = "missing_exit"
    ATTESTED_EXIT = "attested_exit"
    SAME_DEVICE = "same_device"
    TRACE = "trace"
    SIGNED_LATE = "signed_late"
    OTHER_TRAINER = "other_trainer"
    OVERLAP = "overlap"
    LONG_DAY = "long_day"


class Verdict(StrEnum):
    """How an anomaly was decided."""

    SOLVED = "solved"
    ACCEPTED = "accepted"


say(
    {
        AnomalyKind.HEADS: Word(lazy("heads and stamps differ"), "turn", "people"),
        AnomalyKind.MISSING_EXIT: Word(lazy("exit missing"), "turn", "ask"),
        AnomalyKind.ATTESTED_EXIT: Word(lazy("exit attested"), "turn", "pen"),
        AnomalyKind.SAME_DEVICE: Word(lazy("one device, two people"), "turn", "qr"),
        AnomalyKind.TRACE: Word(lazy("trace and stamps differ"), "turn", "eye"),
        AnomalyKind.SIGNED_LATE: Word(lazy("signed late"), "turn", "late"),
        AnomalyKind.OTHER_TRAINER: Word(lazy("another trainer"), "turn", "people"),
        AnomalyKind.OVERLAP: Word(lazy("in two places at once"), "turn", "copy"),
        AnomalyKind.LONG_DAY: Word(lazy("more than eight hours"), "turn", "late"),
        Verdict.SOLVED: Word(lazy("solved"), "good", "ok"),
        Verdict.ACCEPTED: Word(lazy("accepted as it is"), "good", "ok"),
    }
)


class Decision(db.Model):
    """What was said of one anomaly of a page. Of several on the same one the last counts."""

    __tablename__ = "courses_anomaly_decisions"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_sessions", "session_id"),
        UniqueConstraint("session_id", "kind", "about", "number"),
        Index("ix_courses_anomaly_decisions_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[AnomalyKind] = mapped_column(db.choice(AnomalyKind, "kind_known"))
    about: Mapped[str] = mapped_column(String(120), default="")
    """The enrolments, or the other page, that it is about; empty for the page as a whole."""
    number: Mapped[int] = mapped_column()
    """From 1, for one anomaly of a page."""
    verdict: Mapped[Verdict] = mapped_column(db.choice(Verdict, "verdict_known"))
    note: Mapped[str] = mapped_column(String(2000))
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


db.append_only(Decision.__table__)


@dataclass(frozen=True)
class Anomaly:
    """One thing to decide about a page; `decision` is what was said of it last."""

    kind: AnomalyKind
    what: Lazy
    about: str = ""
    people: tuple[UUID, ...] = ()
    """The enrolments that it is about."""
    decision: Decision | None = None

    @property
    def key(self) -> str:
        return f"{self.kind.value} {self.about}".strip()

    @property
    def is_open(self) -> bool:
        return self.decision is None


@dataclass(frozen=True)
class Elsewhere:
    """Somebody on another page of the same day."""

    page: Session
    mark: Mark


NOBODY = Mark(Presence.ABSENT, (), 0)


# Rules


def of_signature(session: Session, signed: Act) -> list[Anomaly]:
    """What the signature itself leaves open: heads, its hour, who signed."""
    found = []
    if signed.head_count != signed.inside:
        what = lazy(
            "Counted %(counted)s, stamped %(inside)s",
            counted=signed.head_count,
            inside=signed.inside,
        )
        found.append(Anomaly(AnomalyKind.HEADS, what))
    if signed.at > session.ends_at + LATE_SIGNATURE:
        what = lazy("Signed on %(when)s, more than a day later", when=i18n.moment(signed.at))
        found.append(Anomaly(AnomalyKind.SIGNED_LATE, what))
    if signed.by_id != session.trainer_id:
        what = lazy("Whoever signed is not the trainer of the calendar")
        found.append(Anomaly(AnomalyKind.OTHER_TRAINER, what))
    return found


def of_stamps(stamped: Mapping[UUID, Sequence[Stamp]]) -> list[Anomaly]:
    """Exits that nobody stamped: missing, or attested by the trainer."""
    found = []
    for who, made in stamped.items():
        went = next((s for s in made if s.kind == StampKind.OUT), None)
        if went is None:
            what = lazy("Came in and did not sign out")
            found.append(Anomaly(AnomalyKind.MISSING_EXIT, what, str(who), (who,)))
        elif went.source == StampSource.ATTESTED:
            what = lazy("The trainer attested %(time)s", time=i18n.clock_time(went.at))
            found.append(Anomaly(AnomalyKind.ATTESTED_EXIT, what, str(who), (who,)))
    return found


def of_devices(pairs: Iterable[tuple[Stamp, Stamp]]) -> list[Anomaly]:
    """Two people who signed from one device within seconds, once for each two."""
    found: dict[str, Anomaly] = {}
    for one, other in pairs:
        first, second = sorted((one.enrolment_id, other.enrolment_id), key=str)
        what = lazy("Signed from one device at %(time)s", time=i18n.clock_seconds(other.noted_at))
        about = f"{first} {second}"
        found.setdefault(about, Anomaly(AnomalyKind.SAME_DEVICE, what, about, (first, second)))
    return list(found.values())


def of_traces(found: Iterable[Difference]) -> list[Anomaly]:
    """Those whose trace says something else than what they signed."""
    return [
        Anomaly(
            AnomalyKind.TRACE,
            nlazy(
                "Trace and stamps differ by one minute",
                "Trace and stamps differ by %(num)d minutes",
                one.apart // presence.MINUTE,
            ),
            str(one.enrolment_id),
            (one.enrolment_id,),
        )
        for one in found
    ]


def of_day(here: Mapping[UUID, Mark], there: Mapping[UUID, Sequence[Elsewhere]]) -> list[Anomaly]:
    """Those who were on two pages at once, or for more than eight hours in the day."""
    found = []
    for who, elsewhere in there.items():
        mark = here.get(who, NOBODY)
        for other in elsewhere:
            if any(_meet(one, two) for one in mark.spans for two in other.mark.spans):
                what = lazy(
                    "Also on page %(page)s of %(edition)s at the same time",
                    page=other.page.page,
                    edition=other.page.edition.code,
                )
                about = f"{who} {other.page.id}"
                found.append(Anomaly(AnomalyKind.OVERLAP, what, about, (who,)))
        total = mark.minutes + sum(other.mark.minutes for other in elsewhere)
        if mark.minutes and total > proposals.MOST_A_DAY:
            what = lazy("%(hours)s on this day", hours=i18n.hours(total))
            found.append(Anomaly(AnomalyKind.LONG_DAY, what, str(who), (who,)))
    return found


def _meet(one: Span, other: Span) -> bool:
    ends = one.end, other.end
    return None not in ends and one.start < other.end and other.start < one.end  # type: ignore[operator]  # both have an end


# Queries


def of_page(
    session: Session,
    *,
    acts: Sequence[Act] | None = None,
    stamped: Mapping[UUID, Sequence[Stamp]] | None = None,
    marks: Mapping[UUID, Mark] | None = None,
    connected: Mapping[UUID, Sequence[Span]] | None = None,
) -> list[Anomaly]:
    """What is to be decided, or was, about a signed page; nothing while it is not signed.

    Acts, stamps, marks and trace of the page are given by who has them.
    """
    done = stamps.acts(session.id) if acts is None else acts
    signed = next((a for a in done if a.kind == ActKind.SIGNED), None)
    if signed is None:
        return []
    made = stamps.of_page(session.id) if stamped is None else stamped
    found = [
        *of_signature(session, signed),
        *of_stamps(made),
        *of_devices(stamps.close(s for each in made.values() for s in each)),
        *of_traces(traces.differences(session, connected, made)),
        *of_day(_marks(session, made) if marks is None else marks, _there(session)),
    ]
    said = {f"{d.kind.value} {d.about}".strip(): d for d in decisions(session.id)}
    return [
        replace(a, decision=said.get(a.key))
        for a in sorted(found, key=lambda a: list(AnomalyKind).index(a.kind))
    ]


def decisions(session_id: UUID) -> list[Decision]:
    """Everything that was said of the anomalies of a page, in order, and by whom."""
    query = (
        select(Decision).options(joinedload(Decision.by)).where(Decision.session_id == session_id)
    )
    return list(db.session.scalars(query.order_by(Decision.at, Decision.number)))


def none_undecided(session: Session) -> None:
    """Refuse to go on while an anomaly of the page is not decided, naming them."""
    left = [a for a in of_page(session) if a.is_open]
    if left:
        raise Refused(
            nlazy(
                "One thing is still to be decided on this page: %(what)s.",
                "%(num)d things are still to be decided on this page: %(what)s.",
                len(left),
                what="; ".join(dict.fromkeys(str(word(a.kind).label) for a in left)),
            )
        )


def _marks(session: Session, stamped: Mapping[UUID, Sequence[Stamp]]) -> dict[UUID, Mark]:
    """How those read of whom the page has something."""
    counts = attendance.counted(session, stamped)
    return attendance.read(session, counts, counts)


def _there(session: Session) -> dict[UUID, list[Elsewhere]]:
    """Where else those of this page were on the same day, in any edition of the programme."""
    day = clock.local(session.starts_at).date()
    begins, ends = clock.utc(day, time.min), clock.utc(day + timedelta(days=1), time.min)
    mine, also, other = aliased(Expected), aliased(Expected), aliased(Enrolment)
    query = (
        select(mine.enrolment_id, also.enrolment_id, Session)
        .select_from(mine)
        .join(Enrolment, Enrolment.id == mine.enrolment_id)
        .join(other, other.person_id == Enrolment.person_id)
        .join(also, also.enrolment_id == other.id)
        .join(Session, Session.id == also.session_id)
        .where(
            mine.session_id == session.id,
            Session.id != session.id,
            Session.programme_id == session.programme_id,
            Session.starts_at >= begins,
            Session.starts_at < ends,
            Session.state.not_in(OUT),
        )
    )
    rows = db.session.execute(query).all()
    read = {page.id: _marks(page, stamps.of_page(page.id)) for page in {p for *_, p in rows}}
    found: dict[UUID, list[Elsewhere]] = {}
    for who, there, page in rows:
        found.setdefault(who, []).append(Elsewhere(page, read[page.id].get(there, NOBODY)))
    return found


# Operations


def decide(session: Session, key: str, *, verdict: Verdict, note: str, by: Actor) -> Decision:
    """Say of one anomaly that it is solved, or accepted as it stands, and why."""
    session = db.locked(session)
    if by.id in (session.signed_by_id, session.trainer_id):
        raise Refused(lazy("You signed this page: somebody else looks at it."))
    stamps.not_of_the_class([session], by)
    if session.state != SessionState.SIGNED:
        raise WrongState(
            lazy("Anomalies are decided on a signed page, before it is countersigned.")
        )
    chosen = next((a for a in of_page(session) if a.key == key), None)
    if chosen is None:
        raise Invalid(anomaly=lazy("Choose one from the list."))
    if not note.strip():
        raise Invalid(note=lazy("Write why: whoever checks the register reads it."))
    row = Decision(
        programme_id=session.programme_id,
        edition_id=session.edition_id,
        session_id=session.id,
        kind=chosen.kind,
        about=chosen.about,
        number=chosen.decision.number + 1 if chosen.decision else 1,
        verdict=verdict,
        note=note.strip(),
        at=clock.now(),
        by_id=by.id,
    )
    stamps.chained("anomaly decided", row, by=by)
    return row
