"""Measuring: every page beside an empty one, on the server that serves."""

import json

from tests import torture


def test_pages_are_measured_beside_an_empty_one(monkeypatch, capsys):
    """A small installation is enough to see that it measures what it says."""
    from lms import bench

    with torture.place("sqlite") as place:
        for name, value in place.variables.items():
            if name.startswith("AFFIANCA_"):
                monkeypatch.setenv(name, value)
        monkeypatch.setattr(bench, "PEOPLE", ("m0",))
        with torture.at(place):
            bench.run(as_json=True, times=3)
    pages = json.loads(capsys.readouterr().out)
    people = next(p for p in pages if p["page"] == "/admin/people")
    assert set(people) == {"page", "kind", "milliseconds", "ratio", "statements", "size"}
    assert people["kind"] == "list"
    assert 0 < people["statements"] <= bench.STATEMENTS
    assert people["size"] > 1000
    assert people["ratio"] > 1
