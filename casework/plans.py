"""Plans: what will be done in a case, agreed with the person, reviewed by a senior trainer.

    draft -> submitted -> returned -> submitted ... -> approved -> signed -> in force

Written by the activator in rows (see `goals`); handing it in freezes a numbered version (see
`versions`). One plan stands for a case at a time.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Uuid, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework import cases, goals
from casework.cases import Case
from casework.goals import FIXED, Section, SectionKind
from lms import audit, clock, db
from lms.errors import Refused, WrongState
from lms.flow import Flow, Word, say, word
from lms.i18n import lazy
from lms.permissions import Actor


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
