"""Paging: a long list is read so many rows at a time, whatever else its address asks for."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for

from lms.i18n import gettext

MOST = 25
"""Rows on one page of a list."""
MOST_PAGES = 10_000


@dataclass(frozen=True)
class Pager:
    """Where one is in a list, and the ways to the page before and the page after."""

    whole: int
    summary: str
    previous_url: str | None
    next_url: str | None


def start() -> int:
    """How many rows of the list stand before the page that is asked for."""
    return MOST * (min(max(1, request.args.get("page", 1, int)), MOST_PAGES) - 1)


def pager(shown: int, whole: int) -> Pager:
    """The pager of a page that shows so many rows of a list of so many."""
    before = start()
    here, until = before // MOST + 1, before + shown
    summary = gettext("%(first)d–%(last)d of %(whole)d", first=before + 1, last=until, whole=whole)
    return Pager(
        whole,
        summary,
        _at(here - 1) if before else None,
        _at(here + 1) if until < whole and shown else None,
    )


def _at(page: int) -> str:
    """The same list, with the same filters, at another page."""
    asked = [each for each in request.args.items(multi=True) if each[0] != "page"]
    address = url_for(str(request.endpoint), **(request.view_args or {}))
    return f"{address}?{urlencode([*asked, ('page', page)])}"
