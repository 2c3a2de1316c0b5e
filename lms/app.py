"""Put the application together. One of the few modules that know every package."""

import gzip
import hashlib
import logging
import uuid
from functools import cache, partial
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request, url_for
from jinja2 import StrictUndefined
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from casework.manifest import CASEWORK
from courses import packing
from courses.manifest import COURSES
from lms import (
    accounts,
    db,
    drafts,
    errors,
    files,
    flow,
    guard,
    i18n,
    jobs,
    keys,
    mail,
    paths,
    permissions,
    policy,
    readable,
    text,
)
from lms.i18n import lazy
from lms.manifest import Manifest, Tab, ways_in
from lms.personal_data import PERSONAL_DATA
from lms.record import RECORD
from lms.settings import Settings
from lms.views import account, home, oversight, sign_in
from mentoring.manifest import MENTORING

LARGEST_REQUEST = 12 * 1024 * 1024

LMS = Manifest(
    name="lms",
    views=(home, sign_in, account, oversight),
    policies=(policy,),
    navigation=(
        Tab(lazy("Today"), "home.index", "home", policy.SEE_PROGRAMME, 0),
        Tab(lazy("People"), "oversight.people", "people", policy.LIST_PEOPLE, 80),
        Tab(lazy("Record"), "oversight.audit", "doc", policy.READ_AUDIT, 90),
        Tab(lazy("Jobs"), "oversight.jobs", "late", policy.READ_JOBS, 91),
    ),
    coming=(home.coming,),
    personal_data=PERSONAL_DATA,
    record=RECORD,
    works={"mail": lazy("A mail")},
)
PACKAGES: tuple[Manifest, ...] = (LMS, COURSES, MENTORING, CASEWORK)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PACKED = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
"""Kinds of static files that are worth compressing."""
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class Count(IntegerConverter):
    """A number in an address: one that is longer than any column holds is no address."""

    regex = r"\d{1,9}"


def create_app(settings: Settings, *, bind: bool = True) -> Flask:
    """The application; with `bind`, its database and ring become those of the process."""
    app = Flask("lms", root_path=str(paths.HERE), template_folder=str(paths.templates()))
    app.url_map.converters["int"] = Count
    if bind:
        db.bind(db.connect(settings.url, threads=settings.threads))
        keys.bind(keys.Ring.load(settings.keys))
    files.bind(settings.data / "files")
    _configure(app, settings)
    _extend_permissions()
    app.after_request(_headers)  # the first one named is the last one called
    guard.install(app)
    _speak(app)
    _handle_errors(app)
    for package in PACKAGES:
        for module in package.views:
            app.register_blueprint(module.bp)
    guard.check(app)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]  # Flask's own way
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=keys.ring().session,
        SESSION_COOKIE_NAME="__Host-affianca" if settings.secure else "affianca",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        TRUSTED_HOSTS=[settings.hostname, "127.0.0.1", "localhost"],
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["affianca"] = settings
    app.extensions["packages"] = PACKAGES
    app.extensions["sender"] = mail.Sender(
        templates=app.jinja_env,
        public_url=settings.public_url,
        smtp_url=settings.smtp_url,
        mail_from=settings.mail_from,
        receiver=_receiver,
    )


def _receiver(person_id: uuid.UUID) -> tuple[str, str, str]:
    person = accounts.get(person_id)
    return person.mail, person.name, person.language


def _extend_permissions() -> None:
    for package in PACKAGES:
        for permission, role, scope in package.grants:
            permissions.extend(permission, role, scope)


# Templates


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((paths.static() / name).read_bytes()).hexdigest()[:10]


