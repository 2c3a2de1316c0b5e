"""Whom a senior trainer follows; and for the manager, who follows whom."""

from flask import Blueprint, flash, redirect, render_template, url_for

from lms import accounts, forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import Role
from mentoring import assignments, policy
from mentoring.assignments import AssignmentState
from mentoring.views.reviews import waiting_for

bp = Blueprint("assignments", __name__, url_prefix="/mentoring")


class AssignForm(forms.Form):
    senior = forms.RowField(
        lazy("Senior trainer"), policy.CHOOSE_SENIOR, say=lambda grant: grant.person.name
    )
    person = forms.RowField(
        lazy("Whom she follows"), policy.CHOOSE_FOLLOWED, say=lambda grant: grant.person.name
    )
    starts_on = forms.Day(lazy("First day"), required=False, description=lazy("Empty: from today."))
    ends_on = forms.Day(lazy("Last day"), required=False)


@bp.get("")
@allow(policy.SEE_FOLLOWED)
def followed():
    waiting = {}
    for kind, review, thing in waiting_for(me()):
        waiting.setdefault(review.asked_by_id, []).append((kind, review, thing))
    return render_template(
        "mentoring/assignments/followed.html",
        rows=[(row, waiting.get(row.person_id, [])) for row in assignments.of_senior(me())],
    )


@bp.get("/assignments")
@allow(policy.LIST_ASSIGNMENTS)
def listed():
    return _listed(AssignForm())


@bp.post("/assignments")
@allow(policy.CHOOSE_FOLLOWED)
def assign():
    people = _people()
    form = AssignForm()
    if not form.validate():
        return _listed(form, people)
    senior, person = form.senior.data.person, form.person.data.person
    row = form.attempt(
        assignments.assign,
        senior,
        person,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        by=me(),
    )
    if not row:
        return _listed(form, people)
    flash(gettext("%(senior)s follows %(person)s.", senior=senior.name, person=person.name))
    return redirect(url_for("assignments.listed"), 303)


@bp.post("/assignments/<uuid:assignment>/end")
@allow(policy.END_ASSIGNMENT, "assignment")
def end(assignment):
    assignments.end(assignment, by=me())
    flash(gettext("%(name)s is no longer followed.", name=assignment.person.name))
    return redirect(url_for("assignments.listed"), 303)


def _people():
    """Everybody who can be named in the form, read at once."""
    return accounts.with_role(me().programme_id, Role.SENIOR, Role.TRAINEE, Role.ACTIVATOR)


def _listed(form, people=None):
    people = people or _people()
    rows = assignments.of_programme(me().programme_id)
    page = render_template(
        "mentoring/assignments/listed.html",
        form=form,
        people=people,
        alone=len(form.person.rows()),
        active=[row for row in rows if row.state == AssignmentState.ACTIVE],
        ended=[row for row in rows if row.state == AssignmentState.ENDED],
    )
    return page, 422 if form.errors else 200
