"""Versions of a plan: handed in, frozen under a number, reviewed and decided upon.

A version is a frozen document: the ordered sections of the plan as they were that day. Its review
follows the rules of `reviews`; how it is read, with what changed and what was said, see `readings`.
"""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casework import cases, plans
from casework.cases import EventKind
from casework.plans import FLOW, Plan, PlanState
from lms import audit, clock, db, frozen, keys
from lms.errors import Refused, WrongState
from lms.flow import word
from lms.frozen import Frozen
from lms.i18n import Lazy, lazy, nlazy
from lms.manifest import Todo
from lms.permissions import Actor, Role
from mentoring import assignments, comments, reviews
from mentoring.reviews import Review

KIND = "plan"
"""Under this name plans are reviewed."""
DOCUMENT = "plan-version"


# Queries


def documents(plan: Plan) -> list[Frozen]:
    """The versions of a plan that were handed in, in order."""
    query = select(Frozen).where(Frozen.kind == DOCUMENT, Frozen.subject_id == plan.id)
    return keys.scalars(query.order_by(Frozen.number))


def rounds(plan: Plan) -> tuple[list[Frozen], list[Review]]:
    """The versions of a plan with their reviews and who had a part in them; one statement."""
    people = joinedload(Review.asked_by), joinedload(Review.reviewer), joinedload(Review.decided_by)
    query = (
        select(Frozen, Review)
        .join(Review, Review.frozen_id == Frozen.id)
        .where(Frozen.kind == DOCUMENT, Frozen.subject_id == plan.id)
        .order_by(Frozen.number)
        .options(*people)
    )
    found = keys.execute(query, Frozen.key_id)
    return [document for document, _ in found], [review for _, review in found]


def round_of(plan: Plan) -> Review:
    """The round in which the plan is, or was last. Raises WrongState."""
    review = reviews.latest(plan.id)
    if review is None:
        raise WrongState(lazy("This plan has not been handed in yet."))
    return review


# What awaits whom


def for_senior(me: Actor) -> list[Todo]:
    """The plans that wait for this senior trainer's opinion."""
    if Role.SENIOR not in me.roles:
        return []
    query = (
        select(Review, Plan)
        .join(Plan, Plan.id == Review.subject_id)
        .where(
            Plan.programme_id == me.programme_id,
            Review.kind == KIND,
            Review.state.in_(reviews.UNDER_WAY),
            plans.followed(me),
        )
        .order_by(Review.due_on)
        .limit(5)
        .options(joinedload(Review.asked_by))
    )
    return [
        Todo(
            on=review.due_on,
            title=lazy(
                "%(name)s waits for your opinion on %(code)s",
                name=review.asked_by.name,
                code=plan.case.code,
            ),
            endpoint="versions.review",
            values={"plan": plan.id},
            small=lazy("Plan, version %(n)s", n=review.number),
        )
        for review, plan in db.session.execute(query)
    ]


def for_activator(me: Actor) -> list[Todo]:
    """The activator's own plans that came back, are approved, or are being written."""
    if Role.ACTIVATOR not in me.roles:
        return []
    query = (
        select(Plan, comments.waiting(Plan.id))
        .where(
            Plan.programme_id == me.programme_id,
            plans.own(me),
            Plan.state.in_([PlanState.DRAFT, PlanState.RETURNED, PlanState.APPROVED]),
        )
        .order_by(Plan.begun_at)
        .limit(15)
    )
    return [_todo(plan, waiting) for plan, waiting in db.session.execute(query)]


