"""A server that is killed while eight people write has lost nothing that it acknowledged."""

import pytest

from tests import databases, torture

KINDS = ["sqlite"] + (["postgresql"] if databases.programs() else [])


@pytest.mark.parametrize("kind", KINDS)
def test_killed_five_times_it_loses_nothing(kind):
    assert torture.torture(kind, 5, seed=11) == []
