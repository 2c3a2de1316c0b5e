"""Contests: a trainee says a line is wrong, and is answered."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from courses import contests, corrections, ledger, verification
from courses.contests import CONTEST_FLOW, Contest, ContestState
from courses.corrections import CorrectionState, Reason
from courses.editions import EditionState
from lms import accounts, clock, db
from lms.errors import Invalid, Refused, WrongState
from lms.mail import Mail
from lms.permissions import Role

MINUTE = timedelta(minutes=1)


def holds():
    return [v.fault for v in verification.verify()] == [None]


def accept(make, row, times=None, by=None):
    begins = row.group.session.starts_at
    with clock.held(row.group.session.ends_at + timedelta(days=1)):
        return contests.accept(
            row,
            times or (begins + 10 * MINUTE, begins + 210 * MINUTE),
            reason=Reason.ERROR,
            answer="You are right",
            by=by or make.actor(row.group.coordinator),
        )


def test_the_moves_of_a_contest():
    moves = {state: CONTEST_FLOW.open_to(state) for state in ContestState}
    assert moves == {
        ContestState.OPEN: {"reject", "accept"},
        ContestState.REJECTED: set(),
        ContestState.ACCEPTED: set(),
    }


def test_what_is_accepted_asks_for_a_correction_that_another_approves(make):
    row = make.contest()
    group = row.group
    correction = accept(make, row)
    db.session.commit()
    assert row.state == ContestState.ACCEPTED
    assert row.correction is correction
    assert correction.state == CorrectionState.ASKED
    assert correction.asked_by_id == group.coordinator.id
    by = make.actor(group.manager)
    assert corrections.opened(correction, by=by).said == "I was there to the end"
    assert ledger.totals([row.enrolment_id])[row.enrolment_id].recorded == 210
    with pytest.raises(Refused, match="another person"):
        corrections.approve(correction, by=make.actor(group.coordinator))
    corrections.approve(correction, by=by)
    db.session.commit()
    assert ledger.totals([row.enrolment_id])[row.enrolment_id].recorded == 200
    assert holds()


def test_what_is_rejected_has_an_answer_and_changes_nothing(make):
    row = make.contest()
    by = make.actor(row.group.coordinator)
    with pytest.raises(Invalid, match="she reads it"):
        contests.reject(row, answer="  ", by=by)
    contests.reject(row, answer="The list on paper says the same", by=by)
    db.session.commit()
    words = contests.opened(row, by=make.actor(row.group.trainees[0]))
    assert (words.said, words.answer) == (
        "I was there to the end",
        "The list on paper says the same",
    )
    assert b"there" not in row.said
    assert ledger.totals([row.enrolment_id])[row.enrolment_id].recorded == 210
    assert [m.template for m in db.session.query(Mail)] == ["courses/answered"]
    with pytest.raises(WrongState):
        accept(make, row)
    assert holds()


def test_each_contests_her_own_hours(make):
    group = make.signed_page(trainees=2)
    line = make.line(group, 1)
    for other in (group.trainees[0], group.coordinator, group.manager):
        with pytest.raises(Refused, match="her own hours"):
            contests.contest(line, said="x", by=make.actor(other))


def test_nobody_answers_herself(make):
    row = make.contest()
    accounts.grant(
        row.group.trainees[0], Role.COORDINATOR, by=None, programme_id=row.group.programme.id
    )
    by = make.actor(row.group.trainees[0])
    with pytest.raises(Refused, match="herself"):
        contests.reject(row, answer="x", by=by)
    with pytest.raises(Refused, match="herself"):
        accept(make, row, by=by)


def test_a_line_is_contested_within_the_days_of_its_edition(make):
    group = make.signed_page(trainees=1)
    group.edition.contest_days = 3
    db.session.commit()
    line, by = make.line(group), make.actor(group.trainees[0])
    last = line.at + timedelta(days=3)
    with clock.held(last + timedelta(seconds=1)), pytest.raises(Refused, match="until"):
        contests.contest(line, said="x", by=by)
    with clock.held(last):
        with pytest.raises(Invalid, match="what is wrong"):
            contests.contest(line, said=" ", by=by)
        contests.contest(line, said="x", by=by)
    db.session.commit()
    with clock.held(last), pytest.raises(Refused, match="already"):
        contests.contest(line, said="again", by=by)


def test_a_line_that_was_corrected_is_contested_where_it_stands_now(make):
    row = make.approved()
    by = make.actor(row.group.trainees[0])
    first, reverse, stands = ledger.lines(row.enrolment_id)
    with clock.held(stands.at):
        for gone in (first, reverse):
            with pytest.raises(Refused, match="the one that stands"):
                contests.contest(gone, said="x", by=by)
        assert contests.contest(stands, said="x", by=by).state == ContestState.OPEN


def test_a_closed_edition_takes_no_contest(make):
    group = make.signed_page(trainees=1)
    group.edition.state = EditionState.CLOSED
    db.session.commit()
    line = make.line(group)
    with clock.held(line.at), pytest.raises(Refused, match="closed"):
        contests.contest(line, said="x", by=make.actor(group.trainees[0]))


def test_the_database_keeps_one_contest_to_a_line_and_each_whole(make):
    row = make.contest()
    columns = {
        c.key: getattr(row, c.key)
        for c in Contest.__table__.columns
        if c.key not in ("id", "version")
    }
    db.session.add(Contest(**columns))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    row.answered_at = clock.now()
    with pytest.raises(IntegrityError, match="answered_by_somebody"):
        db.session.flush()


def test_a_contest_that_was_changed_by_hand_is_named(make):
    make.contest()
    db.session.execute(db.text("UPDATE courses_contests SET asked_at = '2026-01-01 00:00:00'"))
    db.session.commit()
    db.session.expire_all()
    assert "courses_contests was changed" in [v.fault for v in verification.verify()][0]


def test_it_waits_before_the_coordinator_and_its_answer_before_the_trainee(make):
    row = make.contest()
    group = row.group
    waits = contests.todos(make.actor(group.coordinator))
    assert [str(t.title) for t in waits] == [
        f"{group.trainees[0].name} contests a line of her hours"
    ]
    assert contests.todos(make.actor(group.trainees[0])) == []
    answered = group.session.ends_at + timedelta(days=1)
    with clock.held(answered):
        contests.reject(row, answer="No", by=make.actor(group.coordinator))
        db.session.commit()
        assert contests.todos(make.actor(group.coordinator)) == []
        mine = contests.todos(make.actor(group.trainees[0]))
        assert [str(t.title) for t in mine] == ["What you contested of page 1 was answered"]
        assert contests.todos(make.actor(group.trainees[1])) == []
    with clock.held(answered + timedelta(days=8)):
        assert contests.todos(make.actor(group.trainees[0])) == []
