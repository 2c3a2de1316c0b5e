"""Documents as PDF: Typst templates filled with data, as PDF/A-2a and PDF/UA-1."""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import segno
import typst

from lms import paths

_turn = threading.Lock()
"""A compiler is used by one thread at a time."""


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

    `template` is a file under templates/documents. Data enter as JSON, never as source.
    """
    with _turn:
        made: bytes = _compiler(template).compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=at.replace(microsecond=0),
        )
    return made


def qr(content: str, *, fills: bool = False) -> str:
    """A QR code as SVG, black on white; one that `fills` is as wide as the place it stands in."""
    made = segno.make(content, error="m")
    return str(made.svg_inline(scale=4, border=0 if fills else 2, dark="#000", omitsize=fills))
