"""What people write is shown safely, and never costs more than it is worth."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms import text
from lms.errors import Refused

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,<script>alert(1)</script>)",
    "![x](https://elsewhere.example/pixel.png)", "<iframe src=//elsewhere.example>",
    "<a href=\"javascript:alert(1)\">x</a>", "<svg onload=alert(1)>", "<style>*{color:red}</style>",
    "<p style='background:url(//elsewhere.example)'>x</p>", "<form action=//elsewhere.example>",
    "[x]: javascript:alert(1)\n[x]", "<b onmouseover=alert(1)>x</b>", "<math><mtext><script>x",
    "`<script>`<script>alert(1)</script>", "<a href='//elsewhere.example'>x</a>",
    "<base href=//elsewhere.example>", "<object data=x>", "<details open ontoggle=alert(1)>",
)  # fmt: skip
BAD = re.compile(
    r"<(?!/?(p|br|hr|h[234]|ul|ol|li|strong|em|code|pre|dl|dt|dd|blockquote|table|thead|tbody|tr|th"
    r"|td|a|abbr|del|ins)\b)|\son\w+=|style=|javascript:|data:|src=",
    re.IGNORECASE,
)


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("render", [text.lesson, text.note])
def test_nothing_runs_and_nothing_is_fetched(source, render):
    html = str(render(source))
    assert not re.search(r"<(script|img|iframe|svg|style|form|base|object|math|details)", html)
    for tag in re.findall(r"<[^>]*>", html):
        assert not BAD.search(tag), tag
    assert not re.search(r'href="(?!https:|mailto:|tel:|/)', html)


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_safe(source):
    for tag in re.findall(r"<[^>]*>", str(text.note(source))):
        assert not BAD.search(tag), tag


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_plain_text_is_text(source):
    shown = str(text.plain(source))
    assert not re.sub(r"</?p>|<br>", "", shown).count("<")


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_normal_text_stays_as_it_is(source):
    once = text.normal(source)
    assert text.normal(once) == once
    assert "\x00" not in once
    assert "\r" not in once


@pytest.mark.parametrize(
    "source", ["[" * 20_000, "[a](" * 5_000, "*" * 20_000, "> " * 9_000, "`" * 20_000,
               "<" * 20_000, "- " * 9_000, "a_" * 9_000, "| " * 9_000, "\n" * 40_000,
               "&" * 20_000, "x" * 60_000]
)  # fmt: skip
def test_a_hostile_text_takes_no_time(source):
    began = time.perf_counter()
    with suppress(Refused):
        text.note(source)
    assert time.perf_counter() - began < 2


def test_markdown_reads_as_meant():
    html = str(
        text.lesson("## Title\n\nA *word* and [a link](https://example.org).\n\n- one\n- two")
    )
    assert "<h2>Title</h2>" in html
    assert "<em>word</em>" in html
    assert 'rel="noopener noreferrer"' in html
    assert html.count("<li>") == 2
