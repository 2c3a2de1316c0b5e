"""The plan as its activator writes it: one page to see it whole, one form for each row."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from casework import beneficiaries, goals, plans, policy, readings
from casework.goals import FIXED, SectionKind
from casework.plans import WRITABLE, PlanState
from lms import accounts, drafts, forms
from lms.errors import NotFound, Stale
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import allowed
from mentoring import assignments, reviews

bp = Blueprint("plans", __name__, url_prefix="/casework")


class RowForm(forms.Form):
    """What all the forms of a plan's rows have: the version that the edit began from."""

    version = forms.Version()
    beyond: tuple[str, ...] = ()
    """Fields that stand behind *more*."""

    def shown(self):
        return [f for f in self if f.name not in ("version", *self.beyond)]

    def further(self):
        return [self._fields[name] for name in self.beyond]


class SituationForm(RowForm):
    words = forms.Prose(
        lazy("How it goes now"), description=lazy("In words that she could read, and hers first.")
    )


class StrengthsForm(RowForm):
    words = forms.Prose(
        lazy("Strengths"),
        description=lazy("What she can do, who is near her, what has worked before."),
    )


class GoalForm(RowForm):
    words = forms.Prose(lazy("What she wants, in her words"), most=2000, render_kw={"rows": 3})
    result = forms.Prose(
        lazy("How both of you will see it"),
        most=2000,
        description=lazy("Something that can be seen or counted."),
        render_kw={"rows": 3},
    )
    due_on = forms.Day(lazy("By when"))
    much_less = forms.Words(lazy("Much less than expected (-2)"), most=500, required=False)
    less = forms.Words(lazy("Less than expected (-1)"), most=500, required=False)
    expected = forms.Words(lazy("As expected (0)"), most=500, required=False)
    more = forms.Words(lazy("More than expected (+1)"), most=500, required=False)
    much_more = forms.Words(lazy("Much more than expected (+2)"), most=500, required=False)
    beyond = goals.LEVELS


class ActionForm(RowForm):
    what = forms.Prose(lazy("What is done"), most=2000, render_kw={"rows": 3})
    who = forms.Words(lazy("Who does it"))
    due_on = forms.Day(lazy("By when"))


class UndertakingForm(RowForm):
    party = forms.Words(
        lazy("Who promises it"), description=lazy("She, you, somebody near, a service.")
    )
    what = forms.Prose(lazy("What is promised"), most=2000, render_kw={"rows": 3})
    due_on = forms.Day(lazy("By when"), required=False)


class SupportForm(RowForm):
    what = forms.Prose(lazy("What is given"), most=2000, render_kw={"rows": 3})
    giver = forms.Words(lazy("From whom"))
    rhythm = forms.Words(
        lazy("How often"), required=False, description=lazy("Two mornings a week, once a month.")
    )
    due_on = forms.Day(lazy("Until when"), required=False)


class RiskForm(RowForm):
    what = forms.Prose(lazy("What may get in the way"), most=2000, render_kw={"rows": 3})
    response = forms.Prose(lazy("What we do then"), most=2000, render_kw={"rows": 3})


class CheckForm(RowForm):
    due_on = forms.Day(lazy("On which day"))
    company = forms.Words(lazy("Together with"), required=False)
    look_at = forms.Prose(lazy("What we look at"), most=2000, render_kw={"rows": 3})


FORMS = {
    SectionKind.SITUATION: SituationForm,
    SectionKind.STRENGTHS: StrengthsForm,
    SectionKind.GOAL: GoalForm,
    SectionKind.ACTION: ActionForm,
    SectionKind.UNDERTAKING: UndertakingForm,
    SectionKind.SUPPORT: SupportForm,
    SectionKind.RISK: RiskForm,
    SectionKind.CHECK: CheckForm,
}
ASKED = {
    SectionKind.SITUATION: lazy("Write how it goes now."),
    SectionKind.STRENGTHS: lazy("Write what there is to build on."),
    SectionKind.GOAL: lazy("Write what she wants, and how you will both see it."),
    SectionKind.ACTION: lazy("Write one step, who takes it and by when."),
    SectionKind.UNDERTAKING: lazy("Write what one of you promises the others."),
    SectionKind.SUPPORT: lazy("Write what is given, by whom and how often."),
    SectionKind.RISK: lazy("Write what may get in the way, and what you do then."),
    SectionKind.CHECK: lazy("Choose a day on which you look at it together."),
}
ADD = {
    SectionKind.GOAL: lazy("Add a goal"),
    SectionKind.ACTION: lazy("Add a step"),
    SectionKind.UNDERTAKING: lazy("Add an undertaking"),
    SectionKind.SUPPORT: lazy("Add a support"),
    SectionKind.RISK: lazy("Add what may get in the way"),
    SectionKind.CHECK: lazy("Add a day"),
}


@bp.post("/cases/<uuid:case>/plan")
@allow(policy.BEGIN_PLAN, "case")
def begin(case):
    plan = plans.begin(case, by=me())
    flash(gettext("The plan of %(code)s is begun.", code=case.code))
    return redirect(url_for("plans.show", plan=plan.id), 303)


@bp.get("/plans/<uuid:plan>")
@allow(policy.READ_PLAN, "plan")
def show(plan):
    sections = plans.sections(plan, by=me())
    case, (rounds, waiting) = plan.case, reviews.rounds(plan.id)
    is_mine = case.activator_id == me().id
    within = allowed(me(), policy.READ_IDENTITY)
    return render_template(
        "casework/plans/show.html",
        plan=plan,
        case=case,
        kinds=[(k, [s for s in sections if s.kind == k]) for k in SectionKind],
        needed=_needed(sections),
        missing=plans.lacking(sections),
        add=ADD,
        rounds=rounds,
        review=rounds[-1] if rounds else None,
        waiting=waiting if plan.state == PlanState.RETURNED else 0,
        is_mine=is_mine,
        may_write=is_mine and plan.state in WRITABLE,
        senior=assignments.senior_of(case.activator_id, case.programme_id),
        activator=case.activator.name,
        first_name=beneficiaries.first_names({case.id: case.beneficiary_id}, within, by=me()).get(
            case.id, ""
        ),
    )


