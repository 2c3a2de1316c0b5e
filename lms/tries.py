"""Failed tries: counted for one account or one place, with a wait that grows with them.

They are counted in the database, which all processes share, and before they are judged: of many
that come at once no more are judged than of as many one after the other. Whose they were is kept
as a keyed hash alone: neither a mail nor the address of a computer can be read from it.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import LargeBinary, String, UniqueConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, keys
from lms.errors import TooMany
from lms.i18n import lazy

FREE_TRIES, LONGEST_WAIT = 4, timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
PLACE = "place"
ASKING_PLACE = "asking place"
"""From where links for forgotten passwords are asked for."""
PLACES = frozenset({PLACE, ASKING_PLACE})
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
    if kind in PLACES:
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


def _since(row: Try, now: datetime) -> timedelta:
    """How long ago the last try was; who waited for the row began before it."""
    return max(now - row.last_at, timedelta())


def check_wait(kind: str, subject: str) -> None:
    """Raises TooMany while the wait after failed tries lasts."""
    row = db.session.scalar(
        select(Try).where(Try.kind == kind, Try.subject == _digest(kind, subject))
    )
    if row:
        _has_waited(row)


def _has_waited(row: Try) -> None:
    wait = wait_at(row.count) if row.kind in PLACES else wait_after(row.count)
    rest = wait - _since(row, clock.now())
    if rest > timedelta():
        raise TooMany(
            lazy(
                "Too many tries. Try again in %(seconds)s s.", seconds=int(rest.total_seconds()) + 1
            )
        )


def claim(*tried: tuple[str, str]) -> None:
    """Count tries that are about to be judged, for good; what was written before is undone.

    The caller says later which of them succeeded. Raises TooMany while a wait lasts.
    """
    db.session.rollback()
    with db.aside():
        for kind, subject in tried:
            if subject:
                row = _locked(kind, subject)
                _has_waited(row)
                _count(row)


def failed(kind: str, subject: str) -> None:
    """Count a failed try; many at once are all counted. A place that is not known has no count."""
    if subject:
        _count(_locked(kind, subject))


def _locked(kind: str, subject: str) -> Try:
    """The count, nobody else touching it; a new one has nothing counted."""
    digest = _digest(kind, subject)
    make = sqlite if db.engine().dialect.name == "sqlite" else postgresql
    made = make.insert(Try).values(
        id=db.new_id(), kind=kind, subject=digest, count=0, last_at=clock.now()
    )
    found = made.on_conflict_do_update(
        index_elements=["kind", "subject"],
        set_={"kind": kind},  # changes nothing, and locks it
    ).returning(Try)
    row: Try = db.session.scalars(found, execution_options={"populate_existing": True}).one()
    return row


def _count(row: Try) -> None:
    now = clock.now()
    row.count = still_counted(row.kind, row.count, _since(row, now)) + 1
    row.last_at = max(now, row.last_at)


def succeeded(kind: str, subject: str) -> None:
    """What failed before is forgotten; of a place, which many share, only this one try."""
    mine = (Try.kind == kind) & (Try.subject == _digest(kind, subject))
    if kind in PLACES:
        db.session.execute(update(Try).where(mine, Try.count > 0).values(count=Try.count - 1))
    else:
        db.session.execute(delete(Try).where(mine))
