"""What the tables of courses hold about people."""

from lms.manifest import Personal, PersonalData
from lms.privacy import personal, plain

_KEEP_HOURS = "ten years from the closing of the edition"


def _hours(whose: str, why: str) -> Personal:
    return personal(whose, "training", why, _KEEP_HOURS, "keep")


_PRESENCE = _hours("trainee", "attendance that the funder must be able to check")
_STAFF = _hours("trainer, coordinator or manager", "who answers for a page of the register")
_PAPER = _hours("trainer or trainee", "whose letter of appointment or training agreement it is")
_VISITOR = _hours("inspector", "who has come for the funder, and what was found")
_SAID = _hours(
    "whom a note names, though its form asks to name nobody",
    "what was taught and why two counts differ; it is chained as it stands, so it stays",
)
_LEAVING = personal(
    "trainee", "training", "tells who runs the edition why she left", _KEEP_HOURS, "key"
)

_WHY = personal(
    "trainee",
    "training",
    "why hours are contested, corrected or recognised",
    _KEEP_HOURS,
    "key",
)

_TEST = personal(
    "trainee",
    "training",
    "shows what she has learned, and opens real cases",
    "ten years after the certificate",
    "keep",
)

_ABSENCE = personal(
    "trainee", "special", "tells who coordinates the edition why she will not come",
    _KEEP_HOURS, "key",
)  # fmt: skip
_PIN = personal(
    "trainee",
    "account",
    "lets her sign on the trainer’s device",
    "while the edition runs",
    "delete",
)

_CERTIFICATE = personal(
    "trainee", "training", "what was certified, and its public verification", "for good", "keep"
)

_DECIDING = personal("trainee", "training", "why two people decided as they did", "for good", "key")

