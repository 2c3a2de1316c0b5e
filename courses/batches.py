"""Batches: many trainees certified by one act, and their certificates to be gathered in one file.

Each of them is wholly certified or, with what was said against it, not at all. Up to fifty are
done at once; more are done a few at a time by a job, while others work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    select,
)
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from courses import certificates
from courses.certificates import Certificate, CertificateState, Issued
from courses.editions import Edition
from courses.enrolments import Enrolment
from lms import audit, clock, db, i18n, jobs
from lms.accounts import Person
from lms.errors import Invalid
from lms.files import File
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.jobs import JobState
from lms.manifest import CertifiedIf
from lms.permissions import Actor

AT_ONCE = 50
"""More than these are not certified while somebody waits for the page."""
STEP = 25
"""So many are certified by a job before others have their turn."""
SHOWN = 100


class BatchState(StrEnum):
    CERTIFYING = "certifying"
    PACKING = "packing"
    DONE = "done"


class ItemState(StrEnum):
    WAITING = "waiting"
    CERTIFIED = "certified"
    REFUSED = "refused"


say(
    {
        BatchState.CERTIFYING: Word(lazy("being certified"), "act", "late"),
        BatchState.PACKING: Word(lazy("certificates being gathered"), "act", "late"),
        BatchState.DONE: Word(lazy("finished"), "good", "ok"),
        ItemState.WAITING: Word(lazy("waiting"), "", "wait"),
        ItemState.CERTIFIED: Word(lazy("certified"), "good", "ok"),
        ItemState.REFUSED: Word(lazy("not certified"), "bad", "none"),
    }
)

FLOW = Flow(
    pack=({BatchState.CERTIFYING}, BatchState.PACKING),
    finish=({BatchState.CERTIFYING, BatchState.PACKING}, BatchState.DONE),
)
ITEM_FLOW = Flow(
    certify=({ItemState.WAITING}, ItemState.CERTIFIED),
    refuse=({ItemState.WAITING}, ItemState.REFUSED),
)


class Batch(db.Model):
    """One act of certifying many of an edition, or of gathering their certificates."""

    __tablename__ = "courses_batches"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("files", "file_id"),
        CheckConstraint("(state = 'done') = (ended_at IS NOT NULL)", name="done_has_time"),
        CheckConstraint("packed >= 0", name="packed_not_negative"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    state: Mapped[BatchState] = mapped_column(db.choice(BatchState), default=BatchState.CERTIFYING)
    language: Mapped[str] = mapped_column(String(2))
    """The language of the certificates in the file."""
    packed: Mapped[int] = mapped_column(default=0)
    """How many certificates have been set so far."""
    file_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    ended_at: Mapped[db.Moment | None]
    version: Mapped[int] = mapped_column()
    edition: Mapped[Edition] = relationship(foreign_keys=[edition_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    file: Mapped[File | None] = relationship(foreign_keys=[file_id])
    __mapper_args__ = {"version_id_col": version}


class Item(db.Model):
    """One trainee of a batch, and what came of it."""

    __tablename__ = "courses_batch_items"
    __table_args__ = (
        db.owned(),
        db.within("courses_batches", "batch_id"),
        db.within("courses_enrolments", "enrolment_id"),
        db.within("courses_certificates", "certificate_id"),
        UniqueConstraint("batch_id", "position"),
        UniqueConstraint("batch_id", "enrolment_id"),
        CheckConstraint(
            "(state = 'certified') = (certificate_id IS NOT NULL)",
            name="certified_has_certificate",
        ),
        CheckConstraint(
            "(state = 'refused') = (why_it IS NOT NULL AND why_en IS NOT NULL)",
            name="refused_says_why",
        ),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    batch_id: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column()
    enrolment_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[ItemState] = mapped_column(db.choice(ItemState), default=ItemState.WAITING)
    certificate_id: Mapped[UUID | None] = mapped_column(Uuid)
    why_it: Mapped[str | None] = mapped_column(Text)
    why_en: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    enrolment: Mapped[Enrolment] = relationship(foreign_keys=[enrolment_id])
    certificate: Mapped[Certificate | None] = relationship(foreign_keys=[certificate_id])
    __mapper_args__ = {"version_id_col": version}

    @property
    def why(self) -> str:
        """Why she was not certified, in the reader's language."""
        return (self.why_en if i18n.language() == "en" else self.why_it) or ""


