"""From what is missing to a certificate that anyone can verify."""

from datetime import timedelta

from courses import certificates, certification, replacements
from courses.certificates import Certificate
from courses.certification import CertificationState
from lms import clock, db
from lms.mail import Mail


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


def test_the_first_page_leads_the_manager_and_then_the_trainee(make, browse):
    group = make.certifiable(1260)
    manager, trainee = browse(group.manager), browse(group.trainees[0])
    page = manager.get("/")
    assert "Certify one trainee" in page.text
    assert f"/editions/{group.edition.id}/certification" in page.text
    assert "Your certificate is ready" not in trainee.get("/").text
    manager.post(f"/enrolments/{group.enrolments[0].id}/certify")
    assert "Certify one trainee" not in manager.get("/").text
    assert "Your certificate is ready" in trainee.get("/").text


def test_a_new_certificate_is_told_of_for_a_month_and_is_never_late(make):
    row = make.certificate()
    for days, told in ((29, True), (31, False)):
        with clock.held(row.issued_at + timedelta(days=days)):
            found = certificates.todos(make.actor(row.group.trainees[0]))
            assert [todo.on for todo in found] == [clock.today()] * told


def test_the_trainee_gets_a_mail_that_says_where_the_certificate_is(make):
    row = make.certificate()
    mails = db.session.query(Mail).filter_by(person_id=row.group.trainees[0].id)
    assert [(m.code, m.link) for m in mails if m.template == "courses/certificate"] == [
        (row.number, "/certificate")
    ]


def test_another_programme_has_no_such_trainee_and_no_such_certificate(make, browse):
    row = make.certificate()
    two = make.programme("TWO")
    browser = browse(make.person("manager", programme=two), programme=two)
    for address in (
        f"/editions/{row.group.edition.id}/certification",
        f"/enrolments/{row.enrolment_id}/certification",
        f"/certificates/{row.id}/pdf",
    ):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/enrolments/{row.enrolment_id}/certify").status_code == 404


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


def test_a_revoked_certificate_says_since_when_but_not_why(make, browse):
    row = make.ended_certificate("revoked")
    page = browse().get(f"/verify/{row.number}")
    assert "This certificate was revoked on" in page.text
    assert "canary-reason" not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_a_replaced_certificate_leads_to_the_other_one(make, browse):
    row = make.ended_certificate("replaced")
    page = browse().get(f"/verify/{row.number}")
    assert "This certificate was replaced by another one on" in page.text
    assert f"/verify/{row.replaced_by.number}" in page.text


def test_an_unknown_number_is_not_found_and_guessing_is_slow(make, browse):
    browser = browse()
    answers = [browser.get(f"/verify/X-2026-000{n}-AAAAA").status_code for n in range(6)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_all_unknown_numbers_are_answered_alike(make, browse, statements):
    """Malformed, never given, one letter off a real one: equal bytes, headers and statements."""
    row = make.certificate()
    off = row.number[:-1] + ("A" if row.number[-1] != "A" else "B")
    answers = []
    for place, number in enumerate(("x", "RDO-2026-9999-AAAAA", off, "é" * 300)):
        with statements() as seen:
            found = browse().get(
                f"/verify/{number}", environ_base={"REMOTE_ADDR": f"192.0.2.{place + 1}"}
            )
        headers = {k: v for k, v in found.headers if k != "X-Request-ID"}
        answers.append((found.status_code, found.data, headers, seen))
    assert answers[0][0] == 404
    assert answers[1:] == answers[:1] * 3


def test_who_guesses_waits_also_for_numbers_that_are_there(make, browse):
    """Otherwise a wait would tell which numbers exist; another address does not wait."""
    row = make.certificate()
    browser = browse()
    for n in range(5):
        browser.get(f"/verify/X-2026-000{n}-AAAAA")
    assert browser.get(f"/verify/{row.number}").status_code == 429
    other = browser.get(f"/verify/{row.number}", environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert other.status_code == 200


def test_nothing_but_initials_and_hours_of_the_person_is_told(make, browse):
    row = make.certificate()
    by = make.actor(row.group.manager)
    make.corrected(row, "Anna Segreta", by, birth_place="Canarytown", tax_code="RSSNNA90E57L219X")
    new = replacements.replace(row, reason="canary-reason", by=by)
    db.session.commit()
    for number in (row.number, new.number):
        text = browse().get(f"/verify/{number}").text
        for canary in ("Segreta", "Canarytown", "RSSNNA", "canary", row.group.trainees[0].mail):
            assert canary not in text


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


def test_a_decision_is_put_off_and_she_reads_why(make, browse):
    group = make.certifiable(1260)
    manager, enrolment = browse(group.manager), group.enrolments[0]
    address = f"/enrolments/{enrolment.id}/defer"
    assert manager.get(address).status_code == 200
    until = clock.today() + timedelta(days=20)
    refused = manager.post(address, {"until": clock.today().isoformat(), "reason": "canary-why"})
    assert refused.status_code == 422
    assert "canary-why" in refused.text
    done = manager.post(address, {"until": until.isoformat(), "reason": "canary-why"})
    assert done.location == f"/enrolments/{enrolment.id}/certification"
    assert "canary-why" in manager.get(done.location).text
    assert "canary-why" in browse(group.trainees[0]).get("/certificate").text
    listed = manager.get(f"/editions/{group.edition.id}/certification").text
    assert "deferred" in listed
    assert "canary-why" not in listed
    assert certification.of_enrolment(enrolment.id).state == CertificationState.DEFERRED


def test_she_reads_why_her_certificate_ended(make, browse):
    row = make.ended_certificate("revoked")
    page = browse(row.group.trainees[0]).get("/certificate").text
    assert "canary-reason to revoke" in page
    assert "Your certificate is no longer valid." in page
