"""A programme with everybody in it, for the table of permissions and the sweep of all routes.

Everything named here is in programme ONE and belongs to the first of each kind: her edition, her
session, her case, her plan. The second of each kind holds the same role and nothing of this.
`elsewhere` is signed in in programme TWO, where she holds every role; in ONE she is the manager.
"""

from types import SimpleNamespace

from courses import editions, papers, terms
from courses.editions import EditionGrant, Part
from courses.enrolments import Enrolment
from lms import accounts, db
from lms.permissions import Role
from mentoring import assignments
from tests import make
from tests.kept import kept

CAST = (
    "administrator", "manager", "coordinator", "coordinator2", "trainer", "trainer2", "senior",
    "senior2", "trainee", "trainee2", "activator", "activator2", "partner", "partner2",
    "inspector", "inspector2", "elsewhere",
)  # fmt: skip


@kept
def build():
    """The people by name, and the rows by what they are called in addresses and in the table."""
    programme, other = make.default_programme(), make.programme("TWO")
    people, rows = {}, {}
    for name in ("administrator", "manager", "senior", "senior2", "trainer2", "coordinator2",
                 "inspector", "inspector2", "trainee2"):  # fmt: skip
        people[name] = make.person(name.rstrip("2"))
    people["elsewhere"] = make.person("manager")
    for role in Role:
        accounts.grant(people["elsewhere"], role, by=None, programme_id=other.id)
    db.session.commit()
    _course(people, rows, programme)
    _casework(people, rows, programme)
    rows |= {"programme": programme, "job": make.dead_job(programme)}
    rows |= _grants(people, programme)
    actors = {
        name: accounts.acting(people[name], programme.id, proven=True)
        for name in CAST
        if name != "elsewhere"
    }
    actors["elsewhere"] = accounts.acting(people["elsewhere"], other.id, proven=True)
    return SimpleNamespace(
        people=people, rows=rows, actors=actors, programme=programme, other=other
    )


def _course(people, rows, programme):
    """A trainee with a certificate, who also stands in an open page and follows the course."""
    certificate = make.certificate()
    trainee = certificate.group.trainees[0]
    group, walker = make.class_in_motion(trainees=1), make.walker()
    people |= {"trainee": trainee, "trainer": group.trainer, "coordinator": group.coordinator}
    own = _enrolled(trainee, group.edition)
    by = make.actor(certificate.group.manager)
    editions.appoint(certificate.group.edition, group.coordinator, Part.COORDINATOR, by=by)
    _enrolled(trainee, db.session.query(Enrolment).filter_by(person_id=walker.id).one().edition)
    make.opened_page(group)
    rows |= {
        "edition": group.edition,
        "session": group.session,
        "enrolment": own,
        "version": make.course(),
        "unit": make.unit("1.2"),
        "attempt": make.attempt(trainee, "1.2"),
        "expected": _expected(group.session, own),
        "absence": make.announced(trainee, group.sessions[1]),
        "certificate": certificate,
        **_control(people, group),
        "duplicate": make.duplicate(certificate),
        "exception": _exception(own, people["elsewhere"]),
        "exception of the manager": _exception(certificate.enrolment, people["manager"]),
        "batch": make.batch(make.certifiable(944)),
    }
    rows |= _papers(group, trainee) | _amended(group, own, trainee)


def _papers(group, trainee):
    """What lies beside the register: books, logos, scans, and a day of project work."""
    manager = make.actor(group.manager, group.programme)
    open_page, visit = group.session, group.sessions[1]
    visit.kind = "field_visit"
    make.opened_page(group, visit)
    made = {
        "logo": terms.add_logo(group.edition, make.png(), name="Funder", by=manager),
        "book": papers.add_book(group.edition, name="Book", first=1, last=50, by=manager),
        "delivering": make.delivering(group.programme),
    }
    group.enrolments, group.trainees = [_enrolment(trainee, group.edition)], [trainee]
    made |= {"place": make.expected(group), "sheet": make.sheet(group)}
    group.session = open_page
    return made | {"scan": make.scanned(group)}


