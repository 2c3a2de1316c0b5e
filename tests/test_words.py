"""Italian and English complete: every sentence of the sources has its words."""

import re
from collections import defaultdict
from string import Formatter

import pytest

from lms import catalogue, flow, i18n
from lms.app import PACKAGES

VALUE = re.compile(r"%\((\w+)\)[sd]")


def _singular(message):
    return message.id if isinstance(message.id, str) else message.id[0]


@pytest.mark.parametrize("package", catalogue.PACKAGES)
def test_every_sentence_has_its_italian(package):
    words = catalogue.read(package)
    words.update(catalogue.template(package), no_fuzzy_matching=True)
    assert catalogue.untranslated(words) == [], "lms words tells what is missing"


@pytest.mark.parametrize("package", catalogue.PACKAGES)
def test_the_catalogue_holds_nothing_that_nobody_says(package):
    said = {_singular(m) for m in catalogue.template(package) if m.id}
    kept = {_singular(m) for m in catalogue.read(package) if m.id}
    assert kept <= said, f"lms words takes them out: {sorted(kept - said)[:5]}"


@pytest.mark.parametrize("package", catalogue.PACKAGES)
def test_values_are_the_same_in_both_languages(package):
    for message in catalogue.read(package):
        if not message.id:
            continue
        source = message.id if isinstance(message.id, tuple) else (message.id,)
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        known = {v for text in source for v in VALUE.findall(text)} | {"num"}
        for text in words:
            assert set(VALUE.findall(text)) <= known, text
            assert set(VALUE.findall(source[-1])) <= set(VALUE.findall(words[-1])), text


def test_one_sentence_has_one_translation():
    """The catalogues are read as one: two packages may not differ about a sentence."""
    found = defaultdict(set)
    for package in catalogue.PACKAGES:
        for message in catalogue.read(package):
            if message.id and message.string:
                found[_singular(message)].add(message.string)
    differing = {said: words for said, words in found.items() if len(words) > 1}
    assert not differing


def test_italian_is_italian():
    """A translation that only repeats a sentence in English was forgotten."""
    same = [
        message.id
        for package in catalogue.PACKAGES
        for message in catalogue.read(package)
        if message.id and message.string == message.id and len(str(message.id).split()) > 3
    ]
    assert not same


def test_every_state_has_its_word_in_both_languages():
    said = [(kind, value) for kind, value in flow._words]
    assert said
    for kind, value in said:
        word = flow.word(kind(value))
        for language in i18n.LANGUAGES:
            with i18n.speaking(language):
                assert str(word.label).strip(), f"{kind.__name__}.{value}"


def test_every_flow_state_is_said():
    """What templates show by state(row.state) has a word, whoever declared it."""
    import sys
    from enum import StrEnum

    for name, module in list(sys.modules.items()):
        if name.split(".")[0] not in catalogue.PACKAGES:
            continue
        for value in vars(module).values():
            if isinstance(value, flow.Flow):
                for sources, target in value.moves.values():
                    for state in {*sources, target}:
                        assert isinstance(state, StrEnum)
                        assert flow.has_word(state), f"{name}: {state!r}"


def test_names_of_permissions_are_unique():
    names = [p.name for package in PACKAGES for p in package.permissions()]
    assert len(names) == len(set(names))


def test_sources_use_named_values():
    for package in catalogue.PACKAGES:
        for message in catalogue.template(package):
            for text in message.id if isinstance(message.id, tuple) else (message.id,):
                assert "%s" not in text.replace("%%", ""), text
                assert not [f for _, f, _, _ in Formatter().parse(_escaped(text)) if f], text


def _escaped(text):
    return text.replace("{}", "").replace("{", "{{").replace("}", "}}")


@pytest.mark.parametrize("package", catalogue.PACKAGES)
def test_apostrophes_and_quotes_are_those_of_print(package):
    """What people read has ’ and “ ” or « », in the sources as in their Italian."""
    said = [t for m in catalogue.template(package) if m.id for t in _all(m.id)]
    said += [t for m in catalogue.read(package) if m.id for t in _all(m.string)]
    assert [text for text in said if "'" in text or '"' in text] == []


def _all(text):
    return (text,) if isinstance(text, str) else text
