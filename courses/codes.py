"""The code on the wall: six digits that change every twenty seconds, made only on the server.

A code is computed from the installation's key, the session and the moment, so nothing is stored
and every process shows the same one. The one before it is still accepted: people type slowly.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

from lms import keys

EVERY = 20
"""Seconds that one code lasts."""
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


def normal(typed: str) -> str:
    """What was typed, without the spaces that people see between the digits."""
    return "".join(typed.split())
