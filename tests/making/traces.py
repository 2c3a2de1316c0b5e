"""Attendance files of invented meetings, and pages that have a trace."""

from datetime import timedelta

from courses import traces
from courses.calendar import SessionMode
from lms import clock, db, i18n

HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"


def attendance_file(session, *connections):
    """A participants report of Zoom; each connection: name, mail, and two minutes of the lesson."""
    lines = [HEAD]
    for name, mail, begins, ends in connections:
        times = [clock.local(session.starts_at + timedelta(minutes=m)) for m in (begins, ends)]
        said = ",".join(f"{t:%m/%d/%Y %I:%M:%S %p}" for t in times)
        lines.append(f"{name},{mail},{said},1,Yes")
    return "\n".join(lines).encode()


def live_page(mode=SessionMode.LIVE, **more):
    """An open page of a lesson that is held online."""
    from tests import make

    group = make.class_in_motion(**more)
    group.sessions[0].mode, group.sessions[0].link = mode, "https://meet.demo.example/room-7"
    db.session.commit()
    return make.opened_page(group)


def whole_file(group):
    """The attendance file of a lesson that the whole class has followed to the end."""
    people = [(p.name, p.mail, -3, 215) for p in group.trainees]
    return attendance_file(group.session, *people)


def traced_page(content=None, **more):
    """A page whose attendance file was imported, ten minutes after the lesson."""
    from tests import make

    group = live_page(**more)
    with clock.held(group.session.ends_at + timedelta(minutes=10)), i18n.speaking("en"):
        traces.import_file(
            group.session,
            content or whole_file(group),
            by=make.actor(group.trainer, group.programme),
        )
        db.session.commit()
    return group
