"""The pages where a further attempt is allowed, and where a trainee reads of it."""


def test_a_trainer_allows_one_more_attempt_and_the_trainee_reads_why(make, browse):
    group = make.stuck_trainee()
    browser, trainee = browse(group.trainer), browse(group.person)
    lesson = f"/path/units/{group.unit.id}"
    assert "All attempts at the quiz are used" in trainee.get(lesson).text
    listed = f"/editions/{group.edition.id}/retries"
    address = f"/enrolments/{group.enrolment.id}/retries"
    assert listed in browser.get(f"/editions/{group.edition.id}").text
    assert address in browser.get(listed).text
    assert address in browser.get("/").text
    refused = browser.post(address, {"unit": "1.10", "reason": ""})
    assert refused.status_code == 422
    assert browser.post(address, {"unit": "1.2", "reason": "x"}).status_code == 422
    facts = {"unit": "1.10", "reason": "Rileggiamo insieme la domanda 4."}
    answers = [browser.post(address, facts, once="k") for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert "Everybody can go on" in browser.get(listed).text
    assert "Nothing is to be allowed" in browser.get(address).text
    shown = trainee.get(lesson).text
    assert "You were allowed one more attempt." in shown
    assert "Rileggiamo insieme la domanda 4." in shown
    assert group.trainer.name in shown
    begun = trainee.post(f"/assessments/units/{group.unit.id}/attempts")
    assert "Attempt 4 of 4" in trainee.get(begun.location).text
    assert "allowed one more" not in trainee.get(lesson).text


def test_who_is_allowed_again_reads_it_beside_her_result(make, browse):
    group = make.stuck_trainee()
    browse(group.coordinator).post(
        f"/enrolments/{group.enrolment.id}/retries", {"unit": "1.10", "reason": "Ancora una."}
    )
    trainee = browse(group.person)
    links = trainee.get(f"/path/units/{group.unit.id}").text
    last = links.split("/assessments/attempts/")[1].split('"')[0]
    shown = trainee.get(f"/assessments/attempts/{last}").text
    assert "Ancora una." in shown
    assert "You have one attempt left." in shown


def test_only_her_trainers_and_coordinators_may(make, browse):
    group = make.stuck_trainee()
    for person in (
        group.person,
        make.person("trainer"),
        make.person("coordinator"),
        make.person("manager"),
    ):
        browser = browse(person)
        assert browser.get(f"/editions/{group.edition.id}/retries").status_code == 404
        for answer in (
            browser.get(f"/enrolments/{group.enrolment.id}/retries"),
            browser.post(f"/enrolments/{group.enrolment.id}/retries", {"unit": "1.10"}),
        ):
            assert answer.status_code == 404


def test_the_list_takes_as_many_statements_for_many_as_for_one(make, browse, statements):
    group = make.stuck_trainee()
    browser, counts = browse(group.trainer), []
    browser.get("/")
    for _ in range(2):
        for where in ("/", f"/editions/{group.edition.id}/retries"):
            with statements() as seen:
                assert browser.get(where).status_code == 200
            counts.append(len(seen))
        for _ in range(3):
            person = make.walker(edition=group.edition)
            for _ in range(3):
                make.handed_in(person, right=False)
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12
