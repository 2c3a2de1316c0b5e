import pytest

from courses import folders
from courses.folders import WrongFolder
from lms import paths


@pytest.fixture
def content(make, tmp_path):
    return make.course_folder(tmp_path)


def faults(content):
    with pytest.raises(WrongFolder) as refused:
        folders.read(content)
    return [str(fault) for fault in refused.value.faults]


def change(path, old, new):
    source = path.read_text()
    assert old in source
    path.write_text(source.replace(old, new, 1))


def test_the_course_is_set_in_the_signs_of_print():
    """Apostrophes and quotes as in print; minutes with their own sign."""
    files = [p for p in paths.content().rglob("*") if p.suffix in (".md", ".gift")]
    assert len(files) > 60
    straight = {p.name: line for p in files for line in p.read_text().splitlines()
                if "'" in line or '"' in line}  # fmt: skip
    assert straight == {}


def test_the_course_that_is_delivered_holds(content):
    course = folders.read(content)
    assert course.facts["minutes"] == 6300
    assert [len(module.units) for module in course.modules] == [12, 10, 8]
    assert {u.facts["code"] for m in course.modules for u in m.units if u.questions} == {
        "1.2", "1.10", "2.3", "3.1",
    }  # fmt: skip


def test_one_minute_less_is_refused_where_it_is(content):
    change(content / "1/1.1/it.md", "minutes: 210", "minutes: 209")
    assert faults(content) == ["1/module.md: minutes is 2,520, but its units make 2,519"]


def test_modules_that_do_not_make_the_course(content):
    change(content / "2/module.md", "minutes: 2100", "minutes: 2000")
    assert faults(content) == [
        "2/module.md: minutes is 2,000, but its units make 2,100",
        "course.md: minutes is 6,300, but its modules make 6,200",
    ]


def test_a_course_has_105_hours(content):
    change(content / "course.md", "6300", "6000")
    assert faults(content) == [
        "course.md: minutes is 6,000, but its modules make 6,300",
        "course.md: a course has 6,300 minutes, 105 hours",
    ]


@pytest.mark.parametrize(
    "name", ["course.md", "2/module.md", "1/1.3/it.md", "1/1.3/en.md", "1/1.2/quiz.en.gift"]
)
def test_a_missing_file_is_named(content, name):
    (content / name).unlink()
    assert f"{name}: is missing" in faults(content)


SPOILED = {
    ("1/1.1/it.md", "mode: classroom", "mode: by post"): "1/1.1/it.md:4: mode is not one of",
    ("1/1.1/it.md", "minutes: 210", "minutes: many"): "1/1.1/it.md:3: minutes is not a whole",
    ("1/1.1/it.md", "minutes: 210", "minutes: -210"): "1/1.1/it.md:3: minutes is not a whole",
    ("1/1.1/it.md", "code: 1.1", "code: 1.7"): "1/1.1/it.md: code is not 1.1",
    ("1/1.1/it.md", "code: 1.1", "code: 1.1\ncode: 1.1"): "1/1.1/it.md:3: code is there twice",
    ("1/1.1/it.md", "code: 1.1", "colour: red\ncode: 1.1"): "colour is not a fact of this file",
    ("1/1.1/it.md", "mode: classroom\n", ""): "1/1.1/it.md: mode is missing",
    ("1/1.2/it.md", "position: 2", "position: 1"): "1/1.1: position 1 is there twice",
    ("1/1.1/en.md", "- Describe", "  Describe"): "1/1.1/en.md:6: is neither a fact nor a line",
    ("1/1.1/it.md", "---\n", ""): "1/1.1/it.md: does not begin with facts",
    ("1/1.10/it.md", "gate: casework", "gate: heaven"): "gate is not one of casework",
    ("1/1.10/it.md", "attempts: 3\n", ""): "there is a quiz, but attempts is missing",
    ("1/1.10/it.md", "pass_percent: 80", "pass_percent: 180"): "pass_percent is more than 100",
    ("1/1.1/it.md", "mode: classroom", "mode: classroom\nattempts: 3"): "there is no quiz",
    ("1/module.md", "number: 1", "number: 3"): "1/module.md: number is not 1",
    (
        "1/1.10/quiz.it.gift",
        "::1.10-q01::",
        "::1.10-q99::",
    ): "no question of this name in the other",
    ("1/1.10/quiz.it.gift", "::1.10-q02::", "::1.10-q01::"): "1.10-q01 is already used on line 1",
    ("1/1.10/quiz.it.gift", "::1.10-q01::", "::1.2-q01::"): "1.2-q01 is used in 1/1.2/quiz.it.gift",
    ("1/1.10/quiz.it.gift", "::1.10-q01::", "1.10-q01"): "1/1.10/quiz.it.gift:1: a question begins",
    ("1/1.10/quiz.en.gift", "\t~%50%", "\t~%40%"): "do not make 100%",
    ("1/1.10/quiz.en.gift", "{TRUE", "{FALSE"): "is not worth the same in the two languages",
}


@pytest.mark.parametrize(("change_", "why"), SPOILED.items(), ids=SPOILED.values())
def test_a_spoiled_folder_is_refused_with_place_and_reason(content, change_, why):
    name, old, new = change_
    change(content / name, old, new)
    assert any(why in fault for fault in faults(content)), faults(content)


def test_everything_is_said_at_once(content):
    (content / "1/1.3/en.md").unlink()
    change(content / "1/1.1/it.md", "mode: classroom", "mode: by post")
    change(content / "3/3.1/quiz.it.gift", "{", "")
    (content / "2/2.1/notes.txt").write_text("mine")
    found = faults(content)
    assert any(f.startswith("1/1.1/it.md:4: mode") for f in found)
    assert "1/1.3/en.md: is missing" in found
    assert "2/2.1/notes.txt: is not part of a course" in found
    assert any(f.startswith("3/3.1/quiz.it.gift:1: ") for f in found)


def test_not_text_and_not_a_folder(content, tmp_path):
    (content / "1/1.1/it.md").write_bytes(b"---\n\xff\xfe")
    assert "1/1.1/it.md: is not UTF-8 text" in faults(content)
    assert faults(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: is not a folder"]


def test_an_empty_folder_has_no_modules(tmp_path):
    assert f"{tmp_path}: has no modules" in faults(tmp_path)


def test_a_lesson_too_knotted_to_show_is_refused(content):
    with (content / "1/1.1/it.md").open("a") as file:
        file.write("[" * 600)
    assert "1/1.1/it.md: the lesson is too long or too knotted to show" in faults(content)
