"""The first page, and the pages about the program itself."""

from flask import Blueprint, current_app, jsonify, render_template, url_for

from lms import clock, guard, installation, manifest, programmes
from lms.guard import allow, me, public, signed_in
from lms.i18n import lazy
from lms.manifest import Coming
from lms.permissions import Permission, Role
from lms.policy import SEE_PROGRAMME

bp = Blueprint("home", __name__)
MOST = 5


def coming(me):
    """For who keeps the program, and who has no part here yet."""
    if Role.ADMINISTRATOR in me.roles:
        yield Coming(
            lazy("Look at the jobs from time to time"),
            lazy("What could not be sent waits there to be tried again."),
            endpoint="oversight.jobs",
        )
    if not me.roles:
        yield Coming(
            lazy("Your part in the programme"),
            lazy("Whoever runs it gives you one, and a mail tells you."),
        )


def _packages():
    return current_app.extensions["packages"]


def _factor_page():
    page = "accounts.factor" if guard.visitor().enrolled else "accounts.enrol"
    return url_for(page, next=url_for("home.index"))


def _is_shut(thing):
    """Whether it leads behind the second factor, and she has not shown hers in this sign-in."""
    if me().proven or not thing.endpoint:
        return False
    permission, _ = guard.access(current_app, thing.endpoint)
    return isinstance(permission, Permission) and permission.factor


@bp.get("/")
@signed_in
def index():
    every = manifest.todos(_packages(), me())
    todos = [todo for todo in every if not _is_shut(todo)]
    coming = [] if every else manifest.coming(_packages(), me())
    named = [one for one in coming if one.values and _is_shut(one)]
    shut = len(every) - len(todos) + len(named)
    return render_template(
        "lms/home/index.html",
        todos=todos[:MOST],
        rest=max(0, len(todos) - MOST),
        shut=shut,
        opens=_factor_page() if shut else "",
        coming=[one for one in coming if one not in named],
        today=clock.today(),
        ways=[(t, url_for(t.endpoint)) for t in manifest.ways_in(_packages(), me())],
    )


@bp.get("/permissions")
@allow(SEE_PROGRAMME)
def permissions():
    return render_template("lms/home/permissions.html", packages=_packages())


@bp.get("/help")
@public
def help():
    return render_template("lms/home/help.html")


@bp.get("/privacy")
@public
def privacy():
    seen = guard.visitor()
    programme = programmes.find(seen.actor.programme_id) if seen else programmes.only()
    return render_template("lms/home/privacy.html", programme=programme)


@bp.get("/accessibility")
@public
def accessibility():
    return render_template("lms/home/accessibility.html")


@bp.get("/healthz")
@public
def healthz():
    installation.answers()
    return jsonify(status="ok")
