"""The closing sheet as it is handed over: a PDF with the declaration, and a CSV of its people.

Both are views of the frozen sheet: the same sheet gives the same figures for good.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from courses import closing
from courses.balance import Way
from courses.certification import CertificationState
from courses.closing import Closing
from lms import clock, documents, i18n, tables
from lms.flow import word
from lms.i18n import gettext
from lms.permissions import Actor
from lms.tables import Origin, Table

TEMPLATE = "courses/closing.typ"
NONE = "–"


def named(row: Closing) -> str:
    """The name of its file: what it is of, and its version."""
    what = row.month or gettext("edition")
    return f"{gettext('closing')}-{what}-{row.number}"


def period(month: str) -> str:
    """A month as people say it; the edition where there is none."""
    if not month:
        return gettext("whole edition")
    return i18n.month_year(date.fromisoformat(f"{month}-01"))


# Documents


def pdf(row: Closing, *, by: Actor) -> bytes:
    """The closing sheet with its declaration, as PDF/A-2a. Raises frozen.Broken, keys.Erased."""
    sheet = closing.content(row, by=by)
    return documents.pdf(TEMPLATE, _data(row, sheet), at=row.at)


def as_csv(row: Closing, *, by: Actor) -> bytes:
    """One line for each trainee, and the hash of the lines in the foot."""
    sheet = closing.content(row, by=by)
    chosen = gettext("%(period)s, version %(number)s", period=period(row.month), number=row.number)
    table = Table(named(row), _columns(sheet), [_line(sheet, one) for one in sheet["people"]])
    return tables.as_csv(table, Origin(by.name, clock.now(), chosen))


# Words


def _columns(sheet: Mapping[str, Any]) -> list[str]:
    return [
        gettext("Person"),
        gettext("Entered on"),
        gettext("Left on"),
        gettext("Present, minutes"),
        gettext("Recovered, minutes"),
        gettext("Credited, minutes"),
        gettext("Total, minutes"),
        gettext("Share, hundredths of a percent"),
        *(gettext("Module %(number)s, minutes", number=m["number"]) for m in sheet["modules"]),
        *(f"{word(way).label}, {gettext('minutes')}" for way in Way),
        gettext("Admitted"),
        gettext("Outcome"),
        gettext("Certificate"),
    ]


def _line(sheet: Mapping[str, Any], one: Mapping[str, Any]) -> list[tables.Cell]:
    return [
        one["name"],
        _day(one["entered_on"]),
        _day(one["left_on"]),
        one["present"],
        one["recovered"],
        one["credited"],
        one["total"],
        one["share"],
        *(m["minutes"] for m in one["modules"]),
        *(one["ways"][way.value] for way in Way),
        _admitted(one),
        _outcome(one),
        one["certificate"],
    ]


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _admitted(one: Mapping[str, Any]) -> str:
    if one["admitted"] is None:
        return ""
    return gettext("yes") if one["admitted"] else gettext("no")


def _outcome(one: Mapping[str, Any]) -> str:
    return str(word(CertificationState(one["outcome"])).label) if one["outcome"] else ""


def percent(share: int) -> str:
    """A share of hundredths of a percent, as people write it."""
    return f"{i18n.number(share / 100)} %"


def _data(row: Closing, sheet: Mapping[str, Any]) -> dict[str, Any]:
    made = _when(sheet["made"]["at"])
    return {
        "language": i18n.language(),
        "organiser": sheet["programme"]["organiser"] or sheet["programme"]["name"],
        "funder": sheet["programme"]["funder"],
        "title": gettext(
            "Closing sheet of %(edition)s, %(period)s, version %(number)s",
            edition=sheet["edition"]["code"],
            period=period(sheet["month"]),
            number=sheet["version"],
        ),
        "running": f"{sheet['edition']['code']} · {made}",
        "facts": _facts(sheet),
        "hours": _hours(sheet),
        "people": _people(sheet),
        "trainers": {
            "title": gettext("Trainers"),
            "columns": [gettext("Person"), gettext("Pages"), gettext("Hours taught")],
            "rows": [
                [t["name"], str(t["pages"]), i18n.hours(t["minutes"])] for t in sheet["trainers"]
            ],
        },
        "changes": {
            "title": gettext("Corrections"),
            "columns": [
                gettext("Page"),
                gettext("Person"),
                gettext("Before"),
                gettext("After"),
                gettext("When"),
                gettext("Why"),
            ],
            "rows": [
                [
                    str(c["page"]),
                    c["name"],
                    f"{c['before']}′",
                    f"{c['after']}′",
                    _when(c["at"]),
                    c["why"],
                ]
                for c in sheet["changes"]
            ],
        },
        "none": gettext("None."),
        "history": _history(sheet),
        "declaration": _declaration(sheet),
        "signature": [gettext("Place and date"), gettext("Signature")],
        "hashes": [
            f"{gettext('This sheet')}: {row.digest.hex()}",
            f"{gettext('Register')}: {sheet['register']['length']}, {sheet['register']['head']}",
            f"{gettext('Key that checks the control bundle')}: {sheet['key']}",
        ],
    }


def _facts(sheet: Mapping[str, Any]) -> list[tuple[str, str]]:
    edition = sheet["edition"]
    return [
        (gettext("Practice number"), edition["practice_number"] or NONE),
        (gettext("Operator code"), edition["operator_code"] or NONE),
        (gettext("Course code"), edition["course_code"] or NONE),
        (gettext("CUP"), edition["project_code"] or NONE),
        (gettext("Edition"), f"{edition['code']}, {edition['name']}"),
        (gettext("Site"), edition["site"] or NONE),
        (gettext("From"), i18n.date_year(date.fromisoformat(edition["starts_on"]))),
        (gettext("To"), i18n.date_year(date.fromisoformat(edition["ends_on"]))),
    ]


def _hours(sheet: Mapping[str, Any]) -> dict[str, Any]:
    language = i18n.language()
    whole = sheet["minutes"]
    rows = [[f"{m['number']}. {m[f'title_{language}']}", *_three(m)] for m in sheet["modules"]]
    return {
        "title": gettext("Hours"),
        "columns": [
            gettext("Module"),
            gettext("Asked by the course"),
            gettext("Planned"),
            gettext("Held"),
        ],
        "rows": [*rows, [gettext("In all"), *_three(whole)]],
    }


def _three(part: Mapping[str, int]) -> list[str]:
    return [i18n.hours(part[key]) for key in ("due", "planned", "held")]


def _people(sheet: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": gettext("Trainees"),
        "columns": [
            gettext("No."),
            gettext("Person"),
            gettext("Present"),
            gettext("Recovered"),
            gettext("Credited"),
            gettext("Total"),
            "%",
            *(gettext("Mod. %(number)s", number=m["number"]) for m in sheet["modules"]),
            *(str(word(way).label) for way in Way),
            gettext("Admitted"),
            gettext("Outcome"),
            gettext("Certificate"),
        ],
        "rows": [_person(number, one) for number, one in enumerate(sheet["people"], 1)],
    }


def _person(number: int, one: Mapping[str, Any]) -> list[str]:
    left = _day(one["left_on"])
    name = one["name"]
    if left:
        name += gettext(" (left on %(day)s)", day=i18n.date_year(left))
    return [
        str(number),
        name,
        i18n.hours(one["present"]),
        i18n.hours(one["recovered"]),
        i18n.hours(one["credited"]),
        i18n.hours(one["total"]),
        percent(one["share"]),
        *(f"{i18n.hours(m['minutes'])} ({percent(m['share'])})" for m in one["modules"]),
        *(i18n.hours(one["ways"][way.value]) for way in Way),
        _admitted(one),
        _outcome(one),
        one["certificate"],
    ]


def _history(sheet: Mapping[str, Any]) -> Sequence[str]:
    """The versions before this one, and why the edition was reopened."""
    return [
        *(
            gettext(
                "Version %(number)s of %(when)s is replaced by this one.",
                number=earlier["version"],
                when=_when(earlier["at"]),
            )
            for earlier in sheet["earlier"]
        ),
        *(
            gettext(
                "Reopened on %(when)s by %(name)s: %(reason)s",
                when=_when(one["at"]),
                name=one["name"],
                reason=one["reason"],
            )
            for one in sheet["reopened"]
        ),
    ]


def _declaration(sheet: Mapping[str, Any]) -> list[str]:
    return [
        gettext("Declaration in place of an affidavit"),
        gettext(
            "I, the undersigned %(name)s, aware of the criminal penalties for false declarations "
            "(article 76 of D.P.R. 445/2000), declare under articles 46 and 47 of D.P.R. 445/2000 "
            "that the hours in this sheet are those of the register of the edition, and that the "
            "register is true.",
            name=sheet["declarant"],
        ),
    ]


def _when(said: str) -> str:
    at = datetime.fromisoformat(said)
    return f"{i18n.date_year(at)}, {i18n.clock_time(at)}"
