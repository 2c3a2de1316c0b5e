"""Who may do what in mentoring."""

from lms.accounts import Grant
from lms.i18n import lazy
from lms.permissions import Permission, Role, everywhere
from mentoring import assignments, reviews
from mentoring.assignments import Assignment
from mentoring.reviews import Review

SEE_FOLLOWED = Permission(
    "assignment:followed",
    Assignment,
    {Role.SENIOR: assignments.mine},
    lazy("See whom one follows, and what waits for one’s opinion"),
    factor=True,
)
LIST_ASSIGNMENTS = Permission(
    "assignment:list",
    Assignment,
    {Role.MANAGER: everywhere},
    lazy("See who follows whom"),
    factor=True,
)
CHOOSE_SENIOR = Permission(
    "assignment:senior",
    Grant,
    {Role.MANAGER: assignments.seniors},
    lazy("Choose a senior trainer to put beside somebody"),
    factor=True,
)
CHOOSE_FOLLOWED = Permission(
    "assignment:person",
    Grant,
    {Role.MANAGER: assignments.alone},
    lazy("Choose a trainee or an activator to put a senior trainer beside"),
    factor=True,
)
END_ASSIGNMENT = Permission(
    "assignment:end",
    Assignment,
    {Role.MANAGER: everywhere},
    lazy("End the time in which a senior trainer follows somebody"),
    factor=True,
)
LIST_REVIEWS = Permission(
    "review:list",
    Review,
    {Role.SENIOR: reviews.asked_of},
    lazy("See what waits for one’s opinion"),
    factor=True,
)
