"""Signing in and out on one's own device."""

import secrets

from flask import (
    Blueprint,
    after_this_request,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from wtforms import HiddenField

from courses import (
    attendance,
    checkin,
    policy,
    presence,
)
from courses.presence import StampKind
from lms import asked, clock, forms
from lms.errors import Invalid, Refused
from lms.guard import allow, me
from lms.i18n import clock_time, gettext, hours, lazy

bp = Blueprint("checkin", __name__, url_prefix="/checkin")


class CodeForm(forms.Form):
    code = forms.Words(lazy("Code on the wall"), most=12)
    kind = HiddenField()
    proof = HiddenField()


DEVICE_LASTS = 400 * 24 * 3600
"""Seconds that a browser keeps the name of its own: as long as browsers keep anything."""


def _device():
    """The random name that this browser keeps of itself: only signing in and out asks for it."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    cookie = "__Host-affianca-device" if secure else "affianca-device"
    name = g.get("device") or request.cookies.get(cookie, "")
    if len(name) == 43:
        return name
    g.device = name = secrets.token_urlsafe(32)

    @after_this_request
    def keep(response):
        response.set_cookie(
            cookie, name, max_age=DEVICE_LASTS, secure=secure, httponly=True, samesite="Lax"
        )
        return response

    return name


def _page(form, status=200, refusal=None):
    _device()
    typed, proof = form.code.data or "", form.proof.data or ""
    found = checkin.my_page(me().id, me().programme_id, typed, proof)
    session, stamps = found or (None, [])
    mine = found and presence.mark(
        [(s.kind, s.at) for s in stamps],
        attendance.window(session),
        attendance.policy(session.edition),
        clock.now(),
    )
    page = render_template(
        "courses/checkin/show.html",
        form=form,
        session=session,
        mine=mine,
        refusal=refusal,
        next=None if found else checkin.next_session(me().id, me().programme_id),
        scanned=bool(form.code.data) and not refusal and not form.errors,
    )
    return page, status


@bp.get("")
@allow(policy.CHECK_IN)
def show():
    return _page(CodeForm())


@bp.get("/<string(length=6):code>")
@allow(policy.CHECK_IN)
def scanned(code):
    try:
        proof = checkin.frame(me().id, code, asked.at(), by=me())
    except Refused as refusal:
        return _page(CodeForm(code=code), refusal.status, refusal.message)
    return _page(CodeForm(code=code, proof=proof))


@bp.post("")
@allow(policy.CHECK_IN)
def sign():
    form = CodeForm()
    if not form.validate():
        return _page(form, 422)
    kind = StampKind(form.kind.data) if form.kind.data in ("in", "out") else None
    try:
        stamp = checkin.check_in(
            me().id,
            form.code.data,
            kind=kind,
            proof=form.proof.data or "",
            device=_device(),
            by=me(),
        )
    except Invalid as refusal:
        form.code.errors = [str(refusal.message)]
        return _page(form, 422)
    except Refused as refusal:
        return _page(form, refusal.status, refusal.message)
    flash(_receipt(stamp))
    return redirect(url_for(".show"), 303)


def _receipt(stamp):
    time = clock_time(stamp.at)
    if stamp.kind == StampKind.IN:
        return gettext("You are in since %(time)s.", time=time)
    session, stamps = checkin.page_of(stamp)
    minutes = presence.recognised(
        presence.spans((s.kind, s.at) for s in stamps),
        attendance.window(session),
        attendance.policy(session.edition),
    )
    return gettext("You went out at %(time)s: %(hours)s.", time=time, hours=hours(minutes))
