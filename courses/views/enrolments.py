"""Enrolments: who follows an edition; one by one, or from a list; and who leaves it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from courses import (
    enrolments,
    policy,
)
from lms import clock, drafts, forms
from lms.guard import allow, me
from lms.i18n import gettext, lazy, ngettext

bp = Blueprint("enrolments", __name__)


class TraineeForm(forms.Form):
    name = forms.Words(lazy("First name and family name"))
    mail = forms.Words(lazy("Mail"))


class ListForm(forms.Form):
    file = forms.Attachment(lazy("List of trainees (CSV)"))


class LeavingForm(forms.Form):
    on = forms.Day(lazy("Last day"))
    reason = forms.Words(
        lazy("Why"),
        most=400,
        description=lazy("A few words, nothing about her health: they lie sealed with her key."),
    )


def page(template, form=None, **shown):
    found = render_template(f"courses/enrolments/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else 200


def back(edition):
    return redirect(url_for(".listed", edition=edition.id), 303)


def trainees(edition, form=None, upload=None):
    return page(
        "listed",
        form if form and form.errors else upload,
        edition=edition,
        rows=enrolments.of_edition(edition.id),
        one=form or TraineeForm(),
        upload=upload or ListForm(),
    )


@bp.get("/editions/<uuid:edition>/enrolments")
@allow(policy.ENROL, "edition")
def listed(edition):
    return trainees(edition)


@bp.post("/editions/<uuid:edition>/enrolments")
@allow(policy.ENROL, "edition")
def enrol(edition):
    form = TraineeForm()
    done = form.validate() and form.attempt(
        enrolments.invite, edition, **form.facts(), on=entry_day(edition), by=me()
    )
    if not done:
        return trainees(edition, form)
    flash(gettext("%(name)s is enrolled.", name=form.name.data))
    return back(edition)


def entry_day(edition):
    return max(edition.starts_on, clock.today())


@bp.post("/editions/<uuid:edition>/enrolments/list")
@allow(policy.ENROL, "edition")
def upload(edition):
    form = ListForm()
    file = form.file.data
    content = file.read(enrolments.LARGEST + 1) if file else b""
    report = form.attempt(enrolments.check, edition, content)
    if not report:
        return trainees(edition, upload=form)
    address = url_for(".preview", edition=edition.id)
    drafts.save(address, {"file": enrolments.decoded(content)}, key_id=me().key_id, by=me())
    return redirect(address, 303)


@bp.get("/editions/<uuid:edition>/enrolments/list")
@allow(policy.ENROL, "edition")
def preview(edition):
    kept = drafts.find(request.path, by=me())
    if kept is None:
        return back(edition)
    report = enrolments.check(edition, kept[1]["file"])
    return page("preview", edition=edition, report=report)


@bp.post("/editions/<uuid:edition>/enrolments/import")
@allow(policy.ENROL, "edition")
def import_list(edition):
    address = url_for(".preview", edition=edition.id)
    kept = drafts.find(address, by=me())
    if kept is None:
        return back(edition)
    report = enrolments.import_csv(
        edition,
        kept[1]["file"],
        only_good="only_good" in request.form,
        on=entry_day(edition),
        by=me(),
    )
    drafts.drop(address, by=me())
    flash(ngettext("%(num)d person is enrolled.", "%(num)d people are enrolled.", len(report.good)))
    return back(edition)


@bp.get("/enrolments/<uuid:enrolment>/leave")
@allow(policy.END_ENROLMENT, "enrolment")
def leaving(enrolment):
    if enrolment.left_on:
        reason = enrolments.why_left(enrolment, by=me())
        return page("left", enrolment=enrolment, reason=reason)
    return page("leave", LeavingForm(on=clock.today()), enrolment=enrolment)


@bp.post("/enrolments/<uuid:enrolment>/leave")
@allow(policy.END_ENROLMENT, "enrolment")
def leave(enrolment):
    form = LeavingForm()
    done = form.validate() and form.attempt(enrolments.leave, enrolment, **form.facts(), by=me())
    if not done:
        return page("leave", form, enrolment=enrolment)
    flash(gettext("It is recorded. What is past stays as it was."))
    return back(enrolment.edition)
