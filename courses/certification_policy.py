"""Who may do what where hours are certified, closed and controlled."""

from courses import (
    calendar,
    certificates,
    closing,
    editions,
    enclosures,
    enrolments,
    exceptions,
    inspection,
    replacements,
)
from courses.batches import Batch
from courses.bundles import Bundle
from courses.calendar import Session
from courses.certificates import Certificate
from courses.closing import Closing
from courses.editions import Edition, EditionGrant
from courses.enclosures import Enclosure
from courses.enrolments import Enrolment
from courses.exceptions import TraineeException
from courses.replacements import Duplicate
from lms.i18n import lazy
from lms.permissions import Permission, Role, everywhere

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
