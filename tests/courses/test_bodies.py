"""Who delivers which sessions."""

import pytest
from sqlalchemy.exc import DBAPIError

from courses import bodies
from lms import db
from lms.errors import Invalid, Refused, Stale


def manager(make, group):
    return make.actor(group.manager, group.programme)


def test_a_body_delivers_all_sessions_or_some(make):
    group, body, other = make.class_in_motion(), make.delivering(), make.delivering()
    by = manager(make, group)
    assert bodies.deliver(group.edition, body, by=by) == 6
    assert bodies.deliver(group.edition, other, [2, 3], by=by) == 2
    assert bodies.deliver(group.edition, None, [3], by=by) == 1
    db.session.commit()
    assert [s.body_id for s in group.sessions] == [body.id, other.id, None] + [body.id] * 3


def test_certified_sessions_keep_their_body(make):
    group, body = make.certified_page(), make.delivering()
    assert bodies.deliver(group.edition, body, by=manager(make, group)) == 5
    with pytest.raises(Refused):
        bodies.deliver(group.edition, body, [1], by=manager(make, group))
    assert group.session.body_id is None


def test_two_bodies_of_a_programme_have_two_names(make):
    group, body = make.class_in_motion(), make.delivering()
    by = manager(make, group)
    with pytest.raises(Invalid):
        bodies.add(name=body.name, by=by)
    bodies.change(body, name=body.name, accreditation="B2", version=body.version, by=by)
    with pytest.raises(Stale):
        bodies.change(body, name="Other", accreditation="", version=body.version + 1, by=by)


def test_the_database_keeps_bodies_of_another_programme_away(make):
    group = make.class_in_motion()
    group.sessions[0].body_id = make.delivering(make.programme("FAR")).id
    with pytest.raises(DBAPIError):
        db.session.commit()
    db.session.rollback()


def test_the_database_refuses_a_body_without_a_name(make):
    body = make.delivering()
    body.name = ""
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()
