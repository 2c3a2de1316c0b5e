"""What the tables of courses hold about people."""

from lms.manifest import PersonalData
from lms.privacy import plain

PERSONAL_DATA: PersonalData = {
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
}
