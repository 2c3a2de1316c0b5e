"""Questions in GIFT, the plain text that teachers write quizzes in.

    ::name::Question? { =right#why ~wrong#why ~%50%half }

One right answer, several with weights, true or false, or words to write. What Moodle's GIFT has
beyond these (matching, numbers, essays, missing words, HTML) is refused, with the line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from courses.questions import WHOLE, Draft, QuestionKind, Written

ESCAPED = "~=#{}:\\"
_HIDE = {sign: chr(0xE000 + ord(sign)) for sign in ESCAPED}
_SHOW = {ord(hidden): sign for sign, hidden in _HIDE.items()} | {0xE000 + ord("n"): "\n"}
_TRUE_FALSE = re.compile(r"(TRUE|T|FALSE|F)\s*(#[^#]*)?(#[^#]*)?", re.DOTALL)
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d{1,5})?)%")
_FORMAT = re.compile(r"\[(\w+)\]")
FORMATS = {"moodle", "markdown", "plain"}
ROUNDING = 10
"""How far weights such as three times 33.33 may be from the whole."""


@dataclass(frozen=True)
class Fault(Exception):
    """One thing in the text that cannot be read."""

    line: int
    why: str


def read(source: str) -> tuple[list[Draft], list[Fault]]:
    """The questions of a text, and everything in it that cannot be read."""
    found: list[Draft] = []
    faults: list[Fault] = []
    names: dict[str, int] = {}
    for line, block in _blocks(source):
        try:
            question = _question(line, block)
            if question.name in names:
                raise Fault(
                    line, f"the name {question.name} is already used on line {names[question.name]}"
                )
        except Fault as fault:
            faults.append(fault)
        else:
            names[question.name] = line
            found.append(question)
    return found, faults


def _blocks(source: str) -> Iterator[tuple[int, str]]:
    """What stands between empty lines, with the number of its first line; comments are left out."""
    start, lines = 0, [""]
    for number, line in enumerate([*source.splitlines(), ""], 1):
        if line.strip().startswith(("//", "$CATEGORY:")):
            line = "" if start == 0 else "//"
        if line.strip():
            if start == 0:
                start, lines = number, []
            lines.append("" if line == "//" else line)
        elif start:
            yield start, "\n".join(lines)
            start = 0


def _question(line: int, block: str) -> Draft:
    block = _hidden(line, block)
    named = re.match(r"\s*::(.+?)::", block, re.DOTALL)
    if named is None:
        raise Fault(line, "a question begins with ::its name::")
    text, opened, rest = block[named.end() :].partition("{")
    if not opened:
        raise Fault(line, "there are no answers in { }")
    inside, closed, after = rest.partition("}")
    first = line + block[: len(block) - len(rest)].count("\n")
    if not closed:
        raise Fault(first, "the answers are not closed with }")
    if "{" in inside:
        raise Fault(first, "there is a { inside the answers: write \\{ for the sign itself")
    if after.strip():
        raise Fault(first, "there is text after the answers")
    inside, _, general = inside.partition("####")
    kind, options = _answers(first, inside)
    name = _shown(named[1])
    if len(name) > 120:
        raise Fault(line, "the name is longer than 120 signs")
    asked = _shown(_unformatted(line, text))
    if not asked:
        raise Fault(line, "there is no question before the answers")
    return Draft(name, kind, asked, options, _shown(general), line)


def _answers(line: int, inside: str) -> tuple[QuestionKind, tuple[Written, ...]]:
    said = inside.strip()
    if not said:
        raise Fault(line, "there are no answers: essays are not read")
    if said.startswith("#"):
        raise Fault(line, "numerical answers are not read")
    if truth := _TRUE_FALSE.fullmatch(said):
        return QuestionKind.TRUE_FALSE, _true_false(truth)
    if said[0] not in "=~":
        raise Fault(line, "an answer begins with = or ~")
    signs, options = [], []
    for part in re.finditer(r"([=~])([^=~]*)", inside):
        at = line + inside[: part.start()].count("\n")
        signs.append(part[1])
        options.append(_option(at, part[1], part[2]))
    kind = _kind(signs, options)
    _check(line, kind, signs, options)
    return kind, tuple(options)


def _true_false(found: re.Match[str]) -> tuple[Written, ...]:
    """The first comment is for who was wrong, the second for who was right."""
    is_true = found[1].startswith("T")
    wrong, right = (_shown((part or "")[1:]) for part in (found[2], found[3]))
    return (
        Written("true", WHOLE if is_true else 0, right if is_true else wrong),
        Written("false", 0 if is_true else WHOLE, wrong if is_true else right),
    )


def _option(line: int, sign: str, written: str) -> Written:
    written = written.strip()
    weight = WHOLE if sign == "=" else 0
    if said := _WEIGHT.match(written):
        weight = round(Decimal(said[1]) * (WHOLE // 100))
        written = written[said.end() :]
    elif written.startswith("%"):
        raise Fault(line, "a weight is written %50%")
    if not -WHOLE <= weight <= WHOLE:
        raise Fault(line, "a weight lies between -100 and 100")
    text, _, feedback = written.partition("#")
    if "#" in feedback:
        raise Fault(line, "an answer has one comment: write \\# for the sign itself")
    if "->" in text:
        raise Fault(line, "matching questions are not read")
    if not _shown(text):
        raise Fault(line, "an answer is empty")
    return Written(_shown(_unformatted(line, text)), weight, _shown(feedback))


def _kind(signs: list[str], options: list[Written]) -> QuestionKind:
    if set(signs) == {"="}:
        return QuestionKind.SHORT
    return QuestionKind.SINGLE if "=" in signs else QuestionKind.MULTIPLE


def _check(line: int, kind: QuestionKind, signs: list[str], options: list[Written]) -> None:
    weights = [option.weight for option in options]
    if len({option.text for option in options}) < len(options):
        raise Fault(line, "two answers are the same")
    if kind == QuestionKind.SHORT:
        if max(weights) != WHOLE:
            raise Fault(line, "no answer is worth 100%")
    elif len(options) < 2:
        raise Fault(line, "there is only one answer to choose from")
    elif kind == QuestionKind.SINGLE and (signs.count("=") > 1 or max(weights) < WHOLE):
        raise Fault(line, "one answer, and only one, is right: it begins with =")
    elif kind == QuestionKind.MULTIPLE:
        right = sum(weight for weight in weights if weight > 0)
        if abs(right - WHOLE) > ROUNDING:
            raise Fault(line, "no answer begins with =, and the weights of ~ do not make 100%")


# Signs


def _hidden(line: int, block: str) -> str:
    """Escaped signs as private letters, so that what is left means something."""
    parts = []
    signs = iter(range(len(block)))
    for at in signs:
        if block[at] != "\\":
            parts.append(block[at])
            continue
        after = block[at + 1 : at + 2]
        if after not in {*ESCAPED, "n"}:
            raise Fault(
                line + block[:at].count("\n"), f"\\{after} means nothing: write \\\\ for a \\"
            )
        parts.append(chr(0xE000 + ord(after)))
        next(signs)
    return "".join(parts)


def _shown(written: str) -> str:
    """Spaces and line ends are one space; escaped signs are signs again."""
    lines = " ".join(written.split()).translate(_SHOW)
    return lines.strip()


def _unformatted(line: int, written: str) -> str:
    written = written.strip()
    if said := _FORMAT.match(written):
        if said[1] not in FORMATS:
            raise Fault(line, f"text in [{said[1]}] is not read")
        return written[said.end() :]
    return written
