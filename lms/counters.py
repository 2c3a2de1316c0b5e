"""Counters without gaps: a number is taken by locking its row in the transaction that uses it.

Two people who take a number at the same moment wait for each other, and one who is refused leaves
no hole: her number goes back with everything else.
"""

from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, String, UniqueConstraint, Uuid, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms import db


class Counter(db.Model):
    """The last number given in one series of one thing: an edition, a hub, a programme."""

    __tablename__ = "counters"
    __table_args__ = (
        db.owned(),
        UniqueConstraint("owner_id", "series"),
        CheckConstraint("last >= 0", name="last_not_negative"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    owner_id: Mapped[UUID] = mapped_column(Uuid)
    series: Mapped[str] = mapped_column(String(40))
    last: Mapped[int] = mapped_column(Integer, default=0)


def last(series: str, owner_id: UUID) -> int:
    """The last number given in a series: nought when none was."""
    query = select(Counter.last).where(Counter.owner_id == owner_id, Counter.series == series)
    return db.session.scalar(query) or 0


def take(series: str, owner_id: UUID, programme_id: UUID) -> int:
    """The next number of this series; its counter stays locked until the commit."""
    make = sqlite if db.engine().dialect.name == "sqlite" else postgresql
    db.session.execute(
        make.insert(Counter)
        .values(id=db.new_id(), programme_id=programme_id, owner_id=owner_id, series=series, last=0)
        .on_conflict_do_nothing(index_elements=["owner_id", "series"])
    )
    counter = db.session.scalars(
        select(Counter)
        .where(Counter.owner_id == owner_id, Counter.series == series)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    counter.last += 1
    db.session.flush()
    return counter.last
