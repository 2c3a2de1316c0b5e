"""The bodies of the network and who speaks for them."""

from flask import Blueprint, flash, redirect, render_template, url_for

from casework import network, policy
from casework.network import BodyKind
from lms import forms
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy

bp = Blueprint("network", __name__, url_prefix="/casework/network")


class BodyForm(forms.Form):
    name = forms.Words(lazy("Name of the body"))
    kind = forms.Choice(lazy("Kind"), [(k.value, word(k).label) for k in BodyKind])


class OperatorForm(forms.Form):
    person = forms.RowField(
        lazy("Who speaks for it"),
        policy.CHOOSE_PARTNER,
        say=lambda grant: grant.person.name,
        order=network.by_name,
    )


def _bodies(form):
    bodies = network.bodies(me().programme_id)
    page = render_template(
        "casework/network/bodies.html",
        bodies=bodies,
        speakers=network.operators(bodies),
        form=form,
        may_edit=policy.EDIT_NETWORK.held_by(me()),
    )
    return page, 422 if form.errors else 200


@bp.get("")
@allow(policy.READ_NETWORK)
def bodies():
    return _bodies(BodyForm())


@bp.post("")
@allow(policy.EDIT_NETWORK)
def add():
    form = BodyForm()
    body = form.validate() and form.attempt(
        network.add, form.name.data, BodyKind(form.kind.data), by=me()
    )
    if not body:
        return _bodies(form)
    flash(gettext("%(name)s is in the network.", name=body.name))
    return redirect(url_for(".show", body=body.id), 303)


def _body(body, form):
    page = render_template(
        "casework/network/body.html",
        body=body,
        speakers=network.operators([body])[body.id],
        form=form,
        moves=network.FLOW.open_to(body.state),
    )
    return page, 422 if form.errors else 200


@bp.get("/<uuid:body>")
@allow(policy.EDIT_NETWORK, "body")
def show(body):
    return _body(body, OperatorForm())


@bp.post("/<uuid:body>/operators")
@allow(policy.EDIT_NETWORK, "body")
def link(body):
    form = OperatorForm()
    if not (form.validate() and form.attempt(network.link, body, form.person.data.person, by=me())):
        return _body(body, form)
    flash(gettext("%(name)s speaks for this body.", name=form.person.data.person.name))
    return redirect(url_for(".show", body=body.id), 303)


@bp.post("/<uuid:body>/check")
@allow(policy.EDIT_NETWORK, "body")
def check(body):
    network.check(body, by=me())
    flash(gettext("Checked: it is active in the network."))
    return redirect(url_for(".show", body=body.id), 303)


@bp.post("/<uuid:body>/doubt")
@allow(policy.EDIT_NETWORK, "body")
def doubt(body):
    network.doubt(body, by=me())
    flash(gettext("It is to be checked. Until then it refers nobody."))
    return redirect(url_for(".show", body=body.id), 303)


@bp.post("/<uuid:body>/close")
@allow(policy.EDIT_NETWORK, "body")
def close(body):
    network.close(body, by=me())
    flash(gettext("It is closed. What it has done stays."))
    return redirect(url_for(".show", body=body.id), 303)
