"""The dossier on one page: for the manager and the coordinator of the edition, and on paper."""

from lms import db


def test_all_about_a_trainee_is_on_one_page(make, browse):
    row = make.ended_certificate("replaced")
    make.corrected(row, "Anna Corretta", make.actor(row.group.manager), birth_place="Canarytown")
    for person in (row.group.manager, row.group.coordinator):
        page = browse(person).get(f"/enrolments/{row.enrolment_id}/certification").text
        for words in (
            "Anna Corretta", "Canarytown", row.number, row.replaced_by.number, "1.10",
            "canary-reason to replace", "Module 3",
        ):  # fmt: skip
            assert words in page, words
    assert (
        browse(row.group.trainees[0])
        .get(f"/enrolments/{row.enrolment_id}/certification")
        .status_code
        == 404
    )


def test_what_is_missing_stands_once_before_the_hours(make, browse):
    group = make.certifiable(944, passed=False)
    address = f"/enrolments/{group.enrolments[0].id}/certification"
    page = browse(group.manager).get(address).text
    assert page.count("What the certificate asks for") == 1
    assert page.index("What the certificate asks for") < page.index("Certified hours")
    assert page.count('class="checks"') == 1


def test_it_is_printed_under_a_name_that_tells_nothing(make, browse):
    row = make.certificate()
    paper = browse(row.group.coordinator).get(
        f"/enrolments/{row.enrolment_id}/certification/pdf?language=it"
    )
    assert paper.data.startswith(b"%PDF-")
    assert row.group.trainees[0].name.split()[0] not in paper.headers["Content-Disposition"]


def test_who_she_is_is_written_by_who_coordinates(make, browse):
    row = make.certificate()
    browser, address = browse(row.group.coordinator), f"/enrolments/{row.enrolment_id}/identity"
    assert row.group.trainees[0].name in browser.get(address).text
    began = {"version": row.group.trainees[0].version}
    wrong = browser.post(address, {"name": "Anna Rossi", "tax_code": "123", **began})
    assert wrong.status_code == 422
    assert 'value="123"' in wrong.text
    sent = {"name": "Anna Rossi", "birth_date": "1990-05-17", "birth_place": "Torino"}
    for older in ({"version": "99"}, {}):
        assert browser.post(address, {**sent, **older}).status_code == 409
    assert browser.post(address, {**sent, **began}).status_code == 303
    page = browser.get(address).text
    assert 'value="1990-05-17"' in page
    assert 'value="Torino"' in page


def test_a_dossier_that_was_erased_still_opens(make, browse):
    from lms import keys

    row = make.ended_certificate("revoked")
    keys.destroy(db.session.get_one(keys.SubjectKey, row.group.trainees[0].key_id))
    db.session.commit()
    page = browse(row.group.manager).get(f"/enrolments/{row.enrolment_id}/certification")
    assert page.status_code == 200
    assert "erased" in page.text
    assert "canary" not in page.text


def test_as_many_statements_whatever_is_in_it_and_at_most_twelve(make, browse, statements):
    counts = []
    for row in (make.certificate(), make.ended_certificate("replaced")):
        browser = browse(row.group.manager)
        address = f"/enrolments/{row.enrolment_id}/certification"
        browser.get(address)
        with statements() as seen:
            assert browser.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
