"""Evidence: all that a dossier is made of, gathered for many trainees at once.

What is frozen when a trainee is certified is written here, and here alone: who she is, the course
and its thresholds, every certified page with its minutes, the quizzes, who decided and why.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from courses import forecast, ledger
from courses.calendar import Session, SessionMode, SessionState
from courses.curriculum import Unit
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.forecast import Forecast
from courses.ledger import Line, Part, Source, Totals
from courses.quizzes import Attempt, AttemptState
from lms import clock, db, frozen, keys, programmes
from lms.frozen import Frozen
from lms.permissions import Actor

DOSSIER = "dossier"
FINAL = "final"
"""The gate of the unit that holds the final test of a course, where it has one."""
MODES = ("classroom", "live", "made_up", "self_paced")
_MODE = {
    Source.PRESENCE: "classroom",
    Source.TRACE: "live",
    Source.MADE_UP: "made_up",
    Source.SELF_PACED: "self_paced",
}


@dataclass(frozen=True)
class Evidence:
    """What is known of one trainee in one edition, on the day it was asked."""

    enrolment: Enrolment
    person: SimpleNamespace
    found: Forecast
    lines: Sequence[Line]
    attempts: Sequence[Attempt]
    """The quizzes that she has handed in."""

    @property
    def passed(self) -> set[str]:
        """The codes of the units whose quiz she has passed."""
        return {a.unit.code for a in self.attempts if a.passed}

    @property
    def final(self) -> Attempt | None:
        """The final test that she has passed, if the course has one."""
        version = self.enrolment.edition.version_id
        return next(
            (
                a
                for a in self.attempts
                if a.passed and a.unit.gate == FINAL and a.unit.version_id == version
            ),
            None,
        )

    @property
    def certified(self) -> list[Line]:
        return [line for line in self.lines if counts(line)]

    @property
    def credited(self) -> int:
        """The minutes by which recognised credits lower what is due."""
        return int(self.enrolment.edition.course.minutes) - self.found.total.due


# Rules


def counts(line: Line) -> bool:
    """Whether a line counts for thresholds: its page is certified."""
    return line.session is not None and line.session.state == SessionState.CERTIFIED


def totalled(lines: Iterable[Line]) -> Totals:
    """The totals of these lines, in all and by module."""
    every = sorted(lines, key=lambda line: line.module)
    traced = {(x.session_id, x.enrolment_id) for x in every if x.source == Source.TRACE}
    parts: dict[int, Part] = {}
    for line in every:
        live = followed_live(line, traced)
        parts[line.module] = parts.get(line.module, Part()) + Part(
            recorded=line.minutes,
            certified=line.minutes if counts(line) else 0,
            live=line.minutes if live else 0,
            live_certified=line.minutes if live and counts(line) else 0,
        )
    return ledger.summed(parts)


def followed_live(line: Line, traced: Container[tuple[UUID | None, UUID]]) -> bool:
    """Whether the minutes of a line were followed live online; `traced`: whom a trace tells of."""
    mode = line.session and line.session.mode
    mixed = mode == SessionMode.MIXED and (line.session_id, line.enrolment_id) in traced
    return mode == SessionMode.LIVE or mixed


def by_mode(lines: Iterable[Line]) -> dict[str, int]:
    """Minutes by how they were followed; a correction follows the page that it corrects."""
    pages: dict[UUID | None, list[Line]] = defaultdict(list)
    for line in lines:
        pages[line.session_id].append(line)
    found = dict.fromkeys(MODES, 0)
    for own in pages.values():
        known = next((line.source for line in own if line.source in _MODE), Source.PRESENCE)
        found[_MODE[known]] += sum(line.minutes for line in own)
    return found


# Queries


def gathered(enrolments: Sequence[Enrolment], *, by: Actor) -> dict[UUID, Evidence]:
    """The evidence on each of these; the statements do not grow with them."""
    ids = [e.id for e in enrolments]
    opened = keys.open_rows([e.person for e in enrolments], by=by)
    lines, attempts = lines_of(ids), _attempts(enrolments)
    sums = {i: totalled(lines[i]) for i in ids}
    hours = forecast.forecasts(ids, sums=sums, ahead=False)
    return {
        e.id: Evidence(e, person, hours[e.id], lines[e.id], attempts[e.person_id])
        for e, person in zip(enrolments, opened, strict=True)
    }


def lines_of(enrolment_ids: Iterable[UUID]) -> dict[UUID, list[Line]]:
    """Every line of these enrolments, as the sessions went."""
    query = (
        select(Line)
        .outerjoin(Session, Session.id == Line.session_id)
        .options(
            joinedload(Line.session),
            joinedload(Line.unit).load_only(Unit.code, Unit.title_it, Unit.title_en),
        )
        .where(Line.enrolment_id.in_(list(enrolment_ids)))
        .order_by(
            func.coalesce(Session.starts_at, Line.at), Line.at, Line.reverses_id.is_(None), Line.id
        )
    )
    found: dict[UUID, list[Line]] = defaultdict(list)
    for line in db.session.scalars(query):
        found[line.enrolment_id].append(line)
    return found


def _attempts(enrolments: Sequence[Enrolment]) -> dict[UUID, list[Attempt]]:
    query = (
        select(Attempt)
        .join(Unit, Unit.id == Attempt.unit_id)
        .options(
            joinedload(Attempt.unit).load_only(
                Unit.code, Unit.title_it, Unit.title_en, Unit.gate, Unit.version_id
            )
        )
        .where(
            Attempt.programme_id.in_({e.programme_id for e in enrolments}),
            Attempt.person_id.in_([e.person_id for e in enrolments]),
            Attempt.state == AttemptState.SUBMITTED,
        )
        .order_by(Unit.code, Attempt.number)
    )
    found: dict[UUID, list[Attempt]] = defaultdict(list)
    for attempt in db.session.scalars(query):
        found[attempt.person_id].append(attempt)
    return found


def numbers(enrolment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many dossiers have been frozen for each of these."""
    query = (
        select(Frozen.subject_id, func.max(Frozen.number))
        .where(Frozen.kind == DOSSIER, Frozen.subject_id.in_(list(enrolment_ids)))
        .group_by(Frozen.subject_id)
    )
    return {subject: int(number) for subject, number in db.session.execute(query)}


