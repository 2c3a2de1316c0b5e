"""An edition of the real course, with people but without a calendar."""

from datetime import date, time

from courses import editions, enrolments, planning
from courses.editions import Part
from lms import db


def edition(programme=None, *, code=None, trainers=1, coordinators=1, starts_on=date(2026, 9, 14)):
    """A planned edition, from mid September to the following July."""
    from tests import make

    programme = programme or make.default_programme()
    manager = make.actor(make.person("manager", programme=programme), programme)
    row = editions.make_edition(
        make.course(programme),
        code=code or f"E{next(make.number)}",
        name="An edition",
        starts_on=starts_on,
        ends_on=date(2027, 7, 31),
        room="Room Dora",
        by=manager,
    )
    for part, role, number in (
        (Part.TRAINER, "trainer", trainers),
        (Part.COORDINATOR, "coordinator", coordinators),
    ):
        for _ in range(number):
            person = make.person(role, programme=programme)
            editions.appoint(row, person, part, by=manager)
    db.session.commit()
    return row


def planned_edition(**more):
    """An edition with an accepted calendar of Tuesday mornings; its sessions and a manager."""
    from tests import make

    edition, manager = make.edition(trainers=2, **more), make.person("manager")
    trainers = [g.person for g in editions.people_of(edition.id) if g.role == Part.TRAINER]
    proposed = planning.propose(
        edition,
        starts_on=edition.starts_on,
        weekdays=[1],
        begins=[time(9)],
        room="Aula Dora",
        trainers=trainers,
    )
    rows = planning.accept(edition, proposed, by=make.actor(manager))
    db.session.commit()
    return edition, rows, manager


def has_left(enrolment, on):
    """A trainee who has left an edition; her last day was this."""
    from tests import make

    manager = make.actor(make.person("manager"))
    enrolments.leave(enrolment, on=on, reason="canary-reason to leave", by=manager)
    db.session.commit()


def proposed(edition, **more):
    """The sessions that the planning proposes for an edition, by its own trainers."""
    trainers = [g.person for g in editions.people_of(edition.id) if g.role == Part.TRAINER]
    facts = {
        "starts_on": edition.starts_on,
        "weekdays": [1, 3],
        "begins": [time(9)],
        "room": "Room Dora",
        "trainers": trainers,
    }
    return planning.propose(edition, **{**facts, **more})


def planned(**more):
    """An edition, its accepted calendar, and the manager who accepted it."""
    from tests import make

    edition, manager = make.edition(**more), make.actor(make.person("manager"))
    rows = planning.accept(edition, proposed(edition), by=manager)
    db.session.commit()
    return edition, rows, manager
