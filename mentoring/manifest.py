"""What mentoring hands to the application."""

from courses.register_policy import ANSWER_SHEET
from lms.i18n import lazy, nlazy
from lms.manifest import Coming, Manifest, Tab
from lms.permissions import Actor, Role
from mentoring import assignments, policy
from mentoring.personal_data import PERSONAL_DATA
from mentoring.record import RECORD
from mentoring.views import assignments as assignment_pages
from mentoring.views import reviews as review_pages


def coming(me: Actor) -> list[Coming]:
    """For a senior trainer: who may hand something in."""
    if not policy.SEE_FOLLOWED.held_by(me):
        return []
    people = assignments.of_senior(me)
    if not people:
        return [
            Coming(
                lazy("You follow nobody yet."),
                lazy("The programme manager puts you beside trainees and activators."),
                endpoint="assignments.followed",
            )
        ]
    return [
        Coming(
            nlazy(
                "What the person you follow hands in comes here",
                "What the %(num)d people you follow hand in comes here",
                len(people),
            ),
            lazy("With the day by which your opinion is awaited."),
            endpoint="assignments.followed",
        )
    ]


MENTORING = Manifest(
    name="mentoring",
    views=(assignment_pages, review_pages),
    policies=(policy,),
    grants=((ANSWER_SHEET, Role.SENIOR, assignments.sheets_of_followed),),
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
    coming=(coming,),
    personal_data=PERSONAL_DATA,
    record=RECORD,
)
