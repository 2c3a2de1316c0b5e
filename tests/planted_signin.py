"""The faults that are planted where people sign in, say they will not come, and are counted."""

from tests.planted import Fault

FAULTS = (
    Fault(
        "a framed code lasts as long as one likes",
        "courses/codes.py",
        "return moment if good and timedelta() <= now - moment <= GRACE else None",
        "return moment if good and timedelta() <= now - moment else None",
        ("tests/courses/test_checkin.py::test_after_five_minutes_what_was_framed_is_old",),
    ),
    Fault(
        "what one has framed signs for another",
        "courses/codes.py",
        'message = f"framed|{session_id}|{person_id}|{typed}|{seconds}".encode()',
        'message = f"framed|{session_id}|{typed}|{seconds}".encode()',
        ("tests/courses/test_codes.py::test_a_proof_is_of_one_person_one_session_and_one_code",),
    ),
    Fault(
        "addresses can be guessed without end",
        "courses/checkin.py",
        'WRONG = ("refused 409 POST /checkin", "refused 409 GET /checkin/%")',
        'WRONG = ("refused 409 POST /checkin",)',
        (
            "tests/courses/views/test_checkin.py"
            "::test_an_old_or_foreign_address_says_so_and_guessing_addresses_has_an_end",
        ),
    ),
    Fault(
        "somebody is in two rooms at once",
        "courses/checkin.py",
        "    if meant == StampKind.IN:\n        _not_elsewhere(",
        "    if meant == source:\n        _not_elsewhere(",
        ("tests/courses/test_checkin.py::test_nobody_is_in_two_rooms_at_once",),
    ),
    Fault(
        "a device is known from one page to the next",
        "courses/stamps.py",
        'message = f"device|{session_id}|{name}".encode()',
        'message = f"device|{name}".encode()',
        ("tests/courses/test_stamps.py::test_a_page_keeps_of_a_device_what_no_other_page_keeps",),
    ),
    Fault(
        "wrong PINs are counted in what is undone",
        "courses/views/pins.py",
        "guard.aside(lambda: pins.turned_away(person_id, by=actor))",
        "pins.turned_away(person_id, by=actor)",
        (
            "tests/courses/views/test_pins.py"
            "::test_a_wrong_pin_is_refused_not_shown_and_counted_though_all_is_undone",
        ),
    ),
    Fault(
        "a lock of a PIN opens with any sign-in",
        "courses/pins.py",
        "SignIn.person_id == pin.person_id, SignIn.began_at > pin.locked_at",
        "SignIn.began_at > pin.locked_at",
        ("tests/courses/test_pins.py::test_a_lock_ends_when_she_signs_in_herself",),
    ),
    Fault(
        "a PIN lies beside the key of its form",
        "courses/views/pins.py",
        '@bp.post("/sessions/<uuid:session>/pin")\n'
        '@allow(register_policy.KEEP_REGISTER, "session", once_only=False)',
        '@bp.post("/sessions/<uuid:session>/pin")\n'
        '@allow(register_policy.KEEP_REGISTER, "session")',
        (
            "tests/courses/views/test_pins.py"
            "::test_no_table_holds_the_digits_or_a_fast_hash_of_the_form",
        ),
    ),
    Fault(
        "the trainer reads why somebody is absent",
        "courses/policy.py",
        "{Role.TRAINEE: absences.own, Role.COORDINATOR: absences.where_coordinated},",
        "{Role.TRAINEE: absences.own, Role.COORDINATOR: absences.where_coordinated, "
        "Role.TRAINER: everywhere},",
        ("tests/test_permissions.py::test_the_table",),
    ),
    Fault(
        "who has signed is marked absent",
        "courses/live.py",
        "    made = stamps.of_page(session.id).get(expected.enrolment_id)\n    if made:",
        "    made = stamps.of_page(session.id).get(expected.enrolment_id)\n    if not expected:",
        ("tests/courses/test_live.py::test_somebody_who_has_signed_is_not_marked_absent",),
    ),
    Fault(
        "a count that began from an older page wins silently",
        "courses/live.py",
        "if known is not None and last is not None and known != number:",
        "if known is not None and last is not None and known > number:",
        (
            "tests/courses/test_live.py"
            "::test_another_count_meanwhile_is_shown_and_neither_wins_silently",
        ),
    ),
)
