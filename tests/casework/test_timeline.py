"""The timeline as a picture: places on a line, codes in words."""

from datetime import timedelta

import pytest

from casework import cases, timeline
from casework.cases import Event, EventKind
from lms import clock, i18n


def test_events_stand_on_the_line_from_the_first_to_now():
    begin = clock.now()
    moments = [begin, begin + timedelta(days=5), begin + timedelta(days=10)]
    assert timeline.places(moments, begin + timedelta(days=10)) == [0, 50, 100]
    assert timeline.places([], begin) == []
    assert timeline.places([begin], begin) == [0]


@pytest.mark.parametrize(
    ("detail", "said"),
    [("reached", "We spoke"), ("she_asked", "She asked for it"), ("2", "version 2"), ("", "")],
)
def test_codes_of_events_are_said_in_words(detail, said):
    with i18n.speaking("en"):
        assert str(timeline.said(Event(kind=EventKind.CONTACT, detail=detail))) == said


def test_a_case_begins_on_the_line_with_its_referral(make):
    case = make.case()
    marks = timeline.marks(cases.events(case), clock.now())
    assert [mark.event.kind for mark in marks][0] == EventKind.REFERRED
    assert (marks[0].place, marks[0].detail) == (0, case.referral.code)
