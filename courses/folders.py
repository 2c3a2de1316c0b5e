"""A course as a folder: course.md, a folder for each module, in it a folder for each unit.

    course.md                      code, title_it, title_en, minutes
    1/module.md                    number, title_it, title_en, minutes
    1/1.10/it.md  en.md            the lesson, with its facts between two lines of ---
    1/1.10/quiz.it.gift  .en.gift  its quiz, in both languages, question by question

Reading it finds everything that is not right at once, and says where.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from courses import gift, questions
from courses.questions import Draft
from lms import text
from lms.errors import Refused
from lms.flow import Word, say
from lms.i18n import lazy

COURSE_MINUTES = 6_300
"""The 105 hours that the programme certifies."""
GATES = ("casework",)
LANGUAGES = ("it", "en")


class Mode(StrEnum):
    """How a unit is held."""

    CLASSROOM = "classroom"
    WORKSHOP = "workshop"
    PROJECT_WORK = "project_work"
    LIVE_ONLINE = "live_online"
    SELF_PACED = "self_paced"


say(
    {
        Mode.CLASSROOM: Word(lazy("in the classroom"), "", "people"),
        Mode.WORKSHOP: Word(lazy("workshop"), "", "idea"),
        Mode.PROJECT_WORK: Word(lazy("project work"), "", "doc"),
        Mode.LIVE_ONLINE: Word(lazy("live online"), "", "net"),
        Mode.SELF_PACED: Word(lazy("at one’s own pace"), "", "late"),
    }
)


@dataclass(frozen=True)
class Fault:
    """One thing that is not right, and where."""

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


class WrongFolder(Refused):
    """The folder is not a course that could be taught; every fault is in it."""

    status = 422

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class UnitFolder:
    facts: dict[str, Any]
    questions: list[tuple[Draft, Draft]]


@dataclass(frozen=True)
class ModuleFolder:
    facts: dict[str, Any]
    units: list[UnitFolder]


@dataclass(frozen=True)
class Course:
    facts: dict[str, Any]
    modules: list[ModuleFolder]
    digest: bytes


# Reading


def read(path: Path) -> Course:
    """The course in this folder. Raises WrongFolder."""
    reader = _Reader(path)
    course = reader.course()
    if reader.faults:
        raise WrongFolder(reader.faults)
    return course


def _number(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and 0 < int(said) < 1_000_000):
        raise ValueError("is not a whole number")
    return int(said)


def _line(said: str) -> str:
    if not 0 < len(said) <= 200:
        raise ValueError("has to have from 1 to 200 signs")
    return said


def _mode(said: str) -> Mode:
    if said not in list(Mode):
        raise ValueError(f"is not one of {', '.join(Mode)}")
    return Mode(said)


def _gate(said: str) -> str:
    if said not in GATES:
        raise ValueError(f"is not one of {', '.join(GATES)}")
    return said


Reading = Callable[[str], Any]
COURSE: dict[str, Reading] = {
    "code": _line, "title_it": _line, "title_en": _line, "minutes": _number,
}  # fmt: skip
MODULE: dict[str, Reading] = {
    "number": _number, "title_it": _line, "title_en": _line, "minutes": _number,
}  # fmt: skip
LESSON: dict[str, Reading] = {"title": _line, "outcomes": str, "assessment": str}
UNIT: dict[str, Reading] = {
    **LESSON, "code": _line, "minutes": _number, "mode": _mode, "position": _number,
}  # fmt: skip
OPTIONAL: dict[str, Reading] = {"pass_percent": _number, "attempts": _number, "gate": _gate}


class _Reader:
    """One reading of a folder, which goes on after a fault to find the others."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.digest = hashlib.sha256()
        self.names: dict[str, str] = {}

    def wrong(self, where: str, why: str) -> None:
        self.faults.append(Fault(where, why))

    def file(self, where: str) -> str:
        """The text of a file; an empty one where it cannot be read."""
        try:
            found = text.normal((self.root / where).read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            self.wrong(where, "is missing")
        except UnicodeDecodeError:
            self.wrong(where, "is not UTF-8 text")
        except OSError as error:
            self.wrong(where, f"cannot be read: {error.strerror}")
        else:
            self.digest.update(f"{where}\0{len(found)}\0{found}".encode())
            return found
        return ""

    def matter(
        self, where: str, needed: dict[str, Reading], optional: dict[str, Reading] | None = None
    ) -> tuple[dict[str, Any], str]:
        """The facts at the head of a file, and the text that follows them."""
        source = self.file(where)
        if not source:
            return {}, ""
        head, closed, body = source.removeprefix("---\n").partition("\n---")
        if not source.startswith("---\n") or not closed:
            self.wrong(where, "does not begin with facts between two lines of ---")
            return {}, ""
        known = {**needed, **(optional or {})}
        facts: dict[str, Any] = {}
        for number, key, said in self._facts(where, head):
            if key not in known:
                self.wrong(f"{where}:{number}", f"{key} is not a fact of this file")
            elif key in facts:
                self.wrong(f"{where}:{number}", f"{key} is there twice")
            else:
                try:
                    facts[key] = known[key](said)
                except ValueError as error:
                    self.wrong(f"{where}:{number}", f"{key} {error}")
                    facts[key] = None
        for key in needed:
            if facts.get(key, "") == "":
                self.wrong(where, f"{key} is missing")
        return {k: v for k, v in facts.items() if v not in (None, "")}, body.strip()

    def _facts(self, where: str, head: str) -> Iterator[tuple[int, str, str]]:
        """Line, key and value: `key: value`, or `key:` and lines that begin with -."""
        start, key, said = 0, "", ""
        for number, line in enumerate(head.splitlines(), 2):
            if line.startswith("- ") and key:
                said = f"{said}\n{line[2:].strip()}".strip()
            elif ":" in line and not line.startswith((" ", "-")):
                if key:
                    yield start, key, said
                key, _, said = (part.strip() for part in line.partition(":"))
                start = number
            elif line.strip():
                self.wrong(f"{where}:{number}", "is neither a fact nor a line of a list")
        if key:
            yield start, key, said

    # The levels

    def course(self) -> Course:
        if not self.root.is_dir():
            self.wrong(str(self.root), "is not a folder")
            return Course({}, [], b"")
        facts, _ = self.matter("course.md", COURSE)
        folders = self._folders("", {"course.md"})
        modules = [self.module(name) for name in folders]
        if not modules:
            self.wrong(str(self.root), "has no modules")
        self._in_order("", [m.facts.get("number") for m in modules], "number", folders)
        self._sum("course.md", facts, [m.facts for m in modules], "modules")
        if facts.get("minutes", COURSE_MINUTES) != COURSE_MINUTES:
            self.wrong("course.md", f"a course has {COURSE_MINUTES:,} minutes, 105 hours")
        return Course(facts, modules, self.digest.digest())

    def module(self, name: str) -> ModuleFolder:
        where = f"{name}/module.md"
        facts, _ = self.matter(where, MODULE)
        if str(facts.get("number", name)) != name:
            self.wrong(where, f"number is not {name}, the name of its folder")
        folders = self._folders(f"{name}/", {"module.md"})
        units = [self.unit(name, unit) for unit in folders]
        if not units:
            self.wrong(name, "has no units")
        self._in_order(f"{name}/", [u.facts.get("position") for u in units], "position", folders)
        self._sum(where, facts, [u.facts for u in units], "units")
        return ModuleFolder(facts, units)

    def unit(self, module: str, name: str) -> UnitFolder:
        folder = f"{module}/{name}"
        it, body_it = self.matter(f"{folder}/it.md", UNIT, OPTIONAL)
        en, body_en = self.matter(f"{folder}/en.md", LESSON)
        if it.get("code", name) != name:
            self.wrong(f"{folder}/it.md", f"code is not {name}, the name of its folder")
        if not name.startswith(f"{module}."):
            self.wrong(folder, f"a unit of module {module} is called {module}.1, {module}.2 ...")
        if it and en and _count(it) != _count(en):
            self.wrong(f"{folder}/en.md", "has not as many outcomes as it.md")
        for tongue, facts, body in (("it", it, body_it), ("en", en, body_en)):
            self._lesson(f"{folder}/{tongue}.md", facts, body)
        asked = self.quiz(folder, it)
        facts = {key: it[key] for key in (*UNIT, *OPTIONAL) if key in it and key not in LESSON}
        for tongue, said, body in (("it", it, body_it), ("en", en, body_en)):
            facts |= {f"{key}_{tongue}": said.get(key, "") for key in LESSON}
            facts[f"body_{tongue}"] = body
        known = {"it.md", "en.md", "quiz.it.gift", "quiz.en.gift"}
        self._folders(f"{folder}/", known, folders=False)
        return UnitFolder(facts, asked)

    def quiz(self, folder: str, it: dict[str, Any]) -> list[tuple[Draft, Draft]]:
        """The questions of a unit, paired by their names."""
        files = [f"{folder}/quiz.{tongue}.gift" for tongue in LANGUAGES]
        there = [(self.root / file).exists() for file in files]
        lesson = f"{folder}/it.md"
        if not any(there):
            for key in OPTIONAL.keys() & it.keys():
                self.wrong(lesson, f"{key} is given, but there is no quiz")
            return []
        for key in ("pass_percent", "attempts"):
            if key not in it:
                self.wrong(lesson, f"there is a quiz, but {key} is missing")
        if it.get("pass_percent", 1) > 100:
            self.wrong(lesson, "pass_percent is more than 100")
        first, second = (self._questions(file) for file in files)
        return self._paired(folder, first, second)

    def _questions(self, where: str) -> dict[str, Draft]:
        found, faults = gift.read(self.file(where))
        for fault in faults:
            self.wrong(f"{where}:{fault.line}", fault.why)
        if not found and not faults and (self.root / where).exists():
            self.wrong(where, "has no questions")
        for draft in found:
            other = self.names.setdefault(f"{where[-7:]} {draft.name}", where)
            if other != where:
                self.wrong(f"{where}:{draft.line}", f"the name {draft.name} is used in {other} too")
        return {draft.name: draft for draft in found}

    def _paired(
        self, folder: str, first: dict[str, Draft], second: dict[str, Draft]
    ) -> list[tuple[Draft, Draft]]:
        for tongue, those, others in (("it", first, second), ("en", second, first)):
            for name in those.keys() - others.keys():
                where = f"{folder}/quiz.{tongue}.gift:{those[name].line}"
                self.wrong(where, f"{name} has no question of this name in the other language")
        pairs = [(first[name], second[name]) for name in first if name in second]
        for it, en in pairs:
            for why in questions.faults(it, en):
                self.wrong(f"{folder}/quiz.en.gift:{en.line}", why)
        return pairs

    # What holds at every level

    def _lesson(self, where: str, facts: dict[str, Any], body: str) -> None:
        if facts and not body:
            self.wrong(where, "has no lesson below its facts")
        try:
            text.lesson(body)
        except Refused:
            self.wrong(where, "the lesson is too long or too knotted to show")

    def _folders(self, under: str, known: set[str], *, folders: bool = True) -> list[str]:
        """The folders under one, in the order of their numbers; what else lies there is wrong."""
        found = []
        for entry in sorted((self.root / under).iterdir()):
            if entry.name.startswith(".") or entry.name in known:
                continue
            if entry.is_dir() and folders:
                found.append(entry.name)
            else:
                self.wrong(f"{under}{entry.name}", "is not part of a course")
        return sorted(found, key=_natural)

    def _in_order(self, under: str, numbers: list[Any], key: str, names: list[str]) -> None:
        """One, two, three ... without gaps and without doubles."""
        known = [n for n in numbers if n is not None]
        for name, number in zip(names, numbers, strict=True):
            if number is not None and known.count(number) > 1:
                self.wrong(f"{under}{name}", f"{key} {number} is there twice")
        gaps = sorted(set(range(1, len(numbers) + 1)) - set(known))
        if gaps and len(known) == len(numbers) == len(set(known)):
            self.wrong(under or str(self.root), f"{key} {gaps[0]} is missing")

    def _sum(
        self, where: str, facts: dict[str, Any], parts: list[dict[str, Any]], what: str
    ) -> None:
        """The minutes of the parts are those of the whole."""
        minutes = [int(part["minutes"]) for part in parts if "minutes" in part]
        if "minutes" not in facts or not minutes or len(minutes) < len(parts):
            return
        total = sum(minutes)
        if total != facts["minutes"]:
            said = f"minutes is {facts['minutes']:,}, but its {what} make {total:,}"
            self.wrong(where, said)


def _count(facts: dict[str, Any]) -> int:
    return len(facts.get("outcomes", "").splitlines())


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """1.2 comes before 1.10."""
    return tuple((0, int(p)) if p.isdecimal() else (1, p) for p in name.split("."))
