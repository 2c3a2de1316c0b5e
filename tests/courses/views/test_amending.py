"""What is looked at again on the register, as people see it: and by hand-made requests."""

from datetime import timedelta

import pytest

from courses import contests, corrections, credits, ledger, register
from courses.calendar import SessionState
from courses.contests import ContestState
from courses.corrections import CorrectionState
from courses.editions import Rounding
from courses.stamps import expected_of
from lms import accounts, clock, db
from lms.permissions import Role

HELD = clock.held
MINUTE = timedelta(minutes=1)


@pytest.fixture
def moment(monkeypatch):
    """moment(when) stops the clock of the requests to come; what names its own time keeps it."""

    def stop(when):
        monkeypatch.setattr(clock, "held", lambda given=None: HELD(given or when))

    return stop


def page(group, act=""):
    return f"/sessions/{group.session.id}{act}"


def wanted(group, number=0, **more):
    who = expected_of(group.session.id, group.enrolments[number].id)
    return {
        "who": who.id,
        "came": "09:30",
        "went": "12:20:30",
        "reason": "material_error",
        "said": "The list on paper says so",
        **more,
    }


# Corrections


def test_a_correction_is_asked_approved_and_stands_in_place(make, browse, moment):
    group = make.signed_page(trainees=2)
    moment(group.session.ends_at + timedelta(days=1))
    trainer = browse(group.trainer)
    assert page(group, "/corrections") in trainer.get(page(group)).text
    assert trainer.get(page(group, "/corrections")).status_code == 200
    done = trainer.post(page(group, "/corrections"), wanted(group))
    assert done.status_code == 303
    row = corrections.of_edition(group.edition.id)[0]
    shown = trainer.get(page(group)).text
    assert "waits for another person" in shown
    assert "<del" not in shown
    assert f"/corrections/{row.id}" not in shown
    assert trainer.get(f"/corrections/{row.id}").status_code == 404
    coordinator = browse(group.coordinator)
    assert f"/corrections/{row.id}" in coordinator.get(page(group)).text
    assert "A correction of page 1" in coordinator.get("/").text
    assert "The list on paper says so" in coordinator.get(f"/corrections/{row.id}").text
    assert coordinator.post(f"/corrections/{row.id}/approve").status_code == 303
    for person in (group.trainer, group.coordinator, group.manager):
        shown = browse(person).get(page(group)).text
        assert "8:57:00</time></del>" in shown
        assert "9:30:00</time></ins>" in shown
        assert "12:20:30</time></ins>" in shown
        assert "210</del>" in shown
        assert "170</ins>" in shown
        assert "material error" in shown
        assert f"Asked by {group.trainer.name}" in shown
        assert f"Approved by {group.coordinator.name}" in shown
        assert "The list on paper" not in shown


def test_a_requester_who_is_also_manager_cannot_approve_by_hand(make, browse, moment):
    group = make.signed_page(trainees=2)
    accounts.grant(group.coordinator, Role.MANAGER, by=None, programme_id=group.programme.id)
    db.session.commit()
    moment(group.session.ends_at + timedelta(days=1))
    both = browse(group.coordinator)
    assert both.post(page(group, "/corrections"), wanted(group)).status_code == 303
    row = corrections.of_edition(group.edition.id)[0]
    shown = both.get(f"/corrections/{row.id}").text
    assert "Another person decides" in shown
    assert "/approve" not in shown
    for move, facts in (("approve", {}), ("refuse", {"answer": "x"})):
        assert both.post(f"/corrections/{row.id}/{move}", facts).status_code == 409
    db.session.refresh(row)
    assert row.state == CorrectionState.ASKED
    assert browse(group.manager).post(f"/corrections/{row.id}/approve").status_code == 303


def test_what_is_typed_wrong_is_said_beside_its_field(make, browse, moment):
    group = make.signed_page(trainees=1)
    moment(group.session.ends_at + timedelta(days=1))
    trainer = browse(group.trainer)
    for typed, said in (
        ({"came": "12:00", "went": "11:00"}, "after she comes in"),
        ({"came": "", "went": ""}, "or that she was not there"),
        ({"went": ""}, "when she went"),
        ({"absent": "y"}, "Either times"),
        ({"came": "07:00"}, "Between 8:45 and 12:30"),
    ):
        answer = trainer.post(page(group, "/corrections"), wanted(group, **typed))
        assert answer.status_code == 422
        assert said in answer.text
        assert "The list on paper says so" in answer.text
    answer = trainer.post(page(group, "/corrections"), wanted(group, reason="guess"))
    assert answer.status_code == 422
    gone = trainer.post(page(group, "/corrections"), wanted(group, came="", went="", absent="y"))
    assert gone.status_code == 303


