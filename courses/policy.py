"""Who may do what with the course: its lessons, editions, calendar, one's own hours."""

from courses import (
    absences,
    calendar,
    editions,
    enrolments,
    path,
    planning,
    quizzes,
    register,
    retries,
)
from courses.absences import Absence
from courses.calendar import Session
from courses.curriculum import CourseVersion, Unit
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.quizzes import Attempt
from lms.accounts import Grant
from lms.i18n import lazy
from lms.permissions import Permission, Role, everywhere

WALK_PATH = Permission(
    "path:walk",
    Enrolment,
    {Role.TRAINEE: enrolments.own, Role.ACTIVATOR: enrolments.own},
    lazy("Follow one’s own path through the course"),
)
READ_UNIT = Permission(
    "unit:read",
    Unit,
    {
        Role.TRAINEE: path.units_of_own,
        Role.ACTIVATOR: path.readable,
        **dict.fromkeys((Role.TRAINER, Role.COORDINATOR, Role.SENIOR, Role.MANAGER), everywhere),
    },
    lazy("Read the lessons of the course"),
)
TAKE_QUIZ = Permission(
    "quiz:take",
    Unit,
    {Role.TRAINEE: path.units_of_own, Role.ACTIVATOR: path.readable},
    lazy("Take the quiz of a unit"),
)
ANSWER_QUIZ = Permission(
    "quiz:answer",
    Attempt,
    {Role.TRAINEE: quizzes.own, Role.ACTIVATOR: quizzes.own},
    lazy("Answer one’s own quiz, and see how it went"),
)
LIST_STUCK = Permission(
    "quiz:stuck",
    Edition,
    {Role.TRAINER: editions.taught, Role.COORDINATOR: editions.coordinated},
    lazy("See who has used all attempts at a quiz"),
)
ALLOW_RETRY = Permission(
    "quiz:allow",
    Enrolment,
    {Role.TRAINER: retries.where_taught, Role.COORDINATOR: enrolments.where_coordinated},
    lazy("Allow a trainee one more attempt at a quiz"),
)
READ_COURSE = Permission(
    "course:read",
    CourseVersion,
    dict.fromkeys((Role.TRAINER, Role.COORDINATOR, Role.SENIOR, Role.MANAGER), everywhere),
    lazy("See the versions of the course and their units"),
)
PUBLISH_COURSE = Permission(
    "course:publish",
    CourseVersion,
    {Role.MANAGER: everywhere},
    lazy("Publish a version of the course"),
)
READ_EDITION = Permission(
    "edition:read",
    Edition,
    {
        Role.MANAGER: everywhere,
        Role.COORDINATOR: editions.coordinated,
        Role.TRAINER: editions.taught,
        Role.TRAINEE: enrolments.editions_of_own,
    },
    lazy("See an edition and its calendar"),
)
MAKE_EDITION = Permission(
    "edition:make",
    CourseVersion,
    {Role.MANAGER: everywhere},
    lazy("Make an edition of the course"),
)
PLAN_EDITION = Permission(
    "edition:plan",
    Edition,
    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.coordinated},
    lazy("Plan the calendar of an edition"),
)
RUN_EDITION = Permission(
    "edition:run",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Begin an edition, close it and put it away"),
)
APPOINT = Permission(
    "edition:appoint",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Choose trainers and coordinators for an edition"),
)
CHOOSE_COLLEAGUE = Permission(
    "edition:colleague",
    Grant,
    {Role.MANAGER: everywhere},
    lazy("Be shown who could teach in an edition or coordinate it"),
)
CHOOSE_TRAINER = Permission(
    "session:trainer",
    Grant,
    {Role.MANAGER: everywhere, Role.COORDINATOR: planning.teaching_where_coordinated},
    lazy("Give a session to another trainer of its edition"),
)
MOVE_SESSION = Permission(
    "session:move",
    Session,
    {Role.MANAGER: everywhere, Role.COORDINATOR: calendar.of_coordinated},
    lazy("Move or cancel a session"),
)
ENROL = Permission(
    "trainee:enrol",
    Edition,
    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.coordinated},
    lazy("Enrol trainees, one by one or from a list"),
)
END_ENROLMENT = Permission(
    "trainee:leave",
    Enrolment,
    {Role.MANAGER: everywhere, Role.COORDINATOR: enrolments.where_coordinated},
    lazy("Record that a trainee has left"),
)
CHOOSE_PIN = Permission(
    "pin:choose",
    Enrolment,
    {Role.TRAINEE: enrolments.own},
    lazy("Choose one’s PIN for the trainer’s device"),
    fresh=True,
)
ANNOUNCE_ABSENCE = Permission(
    "absence:announce",
    Session,
    {Role.TRAINEE: absences.sessions_of_own},
    lazy("Announce that one will not come to a session"),
)
WITHDRAW_ABSENCE = Permission(
    "absence:withdraw",
    Absence,
    {Role.TRAINEE: absences.own},
    lazy("Take back an absence that one has announced"),
)
LIST_ABSENCES = Permission(
    "absence:list",
    Edition,
    {Role.COORDINATOR: editions.coordinated},
    lazy("See who has announced an absence in an edition"),
)
READ_ABSENCE = Permission(
    "absence:read",
    Absence,
    {Role.TRAINEE: absences.own, Role.COORDINATOR: absences.where_coordinated},
    lazy("Read why somebody has announced an absence"),
)
CHECK_IN = Permission(
    "session:check-in",
    Enrolment,
    {Role.TRAINEE: enrolments.own},
    lazy("Sign in and out with the code on the wall"),
)
READ_OWN_HOURS = Permission(
    "hours:own",
    Enrolment,
    {Role.TRAINEE: enrolments.own},
    lazy("Read one’s own hours and their lines"),
)
READ_HOURS = Permission(
    "hours:read",
    Enrolment,
    {Role.COORDINATOR: register.enrolled_where_coordinated, Role.MANAGER: everywhere},
    lazy("Read the hours of a trainee and their lines"),
)
READ_EDITION_HOURS = Permission(
    "hours:list",
    Edition,
    {Role.COORDINATOR: editions.coordinated, Role.MANAGER: everywhere},
    lazy("Read the hours of an edition"),
)
