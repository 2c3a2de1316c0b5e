"""What casework hands to the application."""

from datetime import timedelta

from casework import activators, cases, notes, plans, policy, referrals, versions
from casework.personal_data import PERSONAL_DATA
from casework.record import RECORD
from casework.referrals import ReferralState
from casework.views import activators as activator_pages
from casework.views import beneficiaries as person_pages
from casework.views import cases as case_pages
from casework.views import network as network_pages
from casework.views import plans as plan_pages
from casework.views import referrals as referral_pages
from casework.views import versions as version_pages
from lms import clock
from lms.i18n import gettext, lazy, nlazy
from lms.manifest import Coming, Manifest, Reviewable, Tab, Todo
from lms.permissions import Actor, Role, allowed

AHEAD = timedelta(days=7)
"""How far ahead the first page looks."""


def to_triage(me: Actor) -> list[Todo]:
    """Manager: the referrals that wait for her answer, and those that wait for an activator."""
    if not policy.TRIAGE_REFERRAL.held_by(me):
        return []
    within = allowed(me, policy.TRIAGE_REFERRAL)
    found = []
    both = cases.without_case(within, ReferralState.RECEIVED, ReferralState.ACCEPTED)
    waiting = [r for r in both if r.state == ReferralState.RECEIVED]
    if waiting:
        title = nlazy("Answer a referral", "Answer %(num)d referrals", len(waiting))
        by = clock.local(referrals.answer_by(waiting[0])).date()
        found.append(Todo(by, title, "referrals.triage", small=waiting[0].code))
    bare = [r for r in both if r.state == ReferralState.ACCEPTED]
    if bare:
        title = nlazy(
            "Give an accepted referral its activator",
            "Give %(num)d accepted referrals their activator",
            len(bare),
        )
        by = cases.contact_by(bare[0].answered_at or clock.now())
        found.append(Todo(by, title, "referrals.triage", small=bare[0].code))
    return found


def to_accompany(me: Actor) -> list[Todo]:
    """Activator: first contacts and the next steps that she noted, by code."""
    if not policy.NOTE_CASE.held_by(me):
        return []
    until = clock.today() + AHEAD
    return [
        Todo(
            coming.on,
            lazy("Get in touch: %(code)s", code=coming.case.code)
            if coming.is_first
            else lazy("Next step: %(code)s", code=coming.case.code),
            "cases.show",
            {"case": coming.case.id},
        )
        for coming in notes.my_coming(me)
        if coming.on is not None and coming.on <= until
    ]


def to_accept(me: Actor) -> list[Todo]:
    """Activator in training: an authorisation that she has not accepted yet."""
    if not policy.ACCEPT_AUTHORISATION.held_by(me):
        return []
    mine = activators.of_person(me.id, me.programme_id)
    if mine is None or mine.authorised_on is None or mine.accepted_at is not None:
        return []
    return [
        Todo(
            mine.authorised_on,
            lazy("Read and accept your authorisation"),
            "activators.authorisation",
        )
    ]


def to_inform(me: Actor) -> list[Todo]:
    """Partner: referrals of hers about which something was asked."""
    if not policy.INFORM_REFERRAL.held_by(me):
        return []
    return [
        Todo(
            clock.local(referrals.answer_by(referral)).date(),
            lazy("Answer what is asked about %(code)s", code=referral.code),
            "referrals.sent_one",
            {"referral": referral.id},
        )
        for referral in referrals.open_ones(allowed(me, policy.INFORM_REFERRAL))
        if referral.state == ReferralState.WAITING
    ]


def coming(me: Actor) -> list[Coming]:
    """For who accompanies and for who refers: what comes next once all is answered."""
    found = []
    if Role.ACTIVATOR in me.roles:
        found.append(_next_step(me))
    if Role.PARTNER in me.roles:
        found.append(
            Coming(
                lazy("The answers to your referrals come here and by mail"),
                lazy("When you meet somebody whom the hub could accompany, refer her."),
                endpoint="referrals.sent",
            )
        )
    return found


def _next_step(me: Actor) -> Coming:
    dated = [one for one in notes.my_coming(me) if one.on is not None]
    if dated:
        first = dated[0]
        return Coming(
            lazy("Next step: %(code)s", code=first.case.code),
            on=first.on,
            endpoint="cases.show",
            values={"case": first.case.id},
        )
    mine = activators.of_person(me.id, me.programme_id)
    if mine is not None and mine.stage not in activators.WITH_CASES:
        return Coming(
            lazy("Living cases are not open to you yet"),
            lazy("Your authorisation says what is still missing."),
            endpoint="activators.authorisation",
        )
    return Coming(
        lazy("No next step is noted in your cases"),
        lazy("When a case is given to you a mail tells you, and its first contact stands here."),
        endpoint="cases.listed",
    )


CASEWORK = Manifest(
    name="casework",
    views=(
        network_pages,
        referral_pages,
        activator_pages,
        case_pages,
        person_pages,
        plan_pages,
        version_pages,
    ),
    policies=(policy,),
    navigation=(
        Tab(lazy("Cases"), "cases.listed", "people", policy.READ_CASE, 10),
        Tab(lazy("Your referrals"), "referrals.sent", "mail", policy.READ_SENT, 10),
        Tab(lazy("Referrals"), "referrals.triage", "mail", policy.TRIAGE_REFERRAL, 20),
        Tab(lazy("Activators"), "activators.listed", "people", policy.READ_ACTIVATOR, 30),
        Tab(
            lazy("Authorisation"),
            "activators.authorisation",
            "doc",
            policy.ACCEPT_AUTHORISATION,
            50,
        ),
        Tab(lazy("Network"), "network.bodies", "net", policy.READ_NETWORK, 60),
    ),
    today=(
        to_triage,
        to_accompany,
        to_accept,
        to_inform,
        versions.for_senior,
        versions.for_activator,
    ),
    coming=(coming,),
    reviewables=(
        Reviewable(
            kind=versions.KIND,
            model=plans.Plan,
            permission=policy.READ_PLAN,
            endpoint="versions.review",
            argument="plan",
            title=lambda plan: gettext("Plan of %(code)s", code=plan.case.code),
        ),
    ),
    personal_data=PERSONAL_DATA,
    record=RECORD,
)
