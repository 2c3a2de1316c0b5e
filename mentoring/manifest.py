"""What mentoring hands to the application."""

from lms.i18n import lazy
from lms.manifest import Manifest, Tab
from mentoring import policy
from mentoring.personal_data import PERSONAL_DATA
from mentoring.views import assignments as assignment_pages
from mentoring.views import reviews as review_pages

MENTORING = Manifest(
    name="mentoring",
    views=(assignment_pages, review_pages),
    policy=policy,
    navigation=(
        Tab(lazy("Reviews"), "reviews.waiting", "doc", policy.LIST_REVIEWS, 10),
        Tab(lazy("Whom I follow"), "assignments.followed", "people", policy.SEE_FOLLOWED, 20),
        Tab(
            lazy("Who follows whom"),
            "assignments.listed",
            "people",
            policy.LIST_ASSIGNMENTS,
            40,
        ),
    ),
    personal_data=PERSONAL_DATA,
)
