"""Identities: what certificates and the funder's papers say of who a trainee is.

Birth and tax code lie sealed with her own key. What a certificate has said stays frozen in its
dossier: who corrects a name here replaces the certificate there.
"""

import re
from datetime import date
from types import SimpleNamespace

from courses.enrolments import Enrolment
from lms import accounts, audit, clock, db, documents, flow, keys, text
from lms.accounts import Person
from lms.errors import Invalid, Refused
from lms.i18n import lazy
from lms.permissions import Actor

OLDEST = date(1900, 1, 1)
_DIGIT = "[0-9LMNPQRSTUV]"
"""A letter stands for a digit where two people would have the same code."""
_TAX_CODE = re.compile(f"[A-Z]{{6}}{_DIGIT}{{2}}[ABCDEHLMPRST]{_DIGIT}{{2}}[A-Z]{_DIGIT}{{3}}[A-Z]")
SEALED = ("birth_date", "birth_place", "tax_code")

# Rules


def tax_code_of(typed: str) -> str:
    """The tax code as it is kept; empty when there is none. Raises Invalid."""
    code = "".join(typed.split()).upper()
    if code and not _TAX_CODE.fullmatch(code):
        raise Invalid(tax_code=lazy("This is not a tax code: it has sixteen letters and digits."))
    return code


# Queries


def of(person: Person, *, by: Actor) -> SimpleNamespace:
    """What is known of who she is, opened; `erased` when her key was destroyed."""
    return keys.open_row(person, by=by)


# Operations


def write(
    enrolment: Enrolment,
    *,
    name: str,
    birth_date: date | None = None,
    birth_place: str = "",
    tax_code: str = "",
    version: int | None,
    by: Actor,
) -> list[str]:
    """Write who a trainee is, as her identity document says; returns what changed.

    Nobody writes her own. Raises Invalid, Refused, Stale.
    """
    if enrolment.person_id == by.id:
        raise Refused(lazy("Nobody writes her own: somebody else reads her document."))
    person = db.locked(enrolment.person)
    before = of(person, by=by)
    if before.erased:
        raise Refused(lazy("This was erased, as its owner asked or the law requires."))
    flow.unchanged(person, version, lambda: {str(lazy("First name and family name")): person.name})
    name = " ".join(text.normal(name).split())
    if not name:
        raise Invalid(name=lazy("Write the name."))
    if not documents.prints(f"{name} {birth_place}"):
        raise Invalid(name=lazy("The certificate cannot print some of these letters."))
    if birth_date is not None and not OLDEST <= birth_date < clock.today():
        raise Invalid(birth_date=lazy("This day cannot be a day of birth."))
    said: dict[str, str | None] = {
        "birth_date": birth_date.isoformat() if birth_date else None,
        "birth_place": text.normal(birth_place) or None,
        "tax_code": tax_code_of(tax_code) or None,
    }
    changed = [column for column in SEALED if said[column] != getattr(before, column)]
    if name != person.name:
        person.name, person.sort_name = name, accounts.sort_key(name)
        changed.insert(0, "name")
    for column in changed:
        if column in said:
            keys.seal(person, by=by, subject=None, **{column: said[column]})
    if changed:
        audit.record("trainee identity written", person, by=by, detail={"fields": sorted(changed)})
    return changed
