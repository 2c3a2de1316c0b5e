"""Editions: making one, its people, and how far it has come."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for

from courses import (
    calendar,
    certification_policy,
    closing,
    curriculum,
    editions,
    enrolments,
    planning,
    policy,
    register_policy,
)
from courses.editions import EDITION_FLOW, Part
from lms import forms
from lms.accounts import Grant
from lms.errors import Stale
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import date_year, gettext, lazy
from lms.permissions import Role, allowed, can

bp = Blueprint("editions", __name__)

PARTS = {Role.TRAINER: Part.TRAINER, Role.COORDINATOR: Part.COORDINATOR}
"""What somebody with this role becomes in an edition."""


class EditionForm(forms.Form):
    version = forms.RowField(
        lazy("Course"),
        policy.MAKE_EDITION,
        within=curriculum.is_published,
        say=lambda v: f"{v.title}, {v.number}",
    )
    code = forms.Words(lazy("Code"), most=40)
    name = forms.Words(lazy("Name"))
    starts_on = forms.Day(lazy("First day"))
    ends_on = forms.Day(lazy("Last day"))
    room = forms.Words(lazy("Room"), required=False)
    total_percent = forms.Number(lazy("Least hours in all, in percent"), 1, 100)
    module_percent = forms.Number(lazy("Least hours of each module, in percent"), 0, 100)


class ChangeForm(forms.Form):
    name = forms.Words(lazy("Name"))
    starts_on = forms.Day(lazy("First day"))
    ends_on = forms.Day(lazy("Last day"))
    room = forms.Words(
        lazy("Room"),
        required=False,
        description=lazy("For the sessions to come into the calendar; the others keep theirs."),
    )
    version = forms.Version()


class ThresholdForm(ChangeForm):
    total_percent = forms.Number(lazy("Least hours in all, in percent"), 1, 100)
    module_percent = forms.Number(lazy("Least hours of each module, in percent"), 0, 100)


class PartForm(forms.Form):
    person = forms.RowField(
        lazy("Who, and as what"),
        policy.CHOOSE_COLLEAGUE,
        within=lambda: Grant.role.in_(PARTS),
        say=lambda grant: f"{grant.person.name}, {word(grant.role).label}",
    )


def page(template, form=None, **shown):
    found = render_template(f"courses/editions/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else 200


def to(edition):
    return redirect(url_for("editions.show", edition=edition.id), 303)


@bp.get("/editions")
@allow(policy.PLAN_EDITION)
def index():
    rows = calendar.editions(allowed(me(), policy.PLAN_EDITION))
    return page("index", rows=rows, may_make=policy.MAKE_EDITION.held_by(me()))


@bp.get("/editions/new")
@allow(policy.MAKE_EDITION)
def new():
    return page("new", EditionForm(total_percent=75, module_percent=50))


@bp.post("/editions/new")
@allow(policy.MAKE_EDITION)
def make():
    form = EditionForm()
    edition = form.validate() and form.attempt(
        editions.make_edition, form.version.data, **form.facts("version"), by=me()
    )
    if not edition:
        return page("new", form)
    flash(gettext("The edition is made. Now its people, then its calendar."))
    return to(edition)


@bp.get("/editions/<uuid:edition>")
@allow(policy.READ_EDITION, "edition")
def show(edition):
    return overview(edition)


def doors(edition):
    """The other pages about an edition that the person may open."""
    found = [
        (policy.READ_EDITION_HOURS, gettext("Hours"), "hours.edition", "sum"),
        (policy.LIST_ABSENCES, gettext("Absences announced"), "absences.edition", "mail"),
        (register_policy.LIST_CORRECTIONS, gettext("Corrections"), "corrections.listed", "undo"),
        (
            certification_policy.READ_CERTIFICATION,
            gettext("Certification"),
            "certification.edition",
            "star",
        ),
        (register_policy.CERTIFY_HOURS, gettext("Certify hours"), "hours.certify", "pen"),
        (certification_policy.SEE_CONTROL, gettext("Control"), "bundles.control", "shield"),
        (register_policy.KEEP_PAPERS, gettext("Printed pages"), "papers.edition", "print"),
        (register_policy.READ_TERMS, gettext("Register settings"), "terms.show", "gear"),
    ]
    return [
        (label, url_for(endpoint, edition=edition.id), icon)
        for permission, label, endpoint, icon in found
        if permission.held_by(me())
    ]


def overview(edition, form=None):
    plans = can(me(), policy.PLAN_EDITION, edition)
    runs = policy.RUN_EDITION.held_by(me())
    people = editions.people_of(edition.id)
    trainers = [g for g in people if g.role == Part.TRAINER]
    mine = {g.role for g in people if g.person_id == me().id}
    return page(
        "show",
        (form or PartForm()) if runs else None,
        edition=edition,
        people=people,
        trainers=trainers,
        lists=plans or Part.TRAINER in mine,
        helps=not mine.isdisjoint({Part.TRAINER, Part.COORDINATOR}),
        sessions=calendar.sessions(edition.id),
        trainees=enrolments.of_edition(edition.id) if plans else [],
        plans=plans,
        runs=runs,
        changes=plans and edition.state in planning.AMENDABLE,
        moves=EDITION_FLOW.open_to(edition.state),
        doors=doors(edition) if plans else [],
    )


@bp.get("/editions/<uuid:edition>/change")
@allow(policy.PLAN_EDITION, "edition")
def edit(edition):
    kind = ChangeForm if planning.has_certified_hours(edition) else ThresholdForm
    return changing(edition, kind(edition))


def changing(edition, form, different=()):
    """The page that changes an edition; with what was saved meanwhile, if somebody was faster."""
    found, status = page(
        "edit",
        form,
        edition=edition,
        thresholds="total_percent" in form,
        closed=edition.state not in planning.AMENDABLE,
        different=different,
    )
    return found, 409 if different else status


@bp.post("/editions/<uuid:edition>/change")
@allow(policy.PLAN_EDITION, "edition")
def change(edition):
    form, different = (ThresholdForm if "total_percent" in request.form else ChangeForm)(), ()
    try:
        done = form.validate() and form.attempt(planning.amend, edition, **form.facts(), by=me())
    except Stale:
        done, different = False, _different(edition, form)
        if not different:
            flash(gettext("Somebody saved the same meanwhile: nothing is left to change."))
            return to(edition)
    if not done:
        return changing(edition, form, different)
    flash(gettext("The edition is changed."))
    return to(edition)


def _different(edition, form):
    """Field by field, what was typed and what stands now, where the two differ."""
    pairs = [(f, f.data, getattr(edition, f.name)) for f in form if f.name != "version"]
    return [(f.label.text, _said(typed), _said(kept)) for f, typed, kept in pairs if typed != kept]


def _said(value):
    return date_year(value) if isinstance(value, date) else value


@bp.post("/editions/<uuid:edition>/people")
@allow(policy.APPOINT, "edition")
def appoint(edition):
    form = PartForm()
    if not form.validate():
        return overview(edition, form)
    person, role = form.person.data.person, form.person.data.role
    editions.appoint(edition, person, PARTS[role], by=me())
    part = word(role).label
    flash(gettext("%(name)s is in this edition: %(part)s.", name=person.name, part=part))
    return to(edition)


@bp.post("/editions/<uuid:edition>/start")
@allow(policy.RUN_EDITION, "edition")
def start(edition):
    calendar.start(edition, by=me())
    flash(gettext("The edition has begun."))
    return to(edition)


@bp.post("/editions/<uuid:edition>/archive")
@allow(policy.RUN_EDITION, "edition")
def archive(edition):
    editions.archive(edition, by=me())
    flash(gettext("The edition is put away. It stays readable."))
    return to(edition)


@bp.post("/editions/<uuid:edition>/close")
@allow(policy.RUN_EDITION, "edition")
def close(edition):
    closing.close(edition, by=me())
    flash(gettext("The edition is closed, and its closing sheet is made."))
    return to(edition)
