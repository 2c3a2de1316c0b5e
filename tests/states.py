"""Rows in every state that the program brings them to, beside those of the world."""

from datetime import timedelta

from casework import activators, network, referrals, versions
from casework.cases import CaseState
from courses import (
    absences,
    calendar,
    changes,
    contests,
    corrections,
    credits,
    editions,
    exceptions,
)
from courses.corrections import Reason
from lms import accounts, clock, db
from mentoring import assignments
from mentoring.comments import CommentKind
from tests import make


def build(hub):
    """All of them, at this hub; nothing is given back: they are in the database."""
    by = make.actor(make.person("manager"))
    _referrals(hub, by)
    _activators(hub, by)
    _plans(hub)
    _register(by)
    _amended()
    _certified()
    network.doubt(make.body(), by=by)
    network.close(make.body(), by=by)
    assignments.end(make.assignment(), by=by)
    make.course(published=False)
    make.handed_in()
    db.session.commit()


def _referrals(hub, by):
    make.accepted_referral(hub=hub)
    referrals.decline(make.referral(hub=hub), "Not ours.", by=by)
    referrals.ask(make.referral(hub=hub), "Where does she live?", by=by)
    old = make.referral(hub=hub)
    with clock.held(clock.now() - timedelta(days=40)):
        referrals.ask(old, "Where does she live?", by=by)
    db.session.flush()
    referrals.expire(old, by=by)


def _activators(hub, by):
    make.trainee_activator(hub)
    (certified,) = make.certificate().group.trainees
    activators.release(make.activator(hub, person=certified), by=by)


def _plans(hub):
    for state in (CaseState.ASSESSMENT, CaseState.PLANNING, CaseState.REOPENED):
        make.case(hub=hub, state=state)
    make.plan(hub=hub)
    make.returned_plan(hub=hub)
    make.resubmitted_plan(hub=hub)
    plan = make.submitted_plan(hub=hub)
    make.plan_comment(plan, CommentKind.SUGGESTION)
    versions.approve(plan, "Well done.", by=make.reader(plan))


def _register(by):
    make.planned_edition()
    group = make.certifiable(1260)
    for session in group.sessions[1:]:
        db.session.refresh(session)
    calendar.close(group.edition, by=by)
    put_away = make.certifiable(1260)
    calendar.close(put_away.edition, by=by)
    editions.archive(put_away.edition, by=by)
    make.signed_page()
    make.countersigned_page()
    for past in (False, True):
        session = make.class_in_motion().sessions[0]
        away = timedelta(days=1 if past else -1)
        with clock.held(session.starts_at + away):
            changes.cancel(session, reason="The room is flooded.", by=by)


def _amended():
    """Corrections, contests and credits that were answered, one way and the other."""
    make.approved()
    row = make.correction()
    corrections.refuse(row, answer="The page is right.", by=make.actor(row.group.coordinator))
    row = make.contest()
    contests.reject(row, answer="The page is right.", by=make.actor(row.group.coordinator))
    row = make.contest()
    times = row.group.session.starts_at, row.group.session.ends_at
    by = make.actor(row.group.coordinator)
    with clock.held(row.group.session.ends_at + timedelta(days=1)):
        contests.accept(row, times, reason=Reason.ERROR, by=by)
    make.confirmed_credit()
    row = make.credit()
    credits.decline(row, by=make.actor(row.group.manager))
    group = make.class_in_motion(trainees=1)
    row = make.announced(group.trainees[0], group.sessions[1])
    absences.withdraw(row, by=make.actor(group.trainees[0]))


def _certified():
    """Certificates that ended, and exceptions that were answered or taken back."""
    for state in ("replaced", "revoked"):
        make.ended_certificate(state)
    second = make.actor(make.person("manager"))
    exceptions.sign(make.excepted(), by=second)
    exceptions.refuse(make.excepted(), answer="She can still make it up.", by=second)
    row = make.excepted()
    exceptions.withdraw(row, by=make.actor(row.group.manager))


def someone_who_may(rows, permission, people):
    """For each of these rows, one of these people who holds the permission on it."""
    from lms.permissions import allowed_ids

    found = {}
    for person, actor in people:
        left = [row for row in rows if row.id not in found]
        found |= dict.fromkeys(allowed_ids(left, actor, permission), person)
        if len(found) == len(rows):
            break
    return found


def everybody(programme):
    """All who have a role in the programme, ready to act in it."""
    people = db.session.query(accounts.Person).order_by(accounts.Person.id).all()
    acting = [(p, accounts.acting(p, programme.id, proven=True)) for p in people]
    return [(p, actor) for p, actor in acting if actor.roles]
