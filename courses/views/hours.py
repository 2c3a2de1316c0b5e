from flask import Blueprint, flash, redirect, render_template, request, url_for

from courses import (
    awaiting,
    contests,
    enrolments,
    forecast,
    grid,
    ledger,
    lines,
    pages,
    policy,
    register,
    register_policy,
    scans,
)
from courses.calendar import SessionState
from courses.ledger import Source
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
        "courses/hours/mine.html", found=forecast.forecasts([enrolment.id])[enrolment.id]
    )


@bp.get("/hours/lines")
@allow(policy.READ_OWN_HOURS)
def my_lines():
    enrolment = _mine()
    if enrolment is None:
        return redirect(url_for("path.show"), 303)
    return render_template("courses/hours/lines.html", **_lines(enrolment))


def _lines(enrolment):
    """The lines of somebody, those that the address asks for, and what they add up to."""
    every, wanted = ledger.lines(enrolment.id), _wanted()
    return {
        "wanted": wanted,
        "lines": lines.chosen(every, wanted),
        "taken_back": lines.taken_back(every),
        "made_of": lines.breakdown(every),
        "contested": contests.of_enrolment(enrolment.id),
        "open_to": contests.open_to(every, enrolment.edition),
        "found": forecast.forecasts([enrolment.id])[enrolment.id],
    }


def _wanted():
    return lines.Chosen(
        module=request.args.get("module", type=int),
        unit=request.args.get("unit"),
        source=request.args.get("source", type=Source),
        state=request.args.get("state", type=SessionState),
    )


@bp.get("/enrolments/<uuid:enrolment>/hours")
@allow(policy.READ_HOURS, "enrolment")
def person(enrolment):
    return render_template(
        "courses/hours/person.html",
        enrolment=enrolment,
        reads_edition=can(me(), policy.READ_EDITION_HOURS, enrolment.edition),
        **_lines(enrolment),
    )


@bp.get("/editions/<uuid:edition>/hours")
@allow(policy.READ_EDITION_HOURS, "edition")
def edition(edition):
    people, module = enrolments.of_edition(edition.id), request.args.get("module", type=int)
    found = forecast.forecasts([e.id for e in people])
    return render_template(
        "courses/hours/edition.html",
        edition=edition,
        people=sorted(people, key=lambda e: found[e.id].urgency(found[e.id].share(module))),
        listed=people,
        behind=sum(f.is_in_need for f in found.values()),
        found=found,
        module=module,
        grid=grid.of_edition(edition),
        in_figures=bool(request.args.get("figures")),
        may_certify=register_policy.CERTIFY_HOURS.held_by(me()),
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
    waiting = awaiting.countersigned(edition)
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
@allow(register_policy.CERTIFY_HOURS, "edition")
def certify(edition):
    *left_out, others = _batch(edition)
    return _certify_page(edition, certify_form(others), *left_out, others)


@bp.post("/editions/<uuid:edition>/certify-hours")
@allow(register_policy.CERTIFY_HOURS, "edition")
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
