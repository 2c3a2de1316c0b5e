"""Triage: the referrals of a programme, first those that want something done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select

from casework.cases import Case
from casework.referrals import ANSWERED, ANSWERED_WITHIN, Referral, ReferralState
from lms import db

_BARE = and_(Referral.state == ReferralState.ACCEPTED, Case.id.is_(None))
"""Accepted, and nobody accompanies her yet."""


@dataclass(frozen=True)
class Tally:
    """How many referrals there are, and how many of them want what."""

    whole: int
    received: int
    """That wait for an answer of the programme."""
    first_at: datetime | None
    """When the oldest of them came."""
    bare: int
    """Accepted, without an activator."""

    @property
    def answer_by(self) -> datetime | None:
        """By when the first of them should have heard."""
        return self.first_at and self.first_at + ANSWERED_WITHIN


def tally(within: ColumnElement[bool]) -> Tally:
    """How many referrals of these there are, by what they want."""
    received = Referral.state == ReferralState.RECEIVED
    query = (
        select(
            func.count(),
            func.count(case((received, 1))),
            func.min(case((received, Referral.received_at))),
            func.count(case((_BARE, 1))),
        )
        .select_from(Referral)
        .outerjoin(Case, Case.referral_id == Referral.id)
        .where(within)
    )
    return Tally(*db.session.execute(query).one())


def by_turn(
    within: ColumnElement[bool], *, most: int, start: int
) -> list[tuple[Referral, Case | None]]:
    """To be answered, then to be assigned, each the oldest first; then the answered, newest first.

    Each with the case that came of it.
    """
    turn = case((Referral.state.not_in(ANSWERED), 0), (_BARE, 1), else_=2)
    since = func.coalesce(Referral.answered_at, Referral.received_at)
    query = (
        select(Referral, Case)
        .outerjoin(Case, Case.referral_id == Referral.id)
        .where(within)
        .order_by(turn, case((turn < 2, since)), Referral.received_at.desc(), Referral.id)
        .limit(most)
        .offset(start)
    )
    return [(referral, found) for referral, found in db.session.execute(query)]
