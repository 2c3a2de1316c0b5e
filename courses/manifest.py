"""What courses hands to the application."""

from courses import (
    awaiting,
    bundles,
    certificates,
    certification_policy,
    commands,
    contests,
    corrections,
    credits,
    inspection,
    packing,
    paperwork,
    path,
    planning,
    policy,
    register_policy,
    retries,
    upcoming,
)
from courses.personal_data import PERSONAL_DATA
from courses.record import RECORD
from courses.views import (
    absences,
    batches,
    bodies,
    certification,
    checkin,
    curriculum,
    dossiers,
    editions,
    enclosures,
    enrolments,
    exceptions,
    exports,
    hours,
    live,
    makeups,
    papers,
    pins,
    quizzes,
    register,
    registers,
    replacements,
    scans,
    sheets,
    terms,
    transcripts,
)
from courses.views import bundles as bundle_views
from courses.views import closing as closing_views
from courses.views import contests as contest_views
from courses.views import corrections as correction_views
from courses.views import credits as credit_views
from courses.views import inspection as inspection_views
from courses.views import path as path_views
from courses.views import planning as planning_views
from courses.views import retries as retry_views
from courses.views import traces as trace_views
from lms.i18n import lazy
from lms.manifest import Link, Manifest, Tab, Todo
from lms.permissions import Actor, allowed


def sheets_to_answer(me: Actor) -> list[Todo]:
    """For who answers sheets: those that wait."""
    if not register_policy.ANSWER_SHEET.held_by(me):
        return []
    return paperwork.to_answer(allowed(me, register_policy.ANSWER_SHEET))


COURSES = Manifest(
    name="courses",
    views=(
        path_views,
        quizzes,
        retry_views,
        curriculum,
        editions,
        planning_views,
        enrolments,
        register,
        live,
        pins,
        absences,
        trace_views,
        checkin,
        hours,
        certification,
        registers,
        exports,
        enclosures,
        closing_views,
        inspection_views,
        bundle_views,
        terms,
        bodies,
        papers,
        scans,
        transcripts,
        sheets,
        dossiers,
        exceptions,
        batches,
        replacements,
        correction_views,
        contest_views,
        credit_views,
        makeups,
    ),
    policies=(policy, register_policy, certification_policy),
    navigation=(
        Tab(lazy("Certificate"), "certification.mine", "star", policy.READ_OWN_HOURS, 40),
        Tab(
            lazy("Editions"),
            "editions.index",
            "cal",
            policy.PLAN_EDITION,
            15,
            also=(
                "planning",
                "enrolments",
                "corrections",
                "contests",
                "credits",
                "makeups",
                "terms",
                "bodies",
                "bundles",
                "closing",
                "enclosures",
                "exports",
            ),
        ),
        Tab(lazy("Path"), "path.show", "road", policy.WALK_PATH, 12),
        Tab(lazy("Course"), "curriculum.versions", "list", policy.READ_COURSE, 60),
        Tab(
            lazy("Hours"),
            "hours.mine",
            "sum",
            policy.READ_OWN_HOURS,
            20,
            also=("absences", "checkin", "pins"),
        ),
        Tab(lazy("Sheets"), "sheets.mine", "doc", register_policy.FILL_SHEET, 45),
        Tab(lazy("Sheets to answer"), "sheets.waiting", "doc", register_policy.ANSWER_SHEET, 65),
        Tab(
            lazy("Register"),
            "register.sessions",
            "qr",
            register_policy.READ_REGISTER,
            18,
            also=("live", "papers", "pins", "scans", "traces", "transcripts"),
        ),
        Tab(lazy("Inspection"), "inspection.index", "eye", certification_policy.INSPECT, 16),
    ),
    foot=(Link(lazy("Verify a certificate"), "certification.ask"),),
    today=(
        planning.to_plan,
        path.todos,
        awaiting.to_keep,
        awaiting.to_countersign,
        awaiting.to_certify,
        contests.todos,
        corrections.todos,
        credits.todos,
        paperwork.todos,
        paperwork.to_fill,
        sheets_to_answer,
        retries.todos,
        inspection.todos,
        certification.to_certify,
        exceptions.to_sign,
        certificates.todos,
    ),
    coming=(upcoming.coming, inspection.coming),
    personal_data=PERSONAL_DATA,
    record=RECORD,
    jobs={"forget certificates": packing.forget, bundles.JOB: bundles.go_on},
    works={
        "certificates": lazy("Certificates of several people"),
        "forget certificates": lazy("The file of certificates, deleted when its time is over"),
        bundles.JOB: lazy("A control bundle"),
    },
    commands=(commands.curriculum_group, commands.hours_group),
)
