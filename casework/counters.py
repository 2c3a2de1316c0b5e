"""Counters without gaps: the numbers of a hub's cases and referrals, year by year.

A number is taken by locking its counter's row in the transaction that uses it: two people who
open a case at the same moment wait for each other, and a refused one leaves no hole.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, UniqueConstraint, Uuid, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db
from lms.programmes import Hub


class Series(StrEnum):
    CASES = "cases"
    REFERRALS = "referrals"


class Counter(db.Model):
    """The last number given in one hub, one series and one year."""

    __tablename__ = "casework_counters"
    __table_args__ = (
        db.owned(),
        db.within("hubs", "hub_id"),
        UniqueConstraint("hub_id", "series", "year"),
        CheckConstraint("last >= 0", name="last_not_negative"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    hub_id: Mapped[UUID] = mapped_column(Uuid)
    series: Mapped[Series] = mapped_column(db.choice(Series, "series_known"))
    year: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer, default=0)


# Rules


def code(series: Series, letter: str, year: int, number: int) -> str:
    """A-2026-0042 for a case of hub A, R-A-2026-0007 for a referral to it."""
    bare = f"{letter}-{year}-{number:04d}"
    return f"R-{bare}" if series == Series.REFERRALS else bare


# Operations


def take(series: Series, hub: Hub) -> str:
    """The next code of this series in this hub; its counter stays locked until the commit."""
    year = clock.today().year
    make = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    db.session.execute(
        make.insert(Counter)
        .values(
            id=db.new_id(),
            programme_id=hub.programme_id,
            hub_id=hub.id,
            series=series,
            year=year,
            last=0,
        )
        .on_conflict_do_nothing(index_elements=["hub_id", "series", "year"])
    )
    counter = db.session.scalars(
        select(Counter)
        .where(Counter.hub_id == hub.id, Counter.series == series, Counter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    counter.last += 1
    db.session.flush()
    return code(series, hub.letter, year, counter.last)
