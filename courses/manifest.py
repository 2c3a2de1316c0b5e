"""What courses hands to the application."""

from courses import (
    bundles,
    certificates,
    commands,
    inspection,
    pages,
    path,
    planning,
    policy,
    retries,
    upcoming,
)
from courses.personal_data import PERSONAL_DATA
from courses.record import RECORD
from courses.views import bundles as bundle_views
from courses.views import (
    certification,
    checkin,
    curriculum,
    editions,
    enclosures,
    enrolments,
    exports,
    hours,
    quizzes,
    register,
    registers,
)
from courses.views import closing as closing_views
from courses.views import inspection as inspection_views
from courses.views import path as path_views
from courses.views import planning as planning_views
from courses.views import retries as retry_views
from lms.i18n import lazy
from lms.manifest import Link, Manifest, Tab

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
        checkin,
        hours,
        certification,
        registers,
        exports,
        enclosures,
        closing_views,
        inspection_views,
        bundle_views,
    ),
    policy=policy,
    navigation=(
        Tab(lazy("Certificate"), "certification.mine", "star", policy.READ_OWN_HOURS, 40),
        Tab(
            lazy("Editions"),
            "editions.index",
            "cal",
            policy.PLAN_EDITION,
            15,
            also=("planning", "enrolments", "bundles", "closing", "enclosures", "exports"),
        ),
        Tab(lazy("Path"), "path.show", "road", policy.WALK_PATH, 12),
        Tab(lazy("Course"), "curriculum.versions", "list", policy.READ_COURSE, 60),
        Tab(lazy("Hours"), "hours.mine", "sum", policy.READ_OWN_HOURS, 20),
        Tab(lazy("Inspection"), "inspection.index", "eye", policy.INSPECT, 16),
        Tab(lazy("Register"), "register.sessions", "qr", policy.READ_REGISTER, 18),
    ),
    foot=(Link(lazy("Verify a certificate"), "certification.ask"),),
    today=(
        planning.to_plan,
        path.todos,
        pages.to_keep,
        pages.to_countersign,
        pages.to_certify,
        retries.todos,
        inspection.todos,
        certification.to_certify,
        certificates.todos,
    ),
    coming=(upcoming.coming, inspection.coming),
    personal_data=PERSONAL_DATA,
    record=RECORD,
    jobs={bundles.JOB: bundles.go_on},
    commands=(commands.curriculum_group, commands.hours_group),
)
