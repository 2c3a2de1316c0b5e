from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    contests,
    credits,
    enrolments,
    forecast,
    ledger,
    pages,
    policy,
    register,
    scans,
)
from lms import forms
from lms.guard import allow, me
from lms.i18n import day, gettext, lazy
from lms.permissions import can

bp = Blueprint("hours", __name__)


def _mine():
    return forecast.enrolment_of(me().id, me().programme_id)


@bp.get("/hours")
@allow(policy.READ_OWN_HOURS)
def mine():
    enrolment = _mine()
    if enrolment is None:
        return redirect(url_for("path.show"), 303)
    return render_template(
        "courses/hours/mine.html",
        found=forecast.forecasts([enrolment.id])[enrolment.id],
        credited=_credited(enrolment),
    )


def _credited(enrolment):
    """The minutes that she is recognised, which are not due."""
    return sum(credits.of([enrolment.id]).get(enrolment.id, {}).values())


@bp.get("/hours/lines")
@allow(policy.READ_OWN_HOURS)
def my_lines():
    enrolment = _mine()
    if enrolment is None:
        return redirect(url_for("path.show"), 303)
    lines = ledger.lines(enrolment.id)
    return render_template(
        "courses/hours/lines.html",
        lines=lines,
        contested=contests.of_enrolment(enrolment.id),
        open_to=contests.open_to(lines, enrolment.edition),
        found=forecast.forecasts([enrolment.id])[enrolment.id],
    )


@bp.get("/enrolments/<uuid:enrolment>/hours")
@allow(policy.READ_HOURS, "enrolment")
def person(enrolment):
    return render_template(
        "courses/hours/person.html",
        enrolment=enrolment,
        lines=ledger.lines(enrolment.id),
        found=forecast.forecasts([enrolment.id])[enrolment.id],
        reads_edition=can(me(), policy.READ_EDITION_HOURS, enrolment.edition),
        credited=_credited(enrolment),
        contested=contests.of_enrolment(enrolment.id),
    )


@bp.get("/editions/<uuid:edition>/hours")
@allow(policy.READ_EDITION_HOURS, "edition")
def edition(edition):
    people = enrolments.of_edition(edition.id)
    found = forecast.forecasts([e.id for e in people])
    return render_template(
        "courses/hours/edition.html",
        edition=edition,
        people=sorted(people, key=lambda e: found[e.id].worst),
        listed=people,
        behind=sum(f.outlook in forecast.IN_NEED for f in found.values()),
        found=found,
        sessions=forecast.columns(edition.id),
        cells=ledger.by_session(edition.id),
        may_certify=policy.CERTIFY_HOURS.held_by(me()),
    )


def certify_form(others):
    """The pages to certify, all ticked; hers, and those without their scan, are not offered."""

    class CertifyForm(forms.Form):
        pages = forms.Choices(lazy("Pages"), [(str(s.page), _named(s)) for s in others])

    return CertifyForm(pages=[str(s.page) for s in others])


def _named(session):
    return lazy(
        "Page %(page)s: %(unit)s, %(day)s",
        page=session.page,
        unit=session.unit.code,
        day=day(session.starts_at),
    )


def _batch(edition):
    waiting = pages.countersigned(edition)
    own = [s for s in waiting if register.is_own(s, me())]
    lacking = scans.lacking(waiting)
    unscanned = [s for s in waiting if s.id in lacking]
    return own, unscanned, [s for s in waiting if s not in [*own, *unscanned]]


def _certify_page(edition, form, own, unscanned, others):
    sums, names = pages.batch(others)
    page = render_template(
        "courses/hours/certify.html",
        edition=edition,
        form=form,
        own=own,
        unscanned=unscanned,
        others=others,
        sums=sums,
        names=names,
        modules=sorted({m for found in sums.values() for m in found}),
    )
    return page, 422 if form.errors else 200


@bp.get("/editions/<uuid:edition>/certify-hours")
@allow(policy.CERTIFY_HOURS, "edition")
def certify(edition):
    *left_out, others = _batch(edition)
    return _certify_page(edition, certify_form(others), *left_out, others)


@bp.post("/editions/<uuid:edition>/certify-hours")
@allow(policy.CERTIFY_HOURS, "edition")
def certify_pages(edition):
    *left_out, others = _batch(edition)
    form = certify_form(others)
    chosen = [s for s in others if str(s.page) in (form.pages.data or [])]
    if not (form.validate() and form.attempt(register.certify, chosen, by=me())):
        return _certify_page(edition, form, *left_out, others)
    flash(
        gettext(
            "You certified the hours of %(num)d pages of %(edition)s.",
            num=len(chosen),
            edition=edition.name,
        )
    )
    return redirect(url_for(".certify", edition=edition.id), 303)
