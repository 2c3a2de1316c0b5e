"""The faults that are planted where hours are forecast, drawn and added up."""

from tests.planted import Fault

FAULTS = (
    Fault(
        "the list is sorted by margin, not by days left",
        "courses/forecast.py",
        "return self.has_left, slack >= 0 and left is None, -1 if slack < 0 else left or 0, slack",
        "return self.has_left, slack >= 0 and left is None, 0, slack",
        (
            "tests/courses/test_forecast.py"
            "::test_lists_begin_with_fewest_days_left_then_with_the_least_margin",
        ),
    ),
    Fault(
        "credits are not taken from what is due",
        "courses/forecast.py",
        "due = {m.number: m.minutes - credit for m, credit in modules}",
        "due = {m.number: m.minutes for m, _ in modules}",
        (
            "tests/courses/test_forecast.py"
            "::test_a_credit_lowers_what_is_due_and_adds_nothing_to_what_is_done",
        ),
    ),
    Fault(
        "live lessons beyond the cap reach the threshold",
        "courses/shares.py",
        "return self.certified - self.beyond_certified",
        "return self.certified",
        (
            "tests/courses/test_forecast.py"
            "::test_certified_minutes_beyond_the_cap_are_not_enough_for_the_certificate",
        ),
    ),
    Fault(
        "a past day is named as the last one to act",
        "courses/shares.py",
        "last[part] = first.get(part) if one.is_over else one.on",
        "last[part] = one.on",
        ("tests/courses/test_shares.py::test_what_is_over_and_not_yet_signed_is_no_day_to_act",),
    ),
    Fault(
        "a dossier forgets who followed a mixed lesson from far away",
        "courses/evidence.py",
        "return mode == SessionMode.LIVE or mixed",
        "return mode == SessionMode.LIVE",
        (
            "tests/courses/test_forecast.py"
            "::test_in_a_mixed_lesson_only_who_was_far_away_fills_the_cap_also_after_a_correction",
        ),
    ),
    Fault(
        "a make-up session is to come for everybody",
        "courses/grid.py",
        "comes = missed is None or missed.minutes + missed.made_up < missed.of",
        "comes = True",
        (
            "tests/courses/test_grid.py"
            "::test_nothing_is_to_come_for_who_has_left_or_did_not_miss_what_is_made_up",
        ),
    ),
)
