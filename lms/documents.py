"""Documents as PDF: Typst templates filled with data, as PDF/A-2a and PDF/UA-1."""

import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import segno
import typst

from lms import paths

_turn = threading.Lock()
"""A compiler is used by one thread at a time."""
STANDARDS = ["a-2a", "ua-1"]
NO_LETTER = "□"
"""Stands where none of our fonts has the letter."""
MOST_LETTERS = 50
_JOINERS = dict.fromkeys((0x200D, 0xFE0E, 0xFE0F))
"""They tie letters together; between boxes there is nothing to tie."""
_UNKNOWN = re.compile(r'(?:the text|the codepoint) `"(.+?)"`')


@cache
def _fonts() -> Any:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(paths.fonts())]
    )


@cache
def _compiler(template: str) -> Any:
    root = paths.templates() / "documents"
    return typst.Compiler(
        str(root / template),
        root=str(root),
        font_paths=_fonts(),
        package_path="/nonexistent",
        package_cache_path="/nonexistent",
    )


def pdf(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document as PDF; the same data give the same bytes.

    `template` is a file under templates/documents. Data enter as JSON, never as source. A letter
    that no font of ours has does not stop the document: a box stands in its place.
    """
    text = json.dumps(data, ensure_ascii=False)
    for _ in range(MOST_LETTERS):
        try:
            return _made(_compiler(template), text, at)
        except typst.TypstError as error:
            letter = _unknown(str(error))
            if letter in ("", NO_LETTER) or letter not in text:
                raise
            text = text.translate(_JOINERS).replace(letter, NO_LETTER)
    return _made(_compiler(template), text, at)


def prints(text: str) -> bool:
    """Whether our fonts have every letter of this text."""
    source = b'#set document(title: "x")\n#set text(font: "Source Sans 3")\n#sys.inputs.data'
    compiler = typst.Compiler(source, font_paths=_fonts())
    try:
        _made(compiler, text, datetime(2026, 1, 1, tzinfo=UTC))
    except typst.TypstError as error:
        if _unknown(str(error)):
            return False
        raise
    return True


def draws(picture: bytes) -> bool:
    """Whether a document can show this picture, which enters it as `picture` gives it."""
    source = (
        b'#set document(title: "x")\n'
        b'#image(bytes(json(bytes(sys.inputs.data))), width: 10mm, height: 10mm, alt: "x")'
    )
    try:
        _made(typst.Compiler(source), json.dumps(list(picture)), datetime(2026, 1, 1, tzinfo=UTC))
    except typst.TypstError:
        return False
    return True


def _made(compiler: Any, data: str, at: datetime) -> bytes:
    with _turn:
        made: bytes = compiler.compile(
            format="pdf",
            sys_inputs={"data": data},
            pdf_standards=STANDARDS,
            timestamp=at.replace(microsecond=0),
        )
    return made


def _unknown(error: str) -> str:
    """The letter that the compiler could not set, as JSON has it; empty for any other error."""
    found = _UNKNOWN.search(error)
    if found is None:
        return ""
    letter = re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: chr(int(m[1], 16)), found[1])
    return json.dumps(letter, ensure_ascii=False)[1:-1]


def qr(content: str, *, fills: bool = False) -> str:
    """A QR code as SVG, black on white; one that `fills` is as wide as the place it stands in."""
    made = segno.make(content, error="m")
    return str(made.svg_inline(scale=4, border=0 if fills else 2, dark="#000", omitsize=fills))
