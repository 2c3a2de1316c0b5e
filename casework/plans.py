"""Plans: what will be done in a case, agreed with the person, reviewed by a senior trainer.

    draft -> submitted -> returned -> submitted ... -> approved -> signed -> in force

Written by the activator in rows (see `goals`); handing it in freezes a numbered version (see
`versions`). One plan stands for a case at a time.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Uuid, select, text
from sqlalchemy.orm import Mapped, lazyload, mapped_column, relationship

from casework import cases, goals
from casework.cases import Case, CaseState, EventKind
from casework.goals import FIXED, Section, SectionKind
from lms import audit, clock, db
from lms.accounts import Person
from lms.errors import NotFound, Refused, WrongState
from lms.flow import Flow, Word, say
from lms.i18n import Lazy, lazy
from lms.permissions import Actor
from mentoring import assignments
from mentoring.assignments import Assignment


class PlanState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    CONCLUDED = "concluded"
    INTERRUPTED = "interrupted"
    REPLACED = "replaced"


say(
    {
        PlanState.DRAFT: Word(lazy("being written"), "act", "pen"),
        PlanState.SUBMITTED: Word(lazy("with the senior trainer"), "voice", "eye"),
        PlanState.RETURNED: Word(lazy("sent back to the activator"), "turn", "undo"),
        PlanState.APPROVED: Word(lazy("approved, to be signed"), "good", "ok"),
        PlanState.SIGNED: Word(lazy("signed"), "good", "pen"),
        PlanState.IN_FORCE: Word(lazy("in force"), "good", "road"),
        PlanState.CONCLUDED: Word(lazy("concluded"), "", "ok"),
        PlanState.INTERRUPTED: Word(lazy("interrupted"), "", "none"),
        PlanState.REPLACED: Word(lazy("replaced by a later plan"), "", "copy"),
    }
)

WRITABLE = {PlanState.DRAFT, PlanState.RETURNED}
FLOW = Flow(
    submit=(WRITABLE, PlanState.SUBMITTED),
    withdraw=({PlanState.SUBMITTED}, PlanState.DRAFT),
    send_back=({PlanState.SUBMITTED}, PlanState.RETURNED),
    approve=({PlanState.SUBMITTED}, PlanState.APPROVED),
)
_STANDS = text("state NOT IN ('concluded', 'interrupted', 'replaced')")


class Plan(db.Model):
    """The plan of one case, as it is being written; its versions are frozen documents."""

    __tablename__ = "casework_plans"
    __table_args__ = (
        db.owned(),
        db.within("casework_cases", "case_id"),
        CheckConstraint("number >= 0", name="number_counts_up"),
        CheckConstraint("state = 'draft' OR number > 0", name="handed_in_has_a_version"),
        CheckConstraint(
            "(state IN ('draft', 'submitted', 'returned')) = (approved_at IS NULL)",
            name="approved_has_a_moment",
        ),
        CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name="approved_by_somebody"
        ),
        Index(
            "uq_casework_plans_case", "case_id", unique=True,
            sqlite_where=_STANDS, postgresql_where=_STANDS,
        ),
        Index("ix_casework_plans_state", "programme_id", "state"),
    )  # fmt: skip

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    case_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    language: Mapped[str] = mapped_column(String(2))
    """The one in which it is written: its fixed words are the same in every version."""
    state: Mapped[PlanState] = mapped_column(db.choice(PlanState), default=PlanState.DRAFT)
    number: Mapped[int] = mapped_column(default=0)
    """Of the version handed in last."""
    begun_at: Mapped[db.Moment]
    approved_at: Mapped[db.Moment | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[int] = mapped_column()
    case: Mapped[Case] = relationship(foreign_keys=[case_id], lazy="joined", innerjoin=True)
    __mapper_args__ = {"version_id_col": version}


# Scopes


def own(me: Actor) -> ColumnElement[bool]:
    """The plans of an activator's own cases."""
    return Plan.case_id.in_(cases.own_ids(me))


def followed(me: Actor) -> ColumnElement[bool]:
    """The plans of those whom a senior trainer follows; never her own."""
    return Plan.case_id.in_(cases.followed_ids(me))


# Rules


NEEDED: Mapping[SectionKind, Lazy] = {
    SectionKind.SITUATION: lazy("how it goes now"),
    SectionKind.GOAL: lazy("a goal"),
    SectionKind.ACTION: lazy("a step, with who takes it"),
    SectionKind.CHECK: lazy("a day on which you look at it together"),
}


