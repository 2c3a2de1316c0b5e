"""Who accompanies people: made, authorised, let into living cases; and her own authorisation."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from casework import activators, cases, network, policy
from casework.activators import Stage
from lms import files, forms
from lms.errors import NotFound
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import allowed
from lms.policy import USE_HUB

bp = Blueprint("activators", __name__, url_prefix="/casework")


class ActivatorForm(forms.Form):
    person = forms.RowField(
        lazy("Trainee"),
        policy.MAKE_ACTIVATOR,
        say=lambda grant: grant.person.name,
        order=network.by_name,
    )
    hub = forms.RowField(lazy("Hub"), USE_HUB, say=lambda hub: f"{hub.letter} · {hub.name}")


class AuthorisationForm(forms.Form):
    text = forms.Prose(lazy("Text of the authorisation"), most=10_000)
    file = forms.Attachment(lazy("Signed paper, as a PDF"), description=lazy("Optional."))


class AcceptForm(forms.Form):
    version = forms.Version()


def _listed(form):
    found = activators.listed(allowed(me(), policy.READ_ACTIVATOR))
    page = render_template(
        "casework/activators/listed.html",
        activators=found,
        open_to=sum(a.stage in activators.WITH_CASES for a in found),
        loads=cases.loads(me().programme_id),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.get("/activators")
@allow(policy.READ_ACTIVATOR)
def listed():
    return _listed(ActivatorForm())


@bp.post("/activators")
@allow(policy.MAKE_ACTIVATOR)
def make():
    form = ActivatorForm()
    activator = form.validate() and form.attempt(
        activators.make, form.person.data.person, form.hub.data, by=me()
    )
    if not activator:
        return _listed(form)
    flash(gettext("%(name)s is in training at the hub.", name=form.person.data.person.name))
    return redirect(url_for(".show", activator=activator.id), 303)


def _show(activator, form):
    conditions = activators.standing(activator)
    page = render_template(
        "casework/activators/show.html",
        activator=activator,
        in_training=activator.stage == Stage.TRAINING,
        moves=activators.FLOW.open_to(activator.stage),
        is_certified=activators.is_certified(activator),
        uncertified=activators.UNCERTIFIED,
        conditions=conditions,
        missing=activators.lacking(conditions),
        text=activators.authorisation_text(activator, by=me()),
        load=cases.loads(me().programme_id).get(activator.person_id, 0),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.get("/activators/<uuid:activator>")
@allow(policy.READ_ACTIVATOR, "activator")
def show(activator):
    return _show(activator, AuthorisationForm(text=str(activators.PROPOSED)))


@bp.post("/activators/<uuid:activator>/authorisation")
@allow(policy.AUTHORISE_ACTIVATOR, "activator")
def authorise(activator):
    form = AuthorisationForm()
    paper = form.file.data.read() if form.file.data else None
    if not (
        form.validate()
        and form.attempt(activators.authorise, activator, form.text.data, paper=paper, by=me())
    ):
        return _show(activator, form)
    flash(gettext("Given. She gets a mail, reads it and accepts it."))
    return redirect(url_for(".show", activator=activator.id), 303)


@bp.post("/activators/<uuid:activator>/supervised")
@allow(policy.SUPERVISE_ACTIVATOR, "activator")
def supervise(activator):
    activators.supervise(activator, by=me())
    flash(gettext("Living cases are open to her, beside a senior trainer."))
    return redirect(url_for(".show", activator=activator.id), 303)


@bp.post("/activators/<uuid:activator>/autonomous")
@allow(policy.RELEASE_ACTIVATOR, "activator")
def release(activator):
    activators.release(activator, by=me())
    flash(gettext("She stands on her own from today."))
    return redirect(url_for(".show", activator=activator.id), 303)


@bp.get("/activators/<uuid:activator>/paper")
@allow(policy.READ_AUTHORISATION, "activator")
def paper(activator):
    if activator.file is None:
        raise NotFound()
    content = files.read(activator.file, by=me())
    return Response(
        content,
        mimetype=activator.file.media_type,
        headers={"Content-Disposition": "attachment; filename=authorisation.pdf"},
    )


@bp.get("/authorisation")
@allow(policy.ACCEPT_AUTHORISATION)
def authorisation():
    mine = activators.of_person(me().id, me().programme_id)
    return render_template(
        "casework/activators/authorisation.html",
        activator=mine,
        text=activators.authorisation_text(mine, by=me()) if mine else "",
        conditions=activators.standing(mine) if mine else [],
    )


@bp.post("/authorisation/<uuid:activator>")
@allow(policy.ACCEPT_AUTHORISATION, "activator")
def accept(activator):
    form = AcceptForm()
    activators.accept(activator, version=form.version.data, by=me())
    flash(gettext("You have accepted it."))
    return redirect(url_for(".authorisation"), 303)
