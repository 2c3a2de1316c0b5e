"""Events on a line: where each stands, and what its code says."""

from datetime import UTC, datetime, timedelta

import pytest

from casework import cases, timeline
from lms import clock

BEGAN = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "until", "places"),
    [
        ([], 10, []),
        ([0], 0, [0.0]),
        ([0, 5, 10], 10, [0.0, 50.0, 100.0]),
        ([0, 1], 4, [0.0, 25.0]),
    ],
)
def test_each_moment_stands_at_its_share_of_the_time(days, until, places):
    moments = [BEGAN + timedelta(days=d) for d in days]
    assert timeline.places(moments, BEGAN + timedelta(days=until)) == places


def test_every_event_of_a_case_has_its_words(make):
    case = make.case()
    make.note(case)
    marks = timeline.marks(cases.events(case), clock.now())
    assert [m.event.kind for m in marks] == [e.kind for e in cases.events(case)]
    assert all(str(m.word.label).strip() for m in marks)
    assert "We spoke" in [str(m.detail) for m in marks]