def test_a_correction_is_refused_with_its_reason(make, browse, moment):
    row = make.correction()
    moment(row.group.session.ends_at + timedelta(days=2))
    coordinator = browse(row.group.coordinator)
    assert coordinator.post(f"/corrections/{row.id}/refuse", {"answer": ""}).status_code == 422
    answer = {"answer": "She was there"}
    assert coordinator.post(f"/corrections/{row.id}/refuse", answer).status_code == 303
    assert "Refused by" in coordinator.get(page(row.group)).text
    assert "She was there" in coordinator.get(f"/corrections/{row.id}").text
    assert coordinator.post(f"/corrections/{row.id}/approve").status_code == 409


def test_an_open_page_offers_no_correction(make, browse):
    group = make.attended_page()
    trainer = browse(group.trainer)
    assert page(group, "/corrections") not in trainer.get(page(group)).text
    assert "takes no correction now" in trainer.get(page(group, "/corrections")).text
    assert trainer.post(page(group, "/corrections"), wanted(group)).status_code == 409


def test_the_list_of_an_edition_shows_what_waits(make, browse):
    row = make.correction()
    where = f"/editions/{row.edition_id}/corrections"
    for person in (row.group.coordinator, row.group.manager):
        shown = browse(person).get(where).text
        assert "One correction waits" in shown
        assert f"/corrections/{row.id}" in shown
    assert where in browse(row.group.manager).get(f"/editions/{row.edition_id}").text
    for person in (row.group.trainer, row.group.trainees[0]):
        assert browse(person).get(where).status_code == 404
    empty = make.class_in_motion()
    shown = browse(empty.manager).get(f"/editions/{empty.edition.id}/corrections").text
    assert "Nothing was corrected or contested" in shown


# Anomalies


def forgotten(make, group=None):
    """One forgot to sign out; the trainer attested it and signed, counting one too many."""
    group = make.opened_page(group, trainees=2) if group is None else group
    for number in (0, 1):
        make.scan(group, number, group.session.starts_at - MINUTE)
    make.scan(group, 0, group.session.ends_at)
    with HELD(group.session.ends_at + MINUTE):
        by = make.actor(group.trainer)
        register.attest_exit(
            group.session, group.enrolments[1].id, group.session.ends_at - 9 * MINUTE, by=by
        )
        register.sign(group.session, topic="x", head_count=2, note="One in the corridor", by=by)
        db.session.commit()
    return group


def test_each_anomaly_is_decided_then_the_page_countersigned(make, browse):
    group = forgotten(make)
    coordinator = browse(group.coordinator)
    shown = coordinator.get(page(group)).text
    assert "2 things are to be decided first" in shown
    assert "Counted 2, stamped 1" in shown
    assert f"{group.trainees[1].name}: The trainer attested 12:21" in shown
    assert page(group, "/countersign") not in shown
    refused = coordinator.post(page(group, "/countersign"), {"note": ""})
    assert refused.status_code == 409
    assert "heads and stamps differ; exit attested" in refused.text
    for key in ("heads", f"attested_exit {group.enrolments[1].id}"):
        facts = {"anomaly": key, "verdict": "accepted", "note": ""}
        assert coordinator.post(page(group, "/anomalies"), facts).status_code == 422
        facts["note"] = "Spoke with the trainer"
        assert coordinator.post(page(group, "/anomalies"), facts).status_code == 303
    assert page(group, "/countersign") in coordinator.get(page(group)).text
    assert coordinator.post(page(group, "/countersign"), {"note": ""}).status_code == 303
    assert group.session.state == SessionState.COUNTERSIGNED
    assert "Spoke with the trainer" in browse(group.trainer).get(page(group)).text


def test_what_is_not_an_anomaly_is_not_decided(make, browse):
    group = forgotten(make)
    facts = {"anomaly": "signed_late", "verdict": "accepted", "note": "x"}
    answer = browse(group.coordinator).post(page(group, "/anomalies"), facts)
    assert answer.status_code == 422
    for person in (group.trainer, group.manager):
        assert browse(person).post(page(group, "/anomalies"), facts).status_code == 404


