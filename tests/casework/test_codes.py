"""The codes of cases and referrals: by hub and year, without gaps."""

from datetime import UTC, datetime

from casework import codes
from casework.codes import Series
from lms import clock, db


def test_a_code_says_hub_year_and_number():
    assert codes.code(Series.CASES, "A", 2026, 42) == "A-2026-0042"
    assert codes.code(Series.REFERRALS, "A", 2026, 7) == "R-A-2026-0007"


def test_each_hub_year_and_series_counts_by_itself(make):
    first, second = make.hub(letter="A"), make.hub(letter="B")
    with clock.held(datetime(2026, 11, 12, tzinfo=UTC)):
        assert [codes.take(Series.CASES, first) for _ in range(2)] == ["A-2026-0001", "A-2026-0002"]
        assert codes.take(Series.CASES, second) == "B-2026-0001"
        assert codes.take(Series.REFERRALS, first) == "R-A-2026-0001"
    with clock.held(datetime(2027, 1, 2, tzinfo=UTC)):
        assert codes.take(Series.CASES, first) == "A-2027-0001"


def test_a_refused_case_leaves_no_gap(make):
    hub = make.hub(letter="A")
    codes.take(Series.CASES, hub)
    db.session.rollback()
    assert codes.take(Series.CASES, hub).endswith("-0001")
