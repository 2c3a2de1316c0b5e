"""Attestations: what a certificate says, word for word, from the frozen dossier behind it.

It is a certificate of attendance; where the course has a final test and she has passed it, one of
attendance and achievement. It is never called a certification of competences: that belongs to
other bodies (D.Lgs. 13/2013).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms import documents, i18n
from lms.i18n import gettext, lazy


@dataclass(frozen=True)
class Copy:
    """A duplicate: which one it is of its certificate, and of what day."""

    number: int
    at: datetime


# Rules


def told(
    dossier: Mapping[str, Any],
    *,
    number: str,
    issued_at: datetime,
    address: str,
    copy: Copy | None = None,
) -> dict[str, Any]:
    """All words and figures of the certificate in the reader's language.

    `address` is where anyone can verify it; it is in the QR code.
    """
    language = i18n.language()
    course, edition, programme = (dossier[k] for k in ("course", "edition", "programme"))
    return {
        "language": language,
        "kind": _kind(dossier),
        "title": gettext("Certificate %(number)s", number=number),
        "copy": _copy(copy),
        "number": gettext("Number %(number)s", number=number),
        "given": gettext("It is attested that"),
        "name": dossier["person"]["name"],
        "born": _born(dossier["person"]),
        "attended": gettext("has attended the course"),
        "course": course[f"title_{language}"],
        "edition": gettext(
            "%(edition)s (%(code)s), from %(start)s to %(end)s",
            edition=edition["name"],
            code=edition["code"],
            start=_day(edition["starts_on"]),
            end=_day(edition["ends_on"]),
        ),
        "for": gettext("for"),
        "hours": i18n.hours(dossier["minutes"]["certified"]),
        "of": gettext("of %(hours)s planned", hours=i18n.hours(course["minutes"])),
        "beside": _beside(dossier["minutes"]),
        "headings": [gettext("Module"), gettext("Attended"), gettext("Planned")],
        "modules": [
            [
                f"{m['number']}. {m[f'title_{language}']}",
                i18n.hours(m["certified"]),
                i18n.hours(m["planned"]),
            ]
            for m in dossier["modules"]
        ],
        "final": _final(dossier["final"]),
        "issued": gettext("Issued on %(day)s", day=i18n.date_year(issued_at)),
        "signed": dossier["decided"]["name"],
        "role": gettext("programme manager"),
        "organiser": programme["organiser"] or programme["name"],
        "funder": programme["funder"],
        "codes": _codes(programme, edition),
        "not_competences": gettext(
            "This certificate is neither a qualification nor a certification of competences under "
            "D.Lgs. 13/2013."
        ),
        "verify": gettext("Verify it at %(address)s", address=address),
        "qr": documents.qr(address),
        "qr_alt": gettext("QR code that leads to the verification of this certificate"),
    }


def _kind(dossier: Mapping[str, Any]) -> str:
    if dossier["final"]:
        return gettext("Certificate of attendance and achievement")
    return gettext("Certificate of attendance")


def _copy(copy: Copy | None) -> str:
    if copy is None:
        return ""
    return gettext("Duplicate no. %(n)s, of %(day)s", n=copy.number, day=i18n.date_year(copy.at))


def _born(person: Mapping[str, Any]) -> str:
    """When and where she was born, and her tax code; what is not known is left out."""
    day, place = person["birth_date"], person["birth_place"]
    said = []
    if day and place:
        said.append(gettext("born on %(day)s in %(place)s", day=_day(day), place=place))
    elif day:
        said.append(gettext("born on %(day)s", day=_day(day)))
    elif place:
        said.append(gettext("born in %(place)s", place=place))
    if person["tax_code"]:
        said.append(gettext("tax code %(code)s", code=person["tax_code"]))
    return ", ".join(said)


def _beside(minutes: Mapping[str, Any]) -> list[str]:
    """How the hours were followed, what was made up, what was recognised on entry."""
    time = {mode: i18n.hours(n) for mode, n in minutes["by_mode"].items() if n}
    words = {
        "classroom": lazy("in the classroom %(hours)s", hours=time.get("classroom")),
        "live": lazy("live online %(hours)s", hours=time.get("live")),
        "self_paced": lazy("self-paced %(hours)s", hours=time.get("self_paced")),
        "made_up": lazy("made up %(hours)s", hours=time.get("made_up")),
    }
    said = [str(words[mode]) for mode in words if mode in time]
    if minutes["credited"]:
        hours = i18n.hours(minutes["credited"])
        said.append(gettext("not due for recognised credits %(hours)s", hours=hours))
    return said


def _final(final: Mapping[str, Any] | None) -> str:
    if final is None:
        return ""
    return gettext(
        "Final test passed on %(day)s with %(percent)s out of 100",
        day=_day(final["on"]),
        percent=final["percent"],
    )


def _codes(programme: Mapping[str, Any], edition: Mapping[str, Any]) -> list[str]:
    """CUP, operator and course codes and the place, as far as they are known."""
    named = (
        (gettext("CUP"), programme["project_code"]),
        (gettext("Operator code"), edition["operator_code"]),
        (gettext("Course code"), edition["course_code"]),
        (gettext("Held at"), edition["site"]),
    )
    return [f"{name} {value}" for name, value in named if value]


def _day(day: str) -> str:
    moment = datetime.fromisoformat(day)
    return i18n.date_year(moment if moment.tzinfo else moment.date())
