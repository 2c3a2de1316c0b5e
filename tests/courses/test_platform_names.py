"""Who the people in an attendance file are: known, told by a person, and never guessed."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from courses import platform_names, register, stamps, traces
from courses.platform_names import How, PlatformName, names_in
from lms import clock, db
from lms.errors import Refused, WrongState


def named(group, *names):
    for person, name in zip(group.trainees, names, strict=False):
        person.name = name
    db.session.commit()


def found(make, group, *connections):
    """The participants of a file with these connections, by line."""
    content = make.attendance_file(group.session, *connections)
    return traces.check(group.session, content).participants


def hows(participants):
    return [one.how for one in participants]


def tell(make, group, participant, number, by=None):
    someone = None
    if number is not None:
        someone = stamps.expected_of(group.session.id, group.enrolments[number].id)
    by = by or make.actor(group.coordinator, group.programme)
    row = platform_names.tell(group.session, participant, someone, by=by)
    db.session.commit()
    return row


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Anna Rossi", {("anna", "rossi")}),
        ("Rossi, Anna", {("anna", "rossi")}),
        ("ROSSI  Anna (External)", {("anna", "rossi")}),
        ("Niccolò D’Angelo", {("d'angelo", "niccolo")}),
        ("Annina bella (Anna Rossi)", {("annina", "bella"), ("anna", "rossi")}),
        ("iPhone", set()),
        ("[Ente] Anna Rossi (Unverified)", {("anna", "rossi")}),
    ],
)
def test_the_names_in_what_a_platform_writes(written, names):
    assert names_in(written) == names


def test_an_address_tells_before_a_name(make):
    group = make.live_page(trainees=2)
    named(group, "Anna Rossi", "Bruna Verdi")
    one, other = found(
        make,
        group,
        ("Bruna Verdi", group.trainees[0].mail.upper(), 0, 210),
        ("Verdi Bruna", "", 0, 210),
    )
    assert (one.how, one.enrolment_id) == (How.MAIL, group.enrolments[0].id)
    assert other.how == How.UNKNOWN, "another account bears her name too"


def test_a_name_is_known_however_it_is_written(make):
    group = make.live_page(trainees=2)
    named(group, "Niccolò D’Angelo", "Bruna Verdi")
    one, other = found(
        make, group, ("D'ANGELO Niccolo", "n@other.example", 0, 9), ("io (Bruna Verdi)", "", 0, 9)
    )
    assert (one.how, one.enrolment_id) == (How.NAME, group.enrolments[0].id)
    assert (other.how, other.enrolment_id) == (How.NAME, group.enrolments[1].id)


def test_of_two_with_one_name_in_the_class_nobody_is_guessed(make):
    group = make.live_page(trainees=2)
    named(group, "Giulia Serra", "Giulia Serra")
    known, unknown = found(
        make, group, ("Giulia Serra", group.trainees[1].mail, 0, 9), ("Giulia Serra", "", 0, 9)
    )
    assert (known.how, known.enrolment_id) == (How.MAIL, group.enrolments[1].id)
    assert (unknown.how, unknown.enrolment_id) == (How.UNKNOWN, None)
    (alone,) = found(make, group, ("Giulia Serra", "", 0, 9))
    assert (alone.how, alone.enrolment_id) == (How.UNKNOWN, None)


def test_of_two_with_one_name_in_the_file_nobody_is_guessed(make):
    group = make.live_page(trainees=1)
    named(group, "Giulia Serra")
    assert hows(
        found(make, group, ("Giulia Serra", "a@x.example", 0, 9), ("Giulia Serra", "", 0, 9))
    ) == [How.UNKNOWN, How.UNKNOWN]


def test_the_trainer_is_known_and_counts_for_nobody(make):
    group = make.live_page(trainees=1)
    named(group, "Anna Rossi")
    people = found(make, group, (group.trainer.name, "", 0, 9), ("Host", group.trainer.mail, 0, 9))
    assert hows(people) == [How.TRAINER, How.TRAINER]
    assert {one.enrolment_id for one in people} == {None}


def test_nobody_asks_who_was_there_only_at_another_time(make):
    group = make.live_page(trainees=1)
    assert hows(
        found(make, group, ("Zoe Nera", "", -60, -5), ("Ugo Neri", "", 211, 300))
    ) == [How.OUTSIDE, How.OUTSIDE]  # fmt: skip


def test_what_was_told_once_is_remembered_for_the_edition(make):
    group = make.live_page(trainees=2)
    (one,) = found(make, group, ("Telefono", "", 0, 210))
    tell(make, group, one, 1)
    (again,) = found(make, group, ("TELEFONO", "", 10, 20))
    assert (again.how, again.enrolment_id) == (How.TOLD, group.enrolments[1].id)
    other = make.live_page(trainees=1)
    assert hows(found(make, other, ("Telefono", "", 0, 210))) == [How.UNKNOWN]
    tell(make, group, again, None)
    (changed,) = found(make, group, ("Telefono", "", 0, 210))
    assert (changed.how, changed.enrolment_id) == (How.NOBODY, None)
    assert db.session.query(PlatformName).count() == 1


def test_no_name_is_kept_in_words(make):
    group = make.live_page(trainees=1)
    (one,) = found(make, group, ("Canaria Canarini", "", 0, 210))
    row = tell(make, group, one, 0)
    assert len(row.written) == 12
    assert b"canaria" not in row.written.lower()


def test_one_edition_says_of_one_name_only_one_thing(make):
    group = make.live_page(trainees=2)
    (one,) = found(make, group, ("Telefono", "", 0, 210))
    row = tell(make, group, one, 0)
    db.session.add(
        PlatformName(
            programme_id=row.programme_id,
            edition_id=row.edition_id,
            written=row.written,
            enrolment_id=group.enrolments[1].id,
            at=row.at,
            by_id=row.by_id,
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_name_is_told_only_of_those_expected_and_while_the_page_is_open(make):
    group, other = make.live_page(trainees=1), make.live_page(trainees=1)
    (one,) = found(make, group, ("Telefono", "", 0, 210))
    by = make.actor(group.coordinator, group.programme)
    stranger = stamps.expected(other.session.id)[0]
    with pytest.raises(Refused, match="not expected"):
        platform_names.tell(group.session, one, stranger, by=by)
    signed = make.traced_page(trainees=1)
    with clock.held(signed.session.ends_at + timedelta(minutes=20)):
        trainer = make.actor(signed.trainer, signed.programme)
        register.sign(signed.session, topic="Taught", head_count=1, by=trainer)
    with pytest.raises(WrongState, match="signed"):
        platform_names.tell(signed.session, one, None, by=trainer)
    db.session.rollback()
