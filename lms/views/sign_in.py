"""Signing in and out, the second factor, and what links in mails open."""

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)

from lms import (
    accounts,
    asked,
    documents,
    forms,
    guard,
    installation,
    mail,
    sign_ins,
    text,
    tokens,
    tries,
)
from lms.errors import Invalid, TooMany
from lms.guard import public, signed_in, visitor
from lms.i18n import gettext, language, lazy
from lms.origin import safe_next

bp = Blueprint("accounts", __name__)


class SignInForm(forms.Form):
    mail = forms.Words(lazy("Mail"))
    password = forms.Password(lazy("Password"))


class CodeForm(forms.Form):
    code = forms.Words(lazy("The six digits"), most=20)


class ProofForm(forms.Form):
    password = forms.Password(lazy("Password"))


class NewPasswordForm(forms.Form):
    password = forms.Password(lazy("New password"))


class MailForm(forms.Form):
    mail = forms.Words(lazy("Mail"))


def _next():
    return safe_next(request.values.get("next"))


def _page(template, form, status=200, **more):
    page = render_template(f"lms/accounts/{template}.html", form=form, next=_next(), **more)
    return page, status if not form.errors else 422


@bp.get("/sign-in")
@public
def sign_in():
    if visitor():
        return redirect(_next(), 303)
    return _page("sign_in", SignInForm())


@bp.post("/sign-in")
@public
def enter():
    form = SignInForm()
    if not form.validate():
        return _page("sign_in", form)
    typed, place = form.mail.data, tries.place(request.remote_addr)
    try:
        token = sign_ins.enter(typed, form.password.data, place=place)
    except Invalid as refusal:
        guard.aside(lambda: sign_ins.turned_away(typed))
        form.password.errors = [str(refusal.message)]
        return _page("sign_in", form)
    except TooMany as refusal:
        form.password.errors = [str(refusal.message)]
        return _page("sign_in", form)[0], 429
    return _begin(token, _next())


def _begin(token, target):
    asked.begin_anew()
    session["sign_in"] = token
    seen = sign_ins.visitor(token)
    if seen and seen.enrolled:
        return redirect(url_for("accounts.factor", next=target), 303)
    return redirect(target, 303)


@bp.post("/sign-out")
@signed_in
def sign_out():
    sign_ins.end(visitor().sign_in_id, by=guard.me())
    session.clear()
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


# Second factor


@bp.get("/sign-in/code")
@signed_in
def factor():
    if not visitor().enrolled:
        return redirect(url_for("accounts.enrol", next=_next()), 303)
    return _page("factor", CodeForm(), demo_code=_demo_code())


def _demo_code():
    """In a demo the code that can be used, or nothing while she has to wait for one; else None."""
    if not (installation.is_demo() and visitor().enrolled):
        return None
    return sign_ins.next_code(accounts.get(guard.me().id), by=guard.me()) or ""


@bp.post("/sign-in/code")
@signed_in
def show_factor():
    form, me = CodeForm(), guard.me()
    if form.validate():
        try:
            sign_ins.show_factor(visitor(), form.code.data)
            return redirect(_next(), 303)
        except Invalid as refusal:
            guard.aside(lambda: sign_ins.not_proven("factor", by=me))
            form.code.errors = [str(refusal.message)]
    return _page("factor", form, demo_code=_demo_code())


@bp.get("/account/code")
@signed_in
def enrol():
    if visitor().enrolled:
        return redirect(url_for("accounts.factor", next=_next()), 303)
    return _enrol_page(CodeForm())


def _enrol_page(form):
    secret = sign_ins.offered_secret(visitor().sign_in_id)
    person = accounts.get(guard.me().id)
    qr = text.svg(documents.qr(sign_ins.factor_address(secret, person)))
    code = sign_ins.code_now(secret) if installation.is_demo() else None
    return _page("enrol", form, qr=qr, secret=secret, demo_code=code)


@bp.post("/account/code")
@signed_in
def enrolled():
    form = CodeForm()
    secret = sign_ins.offered_secret(visitor().sign_in_id)
    codes = form.validate() and form.attempt(sign_ins.enrol, visitor(), secret, form.code.data)
    if not codes:
        return _enrol_page(form)
    return render_template("lms/accounts/recovery.html", codes=codes, next=_next())


# Giving the password again


@bp.get("/sign-in/again")
@signed_in
def prove():
    return _page("prove", ProofForm())


@bp.post("/sign-in/again")
@signed_in
def proven():
    form, me = ProofForm(), guard.me()
    if form.validate():
        try:
            sign_ins.prove(visitor(), form.password.data)
            return redirect(_next(), 303)
        except Invalid as refusal:
            guard.aside(lambda: sign_ins.not_proven("proof", by=me))
            form.password.errors = [str(refusal.message)]
    return _page("prove", form)


# Links in mails


@bp.get("/sign-in/forgotten")
@public
def forgotten():
    return _page("forgotten", MailForm())


@bp.post("/sign-in/forgotten")
@public
def ask_link():
    form = MailForm()
    if not form.validate():
        return _page("forgotten", form)
    address, place = form.mail.data.lower(), tries.place(request.remote_addr)
    try:
        tries.claim((tries.ASKING_PLACE, place), ("forgotten", address))
    except TooMany as refusal:
        form.mail.errors = [str(refusal.message)]
        return _page("forgotten", form)[0], 429
    accounts.send_new_password_link(address)
    flash(gettext("If there is an account with this address, a link is on its way to it."))
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/t/<token>")
@public
def link(token):
    tokens.find_any(token, accounts.PURPOSES)
    return _page("link", NewPasswordForm(), token=token)


@bp.post("/t/<token>")
@public
def use_link(token):
    form = NewPasswordForm()
    row = tokens.find_any(token, accounts.PURPOSES)
    done = form.validate() and form.attempt(
        accounts.set_password, row, form.password.data, language=language()
    )
    if not done:
        return _page("link", form, token=token)
    sign_ins.end_others(None, person_id=row.subject_id)
    return _begin(sign_ins.begin(row.subject_id), "/")


# Demo


@bp.get("/account/mails")
@signed_in
def mails():
    """The mails a person has received; only in a demo, where no server sends them."""
    shown = []
    if installation.is_demo():
        sender = current_app.extensions["sender"]
        person = accounts.get(guard.me().id)  # held, so that she is fetched once for all her mails
        shown = [(row, mail.write(row, sender)) for row in mail.received(person.id)]
    return render_template("lms/accounts/mails.html", mails=shown)
