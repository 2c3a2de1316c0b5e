"""What was corrected, contested, decided and credited, as tables without sealed words."""

import pytest

from courses import revisions
from lms import i18n


@pytest.fixture(autouse=True)
def english():
    with i18n.speaking("en"):
        yield


def table(part, group, make):
    by = make.actor(group.manager, group.programme)
    [(_, content)] = part(group.edition, by)
    text = content().decode("utf-8-sig").split("\r\n\r\n")[0]
    return [line.split(";") for line in text.strip().split("\r\n")[1:]]


def test_a_correction_that_waits_and_one_that_was_approved(make):
    group = make.signed_page(trainees=2)
    make.approved(group, number=0)
    make.correction(group, number=1)
    found = {row[1]: row for row in table(revisions.asked, group, make)}
    done, waits = (found[p.name] for p in group.trainees)
    assert (done[2], done[5], done[8]) == ("material error", "210", "170")
    assert (done[9], done[12]) == (group.trainer.name, group.coordinator.name)
    assert (waits[8], waits[12]) == ("", "")
    assert "She came later" not in str(found)


def test_a_contest_says_that_it_waits(make):
    group = make.signed_page(trainees=1)
    make.contest(group)
    [row] = table(revisions.contested, group, make)
    assert row[1] == group.trainees[0].name
    assert row[3] == "waits for the coordinator"


def test_a_credit_names_its_record_and_both_who_decided(make):
    group = make.class_in_motion(trainees=1)
    credit = make.confirmed_credit(group, minutes=60)
    [row] = table(revisions.credited, group, make)
    assert row[:4] == [group.trainees[0].name, "1", "60", credit.record_number]
    assert row[6]
    assert row[7]
    assert row[6] != row[7]


def test_the_decision_on_an_anomaly_stands_with_its_note(make):
    from datetime import timedelta

    from courses import anomalies
    from courses.anomalies import Verdict
    from lms import clock, db

    group = make.opened_page(trainees=1)
    make.scan(group, 0, group.session.starts_at)
    make.scan(group, 0, group.session.ends_at)
    from courses import register

    with clock.held(group.session.ends_at + timedelta(hours=30)):
        register.sign(
            group.session,
            topic="x",
            head_count=1,
            by=make.actor(group.trainer, group.programme),
        )
        by = make.actor(group.coordinator, group.programme)
        [found] = anomalies.of_page(group.session)
        anomalies.decide(
            group.session, found.key, verdict=Verdict.ACCEPTED, note="The line was down", by=by
        )
        db.session.commit()
    [row] = table(revisions.decided, group, make)
    assert row[1:4] == ["signed late", "accepted as it is", "The line was down"]
    assert row[5] == group.coordinator.name