# Barring


@pytest.mark.parametrize("who", ["trainer", "coordinator"])
def test_an_open_page_is_barred_with_a_reason_and_keeps_its_number(make, browse, who):
    group = make.opened_page()
    make.scan(group, 0, group.session.starts_at)
    browser = browse(getattr(group, who))
    assert page(group, "/bar") in browser.get(page(group)).text
    assert browser.post(page(group, "/bar"), {"reason": " "}).status_code == 422
    assert browser.post(page(group, "/bar"), {"reason": "No heating"}).status_code == 303
    shown = browser.get(page(group)).text
    assert "Page 1 is barred" in shown
    assert "No heating" in shown
    assert group.session.state == SessionState.CANCELLED
    assert ledger.posted(group.session.id) == {}
    assert browser.post(page(group, "/bar"), {"reason": "Again"}).status_code == 409


def test_a_manager_and_a_trainee_bar_nothing(make, browse):
    group = make.opened_page()
    for person in (group.manager, group.trainees[0]):
        assert browse(person).post(page(group, "/bar"), {"reason": "x"}).status_code == 404


# Contests


def test_a_trainee_contests_a_line_and_reads_the_answer(make, browse, moment):
    group = make.signed_page(trainees=2)
    line = make.line(group)
    moment(group.session.ends_at + timedelta(hours=5))
    trainee, coordinator = browse(group.trainees[0]), browse(group.coordinator)
    assert f"/lines/{line.id}" in trainee.get("/hours/lines").text
    assert "Is this line wrong?" in trainee.get(f"/lines/{line.id}").text
    assert trainee.post(f"/lines/{line.id}", {"said": ""}).status_code == 422
    assert trainee.post(f"/lines/{line.id}", {"said": "I was ill for an hour"}).status_code == 303
    assert "waits for the coordinator" in trainee.get("/hours/lines").text
    assert "contests a line of her hours" in coordinator.get("/").text
    assert "contested" in coordinator.get(f"/enrolments/{group.enrolments[0].id}/hours").text
    contest = contests.of_line(line)
    shown = coordinator.get(f"/contests/{contest.id}").text
    assert "I was ill for an hour" in shown
    facts = {"came": "10:00", "went": "12:30", "reason": "material_error", "word": "Right"}
    assert coordinator.post(f"/contests/{contest.id}/accept", facts).status_code == 303
    db.session.refresh(contest)
    assert contest.state == ContestState.ACCEPTED
    shown = trainee.get(f"/lines/{line.id}").text
    assert "a correction is asked" in shown
    assert "waits for another person" in shown
    assert "Right" in shown
    assert "was answered" in trainee.get("/").text
    where = f"/corrections/{contest.correction_id}"
    assert coordinator.post(f"{where}/approve").status_code == 409
    assert browse(group.manager).post(f"{where}/approve").status_code == 303
    assert "approved" in trainee.get("/hours/lines").text


def test_a_contest_is_answered_with_words(make, browse):
    row = make.contest()
    coordinator = browse(row.group.coordinator)
    where = f"/contests/{row.id}"
    assert coordinator.post(f"{where}/reject", {"answer": ""}).status_code == 422
    bad = coordinator.post(f"{where}/accept", {"came": "", "went": "", "reason": "material_error"})
    assert bad.status_code == 422
    assert coordinator.post(f"{where}/reject", {"answer": "The trace says so"}).status_code == 303
    trainee = browse(row.group.trainees[0])
    assert "The trace says so" in trainee.get(f"/lines/{row.line_id}").text
    assert coordinator.post(f"{where}/reject", {"answer": "Again"}).status_code == 409
    assert f"{where}" in coordinator.get(f"/editions/{row.edition_id}/corrections").text


def test_a_line_of_another_or_too_old_is_not_contested(make, browse, moment):
    group = make.signed_page(trainees=2)
    line = make.line(group, 1)
    assert browse(group.trainees[0]).get(f"/lines/{line.id}").status_code == 404
    moment(line.at + timedelta(days=group.edition.contest_days, seconds=1))
    trainee = browse(group.trainees[1])
    assert f"/lines/{line.id}" not in trainee.get("/hours/lines").text
    assert "cannot be contested" in trainee.get(f"/lines/{line.id}").text
    assert trainee.post(f"/lines/{line.id}", {"said": "x"}).status_code == 409


