"""These tests make installations of their own: nothing is emptied between them."""

import pytest


@pytest.fixture(autouse=True)
def database():
    return None
