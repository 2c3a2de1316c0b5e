"""Who may do what in casework."""

from casework import activators, cases, network, plans, referrals
from casework.activators import Activator
from casework.beneficiaries import Identity, Social, Special
from casework.cases import Case
from casework.network import Body
from casework.plans import Plan
from casework.referrals import Referral
from lms.accounts import Grant
from lms.i18n import lazy
from lms.permissions import Permission, Role, everywhere
from lms.programmes import Hub

READ_NETWORK = Permission(
    "network:read",
    Body,
    dict.fromkeys((Role.MANAGER, Role.SENIOR, Role.ACTIVATOR), everywhere),
    lazy("See the bodies of the network"),
)
EDIT_NETWORK = Permission(
    "network:edit",
    Body,
    {Role.MANAGER: everywhere},
    lazy("Add bodies, check and close them, say who speaks for them"),
)
CHOOSE_PARTNER = Permission(
    "network:partner",
    Grant,
    {Role.MANAGER: network.partners},
    lazy("Choose the partners who speak for a body"),
)

SEND_REFERRAL = Permission(
    "referral:send",
    Body,
    {Role.PARTNER: network.of_active_body},
    lazy("Refer people, for one’s own body"),
)
REFER_TO_HUB = Permission(
    "referral:hub",
    Hub,
    {Role.PARTNER: everywhere},
    lazy("Choose the hub to which one refers"),
)
READ_SENT = Permission(
    "referral:sent",
    Referral,
    {Role.PARTNER: referrals.sent},
    lazy("See the state and outcome of the referrals one has sent"),
)
INFORM_REFERRAL = Permission(
    "referral:inform",
    Referral,
    {Role.PARTNER: referrals.sent},
    lazy("Answer what is asked about a referral one has sent"),
)
TRIAGE_REFERRAL = Permission(
    "referral:triage",
    Referral,
    {Role.MANAGER: everywhere},
    lazy("Read referrals, accept or decline them, ask for information"),
    factor=True,
)
ASSIGN_CASE = Permission(
    "case:assign",
    Referral,
    {Role.MANAGER: everywhere},
    lazy("Open the case of an accepted referral with an activator"),
    factor=True,
)

READ_ACTIVATOR = Permission(
    "activator:read",
    Activator,
    {Role.MANAGER: everywhere},
    lazy("See who accompanies people, at which stage"),
    factor=True,
)
MAKE_ACTIVATOR = Permission(
    "activator:make",
    Grant,
    {Role.MANAGER: activators.trainees},
    lazy("Make a trainee an activator of a hub"),
    factor=True,
)
AUTHORISE_ACTIVATOR = Permission(
    "activator:authorise",
    Activator,
    {Role.MANAGER: everywhere},
    lazy("Give an activator her written authorisation"),
    factor=True,
)
SUPERVISE_ACTIVATOR = Permission(
    "activator:supervise",
    Activator,
    {Role.MANAGER: everywhere},
    lazy("Open living cases to an activator"),
    factor=True,
)
RELEASE_ACTIVATOR = Permission(
    "activator:release",
    Activator,
    {Role.MANAGER: everywhere},
    lazy("Let an activator stand on her own"),
    factor=True,
)
CHOOSE_ACTIVATOR = Permission(
    "activator:choose",
    Activator,
    {Role.MANAGER: activators.ready},
    lazy("Give cases to activators who may hold them"),
    factor=True,
)
READ_AUTHORISATION = Permission(
    "authorisation:read",
    Activator,
    {Role.MANAGER: everywhere, Role.ACTIVATOR: activators.mine},
    lazy("Read a written authorisation"),
)
ACCEPT_AUTHORISATION = Permission(
    "authorisation:accept",
    Activator,
    {Role.ACTIVATOR: activators.mine},
    lazy("Accept one’s own authorisation"),
)

LIST_CASES = Permission(
    "case:list",
    Case,
    {Role.MANAGER: everywhere, Role.ACTIVATOR: cases.own, Role.SENIOR: cases.followed},
    lazy("See the codes, states and dates of cases"),
    factor=True,
)
READ_CASE = Permission(
    "case:read",
    Case,
    {Role.ACTIVATOR: cases.own, Role.SENIOR: cases.followed},
    lazy("Open a case"),
    factor=True,
)
NOTE_CASE = Permission(
    "case:note",
    Case,
    {Role.ACTIVATOR: cases.own},
    lazy("Write contact notes in a case"),
    factor=True,
)
MOVE_CASE = Permission(
    "case:move",
    Case,
    {Role.ACTIVATOR: cases.own},
    lazy("Lead a case from one step to the next"),
    factor=True,
)

READ_IDENTITY = Permission(
    "identity:read",
    Identity,
    {
        Role.ACTIVATOR: lambda me: cases.of_own(me, Identity),
        Role.SENIOR: lambda me: cases.of_followed(me, Identity),
    },
    lazy("Read who an accompanied person is"),
    factor=True,
)
WRITE_IDENTITY = Permission(
    "identity:write",
    Identity,
    {Role.ACTIVATOR: lambda me: cases.of_own(me, Identity)},
    lazy("Write who an accompanied person is"),
    factor=True,
)
READ_SOCIAL = Permission(
    "social:read",
    Social,
    {
        Role.ACTIVATOR: lambda me: cases.of_own(me, Social),
        Role.SENIOR: lambda me: cases.of_followed(me, Social),
    },
    lazy("Read how an accompanied person lives"),
    factor=True,
)
WRITE_SOCIAL = Permission(
    "social:write",
    Social,
    {Role.ACTIVATOR: lambda me: cases.of_own(me, Social)},
    lazy("Write how an accompanied person lives"),
    factor=True,
)
READ_SPECIAL = Permission(
    "special:read",
    Special,
    {Role.ACTIVATOR: lambda me: cases.of_own(me, Special)},
    lazy("Read health and court measures of an accompanied person"),
    factor=True,
)
WRITE_SPECIAL = Permission(
    "special:write",
    Special,
    {Role.ACTIVATOR: lambda me: cases.of_own(me, Special)},
    lazy("Write health and court measures of an accompanied person"),
    factor=True,
)

BEGIN_PLAN = Permission(
    "plan:begin",
    Case,
    {Role.ACTIVATOR: cases.own},
    lazy("Begin the plan of one’s own case"),
    factor=True,
)
READ_PLAN = Permission(
    "plan:read",
    Plan,
    {Role.ACTIVATOR: plans.own, Role.SENIOR: plans.followed},
    lazy("Read a plan, its versions and what was said of it"),
    factor=True,
)
EDIT_PLAN = Permission(
    "plan:edit",
    Plan,
    {Role.ACTIVATOR: plans.own},
    lazy("Write the plan of one’s own case, and answer comments"),
    factor=True,
)
SUBMIT_PLAN = Permission(
    "plan:submit",
    Plan,
    {Role.ACTIVATOR: plans.own},
    lazy("Hand in the plan of one’s own case, or take it back"),
    factor=True,
)
REVIEW_PLAN = Permission(
    "plan:review",
    Plan,
    {Role.SENIOR: plans.followed},
    lazy("Comment, send back and approve the plans of those one follows"),
    factor=True,
)
