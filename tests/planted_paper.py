"""Faults in what the register has on paper; `tests.faults` plants them with the others."""

from tests.planted import planted

FAULTS = (
    planted(
        "a page on stamped paper opens before it is printed",
        "courses/papers.py",
        "if needs and latest(session.id) is None:",
        "if whatever and latest(session.id) is None:",
        "tests/courses/test_papers.py::test_a_page_on_paper_opens_only_once_it_is_printed",
    ),
    planted(
        "who typed the times confirms them",
        "courses/transcripts.py",
        "    if found.typed_by_id == by.id:\n",
        "    if found.typed_by_id != by.id and seen is None:\n",
        "tests/courses/test_transcripts.py::test_who_typed_does_not_confirm",
    ),
    planted(
        "times are confirmed without looking at what differs",
        "courses/transcripts.py",
        "    if different and not seen:\n",
        "    if different and seen is None:\n",
        "tests/courses/test_transcripts.py::test_each_difference_is_shown_and_the_stamp_stays",
    ),
    planted(
        "an old agreement of scan and ledger holds after a correction",
        "courses/scans.py",
        "for i, row in found.items() if row.lines == digest(sums.get(i, {}))}",
        "for i, row in found.items() if sums is not None}",
        "tests/courses/test_scans.py::test_a_later_correction_asks_to_compare_again",
    ),
    planted(
        "the electronic register becomes the original without its authorisation",
        "courses/terms.py",
        "    if original == Original.ELECTRONIC and given is None:\n",
        "    if original == Original.STAMPED and given is not None:\n",
        "tests/courses/test_terms.py::test_paper_gives_way_only_to_a_written_authorisation",
    ),
)
