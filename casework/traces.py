"""Traces: under which ids the record tells who has read or written about a case."""

from uuid import UUID

from sqlalchemy import select, union_all

from casework.beneficiaries import PARTS
from casework.cases import Case
from casework.referrals import Referral
from lms import audit, db
from lms.chains import Entry

# Queries


def of_case(case_id: UUID) -> list[Entry]:
    """Who opened or changed what concerns a case, oldest first.

    Also what was written before it: the referral that it came from, and whatever is known of its
    person, whoever read it and under whatever permission.
    """
    return audit.who_saw(case_id, *_beside(case_id))


def _beside(case_id: UUID) -> list[UUID]:
    """The person of a case, her referrals, and the rows that say who she is and how she lives."""
    person = select(Case.beneficiary_id).where(Case.id == case_id).scalar_subquery()
    rows = [select(model.id).where(model.beneficiary_id == person) for model in (Referral, *PARTS)]
    found = db.session.scalars(union_all(select(person), *rows))
    return [row_id for row_id in found if row_id]
