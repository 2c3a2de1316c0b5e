"""Certification: what a trainee still lacks, and the dossier that is frozen when she has it all.

The certificate and its verification are views of the frozen dossier. Revoked or replaced, it is
never rewritten.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Uuid, select
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from courses import forecast, ledger, quizzes
from courses.calendar import SessionState
from courses.curriculum import Unit
from courses.editions import Edition, EditionState
from courses.enrolments import Enrolment
from courses.forecast import Forecast
from courses.quizzes import Attempt
from lms import audit, clock, db, documents, frozen, i18n, keys, programmes
from lms.accounts import Person
from lms.errors import Refused
from lms.flow import Flow, Word, say
from lms.frozen import Frozen
from lms.i18n import lazy, nlazy
from lms.manifest import CertifiedIf, Missing
from lms.permissions import Actor

GATE = "1.10"
"""The unit on privacy: no certificate, and no real case, without it."""
DOSSIER = "dossier"


class CertificationState(StrEnum):
    READY = "ready"
    CERTIFIED = "certified"
    WITH_EXCEPTION = "with_exception"
    DEFERRED = "deferred"


say(
    {
        CertificationState.READY: Word(lazy("ready"), "turn", "turn"),
        CertificationState.CERTIFIED: Word(lazy("certified"), "good", "ok"),
        CertificationState.WITH_EXCEPTION: Word(lazy("certified with exception"), "good", "ok"),
        CertificationState.DEFERRED: Word(lazy("deferred"), "", "wait"),
    }
)

FLOW = Flow(
    certify=(
        {CertificationState.READY, CertificationState.DEFERRED},
        CertificationState.CERTIFIED,
    ),
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
    version: Mapped[int] = mapped_column()
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    dossier: Mapped[Frozen | None] = relationship(foreign_keys=[dossier_id])
    __mapper_args__ = {"version_id_col": version}


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
) -> dict[UUID, list[Missing]]:
    """What each of these still lacks for the certificate; the statements do not grow with them.

    Hours in all, each module's share, unit 1.10; then what other packages ask for. `hours` is
    their forecast, where it is there already.
    """
    ids = [e.id for e in enrolments]
    if hours is None:
        hours = forecast.forecasts(ids)
    passed = quizzes.passed_units(
        [e.person_id for e in enrolments], *{e.programme_id for e in enrolments}
    )
    found = _beside_the_gate(enrolments, also, hours)
    for enrolment in enrolments:
        if GATE not in passed.get(enrolment.person_id, set()):
            found[enrolment.id].append(
                Missing(lazy("unit %(code)s, on privacy", code=GATE), lazy("the quiz"))
            )
    return found


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

    Only those who have passed unit 1.10 are looked at; nobody among them costs one statement.
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
    certified = select(Certification.id).where(Certification.enrolment_id == Enrolment.id)
    query = (
        select(Enrolment)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .options(contains_eager(Enrolment.edition))
        .where(
            Enrolment.programme_id == programme_id,
            Enrolment.left_on.is_(None),
            Edition.state.in_((EditionState.RUNNING, EditionState.CLOSED)),
            ~certified.exists(),
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
    enrolment = db.locked(enrolment)
    if enrolment.person_id == by.id:
        raise Refused(lazy("Nobody certifies herself."))
    if enrolment.left_on is not None:
        raise Refused(lazy("Who has left the edition is not certified."))
    row = of_enrolment(enrolment.id)
    if row is not None and row.state not in (CertificationState.READY, CertificationState.DEFERRED):
        raise Refused(lazy("She has her certificate already."))
    lacks = missing([enrolment], also)[enrolment.id]
    if lacks:
        said = i18n.listed([f"{m.what}: {m.short}" for m in lacks])
        raise Refused(lazy("Not yet. Still missing: %(what)s.", what=said))
    if not documents.prints(enrolment.person.name):
        raise Refused(
            lazy(
                "The certificate cannot print some letters of this name. Let the administrator "
                "write it as it stands in the identity document."
            )
        )
    row = row or Certification(programme_id=enrolment.programme_id, enrolment_id=enrolment.id)
    dossier = frozen.freeze(
        DOSSIER,
        enrolment.id,
        _content(enrolment, by),
        key_id=enrolment.person.key_id,
        by=by,
    )
    db.session.add(row)
    FLOW.move(
        row,
        "certify",
        minutes=forecast.forecasts([enrolment.id])[enrolment.id].total.certified,
        dossier_id=dossier.id,
        decided_at=clock.now(),
        decided_by_id=by.id,
    )
    audit.record("trainee certified", row, by=by)
    return row


def _content(enrolment: Enrolment, by: Actor) -> dict[str, Any]:
    """The dossier: who, which course, every page with its minutes, the thresholds, who decided."""
    edition: Edition = enrolment.edition
    hours = forecast.forecasts([enrolment.id])[enrolment.id]
    person = keys.open_row(enrolment.person, by=by)
    passed = quizzes.passed_units([enrolment.person_id], enrolment.programme_id)
    programme = programmes.get(enrolment.programme_id)
    held = [
        line
        for line in ledger.lines(enrolment.id)
        if line.session is not None and line.session.state == SessionState.CERTIFIED
    ]
    return {
        "person": {
            "id": enrolment.person_id,
            "name": enrolment.person.name,
            "birth_date": person.birth_date,
            "tax_code": person.tax_code,
        },
        "programme": {
            "code": programme.code,
            "name": programme.name,
            "organiser": programme.organiser,
            "funder": programme.funder,
            "project_code": programme.project_code,
        },
        "edition": {
            "code": edition.code,
            "name": edition.name,
            "starts_on": edition.starts_on,
            "ends_on": edition.ends_on,
            "total_percent": edition.total_percent,
            "module_percent": edition.module_percent,
            "rounding": edition.rounding,
        },
        "course": {
            "code": edition.course.code,
            "number": edition.course.number,
            "title_it": edition.course.title_it,
            "title_en": edition.course.title_en,
            "minutes": edition.course.minutes,
        },
        "minutes": {"certified": hours.total.certified, "least": hours.total.minimum},
        "modules": [
            {
                "number": part.number,
                "title_it": part.module.title_it,
                "title_en": part.module.title_en,
                "due": part.share.due,
                "certified": part.share.certified,
                "least": part.share.minimum,
            }
            for part in hours.modules
        ],
        "pages": [
            {
                "page": line.session.page,
                "unit": line.unit.code,
                "starts_at": line.session.starts_at,
                "minutes": line.minutes,
            }
            for line in held
            if line.session is not None
        ],
        "passed": sorted(passed.get(enrolment.person_id, set())),
        "decided": {"at": clock.now(), "by": by.id, "name": by.name},
    }


def content(row: Certification, *, by: Actor) -> Mapping[str, Any]:
    """The frozen dossier of a certified trainee. Raises frozen.Broken, keys.Erased."""
    assert row.dossier is not None  # noqa: S101 - certified_has_dossier
    return frozen.read(row.dossier, by=by, subject=row.enrolment_id)
