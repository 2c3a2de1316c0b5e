from courses import curriculum
from tests.making.curriculum import CONTENT


def test_check_says_what_is_in_a_folder(command):
    answer = command("curriculum", "check", str(CONTENT))
    assert answer.exit_code == 0
    assert "3 modules, 30 units, 6,300 minutes, 62 questions" in answer.output


def test_check_names_every_wrong_place(make, command, tmp_path):
    content = make.course_folder(tmp_path)
    (content / "1/1.3/en.md").unlink()
    unit = content / "1/1.1/it.md"
    unit.write_text(unit.read_text().replace("minutes: 210", "minutes: 200"))
    answer = command("curriculum", "check", str(content))
    assert answer.exit_code == 1
    assert "1/1.3/en.md: is missing" in answer.output
    assert "1/module.md: minutes is 2,520, but its units make 2,510" in answer.output
    assert "2 things are not right, so nothing was kept." in answer.output


def test_import_keeps_a_draft_once(make, command):
    programme = make.default_programme()
    first = command("curriculum", "import", str(CONTENT))
    assert (first.exit_code, "Version 1 is kept as a draft" in first.output) == (0, True)
    second = command("curriculum", "import", str(CONTENT), "--programme", programme.code)
    assert second.exit_code == 0
    assert "Nothing changed: version 1, draft, already says this." in second.output
    assert len(curriculum.versions(programme.id)) == 1


def test_import_keeps_nothing_of_a_wrong_folder(make, command, tmp_path):
    programme = make.default_programme()
    content = make.course_folder(tmp_path)
    (content / "course.md").unlink()
    assert command("curriculum", "import", str(content)).exit_code == 1
    assert curriculum.versions(programme.id) == []


def test_import_asks_which_programme(make, command):
    make.default_programme()
    make.programme()
    answer = command("curriculum", "import", str(CONTENT))
    assert answer.exit_code == 1
    assert "--programme" in answer.output
    assert command("curriculum", "import", str(CONTENT), "--programme", "NONE").exit_code == 1
