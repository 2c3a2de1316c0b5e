"""A decision is put off with a reason, until a day; then it waits again."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from courses import certificates, certification, deferrals
from courses.certification import CertificationState
from lms import clock, db
from lms.errors import Invalid, Refused


def put_off(make, group, days=30, reason="canary-reason to wait"):
    row = deferrals.defer(
        group.enrolments[0],
        reason=reason,
        until=clock.today() + timedelta(days=days),
        by=make.actor(group.manager),
    )
    db.session.commit()
    return row


def test_who_is_put_off_waits_for_nobody_until_her_day(make):
    group = make.certifiable(1260)
    programme = group.edition.programme_id
    row = put_off(make, group)
    assert certification.ready(programme) == []
    assert certification.is_settled(row)
    with clock.held(clock.now() + timedelta(days=30)):
        assert certification.ready(programme) == [(group.edition, 1)]
        assert not certification.is_settled(row)


def test_she_is_certified_later_or_before_her_day(make):
    group = make.certifiable(1260)
    row, by = put_off(make, group), make.actor(group.manager)
    certificates.issue(group.enrolments[0], by=by)
    db.session.commit()
    assert row.state == CertificationState.CERTIFIED
    assert deferrals.why_deferred(row, by=by) == "canary-reason to wait"


def test_the_day_can_be_moved_and_the_reason_lies_sealed(make):
    group = make.certifiable(944)
    row = put_off(make, group)
    again = put_off(make, group, days=60, reason="another")
    assert again.id == row.id
    assert again.deferred_until == clock.today() + timedelta(days=60)
    assert b"another" not in again.reason


def test_what_cannot_be_put_off(make):
    group = make.certifiable(1260)
    for more in ({"days": 0}, {"reason": " "}):
        with pytest.raises(Invalid):
            put_off(make, group, **more)
        db.session.rollback()
    with pytest.raises(Refused, match="herself"):
        deferrals.defer(
            group.enrolments[0],
            reason="x",
            until=clock.today() + timedelta(days=2),
            by=make.actor(group.trainees[0]),
        )
    db.session.rollback()
    certificates.issue(group.enrolments[0], by=make.actor(group.manager))
    with pytest.raises(Refused, match="already"):
        put_off(make, group)
    db.session.rollback()


def test_the_database_wants_reason_and_day(make):
    put_off(make, make.certifiable(944))
    for column in ("reason", "deferred_until"):
        with pytest.raises(IntegrityError, match="deferred_has_reason"):
            db.session.execute(text(f"UPDATE courses_certifications SET {column} = NULL"))
        db.session.rollback()


def test_she_reads_it_and_nobody_else(make):
    group = make.certifiable(944)
    row = put_off(make, group)
    assert deferrals.deferred(make.actor(group.trainees[0])) == row
    assert deferrals.deferred(make.actor(make.person("trainee"))) is None