# Credits


def test_a_credit_is_recorded_confirmed_and_lowers_what_is_due(make, browse):
    group = make.class_in_motion(trainees=1)
    where = f"/enrolments/{group.enrolments[0].id}/credits"
    coordinator, manager = browse(group.coordinator), browse(group.manager)
    assert "has no credit: 21\N{NO-BREAK SPACE}h are due" in coordinator.get(where).text
    facts = {
        "module": "1",
        "minutes": "90",
        "record_number": "4/2026",
        "record_on": clock.today().isoformat(),
        "note": "A course of 2024",
    }
    for wrong in ({"minutes": "421"}, {"minutes": "0"}, {"module": "7"}, {"record_number": ""}):
        assert coordinator.post(where, {**facts, **wrong}).status_code == 422
    assert coordinator.post(where, facts).status_code == 303
    row = credits.decisions(group.enrolments[0].id)[0]
    assert coordinator.post(f"/credits/{row.id}/confirm").status_code == 404
    assert "A credit of" in manager.get("/").text
    shown = manager.get(f"/credits/{row.id}").text
    assert "A course of 2024" in shown
    assert manager.post(f"/credits/{row.id}/confirm").status_code == 303
    assert "19\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30\N{PRIME} are due" in manager.get(where).text
    trainee = browse(group.trainees[0]).get("/hours").text
    assert "You were recognised 1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30\N{PRIME}" in trainee
    assert "of 19\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30\N{PRIME}" in trainee
    back = {"record_number": "9/2026", "record_on": clock.today().isoformat(), "note": ""}
    assert coordinator.post(f"/credits/{row.id}/take-back", {}).status_code == 422
    assert coordinator.post(f"/credits/{row.id}/take-back", back).status_code == 303
    undone = credits.decisions(group.enrolments[0].id)[1]
    assert manager.post(f"/credits/{undone.id}/decline").status_code == 303
    assert "not confirmed" in manager.get(where).text


def test_who_recorded_a_credit_does_not_confirm_it_by_hand(make, browse):
    group = make.class_in_motion(trainees=1)
    row = make.credit(group, by=make.actor(group.manager))
    manager = browse(group.manager)
    assert "/confirm" not in manager.get(f"/credits/{row.id}").text
    for move in ("confirm", "decline"):
        assert manager.post(f"/credits/{row.id}/{move}").status_code == 409


# Times and minutes


@pytest.mark.parametrize(
    ("rounding", "minutes", "given", "said"),
    [
        (Rounding.EXACT, 0, "207", "exactly: whole minutes, rounded down"),
        (Rounding.TOLERANCE, 5, "210", "with a tolerance of 5 minutes"),
        (Rounding.BLOCKS, 30, "180", "in whole blocks of 30 minutes"),
    ],
)
def test_raw_times_stand_beside_recognised_minutes(make, browse, rounding, minutes, given, said):
    group = make.opened_page(trainees=1, rounding=rounding, rounding_minutes=minutes)
    make.scan(group, 0, group.session.starts_at + timedelta(minutes=2, seconds=13))
    make.scan(group, 0, group.session.ends_at)
    shown = browse(group.trainer).get(page(group)).text
    assert "9:02:13</time>" in shown
    assert "12:30:00</time>" in shown
    assert f'<td class="n">{given}</td>' in shown
    assert said in shown


# Statements


def test_a_page_with_much_to_look_at_takes_as_many_statements_as_one_with_little(
    make, browse, statements
):
    counted = []
    for trainees in (2, 8):
        group = forgotten(make, make.opened_page(trainees=trainees))
        for number in range(trainees):
            make.correction(group, number, times=(60 + number, 120), days=1)
        for who in (group.coordinator, group.manager):
            browser = browse(who)
            browser.get("/sessions")
            for where in (
                page(group),
                page(group, "/make-up") if who is group.coordinator else page(group),
                f"/editions/{group.edition.id}/corrections",
                f"/enrolments/{group.enrolments[0].id}/credits",
            ):
                with statements() as seen:
                    assert browser.get(where).status_code == 200
                counted.append((where.split("/")[-1][:8], len(seen)))
    half = len(counted) // 2
    assert [n for _, n in counted[:half]] == [n for _, n in counted[half:]]
    assert max(n for _, n in counted) <= 12
