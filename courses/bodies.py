"""Delivering bodies: who delivers the sessions of a programme, where it is more than one."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from courses.calendar import Session, SessionState
from courses.editions import Edition
from lms import audit, db, flow
from lms.errors import Invalid, Refused
from lms.i18n import lazy
from lms.permissions import Actor


class DeliveringBody(db.Model):
    """A body that delivers sessions, with the code under which it is accredited."""

    __tablename__ = "courses_delivering_bodies"
    __table_args__ = (
        db.owned(),
        UniqueConstraint("programme_id", "name"),
        CheckConstraint("name <> ''", name="has_a_name"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    name: Mapped[db.Short]
    accreditation: Mapped[str] = mapped_column(String(60), default="")
    """Its accreditation or operator code."""
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


# Queries


def of_programme(programme_id: UUID) -> Sequence[DeliveringBody]:
    """The bodies of a programme, by name."""
    query = (
        select(DeliveringBody)
        .where(DeliveringBody.programme_id == programme_id)
        .order_by(DeliveringBody.name)
    )
    return db.session.scalars(query).all()


# Operations


def add(*, name: str, accreditation: str = "", by: Actor) -> DeliveringBody:
    """A body that delivers sessions of the programme. Raises Invalid."""
    _not_taken(name, by)
    row = DeliveringBody(programme_id=by.programme_id, name=name, accreditation=accreditation)
    db.session.add(row)
    audit.record("delivering body added", row, by=by)
    return row


def change(
    body: DeliveringBody, *, name: str, accreditation: str, version: int | None, by: Actor
) -> None:
    """Change what a body is called, or its code. Raises Invalid, or Stale on an older version."""
    flow.unchanged(body, version, lambda: {"name": body.name})
    if name != body.name:
        _not_taken(name, by)
    before = {"name": body.name, "accreditation": body.accreditation}
    body.name, body.accreditation = name, accreditation
    audit.record("delivering body changed", body, by=by, detail={"before": before})


def _not_taken(name: str, by: Actor) -> None:
    if any(body.name == name for body in of_programme(by.programme_id)):
        raise Invalid(name=lazy("There is already a body with this name."))


def deliver(
    edition: Edition, body: DeliveringBody | None, positions: Iterable[int] = (), *, by: Actor
) -> int:
    """Say who delivers the sessions of an edition, all or those with these numbers.

    Sessions whose hours are certified stay as they are. Gives how many changed. Raises Refused.
    """
    wanted = set(positions)
    query = (
        select(Session)
        .where(Session.edition_id == edition.id, Session.state != SessionState.CERTIFIED)
        .order_by(Session.id)
        .with_for_update(of=Session, key_share=True)
        .execution_options(populate_existing=True)
    )
    rows = [s for s in db.session.scalars(query) if not wanted or s.position in wanted]
    if not rows:
        raise Refused(lazy("No session is left whose body could change."))
    body_id = body.id if body else None
    changed = [s for s in rows if s.body_id != body_id]
    for session in changed:
        session.body_id = body_id
    if changed:
        detail = {"body": body_id, "sessions": sorted(s.position for s in changed)}
        audit.record("sessions given to a body", edition, by=by, detail=detail)
    return len(changed)
