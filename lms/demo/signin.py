"""The demo's absences announced, and the PINs of those who have no phone."""

from collections.abc import Sequence
from datetime import timedelta

from courses import absences, calendar, pins
from courses.absences import Category
from courses.calendar import SessionState
from lms import clock, db
from lms.demo.course import Class
from lms.demo.people import Cast

WITHOUT_PHONE = (0, 7)
DIGITS = "480271"
TOLD = (
    (0, 2, Category.HEALTH, "Ho una visita di controllo che non posso spostare."),
    (3, 1, Category.FAMILY, "Quel giorno la scuola di mio figlio è chiusa."),
    (11, 1, Category.WORK, "Al lavoro mi hanno cambiato turno, ci ho provato ma non c’è modo."),
)
"""Which trainee, which of the sessions to come, and why."""


def fill(cast: Cast, classes: Sequence[Class]) -> None:
    """In each class that goes on: two have a PIN, three have announced an absence."""
    for group in classes:
        sessions = calendar.sessions(group.edition.id)
        held = [s.ends_at for s in sessions if s.page]
        coming = [s for s in sessions if s.state == SessionState.SCHEDULED]
        if not (held and coming):
            continue
        with clock.held(max(held) + timedelta(hours=1)):
            for place in WITHOUT_PHONE:
                pins.choose(DIGITS, DIGITS, by=group.trainees[place])
            for place, later, category, reason in TOLD:
                session = coming[min(later, len(coming) - 1)]
                absences.announce(session, category, reason, by=group.trainees[place])
        db.session.flush()
