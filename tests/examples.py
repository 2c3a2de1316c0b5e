"""What stands in addresses beside the id of a row, for the crawl and the measurements."""

import re
from typing import Any

EXTRA: dict[str, str] = {
    "home.healthz": "no page",
    "accounts.link": "opened with links of its own",
    "checkin.scanned": "only while a page is open: the journey opens it",
    "absences.paper": "a file that a trainee added: the demo has none",
    "batches.fetch": "a file that a job packs: while crawling none is done",
    "bundles.take": "a file that jobs make: while crawling none is done",
    "exports.file": "a file, of which a form says what is in it",
    "activators.paper": "a file that came on paper: the demo has none",
}
"""Endpoints that no example row opens, and why; files are added while crawling."""


def _places(row: Any) -> list[dict[str, str]]:
    """The rows of a plan, by kind and place."""
    from casework import plans

    found = [
        {"kind": r.kind.value, "place": str(r.place)}
        for r in getattr(plans, "rows_of", lambda _: [])(row)
    ]
    return found[:3] or [{"kind": k, "place": "1"} for k in ("situation", "goal", "action")]


def _values(rule: str, row: Any) -> list[dict[str, str]]:
    names = set(re.findall(r"<(?!uuid:)(?:[^:>]*:)?(\w+)>", rule))
    if not names:
        return [{}]
    if names == {"kind", "place"} or names == {"kind"}:
        return _places(row)
    if "number" in names and row is None:
        return [{"number": number} for number in _certificates()]
    return [dict.fromkeys(names, "1")] if row is not None else []


def _certificates() -> list[str]:
    from sqlalchemy import select

    from courses.certificates import Certificate
    from lms import db

    return list(db.session.scalars(select(Certificate.number).limit(1)))


def first_examples(rule: str, row: Any) -> list[str]:
    """The rule with its further arguments filled in; none when there is no example of them."""
    return [
        re.sub(r"<(?!uuid:)(?:[^>]*:)?(\w+)>", lambda m, v=values: v[m.group(1)], rule)
        for values in _values(rule, row)
    ]