@dataclass(frozen=True)
class Progress:
    """How far a batch has come."""

    counts: dict[ItemState, int]
    items: Sequence[Item]
    """Those who were refused first, then the others; at most so many as a page shows."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def certified(self) -> int:
        return self.counts.get(ItemState.CERTIFIED, 0)

    @property
    def refused(self) -> int:
        return self.counts.get(ItemState.REFUSED, 0)


# Queries


def progress(batch: Batch, *, beyond: int = 0) -> Progress:
    """How far it has come, and who is in it, from this place of the list on."""
    count = select(Item.state, func.count()).where(Item.batch_id == batch.id).group_by(Item.state)
    query = (
        select(Item)
        .join(Enrolment, Enrolment.id == Item.enrolment_id)
        .options(
            contains_eager(Item.enrolment).joinedload(Enrolment.person),
            joinedload(Item.certificate),
        )
        .where(Item.batch_id == batch.id)
        .order_by(Item.state != ItemState.REFUSED, Item.position)
        .offset(beyond)
        .limit(SHOWN)
    )
    counts = {state: int(n) for state, n in db.session.execute(count)}
    return Progress(counts, db.session.scalars(query).all())


def latest(edition_id: UUID) -> Batch | None:
    """The last batch of an edition."""
    query = select(Batch).where(Batch.edition_id == edition_id).order_by(Batch.at.desc()).limit(1)
    return db.session.scalar(query)


def has_stopped(batch: Batch) -> bool:
    """Whether its job has failed for good: somebody has to give it another try."""
    job = jobs.named(f"certificates {batch.id}")
    return batch.state != BatchState.DONE and job is not None and job.state == JobState.DEAD


# Operations


def certify(
    edition: Edition,
    enrolments: Sequence[Enrolment],
    *,
    also: Sequence[CertifiedIf] = (),
    by: Actor,
) -> Batch:
    """Certify those who were chosen, in one act: at once, or as a job where they are many."""
    if not enrolments:
        raise Invalid(who=lazy("Choose at least one person."))
    batch = _batch(edition, by)
    items = [_item(batch, place, e.id) for place, e in enumerate(enrolments, 1)]
    db.session.add_all(items)
    audit.record("batch certified", batch, by=by, detail={"people": len(items)})
    if len(items) <= AT_ONCE:
        _certify(items, also=also, by=by)
        _then_pack(batch, items)
    jobs.ask("certificates", by=by, key=f"certificates {batch.id}", batch_id=str(batch.id))
    return batch


def gather(edition: Edition, *, by: Actor) -> Batch:
    """Gather all certificates of an edition that are in force in one file. Raises Refused."""
    query = (
        select(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.edition_id == edition.id, Certificate.state == CertificateState.VALID)
        .order_by(Person.sort_name, Certificate.number)
    )
    found = db.session.scalars(query).all()
    if not found:
        raise Invalid(who=lazy("Nobody has a certificate yet."))
    batch = _batch(edition, by)
    FLOW.move(batch, "pack")
    for place, certificate in enumerate(found, 1):
        item = _item(batch, place, certificate.enrolment_id)
        ITEM_FLOW.move(item, "certify", certificate_id=certificate.id)
        db.session.add(item)
    audit.record("certificates gathered", batch, by=by, detail={"people": len(found)})
    jobs.ask("certificates", by=by, key=f"certificates {batch.id}", batch_id=str(batch.id))
    return batch


def _batch(edition: Edition, by: Actor) -> Batch:
    row = Batch(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        language=i18n.language(),
        at=clock.now(),
        by_id=by.id,
    )
    db.session.add(row)
    return row


def _item(batch: Batch, position: int, enrolment_id: UUID) -> Item:
    return Item(
        programme_id=batch.programme_id,
        batch_id=batch.id,
        position=position,
        enrolment_id=enrolment_id,
    )


def _certify(items: Sequence[Item], *, also: Sequence[CertifiedIf], by: Actor) -> None:
    """Certify these, and write beside each what came of it."""
    query = select(Enrolment).where(Enrolment.id.in_([item.enrolment_id for item in items]))
    people = {e.id: e for e in db.session.scalars(query)}
    order = [people[item.enrolment_id] for item in items]
    found = certificates.issue_each(order, also=also, by=by)
    for item, one in zip(items, found, strict=True):
        _settle(item, one)


def _settle(item: Item, one: Issued) -> None:
    if one.certificate is not None:
        ITEM_FLOW.move(item, "certify", certificate_id=one.certificate.id)
        return
    said = {}
    for tongue in i18n.LANGUAGES:
        with i18n.speaking(tongue):
            said[f"why_{tongue}"] = str(one.refusal)
    ITEM_FLOW.move(item, "refuse", **said)


def _then_pack(batch: Batch, items: Iterable[Item]) -> None:
    """When all were asked: their certificates are gathered next, if there is one."""
    if any(item.state == ItemState.CERTIFIED for item in items):
        FLOW.move(batch, "pack")
    else:
        FLOW.move(batch, "finish", ended_at=clock.now())


def certify_some(id: UUID, *, also: Sequence[CertifiedIf], by: Actor) -> bool:
    """Certify the next few of those who wait; whether there may be more. One transaction."""
    with db.unit():
        batch = db.locked(db.session.get_one(Batch, id))
        if batch.state != BatchState.CERTIFYING:
            return False
        query = (
            select(Item)
            .where(Item.batch_id == id, Item.state == ItemState.WAITING)
            .order_by(Item.position)
            .limit(STEP)
        )
        items = db.session.scalars(query).all()
        if items:
            _certify(items, also=also, by=by)
            return True
        some = select(Item).where(Item.batch_id == id, Item.state == ItemState.CERTIFIED)
        _then_pack(batch, db.session.scalars(some.limit(1)))
        return False
