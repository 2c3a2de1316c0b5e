"""Who may do what in courses."""

from courses import (
    absences,
    calendar,
    certificates,
    closing,
    contests,
    corrections,
    credits,
    editions,
    enclosures,
    enrolments,
    exceptions,
    inspection,
    papers,
    path,
    planning,
    quizzes,
    register,
    replacements,
    retries,
    scans,
    sheets,
    terms,
    traces,
)
from courses.absences import Absence
from courses.batches import Batch
from courses.bodies import DeliveringBody
from courses.bundles import Bundle
from courses.calendar import Session
from courses.certificates import Certificate
from courses.closing import Closing
from courses.contests import Contest
from courses.corrections import Correction
from courses.credits import Credit
from courses.curriculum import CourseVersion, Unit
from courses.editions import Edition, EditionGrant
from courses.enclosures import Enclosure
from courses.enrolments import Enrolment
from courses.exceptions import TraineeException
from courses.ledger import Line
from courses.papers import StampedBook
from courses.quizzes import Attempt
from courses.replacements import Duplicate
from courses.scans import Scan
from courses.sheets import Sheet
from courses.stamps import Expected
from courses.terms import Logo
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
READ_TERMS = Permission(
    "terms:read",
    Edition,
    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.coordinated},
    lazy("See how the register of an edition is kept"),
)
WRITE_TERMS = Permission(
    "terms:write",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Say how the register of an edition is kept, and which one is its original"),
)
READ_LOGO = Permission(
    "logo:read",
    Logo,
    {Role.MANAGER: everywhere, Role.COORDINATOR: terms.logos_where_coordinated},
    lazy("See the logos of an edition"),
)
REMOVE_LOGO = Permission(
    "logo:remove",
    Logo,
    {Role.MANAGER: everywhere},
    lazy("Take a logo off the papers of an edition"),
)
KEEP_BODY = Permission(
    "delivery:keep",
    DeliveringBody,
    {Role.MANAGER: everywhere},
    lazy("Keep the list of the bodies that deliver sessions"),
)
DELIVER_SESSIONS = Permission(
    "delivery:give",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Say which body delivers the sessions of an edition"),
)
KEEP_PAPERS = Permission(
    "papers:keep",
    Edition,
    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.coordinated},
    lazy("See the printed pages of an edition, and add its stamped books"),
)
REMOVE_BOOK = Permission(
    "book:remove",
    StampedBook,
    {Role.MANAGER: everywhere, Role.COORDINATOR: papers.books_where_coordinated},
    lazy("Take back a stamped book that was written down wrongly"),
)
PRINT_PAGE = Permission(
    "page:print",
    Session,
    {Role.TRAINER: calendar.held, Role.COORDINATOR: calendar.of_coordinated},
    lazy("Print the page of a session, with the next number of the stamped book"),
)
NUMBER_PAGE = Permission(
    "page:number",
    Session,
    {Role.COORDINATOR: calendar.of_coordinated},
    lazy("Type the number of a stamped page, or print another for one that is spoiled"),
)
OPEN_LATE = Permission(
    "page:late",
    Session,
    {Role.COORDINATOR: calendar.of_coordinated},
    lazy("Open the page of a session that is over, because the network failed"),
)
TRANSCRIBE_PAGE = Permission(
    "page:transcribe",
    Session,
    {Role.TRAINER: calendar.held, Role.COORDINATOR: calendar.of_coordinated},
    lazy("Type the times of a page signed by hand, or confirm what somebody else typed"),
)
ATTACH_SCAN = Permission(
    "scan:attach",
    Session,
    {Role.TRAINER: calendar.held, Role.COORDINATOR: calendar.of_coordinated},
    lazy("Attach the scan of a page signed by hand"),
)
READ_SCAN = Permission(
    "scan:read",
    Scan,
    {
        Role.TRAINER: scans.of_held,
        Role.COORDINATOR: scans.where_coordinated,
        Role.MANAGER: everywhere,
    },
    lazy("Open the scan of a page"),
)
COMPARE_SCAN = Permission(
    "scan:compare",
    Session,
    {Role.COORDINATOR: calendar.of_coordinated},
    lazy("Declare that the scan of a page and the ledger agree"),
)
FILL_SHEET = Permission(
    "sheet:fill",
    Expected,
    {Role.TRAINEE: sheets.own_lines},
    lazy("Fill one’s own sheet of project work or of a visit"),
)
ANSWER_SHEET = Permission(
    "sheet:answer",
    Sheet,
    {Role.TRAINER: sheets.of_held},
    lazy("Confirm or refuse a sheet of project work or of a visit"),
)
MARK_ABSENT = Permission(
    "absent:mark",
    Expected,
    {Role.TRAINER: register.expected_of_held},
    lazy("Mark absent somebody whose place is empty"),
)
LEND_DEVICE = Permission(
    "pin:lend",
    Expected,
    {Role.TRAINER: register.expected_of_held},
    lazy("Lend one’s device to somebody who signs there with her own PIN"),
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
COUNTERSIGN_PAGE = Permission(
    "page:countersign",
    Session,
    {Role.COORDINATOR: calendar.of_coordinated},
    lazy("Countersign pages that somebody else has signed"),
)
IMPORT_TRACE = Permission(
    "trace:import",
    Session,
    {Role.TRAINER: calendar.held, Role.COORDINATOR: calendar.of_coordinated},
    lazy("Import the attendance file of a live lesson"),
)
TELL_NAME = Permission(
    "trace:name",
    Expected,
    {
        Role.TRAINER: register.expected_of_held,
        Role.COORDINATOR: traces.expected_where_coordinated,
    },
    lazy("Say which trainee a name in an attendance file is"),
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
CERTIFY_TRAINEES = Permission(
    "trainees:certify",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Certify all who have what it takes by one act"),
    factor=True,
    fresh=True,
)
DEFER_CERTIFICATION = Permission(
    "certification:defer",
    Enrolment,
    {Role.MANAGER: everywhere},
    lazy("Put the certification of a trainee off"),
)
IDENTIFY_TRAINEE = Permission(
    "trainee:identify",
    Enrolment,
    {Role.MANAGER: everywhere, Role.COORDINATOR: enrolments.where_coordinated},
    lazy("Write who a trainee is, as her identity document says"),
)
PROPOSE_EXCEPTION = Permission(
    "exception:propose",
    Enrolment,
    {Role.MANAGER: everywhere},
    lazy("Propose to certify somebody with an exception"),
    factor=True,
    fresh=True,
)
SIGN_EXCEPTION = Permission(
    "exception:sign",
    TraineeException,
    {
        Role.MANAGER: exceptions.of_others,
        Role.COORDINATOR: exceptions.of_others_where_coordinated,
    },
    lazy("Sign or refuse an exception that somebody else has proposed"),
    factor=True,
    fresh=True,
)
WITHDRAW_EXCEPTION = Permission(
    "exception:withdraw",
    TraineeException,
    {Role.MANAGER: exceptions.proposed_by},
    lazy("Take back an exception that one has proposed"),
)
READ_CERTIFICATE = Permission(
    "certificate:read",
    Certificate,
    {
        Role.TRAINEE: certificates.own,
        Role.MANAGER: everywhere,
        Role.COORDINATOR: certificates.where_hers_coordinated,
    },
    lazy("Open a certificate"),
)

# Control: what a funder asks for, and who comes to see

SEE_CONTROL = Permission(
    "control:see",
    Edition,
    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.coordinated},
    lazy("See what a control of an edition asks for"),
)
TAKE_PAGE = Permission(
    "page:take",
    Session,
    {
        Role.TRAINER: calendar.held,
        Role.COORDINATOR: calendar.of_coordinated,
        Role.MANAGER: everywhere,
        Role.INSPECTOR: inspection.of_inspected,
    },
    lazy("Take a page of the register as a PDF"),
)
PRINT_REGISTER = Permission(
    "register:print",
    Edition,
    {
        Role.COORDINATOR: editions.coordinated,
        Role.MANAGER: everywhere,
        Role.INSPECTOR: editions.inspected,
    },
    lazy("Take the whole register of an edition as a PDF"),
)
EXPORT_REGISTER = Permission(
    "register:export",
    Edition,
    {
        Role.COORDINATOR: editions.coordinated,
        Role.MANAGER: everywhere,
        Role.INSPECTOR: editions.inspected,
    },
    lazy("Take the register and its hours as tables"),
    fresh=True,
)
ATTACH_PAPER = Permission(
    "paper:attach",
    Edition,
    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.coordinated},
    lazy("Attach the papers of an edition: appointments, agreements, calendars sent"),
)
CHOOSE_PART = Permission(
    "paper:trainer",
    EditionGrant,
    {Role.MANAGER: everywhere, Role.COORDINATOR: editions.of_coordinated},
    lazy("Say whose letter of appointment a paper is"),
)
READ_PAPER = Permission(
    "paper:read",
    Enclosure,
    {
        Role.MANAGER: everywhere,
        Role.COORDINATOR: enclosures.of_coordinated,
        Role.INSPECTOR: enclosures.of_inspected,
    },
    lazy("Open the papers of an edition"),
)
READ_CLOSING = Permission(
    "closing:read",
    Closing,
    {
        Role.MANAGER: everywhere,
        Role.COORDINATOR: closing.of_coordinated,
        Role.INSPECTOR: closing.of_inspected,
    },
    lazy("Open the closing sheets of an edition"),
)
MAKE_CLOSING = Permission(
    "closing:make",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Make the closing sheet of a month"),
    factor=True,
)
REOPEN_EDITION = Permission(
    "edition:reopen",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Reopen a closed edition, with a reason"),
    factor=True,
    fresh=True,
)
ADMIT_INSPECTOR = Permission(
    "inspector:admit",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Open an edition to an inspector up to a day"),
)
DISMISS_INSPECTOR = Permission(
    "inspector:dismiss",
    EditionGrant,
    {Role.MANAGER: inspection.inspectors},
    lazy("Shut an edition to an inspector"),
)
INSPECT = Permission(
    "register:inspect",
    Edition,
    {Role.INSPECTOR: editions.inspected},
    lazy("Inspect the register of an edition, and leave a note of the visit"),
)
INSPECT_PAGE = Permission(
    "page:inspect",
    Session,
    {Role.INSPECTOR: inspection.of_inspected},
    lazy("Look at a page while it is kept, and after"),
)
MAKE_BUNDLE = Permission(
    "bundle:make",
    Edition,
    {Role.MANAGER: everywhere},
    lazy("Ask for the control bundle of an edition"),
    factor=True,
    fresh=True,
)
TAKE_BUNDLE = Permission(
    "bundle:take",
    Bundle,
    {Role.MANAGER: everywhere},
    lazy("Take a control bundle"),
    factor=True,
    fresh=True,
)
REPLACE_CERTIFICATE = Permission(
    "certificate:replace",
    Certificate,
    {Role.MANAGER: everywhere},
    lazy("Replace a certificate by one that says what is right"),
    factor=True,
    fresh=True,
)
REVOKE_CERTIFICATE = Permission(
    "certificate:revoke",
    Certificate,
    {Role.MANAGER: everywhere},
    lazy("Revoke a certificate"),
    factor=True,
    fresh=True,
)
DUPLICATE_CERTIFICATE = Permission(
    "certificate:duplicate",
    Certificate,
    {Role.MANAGER: everywhere, Role.COORDINATOR: certificates.where_hers_coordinated},
    lazy("Make a duplicate of a certificate"),
)
READ_DUPLICATE = Permission(
    "duplicate:read",
    Duplicate,
    {Role.MANAGER: everywhere, Role.COORDINATOR: replacements.where_coordinated},
    lazy("Open a duplicate of a certificate"),
)
READ_BATCH = Permission(
    "batch:read",
    Batch,
    {Role.MANAGER: everywhere},
    lazy("See what came of certifying many by one act"),
)
FETCH_BATCH = Permission(
    "batch:fetch",
    Batch,
    {Role.MANAGER: everywhere},
    lazy("Fetch the certificates of many in one file"),
    factor=True,
    fresh=True,
)
