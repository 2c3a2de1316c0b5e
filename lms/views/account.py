"""A person's own account: language, programme, password, what she was typing."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from lms import accounts, drafts, forms, guard, readable, sign_ins
from lms.guard import me, public, signed_in, visitor
from lms.i18n import LANGUAGES, gettext, lazy, speaking
from lms.origin import safe_next

bp = Blueprint("account", __name__, url_prefix="/account")


class PasswordForm(forms.Form):
    old = forms.Password(lazy("Present password"))
    password = forms.Password(lazy("New password"))


def _page(form):
    page = render_template(
        "lms/accounts/show.html",
        form=form,
        person=accounts.get(me().id),
        enrolled=visitor().enrolled,
        programmes=accounts.programmes_of(me().id),
    )
    return page, 422 if form.errors else 200


@bp.get("/", endpoint="show")
@signed_in
def show():
    return _page(PasswordForm())


@bp.post("/password")
@signed_in
def password():
    form, actor = PasswordForm(), me()
    done = form.validate() and form.attempt(
        sign_ins.change_password, visitor(), form.old.data, form.password.data
    )
    if not done:
        if form.old.data and form.old.errors:
            guard.aside(lambda: sign_ins.not_proven("proof", by=actor))
        return _page(form)
    flash(gettext("Your password is changed. Every other device has been signed out."))
    return redirect(url_for("account.show"), 303)


@bp.post("/language")
@public
def language():
    chosen = request.form.get("language", "it")
    chosen = chosen if chosen in LANGUAGES else "it"
    session["language"] = chosen
    if visitor():
        accounts.speak(accounts.get(me().id), chosen, by=me())
    with speaking(chosen):
        return redirect(safe_next(request.form.get("next")), 303)


@bp.post("/programme")
@signed_in
def programme():
    chosen = request.form.get("programme", "")
    row = next((p for p in accounts.programmes_of(me().id) if str(p.id) == chosen), None)
    sign_ins.change_programme(visitor().sign_in_id, row, by=me())
    return redirect(url_for("home.index"), 303)


@bp.post("/others")
@signed_in
def end_others():
    sign_ins.end_others(visitor().sign_in_id, person_id=me().id)
    flash(gettext("Every other device has been signed out."))
    return redirect(url_for("account.show"), 303)


def _about(draft):
    """What a draft is about, if she may still open it; her own key opens what is her own."""
    own = me() if draft.key_id == me().key_id else None
    return guard.row_behind(draft.form, me()) or own


@bp.get("/kept")
@signed_in
def kept():
    if detour := guard.factor_first():
        return detour
    mine = [(row, _about(row)) for row in drafts.of_person(me().id)]
    rows = [row for row, about in mine if about is not None]
    subjects = {row.id: guard.subject_of(about) for row, about in mine if about is not None}
    opened = drafts.opened(rows, subjects, by=me())
    found = [(row, readable.at(row.form, fields)) for row, fields in opened]
    return render_template("lms/accounts/kept.html", kept=found)


@bp.post("/kept")
@signed_in
def drop():
    drafts.drop(request.form.get("form", ""), by=me())
    return redirect(url_for("account.kept"), 303)
