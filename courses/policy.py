"""Who may do what in courses."""

from courses import calendar, enrolments, register
from courses.calendar import Edition, Session
from courses.enrolments import Enrolment
from courses.stamps import Expected
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
    lazy("Read one's own hours and their lines"),
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
    {Role.COORDINATOR: calendar.coordinated, Role.MANAGER: everywhere},
    lazy("Read the hours of an edition"),
)
