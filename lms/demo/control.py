"""What a control finds in the demo: papers beside the register, and somebody who may look."""

from collections.abc import Sequence
from datetime import date, timedelta

from courses import bundles, editions, enclosures, enrolments, inspection
from courses.editions import Part
from courses.enclosures import EnclosureKind
from lms import accounts, clock, db
from lms.demo.course import Class
from lms.demo.people import Cast

PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" + (
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""An empty sheet: nothing in the demo was signed by anybody."""
OPEN_FOR = timedelta(days=60)


def fill(cast: Cast, classes: Sequence[Class], *, today: date | None = None) -> None:
    """The inspector may look at each edition; the papers of the first are all there but one."""
    today = today or clock.today()
    inspector = accounts.get(cast.inspector.id)
    for group in classes:
        inspection.admit(
            group.edition,
            name=inspector.name,
            mail=inspector.mail,
            until=today + OPEN_FOR,
            by=cast.manager,
        )
    _papers(cast, classes[0])
    inspection.note(classes[0].edition, text="Fogli e registro concordano.", by=cast.inspector)
    db.session.flush()


def hand_over(cast: Cast, group: Class, *, public_url: str) -> None:
    """The control bundle of an edition, made piece by piece as its job makes it."""
    address = f"{public_url}/verify/"
    db.session.commit()  # a bundle holds what the register tells of
    asked = bundles.ask(group.edition, address=address, by=cast.manager).id
    db.session.commit()
    while bundles.make_some(asked, address, by=cast.manager):
        db.session.commit()


def _papers(cast: Cast, group: Class) -> None:
    edition = group.edition
    for part in editions.people_of(edition.id):
        if part.role == Part.TRAINER:
            enclosures.enclose(
                edition, EnclosureKind.APPOINTMENT, PAPER, trainer=part, by=cast.coordinator
            )
    for enrolment in enrolments.of_edition(edition.id)[1:]:
        enclosures.enclose(
            edition, EnclosureKind.AGREEMENT, PAPER, trainee=enrolment, by=cast.coordinator
        )
    enclosures.enclose(edition, EnclosureKind.CALENDAR, PAPER, by=cast.coordinator)
