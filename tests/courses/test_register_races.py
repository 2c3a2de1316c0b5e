"""Two at once, with two real connections: no page number twice or missing, no stamp twice."""

import threading
from contextvars import Context

from courses import checkin, register, stamps, verification
from courses.calendar import Session
from lms import clock, db


def at_once(*works):
    """Do these at the same time, each in a transaction of its own; what was raised, in order."""
    ready, raised = threading.Barrier(len(works)), [None] * len(works)

    def go(i, work):
        try:
            with db.unit():
                ready.wait(10)
                work()
        except Exception as error:
            raised[i] = error

    threads = [
        threading.Thread(target=Context().run, args=(go, i, work)) for i, work in enumerate(works)
    ]
    db.session.commit()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    db.session.rollback()
    db.session.expire_all()
    return raised


def opening(make, group, session_id, when):
    by = make.actor(group.trainer, group.programme)

    def work():
        with clock.held(when):
            register.open_page(db.session.get_one(Session, session_id), by=by)
            db.session.flush()

    return work


def scanning(make, group, number, when):
    by = make.actor(group.trainees[number], group.programme)
    code = None
    with clock.held(when):
        code = register.code_now(group.session)

    def work():
        with clock.held(when):
            checkin.check_in(by.id, code, by=by)

    return work


def holds():
    return [v.fault for v in verification.verify()]


def test_pages_opened_at_once_are_numbered_without_gaps(make):
    group = make.class_in_motion()
    for session in group.sessions:
        session.starts_at = group.sessions[0].starts_at
        session.ends_at = group.sessions[0].ends_at
    db.session.commit()
    when = group.sessions[0].starts_at
    raised = at_once(*(opening(make, group, s.id, when) for s in group.sessions))
    assert raised == [None] * 6
    assert sorted(s.page for s in group.sessions) == [1, 2, 3, 4, 5, 6]
    assert holds() == [None]


def test_one_page_opened_twice_at_once_has_one_number(make):
    group = make.class_in_motion()
    session = group.sessions[0]
    raised = at_once(*[opening(make, group, session.id, session.starts_at)] * 2)
    assert sum(error is not None for error in raised) == 1
    assert session.page == 1
    assert holds() == [None]


def test_trainees_stamping_at_once_all_get_in_and_the_chain_holds(make):
    group = make.opened_page(trainees=6)
    when = group.session.starts_at
    raised = at_once(*(scanning(make, group, i, when) for i in range(6)))
    assert raised == [None] * 6
    assert len(stamps.of_page(group.session.id)) == 6
    assert holds() == [None]


def test_one_trainee_scanning_twice_at_once_is_stamped_once(make):
    group = make.opened_page()
    raised = at_once(*[scanning(make, group, 0, group.session.starts_at)] * 2)
    assert raised == [None, None]
    assert len(stamps.of_page(group.session.id)[group.enrolments[0].id]) == 1
    assert holds() == [None]


def test_a_stamp_and_the_signature_at_once_leave_a_page_that_holds(make):
    group = make.opened_page(trainees=2)
    make.scan(group, 0, group.session.starts_at)
    make.scan(group, 0, group.session.ends_at)
    when = group.session.ends_at
    make.scan(group, 1, group.session.starts_at)
    by = make.actor(group.trainer, group.programme)

    def sign():
        with clock.held(when):
            register.sign(
                db.session.get_one(Session, group.session.id), topic="x", head_count=2, by=by
            )

    raised = at_once(scanning(make, group, 1, when), sign)
    assert raised[0] is None
    assert holds() == [None]
