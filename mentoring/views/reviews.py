"""All that waits for a senior trainer's opinion, whatever topic it belongs to."""

from flask import Blueprint, current_app, render_template, url_for

from lms import accounts
from lms.guard import allow, me
from mentoring import policy, reviews

bp = Blueprint("reviews", __name__, url_prefix="/reviews")


def waiting_for(me):
    """What waits for this person among all the kinds of things that are reviewed."""
    kinds = [kind for package in current_app.extensions["packages"] for kind in package.reviewables]
    return reviews.waiting(kinds, me)


@bp.get("")
@allow(policy.LIST_REVIEWS)
def waiting():
    found = waiting_for(me())
    return render_template(
        "mentoring/reviews/waiting.html",
        rows=[
            (
                review,
                kind.title(thing),
                url_for(kind.endpoint, **{kind.argument: thing.id}),
            )
            for kind, review, thing in found
        ],
        names=accounts.names(review.asked_by_id for _, review, _ in found),
    )
