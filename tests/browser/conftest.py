"""These tests use the demo's own database: nothing is emptied between them."""

import pytest


@pytest.fixture(autouse=True)
def database():
    return None
