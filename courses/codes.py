"""The code on the wall: six digits that change every twenty seconds, made only on the server.

A code is computed from the installation's key, the session and the moment, so nothing is stored
and every process shows the same one. The one before it is still accepted: people type slowly. Who
frames it gets a proof that she did so while it was good, bound to her and to the page: pressing the
button may take her five minutes, and nobody else can use it.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

from lms import keys

EVERY = 20
"""Seconds that one code lasts."""
GRACE = timedelta(minutes=5)
"""How long after she framed a good code a person may still sign with it."""
REMEMBERED = 45
"""Slices for which a code is told apart from a wrong one: a quarter of an hour."""


def slice_of(moment: datetime) -> int:
    """The number of the twenty seconds that a moment lies in."""
    return int(moment.timestamp()) // EVERY


def until(number: int) -> datetime:
    """When the code of this slice changes."""
    return datetime.fromtimestamp((number + 1) * EVERY, UTC)


def left(moment: datetime) -> int:
    """Seconds until the code changes, at least one."""
    return max((until(slice_of(moment)) - moment) // timedelta(seconds=1), 1)


def code(session_id: UUID, number: int) -> str:
    """The six digits of one session in one slice."""
    message = b"check-in|" + session_id.bytes + number.to_bytes(8, "big")
    made = hmac.new(keys.ring().token, message, hashlib.sha256).digest()
    return f"{int.from_bytes(made[:8], 'big') % 1_000_000:06}"


def fits(session_id: UUID, typed: str, moment: datetime) -> bool:
    """Whether it is the code of this session now, or the one just before."""
    now = slice_of(moment)
    return any(hmac.compare_digest(code(session_id, now - age), typed) for age in (0, 1))


def was(session_id: UUID, typed: str, moment: datetime) -> bool:
    """Whether it was the code of this session a little while ago."""
    now = slice_of(moment)
    return any(
        hmac.compare_digest(code(session_id, now - age), typed) for age in range(2, REMEMBERED)
    )


def proof(session_id: UUID, person_id: UUID, typed: str, moment: datetime) -> str:
    """What shows that this person framed this code of this session at this moment."""
    seconds = int(moment.timestamp())
    return f"{seconds}-{_seal(session_id, person_id, typed, seconds)}"


def framed_at(
    session_id: UUID, person_id: UUID, typed: str, shown: str, now: datetime
) -> datetime | None:
    """The moment of which this is the proof; None if it is another's, forged, or too old."""
    seconds, _, seal = shown.partition("-")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        return None
    expected = _seal(session_id, person_id, typed, int(seconds))
    moment = datetime.fromtimestamp(int(seconds), UTC)
    good = hmac.compare_digest(expected.encode(), seal.encode())
    return moment if good and timedelta() <= now - moment <= GRACE else None


def _seal(session_id: UUID, person_id: UUID, typed: str, seconds: int) -> str:
    message = f"framed|{session_id}|{person_id}|{typed}|{seconds}".encode()
    return hmac.new(keys.ring().token, message, hashlib.sha256).hexdigest()[:32]


def normal(typed: str) -> str:
    """What was typed, without the spaces that people see between the digits."""
    return "".join(typed.split())
