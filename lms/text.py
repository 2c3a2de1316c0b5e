"""Text that people write, made safe to show: the only place that marks text as safe."""

import codecs
import re
import unicodedata
from functools import lru_cache
from html import escape as html_escape

import nh3
from markdown import Markdown
from markupsafe import Markup

from lms.errors import Refused
from lms.i18n import lazy

LONGEST_LESSON = 50_000
LONGEST_NOTE = 20_000
MOST_BRACKETS = 500
"""Python-Markdown takes quadratic time over hostile brackets: refused before it is called."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "dl", "dt",
    "dd", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "a", "abbr", "del", "ins",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "th": {"align"}, "td": {"align"}}


def normal(text: str) -> str:
    """One way of writing each letter (NFC), line ends as one sign, no control characters."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).strip()


def decoded(content: bytes) -> str | None:
    """The text of a file in whatever encoding programs write; None if it is no text at all."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif content[1:2] == b"\0":
        encodings = ["utf-16-le"]
    elif content[:1] == b"\0":
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            found = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(found):
            return found
    return None


@lru_cache(maxsize=128)
def lesson(source: str) -> Markup:
    """Markdown of a lesson as safe HTML. Kept for the next reader: lessons are about nobody."""
    return _render(source, LONGEST_LESSON)


def note(source: str) -> Markup:
    """Markdown of a note or a plan as safe HTML: the same, shorter, and without images."""
    return _render(source, LONGEST_NOTE)


def plain(source: str) -> Markup:
    """Plain text in paragraphs."""
    parts = [p for p in normal(source).split("\n\n") if p.strip()]
    return Markup("".join(f"<p>{html_escape(p).replace(chr(10), '<br>')}</p>" for p in parts))  # noqa: S704 - escaped above


def svg(source: str) -> Markup:
    """A drawing that the program itself has made."""
    return Markup(source)  # noqa: S704 - never made of what people type


def _render(source: str, longest: int) -> Markup:
    source = normal(source)
    if len(source) > longest or source.count("[") > MOST_BRACKETS or source.count("<") > 500:
        raise Refused(lazy("This text is too long or too knotted to show."))
    html = Markdown(
        extensions=["sane_lists", "abbr", "def_list", "tables"],
        extension_configs={"tables": {"use_align_attribute": True}},
    ).convert(source)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https", "mailto", "tel"},
        clean_content_tags={"script", "style"},
        link_rel="noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704 - cleaned by an allow-list just above
