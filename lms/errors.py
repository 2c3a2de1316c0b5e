"""What the rules refuse. Raised by operations, turned into a page in one place."""

from collections.abc import Mapping

from lms.i18n import Lazy


class Refused(Exception):
    """The rules forbid it; the message is for the person who tried."""

    status = 409

    def __init__(self, message: str | Lazy = "", **detail: object) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class WrongState(Refused):
    """Not possible from the state the thing is in."""


class Invalid(Refused):
    """What was typed cannot be right; says which field, and why."""

    status = 422

    def __init__(self, **fields: str | Lazy) -> None:
        super().__init__(next(iter(fields.values()), ""))
        self.fields: Mapping[str, str | Lazy] = fields


class Stale(Refused):
    """Someone saved this meanwhile: both texts are shown, none wins silently."""

    def __init__(self, message: str | Lazy, *, theirs: Mapping[str, str]) -> None:
        super().__init__(message)
        self.theirs = theirs


class NotFound(Refused):
    """No such row, or none this person may see: we never say which."""

    status = 404


class TooMany(Refused):
    """Tried too often; the message says when to try again."""

    status = 429


class Unavailable(Refused):
    """Not now: try again in a moment."""

    status = 503
