import pytest

from courses import curriculum, questions
from courses.curriculum import VersionState
from lms import db, i18n
from lms.errors import WrongState
from tests.making.curriculum import CONTENT
from tests.races import race, unit


@pytest.fixture
def manager(make):
    return make.actor(make.person("manager"))


def reworded(folder):
    path = folder / "1/1.10/quiz.en.gift"
    path.write_text(path.read_text().replace("{TRUE#", "{TRUE#So\\: ", 1))
    return folder


def test_a_folder_becomes_a_draft(make, manager):
    version = curriculum.import_folder(CONTENT, by=manager)
    db.session.commit()
    assert (version.number, version.state) == (1, VersionState.DRAFT)
    assert [m.minutes for m in curriculum.modules(version.id)] == [2520, 2100, 1680]
    units = curriculum.units(version.id)
    assert [u.code for u in units][:12] == [f"1.{n}" for n in range(1, 13)]
    assert sum(u.minutes for u in units) == 6300
    assert sum(u.minutes for u in units if u.is_taught) == 5460
    gate = next(u for u in units if u.gate == "casework")
    assert (gate.code, gate.pass_percent, gate.attempts) == ("1.10", 80, 3)
    assert curriculum.count_questions([gate.id]) == {gate.id: 15}


def test_titles_and_lessons_speak_the_readers_language(make):
    unit = make.unit("1.1")
    with i18n.speaking("it"):
        assert unit.title.startswith("Accoglienza")
        assert "## Chi è" in unit.body
        assert unit.outcomes[0].startswith("Dire")
    with i18n.speaking("en"):
        assert unit.title.startswith("Welcome")
        assert unit.outcomes[0].startswith("State")


def test_the_same_folder_makes_no_other_version(make, manager):
    first = curriculum.import_folder(CONTENT, by=manager)
    db.session.commit()
    assert curriculum.import_folder(CONTENT, by=manager) is first
    assert len(curriculum.versions(manager.programme_id)) == 1


def test_another_content_is_the_next_version_and_keeps_unchanged_questions(make, manager, tmp_path):
    make.course()
    second = curriculum.import_folder(reworded(make.course_folder(tmp_path)), by=manager)
    db.session.commit()
    assert second.number == 2
    first = curriculum.published(manager.programme_id)
    asked = [
        {q.name: q for q in curriculum.quiz(unit.id)}
        for version in (first, second)
        for unit in curriculum.units(version.id)
        if unit.code == "1.10"
    ]
    changed = [name for name in asked[0] if asked[0][name] is not asked[1][name]]
    assert changed == ["1.10-q05"]
    assert [a["1.10-q05"].number for a in asked] == [1, 2]


def test_a_published_version_retires_the_one_before(make, manager, tmp_path):
    first = make.course()
    second = curriculum.import_folder(reworded(make.course_folder(tmp_path)), by=manager)
    db.session.flush()
    assert curriculum.publish(second, by=manager) is first
    db.session.commit()
    assert (first.state, second.state) == (VersionState.RETIRED, VersionState.PUBLISHED)
    assert curriculum.published(manager.programme_id) is second


def test_a_published_version_is_not_published_again(make, manager):
    with pytest.raises(WrongState):
        curriculum.publish(make.course(), by=manager)


def test_a_draft_is_not_retired(make, manager):
    version = curriculum.import_folder(CONTENT, by=manager)
    with pytest.raises(WrongState):
        curriculum.retire(version, by=manager)


def test_two_imports_at_once_make_one_version(make, manager):
    results = race(
        *[unit(lambda: curriculum.import_folder(CONTENT, by=manager).number) for _ in range(2)]
    )
    assert results == [1, 1]
    assert len(curriculum.versions(manager.programme_id)) == 1


def test_each_programme_has_versions_of_its_own(make):
    other = make.programme()
    assert make.course().number == make.course(other).number == 1
    assert len(curriculum.versions(other.id)) == 1


def test_a_question_that_was_answered_cannot_be_changed(make):
    question = curriculum.quiz(make.unit("1.10").id)[0]
    question.text_en = "Another question?"
    with pytest.raises(Exception, match="only grows"):
        db.session.commit()
    db.session.rollback()


def test_words_are_recognised_without_capitals_and_accents(make):
    (question,) = [q for q in curriculum.quiz(make.unit("1.10").id) if q.kind == "short"]
    for said in ("Minimizzazione", "  MINIMIZZÀZIONE ", "minimisation"):
        assert questions.mark(question, [], said) == 100
    for said in ("", "minim", "transparency"):
        assert questions.mark(question, [], said) == 0


def test_wrong_choices_take_away_but_never_below_nought(make):
    (question,) = [q for q in curriculum.quiz(make.unit("1.10").id) if q.kind == "multiple"]
    right = [i for i, o in enumerate(question.answers) if o.weight > 0]
    wrong = [i for i, o in enumerate(question.answers) if o.weight < 0]
    marks = [questions.mark(question, c, "") for c in (right, right[:1], [*right, *wrong], wrong)]
    assert marks == [100, 50, 0, 0]
