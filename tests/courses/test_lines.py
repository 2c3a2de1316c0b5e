"""Lines as people read them: chosen, taken back, broken down."""

import pytest

from courses import ledger, lines
from courses.calendar import SessionState
from courses.ledger import Source
from courses.lines import Chosen
from lms import db


@pytest.fixture
def corrected(make):
    """A certified page of module 1 that was corrected from 210 to 100, and a signed one."""
    group = make.certified_page(trainees=1)
    make.signed_page(group, group.sessions[2])
    by = make.actor(group.manager)
    ledger.correct(group.sessions[0], group.enrolments[0].id, 100, by=by)
    db.session.commit()
    return group, ledger.lines(group.enrolments[0].id)


def test_a_total_opens_to_the_lines_that_it_sums(corrected):
    group, every = corrected
    first, third = group.sessions[0].unit.code, group.sessions[2].unit

    def opened(**wanted):
        return [line.minutes for line in lines.chosen(every, Chosen(**wanted))]

    assert opened() == [210, -210, 100, 210]
    assert opened(unit=first) == [210, -210, 100]
    assert opened(unit=first, source=Source.CORRECTION) == [-210, 100]
    assert opened(state=SessionState.CERTIFIED) == [210, -210, 100]
    assert opened(module=third.module.number, state=SessionState.SIGNED) == [210]
    assert opened(module=9) == []
    assert Chosen().is_all
    assert not Chosen(module=1).is_all


def test_the_line_that_was_corrected_is_taken_back_and_the_one_instead_stands(corrected):
    _, every = corrected
    assert [line.id in lines.taken_back(every) for line in every] == [True, False, False, False]


def test_minutes_are_broken_down_by_module_unit_and_source(corrected):
    group, every = corrected
    found = lines.breakdown(every)
    assert found.sources == [Source.PRESENCE, Source.CORRECTION]
    assert dict(found.by_source) == {Source.PRESENCE: 420, Source.CORRECTION: -110}
    told = [
        (module.module, module.minutes, [(row.unit.code, row.minutes) for row in units])
        for module, units in found.modules
    ]
    one, three = (group.sessions[n].unit for n in (0, 2))
    assert told == [
        (one.module.number, 100, [(one.code, 100)]),
        (three.module.number, 210, [(three.code, 210)]),
    ]
    assert lines.breakdown([]).minutes == 0