def lacking(sections: Sequence[Section]) -> list[Lazy]:
    """What a plan must say before it can be handed in, and does not yet."""
    found = {section.kind for section in sections if section.text}
    return [said for kind, said in NEEDED.items() if kind not in found]


# Queries


def _stands() -> ColumnElement[bool]:
    return Plan.state.not_in([PlanState.CONCLUDED, PlanState.INTERRUPTED, PlanState.REPLACED])


def of_case(case_id: UUID) -> Plan | None:
    """The plan that stands for a case."""
    return db.session.scalar(select(Plan).where(Plan.case_id == case_id, _stands()))


def with_senior(case: Case) -> tuple[Plan | None, Person | None]:
    """The plan that stands for a case, and the senior trainer who reads it: one statement."""
    query = (
        select(Plan, Person)
        .select_from(Case)
        .outerjoin(Plan, (Plan.case_id == Case.id) & _stands())
        .outerjoin(Assignment, assignments.beside(Case.activator_id, Case.programme_id))
        .outerjoin(Person, Person.id == Assignment.senior_id)
        .where(Case.id == case.id)
        .options(lazyload(Plan.case))  # it is there already
    )
    plan, senior = db.session.execute(query).one()
    return plan, senior


def sections(plan: Plan, *, by: Actor) -> list[Section]:
    """What the plan says now, in the order in which it is read."""
    return goals.sections(plan.id, plan.language, by=by)


def section(plan: Plan, kind: SectionKind, place: int, *, by: Actor) -> Section:
    """One section of the plan as it is now. Raises NotFound."""
    found = {(s.kind, s.place): s for s in sections(plan, by=by)}
    if (kind, place) not in found:
        raise NotFound()
    return found[kind, place]


# Operations


def begin(case: Case, *, by: Actor) -> Plan:
    """Begin the plan of a case, once it is clear what the person needs."""
    db.session.scalars(
        select(Case.id).where(Case.id == case.id).with_for_update(key_share=True)
    ).one()
    if of_case(case.id):
        raise Refused(lazy("This case has its plan already."))
    if case.state != CaseState.PLANNING:
        raise WrongState(
            lazy("First say on the case that what the person needs is clear: then plan.")
        )
    plan = Plan(
        programme_id=case.programme_id,
        case_id=case.id,
        key_id=case.key_id,
        language=by.language,
        begun_at=clock.now(),
    )
    plan.case = case
    db.session.add(plan)
    for kind in FIXED:
        goals.add(kind, plan=plan, facts={}, by=by)
    cases.add_event(case, EventKind.PLAN_BEGUN, by=by)
    audit.record("plan begun", plan, by=by, subjects=[case.id])
    return plan


def add_row(plan: Plan, kind: SectionKind, facts: Mapping[str, Any], *, by: Actor) -> Any:
    """Another row of the plan: a goal, a step, a promise. Raises WrongState."""
    must_be_writable(plan)
    if kind in FIXED:
        raise Refused(lazy("This section is in the plan already."))
    row = goals.add(kind, plan=plan, facts=facts, by=by)
    audit.record("plan row added", row, by=by, subjects=[plan.case_id])
    return row


def save_row(
    plan: Plan,
    kind: SectionKind,
    place: int,
    facts: Mapping[str, Any],
    *,
    version: int | None,
    by: Actor,
) -> Any:
    """Save a row of the plan. Raises WrongState, Stale, NotFound."""
    must_be_writable(plan)
    row = goals.get(plan.id, kind, place)
    goals.write(row, version=version, facts=facts, by=by)
    audit.record("plan row saved", row, by=by, subjects=[plan.case_id])
    return row


def remove_row(
    plan: Plan, kind: SectionKind, place: int, *, version: int | None, by: Actor
) -> None:
    """Take a row out; versions that were handed in keep it. Raises WrongState, Stale, NotFound."""
    must_be_writable(plan)
    row = goals.get(plan.id, kind, place)
    goals.remove(row, version=version, by=by)
    audit.record("plan row removed", row, by=by, subjects=[plan.case_id])


def must_be_writable(plan: Plan) -> None:
    """Only a draft, or a plan that came back, is written on. Raises WrongState."""
    FLOW.check(plan, "submit")
