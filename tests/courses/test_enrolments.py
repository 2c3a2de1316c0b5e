"""Lists of trainees in every shape that spreadsheets write, and lines that are wrong."""

from datetime import date

import pytest
from sqlalchemy import func, select

from courses import enrolments
from courses.curriculum import Unit
from courses.editions import EditionState
from lms import accounts, audit, db, keys
from lms.errors import Invalid, Refused
from lms.mail import Mail
from lms.permissions import Role
from lms.tokens import Token

LINES = "nome;cognome;mail\nChiara;Abate;chiara@demo.example\nNiccolò;Serra;nico@demo.example\n"
ON = date(2026, 9, 14)


@pytest.mark.parametrize(
    "content",
    [
        LINES.encode(),
        LINES.encode("utf-8-sig"),
        LINES.encode("utf-16"),
        LINES.encode("cp1252"),
        LINES.replace(";", ",").encode(),
        LINES.replace(";", "\t").encode(),
        LINES.replace("\n", "\r\n").encode(),
        LINES.replace("\n", "\r").encode(),
    ],
)
def test_a_list_is_read_as_it_comes(content):
    found = enrolments.read_csv(content)
    assert [(e.name, e.mail, e.is_good) for e in found] == [
        ("Chiara Abate", "chiara@demo.example", True),
        ("Niccolò Serra", "nico@demo.example", True),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n \n",
        b"a;b\n1;2\n",
        b"\x00\x01\x02",
        "nome".encode("utf-16")[:-1],
        b'nome;mail\n"' + b"x" * 140_000,
        b"nome;mail\n" + b"A B;a@demo.example\n" * (enrolments.MOST_LINES + 1),
        b"x" * (enrolments.LARGEST + 1),
    ],
)
def test_what_is_no_list_is_refused_whole(content):
    with pytest.raises(Invalid):
        enrolments.read_csv(content)


def test_every_bad_line_is_named_with_its_number_and_reason():
    found = enrolments.read_csv(
        b"nome,cognome,mail\nA,B,a@demo.example\nA,,x@demo.example\nA,C,no mail\n\n"
        b"A,D,a@demo.example"
    )
    assert [(e.number, e.is_good) for e in found] == [(2, True), (3, False), (4, False), (6, False)]
    assert "line 2" in str(found[3].why)


def test_an_address_that_no_account_can_hold_is_a_bad_line():
    long = f"{'a' * 60}@{'b' * 60}.demo.example"
    found = enrolments.read_csv(f"nome;mail\nAnna Bianchi;{long}\n".encode())
    assert "too long" in str(found[0].why)


def test_a_closed_edition_takes_nobody(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    edition.state = EditionState.CLOSED
    with pytest.raises(Refused, match="closed"):
        enrolments.enrol(edition, make.person(), on=ON, by=manager)


def test_units_are_read_by_those_who_follow_their_version(make):
    edition, manager, person = make.edition(), make.actor(make.person("manager")), make.person()
    query = (
        select(func.count()).select_from(Unit).where(enrolments.units_of_own(make.actor(person)))
    )
    assert db.session.scalar(query) == 0
    enrolments.enrol(edition, person, on=ON, by=manager)
    db.session.flush()
    assert db.session.scalar(query) == 30


def test_a_list_with_a_bad_line_enrols_nobody_unless_told(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    content = LINES.encode() + b"Bad;;x\n"
    with pytest.raises(Refused):
        enrolments.import_csv(edition, content, only_good=False, on=ON, by=manager)
    assert enrolments.of_edition(edition.id) == []
    enrolments.import_csv(edition, content, only_good=True, on=ON, by=manager)
    assert [e.person.name for e in enrolments.of_edition(edition.id)] == [
        "Chiara Abate",
        "Niccolò Serra",
    ]


def test_a_long_list_takes_as_many_statements_as_a_short_one(make, statements):
    """A class of thirty or a whole year: what is looked up and written is looked up once."""
    manager = make.actor(make.person("manager"))
    counts = []
    for number in (2, 300):
        edition, known = make.edition(), make.person("partner")
        lines = [f"Nuova;Persona;new{number}.{n}@demo.example" for n in range(number - 1)]
        lines = ["nome;cognome;mail", *lines, f"Known;Person;{known.mail}"]
        with statements() as seen:
            report = enrolments.import_csv(
                edition, "\n".join(lines), only_good=False, on=ON, by=manager
            )
            db.session.commit()
        assert len(report.good) == len(enrolments.of_edition(edition.id)) == number
        counts.append(len(seen))
    assert counts[0] == counts[1] < 20


def test_who_is_on_a_list_is_invited_once_with_one_link_and_one_mail(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    accounts.invite("chiara@demo.example", "Chiara Abate", Role.PARTNER, by=manager)
    db.session.commit()
    enrolments.import_csv(edition, LINES, only_good=False, on=ON, by=manager)
    db.session.commit()
    person = accounts.by_mail("chiara@demo.example")
    links = db.session.scalars(select(Token).where(Token.subject_id == person.id)).all()
    assert sorted(link.revoked_at is None for link in links) == [False, True]
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 3
    assert accounts.roles(person.id, edition.programme_id) == {Role.PARTNER, Role.TRAINEE}


def test_of_people_of_whom_one_is_enrolled_nobody_is_enrolled(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    people = [make.person(), make.person()]
    enrolments.enrol(edition, people[1], on=ON, by=manager)
    with pytest.raises(Refused):
        enrolments.enrol_each(edition, people, on=ON, by=manager)
    assert [row.person_id for row in enrolments.of_edition(edition.id)] == [people[1].id]


def test_who_has_an_account_keeps_it(make):
    edition, manager = make.edition(), make.actor(make.person("manager"))
    known = make.person("partner")
    row = enrolments.invite(edition, name="Other Name", mail=known.mail, on=ON, by=manager)
    db.session.flush()
    assert (row.person_id, known.name) == (known.id, known.name)
    assert accounts.roles(known.id, edition.programme_id) == {Role.PARTNER, Role.TRAINEE}


def test_nobody_is_enrolled_twice(make):
    edition, manager, person = make.edition(), make.actor(make.person("manager")), make.person()
    enrolments.enrol(edition, person, on=ON, by=manager)
    with pytest.raises(Refused):
        enrolments.enrol(edition, person, on=ON, by=manager)


def test_leaving_is_a_dated_fact(make):
    edition, manager, person = make.edition(), make.actor(make.person("manager")), make.person()
    row = enrolments.enrol(edition, person, on=ON, by=manager)
    with pytest.raises(Invalid):
        enrolments.leave(row, on=date(2026, 9, 1), reason="work", by=manager)
    enrolments.leave(row, on=date(2026, 10, 1), reason="work", by=manager)
    with pytest.raises(Refused):
        enrolments.leave(row, on=date(2026, 10, 2), reason="again", by=manager)


def test_why_she_left_lies_sealed_with_her_key_and_ends_with_it(make):
    edition, person = make.edition(), make.person()
    manager = make.actor(make.person("manager"))
    row = enrolments.enrol(edition, person, on=ON, by=manager)
    assert enrolments.why_left(row, by=manager) == ""
    make.has_left(row, ON)
    assert row.key_id == person.key_id
    assert b"canary" not in row.left_reason
    assert enrolments.why_left(row, by=manager) == "canary-reason to leave"
    db.session.commit()
    assert [e.actor_id for e in audit.who_saw(row.id)][-1] == manager.id
    keys.destroy(db.session.get_one(keys.SubjectKey, person.key_id))
    assert enrolments.why_left(row, by=manager) == ""
    assert row.left_on == ON
