"""Persons: one key, three sealed parts, names only for whoever may know them."""

import pytest
from sqlalchemy import false, true

from casework import beneficiaries
from casework.beneficiaries import Identity
from lms import accounts, audit, db, keys
from lms.errors import Stale
from tests.making.referrals import NAME


def by_activator(make, case):
    return make.actor(accounts.get(case.activator_id))


def test_the_three_parts_lie_under_the_key_of_the_person(make):
    case = make.case()
    parts = make.parts(case.beneficiary_id)
    found = {row.key_id for row in (parts.identity, parts.social, parts.special)}
    assert found == {case.beneficiary.key_id}


def test_first_names_are_given_by_case_and_noted_under_it(make):
    case = make.case()
    me = by_activator(make, case)
    whose = {case.id: case.beneficiary_id}
    assert beneficiaries.first_names(whose, true(), by=me) == {case.id: NAME}
    db.session.commit()
    assert [e.actor_id for e in audit.who_saw(case.id)][-1] == me.id


def test_who_may_know_nobody_opens_no_key(make):
    case = make.case()
    me = by_activator(make, case)
    whose = {case.id: case.beneficiary_id}
    assert beneficiaries.first_names(whose, false(), by=me) == {}
    assert keys.take_readings(db.session()) == []


def test_an_older_version_is_refused_with_what_stands_now(make):
    case = make.case()
    me, row = by_activator(make, case), make.parts(case.beneficiary_id).identity
    with pytest.raises(Stale) as refusal:
        beneficiaries.write(row, by=me, subject=case.id, version=row.version - 1, first_name="New")
    assert refusal.value.theirs["first_name"] == NAME


def test_what_is_emptied_is_gone(make):
    case = make.case()
    me = by_activator(make, case)
    row = make.parts(case.beneficiary_id).identity
    beneficiaries.write(
        row, by=me, subject=case.id, version=row.version, first_name="New", contact=""
    )
    db.session.commit()
    assert db.session.query(Identity).one().contact is None
