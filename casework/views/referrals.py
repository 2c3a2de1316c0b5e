"""Referrals: sending one, hearing what became of it, and the manager's answer."""

from flask import Blueprint, flash, redirect, render_template, url_for

from casework import activators, cases, policy, referrals
from casework.referrals import ReferralState, Urgency
from casework.triage import by_turn, tally
from lms import forms, keys, paging
from lms.clock import local
from lms.flow import word
from lms.guard import allow, me
from lms.i18n import gettext, lazy
from lms.permissions import allowed
from lms.policy import USE_HUB

bp = Blueprint("referrals", __name__, url_prefix="/casework/referrals")


class ReferralForm(forms.Form):
    name = forms.Words(lazy("First name, or what you know of the person"))
    contact = forms.Words(lazy("How to reach her"))
    reason = forms.Prose(lazy("Why you refer her"), most=4000)
    hub = forms.RowField(
        lazy("Hub"), policy.REFER_TO_HUB, say=lambda hub: f"{hub.letter} · {hub.name}"
    )
    urgency = forms.Choice(
        lazy("How urgent it is"), [(u.value, word(u).label) for u in Urgency], radio=True,
        default=Urgency.ORDINARY.value,
    )  # fmt: skip
    surname = forms.Words(lazy("Family name"), required=False)
    needs = forms.Prose(lazy("What she would need first"), most=4000, required=False)
    body = forms.RowField(lazy("On behalf of"), policy.SEND_REFERRAL, say=lambda body: body.name)
    is_informed = forms.Tick(lazy("She knows that I am referring her, and to whom"))


class InformForm(forms.Form):
    information = forms.Prose(lazy("Your answer"), most=4000)


class AcceptForm(forms.Form):
    answer = forms.Words(lazy("A line for the sender"), most=300, required=False)


class AskForm(forms.Form):
    question = forms.Prose(lazy("What you need to know"), most=2000)


class DeclineForm(forms.Form):
    why = forms.Prose(lazy("Why, in plain words"), most=2000)


class AssignForm(forms.Form):
    hub = forms.RowField(lazy("Hub"), USE_HUB, say=lambda hub: f"{hub.letter} · {hub.name}")
    activator = forms.RowField(
        lazy("Who accompanies her"),
        policy.CHOOSE_ACTIVATOR,
        say=lambda activator: activator.person.name,
        order=activators.by_name,
    )


# The sender


@bp.get("/new")
@allow(policy.SEND_REFERRAL)
def new():
    return _new(ReferralForm())


def _new(form):
    page = render_template("casework/referrals/new.html", form=form)
    return page, 422 if form.errors else 200


@bp.post("/new")
@allow(policy.SEND_REFERRAL)
def send():
    form = ReferralForm()
    if not form.validate():
        return _new(form)
    facts = form.facts("body", "urgency")
    referral = form.attempt(
        referrals.send, form.body.data, urgency=Urgency(form.urgency.data), by=me(), **facts
    )
    if not referral:
        return _new(form)
    flash(gettext("Sent as %(code)s. Keep this code among your own papers.", code=referral.code))
    return redirect(url_for(".sent_one", referral=referral.id), 303)


@bp.get("/sent")
@allow(policy.READ_SENT)
def sent():
    within = allowed(me(), policy.READ_SENT)
    found, counts = referrals.of_sender(within, most=paging.MOST, start=paging.start())
    answered = [referral for referral in found if referral.state in referrals.ANSWERED]
    return render_template(
        "casework/referrals/sent.html",
        waiting=[referral for referral in found if referral not in answered],
        answered=answered,
        asked=counts[ReferralState.WAITING],
        with_programme=counts[ReferralState.RECEIVED],
        page=paging.pager(len(found), counts.total()),
    )


