import re


def test_the_path_shows_modules_units_and_what_is_next(make, browse):
    person = make.walker()
    page = browse(person).get("/path").text
    assert "Now it is the turn of 1.10, at your own pace." in page
    assert page.count('class="sheet step"') == 3
    assert "1.12" in page
    assert "When real cases open" in page


def test_who_is_not_enrolled_is_told(make, browse):
    page = browse(make.person("trainee")).get("/path")
    assert page.status_code == 200
    assert "not enrolled" in page.text


def test_a_unit_shows_its_lesson_outcomes_and_quiz(make, browse):
    person = make.walker()
    page = browse(person).get(f"/path/units/{make.unit('1.10').id}").text
    assert "Confidentiality, GDPR" in page
    assert "Before you open a real case you must pass the quiz" in page
    assert "Write notes the person could read" in page
    assert "Quiz: 15 questions" in page
    assert "Begin the quiz" in page


def test_in_italian(make, browse):
    person = make.walker()
    person.language = "it"
    page = browse(person).get(f"/path/units/{make.unit('1.10').id}").text
    assert "Riservatezza, GDPR" in page
    assert "Scrivere note che la persona potrebbe leggere" in page


def test_before_the_course_the_quiz_is_closed_with_its_reason(make, browse):
    person = make.walker(starts_in=10)
    page = browse(person).get(f"/path/units/{make.unit('1.10').id}").text
    assert 'aria-disabled="true"' in page
    assert "Opens with the course" in page


def test_the_staff_reads_units_and_takes_no_quiz(make, browse):
    unit = make.unit("1.10")
    for role in ("trainer", "coordinator", "senior", "manager"):
        person = make.person(role)
        page = browse(person).get(f"/path/units/{unit.id}")
        assert page.status_code == 200, role
        assert "Begin the quiz" not in page.text
        assert browse(person).post(f"/assessments/units/{unit.id}/attempts").status_code == 404


def test_an_activator_reads_and_takes_the_quiz_without_being_enrolled(make, browse):
    unit = make.unit("1.10")
    activator = make.person("activator")
    assert "Begin the quiz" in browse(activator).get(f"/path/units/{unit.id}").text
    answer = browse(activator).post(f"/assessments/units/{unit.id}/attempts")
    assert re.search("/assessments/attempts/", answer.location)


def test_others_find_no_unit(make, browse):
    unit = make.unit("1.1")
    not_enrolled = make.person("trainee")
    elsewhere = make.person("manager", programme=make.programme())
    for person in (not_enrolled, elsewhere, make.person("partner"), make.person("inspector")):
        assert browse(person).get(f"/path/units/{unit.id}").status_code == 404
