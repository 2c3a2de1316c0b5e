"""Handing a plan in, and the page where it is reviewed: what changed, what was said, what next."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from casework import beneficiaries, policy, readings, versions
from casework.plans import PlanState
from lms import accounts, drafts, forms
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy, ngettext
from lms.permissions import allowed, can
from mentoring import comments, reviews
from mentoring.comments import CommentKind, CommentState

bp = Blueprint("versions", __name__, url_prefix="/casework/plans")


class CommentForm(forms.Form):
    kind = forms.Choice(
        lazy("What kind of comment"), [(k.value, word(k).label) for k in CommentKind], radio=True
    )
    quote = forms.Words(
        lazy("About these words"),
        most=500,
        required=False,
        description=lazy("Select them in the text, or copy them here. Empty: the whole section."),
    )
    said = forms.Prose(lazy("Your comment"), most=4000, render_kw={"rows": 3})
    offset = forms.Number(lazy("Place"), 0, 100_000, required=False)


class AnswerForm(forms.Form):
    """One of several on the page: filled only where it is the one that was sent."""

    answer = forms.Prose(lazy("Your answer"), most=4000, render_kw={"rows": 2})

    def __init__(self, number, *, is_sent=False):
        if is_sent:
            super().__init__()
        else:
            super(forms.Form, self).__init__()
        self.answer.id = self.answer.label.field_id = f"answer-{number}"


class VerdictForm(forms.Form):
    verdict = forms.Prose(lazy("Two lines for her"), most=4000, required=False)


@bp.post("/<uuid:plan>/submit")
@allow(policy.SUBMIT_PLAN, "plan")
def submit(plan):
    review = versions.submit(plan, by=me())
    flash(
        gettext(
            "Version %(n)s is handed in: %(name)s has been told.",
            n=review.number,
            name=accounts.get(review.reviewer_id).name,
        )
    )
    return redirect(url_for("plans.show", plan=plan.id), 303)


@bp.post("/<uuid:plan>/withdraw")
@allow(policy.SUBMIT_PLAN, "plan")
def withdraw(plan):
    versions.withdraw(plan, by=me())
    flash(gettext("You have taken the plan back: go on writing."))
    return redirect(url_for("plans.show", plan=plan.id), 303)


@bp.get("/<uuid:plan>/review")
@allow(policy.READ_PLAN, "plan", also=[policy.REVIEW_PLAN])
def review(plan):
    return _review(plan)


@bp.post("/<uuid:plan>/sections/<int:section>/comments")
@allow(policy.REVIEW_PLAN, "plan")
def comment(plan, section):
    form = CommentForm()
    made = form.validate() and form.attempt(
        reviews.comment,
        versions.round_of(plan),
        section,
        kind=CommentKind(form.kind.data),
        said=form.said.data,
        quote=form.quote.data,
        near=form.offset.data,
        by=me(),
    )
    if not made:
        return _review(plan, section=section, comment=form)
    flash(gettext("Your comment stands beside the text."))
    return _back(plan, f"section-{section}")


@bp.post("/<uuid:plan>/comments/<int:number>/answer")
@allow(policy.EDIT_PLAN, "plan")
def answer(plan, number):
    form = AnswerForm(number, is_sent=True)
    said = comments.numbered(plan.id, number)
    done = form.validate() and form.attempt(
        reviews.answer, versions.round_of(plan), said, form.answer.data, by=me()
    )
    if not done:
        return _review(plan, answering=(number, form))
    left = comments.count_unanswered(plan.id)
    flash(
        ngettext("Answered. One more waits for you.", "Answered. %(num)d more wait for you.", left)
        if left
        else gettext("Answered. Now change the plan and hand it in again.")
    )
    return _back(plan, f"comment-{number}")


@bp.post("/<uuid:plan>/comments/<int:number>/settle")
@allow(policy.REVIEW_PLAN, "plan")
def settle(plan, number):
    reviews.settle(versions.round_of(plan), comments.numbered(plan.id, number), by=me())
    flash(gettext("Settled."))
    return _back(plan, f"comment-{number}")


@bp.post("/<uuid:plan>/comments/<int:number>/reopen")
@allow(policy.REVIEW_PLAN, "plan")
def reopen(plan, number):
    reviews.reopen(versions.round_of(plan), comments.numbered(plan.id, number), by=me())
    flash(gettext("It is still to be changed."))
    return _back(plan, f"comment-{number}")


@bp.post("/<uuid:plan>/review/draft")
@allow(policy.REVIEW_PLAN, "plan", once_only=False)
def draft(plan):
    drafts.save(
        url_for("versions.review", plan=plan.id),
        {"verdict": request.form.get("verdict", "")},
        key_id=plan.key_id,
        subject=plan.case_id,
        by=me(),
    )
    return Response(status=204, mimetype="text/plain")


@bp.post("/<uuid:plan>/send-back")
@allow(policy.REVIEW_PLAN, "plan")
def send_back(plan):
    form = VerdictForm()
    asked = form.validate() and form.attempt(versions.send_back, plan, form.verdict.data, by=me())
    if not asked:
        return _review(plan, verdict=form)
    drafts.drop(url_for("versions.review", plan=plan.id), by=me())
    flash(
        ngettext(
            "Sent back with one thing to change.", "Sent back with %(num)d things to change.", asked
        )
    )
    return redirect(url_for("reviews.waiting"), 303)


@bp.post("/<uuid:plan>/approve")
@allow(policy.REVIEW_PLAN, "plan")
def approve(plan):
    form = VerdictForm()
    if not (form.validate() and form.attempt(versions.approve, plan, form.verdict.data, by=me())):
        return _review(plan, verdict=form)
    drafts.drop(url_for("versions.review", plan=plan.id), by=me())
    flash(gettext("Version %(n)s of %(code)s is approved.", n=plan.number, code=plan.case.code))
    return redirect(url_for("reviews.waiting"), 303)


@bp.get("/<uuid:plan>/approved")
@allow(policy.READ_PLAN, "plan")
def approved(plan):
    document, sections = readings.approved(plan, by=me())
    case = plan.case
    return render_template(
        "casework/versions/approved.html",
        plan=plan,
        case=case,
        document=document,
        sections=sections,
        first_name=_first_name(case),
        people=accounts.names([plan.approved_by_id]) | {case.activator_id: case.activator.name},
    )


# The page of a review


def _back(plan, place):
    return redirect(f"{url_for('versions.review', plan=plan.id)}#{place}", 303)


def _first_name(case):
    within = allowed(me(), policy.READ_IDENTITY)
    return beneficiaries.first_names({case.id: case.beneficiary_id}, within, by=me()).get(
        case.id, ""
    )


def _review(plan, *, section=0, comment=None, answering=None, verdict=None):
    reading = readings.read(plan, request.args.get("version", None, int), by=me())
    is_mine = plan.case.activator_id == me().id
    may_review = reading.is_under_way and not is_mine and can(me(), policy.REVIEW_PLAN, plan)
    section = section or (request.args.get("comment", 0, int) if may_review else 0)
    page = render_template(
        "casework/versions/review.html",
        plan=plan,
        case=plan.case,
        reading=reading,
        first_name=_first_name(plan.case),
        writer=reading.names[plan.case.activator_id],
        is_mine=is_mine,
        may_review=may_review,
        section=section,
        form=comment or CommentForm(),
        answers=_answers(plan, reading, answering) if is_mine else {},
        verdict=verdict or (_verdict(plan) if may_review else None),
    )
    sent = [comment, verdict, answering and answering[1]]
    return page, 422 if any(form and form.errors for form in sent) else 200


def _verdict(plan):
    kept = drafts.find(url_for("versions.review", plan=plan.id), subject=plan.case_id, by=me())
    return VerdictForm(**(kept[1] if kept else {}))


def _answers(plan, reading, answering):
    """A form for each comment that the writer can answer now, by the comment's number."""
    if plan.state != PlanState.RETURNED or not reading.is_latest:
        return {}
    said = [each for passage in reading.passages for each in passage.said] + list(reading.lost)
    found = {
        each.row.number: AnswerForm(each.row.number)
        for each in said
        if each.row.state == CommentState.OPEN
    }
    return found | ({answering[0]: answering[1]} if answering else {})
