"""Terms: how the register of an edition is kept, and what its papers show.

Which register is the legal original, the codes that the funder's papers want, logos, how minutes
are rounded, what pictures mark, how long somebody may contest. Stamped paper gives way to the
electronic register only once the funder's written authorisation is attached.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from courses import editions, planning
from courses.calendar import Session
from courses.editions import Edition, Original, Rounding
from lms import audit, chains, clock, db, documents, files, flow, i18n
from lms.chains import Kind, Note
from lms.errors import Invalid, Refused, WrongState
from lms.files import File
from lms.i18n import lazy
from lms.permissions import Actor

TOPIC = "courses.terms"
PICTURES = ("image/png", "image/jpeg")
LARGEST_LOGO = 300_000
MOST_LOGOS = 8
BLOCKS = (15, 30, 60)
MOST_TOLERANCE = 30
TICK = re.compile(r"(\d{1,3})/(\d{1,3})")


class Authorisation(db.Model):
    """The funder's written word that the electronic register is the original. Never changed."""

    __tablename__ = "courses_authorisations"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("reference <> ''", name="says_its_reference"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    reference: Mapped[db.Short]
    """The number under which the funder keeps it."""
    dated_on: Mapped[date] = mapped_column(Date)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the file."""
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    file: Mapped[File] = relationship(foreign_keys=[file_id])


class Logo(db.Model):
    """A sign that the papers of an edition show at their head."""

    __tablename__ = "courses_logos"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        UniqueConstraint("edition_id", "position"),
        CheckConstraint("position > 0", name="position_from_one"),
        CheckConstraint("name <> ''", name="says_whose"),
        Index("ix_courses_logos_edition", "edition_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column()
    name: Mapped[db.Short]
    """Whose it is, for those who do not see it."""
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    file: Mapped[File] = relationship(foreign_keys=[file_id])


db.append_only(Authorisation.__table__)


@dataclass(frozen=True)
class Terms:
    """All that the terms of an edition say, but for its original and its logos."""

    practice_number: str
    operator_code: str
    course_code: str
    project_code: str
    site: str
    rounding: Rounding
    rounding_minutes: int
    least_percent: int
    live_percent: int | None
    ticks: str
    contest_days: int
    late_days: int


# Scopes


def logos_where_coordinated(me: Actor) -> ColumnElement[bool]:
    """The logos of the editions that the person coordinates."""
    return Logo.edition_id.in_(select(Edition.id).where(editions.coordinated(me)))


# Rules


def shares(text: str) -> list[Fraction]:
    """The shares that are typed as fractions, by spaces, the smallest first. Raises Invalid."""
    found = set()
    for word in text.split():
        match = TICK.fullmatch(word)
        share = Fraction(int(match[1]), int(match[2])) if match and int(match[2]) else None
        if share is None or not 0 < share <= 1:
            raise Invalid(
                ticks=lazy("%(word)s is no share: write 2/3 or 3/4, with spaces.", word=word[:20])
            )
        found.add(share)
    return sorted(found)


def check_rounding(rounding: Rounding, minutes: int) -> None:
    """Whether these minutes belong to this way of rounding. Raises Invalid."""
    wrong = {
        Rounding.EXACT: minutes and lazy("To the minute: write 0 here."),
        Rounding.TOLERANCE: not 1 <= minutes <= MOST_TOLERANCE
        and lazy("A tolerance of 1 to %(most)d minutes.", most=MOST_TOLERANCE),
        Rounding.BLOCKS: minutes not in BLOCKS and lazy("Blocks are of 15, 30 or 60 minutes."),
    }[rounding]
    if wrong:
        raise Invalid(rounding_minutes=wrong)


def is_paper(original: Original | None) -> bool:
    """Whether a page of such a register needs its stamped page, and the scan of it."""
    return original in (Original.STAMPED, Original.BOTH)


# Queries


def has_signed_page(edition_id: UUID) -> bool:
    """Whether any page of an edition is signed: from then on minutes are rounded as they are."""
    query = select(Session.id).where(
        Session.edition_id == edition_id, Session.signed_at.is_not(None)
    )
    return db.session.scalar(query.limit(1)) is not None


def authorisation(edition_id: UUID) -> Authorisation | None:
    """The last authorisation of an edition, with its file."""
    query = (
        select(Authorisation)
        .where(Authorisation.edition_id == edition_id)
        .options(joinedload(Authorisation.file))
        .order_by(Authorisation.number.desc())
    )
    return db.session.scalar(query.limit(1))


def logos(edition_id: UUID) -> Sequence[Logo]:
    """The logos of an edition in order, with their files."""
    query = (
        select(Logo)
        .where(Logo.edition_id == edition_id)
        .options(joinedload(Logo.file))
        .order_by(Logo.position)
    )
    return db.session.scalars(query).all()


def drawn(edition_id: UUID, *, by: Actor) -> list[dict[str, Any]]:
    """The logos of an edition as a document takes them: whose, and the bytes as numbers."""
    return [
        {"name": logo.name, "picture": list(files.read(logo.file, by=by))}
        for logo in logos(edition_id)
    ]


# Operations


def _amendable(edition: Edition) -> Edition:
    edition = db.locked(edition)
    if edition.state not in planning.AMENDABLE:
        raise WrongState(lazy("This edition is closed: it no longer changes."))
    return edition


def amend(edition: Edition, wanted: Terms, *, version: int | None, by: Actor) -> None:
    """Change the terms of an edition. Raises Invalid beside the field, WrongState, or Stale."""
    edition = _amendable(edition)
    flow.unchanged(edition, version, lambda: {"codes": edition.practice_number})
    facts = asdict(wanted)
    facts["ticks"] = " ".join(f"{s.numerator}/{s.denominator}" for s in shares(wanted.ticks))
    check_rounding(wanted.rounding, wanted.rounding_minutes)
    if wanted.least_percent > edition.total_percent:
        most = edition.total_percent
        raise Invalid(least_percent=lazy("At most the %(most)d%% asked in all.", most=most))
    changed = {k: v for k, v in facts.items() if v != getattr(edition, k)}
    _locked(edition, changed)
    before = {k: str(getattr(edition, k)) for k in changed}
    for column, value in changed.items():
        setattr(edition, column, value)
    if changed:
        audit.record("terms changed", edition, by=by, detail={"before": before})


def _locked(edition: Edition, changed: dict[str, Any]) -> None:
    """Refuse what no longer changes: rounding after a signature, thresholds after certifying."""
    if rounds := {"rounding", "rounding_minutes"} & changed.keys():
        everything = select(Session.id).where(Session.edition_id == edition.id)
        db.session.execute(everything.order_by(Session.id).with_for_update(key_share=True))
        if has_signed_page(edition.id):
            raise Invalid(
                **dict.fromkeys(
                    rounds, lazy("A page has been signed: minutes are rounded as they are.")
                )
            )
    shares_of = {"least_percent", "live_percent"} & changed.keys()
    if shares_of and planning.has_certified_hours(edition):
        why = lazy("Hours have been certified: the thresholds no longer change.")
        raise Invalid(**dict.fromkeys(shares_of, why))


def choose_original(
    edition: Edition, original: Original, *, version: int | None, by: Actor
) -> None:
    """Say which register is the legal original of the pages to be opened.

    From stamped paper, or both, to the electronic one only with the authorisation. Raises Refused.
    """
    edition = _amendable(edition)
    flow.unchanged(edition, version, lambda: {"original": str(flow.word(edition.original).label)})
    if original == edition.original:
        return
    given = authorisation(edition.id) if original == Original.ELECTRONIC else None
    if original == Original.ELECTRONIC and given is None:
        raise Invalid(
            original=lazy(
                "Attach the funder’s written authorisation first: until then the paper counts."
            )
        )
    before, edition.original = edition.original, original
    audit.record(
        "original register chosen",
        edition,
        by=by,
        detail={
            "before": before.value,
            "now": original.value,
            "authorisation": str(given.id) if given else None,
        },
    )


def authorise(
    edition: Edition, content: bytes, *, reference: str, dated_on: date, by: Actor
) -> Authorisation:
    """Attach the funder's written authorisation of the electronic register. Raises Invalid."""
    edition = _amendable(edition)
    if dated_on > clock.today():
        raise Invalid(dated_on=lazy("This day has not come yet."))
    query = select(func.count()).where(Authorisation.edition_id == edition.id)
    kept = files.keep(content, TOPIC, edition, key_id=editions.key_of(edition), by=by)
    row = Authorisation(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        number=(db.session.scalar(query) or 0) + 1,
        reference=reference,
        dated_on=dated_on,
        file_id=kept.id,
        digest=hashlib.sha256(content).digest(),
        at=clock.now(),
        by_id=by.id,
    )
    db.session.add(row)
    chains.add(
        Note(
            kind=Kind.REGISTER,
            owner_id=edition.id,
            what="register authorised",
            actor_id=by.id,
            row=row,
        )
    )
    audit.record("register authorised", row, by=by)
    return row


def add_logo(edition: Edition, content: bytes, *, name: str, by: Actor) -> Logo:
    """Add a logo after the others. Raises Invalid."""
    edition = _amendable(edition)
    others = logos(edition.id)
    if len(others) >= MOST_LOGOS:
        raise Refused(lazy("At most %(most)d logos fit on a page.", most=MOST_LOGOS))
    if len(content) > LARGEST_LOGO:
        most = i18n.number(LARGEST_LOGO // 1000)
        raise Invalid(file=lazy("A logo has at most %(most)s kB.", most=most))
    if files.kind_of(content) not in PICTURES or not documents.draws(content):
        raise Invalid(file=lazy("This is no PNG or JPEG picture that can be printed."))
    kept = files.keep(content, TOPIC, edition, key_id=editions.key_of(edition), by=by)
    row = Logo(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        position=max((logo.position for logo in others), default=0) + 1,
        name=name,
        file_id=kept.id,
    )
    db.session.add(row)
    audit.record("logo added", row, by=by)
    return row


def remove_logo(logo: Logo, *, by: Actor) -> None:
    """Take a logo off the papers that will be printed."""
    _amendable(logo.edition)
    audit.record("logo removed", logo, by=by)
    db.session.delete(logo)
