"""An installation on its first morning: a programme, a hub, its staff, and no course yet."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from casework import network
from casework.network import BodyKind
from lms import accounts, clock, db, i18n, installation, programmes, tokens
from lms.jobs import Job, JobState
from lms.permissions import Actor, Role
from lms.tokens import Token
from tests.databases import memory_folder
from tests.demonstration import Demonstration, environment, lms, serve

PASSWORD = "sette barche sul lago calmo"
STAFF = {
    Role.MANAGER: ("Marta Olivero", "marta@journey.example"),
    Role.TRAINER: ("Tommaso Ferri", "tommaso@journey.example"),
    Role.COORDINATOR: ("Carla Bianco", "carla@journey.example"),
    Role.SENIOR: ("Sandra Neri", "sandra@journey.example"),
    Role.PARTNER: ("Paolo Rossetti", "paolo@journey.example"),
}


@dataclass
class House(Demonstration):
    """The installation of one journey, and its clock, which the whole of it follows."""

    language: str = "it"
    takes_pictures: bool = False
    variables: dict[str, str] = field(default_factory=dict)

    def go_to(self, moment: datetime) -> None:
        """Make it this moment, here and in the processes that serve."""
        shift = moment - datetime.now(UTC)
        file = Path(self.variables["AFFIANCA_CLOCK_FILE"])
        fresh = file.with_suffix(".new")
        fresh.write_text(str(round(shift.total_seconds())))
        os.replace(fresh, file)

    def wait(self, **some: float) -> None:
        """Let some time go by."""
        self.go_to(clock.now() + timedelta(**some))

    @contextmanager
    def work(self) -> Iterator[None]:
        """One transaction on the database of this installation, in its language."""
        with self.database(), db.unit(), i18n.speaking(self.language):
            yield

    def run(self, *words: str) -> str:
        return lms(*words, **self.variables)

    def unfinished(self, *, within: float = 20) -> list[str]:
        """The work outside the requests that is not done after a while."""
        until = time.monotonic() + within
        while True:
            with self.work():
                jobs = db.session.scalars(select(Job)).all()
                left = [f"{j.kind}: {j.state} {j.error}" for j in jobs if j.state != JobState.DONE]
            if not left or time.monotonic() > until:
                return left or ([] if jobs else ["no work at all"])
            time.sleep(0.2)

    # What the test looks up, to do as a person would

    def actor(self, mail: str) -> Actor:
        person = accounts.by_mail(mail)
        assert person, f"nobody has the address {mail}"
        programme = programmes.only()
        assert programme
        return accounts.acting(person, programme.id, proven=True)

    def invitation(self, mail: str) -> str:
        """The address in the mail by which somebody was invited."""
        with self.work():
            query = select(Token.id).where(
                Token.purpose == "invitation",
                Token.subject_id == self.actor(mail).id,
                Token.revoked_at.is_(None),
            )
            return f"/t/{tokens.written(db.session.scalars(query).one())}"


@contextmanager
def house(
    beginning: datetime, *, language: str, database_url: str = "", takes_pictures: bool = False
) -> Iterator[House]:
    """A served installation in which it is this moment."""
    folder = memory_folder()
    more = {"AFFIANCA_CLOCK_FILE": str(folder / "clock")}
    if database_url:
        more["AFFIANCA_DATABASE_URL"] = database_url
    variables = environment(folder, **more)
    clock.steer(folder / "clock")
    found = None
    try:
        found = House(
            folder,
            PASSWORD,
            None,  # type: ignore[arg-type]  # served once it is filled
            database_url,
            language=language,
            takes_pictures=takes_pictures,
            variables=variables,
        )
        found.go_to(beginning)
        found.run("init")
        with found.work():
            _fill(found)
        found.run("curriculum", "import", "courses/content")
        found.server = serve(variables, log=folder / "server.log")
        yield found
    finally:
        if found and found.server:
            found.server.stop()
        clock.steer(None)
        shutil.rmtree(folder, ignore_errors=True)


def _fill(house: House) -> None:
    """What an operator makes before anybody signs in."""
    installation.mark_demo()
    programme = programmes.create(
        "RDO",
        "Reti delle Opportunità",
        privacy_name="Ufficio privacy (inventato)",
        privacy_mail="privacy@journey.example",
        organiser="Ente capofila (inventato)",
    )
    programmes.add_hub(programme, "A", "Snodo Aurora", "Circoscrizione 7")
    password = accounts.hash_password(PASSWORD)
    for role, (name, mail) in STAFF.items():
        person = accounts.create(mail, name, language=house.language, is_invented=True)
        person.password = password
        accounts.FLOW.move(person, "activate")
        accounts.grant(person, role, by=None, programme_id=programme.id)
    db.session.flush()
    manager = house.actor(STAFF[Role.MANAGER][1])
    body = network.add("Centro di ascolto (inventato)", BodyKind.THIRD_SECTOR, by=manager)
    db.session.flush()
    partner = accounts.by_mail(STAFF[Role.PARTNER][1])
    assert partner
    network.link(body, partner, by=manager)
