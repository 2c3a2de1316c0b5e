"""Who may do what in courses."""

from courses import (
    calendar,
    certificates,
    contests,
    corrections,
    credits,
    editions,
    enrolments,
    path,
    planning,
    quizzes,
    register,
    retries,
)
from courses.calendar import Session
from courses.certificates import Certificate
from courses.contests import Contest
from courses.corrections import Correction
from courses.credits import Credit
from courses.curriculum import CourseVersion, Unit
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.ledger import Line
from courses.quizzes import Attempt
from courses.stamps import Expected
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
READ_REGISTER = Permission(
    "register:read",
    Session,
    {
        Role.TRAINER: calendar.held,
        Role.COORDINATOR: calendar.of_coordinated,
        Role.MANAGER: everywhere,
    },
    lazy("Read the pages of the register"),
)
LIST_REGISTER = Permission(
    "register:list",
    Edition,
    {
        Role.TRAINER: editions.taught,
        Role.COORDINATOR: editions.coordinated,
        Role.MANAGER: everywhere,
    },
    lazy("See all pages of an edition, and who is awaited on each"),
)
KEEP_REGISTER = Permission(
    "register:keep",
    Session,
    {Role.TRAINER: calendar.held},
    lazy("Open a page, show its code, attest exits and sign it"),
)
ATTEST_EXIT = Permission(
    "exit:attest",
    Expected,
    {Role.TRAINER: register.expected_of_held},
    lazy("Attest an exit that was forgotten"),
)
COUNTERSIGN_PAGE = Permission(
    "page:countersign",
    Session,
    {Role.COORDINATOR: calendar.of_coordinated},
    lazy("Countersign pages that somebody else has signed"),
)
BAR_PAGE = Permission(
    "page:bar",
    Session,
    {Role.TRAINER: calendar.held, Role.COORDINATOR: calendar.of_coordinated},
    lazy("Bar the open page of a session that is not held"),
)
ASK_CORRECTION = Permission(
    "correction:ask",
    Session,
    {Role.TRAINER: calendar.held, Role.COORDINATOR: calendar.of_coordinated},
    lazy("Ask for a correction of a signed page"),
)
CORRECT_PERSON = Permission(
    "correction:person",
    Expected,
    {
        Role.TRAINER: register.expected_of_held,
        Role.COORDINATOR: register.expected_where_coordinated,
    },
    lazy("Say whose times on a page are to be corrected"),
)
DECIDE_CORRECTION = Permission(
    "correction:decide",
    Correction,
    {Role.COORDINATOR: corrections.of_coordinated, Role.MANAGER: everywhere},
    lazy("Approve or refuse a correction that somebody else has asked"),
)
LIST_CORRECTIONS = Permission(
    "correction:list",
    Edition,
    {Role.COORDINATOR: editions.coordinated, Role.MANAGER: everywhere},
    lazy("See the corrections and contests of an edition"),
)
CONTEST_LINE = Permission(
    "line:contest",
    Line,
    {Role.TRAINEE: contests.own_lines},
    lazy("Contest a line of one’s own hours"),
)
ANSWER_CONTEST = Permission(
    "contest:answer",
    Contest,
    {Role.COORDINATOR: contests.of_coordinated},
    lazy("Answer what a trainee contests"),
)
RECORD_CREDIT = Permission(
    "credit:record",
    Enrolment,
    {Role.COORDINATOR: enrolments.where_coordinated, Role.MANAGER: everywhere},
    lazy("Record a credit of a trainee, with its record"),
)
READ_CREDIT = Permission(
    "credit:read",
    Credit,
    {Role.COORDINATOR: credits.where_coordinated, Role.MANAGER: everywhere},
    lazy("Read a credit, and take it back"),
)
CONFIRM_CREDIT = Permission(
    "credit:confirm",
    Credit,
    {Role.MANAGER: everywhere},
    lazy("Confirm a credit that somebody else has recorded"),
)
PLAN_MAKE_UP = Permission(
    "makeup:plan",
    Session,
    {Role.MANAGER: everywhere, Role.COORDINATOR: calendar.of_coordinated},
    lazy("Plan a make-up session for those who missed a session"),
)
CERTIFY_HOURS = Permission(
    "hours:certify",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Certify the hours of countersigned pages"),
    factor=True,
    fresh=True,
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
READ_CERTIFICATION = Permission(
    "certification:read",
    Edition,
    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.coordinated},
    lazy("See who has what the certificate asks for"),
)
READ_DOSSIER = Permission(
    "dossier:read",
    Enrolment,
    {Role.MANAGER: everywhere, Role.COORDINATOR: enrolments.where_coordinated},
    lazy("Read the dossier of a trainee"),
)
CERTIFY_TRAINEE = Permission(
    "trainee:certify",
    Enrolment,
    {Role.MANAGER: everywhere},
    lazy("Certify a trainee who has what it takes"),
    factor=True,
    fresh=True,
)
READ_CERTIFICATE = Permission(
    "certificate:read",
    Certificate,
    {Role.TRAINEE: certificates.own, Role.MANAGER: everywhere},
    lazy("Open a certificate"),
)