PERSONAL_DATA: PersonalData = {
    "courses_exceptions": {
        **plain("id programme_id key_id least proposed_at answered_at version"),
        **dict.fromkeys(("enrolment_id", "person_id", "state", "minutes", "lacks"), _CERTIFICATE),
        **dict.fromkeys(("reason", "answer"), _DECIDING),
        **dict.fromkeys(("proposed_by_id", "answered_by_id"), _STAFF),
    },
    "courses_duplicates": {
        **plain("id programme_id certificate_id number at"),
        "by_id": _STAFF,
    },
    "courses_batches": {
        **plain("id programme_id edition_id state language packed file_id at ended_at version"),
        "by_id": _STAFF,
    },
    "courses_batch_items": {
        **plain("id programme_id batch_id position certificate_id version"),
        **dict.fromkeys(("enrolment_id", "state", "why_it", "why_en"), _CERTIFICATE),
    },
    "courses_certifications": {
        **plain("id programme_id dossier_id decided_at deferred_until key_id version"),
        "reason": _DECIDING,
        "enrolment_id": _CERTIFICATE,
        "state": _CERTIFICATE,
        "minutes": _CERTIFICATE,
        "decided_by_id": _STAFF,
    },
    "courses_certificates": {
        **plain(
            "id programme_id certification_id dossier_id issued_at ended_at key_id replaced_by_id"
            " version"
        ),
        "ended_by_id": _STAFF,
        "number": _CERTIFICATE,
        "enrolment_id": _CERTIFICATE,
        "initials": _CERTIFICATE,
        "minutes": _CERTIFICATE,
        "state": _CERTIFICATE,
        "reason": _DECIDING,
    },
    "courses_editions": plain(
        "id programme_id version_id code name starts_on ends_on state total_percent module_percent"
        " rounding rounding_minutes room least_percent live_percent ticks contest_days original"
        " practice_number operator_code course_code project_code site late_days key_id version"
    ),
    "courses_edition_grants": {
        **plain("id programme_id edition_id expires_on"),
        "person_id": _STAFF,
        "role": _STAFF,
    },
    "courses_enclosures": {
        **plain("id programme_id edition_id kind file_id digest at"),
        "person_id": _PAPER,
        "by_id": _STAFF,
    },
    "courses_closings": {
        **plain("id programme_id edition_id month number sheet_id digest at"),
        "by_id": _STAFF,
    },
    "courses_reopenings": {
        **plain("id programme_id edition_id number reason at"),
        "by_id": _STAFF,
    },
    "courses_visits": {
        **plain("id programme_id edition_id session_id counted inside at"),
        "text": _SAID,
        "by_id": _VISITOR,
    },
    "courses_bundles": {
        **plain(
            "id programme_id edition_id state attempt entries done pieces key_id at ready_at"
            " version"
        ),
        "by_id": _STAFF,
    },
    "courses_bundle_pieces": plain("id programme_id bundle_id attempt name file_id"),
    "courses_sessions": {
        **plain(
            "id programme_id edition_id unit_id position starts_at ends_at room kind mode link"
            " makes_up_id body_id state reason page opened_at original topic head_count signed_at"
            " countersigned_at certified_at version"
        ),
        "trainer_id": _STAFF,
        "signed_by_id": _STAFF,
        "countersigned_by_id": _STAFF,
        "certified_by_id": _STAFF,
    },
    "courses_enrolments": {
        **plain("id programme_id edition_id key_id"),
        "person_id": _PRESENCE,
        "entered_on": _PRESENCE,
        "left_on": _PRESENCE,
        "left_reason": _LEAVING,
    },
    "courses_question_versions": plain(
        "id programme_id name number kind text_it text_en feedback_it feedback_en options digest"
        " created_at"
    ),
    "courses_versions": plain(
        "id programme_id code number title_it title_en minutes state digest imported_at"
        " published_at version"
    ),
    "courses_modules": plain("id programme_id version_id number title_it title_en minutes"),
    "courses_units": plain(
        "id programme_id version_id module_id code position title_it title_en minutes mode"
        " outcomes_it outcomes_en body_it body_en assessment_it assessment_en gate pass_percent"
        " attempts"
    ),
    "courses_unit_questions": plain("id programme_id unit_id question_id position"),
    "courses_attempts": {
        **plain("id programme_id unit_id number pass_percent out_of version"),
        **dict.fromkeys(("person_id", "state", "started_at", "submitted_at"), _TEST),
        **dict.fromkeys(("mark", "passed"), _TEST),
    },
    "courses_retries": {
        **plain("id programme_id unit_id number"),
        **dict.fromkeys(("person_id", "reason", "at"), _TEST),
        "by_id": _STAFF,
    },
    "courses_answers": {
        **plain("id programme_id attempt_id question_id position shown"),
        **dict.fromkeys(("chosen", "said", "mark", "saved_at"), _TEST),
    },
    "courses_expected": {
        **plain("id programme_id session_id"),
        "enrolment_id": _PRESENCE,
    },
    "courses_stamps": {
        **plain("id programme_id edition_id session_id kind source noted_at"),
        "enrolment_id": _PRESENCE,
        "at": _PRESENCE,
        "by_id": _PRESENCE,
        "device": _PRESENCE,
    },
    "courses_amendments": {
        **plain("id programme_id edition_id session_id number at"),
        "enrolment_id": _PRESENCE,
        "came": _PRESENCE,
        "went": _PRESENCE,
        "by_id": _STAFF,
    },
    "courses_trace_spans": {
        **plain("id programme_id edition_id session_id number at"),
        "enrolment_id": _PRESENCE,
        "began": _PRESENCE,
        "ended": _PRESENCE,
        "by_id": _STAFF,
    },
    "courses_head_counts": {
        **plain("id programme_id edition_id session_id number counted inside noted_at"),
        "at": _STAFF,
        "by_id": _STAFF,
    },
    "courses_absent_marks": {
        **plain("id programme_id edition_id session_id noted_at"),
        "enrolment_id": _PRESENCE,
        "at": _PRESENCE,
        "by_id": _STAFF,
    },
    "courses_absences": {
        **plain("id programme_id edition_id session_id state key_id file_id version"),
        "enrolment_id": _PRESENCE,
        "announced_at": _PRESENCE,
        "withdrawn_at": _PRESENCE,
        "category": _ABSENCE,
        "reason": _ABSENCE,
    },
    "courses_pins": {
        **plain("id programme_id chosen_at"),
        **dict.fromkeys(("person_id", "hashed", "wrong", "locked_at"), _PIN),
    },
    "courses_trace_imports": {
        **plain("id programme_id edition_id session_id number file_id digest layout columns at"),
        "by_id": _STAFF,
    },
    "courses_platform_names": {
        **plain("id programme_id edition_id at"),
        "written": _PRESENCE,
        "enrolment_id": _PRESENCE,
        "by_id": _STAFF,
    },
    "courses_authorisations": {
        **plain("id programme_id edition_id number reference dated_on file_id digest at"),
        "by_id": _STAFF,
    },
    "courses_logos": plain("id programme_id edition_id position name file_id"),
    "courses_delivering_bodies": plain("id programme_id name accreditation version"),
    "courses_stamped_books": plain("id programme_id edition_id name first_number last_number"),
    "courses_papers": {
        **plain("id programme_id edition_id session_id number serial at"),
        "why": _SAID,
        "by_id": _STAFF,
    },
    "courses_scans": {
        **plain("id programme_id edition_id session_id number file_id digest at"),
        "by_id": _STAFF,
    },
    "courses_agreements": {
        **plain("id programme_id edition_id session_id scan_id number lines at"),
        "by_id": _STAFF,
    },
    "courses_transcripts": {
        **plain("id programme_id session_id state scan_id typed_at confirmed_at version"),
        "reason": _SAID,
        "typed_by_id": _STAFF,
        "confirmed_by_id": _STAFF,
    },
    "courses_paper_times": {
        **plain("id programme_id transcript_id"),
        **dict.fromkeys(("enrolment_id", "came", "went"), _PRESENCE),
    },
    "courses_sheets": {
        **plain("id programme_id edition_id session_id number at"),
        **dict.fromkeys(("enrolment_id", "came", "went", "by_id"), _PRESENCE),
        "done": _hours("trainee", "what she did of her project work, or on a visit"),
    },
    "courses_sheet_answers": {
        **plain("id programme_id edition_id session_id sheet_id is_confirmed at"),
        "reason": _SAID,
        "by_id": _STAFF,
    },
    "courses_acts": {
        **plain("id programme_id edition_id session_id kind page head_count inside"),
        "topic": _SAID,
        "note": _SAID,
        "at": _STAFF,
        "by_id": _STAFF,
    },
    "courses_lines": {
        **plain("id programme_id edition_id session_id unit_id module source reverses_id at"),
        "enrolment_id": _PRESENCE,
        "minutes": _PRESENCE,
        "by_id": _STAFF,
    },
    "courses_anomaly_decisions": {
        **plain("id programme_id edition_id session_id kind number verdict at"),
        "about": _PRESENCE,
        "note": _SAID,
        "by_id": _STAFF,
    },
    "courses_corrections": {
        **plain("id programme_id edition_id session_id key_id state asked_at decided_at version"),
        **dict.fromkeys(("enrolment_id", "reason", "before_came", "before_went"), _PRESENCE),
        **dict.fromkeys(("before_minutes", "came", "went", "minutes"), _PRESENCE),
        **dict.fromkeys(("asked_by_id", "decided_by_id"), _STAFF),
        **dict.fromkeys(("said", "answer"), _WHY),
    },
    "courses_credits": {
        **plain("id programme_id edition_id key_id reverses_id state version"),
        **dict.fromkeys(("enrolment_id", "module", "minutes"), _PRESENCE),
        **dict.fromkeys(("record_number", "record_on"), _PRESENCE),
        **dict.fromkeys(("recorded_at", "decided_at"), _STAFF),
        **dict.fromkeys(("recorded_by_id", "decided_by_id"), _STAFF),
        "note": _WHY,
    },
    "courses_contests": {
        **plain("id programme_id edition_id session_id line_id key_id correction_id version"),
        **dict.fromkeys(("enrolment_id", "state", "asked_at", "answered_at"), _PRESENCE),
        "answered_by_id": _STAFF,
        **dict.fromkeys(("said", "answer"), _WHY),
    },
}
