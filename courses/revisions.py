"""Revisions: what was asked to be corrected, contested, decided and credited, as tables.

They stand in a control bundle beside the corrections that count. Words that somebody wrote about a
trainee lie sealed with her key and are not among them: the reason that everybody may read is.
"""

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import aliased

from courses.anomalies import Decision
from courses.appendices import Part, Pieces, listed
from courses.calendar import Session
from courses.contests import Contest
from courses.corrections import Correction
from courses.credits import Credit
from courses.editions import Edition
from courses.enrolments import Enrolment
from lms import db
from lms.accounts import Person
from lms.flow import word
from lms.i18n import gettext
from lms.permissions import Actor
from lms.tables import Cell

Rows = tuple[list[str], list[list[Cell]]]
_Second = aliased(Person)
_Third = aliased(Person)


def asked(edition: Edition, by: Actor) -> Pieces:
    """Every correction that was asked for, approved or not."""
    yield "corrections/requests.csv", partial(listed, "requests", _asked, edition, by)


def _asked(edition: Edition) -> Rows:
    query = (
        select(Correction, Session.page, Person.name, _Second.name, _Third.name)
        .join(Session, Session.id == Correction.session_id)
        .join(Enrolment, Enrolment.id == Correction.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(_Second, _Second.id == Correction.asked_by_id)
        .outerjoin(_Third, _Third.id == Correction.decided_by_id)
        .where(Correction.edition_id == edition.id)
        .order_by(Correction.asked_at, Correction.id)
    )
    columns = [
        gettext("Page"),
        gettext("Person"),
        gettext("Reason"),
        gettext("In, before"),
        gettext("Out, before"),
        gettext("Minutes before"),
        gettext("In, after"),
        gettext("Out, after"),
        gettext("Minutes after"),
        gettext("Asked by"),
        gettext("Asked at"),
        gettext("State"),
        gettext("Decided by"),
        gettext("Decided at"),
    ]
    return columns, [
        [
            page,
            name,
            str(word(row.reason).label),
            row.before_came,
            row.before_went,
            row.before_minutes,
            row.came,
            row.went,
            row.minutes,
            asker,
            row.asked_at,
            str(word(row.state).label),
            decider or "",
            row.decided_at,
        ]
        for row, page, name, asker, decider in db.session.execute(query)
    ]


def contested(edition: Edition, by: Actor) -> Pieces:
    """Which lines trainees contested, and what became of it."""
    yield "corrections/contests.csv", partial(listed, "contests", _contested, edition, by)


def _contested(edition: Edition) -> Rows:
    query = (
        select(Contest, Session.page, Person.name, _Second.name)
        .join(Session, Session.id == Contest.session_id)
        .join(Enrolment, Enrolment.id == Contest.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(_Second, _Second.id == Contest.answered_by_id)
        .where(Contest.edition_id == edition.id)
        .order_by(Contest.asked_at, Contest.id)
    )
    columns = [
        gettext("Page"),
        gettext("Person"),
        gettext("Contested at"),
        gettext("State"),
        gettext("Answered by"),
        gettext("Answered at"),
    ]
    return columns, [
        [page, name, row.asked_at, str(word(row.state).label), answerer or "", row.answered_at]
        for row, page, name, answerer in db.session.execute(query)
    ]


def decided(edition: Edition, by: Actor) -> Pieces:
    """What was decided of each anomaly of a page."""
    yield "corrections/anomalies.csv", partial(listed, "anomalies", _decided, edition, by)


def _decided(edition: Edition) -> Rows:
    query = (
        select(Decision, Session.page, Person.name)
        .join(Session, Session.id == Decision.session_id)
        .join(Person, Person.id == Decision.by_id)
        .where(Decision.edition_id == edition.id)
        .order_by(Session.page, Decision.at, Decision.id)
    )
    columns = [
        gettext("Page"),
        gettext("What"),
        gettext("Decision"),
        gettext("Note"),
        gettext("When"),
        gettext("Person"),
    ]
    return columns, [
        [page, str(word(row.kind).label), str(word(row.verdict).label), row.note, row.at, name]
        for row, page, name in db.session.execute(query)
    ]


def credited(edition: Edition, by: Actor) -> Pieces:
    """What trainees were recognised of a module, and by which record."""
    yield "register/credits.csv", partial(listed, "credits", _credited, edition, by)


def _credited(edition: Edition) -> Rows:
    query = (
        select(Credit, Person.name, _Second.name, _Third.name)
        .join(Enrolment, Enrolment.id == Credit.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(_Second, _Second.id == Credit.recorded_by_id)
        .outerjoin(_Third, _Third.id == Credit.decided_by_id)
        .where(Credit.edition_id == edition.id)
        .order_by(Credit.recorded_at, Credit.id)
    )
    columns = [
        gettext("Person"),
        gettext("Module"),
        gettext("Minutes"),
        gettext("Number of the record"),
        gettext("Dated"),
        gettext("State"),
        gettext("Recorded by"),
        gettext("Decided by"),
        gettext("Decided at"),
    ]
    return columns, [
        [
            name,
            row.module,
            row.minutes,
            row.record_number,
            row.record_on,
            str(word(row.state).label),
            recorder,
            decider or "",
            row.decided_at,
        ]
        for row, name, recorder, decider in db.session.execute(query)
    ]


PARTS: tuple[Part, ...] = (asked, contested, decided, credited)
