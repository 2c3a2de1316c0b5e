"""For an inspector: what is open to her, as it is now. For who runs an edition: to whom it is."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from courses import (
    certification_policy,
    closing,
    declaration,
    enclosures,
    exports,
    inspection,
    leaves,
    verification,
)
from courses.calendar import Session, SessionState
from lms import clock, forms
from lms.guard import allow, me
from lms.i18n import date_year, gettext, lazy, moment

bp = Blueprint("inspection", __name__)


class AdmitForm(forms.Form):
    name = forms.Words(lazy("First name and family name"))
    mail = forms.Words(lazy("Mail"))
    until = forms.Day(lazy("Open up to"))


def visit_form(edition):
    class VisitForm(forms.Form):
        session = forms.RowField(
            lazy("Which session was visited"),
            certification_policy.INSPECT_PAGE,
            say=lambda row: f"{moment(row.starts_at)}, {row.unit.code}",
            within=lambda: (Session.edition_id == edition.id) & (Session.starts_at < clock.now()),
            order=Session.starts_at.desc(),
            required=False,
            description=lazy("None, for a visit to the papers."),
        )
        counted = forms.Number(lazy("How many people you counted"), 0, 500, required=False)
        text = forms.Prose(
            lazy("What you found"),
            most=4000,
            description=lazy("It stays as you write it: no names, nothing personal."),
        )

    return VisitForm()


# The inspector


@bp.get("/inspection")
@allow(certification_policy.INSPECT)
def index():
    return render_template("courses/inspection/index.html", editions=inspection.editions_of(me()))


@bp.get("/inspection/editions/<uuid:edition>")
@allow(certification_policy.INSPECT, "edition")
def edition(edition):
    inspection.see_edition(edition, by=me())
    sessions = inspection.calendar_of(edition.id)
    return render_template(
        "courses/inspection/edition.html",
        edition=edition,
        has_pages=any(session.page for session in sessions),
        sessions=sessions,
        open=[s for s in sessions if s.state == SessionState.OPEN],
        joinable=inspection.live(sessions),
        chain=inspection.chain_of(edition.id),
    )


@bp.get("/inspection/editions/<uuid:edition>/changes")
@allow(certification_policy.INSPECT, "edition")
def changes(edition):
    inspection.see_edition(edition, by=me())
    moves = inspection.moves(edition)
    return render_template(
        "courses/inspection/changes.html",
        edition=edition,
        has_pages=leaves.has_pages(edition.id),
        moves=moves,
        names=inspection.names_of(moves),
        before=inspection.moved_from(moves),
        said=exports.said,
        corrections=inspection.corrections(edition.id),
    )


@bp.get("/inspection/editions/<uuid:edition>/papers")
@allow(certification_policy.INSPECT, "edition")
def papers(edition):
    inspection.see_edition(edition, by=me())
    return render_template(
        "courses/inspection/papers.html",
        edition=edition,
        has_pages=leaves.has_pages(edition.id),
        papers=enclosures.of_edition(edition.id),
        sheets=closing.of_edition(edition.id),
        period=declaration.period,
    )


@bp.get("/inspection/sessions/<uuid:session>")
@allow(certification_policy.INSPECT_PAGE, "session", polled=True)
def page(session):
    leaf = leaves.leaf(session)
    seen = leaf.mark
    if request.args.get("seen") == seen:
        return Response(status=204)
    if "seen" not in request.args:
        inspection.see_page(session, by=me())
    return render_template(
        "courses/inspection/page.html", session=session, leaf=leaf, seen=seen, now=clock.now()
    )


@bp.post("/inspection/editions/<uuid:edition>/verify")
@allow(certification_policy.INSPECT, "edition")
def verify(edition):
    found = verification.verify_one(edition, by=me())
    holds = gettext("The chain holds: %(num)d entries, one after the other.", num=found.entries)
    flash(found.fault or holds)
    return redirect(url_for(".edition", edition=edition.id), 303)


def _visits(edition, form):
    page = render_template(
        "courses/inspection/visits.html",
        edition=edition,
        has_pages=leaves.has_pages(edition.id),
        visits=inspection.visits(edition.id),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.get("/inspection/editions/<uuid:edition>/visits")
@allow(certification_policy.INSPECT, "edition")
def visits(edition):
    return _visits(edition, visit_form(edition))


@bp.post("/inspection/editions/<uuid:edition>/visits")
@allow(certification_policy.INSPECT, "edition")
def visit(edition):
    form = visit_form(edition)
    if not (form.validate() and form.attempt(inspection.note, edition, **form.facts(), by=me())):
        return _visits(edition, form)
    flash(gettext("Your note is in the register. Who runs the edition reads it."))
    return redirect(url_for(".visits", edition=edition.id), 303)


# Who runs the edition


def _admitted(edition, form):
    page = render_template(
        "courses/inspection/admitted.html",
        edition=edition,
        grants=inspection.admitted(edition.id),
        visits=inspection.visits(edition.id),
        form=form,
        admits=certification_policy.ADMIT_INSPECTOR.held_by(me()),
        today=clock.today(),
    )
    return page, 422 if form.errors else 200


@bp.get("/editions/<uuid:edition>/inspectors")
@allow(certification_policy.SEE_CONTROL, "edition")
def admitted(edition):
    return _admitted(edition, AdmitForm())


@bp.post("/editions/<uuid:edition>/inspectors")
@allow(certification_policy.ADMIT_INSPECTOR, "edition")
def admit(edition):
    form = AdmitForm()
    if not (form.validate() and form.attempt(inspection.admit, edition, **form.facts(), by=me())):
        return _admitted(edition, form)
    flash(gettext("The edition is open up to %(day)s.", day=date_year(form.until.data)))
    return redirect(url_for(".admitted", edition=edition.id), 303)


@bp.post("/inspectors/<uuid:grant>/dismiss")
@allow(certification_policy.DISMISS_INSPECTOR, "grant")
def dismiss(grant):
    inspection.dismiss(grant, by=me())
    flash(gettext("The edition is shut to this person from now on."))
    return redirect(url_for(".admitted", edition=grant.edition_id), 303)
