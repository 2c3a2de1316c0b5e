"""Who has what it takes, the act of certifying, the certificate, and its verification by anyone."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from courses import (
    batches,
    certificates,
    certification,
    certification_policy,
    deferrals,
    exceptions,
    forecast,
    policy,
    replacements,
)
from courses.certificates import CertificateState
from lms import clock, forms, guard, tries
from lms.errors import TooMany
from lms.guard import allow, me, public
from lms.i18n import LANGUAGES, date_year, gettext, language, lazy, nlazy, speaking
from lms.manifest import Todo

bp = Blueprint("certification", __name__)


class NumberForm(forms.Form):
    number = forms.Words(lazy("Number of the certificate"), most=40)


class DeferForm(forms.Form):
    until = forms.Day(lazy("Until"))
    reason = forms.Words(
        lazy("Why"),
        most=400,
        description=lazy("She reads it on the page of her certificate; it lies sealed."),
    )


def conditions():
    """What the other packages ask for, beside hours and unit 1.10."""
    return [c for package in current_app.extensions["packages"] for c in package.certified_if]


def to_certify(me):
    """For a manager: one thing for each edition with trainees who have what it takes."""
    if not certification_policy.CERTIFY_TRAINEE.held_by(me):
        return []
    return [
        Todo(
            on=max(edition.ends_on, clock.today()),
            title=nlazy("Certify one trainee", "Certify %(num)d trainees", count),
            endpoint="certification.edition",
            values={"edition": edition.id},
            small=edition.name,
        )
        for edition, count in certification.ready(me.programme_id, conditions())
    ]


@bp.get("/editions/<uuid:edition>/certification")
@allow(certification_policy.READ_CERTIFICATION, "edition")
def edition(edition):
    people = certification.people(edition.id)
    missing = certification.missing(people, conditions())
    decided = certification.decided(people)
    waiting = [e for e in people if not certification.is_settled(decided.get(e.id))]
    return render_template(
        "courses/certification/edition.html",
        edition=edition,
        people=people,
        missing=missing,
        decided=decided,
        certificates=certificates.of_enrolments([e.id for e in people]),
        proposed=exceptions.of_edition(edition.id),
        ready=[e for e in waiting if not missing[e.id]],
        waiting=waiting,
        batch=batches.latest(edition.id),
        certifies=certification_policy.CERTIFY_TRAINEE.held_by(me()),
    )


@bp.get("/enrolments/<uuid:enrolment>/certify")
@allow(certification_policy.CERTIFY_TRAINEE, "enrolment")
def confirm(enrolment):
    hours = forecast.forecasts([enrolment.id])
    return render_template(
        "courses/certification/confirm.html",
        enrolment=enrolment,
        found=hours[enrolment.id],
        missing=certification.missing([enrolment], conditions(), hours=hours)[enrolment.id],
    )


@bp.post("/enrolments/<uuid:enrolment>/certify")
@allow(certification_policy.CERTIFY_TRAINEE, "enrolment")
def certify(enrolment):
    row = certificates.issue(enrolment, also=conditions(), by=me())
    flash(gettext("Certified. The certificate is number %(number)s.", number=row.number))
    return redirect(url_for(".edition", edition=enrolment.edition_id), 303)


@bp.get("/enrolments/<uuid:enrolment>/defer")
@allow(certification_policy.DEFER_CERTIFICATION, "enrolment")
def deferring(enrolment):
    return _deferring(enrolment, DeferForm())


def _deferring(enrolment, form):
    page = render_template("courses/certification/defer.html", enrolment=enrolment, form=form)
    return page, 422 if form.errors else 200


@bp.post("/enrolments/<uuid:enrolment>/defer")
@allow(certification_policy.DEFER_CERTIFICATION, "enrolment")
def defer(enrolment):
    form = DeferForm()
    if not (form.validate() and form.attempt(deferrals.defer, enrolment, **form.facts(), by=me())):
        return _deferring(enrolment, form)
    flash(gettext("Put off until %(day)s.", day=date_year(form.until.data)))
    return redirect(url_for("dossiers.show", enrolment=enrolment.id), 303)


@bp.get("/certificate")
@allow(policy.READ_OWN_HOURS)
def mine():
    rows = certificates.of_person(me())
    ended = [row for row in rows if row.reason]
    deferred = deferrals.deferred(me())
    return render_template(
        "courses/certification/mine.html",
        rows=rows,
        why={row.id: replacements.why_ended(row, by=me()) for row in ended},
        deferred=deferred,
        why_deferred=deferrals.why_deferred(deferred, by=me()) if deferred else "",
    )


@bp.get("/certificates/<uuid:certificate>/pdf")
@allow(certification_policy.READ_CERTIFICATE, "certificate")
def pdf(certificate):
    with speaking(asked_language()):
        made = certificates.pdf(certificate, address=address_of(certificate.number), by=me())
    return paper(made, certificate.number)


def asked_language():
    """The language in which a document is asked for."""
    asked = request.args.get("language", language())
    return asked if asked in LANGUAGES else language()


def paper(made, name):
    """A document as it is handed out; its name says nothing of anybody."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(made, mimetype="application/pdf", headers=headers)


def address_of(number):
    """Where anyone verifies this number."""
    public_url = current_app.extensions["affianca"].public_url
    return public_url + url_for("certification.verify", number=number)


# For anyone


@bp.get("/verify")
@public
def ask():
    form = NumberForm(asked=True)
    if request.args and form.validate():
        number = certificates.written(form.number.data)
        return redirect(url_for(".verify", number=number), 303)
    page = render_template("courses/certification/ask.html", form=form)
    return page, 422 if form.errors else 200


@bp.get("/verify/<number>")
@public
def verify(number):
    """Valid, replaced, revoked or unknown; who tries many unknown numbers has to wait."""
    try:
        tries.check_wait("verify", tries.place(request.remote_addr))
    except TooMany as refusal:
        return _shown(None, refusal.message, 429)
    found = certificates.find(number)
    if found is None:
        guard.aside(lambda: tries.failed("verify", tries.place(request.remote_addr)))
        return _shown(None, lazy("We know of no certificate with this number."), 404)
    return _shown(found, _said(found), 200)


def _said(found):
    match found.state:
        case CertificateState.VALID:
            return lazy("This certificate is valid.")
        case CertificateState.REPLACED:
            day = date_year(found.ended_at)
            return lazy("This certificate was replaced by another one on %(day)s.", day=day)
        case CertificateState.REVOKED:
            return lazy("This certificate was revoked on %(day)s.", day=date_year(found.ended_at))


def _shown(found, message, status):
    name = "verify" if found else "unknown"
    page = render_template(f"courses/certification/{name}.html", found=found, message=message)
    return page, status, {"X-Robots-Tag": "noindex"}
