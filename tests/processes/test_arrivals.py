"""People who sign in within a minute: none lost, none doubled, on both databases."""

import json
from collections import Counter
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect

from lms import arrivals, cli, db
from lms.arrivals import Arrived
from tests import databases, torture

KINDS = ["sqlite"] + (["postgresql"] if databases.programs() else [])


@pytest.mark.parametrize("kind", KINDS)
def test_all_who_arrive_are_stamped_once_and_nothing_is_left_behind(kind, monkeypatch):
    """Fewer than three hundred, but all of them within two seconds."""
    with torture.place(kind) as place:
        for name, value in place.variables.items():
            if name.startswith("AFFIANCA_"):
                monkeypatch.setenv(name, value)
        before = sorted(p.name for p in place.folder.iterdir())
        with torture.at(place):
            words = ["bench", "--sign-ins", "40", "--within", "2", "--json"]
            done = CliRunner().invoke(cli.main, words, catch_exceptions=False)
        assert sorted(p.name for p in place.folder.iterdir()) == before
        with torture.at(place):
            schemas = inspect(db.engine()).get_schema_names()
        assert not [name for name in schemas if name.startswith("bench_")]
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert found["database"] == kind
    assert (found["people"], found["stamps"], found["lost"], found["doubled"]) == (40, 40, 0, 0)
    assert 0 < found["median"] <= found["p95"] <= found["slowest"]


def reported(told, times):
    arrived = [Arrived(is_told, 0.1, 0.2) for is_told in told]
    stamped = Counter({uuid4(): n for n in times})
    return arrivals._report(arrived, stamped, 60, "sqlite")


def test_one_who_was_not_stamped_or_not_told_so_is_lost_and_one_stamped_twice_is_doubled():
    assert reported([True] * 3, [1, 1, 1]).is_good
    assert reported([True] * 3, [1, 1]).lost == 1
    assert reported([True, True, False], [1, 1, 1]).lost == 1
    twice = reported([True] * 3, [1, 2, 1])
    assert (twice.doubled, twice.stamps, twice.is_good) == (1, 4, False)


def test_the_ninety_fifth_of_a_hundred_is_the_p95():
    assert arrivals._p95([float(n) for n in range(100, 0, -1)]) == 95
    assert arrivals._p95([7.0]) == 7
