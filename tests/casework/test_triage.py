"""Triage: what waits comes first, and the counts say how much of it there is."""

from datetime import timedelta

import pytest

from casework import triage
from casework.referrals import ANSWERED_WITHIN, Referral
from lms import clock

ALL = Referral.id.is_not(None)


@pytest.fixture
def hub(make):
    return make.hub(letter="A")


def hours_ago(number):
    return clock.held(clock.now() - timedelta(hours=number))


def test_first_who_waits_for_an_answer_then_who_waits_for_an_activator_then_the_rest(make, hub):
    with hours_ago(9):
        bare = make.accepted_referral(hub=hub)
    with hours_ago(8):
        taken = make.case(hub=hub)
    with hours_ago(7):
        late_bare = make.accepted_referral(hub=hub)
    with hours_ago(2):
        old = make.referral(hub=hub)
    with hours_ago(1):
        new = make.referral(hub=hub)
    rows = triage.by_turn(ALL, most=10, start=0)
    waiting = [old.id, new.id, bare.id, late_bare.id]
    assert [referral.id for referral, _ in rows] == [*waiting, taken.referral_id]
    assert [case and case.id for _, case in rows] == [None, None, None, None, taken.id]


def test_the_answered_come_newest_first_and_page_by_page(make, hub):
    cases = []
    for ago in (6, 5, 4):
        with hours_ago(ago):
            cases.append(make.case(hub=hub))
    newest = [case.referral_id for case in reversed(cases)]
    pages = [triage.by_turn(ALL, most=2, start=start) for start in (0, 2, 4)]
    assert [[referral.id for referral, _ in page] for page in pages] == [newest[:2], newest[2:], []]


def test_the_counts_say_what_waits_and_until_when(make, hub):
    assert triage.tally(ALL).answer_by is None
    with hours_ago(3):
        first = make.referral(hub=hub)
    make.referral(hub=hub)
    make.accepted_referral(hub=hub)
    make.case(hub=hub)
    found = triage.tally(ALL)
    assert (found.whole, found.received, found.bare) == (4, 2, 1)
    assert found.answer_by == first.received_at + ANSWERED_WITHIN
    assert triage.tally(Referral.id == first.id).whole == 1