def static_address(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return url_for("static", filename=name, v=_fingerprint(name))


def _speak(app: Flask) -> None:
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(i18n.gettext, i18n.plural, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    env.filters.update(
        day=i18n.day,
        day_short=i18n.day_short,
        month_short=i18n.month_short,
        date_year=i18n.date_year,
        time=i18n.clock_time,
        seconds=i18n.clock_seconds,
        moment=i18n.moment,
        iso=lambda when: when.isoformat(),
        hours=i18n.hours,
        number=i18n.number,
        listed=i18n.listed,
        initials=permissions.initials,
        lesson=text.lesson,
        note=text.note,
        plain=text.plain,
    )
    env.globals.update(
        static=static_address,
        form_token=guard.form_token,
        once_key=lambda: str(uuid.uuid4()),
        flashed=lambda: list(guard.receipts()),
        word=flow.word,
        can=permissions.can,
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    seen = guard.visitor()
    return {
        "me": seen.actor if seen else None,
        "language": i18n.language(),
        "tabs": tabs(seen.actor) if seen else [],
        "foot": [(link.label, url_for(link.endpoint)) for p in PACKAGES for link in p.foot],
        "programme_name": seen.programme_name if seen else "",
        "is_demo": app_settings().mode == "demo",
    }


def app_settings() -> Settings:
    found: Settings = current_app.extensions["affianca"]
    return found


def tabs(me: permissions.Actor, *, most: int = 4) -> list[dict[str, Any]]:
    """The ways in that this person has, at most four; the rest are on the first page."""
    shown = ways_in(PACKAGES, me)[:most]
    here = [tab for tab in shown if tab.endpoint == request.endpoint]
    return [_tab(tab, tab in (here or shown) and _stands_under(tab)) for tab in shown]


def _stands_under(tab: Tab) -> bool:
    """Whether the page asked for is one of those behind this way in."""
    blueprints = (tab.endpoint.split(".")[0], *tab.also)
    return (request.endpoint or "").split(".")[0] in blueprints


def _tab(tab: Tab, current: bool) -> dict[str, Any]:
    return {
        "label": tab.label,
        "url": url_for(tab.endpoint),
        "icon": tab.icon,
        "current": current,
    }


# Answers


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = g.get("request_id", "-")
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    if app_settings().secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return _shorter(response)


def _shorter(response: Response) -> Response:
    """Send compressed what gains by it, unless something chosen by another could be in it.

    A page whose address has a query may repeat it; compressed together with a form token, its
    length would tell of the token (BREACH). Such a page is sent as it is.
    """
    if response.status_code != 200 or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return response
    still = request.endpoint == "static"
    page = response.mimetype == "text/html" and not request.query_string
    if not (page or (still and response.mimetype in PACKED)):
        return response
    response.direct_passthrough = False
    response.set_data(gzip.compress(response.get_data(), compresslevel=9 if still else 5, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def typed() -> list[readable.Written]:
    """What the person had typed, to be shown again on the page that refuses it."""
    try:
        words = {k: v for k, v in request.form.items() if v and k not in drafts.SECRETS}
    except HTTPException:
        return []
    return readable.by(request.endpoint, words)


def _page(status: int, message: object, **more: object) -> tuple[str, int]:
    db.session.rollback()  # the page reads on; nothing of what was refused may be in its way
    return render_template("lms/refused.html", message=message, typed=typed(), **more), status


def _not_found() -> tuple[str, int]:
    return render_template("lms/not_found.html"), 404


def _handle_errors(app: Flask) -> None:
    @app.errorhandler(errors.Refused)
    def refused(error: errors.Refused) -> tuple[str, int]:
        if error.status == 404:
            return _not_found()
        theirs = error.theirs if isinstance(error, errors.Stale) else {}
        return _page(error.status, error.message, theirs=theirs)

    @app.errorhandler(StaleDataError)
    @app.errorhandler(IntegrityError)
    def overtaken(error: Exception) -> tuple[str, int]:
        logging.getLogger("affianca").warning("refused by the database: %s", type(error).__name__)
        return _page(409, lazy("Someone changed this meanwhile, so nothing was saved. Look again."))

    @app.errorhandler(OperationalError)
    def busy(error: OperationalError) -> tuple[str, int]:
        logging.getLogger("affianca").warning("the database is busy: %s", error.orig)
        return _page(503, lazy("Too much at once. Try again in a moment: nothing was saved."))

    @app.errorhandler(keys.Erased)
    def erased(error: keys.Erased) -> tuple[str, int]:
        return _page(410, lazy("This was erased, as its owner asked or the law requires."))

    @app.errorhandler(SecurityError)
    def other_host(error: SecurityError) -> Response:
        """Asked for under a name that is not ours: no page of ours has an address there."""
        return Response("400", status=400, mimetype="text/plain")

    @app.errorhandler(DataError)
    def unfit(error: DataError) -> tuple[str, int]:
        return _page(400, HTTP[400])

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[str, int]:
        status = error.code or 500
        return _not_found() if status == 404 else _page(status, HTTP.get(status, HTTP[400]))

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[str, int]:
        logging.getLogger("affianca").exception("request %s failed", g.get("request_id"))
        db.session.rollback()
        return render_template("lms/broken.html"), 500


HTTP = {
    400: lazy("This request cannot be read. Nothing was done."),
    405: lazy("This page cannot be used in that way."),
    413: lazy("This is too large to send. Files may have up to 10 MB."),
    415: lazy("This kind of file cannot be read."),
    429: lazy("Too many tries. Wait a moment."),
}


# Jobs and the route list


def _mail_job(sender: mail.Sender) -> Any:
    def deliver(*, mail_id: str, by: permissions.Actor | None) -> None:
        mail.deliver(mail.get(uuid.UUID(mail_id)), sender)

    return deliver


def handlers(app: Flask) -> dict[str, Any]:
    """What does each kind of job."""
    found: dict[str, Any] = {"mail": _mail_job(app.extensions["sender"])}
    for package in PACKAGES:
        found.update(package.jobs)
    found["certificates"] = _certificates_job(app)
    return found


def _certificates_job(app: Flask) -> jobs.Long:
    """What certifies many asks for what every package asks for, and names the public address."""
    also = [condition for package in PACKAGES for condition in package.certified_if]
    settings: Settings = app.extensions["affianca"]
    address = f"{settings.public_url}/verify/"
    return jobs.Long(partial(packing.work, also=also, address=address))


def asker(job: jobs.Job) -> permissions.Actor | None:
    """Who asked for a job: its reads are audited as hers."""
    if job.asker_id is None or job.programme_id is None:
        return None
    return accounts.acting(accounts.get(job.asker_id), job.programme_id)


def route_list(app: Flask) -> list[str]:
    """Method, address and permission of every view."""
    lines = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        asked = guard.access(app, rule.endpoint)[0]
        name = asked if isinstance(asked, str) else asked.name
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            lines.append(f"{method:4} {rule.rule:60} {name}")
    return sorted(lines)
