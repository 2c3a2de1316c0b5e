"""Rows for the tests: each function makes a valid one, with whatever it needs, and commits it.

Whoever builds a topic adds its functions to a module of her own under tests/making/; all of them
are reached from here, so a test says make.person(), make.edition(), make.plan().
"""

from itertools import count

from lms import accounts, clock, db, jobs, programmes, sign_ins
from lms.jobs import JobState
from lms.permissions import Actor, Role
from tests.making import *  # noqa: F403

number = count(100_000)  # of one length, so that names stand in the order in which they were made
PASSWORD = "quattro gatti neri corrono"
_hashed: list[str] = []


def password_hash() -> str:
    """One hash for all: hashing is slow on purpose."""
    if not _hashed:
        _hashed.append(accounts.hash_password(PASSWORD))
    return _hashed[0]


def programme(code: str | None = None):
    """A programme of its own."""
    code = code or f"P{next(number)}"
    row = programmes.create(
        code, f"Programme {code}", privacy_name="Contact", privacy_mail="privacy@demo.example"
    )
    db.session.commit()
    return row


def default_programme():
    """The programme that a test is in unless it says otherwise."""
    return programmes.by_code("ONE") or programme("ONE")


def hub(programme=None, letter: str | None = None):
    row = programmes.add_hub(
        programme or default_programme(), letter or chr(65 + next(number) % 26), "Hub", "Territory"
    )
    db.session.commit()
    return row


def person(*roles: str, programme=None, name: str | None = None, language: str = "en"):
    """Somebody active, with these roles in a programme."""
    n = next(number)
    row = accounts.create(f"p{n}@demo.example", name or f"Person Number{n}", language=language)
    row.password = password_hash()
    accounts.FLOW.move(row, "activate")
    for role in roles:
        accounts.grant(row, Role(role), by=None, programme_id=(programme or default_programme()).id)
    db.session.commit()
    return row


def actor(person, programme=None) -> Actor:
    """The person at work, as `by`."""
    return accounts.acting(person, (programme or default_programme()).id, proven=True)


def sign_in(person, *, programme=None, proven: bool = True) -> str:
    """The token of a fresh sign-in, with the second factor shown unless said otherwise."""
    token = sign_ins.begin(person.id)
    db.session.flush()
    row = (
        db.session.query(sign_ins.SignIn)
        .filter_by(person_id=person.id)
        .order_by(sign_ins.SignIn.began_at.desc())
        .first()
    )
    if programme is not None:
        row.programme_id = programme.id
    row.factor_at = clock.now() if proven else None
    db.session.commit()
    return token


def dead_job(programme=None):
    """A mail of a programme that could not be sent for good."""
    by = actor(person("manager", programme=programme), programme)
    job = jobs.ask("mail", by=by, mail_id=str(db.new_id()))
    job.state, job.attempts, job.error = JobState.DEAD, jobs.MOST_ATTEMPTS, "SMTPException"
    job.ended_at = clock.now()
    db.session.commit()
    return job
