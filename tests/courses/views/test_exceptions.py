"""Two people, two sign-ins: no hand-made request makes one of them enough."""

import pytest

from courses.certificates import Certificate
from courses.exceptions import ExceptionState, TraineeException
from lms import accounts, db, i18n
from lms.permissions import Role


def propose(make, browse):
    group = make.certifiable(800)
    group.edition.least_percent = 50
    db.session.commit()
    browser = browse(group.manager)
    address = f"/enrolments/{group.enrolments[0].id}/exception"
    assert i18n.hours(630) in browser.get(address).text
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "canary-reason"}).status_code == 303
    row = db.session.query(TraineeException).one()
    row.group = group
    return row


def test_the_manager_proposes_and_another_one_signs(make, browse):
    row = propose(make, browse)
    second = browse(make.person("manager"))
    assert "An exception waits for your signature" in second.get("/").text
    assert "An exception waits for your signature" not in browse(row.group.manager).get("/").text
    page = second.get(f"/exceptions/{row.id}")
    assert "canary-reason" in page.text
    done = second.post(f"/exceptions/{row.id}/sign")
    assert done.location == f"/enrolments/{row.enrolment_id}/certification"
    assert db.session.query(Certificate).count() == 1
    dossier = second.get(done.location).text
    assert "canary-reason" in dossier
    assert "exception signed" in dossier
    assert "is settled" in second.get(f"/exceptions/{row.id}").text


def test_the_coordinator_of_the_edition_may_be_the_second_person(make, browse):
    row = propose(make, browse)
    other = make.class_in_motion()
    assert browse(other.coordinator).post(f"/exceptions/{row.id}/sign").status_code == 404
    assert browse(row.group.coordinator).post(f"/exceptions/{row.id}/sign").status_code == 303
    assert row.state == ExceptionState.SIGNED


@pytest.mark.parametrize("verb", ["sign", "refuse"])
def test_who_proposed_cannot_answer_by_a_hand_made_request(verb, make, browse):
    """Not even one who is also the coordinator of the edition."""
    from courses import editions
    from courses.editions import Part

    row = propose(make, browse)
    manager = row.group.manager
    accounts.grant(manager, Role.COORDINATOR, by=None, programme_id=row.programme_id)
    by = make.actor(make.person("manager"))
    editions.appoint(row.group.edition, manager, Part.COORDINATOR, by=by)
    db.session.commit()
    browser = browse(manager)
    assert browser.get(f"/exceptions/{row.id}").status_code == 404
    assert browser.post(f"/exceptions/{row.id}/{verb}", {"answer": "x"}).status_code == 404
    assert row.state == ExceptionState.PROPOSED
    assert db.session.query(Certificate).count() == 0


def test_a_trainee_who_is_also_a_manager_cannot_sign_her_own(make, browse):
    row = propose(make, browse)
    trainee = row.group.trainees[0]
    accounts.grant(trainee, Role.MANAGER, by=None, programme_id=row.programme_id)
    db.session.commit()
    assert browse(trainee).post(f"/exceptions/{row.id}/sign").status_code == 404
    refused = browse(trainee).post(f"/enrolments/{row.enrolment_id}/exception", {"reason": "x"})
    assert refused.status_code == 409


def test_certifying_directly_stays_refused_while_something_lacks(make, browse):
    row = propose(make, browse)
    refused = browse(row.group.manager).post(f"/enrolments/{row.enrolment_id}/certify")
    assert refused.status_code == 409
    assert db.session.query(Certificate).count() == 0


def test_the_second_person_needs_her_factor(make, browse):
    row = propose(make, browse)
    browser = browse(row.group.coordinator, proven=False)
    assert browser.post(f"/exceptions/{row.id}/sign").location.startswith(
        ("/account/code", "/sign-in/code")
    )
    assert row.state == ExceptionState.PROPOSED


def test_it_is_refused_with_a_reason_that_the_dossier_keeps(make, browse):
    row = propose(make, browse)
    second = browse(make.person("manager"))
    wrong = second.post(f"/exceptions/{row.id}/refuse", {"answer": ""})
    assert wrong.status_code == 422
    done = second.post(f"/exceptions/{row.id}/refuse", {"answer": "canary-answer"})
    assert done.status_code == 303
    assert "canary-answer" in browse(row.group.manager).get(done.location).text
    assert second.post(f"/exceptions/{row.id}/sign").status_code == 409


def test_who_proposed_takes_it_back(make, browse):
    row = propose(make, browse)
    browser = browse(row.group.manager)
    assert "Take it back" in browser.get(f"/enrolments/{row.enrolment_id}/certification").text
    assert browse(make.person("manager")).post(f"/exceptions/{row.id}/withdraw").status_code == 404
    assert browser.post(f"/exceptions/{row.id}/withdraw").status_code == 303
    assert row.state == ExceptionState.WITHDRAWN


def test_an_exception_below_the_least_is_refused_on_its_page(make, browse):
    group = make.certifiable(629)
    group.edition.least_percent = 50
    db.session.commit()
    address = f"/enrolments/{group.enrolments[0].id}/exception"
    refused = browse(group.manager).post(address, {"reason": "canary-typed"})
    assert refused.status_code == 409
    assert "canary-typed" in refused.text
    assert "nobody below" in refused.text