def _sent(referral, form):
    questions = referrals.questions(referral)
    page = render_template(
        "casework/referrals/sent_one.html",
        referral=referral,
        answer=referrals.answer(referral, by=me()),
        questions=keys.open_rows(
            questions, by=me(), subjects={q.id: referral.id for q in questions}
        ),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.get("/sent/<uuid:referral>")
@allow(policy.READ_SENT, "referral")
def sent_one(referral):
    return _sent(referral, InformForm())


@bp.post("/sent/<uuid:referral>/information")
@allow(policy.INFORM_REFERRAL, "referral")
def inform(referral):
    form = InformForm()
    if not (
        form.validate() and form.attempt(referrals.inform, referral, form.information.data, by=me())
    ):
        return _sent(referral, form)
    flash(gettext("Sent. The programme has what it asked for."))
    return redirect(url_for(".sent_one", referral=referral.id), 303)


# The manager


@bp.get("")
@allow(policy.TRIAGE_REFERRAL)
def triage():
    within = allowed(me(), policy.TRIAGE_REFERRAL)
    count = tally(within)
    found = by_turn(within, most=paging.MOST, start=paging.start())
    answered = [referral for referral, _ in found if referral.state in referrals.ANSWERED]
    opened = {referral.id: case for referral, case in found if case}
    accepted = [r for r in answered if r.state == ReferralState.ACCEPTED]
    to_assign = [referral for referral in accepted if referral.id not in opened]
    return render_template(
        "casework/referrals/triage.html",
        tally=count,
        waiting=[referral for referral, _ in found if referral not in answered],
        to_assign=to_assign,
        answered=[referral for referral in answered if referral not in to_assign],
        opened=opened,
        page=paging.pager(len(found), count.whole),
    )


def _read(referral, *, accept=None, ask=None, decline=None, assign=None):
    case, questions = cases.with_questions(referral)
    subject = case.id if case else referral.id
    plain, *asked = keys.open_rows(
        [referral, *questions],
        by=me(),
        subjects=dict.fromkeys([referral.id, *(q.id for q in questions)], subject),
    )
    used = [form for form in (accept, ask, decline, assign) if form]
    if assign is None and case is None and referral.beneficiary_id:
        assign = _assign_form(hub=referral.hub)
    page = render_template(
        "casework/referrals/show.html",
        referral=referral,
        plain=plain,
        questions=asked,
        sender=referral.sent_by.name,
        answer_by=local(referrals.answer_by(referral)),
        case=case,
        moves=referrals.FLOW.open_to(referral.state),
        can_expire=referrals.may_expire(questions),
        accept=accept or AcceptForm(),
        ask=ask or AskForm(),
        decline=decline or DeclineForm(),
        assign=assign,
    )
    return page, 422 if any(form.errors for form in used) else 200


def _assign_form(**values):
    form = AssignForm(**values)
    loads = cases.loads(me().programme_id)
    hubs = {hub.id: hub.letter for hub in form.hub.rows()}
    form.activator.say = lambda activator: gettext(
        "%(hub)s · %(name)s, cases: %(n)d",
        hub=hubs.get(activator.hub_id, ""),
        name=activator.person.name,
        n=loads.get(activator.person_id, 0),
    )
    return form


@bp.get("/<uuid:referral>")
@allow(policy.TRIAGE_REFERRAL, "referral")
def show(referral):
    return _read(referral)


@bp.post("/<uuid:referral>/accept")
@allow(policy.TRIAGE_REFERRAL, "referral")
def accept(referral):
    form = AcceptForm()
    if not form.validate():
        return _read(referral, accept=form)
    referrals.accept(referral, answer=form.answer.data, by=me())
    flash(gettext("Accepted. The sender gets a mail. Now say who accompanies her."))
    return redirect(url_for(".show", referral=referral.id), 303)


@bp.post("/<uuid:referral>/ask")
@allow(policy.TRIAGE_REFERRAL, "referral")
def ask(referral):
    form = AskForm()
    if not (form.validate() and form.attempt(referrals.ask, referral, form.question.data, by=me())):
        return _read(referral, ask=form)
    flash(gettext("Asked. The sender gets a mail and answers here."))
    return redirect(url_for(".show", referral=referral.id), 303)


@bp.post("/<uuid:referral>/decline")
@allow(policy.TRIAGE_REFERRAL, "referral")
def decline(referral):
    form = DeclineForm()
    if not (form.validate() and form.attempt(referrals.decline, referral, form.why.data, by=me())):
        return _read(referral, decline=form)
    flash(gettext("Declined. The sender gets a mail and reads why here."))
    return redirect(url_for(".triage"), 303)


@bp.post("/<uuid:referral>/expire")
@allow(policy.TRIAGE_REFERRAL, "referral")
def expire(referral):
    referrals.expire(referral, by=me())
    flash(gettext("Closed as expired. The sender gets a mail."))
    return redirect(url_for(".triage"), 303)


@bp.post("/<uuid:referral>/case")
@allow(policy.ASSIGN_CASE, "referral")
def assign(referral):
    form = _assign_form()
    case = form.validate() and form.attempt(
        cases.assign, referral, form.hub.data, form.activator.data, by=me()
    )
    if not case:
        return _read(referral, assign=form)
    flash(gettext("Case %(code)s is open. Whoever accompanies it gets a mail.", code=case.code))
    return redirect(url_for(".triage"), 303)
