"""Certification: what a trainee still lacks, and the decision on her, with the dossier behind it.

She is certified when she has it all, or with an exception that two people have signed; or it is
put off, with a reason and until a day. The certificate and its verification are views of the
frozen dossier. Revoked or replaced, it is never rewritten.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Date, ForeignKey, Uuid, or_, select
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from courses import evidence, forecast, quizzes
from courses.curriculum import Unit
from courses.editions import Edition, EditionState
from courses.enrolments import Enrolment, locked
from courses.evidence import Evidence
from courses.forecast import Forecast
from courses.quizzes import Attempt
from lms import audit, clock, db, documents, frozen, i18n
from lms.accounts import Person
from lms.errors import Refused
from lms.flow import Flow, Word, say
from lms.frozen import Frozen
from lms.i18n import Lazy, lazy, nlazy
from lms.manifest import CertifiedIf, Missing
from lms.permissions import Actor

GATE = "1.10"
"""The unit on privacy: no certificate, and no real case, without it."""


class CertificationState(StrEnum):
    READY = "ready"
    CERTIFIED = "certified"
    WITH_EXCEPTION = "with_exception"
    DEFERRED = "deferred"


DONE = (CertificationState.CERTIFIED, CertificationState.WITH_EXCEPTION)
_OPEN = {CertificationState.READY, CertificationState.DEFERRED}

say(
    {
        CertificationState.READY: Word(lazy("ready"), "turn", "turn"),
        CertificationState.CERTIFIED: Word(lazy("certified"), "good", "ok"),
        CertificationState.WITH_EXCEPTION: Word(lazy("certified with exception"), "good", "ok"),
        CertificationState.DEFERRED: Word(lazy("deferred"), "", "wait"),
    }
)

FLOW = Flow(
    certify=(_OPEN, CertificationState.CERTIFIED),
    certify_with_exception=(_OPEN, CertificationState.WITH_EXCEPTION),
    defer=(_OPEN, CertificationState.DEFERRED),
    reopen=(set(DONE), CertificationState.READY),
)


class Certification(db.Model):
    """What was decided for one enrolment, and the dossier that shows why."""

    __tablename__ = "courses_certifications"
    __table_args__ = (
        db.owned(),
        db.within("courses_enrolments", "enrolment_id"),
        db.within("frozen_documents", "dossier_id"),
        CheckConstraint(
            "state NOT IN ('certified', 'with_exception') OR "
            "(dossier_id IS NOT NULL AND decided_by_id IS NOT NULL AND decided_at IS NOT NULL)",
            name="certified_has_dossier",
        ),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        CheckConstraint(
            "state <> 'deferred' OR (reason IS NOT NULL AND deferred_until IS NOT NULL)",
            name="deferred_has_reason",
        ),
        CheckConstraint("reason IS NULL OR key_id IS NOT NULL", name="reason_has_key"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    enrolment_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    state: Mapped[CertificationState] = mapped_column(
        db.choice(CertificationState), default=CertificationState.READY
    )
    minutes: Mapped[db.Minutes] = mapped_column(default=0)
    """Certified minutes on the day of the decision."""
    dossier_id: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[db.Moment | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    deferred_until: Mapped[date | None] = mapped_column(Date)
    key_id: Mapped[db.KeyId | None]
    """The trainee's own key, once there is a reason to seal."""
    reason: Mapped[db.Sealed | None]
    """Why it was put off; it stays when she is certified after all."""
    version: Mapped[int] = mapped_column()
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    dossier: Mapped[Frozen | None] = relationship(foreign_keys=[dossier_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    __mapper_args__ = {"version_id_col": version}


@dataclass(frozen=True)
class Outcome:
    """What came of one of several who were to be certified: her decision, or why not."""

    enrolment: Enrolment
    row: Certification | None = None
    refusal: str | Lazy = ""


# Rules


def short(lacking: int) -> i18n.Lazy:
    """How much time lacks, as people say it: 1 minute, 59 minutes, 3 h 30′."""
    if lacking < 60:
        return nlazy("%(num)d minute", "%(num)d minutes", lacking)
    return lazy("%(hours)s", hours=i18n.hours(lacking))


def lacking_hours(found: Forecast) -> list[Missing]:
    """The thresholds of hours that certified minutes do not reach yet."""
    missing = []
    if lack := max(found.total.minimum - found.total.sure, 0):
        missing.append(Missing(lazy("certified hours in all"), short(lack)))
    for part in found.modules:
        if lack := max(part.share.minimum - part.share.sure, 0):
            what = lazy("certified hours of module %(n)s", n=part.number)
            missing.append(Missing(what, short(lack)))
    return missing


def is_settled(row: Certification | None) -> bool:
    """Whether nothing is to be decided now: she is certified, or it is put off until later."""
    if row is None or row.state == CertificationState.READY:
        return False
    return row.state in DONE or (row.deferred_until or date.min) > clock.today()


# Scopes


def among(enrolments: Iterable[Enrolment]) -> ColumnElement[bool]:
    return Enrolment.id.in_([e.id for e in enrolments])


# Queries


def people(edition_id: UUID) -> Sequence[Enrolment]:
    """Those who may be certified: everybody who has not left."""
    query = (
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.edition_id == edition_id, Enrolment.left_on.is_(None))
        .order_by(Person.sort_name, Person.id)
        .options(joinedload(Enrolment.person))
    )
    return db.session.scalars(query).all()


def missing(
    enrolments: Sequence[Enrolment],
    also: Iterable[CertifiedIf] = (),
    *,
    hours: Mapping[UUID, Forecast] | None = None,
    passed: Mapping[UUID, set[str]] | None = None,
) -> dict[UUID, list[Missing]]:
    """What each of these still lacks for the certificate; the statements do not grow with them.

    Hours in all, each module's share, unit 1.10; then what other packages ask for. `hours` is
    their forecast, and `passed` the quizzes by person, where they are there already.
    """
    if hours is None:
        hours = forecast.forecasts([e.id for e in enrolments])
    if passed is None:
        passed = quizzes.passed_units(
            [e.person_id for e in enrolments], *{e.programme_id for e in enrolments}
        )
    found = _beside_the_gate(enrolments, also, hours)
    for enrolment in enrolments:
        if lack := gate_missing(passed.get(enrolment.person_id, set())):
            found[enrolment.id].append(lack)
    return found


def gate_missing(passed: set[str]) -> Missing | None:
    """Unit 1.10, for who has not passed it."""
    if GATE in passed:
        return None
    return Missing(lazy("unit %(code)s, on privacy", code=GATE), lazy("the quiz"))


def _beside_the_gate(
    enrolments: Sequence[Enrolment],
    also: Iterable[CertifiedIf],
    hours: Mapping[UUID, Forecast],
) -> dict[UUID, list[Missing]]:
    """What each of these lacks, unit 1.10 aside."""
    found = {e.id: lacking_hours(hours[e.id]) for e in enrolments}
    for condition in also:
        for enrolment_id, more in condition(list(found)).items():
            found[enrolment_id].extend(more)
    return found


def ready(programme_id: UUID, also: Sequence[CertifiedIf] = ()) -> list[tuple[Edition, int]]:
    """The editions with trainees who have what it takes and no decision, and how many they are.

    Who was put off comes back on her day. Only those who have passed unit 1.10 are looked at;
    nobody among them costs one statement.
    """
    passed = (
        select(Attempt.id)
        .join(Unit, Unit.id == Attempt.unit_id)
        .where(
            Attempt.programme_id == programme_id,
            Attempt.person_id == Enrolment.person_id,
            Attempt.passed.is_(True),
            Unit.code == GATE,
        )
    )
    settled = select(Certification.id).where(
        Certification.enrolment_id == Enrolment.id,
        or_(Certification.state.in_(DONE), Certification.deferred_until > clock.today()),
    )
    query = (
        select(Enrolment)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .options(contains_eager(Enrolment.edition))
        .where(
            Enrolment.programme_id == programme_id,
            Enrolment.left_on.is_(None),
            Edition.state.in_((EditionState.RUNNING, EditionState.CLOSED)),
            ~settled.exists(),
            passed.exists(),
        )
    )
    waiting = db.session.scalars(query).all()
    if not waiting:
        return []
    lacks = _beside_the_gate(waiting, also, forecast.forecasts([e.id for e in waiting]))
    counts = Counter(e.edition for e in waiting if not lacks[e.id])
    return sorted(counts.items(), key=lambda found: found[0].code)


def decided(enrolments: Iterable[Enrolment]) -> dict[UUID, Certification]:
    """What has been decided, by enrolment."""
    ids = [e.id for e in enrolments]
    query = select(Certification).where(Certification.enrolment_id.in_(ids))
    return {row.enrolment_id: row for row in db.session.scalars(query)}


def of_enrolment(enrolment_id: UUID) -> Certification | None:
    return db.session.scalar(
        select(Certification).where(Certification.enrolment_id == enrolment_id)
    )


# Operations


def certify(enrolment: Enrolment, *, also: Iterable[CertifiedIf] = (), by: Actor) -> Certification:
    """Certify a trainee who has what it takes, and freeze her dossier.

    Raises Refused with all that is missing; nobody certifies herself, nobody is certified twice.
    """
    outcome = certify_each([enrolment], also=also, by=by)[0]
    if outcome.row is None:
        raise Refused(outcome.refusal)
    return outcome.row


def certify_each(
    enrolments: Sequence[Enrolment], *, also: Iterable[CertifiedIf] = (), by: Actor
) -> list[Outcome]:
    """The same for many: each wholly certified or, with what was said against it, not at all."""
    enrolments = locked(enrolments)
    found = evidence.gathered(enrolments, by=by)
    lacks = missing(
        enrolments,
        also,
        hours={i: one.found for i, one in found.items()},
        passed={one.enrolment.person_id: one.passed for one in found.values()},
    )
    rows, numbers = standing(enrolments), evidence.numbers(found)
    outcomes = []
    for enrolment in enrolments:
        one, row = found[enrolment.id], rows.get(enrolment.id)
        refusal = refused(one, row, by) or lacking(lacks[enrolment.id])
        if refusal:
            outcomes.append(Outcome(enrolment, None, refusal))
            continue
        number = numbers.get(enrolment.id, 0) + 1
        dossier = evidence.freeze(one, evidence.decision(by), number=number, by=by)
        outcomes.append(Outcome(enrolment, decide(one, row, "certify", dossier, by=by)))
    return outcomes


def refused(found: Evidence, row: Certification | None, by: Actor) -> Lazy | None:
    """Why this trainee is not to be certified now, by this person, whatever her hours are."""
    enrolment = found.enrolment
    if enrolment.person_id == by.id:
        return lazy("Nobody certifies herself.")
    if enrolment.left_on is not None:
        return lazy("Who has left the edition is not certified.")
    if row is not None and row.state in DONE:
        return lazy("She has her certificate already.")
    if found.person.erased:
        return lazy("This was erased, as its owner asked or the law requires.")
    return unprintable(enrolment)


def unprintable(enrolment: Enrolment) -> Lazy | None:
    if documents.prints(enrolment.person.name):
        return None
    return lazy(
        "The certificate cannot print some letters of this name. Write it as it stands in the "
        "identity document."
    )


def lacking(lacks: Sequence[Missing]) -> Lazy | None:
    """All that is missing, as a sentence; None when nothing is."""
    if not lacks:
        return None
    said = [lazy("%(what)s: %(short)s", what=m.what, short=m.short) for m in lacks]
    return lazy("Not yet. Still missing: %(what)s.", what=i18n.Listed(said))


def decide(
    found: Evidence,
    row: Certification | None,
    move: str,
    dossier: Frozen,
    *,
    by_id: UUID | None = None,
    by: Actor,
) -> Certification:
    """Write that she is certified, on this frozen dossier. The caller has asked all that may be
    asked, and holds the lock of the enrolment."""
    enrolment = found.enrolment
    row = row or Certification(programme_id=enrolment.programme_id, enrolment_id=enrolment.id)
    db.session.add(row)
    FLOW.move(
        row,
        move,
        minutes=found.found.total.certified,
        dossier_id=dossier.id,
        decided_at=clock.now(),
        decided_by_id=by_id or by.id,
    )
    audit.record("trainee certified", row, by=by)
    return row


def reopen(row: Certification, *, by: Actor) -> None:
    """A certificate was revoked: she can be certified again, on a new dossier."""
    FLOW.move(row, "reopen", minutes=0, dossier_id=None, decided_at=None, decided_by_id=None)
    audit.record("certification reopened", row, by=by)


def standing(enrolments: Iterable[Enrolment]) -> dict[UUID, Certification]:
    """What stands decided now, by enrolment: for who holds their locks."""
    query = select(Certification).where(Certification.enrolment_id.in_([e.id for e in enrolments]))
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.enrolment_id: row for row in rows}


def content(dossier: Frozen, *, by: Actor) -> Mapping[str, Any]:
    """What a frozen dossier says. Raises frozen.Broken, keys.Erased."""
    return frozen.read(dossier, by=by, subject=dossier.subject_id)
