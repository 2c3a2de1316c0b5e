"""Who may do what with people, roles and the audit record's envelope."""

from lms.accounts import Grant
from lms.i18n import lazy
from lms.jobs import Job
from lms.permissions import Permission, Role, everywhere
from lms.programmes import Hub, Programme

SEE_PROGRAMME = Permission(
    "programme:see",
    Programme,
    dict.fromkeys(Role, everywhere),
    lazy("See who may do what in the programme"),
)
LIST_PEOPLE = Permission(
    "person:list",
    Grant,
    {Role.ADMINISTRATOR: everywhere, Role.MANAGER: everywhere},
    lazy("See who has which role"),
    factor=True,
)
INVITE_PERSON = Permission(
    "person:invite",
    Programme,
    {Role.ADMINISTRATOR: everywhere, Role.MANAGER: everywhere},
    lazy("Invite people and give roles"),
    factor=True,
)
READ_AUDIT = Permission(
    "audit:read",
    Programme,
    {Role.ADMINISTRATOR: everywhere},
    lazy("Read the envelope of the audit record: who, when, what, never content"),
    factor=True,
)
READ_JOBS = Permission(
    "job:read",
    Programme,
    {Role.ADMINISTRATOR: everywhere},
    lazy("See the jobs: mails and documents on their way"),
    factor=True,
)
RETRY_JOB = Permission(
    "job:retry",
    Job,
    {Role.ADMINISTRATOR: everywhere},
    lazy("Give a job of the programme that failed another try"),
    factor=True,
)
USE_HUB = Permission(
    "hub:use",
    Hub,
    {Role.MANAGER: everywhere},
    lazy("Put activators and cases under a hub"),
)
