"""The register as documents: its pages one by one or bound together, and the grid of an edition.

They are views of what the chain tells of, as PDF/A-2a and PDF/UA-1. Nothing is decided here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from courses import enrolments, forecast, grid, leaves
from courses.attendance import Basis
from courses.calendar import Session, SessionState
from courses.editions import Edition
from courses.leaves import Change, Entered, Leaf
from courses.presence import Mark
from courses.stamps import Act
from lms import audit, clock, documents, i18n, programmes
from lms.errors import Refused
from lms.flow import word
from lms.i18n import gettext, lazy
from lms.permissions import Actor
from lms.programmes import Programme

REGISTER, GRID = "courses/register.typ", "courses/grid.typ"
ACROSS = 36
"""How many sessions stand side by side on one sheet of the grid."""
NONE = "–"


# Documents


def page_pdf(session: Session) -> bytes:
    """One page of the register. Raises Refused while it has no number."""
    if session.page is None:
        raise Refused(lazy("This session has no page yet: it gets one when it is opened."))
    leaf = leaves.printed(session)
    title = gettext(
        "Register %(edition)s, page %(page)s", edition=session.edition.code, page=leaf.number
    )
    return _pdf(session.edition, title, [leaf])


def register_pdf(edition: Edition) -> bytes:
    """Every page of an edition. Raises Refused before the first one was opened."""
    found = leaves.leaves(edition)
    if not found:
        raise Refused(lazy("The register has no page yet."))
    return _pdf(edition, gettext("Register %(edition)s", edition=edition.code), found)


def grid_pdf(edition: Edition, *, blank: bool = False) -> bytes:
    """Trainees by sessions on A3, with the minutes; or blank, to be written on by hand."""
    whole, people = grid.of_edition(edition), enrolments.of_edition(edition.id)
    sessions = whole.sessions
    if not sessions or not people:
        raise Refused(lazy("The grid needs sessions and trainees."))
    cells = {} if blank else {place: cell.minutes for place, cell in whole.cells.items()}
    parts = [sessions[n : n + ACROSS] for n in range(0, len(sessions), ACROSS)]
    programme = programmes.get(edition.programme_id)
    data = {
        **_imprint(edition, programme),
        "title": gettext("Hours of %(edition)s, session by session", edition=edition.code),
        "lead": f"{edition.code}, {edition.name}",
        "of_all": gettext("Min."),
        "sheets": [
            {
                "columns": [_column(s) for s in part],
                "rows": [
                    {
                        "name": f"{n}. {one.person.name}",
                        "cells": ["" if blank else _cell(cells, one.id, s) for s in part],
                        "sum": ""
                        if blank
                        else str(sum(cells.get((one.id, s.id), 0) for s in sessions)),
                    }
                    for n, one in enumerate(people, 1)
                ],
            }
            for part in parts
        ],
        "foot": gettext("Minutes as recognised; an empty cell is still to come.")
        if not blank
        else gettext("To be written by hand."),
    }
    return documents.pdf(GRID, data, at=clock.now())


def _pdf(edition: Edition, title: str, found: Sequence[Leaf]) -> bytes:
    programme = programmes.get(edition.programme_id)
    data = {
        **_imprint(edition, programme),
        "title": title,
        "columns": [
            gettext("No."),
            gettext("Person"),
            gettext("In"),
            gettext("Out"),
            gettext("Raw min."),
            gettext("Min."),
            gettext("How"),
        ],
        "changed": gettext("Corrections"),
        "pages": [_page(leaf, edition, programme) for leaf in found],
    }
    return documents.pdf(REGISTER, data, at=clock.now())


# Operations


def print_page(session: Session, *, by: Actor) -> bytes:
    """One page for somebody who takes it along."""
    audit.record("page taken", session, by=by)
    return page_pdf(session)


def print_register(edition: Edition, *, by: Actor) -> bytes:
    audit.record("register printed", edition, by=by)
    return register_pdf(edition)


def print_grid(edition: Edition, *, blank: bool, by: Actor) -> bytes:
    audit.record("grid printed", edition, by=by)
    return grid_pdf(edition, blank=blank)


# Words


def _imprint(edition: Edition, programme: Programme) -> dict[str, Any]:
    return {
        "language": i18n.language(),
        "organiser": programme.organiser or programme.name,
        "funder": programme.funder,
    }


def heading(edition: Edition, programme: Programme) -> list[tuple[str, str]]:
    """What the funder's papers want at the head of each: the numbers of the edition."""
    return [
        (gettext("Practice number"), edition.practice_number or NONE),
        (gettext("Operator code"), edition.operator_code or NONE),
        (gettext("Course code"), edition.course_code or NONE),
        (gettext("CUP"), edition.project_code or programme.project_code or NONE),
        (gettext("Edition"), f"{edition.code}, {edition.name}"),
        (gettext("Site"), edition.site or NONE),
    ]


