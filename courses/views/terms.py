"""How the register of an edition is kept: its codes, its rounding, its original, its logos."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    planning,
    register_policy,
    terms,
)
from courses.editions import Original, Rounding
from courses.views.scans import content_of, sent
from lms import forms
from lms.errors import NotFound, Stale
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import can

bp = Blueprint("terms", __name__)


class TermsForm(forms.Form):
    practice_number = forms.Words(lazy("Practice no."), most=60, required=False)
    operator_code = forms.Words(lazy("Operator code"), most=60, required=False)
    course_code = forms.Words(lazy("Course code"), most=60, required=False)
    project_code = forms.Words(lazy("CUP"), most=60, required=False)
    site = forms.Words(lazy("Site"), most=200, required=False)
    rounding = forms.Choice(
        lazy("Minutes are counted"), [(r.value, word(r).label) for r in Rounding], radio=True
    )
    rounding_minutes = forms.Number(
        lazy("Minutes of tolerance, or of a block"),
        0,
        60,
        description=lazy("To the minute: 0. Blocks are of 15, 30 or 60."),
    )
    least_percent = forms.Number(
        lazy("Least hours for an exception, in percent"),
        1,
        100,
        description=lazy("Below it nobody is certified, whatever the reason."),
    )
    live_percent = forms.Number(
        lazy("Most hours live online, in percent"),
        0,
        100,
        required=False,
        description=lazy("Empty: without a cap."),
    )
    ticks = forms.Words(
        lazy("Shares that pictures mark"),
        description=lazy("Fractions with spaces, such as 2/3 3/4 4/5."),
    )
    contest_days = forms.Number(lazy("Days to contest a line of hours"), 1, 365)
    late_days = forms.Number(
        lazy("Days to open a page late when the network failed"),
        0,
        60,
    )
    version = forms.Version()


class OriginalForm(forms.Form):
    original = forms.Choice(
        lazy("The legal original"), [(o.value, word(o).label) for o in Original], radio=True
    )
    version = forms.Version()


class AuthorisationForm(forms.Form):
    reference = forms.Words(lazy("Its number or reference"))
    dated_on = forms.Day(lazy("Its date"))
    file = forms.Attachment(lazy("The authorisation, as a PDF or a picture"))


class LogoForm(forms.Form):
    name = forms.Words(
        lazy("Whose logo it is"), description=lazy("Read out to those who do not see it.")
    )
    file = forms.Attachment(lazy("The picture, PNG or JPEG"))


def page(edition, *, different=(), **given):
    given = {"terms": None, "original": None, "authorisation": None, **given}
    refused = any(form is not None and form.errors for form in given.values())
    found = render_template(
        "courses/terms/show.html",
        edition=edition,
        writes=can(me(), register_policy.WRITE_TERMS, edition),
        is_open=edition.state in planning.AMENDABLE,
        rounds=not terms.has_signed_page(edition.id),
        given=terms.authorisation(edition.id),
        logos=terms.logos(edition.id),
        different=different,
        form=given["terms"] or TermsForm(edition),
        original_form=given["original"] or OriginalForm(edition),
        authorisation_form=given["authorisation"] or AuthorisationForm(),
    )
    return found, 409 if different else 422 if refused else 200


def to(edition):
    return redirect(url_for("terms.show", edition=edition.id), 303)


@bp.get("/editions/<uuid:edition>/register-settings")
@allow(register_policy.READ_TERMS, "edition", also=[register_policy.WRITE_TERMS])
def show(edition):
    return page(edition)


@bp.post("/editions/<uuid:edition>/register-settings")
@allow(register_policy.WRITE_TERMS, "edition")
def change(edition):
    form, different = TermsForm(), ()
    try:
        done = form.validate() and form.attempt(
            terms.amend, edition, wanted(form), version=form.version.data, by=me()
        )
    except Stale:
        done, different = False, _different(edition, form)
        if not different:
            flash(gettext("Somebody saved the same meanwhile: nothing is left to change."))
            return to(edition)
    if not done:
        return page(edition, terms=form, different=different)
    flash(gettext("The settings of the register are saved."))
    return to(edition)


def wanted(form):
    facts = form.facts("version")
    return terms.Terms(**{**facts, "rounding": Rounding(form.rounding.data)})


def _different(edition, form):
    """Field by field, what was typed and what stands now, where the two differ."""
    pairs = [(f, f.data, getattr(edition, f.name)) for f in form if f.name != "version"]
    return [(f.label.text, typed, kept) for f, typed, kept in pairs if typed != kept]


@bp.post("/editions/<uuid:edition>/register-settings/original")
@allow(register_policy.WRITE_TERMS, "edition")
def choose(edition):
    form = OriginalForm()
    done = form.validate() and form.attempt(
        terms.choose_original,
        edition,
        Original(form.original.data),
        version=form.version.data,
        by=me(),
    )
    if not done:
        return page(edition, original=form)
    flash(
        gettext(
            "Pages that are opened from now on have this original: %(name)s.",
            name=word(edition.original).label,
        )
    )
    return to(edition)


@bp.post("/editions/<uuid:edition>/register-settings/authorisation")
@allow(register_policy.WRITE_TERMS, "edition")
def authorise(edition):
    form = AuthorisationForm()
    content = content_of(form)
    if content is None or not form.attempt(
        terms.authorise, edition, content, **form.facts(), by=me()
    ):
        return page(edition, authorisation=form)
    flash(gettext("Attached. The electronic register may now be made the original."))
    return to(edition)


@bp.get("/editions/<uuid:edition>/authorisation")
@allow(register_policy.READ_TERMS, "edition")
def authorisation(edition):
    given = terms.authorisation(edition.id)
    if given is None:
        raise NotFound()
    return sent(given.file, "authorisation")


def logo_page(edition, form):
    found = render_template(
        "courses/terms/logos.html",
        edition=edition,
        logos=terms.logos(edition.id),
        most=terms.MOST_LOGOS,
        writes=can(me(), register_policy.WRITE_TERMS, edition)
        and edition.state in planning.AMENDABLE,
        form=form,
    )
    return found, 422 if form.errors else 200


@bp.get("/editions/<uuid:edition>/logos")
@allow(register_policy.READ_TERMS, "edition", also=[register_policy.WRITE_TERMS])
def logos(edition):
    return logo_page(edition, LogoForm())


@bp.post("/editions/<uuid:edition>/logos")
@allow(register_policy.WRITE_TERMS, "edition")
def add_logo(edition):
    form = LogoForm()
    content = content_of(form)
    if content is None or not form.attempt(
        terms.add_logo, edition, content, name=form.name.data, by=me()
    ):
        return logo_page(edition, form)
    flash(gettext("The logo stands on every page that is printed from now on."))
    return redirect(url_for(".logos", edition=edition.id), 303)


@bp.get("/logos/<uuid:logo>")
@allow(register_policy.READ_LOGO, "logo")
def logo(logo):
    return sent(logo.file, "logo", shown=True)


@bp.post("/logos/<uuid:logo>/remove")
@allow(register_policy.REMOVE_LOGO, "logo")
def remove_logo(logo):
    edition_id = logo.edition_id
    terms.remove_logo(logo, by=me())
    flash(gettext("The logo is taken off."))
    return redirect(url_for(".logos", edition=edition_id), 303)
