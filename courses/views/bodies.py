"""Who delivers which sessions, where a programme has several bodies."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    bodies,
    planning,
    register_policy,
)
from courses.calendar import SessionState
from lms import forms
from lms.guard import allow, me
from lms.i18n import day, gettext, lazy, ngettext
from lms.permissions import can

bp = Blueprint("bodies", __name__)


class BodyForm(forms.Form):
    name = forms.Words(lazy("Name of the body"))
    accreditation = forms.Words(lazy("Accreditation or operator code"), most=60, required=False)


class ChangeForm(BodyForm):
    version = forms.Version()


def give_form(sessions):
    """Which body, and which sessions: all are ticked that can still change."""
    choices = [(str(s.position), _named(s)) for s in sessions]

    class GiveForm(forms.Form):
        body = forms.RowField(
            lazy("Delivering body"), register_policy.KEEP_BODY, say=lambda b: b.name, required=False
        )
        sessions = forms.Choices(lazy("Sessions"), choices)

    return GiveForm(sessions=[value for value, _ in choices])


def _named(session):
    return lazy("%(unit)s, %(day)s", unit=session.unit.code, day=day(session.starts_at))


def page(edition, form=None, body_form=None):
    sessions = planning.calendar_of(edition.id)
    found = render_template(
        "courses/bodies/edition.html",
        edition=edition,
        sessions=sessions,
        bodies={b.id: b for b in bodies.of_programme(edition.programme_id)},
        gives=can(me(), register_policy.DELIVER_SESSIONS, edition),
        form=form or give_form(_open(sessions)),
        body_form=body_form or BodyForm(),
    )
    refused = any(f is not None and f.errors for f in (form, body_form))
    return found, 422 if refused else 200


def _open(sessions):
    return [s for s in sessions if s.state != SessionState.CERTIFIED]


def to(edition):
    return redirect(url_for("bodies.edition", edition=edition.id), 303)


@bp.get("/editions/<uuid:edition>/bodies")
@allow(register_policy.READ_TERMS, "edition", also=[register_policy.DELIVER_SESSIONS])
def edition(edition):
    return page(edition)


@bp.post("/editions/<uuid:edition>/bodies")
@allow(register_policy.DELIVER_SESSIONS, "edition")
def give(edition):
    form = give_form(_open(planning.calendar_of(edition.id)))
    if form.validate() and not form.sessions.data:
        form.sessions.errors = [gettext("Choose at least one session.")]
    if form.errors:
        return page(edition, form)
    positions = [int(p) for p in form.sessions.data]
    count = bodies.deliver(edition, form.body.data, positions, by=me())
    flash(ngettext("One session changed its body.", "%(num)d sessions changed their body.", count))
    return to(edition)


@bp.post("/editions/<uuid:edition>/bodies/new")
@allow(register_policy.DELIVER_SESSIONS, "edition")
def add(edition):
    form = BodyForm()
    if not (form.validate() and form.attempt(bodies.add, **form.facts(), by=me())):
        return page(edition, body_form=form)
    flash(gettext("%(name)s is in the list.", name=form.name.data))
    return to(edition)


def editing(delivering, form):
    found = render_template("courses/bodies/edit.html", delivering=delivering, form=form)
    return found, 422 if form.errors else 200


@bp.get("/delivering-bodies/<uuid:delivering>")
@allow(register_policy.KEEP_BODY, "delivering")
def edit(delivering):
    return editing(delivering, ChangeForm(delivering))


@bp.post("/delivering-bodies/<uuid:delivering>")
@allow(register_policy.KEEP_BODY, "delivering")
def change(delivering):
    form = ChangeForm()
    if not (form.validate() and form.attempt(bodies.change, delivering, **form.facts(), by=me())):
        return editing(delivering, form)
    flash(gettext("The body is changed."))
    return redirect(url_for(".edit", delivering=delivering.id), 303)
