"""Failed tries: counted for one account or one place, with a wait that grows with them.

They are counted in the database, which all processes share. Whose they were is kept as a keyed
hash alone: neither a mail nor the address of a computer can be read from it.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, keys
from lms.errors import TooMany
from lms.i18n import lazy

FREE_TRIES, LONGEST_WAIT = 4, timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
PLACE = "place"
FROM_ONE_PLACE, FORGIVES_ONE = 60, timedelta(minutes=1)
"""A class behind one address may all mistype, twice; somebody who tries many accounts may not."""


class Try(db.Model):
    """Failed tries against one account, or from one place; only a keyed hash of which."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: Mapped[db.Id]
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    count: Mapped[int]
    last_at: Mapped[db.Moment]


# Rules


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures: 0, 0, 0, 0, 30 s, 1 min ... 15 min."""
    if failures < FREE_TRIES:
        return timedelta()
    return min(timedelta(seconds=30 << min(failures - FREE_TRIES, 10)), LONGEST_WAIT)


def wait_at(failures: int) -> timedelta:
    """How long a place waits after so many: until enough of them are forgiven."""
    return max(failures - FROM_ONE_PLACE + 1, 0) * FORGIVES_ONE


def still_counted(kind: str, failures: int, since: timedelta) -> int:
    """What is left of earlier failures: all of them for a day; at a place one less each minute."""
    if kind == PLACE:
        return max(failures - since // FORGIVES_ONE, 0)
    return 0 if since > FORGOTTEN_AFTER else failures


def place(address: str | None) -> str:
    """Where somebody comes from: her address, or the network that one line of hers makes up."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


# Operations


def _digest(kind: str, subject: str) -> bytes:
    return keys.blind(f"tries {kind}", subject)


def _ends(kind: str, failures: int, last_at: datetime) -> datetime:
    return last_at + (wait_at(failures) if kind == PLACE else wait_after(failures))


def check_wait(kind: str, subject: str) -> None:
    """Raises TooMany while the wait after failed tries lasts."""
    row = db.session.scalar(
        select(Try).where(Try.kind == kind, Try.subject == _digest(kind, subject))
    )
    if row and (rest := _ends(kind, row.count, row.last_at) - clock.now()) > timedelta():
        raise TooMany(
            lazy(
                "Too many tries. Try again in %(seconds)s s.", seconds=int(rest.total_seconds()) + 1
            )
        )


def failed(kind: str, subject: str) -> None:
    """Count a failed try; many at once are all counted. A place that is not known has no count."""
    if not subject:
        return
    digest, now = _digest(kind, subject), clock.now()
    make = sqlite if db.engine().dialect.name == "sqlite" else postgresql
    db.session.execute(
        make.insert(Try)
        .values(id=db.new_id(), kind=kind, subject=digest, count=0, last_at=now)
        .on_conflict_do_nothing(index_elements=["kind", "subject"])
    )
    row = db.session.scalars(
        select(Try).where(Try.kind == kind, Try.subject == digest).with_for_update()
    ).one()
    since = max(now - row.last_at, timedelta())  # who waited for the row began before its last try
    row.count, row.last_at = still_counted(kind, row.count, since) + 1, max(now, row.last_at)


def succeeded(kind: str, subject: str) -> None:
    """What failed before is forgotten."""
    digest = _digest(kind, subject)
    db.session.execute(delete(Try).where(Try.kind == kind, Try.subject == digest))
