"""From what is missing to a certificate that anyone can verify."""

from courses.certificates import Certificate
from lms import db


def test_a_manager_certifies_who_has_what_it_takes(make, browse):
    group = make.certifiable(1260, 944)
    browser = browse(group.manager)
    page = browser.get(f"/editions/{group.edition.id}/certification")
    assert "1 minute" in page.text
    ready, short = group.enrolments
    assert browser.get(f"/enrolments/{ready.id}/certify").status_code == 200
    done = browser.post(f"/enrolments/{ready.id}/certify")
    assert done.location == f"/editions/{group.edition.id}/certification"
    refused = browser.post(f"/enrolments/{short.id}/certify")
    assert refused.status_code == 409
    assert "1 minute" in refused.text
    assert db.session.query(Certificate).count() == 1


def test_the_same_act_twice_has_one_effect(make, browse):
    group = make.certifiable(1260)
    browser, address = browse(group.manager), f"/enrolments/{group.enrolments[0].id}/certify"
    assert {browser.post(address, once="k").status_code for _ in range(2)} == {303}
    assert db.session.query(Certificate).count() == 1


def test_a_trainee_opens_her_certificate_and_no_one_else_s(make, browse):
    row = make.certificate()
    own, other = browse(row.group.trainees[0]), browse(make.person("trainee"))
    assert row.number in own.get("/certificate").text
    pdf = own.get(f"/certificates/{row.id}/pdf?language=it")
    assert pdf.data.startswith(b"%PDF-")
    assert row.group.trainees[0].name not in pdf.headers["Content-Disposition"]
    assert other.get(f"/certificates/{row.id}/pdf").status_code == 404


def test_a_trainee_certifies_nobody(make, browse):
    group = make.certifiable(1260)
    browser = browse(group.trainees[0])
    assert browser.post(f"/enrolments/{group.enrolments[0].id}/certify").status_code == 404


def test_anyone_verifies_a_number_and_sees_initials_only(make, browse):
    row = make.certificate()
    page = browse().get(f"/verify/{row.number.lower()}")
    assert page.status_code == 200
    assert "This certificate is valid." in page.text
    assert row.group.trainees[0].name not in page.text
    assert row.initials in page.text


def test_an_unknown_number_is_not_found_and_guessing_is_slow(make, browse):
    browser = browse()
    answers = [browser.get(f"/verify/X-2026-000{n}-AAAAA").status_code for n in range(6)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_hostile_numbers_are_only_unknown(make, browse):
    for number in ("%00", "..%2F..", "'; DROP TABLE x", "é" * 200):
        assert browse().get(f"/verify/{number}").status_code in (404, 429)


def test_the_number_may_be_typed(make, browse):
    row = make.certificate()
    assert browse().get(f"/verify?number={row.number}").location == f"/verify/{row.number}"
    assert browse().get("/verify?number=").status_code == 422


def test_the_list_takes_as_many_statements_for_one_as_for_ten(make, browse, statements):
    counts = []
    for number in (1, 10):
        group = make.class_in_motion(trainees=number)
        browser = browse(group.manager)
        browser.get(f"/editions/{group.edition.id}/certification")
        with statements() as seen:
            browser.get(f"/editions/{group.edition.id}/certification")
        counts.append(len(seen))
    assert counts[0] == counts[1]
