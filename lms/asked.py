"""What a browser asked for when its person had to sign in first, and when.

Some pages are good for a moment only: who was led to signing in did ask for hers in time. It is
kept in the signed cookie of the browser, until something else is asked for.
"""

from datetime import UTC, datetime

from flask import request, session

from lms import clock

KEPT = "asked"


def here() -> str:
    """The present address, as it is asked for again after signing in."""
    return request.full_path.rstrip("?")


def remember() -> str:
    """Keep which address is being asked for, and when; returns it."""
    session[KEPT] = [here(), int(clock.now().timestamp())]
    return here()


def at() -> datetime | None:
    """When this browser asked for the present address and was led to signing in, if it was."""
    target, seconds = session.get(KEPT, ("", 0))
    return datetime.fromtimestamp(seconds, UTC) if target == here() else None


def begin_anew() -> None:
    """Empty the cookie but for what was asked: a new sign-in inherits nothing else."""
    kept = session.get(KEPT)
    session.clear()
    if kept:
        session[KEPT] = kept
