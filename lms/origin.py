"""Origin: whether a form came from our own pages, and where its sender may be led back to."""

from urllib.parse import urlsplit

from flask import request
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from lms import i18n
from lms.errors import Refused


class Forged(Refused):
    """The form token is missing or not ours: the request did not come from our page."""

    status = 403


def referring_path() -> str:
    return safe_next(urlsplit(request.referrer or "").path)


def safe_next(target: str | None) -> str:
    """The target if it is a path of this program, else the first page."""
    bad = not target or not target.startswith("/") or target.startswith(("//", "/\\"))
    if bad or any(c == "\\" or ord(c) < 32 for c in target or ""):
        return "/"
    return str(target)


def check_form() -> None:
    """The form token is ours, and the request came from our own pages. Raises Forged."""
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") or (
        origin and origin != "null" and urlsplit(origin).netloc != request.host
    ):
        raise Forged(i18n.lazy("This request came from another site, so nothing was done."))
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise Forged(
            i18n.lazy("This page was open for too long. Reload it and send it again.")
        ) from error
