"""A small course of its own, with an edition in motion and pages in every state."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from courses import checkin, register, stamps
from courses.calendar import Session
from courses.curriculum import CourseVersion, Mode, Module, Unit, VersionState
from courses.editions import EDITION_FLOW, Edition, EditionGrant, Part, Rounding
from courses.enrolments import Enrolment
from lms import clock, db

START = datetime(2026, 11, 12, 8, 0, tzinfo=UTC)
"""Thursday 12 November 2026, 9:00 in Italy."""
LENGTH = timedelta(minutes=210)


def small_course(programme, number=900):
    """Three modules of two units each: 1.1 to 3.2, 210 minutes each, 1,260 in all."""
    version = CourseVersion(
        programme_id=programme.id,
        code="SMALL",
        number=number,
        title_it="Corso piccolo",
        title_en="Small course",
        minutes=1260,
        state=VersionState.RETIRED,
        digest=b"small",
        imported_at=START,
        published_at=START,
    )
    db.session.add(version)
    units = []
    for m in (1, 2, 3):
        module = Module(
            programme_id=programme.id,
            version_id=version.id,
            number=m,
            title_it=f"Modulo {m}",
            title_en=f"Module {m}",
            minutes=420,
        )
        db.session.add(module)
        for u in (1, 2):
            units.append(
                Unit(
                    programme_id=programme.id,
                    version_id=version.id,
                    module_id=module.id,
                    code=f"{m}.{u}",
                    position=u,
                    title_it=f"Unità {m}.{u}",
                    title_en=f"Unit {m}.{u}",
                    minutes=210,
                    mode=Mode.CLASSROOM,
                    outcomes_it="",
                    outcomes_en="",
                    body_it="",
                    body_en="",
                    assessment_it="",
                    assessment_en="",
                )
            )
    db.session.add_all(units)
    return version, units


def class_in_motion(trainees=3, programme=None, rounding=Rounding.EXACT, rounding_minutes=0):
    """An edition with its people and six sessions, a day apart from START; nothing opened yet."""
    from tests import make

    programme = programme or make.default_programme()
    n = next(make.number)
    version, units = small_course(programme, 900 + n)
    trainer = make.person("trainer", programme=programme)
    coordinator = make.person("coordinator", programme=programme)
    manager = make.person("manager", programme=programme)
    edition = Edition(
        programme_id=programme.id,
        version_id=version.id,
        code=f"ED{n}",
        name=f"Edition {n}",
        starts_on=START.date(),
        ends_on=START.date() + timedelta(days=60),
        rounding=rounding,
        rounding_minutes=rounding_minutes,
        room="Room Dora",
    )
    EDITION_FLOW.move(edition, "start")
    db.session.add(edition)
    db.session.add_all(
        EditionGrant(programme_id=programme.id, edition_id=edition.id, person_id=p.id, role=part)
        for p, part in ((trainer, Part.TRAINER), (coordinator, Part.COORDINATOR))
    )
    sessions = [
        Session(
            programme_id=programme.id,
            edition_id=edition.id,
            unit_id=unit.id,
            position=i + 1,
            starts_at=START + timedelta(days=i),
            ends_at=START + timedelta(days=i) + LENGTH,
            room="Room Dora",
            trainer_id=trainer.id,
        )
        for i, unit in enumerate(units)
    ]
    db.session.add_all(sessions)
    people = [make.person("trainee", programme=programme) for _ in range(trainees)]
    enrolments = [
        Enrolment(
            programme_id=programme.id,
            edition_id=edition.id,
            person_id=p.id,
            entered_on=START.date() - timedelta(days=1),
        )
        for p in people
    ]
    db.session.add_all(enrolments)
    db.session.commit()
    return SimpleNamespace(
        programme=programme,
        edition=edition,
        units=units,
        sessions=sessions,
        trainer=trainer,
        coordinator=coordinator,
        manager=manager,
        trainees=people,
        enrolments=enrolments,
    )


def opened_page(group=None, session=None, **more):
    """A class whose page is open, ten minutes before the session starts."""
    from tests import make

    group = group or class_in_motion(**more)
    group.session = session or group.sessions[0]
    with clock.held(group.session.starts_at - timedelta(minutes=10)):
        register.open_page(group.session, by=make.actor(group.trainer, group.programme))
        db.session.commit()
    return group


def scan(group, number, at):
    """Trainee `number` scans the code on the wall at this moment."""
    from tests import make

    with clock.held(at):
        stamp = checkin.check_in(
            group.trainees[number].id,
            register.code_now(group.session),
            by=make.actor(group.trainees[number], group.programme),
        )
        db.session.commit()
    return stamp


def attended_page(group=None, session=None, **more):
    """A page on which everybody was in from before the start to after the end."""
    group = opened_page(group, session, **more)
    awaited = {e.enrolment.person_id for e in stamps.expected(group.session.id)}
    for i in [i for i, p in enumerate(group.trainees) if p.id in awaited]:
        scan(group, i, group.session.starts_at - timedelta(minutes=3))
        scan(group, i, group.session.ends_at + timedelta(minutes=2))
    return group


def signed_page(group=None, session=None, **more):
    """A page that its trainer has signed."""
    from tests import make

    group = attended_page(group, session, **more)
    with clock.held(group.session.ends_at + timedelta(minutes=5)):
        register.sign(
            group.session,
            topic="What was taught",
            head_count=len(stamps.expected(group.session.id)),
            by=make.actor(group.trainer, group.programme),
        )
        db.session.commit()
    return group


def countersigned_page(group=None, session=None, **more):
    """A page that the coordinator has countersigned."""
    from tests import make

    group = signed_page(group, session, **more)
    with clock.held(group.session.ends_at + timedelta(hours=1)):
        register.countersign(group.session, by=make.actor(group.coordinator, group.programme))
        db.session.commit()
    return group


def certified_page(group=None, session=None, **more):
    """A page whose hours are certified."""
    from tests import make

    group = countersigned_page(group, session, **more)
    with clock.held(group.session.ends_at + timedelta(hours=2)):
        register.certify([group.session], by=make.actor(group.manager, group.programme))
        db.session.commit()
    return group


def certified_hours(group, session, minutes):
    """A page certified, on which each trainee was in for so many minutes; with none, absent."""
    from tests import make

    opened_page(group, session)
    there = [number for number, some in enumerate(minutes) if some]
    for number in there:
        scan(group, number, session.starts_at - timedelta(minutes=3))
    for number in sorted(there, key=lambda n: minutes[n]):
        scan(group, number, session.starts_at + timedelta(minutes=minutes[number]))
    ends = session.ends_at
    inside = sum(some >= LENGTH // timedelta(minutes=1) for some in minutes)
    trainer, coordinator, manager = (
        make.actor(p, group.programme) for p in (group.trainer, group.coordinator, group.manager)
    )
    with clock.held(ends + timedelta(minutes=5)):
        register.sign(session, topic="What was taught", head_count=inside, by=trainer)
    with clock.held(ends + timedelta(hours=1)):
        register.countersign(session, by=coordinator)
    with clock.held(ends + timedelta(hours=2)):
        register.certify([session], by=manager)
        db.session.commit()
    return group
