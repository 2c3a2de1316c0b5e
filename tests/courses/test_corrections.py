"""Corrections: asked by one, approved by another, and the ledger follows."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from courses import attendance, corrections, ledger, verification
from courses.calendar import SessionState
from courses.corrections import CORRECTION_FLOW, Correction, CorrectionState, Reason
from courses.editions import EditionState
from courses.enrolments import Enrolment
from courses.ledger import Source
from lms import accounts, chains, clock, db, keys
from lms.chains import Entry
from lms.errors import Invalid, Refused, WrongState
from lms.permissions import Role
from tests.races import race, unit

MINUTE = timedelta(minutes=1)


def holds():
    return [v.fault for v in verification.verify()] == [None]


def ask(make, group, times, *, number=0, said="Why", by=None):
    with clock.held(group.session.ends_at + timedelta(days=1)):
        return corrections.ask(
            group.session,
            group.enrolments[number].id,
            times,
            reason=Reason.FORGOTTEN,
            said=said,
            by=by or make.actor(group.trainer),
        )


def test_the_moves_of_a_correction():
    moves = {state: CORRECTION_FLOW.open_to(state) for state in CorrectionState}
    assert moves == {
        CorrectionState.ASKED: {"approve", "refuse"},
        CorrectionState.APPROVED: set(),
        CorrectionState.REFUSED: set(),
    }


def test_an_approved_correction_changes_page_and_ledger_and_keeps_what_was(make):
    row = make.approved()
    group, who = row.group, row.enrolment_id
    begins = group.session.starts_at
    assert (row.before_came, row.before_went) == (begins - 3 * MINUTE, begins + 212 * MINUTE)
    assert (row.before_minutes, row.minutes) == (210, 170)
    assert (row.came, row.went) == (begins + 30 * MINUTE, begins + 200 * MINUTE)
    assert attendance.marks(group.session)[who].minutes == 170
    lines = ledger.lines(who)
    assert [(x.minutes, x.source) for x in lines] == [
        (210, Source.PRESENCE),
        (-210, Source.CORRECTION),
        (170, Source.CORRECTION),
    ]
    assert ledger.totals([who])[who].recorded == 170
    assert holds()


def test_somebody_who_was_not_there_and_somebody_who_was(make):
    group = make.missed_page(trainees=2)
    make.approved(group, 0, None)
    make.approved(group, 1, (0, 210), days=2)
    assert ledger.posted(group.session.id) == {
        group.enrolments[0].id: 0,
        group.enrolments[1].id: 210,
    }
    assert holds()


def test_who_asks_never_approves(make):
    row = make.correction()
    with pytest.raises(Refused, match="another person"):
        corrections.approve(row, by=make.actor(row.group.trainer))
    with pytest.raises(Refused, match="another person"):
        corrections.refuse(row, answer="No", by=make.actor(row.group.trainer))
    assert row.state == CorrectionState.ASKED


def test_who_asks_never_approves_even_when_she_is_the_manager(make):
    group = make.signed_page(trainees=2)
    accounts.grant(group.coordinator, Role.MANAGER, by=None, programme_id=group.programme.id)
    both = make.actor(group.coordinator)
    assert {Role.MANAGER, Role.COORDINATOR} <= both.roles
    row = make.correction(group, by=both)
    with pytest.raises(Refused, match="another person"):
        corrections.approve(row, by=both)
    corrections.approve(row, by=make.actor(group.manager))
    db.session.commit()
    assert row.state == CorrectionState.APPROVED


def test_the_database_too_wants_another_person(make):
    row = make.correction()
    facts = {"minutes": 1, "decided_at": clock.now(), "decided_by_id": row.asked_by_id}
    CORRECTION_FLOW.move(row, "approve", **facts)
    with pytest.raises(IntegrityError, match="another_decides"):
        db.session.flush()


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"went": None}, "both_or_neither"),
        ({"minutes": 3}, "approved_has_minutes"),
        ({"decided_at": clock.now()}, "decided_by_somebody"),
    ],
)
def test_the_database_keeps_a_correction_whole(make, columns, name):
    row = make.correction()
    for column, value in columns.items():
        setattr(row, column, value)
    with pytest.raises(IntegrityError, match=name):
        db.session.flush()


def test_nobody_who_is_expected_on_the_page_asks_or_approves(make):
    group = make.signed_page(trainees=2)
    both = group.trainees[1]
    accounts.grant(both, Role.COORDINATOR, by=None, programme_id=group.programme.id)
    times = (group.session.starts_at, group.session.ends_at)
    with pytest.raises(Refused, match="expected on this page yourself"):
        ask(make, group, times, by=make.actor(both))
    row = make.correction(group)
    with pytest.raises(Refused, match="expected on this page yourself"):
        corrections.approve(row, by=make.actor(both))
    with pytest.raises(Refused, match="expected on this page yourself"):
        corrections.refuse(row, answer="No", by=make.actor(both))


@pytest.mark.parametrize("page", ["signed_page", "countersigned_page", "certified_page"])
def test_every_signed_page_is_corrected_until_its_edition_is_closed(make, page):
    group = getattr(make, page)(trainees=2)
    make.approved(group)
    row = make.correction(group, 1, days=2)
    for session in group.sessions[1:]:
        session.state = SessionState.CANCELLED
    group.edition.state = EditionState.CLOSED
    db.session.commit()
    with pytest.raises(WrongState, match="opens it again"):
        corrections.approve(row, by=make.actor(group.coordinator))
    with pytest.raises(WrongState, match="opens it again"):
        ask(make, group, None)
    assert not corrections.is_correctable(group.session)
    corrections.refuse(row, answer="Too late", by=make.actor(group.coordinator))


def test_an_open_page_is_not_corrected(make):
    group = make.attended_page()
    with pytest.raises(WrongState, match="Only a signed page"):
        ask(make, group, None)


def test_times_must_be_possible_and_said_why(make):
    group = make.signed_page(trainees=1)
    begins = group.session.starts_at
    for wrong, field in (
        ((begins - 16 * MINUTE, begins), "came"),
        ((begins + 210 * MINUTE, begins + 215 * MINUTE), "came"),
        ((begins + 20 * MINUTE, begins + 20 * MINUTE), "went"),
        ((begins, begins + 221 * MINUTE), "went"),
        ((begins - 3 * MINUTE, begins + 212 * MINUTE), "came"),
    ):
        with pytest.raises(Invalid) as refused:
            ask(make, group, wrong)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid, match="whoever approves"):
        ask(make, group, None, said="  ")
    stranger = make.class_in_motion(trainees=1).enrolments[0]
    group.enrolments.append(db.session.get_one(Enrolment, stranger.id))
    with pytest.raises(Refused, match="not expected"):
        ask(make, group, None, number=1)


def test_one_correction_at_a_time_for_each_person(make):
    row = make.correction()
    with pytest.raises(Refused, match="waits on this page already"):
        ask(make, row.group, None)
    again = Correction(
        **{
            c.key: getattr(row, c.key)
            for c in Correction.__table__.columns
            if c.key not in ("id", "version")
        }
    )
    db.session.add(again)
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_page_that_changed_meanwhile_is_not_corrected_blindly(make):
    row = make.correction()
    attendance.amend(row.session, row.enrolment_id, None, by=make.actor(row.group.manager))
    ledger.correct(row.session, row.enrolment_id, 0, by=make.actor(row.group.manager))
    with pytest.raises(Refused, match="something else by now"):
        corrections.approve(row, by=make.actor(row.group.coordinator))


def test_a_refusal_says_why_and_changes_nothing(make):
    row = make.correction()
    by = make.actor(row.group.coordinator)
    with pytest.raises(Invalid, match="Write why"):
        corrections.refuse(row, answer=" ", by=by)
    corrections.refuse(row, answer="The list on paper says otherwise", by=by)
    db.session.commit()
    words = corrections.opened(row, by=by)
    assert (words.said, words.answer) == (
        "She came later than the page says",
        "The list on paper says otherwise",
    )
    assert b"paper" not in row.answer
    assert ledger.totals([row.enrolment_id])[row.enrolment_id].recorded == 210
    with pytest.raises(WrongState):
        corrections.approve(row, by=by)
    assert holds()


def test_the_chain_tells_who_asked_who_approved_and_why(make):
    row = make.approved()
    whats = db.session.query(Entry.what).filter(Entry.row_id == row.id, Entry.row_table != "")
    chain = db.session.query(chains.Chain).filter_by(owner_id=row.edition_id).one()
    told = [w for (w,) in whats.filter(Entry.chain_id == chain.id).order_by(Entry.sequence)]
    assert told == ["correction asked", "correction approved"]


@pytest.mark.parametrize(
    "change", ["reason = 'technical_fault'", "before_minutes = 7", "asked_at = decided_at"]
)
def test_a_correction_that_was_changed_by_hand_is_named(make, change):
    make.approved()
    db.session.execute(db.text(f"UPDATE courses_corrections SET {change}"))
    db.session.commit()
    db.session.expire_all()
    faults = [v.fault for v in verification.verify()]
    assert "courses_corrections was changed" in faults[0]
    assert faults[0].startswith("page 1, line")


def test_a_correction_that_was_taken_away_is_named(make):
    make.correction()
    db.session.execute(db.text("DELETE FROM courses_corrections"))
    db.session.commit()
    db.session.expire_all()
    assert "courses_corrections is gone" in [v.fault for v in verification.verify()][0]


def test_two_who_approve_at_once_correct_once(make):
    row = make.correction()
    group = row.group

    def approving(person):
        by = make.actor(person)

        def work():
            corrections.approve(db.session.get_one(Correction, row.id), by=by)

        return unit(work)

    results = race(approving(group.coordinator), approving(group.manager))
    assert sum(isinstance(r, Exception) for r in results) == 1
    assert [x.minutes for x in ledger.lines(row.enrolment_id)] == [210, -210, 170]
    assert holds()


def test_two_who_ask_for_the_same_person_at_once_ask_once(make):
    group = make.signed_page(trainees=1)
    wanted = (group.session.starts_at + 5 * MINUTE, group.session.ends_at)

    def asking(person):
        by = make.actor(person)

        def work():
            corrections.ask(
                db.session.get_one(type(group.session), group.session.id),
                group.enrolments[0].id,
                wanted,
                reason=Reason.ERROR,
                said="x",
                by=by,
            )

        return unit(work)

    results = race(asking(group.coordinator), asking(group.trainer))
    assert sum(isinstance(r, Exception) for r in results) == 1
    assert corrections.waiting(group.edition.id) == 1
    assert holds()


def test_what_waits_stands_before_whoever_may_decide_it(make):
    row = make.correction()
    group = row.group
    assert len(corrections.todos(make.actor(group.coordinator))) == 1
    assert len(corrections.todos(make.actor(group.manager))) == 1
    assert corrections.todos(make.actor(group.trainer)) == []
    assert corrections.todos(make.actor(make.person("coordinator"))) == []
    own = make.correction(group, 1, by=make.actor(group.coordinator), days=2)
    assert own.state == CorrectionState.ASKED
    assert len(corrections.todos(make.actor(group.coordinator))) == 1
    assert len(corrections.todos(make.actor(group.manager))) == 2


def test_an_erased_trainees_words_are_gone_and_the_chain_still_holds(make):
    row = make.approved()
    keys.destroy(db.session.get_one(keys.SubjectKey, row.key_id))
    db.session.commit()
    assert corrections.opened(row, by=make.actor(row.group.manager)).said is None
    assert holds()
