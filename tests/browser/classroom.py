"""A class on its first morning: ten trainees, their calendar, and the ways in which one signs."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser
from sqlalchemy import select

from courses import (
    calendar,
    codes,
    curriculum,
    editions,
    enrolments,
    ledger,
    planning,
    register,
)
from courses.calendar import Session
from courses.curriculum import CourseVersion
from courses.editions import Part
from courses.enrolments import Enrolment
from lms import accounts, clock, db, i18n, keys, programmes, sign_ins
from lms.accounts import Person as Account
from lms.permissions import Role
from tests import make
from tests.browser.house import STAFF, House
from tests.browser.people import Person
from tests.making.register import START

DAY = clock.local(START).date()
EVE = clock.utc(DAY - timedelta(days=1), time(18))
NAMES = [
    "Sara Conti", "Elena Riva", "Luca Gallo", "Marco Bruni", "Nadia Haddad", "Paola Ferraris",
    "Rita Moro", "Dario Costa", "Irene Basso", "Omar Greco",
]  # fmt: skip


@dataclass
class Classroom:
    """The class, its first session, and everybody who has a browser open."""

    house: House
    browser: Browser
    edition_id: UUID
    session_id: UUID
    """The session that it is about now; at first that of the first morning."""
    day: date = DAY
    everybody: dict[str, Person] = field(default_factory=dict)

    @property
    def page(self) -> str:
        return f"/sessions/{self.session_id}"

    def of(self, name: str, *, on_phone: bool = True) -> Person:
        """Somebody at her browser: a trainee at her phone, the staff at their desks."""
        if name not in self.everybody:
            self.everybody[name] = Person(
                self.house, self.browser, _mail(name), name, on_phone=on_phone
            )
        return self.everybody[name]

    def staff(self, role: Role) -> Person:
        name, mail = STAFF[role]
        if name not in self.everybody:
            self.everybody[name] = Person(self.house, self.browser, mail, name)
        return self.everybody[name]

    @property
    def trainer(self) -> Person:
        return self.staff(Role.TRAINER)

    @property
    def coordinator(self) -> Person:
        return self.staff(Role.COORDINATOR)

    @property
    def found(self) -> list[str]:
        """All that any browser complained of."""
        return [line for person in self.everybody.values() for line in person.found]

    def standing(self) -> str:
        """Where everybody is, for who has to find out why the journey stopped."""
        lines = [f"{p.name} at {p.path}: {p.text()[:400]}" for p in self.everybody.values()
                 if p.page.url != "about:blank"]  # fmt: skip
        return "\n".join([f"It is {clock.local(clock.now())}.", *lines, *self.found])

    # Time

    def at(self, said: str) -> datetime:
        """A wall-clock time of this day, such as 9:12."""
        hour, minute = said.split(":")
        return clock.utc(self.day, time(int(hour), int(minute)))

    def go_to(self, said: str) -> None:
        """Make it five seconds after this minute has begun: what follows stays within it."""
        self.house.go_to(self.at(said) + timedelta(seconds=5))

    def next_morning(self) -> None:
        """From here on it is about the session after this one."""
        with self.house.work():
            rows = calendar.sessions(self.edition_id)
            ids = [row.id for row in rows]
            following = rows[ids.index(self.session_id) + 1]
            self.session_id, self.day = following.id, clock.local(following.starts_at).date()

    # Signing in and out

    def arrive(self, *people: Person, account: str = "") -> None:
        """They have signed in on this very device a moment ago: to their accounts, or to this."""
        with self.house.work():
            app = Flask(__name__)
            app.secret_key = keys.ring().session
            signer = SecureCookieSessionInterface().get_signing_serializer(app)
            assert signer
            for person in people:
                found = accounts.by_mail(account or person.mail)
                assert found
                kept = signer.dumps({"sign_in": sign_ins.begin(found.id)})
                cookie = {"name": "affianca", "value": str(kept), "url": self.house.url}
                person.context.add_cookies([cookie])  # type: ignore[list-item]  # as it takes it

    def wall(self) -> str:
        """The six digits that stand on the wall now."""
        if codes.left(clock.now()) < 6:
            self.house.wait(seconds=6)
        self.trainer.go(f"{self.page}/code")
        digits = self.trainer.page.locator(".digits span").first.inner_text()
        return "".join(digits.split())

    def stamp(self, person: Person) -> None:
        """She writes the code on the wall on her phone, and is signed."""
        code = self.wall()
        person.go("/checkin")
        person.send("/checkin", code=code)

    def came(self, name: str) -> None:
        """She has just signed in with her phone, wherever it has its network from."""
        with self.house.work():
            her = self.house.actor(_mail(name))
            register.check_in(her.id, register.code_now(self.session()), by=her)

    def refused(self, person: Person, code: str, why: str) -> None:
        """She writes a code that signs nobody, and reads why."""
        person.go("/checkin")
        with person.refused(409):
            person.send("/checkin", code=code)
        person.sees(self.said(why))

    def said(self, message: str, **values: object) -> str:
        """A sentence as it stands on the screens of this journey."""
        with i18n.speaking(self.house.language):
            return " ".join(i18n.gettext(message, **values).split())

    def hours(self, minutes: int) -> str:
        return " ".join(i18n.hours(minutes).split())

    # What the register keeps

    def session(self) -> Session:
        return db.session.get_one(Session, self.session_id)

    def minutes(self) -> dict[str, int]:
        """What the ledger has of the session, by name."""
        query = (
            select(Account.name, ledger.Line.minutes)
            .join(Enrolment, Enrolment.id == ledger.Line.enrolment_id)
            .join(Account, Account.id == Enrolment.person_id)
            .where(ledger.Line.session_id == self.session_id)
        )
        with self.house.work():
            rows = [(name, minutes) for name, minutes in db.session.execute(query)]
        found = dict(rows)
        assert len(found) == len(rows), "one line for each"
        return found

    def elsewhere(self) -> str:
        """The code of another session that is open at this moment, of another edition."""
        with self.house.work():
            other = make.opened_page(programme=programmes.only(), trainees=1)
            return register.code_now(other.session)


def _mail(name: str) -> str:
    return f"{name.split()[0].lower()}@class.example"


def classroom(house: House, browser: Browser) -> Classroom:
    """The class in its edition, which runs; its first session is the day after."""
    with house.work():
        manager = house.actor(STAFF[Role.MANAGER][1])
        version = db.session.scalars(select(CourseVersion)).one()
        curriculum.publish(version, by=manager)
        edition = editions.make_edition(
            version,
            code="RDO-1",
            name="Prima edizione",
            starts_on=DAY,
            ends_on=DAY + timedelta(weeks=40),
            room="Aula Po",
            by=manager,
        )
        staff = {role: accounts.by_mail(STAFF[role][1]) for role in STAFF}
        editions.appoint(edition, staff[Role.TRAINER], Part.TRAINER, by=manager)
        editions.appoint(edition, staff[Role.COORDINATOR], Part.COORDINATOR, by=manager)
        proposed = planning.propose(
            edition,
            starts_on=DAY,
            weekdays=[DAY.weekday()],
            begins=[time(9)],
            room="Aula Po",
            trainers=[staff[Role.TRAINER]],
        )
        first = planning.accept(edition, proposed, by=manager)[0]
        password = accounts.hash_password(house.password)
        for name in NAMES:
            person = accounts.create(_mail(name), name, language=house.language, is_invented=True)
            person.password = password
            accounts.FLOW.move(person, "activate")
            accounts.grant(person, Role.TRAINEE, by=None, programme_id=edition.programme_id)
            db.session.flush()
            enrolments.enrol(edition, person, on=DAY, by=manager)
        db.session.flush()
        calendar.start(edition, by=manager)
        return Classroom(house, browser, edition.id, first.id)