def content(
    found: Evidence, decided: Mapping[str, Any], exception: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Who, which course, every certified page with its minutes, the thresholds, who decided."""
    edition: Edition = found.enrolment.edition
    programme = programmes.get(found.enrolment.programme_id)
    held, person = found.certified, found.person
    return {
        "person": {
            "id": found.enrolment.person_id,
            "name": found.enrolment.person.name,
            "birth_date": person.birth_date,
            "birth_place": person.birth_place,
            "tax_code": person.tax_code,
        },
        "programme": {
            "code": programme.code,
            "name": programme.name,
            "organiser": programme.organiser,
            "funder": programme.funder,
            "project_code": edition.project_code or programme.project_code,
        },
        "edition": {
            "code": edition.code,
            "name": edition.name,
            "starts_on": edition.starts_on,
            "ends_on": edition.ends_on,
            "site": edition.site,
            "operator_code": edition.operator_code,
            "course_code": edition.course_code,
            "total_percent": edition.total_percent,
            "module_percent": edition.module_percent,
            "least_percent": edition.least_percent,
            "rounding": edition.rounding,
        },
        "course": {
            "code": edition.course.code,
            "number": edition.course.number,
            "title_it": edition.course.title_it,
            "title_en": edition.course.title_en,
            "minutes": edition.course.minutes,
        },
        "minutes": {
            "certified": found.found.total.certified,
            "credited": found.credited,
            "due": found.found.total.due,
            "least": found.found.total.minimum,
            "by_mode": by_mode(held),
        },
        "modules": [
            {
                "number": part.number,
                "title_it": part.module.title_it,
                "title_en": part.module.title_en,
                "planned": part.module.minutes,
                "due": part.share.due,
                "certified": part.share.certified,
                "least": part.share.minimum,
            }
            for part in found.found.modules
        ],
        "pages": [
            {
                "page": line.session.page,
                "unit": line.unit.code,
                "starts_at": line.session.starts_at,
                "source": line.source,
                "minutes": line.minutes,
            }
            for line in held
            if line.session is not None
        ],
        "passed": sorted(found.passed),
        "final": _final(found.final),
        "exception": dict(exception) if exception else None,
        "decided": dict(decided),
    }


def _final(attempt: Attempt | None) -> dict[str, Any] | None:
    if attempt is None:
        return None
    return {
        "unit": attempt.unit.code,
        "title_it": attempt.unit.title_it,
        "title_en": attempt.unit.title_en,
        "on": attempt.submitted_at,
        "percent": attempt.percent,
    }


# Operations


def freeze(
    found: Evidence,
    decided: Mapping[str, Any],
    *,
    number: int = 1,
    exception: Mapping[str, Any] | None = None,
    by: Actor,
) -> Frozen:
    """Freeze the dossier of one trainee, sealed with her key. It is never rewritten."""
    return frozen.freeze(
        DOSSIER,
        found.enrolment.id,
        content(found, decided, exception),
        number=number,
        key_id=found.enrolment.person.key_id,
        by=by,
    )


def decision(by: Actor) -> dict[str, Any]:
    """Who decides, and when: now."""
    return {"at": clock.now(), "by": by.id, "name": by.name}
