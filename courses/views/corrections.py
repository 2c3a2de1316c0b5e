"""Corrections: what is asked of a signed page, and what another person decides."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    contests,
    corrections,
    register,
    register_policy,
    stamps,
)
from courses.corrections import CorrectionState, Reason
from courses.stamps import Expected
from lms import forms
from lms.errors import Invalid
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import allowed_ids

bp = Blueprint("corrections", __name__)
SEALED = lazy("It lies sealed: only who decides on it and the trainee can read it.")


class TimesForm(forms.Form):
    """From when to when somebody was there, or that she was not, and why the page is wrong."""

    came = forms.Clock(lazy("Came in at"), required=False)
    went = forms.Clock(lazy("Went out at"), required=False)
    absent = forms.Tick(lazy("She was not there"))
    reason = forms.Choice(lazy("Reason"), [(r.value, word(r).label) for r in Reason])

    def times(self, session):
        """What was typed, as moments of the day of the session. Raises Invalid."""
        came, went = self.came.data, self.went.data
        if self.absent.data:
            if came or went:
                raise Invalid(absent=lazy("Either times, or that she was not there."))
            return None
        if not came:
            raise Invalid(came=lazy("Write when she came, or that she was not there."))
        if not went:
            raise Invalid(went=lazy("Write when she went."))
        return register.moment_of(session, came), register.moment_of(session, went)


def ask_form(session):
    """With whose times they are."""
    names = {one.id: one.enrolment.person.name for one in stamps.expected(session.id)}

    class AskForm(TimesForm):
        who = forms.RowField(
            lazy("Who"),
            register_policy.CORRECT_PERSON,
            say=lambda row: names.get(row.id, ""),
            within=lambda: Expected.session_id == session.id,
        )
        said = forms.Prose(lazy("What happened"), most=2000, description=SEALED)

    return AskForm()


class RefusalForm(forms.Form):
    answer = forms.Prose(
        lazy("Why not"), most=2000, description=lazy("Whoever asked for it reads it.")
    )


def page(template, form=None, **shown):
    found = render_template(f"courses/corrections/{template}.html", form=form, **shown)
    return found, 422 if form is not None and form.errors else 200


@bp.get("/sessions/<uuid:session>/corrections")
@allow(register_policy.ASK_CORRECTION, "session")
def ask(session):
    return asking(session, ask_form(session))


def asking(session, form):
    return page("ask", form, session=session, correctable=corrections.is_correctable(session))


@bp.post("/sessions/<uuid:session>/corrections")
@allow(register_policy.ASK_CORRECTION, "session")
def asked(session):
    form = ask_form(session)
    if not (form.validate() and form.attempt(_ask, session, form)):
        return asking(session, form)
    flash(gettext("The correction is asked. Somebody else decides on it; the page shows it."))
    return redirect(url_for("register.show", session=session.id), 303)


def _ask(session, form):
    return corrections.ask(
        session,
        form.who.data.enrolment_id,
        form.times(session),
        reason=Reason(form.reason.data),
        said=form.said.data,
        by=me(),
    )


@bp.get("/editions/<uuid:edition>/corrections")
@allow(register_policy.LIST_CORRECTIONS, "edition")
def listed(edition):
    rows, said = corrections.of_edition(edition.id), contests.of_edition(edition.id)
    return page(
        "listed",
        edition=edition,
        rows=rows,
        contests=said,
        answers=allowed_ids(said, me(), register_policy.ANSWER_CONTEST),
        waiting=sum(row.state == CorrectionState.ASKED for row in rows),
    )


def shown(correction, form=None):
    return page(
        "show",
        form or RefusalForm(),
        correction=correction,
        words=corrections.opened(correction, by=me()),
        own=correction.asked_by_id == me().id,
        waits=correction.state == CorrectionState.ASKED,
    )


@bp.get("/corrections/<uuid:correction>")
@allow(register_policy.DECIDE_CORRECTION, "correction")
def show(correction):
    return shown(correction)


@bp.post("/corrections/<uuid:correction>/approve")
@allow(register_policy.DECIDE_CORRECTION, "correction")
def approve(correction):
    corrections.approve(correction, by=me())
    flash(gettext("Approved: the page and the hours say it from now on."))
    return redirect(url_for("register.show", session=correction.session_id), 303)


@bp.post("/corrections/<uuid:correction>/refuse")
@allow(register_policy.DECIDE_CORRECTION, "correction")
def refuse(correction):
    form = RefusalForm()
    done = form.validate() and form.attempt(corrections.refuse, correction, **form.facts(), by=me())
    if not done:
        return shown(correction, form)
    flash(gettext("Refused: the page stays as it is."))
    return redirect(url_for(".listed", edition=correction.edition_id), 303)
