"""What courses hands to the application."""

from courses import pages, policy
from courses.personal_data import PERSONAL_DATA
from courses.views import checkin, hours, register
from lms.i18n import lazy
from lms.manifest import Manifest, Tab

COURSES = Manifest(
    name="courses",
    views=(register, checkin, hours),
    policy=policy,
    navigation=(
        Tab(lazy("Hours"), "hours.mine", "sum", policy.READ_OWN_HOURS, 20),
        Tab(lazy("Register"), "register.sessions", "qr", policy.KEEP_REGISTER, 10),
    ),
    today=(pages.to_keep, pages.to_countersign, pages.to_certify),
    personal_data=PERSONAL_DATA,
)