def _page(leaf: Leaf, edition: Edition, programme: Programme) -> dict[str, Any]:
    session = leaf.session
    return {
        "running": f"{gettext('Register of presence')} · {edition.code}",
        "number": gettext("page %(page)s of %(all)s", page=leaf.number, all=leaf.of),
        "heading": f"{session.unit.code}  {session.unit.title}",
        "state": _state(session),
        "facts": [*heading(edition, programme), *_session(session)],
        "rows": [_row(person, leaf) for person in leaf.people],
        "changes": [_change(change) for change in leaf.changes],
        "signed": [_signature(act, leaf) for act in leaf.acts],
        "counts": _counts(leaf),
        "topic": [gettext("What was taught"), session.topic] if session.topic else [],
        "notes": [f"{leaf.names.get(a.by_id, '')}: {a.note}" for a in leaf.acts if a.note],
        "hashes": [
            f"{gettext('Last entry of the page')}: {_hex(leaf.hash)}",
            f"{gettext('Last entry of the day')}: {_hex(leaf.day_hash)}",
        ],
    }


def _state(session: Session) -> str:
    """What stands across a page that is not signed, or was barred."""
    if session.state == SessionState.CANCELLED:
        return gettext("Barred: %(reason)s", reason=session.reason or "")
    if session.state == SessionState.OPEN:
        return gettext("Open on %(when)s: not signed yet", when=_moment(clock.now()))
    return ""


def _session(session: Session) -> list[tuple[str, str]]:
    planned = f"{_seconds(session.starts_at)}–{_seconds(session.ends_at)}, {session.minutes}′"
    place = str(word(session.mode).label)
    return [
        (gettext("Day"), i18n.date_year(session.starts_at)),
        (gettext("Planned"), planned),
        (gettext("Trainer"), session.trainer.name),
        (gettext("Method"), str(word(session.unit.mode).label)),
        (gettext("Kind of session"), str(word(session.kind).label)),
        (gettext("Room or platform"), f"{session.room}, {place}" if session.room else place),
    ]


def _row(person: Entered, leaf: Leaf) -> list[Any]:
    mark = person.mark
    before = person.changes[0].before if person.changes else None
    came = [_seconds(span.start) for span in mark.spans]
    went = [_seconds(span.end) if span.end else NONE for span in mark.spans]
    return [
        str(person.number),
        person.name,
        _struck(before.came if before else None, came),
        _struck(before.went if before else None, went),
        str(person.raw),
        {"old": str(before.minutes), "new": [str(person.minutes)]}
        if before
        else str(person.minutes),
        "; ".join(_how(person, leaf)),
    ]


def _struck(old: datetime | None, new: Sequence[str]) -> Any:
    """The times as they count, with what they were before a correction struck above them."""
    said = list(new) or [NONE]
    return {"old": _seconds(old) if old else "", "new": said}


def _how(person: Entered, leaf: Leaf) -> list[str]:
    """What is not ordinary about her presence, and who vouches for it."""
    found = [str(word(person.mark.presence).label)]
    if person.basis == Basis.TRACE:
        found.append(str(word(Basis.TRACE).label))
    for source in person.sources:
        stamp = next(s for s in person.stamps if s.source == source)
        found.append(f"{word(source).label} ({leaf.names.get(stamp.by_id, '')})")
    if person.changes:
        found.append(str(word(Basis.AMENDMENT).label))
    return found


def _change(change: Change) -> str:
    return gettext(
        "%(number)s. %(name)s: from %(before)s to %(after)s, on %(when)s. %(why)s",
        number=change.number,
        name=change.name,
        before=times(change.before),
        after=times(change.after),
        when=_moment(change.at),
        why=change.why,
    )


def times(mark: Mark) -> str:
    """From when to when, and the minutes that count."""
    if not mark.spans:
        return f"{NONE} (0′)"
    spans = [f"{_seconds(s.start)}–{_seconds(s.end) if s.end else '?'}" for s in mark.spans]
    return f"{', '.join(spans)} ({mark.minutes}′)"


def _counts(leaf: Leaf) -> list[tuple[str, str]]:
    found = [(gettext("Entries signed"), str(leaf.came))]
    if leaf.signed:
        found.append((gettext("Heads counted"), str(leaf.signed.head_count)))
        found.append((gettext("Inside by the stamps"), str(leaf.signed.inside)))
    return [*found, (gettext("Minutes in all"), i18n.hours(leaf.minutes))]


def _signature(act: Act, leaf: Leaf) -> tuple[str, str]:
    who = leaf.names.get(act.by_id, "")
    return str(word(act.kind).label), f"{who}, {_moment(act.at)}"


def _column(session: Session) -> list[str]:
    return [session.unit.code, i18n.day_short(session.starts_at), str(session.page or "")]


def _cell(cells: Any, enrolment_id: Any, session: Session) -> str:
    minutes = cells.get((enrolment_id, session.id))
    if minutes is not None:
        return str(minutes)
    return NONE if session.state in forecast.HELD else ""


def _moment(when: datetime) -> str:
    return f"{i18n.date_year(when)}, {_seconds(when)}"


def _seconds(when: datetime) -> str:
    return i18n.clock_seconds(when)


def _hex(value: bytes | None) -> str:
    return value.hex() if value else NONE
