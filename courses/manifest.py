"""What courses hands to the application."""

from courses import (
    certificates,
    commands,
    contests,
    corrections,
    credits,
    pages,
    path,
    planning,
    policy,
    retries,
    upcoming,
)
from courses.personal_data import PERSONAL_DATA
from courses.record import RECORD
from courses.views import (
    certification,
    checkin,
    curriculum,
    editions,
    enrolments,
    hours,
    makeups,
    quizzes,
    register,
)
from courses.views import contests as contest_views
from courses.views import corrections as correction_views
from courses.views import credits as credit_views
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
        correction_views,
        contest_views,
        credit_views,
        makeups,
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
            also=("planning", "enrolments", "corrections", "contests", "credits", "makeups"),
        ),
        Tab(lazy("Path"), "path.show", "road", policy.WALK_PATH, 12),
        Tab(lazy("Course"), "curriculum.versions", "list", policy.READ_COURSE, 60),
        Tab(lazy("Hours"), "hours.mine", "sum", policy.READ_OWN_HOURS, 20),
        Tab(lazy("Register"), "register.sessions", "qr", policy.READ_REGISTER, 18),
    ),
    foot=(Link(lazy("Verify a certificate"), "certification.ask"),),
    today=(
        planning.to_plan,
        path.todos,
        pages.to_keep,
        pages.to_countersign,
        pages.to_certify,
        contests.todos,
        corrections.todos,
        credits.todos,
        retries.todos,
        certification.to_certify,
        certificates.todos,
    ),
    coming=(upcoming.coming,),
    personal_data=PERSONAL_DATA,
    record=RECORD,
    commands=(commands.curriculum_group, commands.hours_group),
)
