"""The faults that are planted where attendance files become hours."""

from tests.planted import Fault

FAULTS = (
    Fault(
        "a longer absence counts as a reconnection",
        "courses/presence.py",
        "if joined and began - joined[-1][1] <= GAP:",
        "if joined and began - joined[-1][1] <= 2 * GAP:",
        ("tests/courses/test_traces.py::test_who_is_back_within_two_minutes_has_not_been_away",),
    ),
    Fault(
        "connections are not cut to the lesson",
        "courses/presence.py",
        "cut = [(max(began, window.start), min(ended, window.end)) for began, ended in joined]",
        "cut = [(max(began, window.start), ended) for began, ended in joined]",
        ("tests/courses/test_traces.py::test_connections_are_cut_to_the_lesson",),
    ),
    Fault(
        "of two with one name the first is guessed",
        "courses/platform_names.py",
        "if len(alike) == 1 and all(self.bearers[words] == 1 for words in names):",
        "if alike and all(self.bearers[words] == 1 for words in names):",
        (
            "tests/courses/test_platform_names.py"
            "::test_of_two_with_one_name_in_the_class_nobody_is_guessed",
        ),
    ),
    Fault(
        "a file is imported while somebody in it is unknown",
        "courses/traces.py",
        "    if report.unknown:\n",
        "    if report.unknown and not report.spans:\n",
        ("tests/courses/test_traces.py::test_nothing_is_imported_while_somebody_is_unknown",),
    ),
    Fault(
        "a signed page takes another trace",
        "courses/attendance.py",
        "    if session.state != SessionState.OPEN:\n",
        "    if session.state == SessionState.CERTIFIED:\n",
        (
            "tests/courses/test_traces.py"
            "::test_a_later_file_replaces_an_earlier_one_until_the_page_is_signed",
        ),
    ),
    Fault(
        "who waited outside counts as present",
        "courses/layouts.py",
        "        if folded(_cell(row, columns.waiting)) not in YES\n",
        "        if row\n",
        ("tests/courses/test_layouts.py::test_who_only_waited_was_not_in_the_lesson",),
    ),
    Fault(
        "verify does not look at the attendance files",
        "courses/verification.py",
        "        or _files(edition.id)\n",
        "",
        ("tests/courses/test_traces.py::test_a_file_put_in_the_place_of_another_is_named",),
    ),
)
