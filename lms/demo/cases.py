"""The demo's casework: bodies, referrals, activators, cases and their plans."""

import random
from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import cycle

from casework import activators, cases, network, notes, plans, referrals, versions
from casework.activators import Activator
from casework.cases import Case, Outcome, Reason
from casework.goals import SectionKind
from casework.network import Body, BodyKind
from casework.plans import Plan
from casework.referrals import Referral, Urgency
from lms import accounts, clock, db
from lms.demo import words
from lms.demo.course import Class
from lms.demo.people import Cast, Crowd
from lms.permissions import Actor, Role
from lms.programmes import Hub
from mentoring import assignments, comments, reviews
from mentoring.comments import Comment, CommentKind
from mentoring.reviews import Review

CASES, ACTIVATORS, FULL = 72, 12, 12
SETTLED, SMOOTH = timedelta(days=40), 1
"""Older cases have gone all the way; among the newer ones some wait for somebody."""
AUTHORISATION = (
    "Ti autorizziamo a trattare i dati delle persone che lo snodo ti affida, soltanto per "
    "accompagnarle, con gli strumenti del programma e nel rispetto dell’unità 1.10."
)


def fill(
    crowd: Crowd,
    cast: Cast,
    hubs: Sequence[Hub],
    group: Class,
    *,
    today: date,
    chance: random.Random,
) -> None:
    """Twelve activators at two hubs, their bodies, and 72 referrals that became cases."""
    with clock.held(clock.utc(today - timedelta(weeks=16), time(9))):
        partners = _network(crowd, cast)
        working = _activators(crowd, cast, hubs, group)
    for number in range(CASES):
        opened = today - timedelta(days=1 + (number * 53) % 100)
        body, partner = partners[number % len(partners)]
        holder = working[0] if number < FULL else working[1 + number % (ACTIVATORS - 1)]
        _case(cast, body, partner, holder, number, opened, today)
    _waiting(partners[0], hubs[0], today)


def _network(crowd: Crowd, cast: Cast) -> list[tuple[Body, Actor]]:
    """Twelve bodies, each with somebody who writes for it."""
    found = []
    for place, (name, kind) in enumerate(words.BODIES):
        body = network.add(name, BodyKind(kind), by=cast.manager)
        mail = "partner@demo.example" if place == 0 else ""
        person = crowd.join(Role.PARTNER, mail=mail)
        network.link(body, person, by=cast.manager)
        found.append((body, accounts.acting(person, crowd.programme.id, proven=True)))
    return found


def _activators(
    crowd: Crowd, cast: Cast, hubs: Sequence[Hub], group: Class
) -> list[tuple[Hub, Activator, Actor]]:
    """Trainees of the certified edition who hold cases now; one senior follows six of them."""
    ready = [t for place, t in enumerate(group.trainees) if place % 5 != 4][:ACTIVATORS]
    seniors = [cast.seniors[0]] * 6 + [cast.seniors[1]] * 3 + [cast.seniors[2]] * 3
    found = []
    for trainee, hub, senior in zip(ready, cycle(hubs), seniors, strict=False):
        person = accounts.get(trainee.id)
        crowd.enrol(person)
        activator = activators.make(person, hub, by=cast.manager)
        db.session.flush()
        activators.authorise(activator, AUTHORISATION, by=cast.manager)
        me = accounts.acting(person, crowd.programme.id, proven=True)
        activators.accept(activator, version=activator.version, by=me)
        activators.supervise(activator, by=cast.manager)
        assignments.assign(accounts.get(senior.id), person, by=cast.manager)
        found.append((hub, activator, me))
    db.session.flush()
    certified = [a for _, a, _ in found[1:] if activators.is_certified(a)]
    activators.release(certified[0], by=cast.manager)
    return found


def _referral(body: Body, partner: Actor, hub: Hub, number: int, on: date) -> Referral:
    name, surname = words.PERSONS[number % len(words.PERSONS)]
    reason, needs = words.REASONS[number % len(words.REASONS)]
    with clock.held(clock.utc(on, time(10, number % 50))):
        row = referrals.send(
            body,
            hub=hub,
            urgency=Urgency.URGENT if number % 11 == 0 else Urgency.ORDINARY,
            name=name,
            surname=surname,
            contact="011 555 0100 (inventato)",
            reason=reason,
            needs=needs,
            by=partner,
        )
        db.session.flush()
    return row


def _case(
    cast: Cast,
    body: Body,
    partner: Actor,
    holder: tuple[Hub, Activator, Actor],
    number: int,
    opened: date,
    today: date,
) -> None:
    """One person, from the referral as far as her story has come by today."""
    hub, activator, me = holder
    referral = _referral(body, partner, hub, number, opened - timedelta(days=1))
    with clock.held(clock.utc(opened, time(11, number % 50))):
        referrals.accept(referral, by=cast.manager)
        db.session.flush()
        case = cases.assign(referral, hub, activator, by=cast.manager)
        db.session.flush()
    senior = cast.seniors[_senior_of(me, cast)]
    luck = number if opened > today - SETTLED else SMOOTH
    for step, days in enumerate((2, 5, 9, 14, 17, 20, 24)):
        on = opened + timedelta(days=days)
        if on >= today or (luck % 9 == 0 and step > 0):
            break
        with clock.held(clock.utc(on, time(15, number % 50))):
            STEPS[step](case, me, senior, number if step in (0, 2) else luck)
            db.session.flush()
    if opened <= today - SETTLED:
        _keeps_in_touch(case, me, number, today)


