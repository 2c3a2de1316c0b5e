"""What holds for every file: no foreign hosts, nothing unfinished, no module that is two topics."""

import re

import pytest

from tests import sources

# The words are put together here so that this file does not hold them itself.
HOSTS = re.compile(
    "|".join(
        ("py" r"pi\.org", "python" r"hosted\.org", "npm" r"js\.(org|com)", "deb\\.deb" r"ian\.org")
    )
)
MACHINE = re.compile("(?<![\\w.])(?:/" "work/[a-z]|/" "home/[a-z]|/" "Users/[a-z]|/" r"tmp/[a-z])")
UNFINISHED = re.compile(
    r"\bTO" r"DO\b|\bFIX" r"ME\b|\bX" r"XX\b|NotImplemented" r"Error|(?i:\bfor n" r"ow\b)|"
    r"(?i:(?<!:)\bplace" r"holder\b(?!=))|(?i:coming so" r"on)|(?i:\blor" r"em\b)"
)  # fmt: skip
KINDS = re.compile(
    r"(^|/)(utils?|helpers?|common|services?|managers?|mixins?|misc|constants|models)\.py$"
)
SKIPS = re.compile(
    r"pytest\.(mark\.)?(skip|skipif|xfail|importor" r"skip)|\bassert Tr" r"ue\b|"
    r"except Exception:\s*pass"
)  # fmt: skip
LONGEST = 400
TEXTS = [pytest.param(p, id=str(p.relative_to(sources.ROOT))) for p in sources.files()]


def text(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEXTS)
def test_a_file_is_clean(path):
    content = text(path)
    assert not HOSTS.findall(content), "the host of a registry"
    assert not MACHINE.findall(content), "a path of somebody's machine"
    if path.suffix in (".py", ".html", ".typ", ".txt") and "content" not in path.parts:
        assert not [m.group() for m in UNFINISHED.finditer(content)], "something unfinished"


@pytest.mark.parametrize("path", [p for p in TEXTS if str(p.values[0]).endswith(".py")])
def test_a_module_is_one_topic(path):
    name = str(path.relative_to(sources.ROOT))
    assert not KINDS.search(name), "a module is named after its topic, not after a kind of thing"
    if "migrations" not in path.parts:
        lines = len(text(path).splitlines())
        assert lines <= LONGEST, f"{lines} lines: two topics?"
    if path.name != "test_repository.py":
        assert not SKIPS.findall(text(path)), "a check that may not bite"


def test_every_topic_has_its_tests():
    """courses/plans.py -> tests/courses/test_plans.py, so that nobody has to search."""
    missing = []
    for path, _ in sources.modules():
        parts = path.split("/")
        if (
            len(parts) != 2
            or parts[0] == "lms"
            or parts[1] in NO_TOPIC
            or parts[1].endswith("policy.py")
        ):
            continue
        if not (sources.ROOT / "tests" / parts[0] / f"test_{parts[1]}").exists():
            missing.append(path)
    assert not missing


NO_TOPIC = {"__init__.py", "manifest.py", "personal_data.py", "record.py"}


def test_vendored_files_are_those_of_their_manifests():
    import hashlib
    import json

    for manifest in (
        sources.ROOT / "lms/static/vendor/vendor.json",
        sources.ROOT / "tests/vendor/vendor.json",
    ):
        named = {"vendor.json"}
        for package in json.loads(manifest.read_text()):
            assert package["name"]
            assert package["version"]
            assert package["licence"]
            for name, expected in package["sha256"].items():
                content = (manifest.parent / name).read_bytes()
                assert hashlib.sha256(content).hexdigest() == expected, name
                named.add(name)
        assert {p.name for p in manifest.parent.iterdir()} == named


def test_requirements_are_locked_by_hash_and_name_no_host():
    for name in ("run", "test", "dev"):
        lines = (sources.ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        packages = [line for line in lines if "==" in line]
        assert packages
        for line in packages:
            assert line.rstrip().endswith("\\"), f"{line} has no hash"
        assert not [line for line in lines if "://" in line or line.startswith("-")]


def test_every_picture_that_is_shown_is_there():
    for page in [sources.ROOT / "README.md", *(sources.ROOT / "docs").rglob("*.md")]:
        for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text()):
            assert (page.parent / name).is_file(), f"{page.name}: {name}"
