"""These tests make installations of their own: nothing is emptied between them."""

import pytest

from tests import databases

collect_ignore = [] if databases.programs() else ["test_two_servers.py"]
"""Without PostgreSQL there is nothing to share; tests.run says "not run: postgresql"."""


@pytest.fixture(autouse=True)
def database():
    return None