def _enrolment(person, edition):
    query = db.session.query(Enrolment).filter_by(person_id=person.id, edition_id=edition.id)
    return query.one()


def _exception(enrolment, manager):
    """One that waits for a second person, proposed by this manager."""
    from courses.exceptions import TraineeException
    from lms import clock, keys

    row = TraineeException(
        programme_id=enrolment.programme_id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        minutes=0,
        least=0,
        lacks="[]",
        key_id=enrolment.person.key_id,
        proposed_at=clock.now(),
        proposed_by_id=manager.id,
    )
    keys.seal(row, reason="why", by=make.actor(manager))
    db.session.add(row)
    db.session.commit()
    return row


def _control(people, group):
    """What a control finds in the first edition; to the second inspector it is shut already."""
    closed = make.closed_class()
    make.inspector(group, people["inspector"])
    make.inspector(closed, people["inspector"])
    make.inspector(group, people["inspector2"], days=-1)
    accounts.grant(group.coordinator, Role.COORDINATOR, by=None, programme_id=group.programme.id)
    make.coordinated(closed, group.coordinator)
    return {
        "enclosure": make.enclosure(group),
        "closing": closed.closing,
        "bundle": make.asked_bundle(closed),
        "part": _part(group, group.trainer, Part.TRAINER),
        "grant": _part(group, people["inspector"], Part.INSPECTOR),
    }


def _part(group, person, part):
    return (
        db.session.query(EditionGrant)
        .filter_by(edition_id=group.edition.id, person_id=person.id, role=part)
        .one()
    )


def _amended(group, own, trainee):
    """On another page, already signed: a correction that waits, a contested line, a credit."""
    make.missed_page(group, group.sessions[2], present=(0,))
    mine = SimpleNamespace(**{**vars(group), "enrolments": [own], "trainees": [trainee]})
    return {
        "line": make.line(mine),
        "correction": make.correction(mine, times=(0, 200)),
        "contest": make.contest(mine),
        "credit": make.credit(mine),
    }


def _enrolled(person, edition):
    row = Enrolment(
        programme_id=edition.programme_id,
        edition_id=edition.id,
        person_id=person.id,
        entered_on=edition.starts_on,
    )
    db.session.add(row)
    db.session.commit()
    return row


def _expected(session, enrolment):
    from courses import stamps

    return next(e for e in stamps.expected(session.id) if e.enrolment_id == enrolment.id)


def _casework(people, rows, programme):
    """A case from its referral to a plan that waits for the senior trainer."""
    hub, body = make.hub(letter="A"), make.body()
    people["partner"], people["partner2"] = make.partner(body), make.partner(make.body())
    activator, other = make.activator(hub), make.activator(hub)
    people |= {"activator": activator.person, "activator2": other.person}
    for person in (activator.person, other.person):
        accounts.grant(person, Role.ACTIVATOR, by=None, programme_id=programme.id)
    plan = make.submitted_plan(senior=people["senior"], activator=activator)
    make.plan_comment(plan)
    parts = make.parts(plan.case.beneficiary_id)
    rows |= {
        "hub": hub,
        "body": body,
        "referral": make.referral(by=people["partner"], hub=hub),
        "activator": activator,
        "case": plan.case,
        "plan": plan,
        "identity": parts.identity,
        "social": parts.social,
        "special": parts.special,
        "assignment": assignments.of_senior(
            accounts.acting(people["senior"], programme.id)
        )[0],
    }  # fmt: skip
    rows["review"] = _review(plan)
    make.assignment(make.person("trainee"), people["senior2"])
    make.assignment(people["trainee"], people["senior"])


def _review(plan):
    from casework import versions

    return versions.round_of(plan)


def _grants(people, programme):
    """One grant of each kind that somebody may choose from."""
    found = {}
    for name in ("trainee2", "senior", "partner", "trainer"):
        grants = db.session.query(accounts.Grant).filter_by(
            person_id=people[name].id, programme_id=programme.id, role=Role(name.rstrip("2"))
        )
        found[f"grant of {name}"] = grants.one()
    return found
