"""The faults that are planted where a register is closed, inspected and handed over."""

from tests.planted import Fault

FAULTS = (
    Fault(
        "a changed file of a bundle is not seen",
        "courses/proofs.py",
        'elif content is None or hashlib.sha256(content).hexdigest() != file["sha256"]:',
        "elif content is None:",
        ("tests/courses/test_proofs.py::test_one_byte_changed_is_named",),
    ),
    Fault(
        "a file that the register knows is not missed in its bundle",
        "courses/proofs.py",
        "there.get(place) != whole.attached[row_id])",
        "place is None)",
        ("tests/courses/test_proofs.py::test_a_file_that_the_register_knows_is_missed",),
    ),
    Fault(
        "a bundle holds two states of a register that grew meanwhile",
        "courses/bundles.py",
        "if row.entries != step.entries:",
        "if row.entries > step.entries:",
        (
            "tests/courses/test_bundles.py"
            "::test_a_register_that_grows_meanwhile_makes_it_begin_anew",
        ),
    ),
    Fault(
        "an edition stays open to an inspector who was dismissed",
        "courses/inspection.py",
        "grant.expires_on = clock.today() - timedelta(days=1)",
        "grant.expires_on = clock.today()",
        ("tests/courses/test_inspection.py::test_it_is_shut_at_once_when_somebody_says_so",),
    ),
)
