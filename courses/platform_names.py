"""Platform names: who the people in an attendance file are.

They are known by their address, then by their name among those expected; of two who bear one name
nobody is guessed. What neither tells is said once by a person, and remembered for the edition.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint, Uuid, and_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from courses import attendance, presence
from courses.calendar import Session
from courses.layouts import Line
from courses.stamps import Expected
from lms import audit, clock, db, keys
from lms.errors import Refused
from lms.flow import Word, say
from lms.i18n import lazy
from lms.permissions import Actor


class How(StrEnum):
    """From what it is known who somebody in a file is."""

    MAIL = "mail"
    NAME = "name"
    TOLD = "told"
    TRAINER = "trainer"
    NOBODY = "nobody"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


say(
    {
        How.MAIL: Word(lazy("by her address"), "good plain", "ok"),
        How.NAME: Word(lazy("by her name"), "good plain", "ok"),
        How.TOLD: Word(lazy("told by a person"), "good plain", "pen"),
        How.TRAINER: Word(lazy("the trainer"), "", "people"),
        How.NOBODY: Word(lazy("nobody of this class"), "", "none"),
        How.OUTSIDE: Word(lazy("not during the lesson"), "", "late"),
        How.UNKNOWN: Word(lazy("who is it?"), "turn", "ask"),
    }
)


class PlatformName(db.Model):
    """Who somebody on a platform is, as a person has said once for an edition.

    Kept is no name, only what equal names and addresses have in common.
    """

    __tablename__ = "courses_platform_names"
    __table_args__ = (
        db.owned(),
        db.within("courses_editions", "edition_id"),
        db.within("courses_enrolments", "enrolment_id"),
        UniqueConstraint("edition_id", "written"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    edition_id: Mapped[UUID] = mapped_column(Uuid)
    written: Mapped[bytes] = mapped_column(LargeBinary(12))
    """The blind index of the name and the address as the platform writes them."""
    enrolment_id: Mapped[UUID | None] = mapped_column(Uuid)
    """None: nobody of this class."""
    at: Mapped[db.Moment]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


@dataclass(frozen=True)
class Participant:
    """Somebody in a file: one name with one address."""

    number: int
    """Of the first line that names her."""
    name: str
    mail: str
    lines: Sequence[Line]
    how: How
    enrolment_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        return any(line.is_open for line in self.lines)


# Rules


def names_in(written: str) -> set[tuple[str, ...]]:
    """The names that a platform's name may be, in whatever order: Rossi, Anna; Annina (Anna Rossi).

    Brackets hold either who she really is, or what she is to the platform.
    """
    found = {_words(re.sub(r"\(.*?\)|\[.*?\]", " ", written))}
    found |= {_words(inside) for inside in re.findall(r"\((.*?)\)", written)}
    return {words for words in found if len(words) > 1}


def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"[\w']+", keys.folded(name))))


def _written(edition_id: UUID, name: str, mail: str) -> bytes:
    return keys.blind(f"platform name in {edition_id}", f"{name}\0{mail}")


# Queries


def participants(
    session: Session, lines: Sequence[Line], expected: Sequence[Expected]
) -> list[Participant]:
    """Everybody in a file, in its order, and who she is among those expected."""
    by_who: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        by_who.setdefault((keys.folded(line.name), line.mail), []).append(line)
    told = _told(session, list(by_who))
    known = Known(session, expected, [name for name, _ in by_who])
    window = attendance.window(session)
    found = []
    for who, made in by_who.items():
        if who in told:
            enrolment_id = told[who] if told[who] in known.people else None
            how = How.TOLD if enrolment_id else How.NOBODY
        else:
            how, enrolment_id = known.who(*who)
        if how == How.UNKNOWN and not presence.merged([(n.joined, n.left) for n in made], window):
            how = How.OUTSIDE
        first = made[0]
        found.append(Participant(first.number, first.name, who[1], made, how, enrolment_id))
    return found


class Known:
    """Those who may be in a file: the people expected on a page, and its trainer."""

    def __init__(self, session: Session, expected: Sequence[Expected], written: Sequence[str]):
        self.people = {e.enrolment_id for e in expected}
        self.by_mail = {e.enrolment.person.mail.casefold(): e.enrolment_id for e in expected}
        self.by_name: dict[tuple[str, ...], list[UUID]] = {}
        for one in expected:
            words = _words(one.enrolment.person.name)
            self.by_name.setdefault(words, []).append(one.enrolment_id)
        self.bearers = Counter(words for name in written for words in names_in(name))
        self.trainer = session.trainer.mail.casefold(), _words(session.trainer.name)

    def who(self, name: str, mail: str) -> tuple[How, UUID | None]:
        """By address, then by name: but never one of two who bear it, in the class or the file."""
        if mail in self.by_mail:
            return How.MAIL, self.by_mail[mail]
        names = names_in(name)
        alike = [i for words in names for i in self.by_name.get(words, [])]
        if len(alike) == 1 and all(self.bearers[words] == 1 for words in names):
            return How.NAME, alike[0]
        if mail == self.trainer[0] or (self.trainer[1] in names and not alike):
            return How.TRAINER, None
        return How.UNKNOWN, None


def _told(
    session: Session, written: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], UUID | None]:
    """Of these names and addresses, those of whom a person has said who they are.

    The edition of the session and its trainer, who are asked for next, come with them.
    """
    indexes = {_written(session.edition_id, *who): who for who in written}
    query = (
        select(Session, PlatformName.written, PlatformName.enrolment_id)
        .outerjoin(
            PlatformName,
            and_(
                PlatformName.edition_id == Session.edition_id,
                PlatformName.written.in_(list(indexes)),
            ),
        )
        .where(Session.id == session.id)
        .options(joinedload(Session.edition), joinedload(Session.trainer))
    )
    return {indexes[index]: who for _, index, who in db.session.execute(query) if index}


# Operations


def tell(
    session: Session, participant: Participant, someone: Expected | None, *, by: Actor
) -> PlatformName:
    """Say who somebody in a file is, or None: nobody of this class. Remembered for the edition."""
    attendance.takes_a_trace(session)
    if someone is not None and someone.session_id != session.id:
        raise Refused(lazy("She is not expected on this page."))
    written = _written(session.edition_id, keys.folded(participant.name), participant.mail)
    row = db.session.scalar(
        select(PlatformName).where(
            PlatformName.edition_id == session.edition_id, PlatformName.written == written
        )
    )
    if row is None:
        row = PlatformName(
            programme_id=session.programme_id, edition_id=session.edition_id, written=written
        )
        db.session.add(row)
    row.enrolment_id = someone.enrolment_id if someone else None
    row.at, row.by_id = clock.now(), by.id
    audit.record("platform name told", row, by=by)
    return row
