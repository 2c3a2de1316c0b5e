"""Cases: who is accompanied, what happened, what comes next."""

from flask import Blueprint, flash, redirect, render_template, url_for

from casework import beneficiaries, cases, notes, plans, policy, timeline
from casework.cases import REASONS, CaseState, Outcome, Reason
from lms import clock, forms, paging
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import allowed, can

bp = Blueprint("cases", __name__, url_prefix="/casework/cases")


class NoteForm(forms.Form):
    outcome = forms.Choice(
        lazy("How did it go?"), [(o.value, word(o).label) for o in Outcome], radio=True
    )
    said = forms.Prose(lazy("What you said to each other"), most=8000, required=False)
    next_step = forms.Words(lazy("Next step"), most=120, required=False)
    next_on = forms.Day(lazy("By when"), required=False)


MOVES = {
    "begin_assessment": lazy("Go on to getting to know each other"),
    "begin_planning": lazy("Go on to writing the plan"),
    "look_again": lazy("Go back to getting to know each other"),
}


class ReasonForm(forms.Form):
    """Why a case moves; its choices are those of the move."""

    reason = forms.Choice(lazy("Why"), [(r.value, word(r).label) for r in Reason], radio=True)

    def __init__(self, move, **values):
        super().__init__(**values)
        self.move, self.title = move, MOVES[move]
        self.reason.choices = [(r.value, str(word(r).label)) for r in REASONS[move]]


@bp.get("")
@allow(policy.LIST_CASES)
def listed():
    within = allowed(me(), policy.LIST_CASES)
    opens = allowed(me(), policy.READ_CASE)
    found, whole = cases.listed(within, opens, most=paging.MOST, start=paging.start())
    mine = [case for case, may_open in found if may_open]
    return render_template(
        "casework/cases/listed.html",
        rows=notes.coming(mine),
        others=[case for case, may_open in found if not may_open],
        first_names=beneficiaries.first_names(
            {case.id: case.beneficiary_id for case in mine},
            allowed(me(), policy.READ_IDENTITY),
            by=me(),
        ),
        people={case.activator_id: case.activator.name for case in mine},
        today=clock.today(),
        page=paging.pager(len(found), whole),
    )


def _show(case, *, note=None, moving=None):
    happened = cases.events(case)
    written = notes.of_case(case)
    is_mine = case.activator_id == me().id
    move = cases.next_move(case.state) if is_mine else None
    plan, senior = plans.with_senior(case)
    sheet = notes.sheet(case, written, by=me())
    page = render_template(
        "casework/cases/show.html",
        case=case,
        parts=sheet.parts,
        sheet=sheet,
        coming=notes.comes(
            case, written[0] if written else None, has_spoken=notes.has_spoken(happened)
        ),
        marks=timeline.marks(happened, clock.now()),
        people={person.id: person.name for person in (case.activator, *(e.by for e in happened))},
        senior=senior,
        today=clock.today(),
        is_mine=is_mine,
        form=note or NoteForm(),
        moving=moving or (ReasonForm(move) if move else None),
        **_plan(case, plan),
    )
    used = [form for form in (note, moving) if form]
    return page, 422 if any(form.errors for form in used) else 200


def _plan(case, plan):
    """The way to the case's plan, or to beginning one."""
    may_begin = plan is None and case.state == CaseState.PLANNING
    return {
        "plan": plan,
        "plan_url": url_for("plans.show", plan=plan.id) if plan else "",
        "begin_plan_url": url_for("plans.begin", case=case.id)
        if may_begin and can(me(), policy.BEGIN_PLAN, case)
        else "",
    }


@bp.get("/<uuid:case>")
@allow(policy.READ_CASE, "case", also=[policy.BEGIN_PLAN])
def show(case):
    return _show(case)


@bp.post("/<uuid:case>/notes")
@allow(policy.NOTE_CASE, "case")
def write_note(case):
    form = NoteForm()
    if not form.validate():
        return _show(case, note=form)
    facts = form.facts("outcome")
    if not form.attempt(notes.write, case, Outcome(form.outcome.data), by=me(), **facts):
        return _show(case, note=form)
    flash(gettext("Note saved at %(time)s.", time=clock.local(clock.now()).strftime("%H:%M")))
    return redirect(url_for(".show", case=case.id), 303)


def _move(case, move, operation):
    form = ReasonForm(move)
    if not (form.validate() and form.attempt(operation, case, Reason(form.reason.data), by=me())):
        return _show(case, moving=form)
    flash(gettext("Now: %(state)s.", state=word(case.state).label))
    return redirect(url_for(".show", case=case.id), 303)


@bp.post("/<uuid:case>/assessment")
@allow(policy.MOVE_CASE, "case")
def begin_assessment(case):
    return _move(case, "begin_assessment", cases.begin_assessment)


@bp.post("/<uuid:case>/planning")
@allow(policy.MOVE_CASE, "case")
def begin_planning(case):
    return _move(case, "begin_planning", cases.begin_planning)


@bp.post("/<uuid:case>/look-again")
@allow(policy.MOVE_CASE, "case")
def look_again(case):
    return _move(case, "look_again", cases.look_again)
