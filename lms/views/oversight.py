"""For administrators: people and roles, the envelope of the audit record, jobs."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for

from lms import accounts, audit, forms, paging, record
from lms import jobs as queue
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.jobs import JobState
from lms.permissions import Role, allowed_ids
from lms.policy import INVITE_PERSON, LIST_PEOPLE, READ_AUDIT, READ_JOBS, RETRY_JOB

bp = Blueprint("oversight", __name__, url_prefix="/admin")


class InviteForm(forms.Form):
    name = forms.Words(lazy("First name and family name"))
    mail = forms.Words(lazy("Mail"))
    role = forms.Choice(lazy("Role"), [(r.value, word(r).label) for r in Role])


def _people(form):
    people, whole = accounts.holders(me().programme_id, most=paging.MOST, start=paging.start())
    page = render_template(
        "lms/oversight/people.html",
        people=people,
        form=form,
        page=paging.pager(len(people), whole),
    )
    return page, 422 if form.errors else 200


@bp.get("/people")
@allow(LIST_PEOPLE)
def people():
    return _people(InviteForm())


@bp.post("/people")
@allow(INVITE_PERSON)
def invite():
    form = InviteForm()
    person = form.validate() and form.attempt(
        accounts.invite, form.mail.data, form.name.data, Role(form.role.data), by=me()
    )
    if not person:
        return _people(form)
    flash(gettext("The invitation to %(mail)s is on its way.", mail=person.mail))
    return redirect(url_for("oversight.people"), 303)


@bp.get("/audit", endpoint="audit")
@allow(READ_AUDIT)
def envelope():
    entries = audit.latest(me().programme_id, most=paging.MOST, start=paging.start())
    return render_template(
        "lms/oversight/audit.html",
        entries=entries,
        names=accounts.names(e.actor_id for e in entries),
        said=record.said(current_app.extensions["packages"], {e.what for e in entries}),
        page=paging.pager(len(entries), audit.length(me().programme_id)),
    )


@bp.get("/jobs", endpoint="jobs")
@allow(READ_JOBS)
def all_jobs():
    found, whole = queue.of_programme(me().programme_id, most=paging.MOST, start=paging.start())
    dead = [job for job in found if job.state == JobState.DEAD]
    return render_template(
        "lms/oversight/jobs.html",
        jobs=found,
        kinds=record.kinds(current_app.extensions["packages"]),
        why=record.why,
        again=allowed_ids(dead, me(), RETRY_JOB),
        page=paging.pager(len(found), whole),
    )


@bp.post("/jobs/<uuid:job>/retry")
@allow(RETRY_JOB, "job")
def retry(job):
    queue.retry(job, by=me())
    flash(gettext("It will be tried again."))
    return redirect(url_for("oversight.jobs"), 303)
