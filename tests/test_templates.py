"""Templates: each compiles, is used, imports only what it uses, and keeps to the strict policy."""

import re
from functools import cache

import pytest
from jinja2 import meta

from lms import paths
from tests import sources

FOLDER = paths.templates()
PAGES = sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.html"))
MAILS = sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.txt"))
INLINE = re.compile(r'<(script|style)>|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+="|\sstyle="', re.I)
IMPORT = re.compile(r'{%-?\s*from\s+"[^"]+"\s+import\s+([^%]+?)\s*-?%}')
MODULE = re.compile(r'{%-?\s*import\s+"[^"]+"\s+as\s+(\w+)')
SAFE: dict[str, str] = {}
"""Template -> why it marks something as safe. Text becomes safe in lms.text, nowhere else."""


@cache
def source(name):
    return (FOLDER / name).read_text()


@pytest.mark.parametrize("name", PAGES + MAILS)
def test_it_compiles(app, name):
    app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline(name):
    assert not INLINE.findall(source(name))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_comes_from_another_host(name):
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', source(name))


@pytest.mark.parametrize("name", PAGES + MAILS)
def test_nothing_is_marked_safe(name):
    found = re.findall(r"\|\s*safe\b|autoescape false", source(name))
    assert bool(found) == (name in SAFE), found


@pytest.mark.parametrize("name", PAGES)
def test_what_is_imported_is_used(name):
    text = source(name)
    names = [n.split(" as ")[-1].strip() for s in IMPORT.findall(text) for n in s.split(",")]
    for imported in names + MODULE.findall(text):
        imported = imported.removesuffix(" with context").strip()
        assert len(re.findall(rf"\b{imported}\b", text)) > 1, f"{imported} is not used"


@pytest.mark.parametrize("name", [p for p in PAGES if p.split("/")[0] in sources.PACKAGES])
def test_a_page_stands_on_a_layout(name):
    text = source(name)
    whole = 'extends "' in text
    part = name.rsplit("/", 1)[-1].startswith("_")
    assert whole != part, "a page extends a layout; a part of one is named with an underscore"


@pytest.mark.parametrize("name", [p for p in PAGES if 'data-label="' in source(p)])
def test_a_card_on_the_phone_says_what_the_heading_of_the_table_says(name):
    """A cell with a label stands under a column of that name, in the same page."""
    labels = set(re.findall(r"""data-label="{{ _\('([^']+)'\) }}\"""", source(name)))
    columns = set(re.findall(r"""(?:\(|scope="col"[^>]*>{{ )_\("([^"]+)"\)""", source(name)))
    assert labels <= columns
    assert labels or "columns[" in source(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_table_becomes_cards_on_the_phone_or_is_a_grid(name):
    kinds = re.findall(r"""call table\(.*?kind="([^"]*)"\)""", source(name))
    assert set(kinds) <= {"lines cards", "grid"}, kinds


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_state_says_what_comes_next(name):
    alone = re.findall(r"""\bempty\(_\("[^"]*"\)\)""", source(name))
    assert not alone, f"only that nothing is here: {alone}"


def test_every_template_is_used(app):
    used = set(re.findall(r'"([\w/]+\.(?:html|txt|typ))"', sources.python()))
    for name in PAGES + MAILS:
        tree = app.jinja_env.parse(source(name))
        used |= {found for found in meta.find_referenced_templates(tree) if found}
    left = [name for name in PAGES + MAILS if name not in used]
    assert [name for name in left if not _named_in_part(name)] == []


def _named_in_part(name):
    """Some are asked for by their last word: _page("sign_in"), mail.send(..., "lms/password")."""
    stem = name.removeprefix("mail/").rsplit(".", 1)[0]
    package = stem.split("/")[0]
    last = stem.rsplit("/", 1)[-1]
    return package in sources.PACKAGES and (
        f'"{stem}"' in sources.python() or f'"{last}"' in sources.python(package)
    )


def test_every_template_that_is_asked_for_is_there():
    asked = set(re.findall(r'render_template\(\s*"([^"]+)"', sources.python()))
    assert {name for name in asked if not (FOLDER / name).exists()} == set()


@pytest.mark.parametrize("name", [p for p in PAGES if "{% block head %}" in source(p)])
def test_what_a_page_adds_to_its_head_stands_beside_the_scripts(name):
    if 'extends "layout/base.html"' in source(name):
        assert "{{ super() }}" in source(name).partition("{% block head %}")[2].split("endblock")[0]


def test_text_becomes_safe_in_one_place():
    for path, text in sources.modules():
        if path != "lms/text.py":
            assert not re.search(r"\bMarkup\(", text), path