def _keeps_in_touch(case: Case, me: Actor, number: int, today: date) -> None:
    """A contact in the last days, and the day of the next one."""
    with clock.held(clock.utc(today - timedelta(days=1 + number % 6), time(16, number % 50))):
        notes.write(
            case,
            Outcome.REACHED,
            said=words.NOTES[(number + 1) % len(words.NOTES)],
            next_step="Sentirsi per vedere come va.",
            next_on=today + timedelta(days=1 + number % 12),
            by=me,
        )


def _senior_of(me: Actor, cast: Cast) -> int:
    found = assignments.senior_of(me.id, me.programme_id)
    ids = [s.id for s in cast.seniors]
    return ids.index(found.id) if found else 0


def _spoke(case: Case, me: Actor, senior: Actor, number: int) -> None:
    notes.write(
        case,
        Outcome.REACHED,
        said=words.NOTES[number % len(words.NOTES)],
        next_step="Ci rivediamo allo snodo per capire insieme da dove partire.",
        next_on=clock.today() + timedelta(days=4),
        by=me,
    )


def _knows(case: Case, me: Actor, senior: Actor, number: int) -> None:
    cases.begin_assessment(case, Reason.WANTS_TO_BEGIN, by=me)


def _plans(case: Case, me: Actor, senior: Actor, number: int) -> None:
    cases.begin_planning(case, Reason.NEEDS_ARE_CLEAR, by=me)
    db.session.flush()
    plan = plans.begin(case, by=me)
    db.session.flush()
    situation, strengths = words.SITUATIONS[number % len(words.SITUATIONS)]
    for kind, text in ((SectionKind.SITUATION, situation), (SectionKind.STRENGTHS, strengths)):
        plans.save_row(plan, kind, 1, {"words": text}, version=1, by=me)
    for kind, facts in words.rows(clock.today(), number):
        plans.add_row(plan, kind, facts, by=me)
        db.session.flush()


def _submits(case: Case, me: Actor, senior: Actor, number: int) -> None:
    if number % 7:
        versions.submit(_plan(case), by=me)


def _is_read(case: Case, me: Actor, senior: Actor, number: int) -> None:
    if not number % 7 or number % 5 == 4:
        return
    review = _round(case)
    sections = reviews.contents(review, by=senior)
    place = next(n for n, s in enumerate(sections, 1) if s["kind"] == SectionKind.GOAL)
    reviews.comment(
        review,
        place,
        kind=CommentKind.MUST_CHANGE,
        said="Come ce ne accorgeremo? Scrivi una cosa che si può vedere, e una data.",
        by=senior,
    )
    reviews.comment(
        review, 1, kind=CommentKind.WELL_DONE, said="Le sue parole, non le nostre.", by=senior
    )
    versions.send_back(_plan(case), "Bel passo avanti: manca solo il primo obiettivo.", by=senior)


def _answers(case: Case, me: Actor, senior: Actor, number: int) -> None:
    plan = _plan(case)
    if plan.state.value != "returned" or number % 4 == 3:
        return
    review = _round(case)
    for comment in _unsettled(plan):
        reviews.answer(review, comment, "Riscritto con lei, con una data.", by=me)
        db.session.flush()
    goal = plans.section(plan, SectionKind.GOAL, 1, by=me)
    facts = {"words": goal.fields.words, "result": words.BETTER, "due_on": goal.fields.due_on}
    plans.save_row(plan, SectionKind.GOAL, 1, facts, version=1, by=me)
    db.session.flush()
    versions.submit(plan, by=me)


def _is_approved(case: Case, me: Actor, senior: Actor, number: int) -> None:
    plan = _plan(case)
    if plan.state.value != "submitted" or plan.number < 2:
        return
    review = _round(case)
    for comment in _unsettled(plan):
        reviews.settle(review, comment, by=senior)
        db.session.flush()
    versions.approve(plan, "Ora si legge la sua voce. Avanti così.", by=senior)


STEPS = (_spoke, _knows, _plans, _submits, _is_read, _answers, _is_approved)


def _plan(case: Case) -> Plan:
    plan = plans.of_case(case.id)
    assert plan is not None  # noqa: S101 - the step before has begun it
    return plan


def _unsettled(plan: Plan) -> list[Comment]:
    return [c for c in comments.of_subject(plan.id) if comments.is_unsettled(c)]


def _round(case: Case) -> Review:
    return versions.round_of(_plan(case))


def _waiting(partner: tuple[Body, Actor], hub: Hub, today: date) -> None:
    """Three referrals that still wait for the manager."""
    body, me = partner
    for number in range(3):
        _referral(body, me, hub, CASES + number, today - timedelta(days=1 + number))
