"""The closing sheet as it is handed over."""

import pytest

from courses import declaration
from lms import i18n


@pytest.mark.parametrize(
    ("share", "said"), [(10_000, "100 %"), (7_549, "75.49 %"), (0, "0 %"), (3_333, "33.33 %")]
)
def test_a_share_reads_as_people_write_it(share, said):
    with i18n.speaking("en"):
        assert declaration.percent(share) == said


def test_a_period_is_a_month_or_the_whole(app):
    with i18n.speaking("en"):
        assert declaration.period("2026-11") == "November 2026"
        assert declaration.period("") == "whole edition"
    with i18n.speaking("it"):
        assert declaration.period("2026-11") == "novembre 2026"


def test_the_table_has_a_line_for_each_trainee_and_no_name_in_its_own(make):
    group = make.closed_class(trainees=2)
    with i18n.speaking("en"):
        content = declaration.as_csv(group.closing, by=make.actor(group.manager)).decode(
            "utf-8-sig"
        )
        name = declaration.named(group.closing)
    rows = content.split("\r\n\r\n")[0].split("\r\n")[1:]
    assert len([r for r in rows if r]) == 2
    for person in group.trainees:
        assert person.name in content
        assert person.name not in name
    assert name == "closing-edition-1"
