"""What a control bundle contains: what each topic gives to it, and the manifest of it all.

A topic gives pairs of a path in the zip and what makes the bytes of that file; it stands in `PARTS`
by one line. No path says anything about anybody. What was erased raises `keys.Erased`: its place in
the manifest says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from courses import (
    appendices,
    certificates,
    closing,
    declaration,
    enclosures,
    exports,
    inspection,
    proofs,
    registers,
    revisions,
)
from courses.appendices import Make, Part, Pieces, as_csv, ending
from courses.attendance import TraceSpan
from courses.calendar import Session
from courses.certificates import Certificate, CertificateState
from courses.curriculum import Module, Unit
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.exports import Export
from lms import accounts, chains, db, frozen, keys, programmes
from lms.flow import word
from lms.frozen import Frozen
from lms.i18n import gettext
from lms.permissions import Actor
from lms.tables import Cell, Table

# What each topic gives


def pages(edition: Edition, by: Actor) -> Pieces:
    """Every page of the register."""
    query = (
        select(Session)
        .options(joinedload(Session.unit), joinedload(Session.trainer), joinedload(Session.edition))
        .where(Session.edition_id == edition.id, Session.page.is_not(None))
        .order_by(Session.page)
    )
    for session in db.session.scalars(query):
        yield f"pages/page-{session.page:03d}.pdf", partial(registers.page_pdf, session)


def tabled(edition: Edition, by: Actor) -> Pieces:
    """The register, its lines, calendar, corrections, certificates and access record as tables."""
    for folder, kind in (
        ("register", Export.REGISTER),
        ("register", Export.LINES),
        ("register", Export.HOURS),
        ("calendar", Export.CALENDAR),
        ("corrections", Export.CORRECTIONS),
        ("certificates", Export.CERTIFICATES),
        ("access", Export.ACCESS),
    ):
        yield f"{folder}/{kind.value}.csv", partial(_exported, edition, kind, by)


def _exported(edition: Edition, kind: Export, by: Actor) -> bytes:
    return as_csv(exports.table(edition, kind), edition, by)


def moves(edition: Edition, by: Actor) -> Pieces:
    """What has changed the calendar, and when."""
    yield "calendar/changes.csv", partial(_moves, edition, by)


def _moves(edition: Edition, by: Actor) -> bytes:
    found = inspection.moves(edition)
    names, before = inspection.names_of(found), inspection.moved_from(found)
    sessions = {
        s.id: s
        for s in db.session.scalars(
            select(Session)
            .options(joinedload(Session.unit))
            .where(Session.edition_id == edition.id)
        )
    }
    rows: list[list[Cell]] = []
    for entry in found:
        session = sessions.get(entry.row_id) if entry.row_id else None
        rows.append(
            [
                entry.at,
                names.get(entry.actor_id, "") if entry.actor_id else "",
                exports.said(entry.what),
                session.unit.code if session else "",
                before[entry.sequence],
                session.starts_at if session else None,
            ]
        )
    columns = [
        gettext("When"),
        gettext("Person"),
        gettext("What"),
        gettext("Unit"),
        gettext("Before"),
        gettext("Now"),
    ]
    return as_csv(Table("changes", columns, rows), edition, by)


def traces(edition: Edition, by: Actor) -> Pieces:
    """The connections of live lessons, each with the hash of its entry."""
    yield "traces/connections.csv", partial(_traces, edition, by)


def _traces(edition: Edition, by: Actor) -> bytes:
    query = (
        select(TraceSpan, Session.page, accounts.Person.name, chains.Entry.hash)
        .join(Session, Session.id == TraceSpan.session_id)
        .join(Enrolment, Enrolment.id == TraceSpan.enrolment_id)
        .join(accounts.Person, accounts.Person.id == Enrolment.person_id)
        .join(chains.Entry, chains.Entry.row_id == TraceSpan.id)
        .join(chains.Chain, chains.Chain.id == chains.Entry.chain_id)
        .where(TraceSpan.edition_id == edition.id, chains.Chain.kind == chains.Kind.REGISTER)
        .order_by(Session.page, TraceSpan.number, accounts.Person.sort_name, TraceSpan.began)
    )
    columns = [
        gettext("Page"),
        gettext("Import"),
        gettext("Person"),
        gettext("In"),
        gettext("Out"),
        gettext("Hash of the entry"),
    ]
    rows: list[list[Cell]] = [
        [page, span.number, name, span.began, span.ended, link.hex()]
        for span, page, name, link in db.session.execute(query)
    ]
    return as_csv(Table("connections", columns, rows), edition, by)


def sheets(edition: Edition, by: Actor) -> Pieces:
    """Each closing sheet: as it is handed over, as a table, and the very bytes that were frozen."""
    for row in closing.of_edition(edition.id):
        name = _sheet(row)
        yield f"{name}.pdf", partial(declaration.pdf, row, by=by)
        yield f"{name}.csv", partial(declaration.as_csv, row, by=by)
        yield f"{name}.json", partial(frozen.body, row.sheet, by=by, subject=edition.id)


def _sheet(row: closing.Closing) -> str:
    return f"closing/{row.month or 'edition'}-{row.number}"


def papers(edition: Edition, by: Actor) -> Pieces:
    """Letters of appointment, training agreements, the proof of calendars sent."""
    found = enclosures.of_edition(edition.id)
    names = _enclosed(found)
    for row in found:
        yield names[row.id], partial(enclosures.read, row, by=by)
    yield "papers/papers.csv", partial(_papers, edition, found, names, by)


def _enclosed(found: Sequence[enclosures.Enclosure]) -> dict[UUID, str]:
    """Where each paper lies, by its row: those of a kind are counted as they came."""
    names: dict[UUID, str] = {}
    for kind in enclosures.EnclosureKind:
        of_kind = [e for e in found if e.kind == kind]
        for number, row in enumerate(sorted(of_kind, key=lambda e: (e.at, str(e.id))), 1):
            names[row.id] = f"papers/{kind.value}-{number:02d}.{ending(row.file)}"
    return names


def _papers(
    edition: Edition, found: Sequence[enclosures.Enclosure], names: Mapping[UUID, str], by: Actor
) -> bytes:
    columns = [gettext("File"), gettext("What"), gettext("Person"), gettext("Attached at")]
    rows: list[list[Cell]] = [
        [names[e.id], str(word(e.kind).label), e.person.name if e.person else "", e.at]
        for e in found
    ]
    return as_csv(Table("papers", columns, rows), edition, by)


def visits(edition: Edition, by: Actor) -> Pieces:
    """The notes that inspectors have left."""
    yield "visits/visits.csv", partial(_visits, edition, by)


def _visits(edition: Edition, by: Actor) -> bytes:
    columns = [
        gettext("When"),
        gettext("Inspector"),
        gettext("Page"),
        gettext("People counted"),
        gettext("Inside by the page"),
        gettext("What was found"),
    ]
    rows: list[list[Cell]] = [
        [v.at, v.by.name, v.session.page if v.session else None, v.counted, v.inside, v.text]
        for v in inspection.visits(edition.id)
    ]
    return as_csv(Table("visits", columns, rows), edition, by)


def readme(edition: Edition, by: Actor) -> Pieces:
    """How to read the bundle, and how to prove it."""
    yield "readme.txt", _readme


def _readme() -> bytes:
    said = [
        gettext("Control bundle"),
        gettext(
            "manifest.json lists each file with its SHA-256, the entries of the register’s chain "
            "and the public key; manifest.sig signs it (Ed25519)."
        ),
        gettext(
            "On any computer with Affianca, without network or database: lms hours verify BUNDLE"
        ),
        gettext("Compare this public key with the one on the closing sheet:"),
        keys.public_key(),
    ]
    return "\n\n".join(said).encode() + b"\n"


PARTS: tuple[Part, ...] = (
    pages,
    tabled,
    moves,
    traces,
    sheets,
    papers,
    visits,
    *revisions.PARTS,
    *appendices.PARTS,
    readme,
)
"""What stands in a bundle, beside certificates; each topic that holds something adds its line."""


def issued(edition: Edition, address: str, by: Actor) -> Pieces:
    """Each certificate, and the very bytes of the dossier behind it."""
    for row in _issued(edition):
        if row.state == CertificateState.VALID:
            where = f"{address}{row.number}"
            make = partial(certificates.pdf, row, address=where, by=by)
            yield f"certificates/{row.number}.pdf", make
        yield (
            f"certificates/{row.number}.json",
            partial(frozen.body, row.dossier, by=by, subject=row.enrolment_id),
        )


def _issued(edition: Edition) -> Sequence[Certificate]:
    query = (
        select(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .options(joinedload(Certificate.dossier))
        .where(Enrolment.edition_id == edition.id)
        .order_by(Certificate.number)
    )
    return db.session.scalars(query).all()


# The whole


def pieces(edition: Edition, address: str, *, by: Actor) -> Iterator[tuple[str, Make]]:
    """Everything but the manifest, by its path."""
    for part in PARTS:
        yield from part(edition, by)
    yield from issued(edition, address, by)


def manifest(
    edition: Edition,
    *,
    files: Sequence[Mapping[str, Any]],
    erased: Sequence[str],
    asked: Mapping[str, Any],
    by: Actor,
) -> bytes:
    """What is in the bundle, and all that is needed to prove it: canonical bytes."""
    programme = programmes.get(edition.programme_id)
    chain = _chain(edition.id)
    told = proofs.told_by(chain["entries"])
    return frozen.canonical(
        {
            "format": proofs.FORMAT,
            "asked": dict(asked),
            "key": keys.public_key(),
            "programme": {"code": programme.code, "name": programme.name},
            "edition": {
                "id": edition.id,
                "code": edition.code,
                "name": edition.name,
                "rounding": edition.rounding,
                "rounding_minutes": edition.rounding_minutes,
            },
            "files": [dict(file) for file in files],
            "attached": _attached(edition),
            "erased": list(erased),
            "sessions": _sessions(edition),
            "chain": chain,
            "totals": proofs.sums(told),
            "frozen": _frozen(edition, {file["name"] for file in files}),
        }
    )


def _attached(edition: Edition) -> dict[str, str]:
    """Where each file lies that the register knows, by its row; what was erased has a place too."""
    enclosed = _enclosed(enclosures.of_edition(edition.id))
    return {str(id): name for id, name in {**enclosed, **appendices.attached(edition)}.items()}


def _sessions(edition: Edition) -> list[dict[str, Any]]:
    query = (
        select(Session, Unit.code, Module.number)
        .join(Unit, Unit.id == Session.unit_id)
        .join(Module, Module.id == Unit.module_id)
        .where(Session.edition_id == edition.id)
        .order_by(Session.starts_at, Session.id)
    )
    return [
        {
            "id": session.id,
            "page": session.page,
            "unit": code,
            "module": module,
            "kind": session.kind,
            "mode": session.mode,
            "makes_up": session.makes_up_id,
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
            "state": session.state,
        }
        for session, code, module in db.session.execute(query)
    ]


def _chain(edition_id: UUID) -> dict[str, Any]:
    chain = inspection.chain_of(edition_id)
    assert chain is not None  # noqa: S101 - ask() has looked
    return {
        "length": chain.length,
        "head": chain.head.hex(),
        "entries": [
            {"sequence": e.sequence, "hash": e.hash.hex(), "body": e.body.decode()}
            for e in chains.entries(chain)
        ],
    }


def _frozen(edition: Edition, names: set[str]) -> list[dict[str, Any]]:
    """The salt and the digest of each frozen document that the bundle holds."""
    found: list[dict[str, Any]] = []
    for row in closing.of_edition(edition.id):
        found.append({"name": f"{_sheet(row)}.json", **_sealed(row.sheet), "closing": str(row.id)})
    for certificate in _issued(edition):
        name = f"certificates/{certificate.number}.json"
        found.append({"name": name, **_sealed(certificate.dossier)})
    return [document for document in found if document["name"] in names]


def _sealed(row: Frozen) -> dict[str, Any]:
    return {"salt": row.salt, "digest": row.digest}
