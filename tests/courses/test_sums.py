"""The parts sum to the total: all that adds up the lines of a register says the same."""

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from courses import evidence, forecast, grid, ledger, lines, presence
from courses.calendar import SessionMode, SessionState
from courses.curriculum import Unit
from courses.ledger import Source
from courses.lines import Chosen
from courses.presence import Policy, Rounding, StampKind, Window
from lms import clock, db

START = datetime(2026, 11, 12, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNITS = [Unit(code=f"{1 + n // 3}.{1 + n % 3}", position=n) for n in range(9)]
SIGNED = (SessionState.SIGNED, SessionState.COUNTERSIGNED, SessionState.CERTIFIED)
OF_MODE = {
    SessionMode.CLASSROOM: (Source.PRESENCE, Source.MADE_UP),
    SessionMode.LIVE: (Source.TRACE,),
    SessionMode.MIXED: (Source.PRESENCE, Source.TRACE),
}


def moments(chance, minutes):
    """Comings and goings, some before the session and some after it, all whole."""
    found = sorted(chance.randrange(-900, 60 * minutes + 900) for _ in range(chance.randrange(7)))
    kinds = (StampKind.IN, StampKind.OUT)
    at = [START + timedelta(seconds=s) for s in found[: len(found) // 2 * 2]]
    return [(kinds[n % 2], moment) for n, moment in enumerate(at)]


def register(chance):
    """The pages of an edition, signed or further, and the lines that they and corrections give."""
    rounding = Policy(chance.choice(list(Rounding)), chance.choice((5, 15, 30)))
    people, posted = chance.randrange(1, 6), []
    for number in range(chance.randrange(12)):
        minutes, mode = chance.randrange(30, 241), chance.choice(list(SessionMode))
        window = Window(START, START + minutes * MINUTE)
        page = SimpleNamespace(id=number, mode=mode, state=chance.choice(SIGNED))
        unit = chance.choice(UNITS)
        for person in range(people):
            first = presence.worth(moments(chance, minutes), window, rounding)
            posted.append(line(page, unit, person, first, chance.choice(OF_MODE[mode])))
            if chance.random() < 0.3:
                amended = chance.randrange(minutes + 1)
                posted += [
                    line(page, unit, person, value, Source.CORRECTION)
                    for value in (-first, amended)
                ]
    return posted


def line(page, unit, person, minutes, source):
    return SimpleNamespace(
        id=object(), session=page, session_id=page.id, enrolment_id=person, unit=unit,
        module=int(unit.code[0]), minutes=minutes, source=source, reverses_id=None,
    )  # fmt: skip


def test_in_a_thousand_random_registers_the_parts_sum_to_the_total():
    for seed in range(1000):
        agrees(register(random.Random(seed)))


def agrees(posted):
    """Whichever way the lines of a register are added up, and opened again, the sum is one."""
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
    """Database, dossier, grid and forecast agree, also after many corrections."""
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