def _todo(plan: Plan, waiting: int) -> Todo:
    code = plan.case.code
    title: Lazy
    if plan.state == PlanState.APPROVED:
        title = lazy("Print the plan of %(code)s and sign it together", code=code)
        endpoint = "versions.approved"
    elif plan.state == PlanState.RETURNED and waiting:
        title = nlazy(
            "Answer one comment on the plan of %(code)s",
            "Answer %(num)d comments on the plan of %(code)s",
            waiting,
            code=code,
        )
        endpoint = "versions.review"
    elif plan.state == PlanState.RETURNED:
        title, endpoint = lazy("Hand in the plan of %(code)s again", code=code), "plans.show"
    else:
        title, endpoint = lazy("Finish the plan of %(code)s", code=code), "plans.show"
    return Todo(
        on=clock.today(),
        title=title,
        endpoint=endpoint,
        values={"plan": plan.id},
        small=word(plan.state).label,
        turn=plan.state != PlanState.APPROVED,
    )


# Operations: moves of one plan come one after the other, so each locks it first


def submit(plan: Plan, *, by: Actor) -> Review:
    """Hand in the plan: freeze it under the next number and ask the senior trainer's opinion."""
    db.locked(plan)
    plans.must_be_writable(plan)
    sections = plans.sections(plan, by=by)
    if missing := plans.lacking(sections):
        raise Refused(lazy("Before handing it in, write %(what)s.", what=missing[0]))
    if waiting := comments.count_unanswered(plan.id):
        raise Refused(
            nlazy(
                "First answer the comment that waits for you.",
                "First answer the %(num)d comments that wait for you.",
                waiting,
            )
        )
    senior = assignments.senior_of(plan.case.activator_id, plan.programme_id)
    if senior is None:
        raise Refused(lazy("No senior trainer follows you yet: ask the programme manager for one."))
    number = plan.number + 1
    FLOW.move(plan, "submit", number=number)
    document = frozen.freeze(
        DOCUMENT,
        plan.id,
        {
            "language": plan.language,
            "sections": [
                {"id": s.id, "kind": s.kind, "title": s.title, "text": s.text} for s in sections
            ],
        },
        number=number,
        key_id=plan.key_id,
        subject=plan.case_id,
        by=by,
    )
    review = reviews.ask(
        KIND,
        plan.id,
        document,
        case_id=plan.case_id,
        key_id=plan.key_id,
        reviewer=senior,
        link=f"/casework/plans/{plan.id}/review",
        code=plan.case.code,
        by=by,
    )
    cases.add_event(plan.case, EventKind.PLAN_SUBMITTED, by=by, detail=str(number))
    audit.record("plan submitted", plan, by=by, detail={"number": number}, subjects=[plan.case_id])
    return review


def withdraw(plan: Plan, *, by: Actor) -> None:
    """Take the plan back to go on writing, as long as the senior has not begun to read it."""
    db.locked(plan)
    reviews.withdraw(round_of(plan), by=by)
    FLOW.move(plan, "withdraw")
    audit.record("plan taken back", plan, by=by, subjects=[plan.case_id])


def send_back(plan: Plan, verdict: str, *, by: Actor) -> int:
    """Send the plan back with what must change; says how many changes are asked for."""
    db.locked(plan)
    asked = reviews.send_back(
        round_of(plan),
        verdict,
        link=f"/casework/plans/{plan.id}/review",
        code=plan.case.code,
        by=by,
    )
    FLOW.move(plan, "send_back")
    cases.add_event(plan.case, EventKind.PLAN_RETURNED, by=by, detail=str(plan.number))
    audit.record("plan sent back", plan, by=by, subjects=[plan.case_id])
    return asked


def approve(plan: Plan, verdict: str, *, by: Actor) -> None:
    """Approve the version under review: it is what will be signed."""
    db.locked(plan)
    if plan.case.activator_id == by.id:
        raise Refused(lazy("Nobody approves her own."))
    reviews.approve(
        round_of(plan), verdict, link=f"/casework/plans/{plan.id}", code=plan.case.code, by=by
    )
    FLOW.move(plan, "approve", approved_at=clock.now(), approved_by_id=by.id)
    cases.add_event(plan.case, EventKind.PLAN_APPROVED, by=by, detail=str(plan.number))
    audit.record("plan approved", plan, by=by, subjects=[plan.case_id])