def _needed(sections):
    """What must be there before the plan is handed in, whether it is, and where it is written."""
    found = {section.kind for section in sections if section.text}
    return [
        (word(kind).label, kind in found, 1 if kind in FIXED else "new", kind)
        for kind in plans.NEEDED
    ]


# One row


@bp.get("/plans/<uuid:plan>/<kind>/new")
@allow(policy.EDIT_PLAN, "plan")
def new(plan, kind):
    return _row(plan, _addable(kind), None, None)


@bp.get("/plans/<uuid:plan>/<kind>/<int:place>")
@allow(policy.EDIT_PLAN, "plan")
def edit(plan, kind, place):
    kind = goals.kind(kind)
    return _row(plan, kind, plans.section(plan, kind, place, by=me()), None)


@bp.post("/plans/<uuid:plan>/<kind>/new")
@allow(policy.EDIT_PLAN, "plan")
def add(plan, kind):
    kind = _addable(kind)
    form = FORMS[kind]()
    row = form.validate() and form.attempt(
        plans.add_row, plan, kind, form.facts("version"), by=me()
    )
    return _saved(plan, kind) if row else _row(plan, kind, None, form)


@bp.post("/plans/<uuid:plan>/<kind>/<int:place>")
@allow(policy.EDIT_PLAN, "plan")
def save(plan, kind, place):
    kind = goals.kind(kind)
    form = FORMS[kind]()
    facts = form.facts("version")
    version = form.version.data or 0
    try:
        row = form.validate() and form.attempt(
            plans.save_row, plan, kind, place, facts, version=version, by=me()
        )
    except Stale as stale:
        return _stale(plan, kind, place, form, stale.theirs)
    if row:
        return _saved(plan, kind)
    return _row(plan, kind, plans.section(plan, kind, place, by=me()), form)


@bp.post("/plans/<uuid:plan>/<kind>/<int:place>/remove")
@allow(policy.EDIT_PLAN, "plan")
def remove(plan, kind, place):
    version = request.form.get("version", 0, int)
    plans.remove_row(plan, goals.kind(kind), place, version=version, by=me())
    drafts.drop(request.path.removesuffix("/remove"), by=me())
    flash(gettext("Taken out of the plan. The versions that were handed in keep it."))
    return redirect(url_for("plans.show", plan=plan.id), 303)


@bp.post("/plans/<uuid:plan>/<kind>/<place>/draft")
@allow(policy.EDIT_PLAN, "plan", once_only=False)
def draft(plan, kind, place):
    plans.must_be_writable(plan)
    form = FORMS[goals.kind(kind)]()
    typed = {f.name: request.form.get(f.name, "") for f in form if f.name != "version"}
    drafts.save(
        request.path.removesuffix("/draft"),
        typed,
        key_id=plan.key_id,
        subject=plan.case_id,
        began_from=request.form.get("version", None, int),
        by=me(),
    )
    return Response(status=204, mimetype="text/plain")


@bp.post("/plans/<uuid:plan>/<kind>/<place>/forget")
@allow(policy.EDIT_PLAN, "plan")
def forget(plan, kind, place):
    address = request.path.removesuffix("/forget")
    drafts.drop(address, by=me())
    return redirect(address, 303)


def _addable(kind):
    kind = goals.kind(kind)
    if kind in FIXED:
        raise NotFound()
    return kind


def _saved(plan, kind):
    drafts.drop(request.path, by=me())
    flash(gettext("Saved: %(what)s.", what=word(kind).label))
    return redirect(f"{url_for('plans.show', plan=plan.id)}#{kind}", 303)


def _row(plan, kind, section, form):
    plans.must_be_writable(plan)
    kept = None
    if form is None:
        kept = drafts.find(request.path, subject=plan.case_id, by=me())
        form = _filled(kind, section, kept)
    said = readings.open_comments(plan, section.id, by=me()) if section else []
    page = render_template(
        "casework/plans/row.html",
        plan=plan,
        kind=kind,
        section=section,
        form=form,
        asked=ASKED[kind],
        kept=kept[0] if kept else None,
        said=said,
        names={person.id: person.name for each in said for person in each.people},
    )
    return page, 422 if form.errors else 200


def _filled(kind, section, kept):
    """The form with what is saved, or with what was being written when she left it."""
    values = dict(vars(section.fields)) if section else {}
    values["version"] = section.version if section else None
    if kept:
        row, typed = kept
        values |= typed
        values["due_on"] = _day(typed.get("due_on"))
        values["version"] = row.began_from
    return FORMS[kind](**values)


def _day(typed):
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None


def _stale(plan, kind, place, form, theirs):
    section = plans.section(plan, kind, place, by=me())
    row = section.fields.row
    yours = {f.name: request.form.get(f.name, "") for f in form if f.name != "version"}
    page = render_template(
        "casework/plans/stale.html",
        plan=plan,
        kind=kind,
        section=section,
        form=form,
        different=[
            (form[name], yours[name], theirs.get(name, ""))
            for name in yours
            if yours[name] != theirs.get(name, "")
        ],
        saved_by=accounts.names([row.saved_by_id])[row.saved_by_id],
        saved_at=row.saved_at,
    )
    return page, 409
