"""States are tables: only a named move changes one, and every state has its word."""

from enum import StrEnum
from types import SimpleNamespace

import pytest

from lms import flow
from lms.errors import Stale, WrongState
from lms.flow import Flow, Word, say, word
from lms.i18n import lazy


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


say({Light.RED: Word(lazy("red"), "bad", "none"), Light.GREEN: Word(lazy("green"), "good", "ok")})
MOVES = Flow(go=({Light.RED}, Light.GREEN), stop=({Light.GREEN}, Light.RED))


def test_a_move_sets_the_state_and_what_belongs_to_it():
    thing = SimpleNamespace(state=Light.RED)
    MOVES.move(thing, "go", by="me")
    assert (thing.state, thing.by) == (Light.GREEN, "me")


def test_a_move_from_another_state_changes_nothing():
    thing = SimpleNamespace(state=Light.GREEN)
    with pytest.raises(WrongState, match="green"):
        MOVES.move(thing, "go", by="me")
    assert vars(thing) == {"state": Light.GREEN}


def test_moves_open_to_a_state():
    assert MOVES.open_to(Light.RED) == {"go"}


def test_words():
    assert str(word(Light.RED).label) == "red"
    assert flow.has_word(Light.GREEN)


def test_a_save_from_an_older_version_shows_both():
    row = SimpleNamespace(version=3)
    flow.unchanged(row, 3, dict)
    for older in (2, 0, None):
        with pytest.raises(Stale) as refusal:
            flow.unchanged(row, older, lambda: {"text": "theirs"})
        assert refusal.value.theirs == {"text": "theirs"}


def test_every_row_with_a_flow_has_a_version():
    """Decision 5: a stale save must be seen, so whatever has a state that moves has a version."""
    import sys

    from lms import db

    states = set()
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("lms", "courses", "mentoring", "casework"):
            for value in vars(module).values():
                if isinstance(value, Flow):
                    states |= {type(t) for _, t in value.moves.values()}
    for mapper in db.Model.registry.mappers:
        column = mapper.columns.get("state")
        kind = getattr(column.type, "enum_class", None) if column is not None else None
        if kind in states:
            assert mapper.version_id_col is not None, mapper.class_.__name__
