"""Who may do what with the register: its pages, on screen and on paper, and what corrects them."""

from courses import (
    calendar,
    contests,
    corrections,
    credits,
    editions,
    enrolments,
    papers,
    register,
    scans,
    sheets,
    terms,
    traces,
)
from courses.bodies import DeliveringBody
from courses.calendar import Session
from courses.contests import Contest
from courses.corrections import Correction
from courses.credits import Credit
from courses.editions import Edition
from courses.enrolments import Enrolment
from courses.ledger import Line
from courses.papers import StampedBook
from courses.scans import Scan
from courses.sheets import Sheet
from courses.stamps import Expected
from courses.terms import Logo
from lms.i18n import lazy
from lms.permissions import Permission, Role, everywhere

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
