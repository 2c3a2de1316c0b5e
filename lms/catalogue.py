"""The catalogue of words: taken from the sources, kept by package, complete or the tests fail."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from lms import paths

PACKAGES = ("lms", "courses", "mentoring", "casework")
METHODS = [
    ("lms/static/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**.txt", "jinja2"),
]
OPTIONS = {"jinja2": {}, "**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy": None,
    "ngettext": (1, 2),
    "nlazy": (1, 2),
}


def source_of(package: str) -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """File, line and message of every word in a package and its templates."""
    root = paths.HERE.parent
    folders = [root / package, paths.templates() / package]
    folders += [paths.templates() / kind / package for kind in ("mail", "documents")]
    if package == "lms":
        folders += [paths.templates() / "layout", paths.templates() / "macros"]
    for folder in folders:
        if not folder.is_dir():
            continue
        found = extract_from_dir(
            str(folder), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS
        )
        for file, line, message, _, _ in found:
            yield str((folder / file).relative_to(root)), line, message


def template(package: str) -> Catalog:
    """All the words of a package, without translations."""
    words = Catalog(project="Affianca", fuzzy=False)
    for file, line, message in sorted(source_of(package), key=str):
        words.add(message, locations=[(file, line)])
    return words


def file_of(package: str, language: str = "it") -> Path:
    return paths.translations() / language / f"{package}.po"


def read(package: str, language: str = "it") -> Catalog:
    path = file_of(package, language)
    if not path.exists():
        return Catalog(locale=language, project="Affianca", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(catalogue: Catalog, package: str, language: str = "it") -> None:
    """One order, no line numbers and no dates, so that a change shows only what changed."""
    path = file_of(package, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file, catalogue, width=100, no_location=True, omit_header=True, sort_output=True,
            ignore_obsolete=True,
        )  # fmt: skip


def untranslated(catalogue: Catalog) -> list[str]:
    """Messages without words, marked as doubtful, or whose values are not those of the source."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id
        and (
            message.fuzzy
            or not message.string
            or (isinstance(message.string, tuple) and not all(message.string))
            or any(True for _ in message.check(catalogue))
        )
    ]


def update() -> Iterator[str]:
    """Bring the Italian catalogue of each package up to date, keeping every translation."""
    for package in PACKAGES:
        catalogue = read(package)
        catalogue.update(template(package), no_fuzzy_matching=True)
        write(catalogue, package)
        missing = untranslated(catalogue)
        yield f"{package}: {len(list(catalogue)) - 1} messages, {len(missing)} to translate"
        yield from (f"  {message}" for message in missing)
