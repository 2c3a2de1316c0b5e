"""The first page: nobody finds it blank, and no way from it leads to a blank one."""

import re
from datetime import timedelta

import pytest
from flask import url_for

from lms import accounts, clock, db, manifest, sign_ins
from lms.app import PACKAGES
from lms.permissions import Role


@pytest.fixture
def parts(make):
    """For each role somebody with nothing to do; with none she is only invited."""
    return {role: make.person(role.value) for role in Role} | {None: make.person()}


def test_every_role_reads_what_comes_next_when_nothing_waits(make, browse, parts):
    for role, person in parts.items():
        found = manifest.coming(PACKAGES, make.actor(person))
        assert len(found) == 1, role
        shown = browse(person).get("/").text
        assert "Nothing awaits you today." in shown, role
        assert str(found[0].title) in shown, role


def test_an_inspector_reads_what_is_so_with_an_edition_and_without_one(make, browse):
    inspector, group = make.person("inspector"), make.class_in_motion()
    assert "An edition to inspect" in browse(inspector).get("/").text
    make.inspector(group, inspector)
    shown = browse(inspector).get("/").text
    assert f"Inspect {group.edition.name}" in shown
    assert "An edition to inspect" not in shown


CODE = re.compile(r"[A-Z]-20\d\d-\d{4}")


@pytest.fixture
def cases(make):
    """A plan that waits for its senior trainer, a first contact to make, a referral to answer."""
    plan = make.submitted_plan()
    waiting = make.case()
    make.referral()
    people = [accounts.get(i) for i in (make.reader(plan).id, waiting.activator_id)]
    return [*people, make.person("manager")]


def test_before_the_second_factor_only_the_number_of_things_is_told(make, browse, cases):
    for person in cases:
        assert CODE.search(browse(person).get("/").text), person.name
        shown = browse(person, proven=False).get("/").text
        assert not CODE.search(shown), person.name
        assert "One thing awaits you behind the second factor." in shown
        assert 'href="/account/code?next=/"' in shown


def test_the_way_leads_to_the_code_for_who_has_a_second_factor(make, browse, cases):
    person = cases[0]
    token = sign_ins.begin(person.id)
    secret = sign_ins.new_secret()
    sign_ins.enrol(sign_ins.visitor(token), secret, sign_ins.code_now(secret))
    shown = browse(person, proven=False).get("/").text
    assert 'href="/sign-in/code?next=/"' in shown


def test_what_does_not_concern_cases_stays_in_sight_without_the_second_factor(make, browse):
    person = make.walker()
    assert manifest.todos(PACKAGES, make.actor(person))
    accounts.grant(person, Role.SENIOR, by=None, programme_id=make.default_programme().id)
    make.submitted_plan(senior=person)
    shown = browse(person, proven=False).get("/").text
    assert not CODE.search(shown)
    assert "One thing behind the second factor" in shown
    assert "One thing awaits you" not in shown


def test_a_step_that_is_still_far_is_not_named_before_the_second_factor(make, browse):
    case = make.case()
    far = clock.today() + timedelta(days=20)
    make.note(case, next_step="Call her", next_on=far)
    person = accounts.get(case.activator_id)
    assert case.code in browse(person).get("/").text
    shown = browse(person, proven=False).get("/").text
    assert case.code not in shown
    assert "One thing awaits you behind the second factor." in shown


def test_what_has_a_day_comes_first_and_all_parts_are_named(make):
    group = make.class_in_motion()
    accounts.grant(group.trainer, Role.PARTNER, by=None, programme_id=group.programme.id)
    db.session.commit()
    with clock.held(group.sessions[0].starts_at):
        found = manifest.coming(PACKAGES, make.actor(group.trainer))
    assert [one.endpoint for one in found] == ["register.show", "referrals.sent"]


def test_no_way_in_leads_to_a_page_that_says_nothing(app, make, browse, parts):
    """Without one row of hers every list says why it is empty and what will come."""
    for role, person in parts.items():
        for tab in manifest.ways_in(PACKAGES, make.actor(person)):
            if tab.endpoint in ALWAYS_FULL:
                continue
            with app.test_request_context():
                where = url_for(tab.endpoint)
            answer = browse(person).get(where, follow_redirects=True)
            assert answer.status_code == 200, f"{role}: {where}"
            assert 'class="empty"' in answer.text, f"{role}: {where} is blank"


ALWAYS_FULL = {"oversight.people", "oversight.audit"}
"""They hold at least the person herself, and what she has just done."""


def test_one_way_in_at_most_is_where_one_stands(app, make, browse, parts):
    for role, person in parts.items():
        browser = browse(person)
        for tab in manifest.ways_in(PACKAGES, make.actor(person)):
            with app.test_request_context():
                where = url_for(tab.endpoint)
            shown = browser.get(where).text
            assert shown.count('aria-current="page"') <= 1, f"{role}: {where}"
    edition, _, manager = make.planned_edition()
    for where in ("", "/calendar", "/enrolments"):
        shown = browse(manager).get(f"/editions/{edition.id}{where}").text
        assert '<a href="/editions" aria-current="page">' in shown, where
