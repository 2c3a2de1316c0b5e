"""What a control of an edition asks for, in one place; and the bundle that holds it all."""

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
    bundles,
    certification_policy,
    leaves,
)
from courses.bundles import BundleState
from courses.views.registers import sent
from lms.guard import allow, me
from lms.i18n import gettext

bp = Blueprint("bundles", __name__)


@bp.get("/editions/<uuid:edition>/control")
@allow(certification_policy.SEE_CONTROL, "edition", polled=True)
def control(edition):
    found = bundles.of_edition(edition.id)
    making = next((b for b in found if b.state == BundleState.MAKING), None)
    seen = f"{making.attempt}-{making.done}" if making else ""
    if seen and request.args.get("seen") == seen:
        return Response(status=204)
    return render_template(
        "courses/bundles/control.html",
        edition=edition,
        has_pages=leaves.has_pages(edition.id),
        bundles=found,
        making=making,
        seen=seen,
        makes=certification_policy.MAKE_BUNDLE.held_by(me()),
    )


@bp.post("/editions/<uuid:edition>/bundle")
@allow(certification_policy.MAKE_BUNDLE, "edition")
def ask(edition):
    bundles.ask(edition, address=_address(), by=me())
    flash(gettext("The control bundle is being made. You can go on with other things."))
    return redirect(url_for(".control", edition=edition.id), 303)


def _address():
    """Where a certificate is verified, up to its number."""
    public_url = current_app.extensions["affianca"].public_url
    return public_url + url_for("certification.verify", number="")


@bp.get("/bundles/<uuid:bundle>/zip")
@allow(certification_policy.TAKE_BUNDLE, "bundle")
def take(bundle):
    pieces = bundles.take(bundle, by=me())
    return sent(pieces, "fascicolo_controllo.zip", "application/zip")
