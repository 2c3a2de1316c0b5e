"""What a dossier is made of: pages, modes, credits, the final test."""

from types import SimpleNamespace

import pytest

from courses import evidence, ledger
from courses.evidence import by_mode
from courses.ledger import Source
from lms import db


def line(page, source, minutes):
    return SimpleNamespace(session_id=page, source=source, minutes=minutes)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], {}),
        ([line(1, Source.PRESENCE, 210)], {"classroom": 210}),
        (
            [line(1, Source.TRACE, 200), line(2, Source.PRESENCE, 10)],
            {"live": 200, "classroom": 10},
        ),
        # a correction follows the page that it corrects, also where it stands first
        (
            [line(1, Source.CORRECTION, -200), line(1, Source.TRACE, 200),
             line(1, Source.CORRECTION, 150)],
            {"live": 150},
        ),
        ([line(1, Source.MADE_UP, 60), line(1, Source.CORRECTION, -60)], {}),
        ([line(None, Source.SELF_PACED, 30)], {"self_paced": 30}),
    ],
)  # fmt: skip
def test_minutes_are_told_by_how_they_were_followed(lines, expected):
    assert by_mode(lines) == {**dict.fromkeys(evidence.MODES, 0), **expected}


def test_a_corrected_page_enters_the_dossier_with_all_its_lines(make):
    group = make.certifiable(1260)
    by = make.actor(group.manager)
    ledger.correct(group.sessions[0], group.enrolments[0].id, 100, by=by)
    db.session.commit()
    found = evidence.gathered(group.enrolments, by=by)[group.enrolments[0].id]
    told = evidence.content(found, evidence.decision(by), None)
    first = [(p["source"], p["minutes"]) for p in told["pages"] if p["page"] == 1]
    assert first == [("presence", 210), ("correction", -210), ("correction", 100)]
    assert told["minutes"]["certified"] == 1150 == sum(p["minutes"] for p in told["pages"])
    assert told["minutes"]["by_mode"]["classroom"] == 1150


def test_the_totals_are_those_of_the_ledger(make):
    group = make.certifiable(1260, 944)
    ledger.correct(group.sessions[3], group.enrolments[1].id, 7, by=make.actor(group.manager))
    make.signed_page(make.class_in_motion(trainees=1))
    db.session.commit()
    ids = [e.id for e in group.enrolments]
    lines = evidence.lines_of(ids)
    assert {i: evidence.totalled(lines[i]) for i in ids} == ledger.totals(ids)


def test_credits_lower_what_is_due_and_are_not_done(make):
    """Of 1,260 minutes 126 are recognised: 1,134 are due, and what was done stays what it was."""
    group = make.certifiable(1260)
    found = evidence.gathered(group.enrolments, by=make.actor(group.manager))
    one = found[group.enrolments[0].id]
    assert one.credited == 0
    total = SimpleNamespace(due=1134, certified=1260, minimum=851)
    lowered = evidence.Evidence(
        one.enrolment, one.person, SimpleNamespace(total=total, modules=()), one.lines, one.attempts
    )
    assert lowered.credited == 126


def test_a_final_test_that_was_passed_makes_it_one_of_achievement(make):
    group = make.certifiable(1260)
    by = make.actor(group.manager)
    found = evidence.gathered(group.enrolments, by=by)[group.enrolments[0].id]
    assert evidence.content(found, evidence.decision(by), None)["final"] is None
    attempt = found.attempts[0]
    attempt.unit.gate = evidence.FINAL
    group.edition.version_id = attempt.unit.version_id
    told = evidence.content(found, evidence.decision(by), None)["final"]
    assert (told["unit"], told["percent"]) == (attempt.unit.code, attempt.percent)
    attempt.passed = False
    assert found.final is None
    db.session.rollback()


def test_the_evidence_takes_as_many_statements_for_one_as_for_ten(make, statements):
    counts = []
    for number in (1, 10):
        group = make.certifiable(*[1260] * number)
        with statements() as seen:
            evidence.gathered(group.enrolments, by=make.actor(group.manager))
        counts.append(len(seen))
    assert counts[0] == counts[1]
