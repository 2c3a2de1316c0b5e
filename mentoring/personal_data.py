"""What the tables of mentoring hold about people."""

from lms.manifest import PersonalData
from lms.privacy import personal, plain

_KEEP = "ten years, as the training's papers"
_BESIDE = personal("account holder", "training", "shows who followed whom, and when", _KEEP, "keep")
_REVIEWER = personal(
    "account holder", "trace", "shows who wrote, reviewed and decided", _KEEP, "keep"
)
_SAID = personal(
    "accompanied person", "social", "the senior trainer's opinion of a plan, and the answers",
    "five years after the case is closed", "key",
)  # fmt: skip

PERSONAL_DATA: PersonalData = {
    "mentoring_assignments": {
        **plain("id programme_id state version"),
        **dict.fromkeys(["senior_id", "person_id", "starts_on", "ends_on"], _BESIDE),
    },
    "mentoring_reviews": {
        **plain(
            "id programme_id kind subject_id case_id number frozen_id key_id due_on state version"
        ),
        "verdict": _SAID,
        **dict.fromkeys(
            ["asked_by_id", "reviewer_id", "asked_at", "decided_at", "decided_by_id"], _REVIEWER
        ),
    },
    "mentoring_comments": {
        **plain(
            "id programme_id review_id subject_id case_id number key_id section_id kind state "
            "version"
        ),
        **dict.fromkeys(["quote", "before", "after", "offset", "text"], _SAID),
        **dict.fromkeys(["at", "by_id"], _REVIEWER),
    },
    "mentoring_answers": {
        **plain("id programme_id comment_id case_id key_id"),
        "text": _SAID,
        **dict.fromkeys(["at", "by_id"], _REVIEWER),
    },
}
