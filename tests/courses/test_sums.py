"""The parts sum to the total: whatever a register says, all that adds up its lines says the same."""

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as some

from courses import evidence, forecast, grid, ledger, lines, presence
from courses.calendar import SessionMode, SessionState
from courses.ledger import Source
from courses.lines import Chosen
from courses.presence import Policy, Rounding, StampKind, Window
from lms import clock, db

START = datetime(2026, 11, 12, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNITS = [SimpleNamespace(code=f"{1 + n // 3}.{1 + n % 3}", position=n) for n in range(9)]
SIGNED = (SessionState.SIGNED, SessionState.COUNTERSIGNED, SessionState.CERTIFIED)
OF_MODE = {
    SessionMode.CLASSROOM: (Source.PRESENCE, Source.MADE_UP),
    SessionMode.LIVE: (Source.TRACE,),
    SessionMode.MIXED: (Source.PRESENCE, Source.TRACE),
}


@some.composite
def moments(draw, minutes):
    """Comings and goings, some before the session and some after it, all whole."""
    found = sorted(draw(some.lists(some.integers(-900, 60 * minutes + 900), max_size=6)))
    kinds = (StampKind.IN, StampKind.OUT)
    at = [START + timedelta(seconds=s) for s in found[: len(found) // 2 * 2]]
    return [(kinds[n % 2], moment) for n, moment in enumerate(at)]


@some.composite
def registers(draw):
    """The pages of an edition, signed or further, and the lines that they and corrections give."""
    rounding = Policy(draw(some.sampled_from(Rounding)), draw(some.sampled_from((5, 15, 30))))
    posted = []
    for number in range(draw(some.integers(0, 5))):
        minutes, mode = draw(some.integers(30, 240)), draw(some.sampled_from(SessionMode))
        window = Window(START, START + minutes * MINUTE)
        page = SimpleNamespace(
            id=number, mode=mode, state=draw(some.sampled_from(SIGNED)), minutes=minutes
        )
        unit = draw(some.sampled_from(UNITS))
        for person in range(draw(some.integers(1, 3))):
            source = draw(some.sampled_from(OF_MODE[mode]))
            given_minutes = presence.worth(draw(moments(minutes)), window, rounding)
            values = [(given_minutes, source)]
            if draw(some.booleans()):
                amended = draw(some.integers(0, minutes))
                values += [(-given_minutes, Source.CORRECTION), (amended, Source.CORRECTION)]
            posted += [line(page, unit, person, value, kind) for value, kind in values]
    return posted


def line(page, unit, person, minutes, source):
    return SimpleNamespace(
        id=object(), session=page, session_id=page.id, enrolment_id=person, unit=unit,
        module=int(unit.code[0]), minutes=minutes, source=source, reverses_id=None,
    )  # fmt: skip


@settings(max_examples=1000, deadline=None)
@given(registers())
def test_in_a_thousand_random_registers_the_parts_sum_to_the_total(posted):
    whole = sum(x.minutes for x in posted)
    totals = evidence.totalled(posted)
    assert totals.recorded == whole
    for part in ("recorded", "certified", "live", "live_certified"):
        assert getattr(totals, part) == sum(getattr(p, part) for p in totals.by_module.values())
    assert 0 <= totals.live_certified <= min(totals.live, totals.certified)
    assert max(totals.live, totals.certified) <= totals.recorded
    found = lines.breakdown(posted)
    assert found.minutes == whole == sum(found.by_source.values())
    for module, units in found.modules:
        assert module.minutes == sum(u.minutes for u in units)
        assert module.minutes == totals.by_module[module.module].recorded
        assert module.minutes == opened(posted, Chosen(module=module.module))
        for row in units:
            assert row.minutes == opened(posted, Chosen(unit=row.unit.code))
            for source, minutes in row.by_source.items():
                assert minutes == opened(posted, Chosen(unit=row.unit.code, source=source))
    assert opened(posted, Chosen(state=SessionState.CERTIFIED)) == totals.certified
    assert sum(opened(posted, Chosen(state=s)) for s in SIGNED) == whole
    assert sum(evidence.by_mode(posted).values()) == whole
    people = {x.enrolment_id for x in posted}
    assert whole == sum(
        evidence.totalled(x for x in posted if x.enrolment_id == p).recorded for p in people
    )


def opened(posted, wanted):
    """What the lines add up to that a total opens to."""
    return sum(x.minutes for x in lines.chosen(posted, wanted))


def test_all_that_reads_the_ledger_adds_it_up_alike(make):
    """Random corrections on signed and certified pages: database, dossier, grid and forecast agree."""
    chance = random.Random(15)
    group = make.certified_page(trainees=4)
    for session in group.sessions[1:3]:
        make.signed_page(group, session)
    for _ in range(24):
        session, person = chance.choice(group.sessions[:3]), chance.choice(group.enrolments)
        by = make.actor(group.manager)
        ledger.correct(session, person.id, chance.randrange(211), by=by)
        db.session.commit()
    ids = [e.id for e in group.enrolments]
    totals, drawn = ledger.totals(ids), grid.of_edition(group.edition)
    with clock.held(group.sessions[2].ends_at + timedelta(hours=1)):
        found = forecast.forecasts(ids)
    for enrolment in group.enrolments:
        posted = ledger.lines(enrolment.id)
        cells = [drawn.cell(enrolment, s).minutes for s in drawn.sessions]
        whole = sum(x.minutes for x in posted)
        assert whole == totals[enrolment.id].recorded == sum(cells)
        assert whole == lines.breakdown(posted).minutes == found[enrolment.id].total.recorded
        assert evidence.totalled(posted) == totals[enrolment.id]
    assert drawn.total == sum(t.recorded for t in totals.values())
    assert drawn.total == sum(drawn.minutes(s) for s in drawn.sessions)
