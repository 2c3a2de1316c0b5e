"""PINs: chosen by the trainee in her own account, typed by her on the trainer's device."""

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    live,
    pins,
    policy,
    register_policy,
)
from courses.calendar import SessionState
from courses.presence import StampKind
from lms import forms, guard
from lms.errors import TooMany
from lms.guard import allow, me
from lms.i18n import clock_time, gettext, lazy

bp = Blueprint("pins", __name__)


class PinForm(forms.Form):
    code = forms.Password(lazy("Six digits"))
    again = forms.Password(lazy("The same six digits again"))


def _choose(form):
    pin = pins.of(me().id, me().programme_id)
    page = render_template(
        "courses/pins/choose.html", form=form, pin=pin, is_locked=pin and pins.is_locked(pin)
    )
    return page, 422 if form.errors else 200


@bp.get("/hours/pin")
@allow(policy.CHOOSE_PIN)
def show():
    return _choose(PinForm())


@bp.post("/hours/pin")
@allow(policy.CHOOSE_PIN, once_only=False)
def choose():
    form = PinForm()
    if not (
        form.validate() and form.attempt(pins.choose, form.code.data, form.again.data, by=me())
    ):
        return _choose(form)
    flash(gettext("Your PIN is chosen. Keep it to yourself: with it you sign, and nobody else."))
    return redirect(url_for("hours.mine"), 303)


def sign_form(session):
    """Who signs, among those on the page who have a PIN, and her digits."""
    people = live.sheet(session).people
    names = {person.expected_id: person.name for person in people}

    class SignForm(forms.Form):
        who = forms.RowField(
            lazy("Who are you?"),
            register_policy.LEND_DEVICE,
            say=lambda row: names.get(row.id, ""),
            within=lambda: pins.still_to_sign(session),
        )
        code = forms.Password(lazy("Your PIN"))

    return SignForm()


def _lend(session, form, status=200):
    page = render_template(
        "courses/pins/lend.html", session=session, form=form, there_are=bool(form.who.rows())
    )
    return page, status


@bp.get("/sessions/<uuid:session>/pin")
@allow(register_policy.KEEP_REGISTER, "session")
def lend(session):
    if session.state != SessionState.OPEN:
        return redirect(url_for("register.show", session=session.id), 303)
    return _lend(session, sign_form(session))


@bp.post("/sessions/<uuid:session>/pin")
@allow(register_policy.KEEP_REGISTER, "session", once_only=False)
def sign(session):
    form, actor = sign_form(session), me()
    if not form.validate():
        return _lend(session, form, 422)
    row = form.who.data
    try:
        stamp = form.attempt(pins.sign, row, form.code.data, by=actor)
    except TooMany as refusal:
        form.code.errors = [str(refusal.message)]
        return _lend(session, form, 429)
    if not stamp:
        person_id = row.enrolment.person_id
        guard.aside(lambda: pins.turned_away(person_id, by=actor))
        return _lend(session, form, 422)
    flash(_receipt(stamp, row.enrolment.person.name))
    return redirect(url_for(".lend", session=session.id), 303)


def _receipt(stamp, name):
    time = clock_time(stamp.at)
    if stamp.kind == StampKind.IN:
        return gettext("%(name)s, you are in since %(time)s.", name=name, time=time)
    return gettext("%(name)s, you went out at %(time)s.", name=name, time=time)
