"""Editions: what an edition must have."""

from datetime import date

import pytest

from courses import editions
from lms.errors import Invalid


def test_an_edition_ends_after_it_begins_and_has_a_code_of_its_own(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    facts = {"name": "x", "starts_on": date(2026, 9, 1), "by": manager}
    with pytest.raises(Invalid):
        editions.make_edition(make.course(), code="N", ends_on=date(2026, 8, 1), **facts)
    with pytest.raises(Invalid):
        editions.make_edition(make.course(), code=edition.code, ends_on=date(2027, 1, 1), **facts)
