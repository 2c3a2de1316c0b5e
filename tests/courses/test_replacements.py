"""After it was issued: replaced, revoked, duplicated; the frozen dossier is never rewritten."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from courses import attestations, certificates, certification, identities, replacements
from courses.certificates import Certificate, CertificateState
from courses.certification import CertificationState
from courses.replacements import Duplicate
from lms import db, i18n
from lms.chains import Entry
from lms.errors import Invalid, Refused, WrongState
from lms.mail import Mail
from tests.races import race, unit


def manager(make, row):
    return make.actor(row.group.manager)


def test_a_corrected_name_leads_to_another_certificate_on_a_new_dossier(make):
    row = make.certificate()
    by, old = manager(make, row), (row.dossier_id, bytes(row.dossier.body), row.dossier.digest)
    make.corrected(row, "Anna Corretta", by, birth_date=date(1990, 5, 17), birth_place="Torino")
    new = replacements.replace(row, reason="Her name was wrong", by=by)
    db.session.commit()
    assert (row.state, row.replaced_by_id) == (CertificateState.REPLACED, new.id)
    assert new.state == CertificateState.VALID
    assert new.number != row.number
    assert (row.dossier_id, bytes(row.dossier.body), row.dossier.digest) == old
    assert row.dossier.number + 1 == new.dossier.number
    before = certification.content(row.dossier, by=by)["person"]
    after = certification.content(new.dossier, by=by)["person"]
    assert before["name"] == "Person Number" + before["name"].removeprefix("Person Number")
    assert (after["name"], after["birth_date"], after["birth_place"]) == (
        "Anna Corretta", "1990-05-17", "Torino",
    )  # fmt: skip
    assert new.initials == "AC"
    assert replacements.why_ended(row, by=by) == "Her name was wrong"


def test_the_old_paper_still_says_what_it_said(make):
    row = make.ended_certificate("replaced")
    by = manager(make, row)
    said = certificates.words(row, address="https://x.example/1", by=by)
    assert said["name"].startswith("Person Number")
    assert certificates.words(row.replaced_by, address="", by=by)["name"] == "Anna Corretta"


def test_where_nothing_has_changed_a_duplicate_is_made_instead(make):
    row = make.certificate()
    with pytest.raises(Refused, match="duplicate"):
        replacements.replace(row, reason="x", by=manager(make, row))
    assert row.state == CertificateState.VALID


def test_who_would_not_be_certified_now_gets_no_replacement(make):
    row = make.certificate()
    by = manager(make, row)
    make.corrected(row, "Anna Corretta", by)
    row.group.sessions[0].state = "cancelled"
    row.group.sessions[0].certified_by_id = None
    row.group.edition.total_percent = 100
    db.session.commit()
    with pytest.raises(Refused, match="revoke it"):
        replacements.replace(row, reason="x", by=by)


def test_one_who_was_certified_with_exception_keeps_it_in_the_new_dossier(make):
    exception = make.excepted()
    second = make.actor(make.person("manager"))
    row = certificates.issue_with_exception(exception, by=second)
    row.group = exception.group
    db.session.commit()
    make.corrected(row, "Anna Corretta", second)
    new = replacements.replace(row, reason="x", by=second)
    db.session.commit()
    told = certification.content(new.dossier, by=second)
    assert told["exception"]["reason"] == "canary-reason of an exception"
    assert new.certification.state == CertificationState.WITH_EXCEPTION


def test_revoked_it_ends_and_she_can_be_certified_anew(make):
    row = make.certificate()
    by, enrolment = manager(make, row), row.group.enrolments[0]
    replacements.revoke(row, reason="Counted wrongly", by=by)
    db.session.commit()
    assert row.state == CertificateState.REVOKED
    assert row.certification.state == CertificationState.READY
    assert row.certification.dossier_id is None
    assert not certificates.holds_one(enrolment.person_id, row.programme_id)
    assert certification.ready(row.programme_id) == [(row.group.edition, 1)]
    new = certificates.issue(enrolment, by=by)
    db.session.commit()
    assert new.dossier.number == 2
    assert [c.state for c in certificates.history(enrolment.id)] == ["valid", "revoked"]


@pytest.mark.parametrize("verb", [replacements.revoke, replacements.replace])
def test_it_takes_a_reason_another_person_and_a_valid_certificate(verb, make):
    row = make.certificate()
    by = manager(make, row)
    make.corrected(row, "Anna Corretta", by)
    with pytest.raises(Invalid):
        verb(row, reason=" ", by=by)
    db.session.rollback()
    with pytest.raises(Refused, match="her own"):
        verb(row, reason="x", by=make.actor(row.group.trainees[0]))
    verb(row, reason="x", by=by)
    db.session.commit()
    with pytest.raises(WrongState):
        verb(row, reason="x", by=by)
    with pytest.raises(WrongState):
        replacements.duplicate(row, by=by)


def test_duplicates_are_numbered_marked_and_recorded(make):
    row = make.certificate()
    by = manager(make, row)
    for number in (1, 2):
        made = replacements.duplicate(row, by=by)
        db.session.commit()
        assert made.number == number
    entries = db.session.query(Entry).filter_by(what="certificate duplicated").all()
    assert len(entries) == 2
    copy = attestations.Copy(2, made.at)
    original, duplicate = (
        certificates.words(row, address="https://x.example/1", copy=c, by=by) for c in (None, copy)
    )
    assert original["copy"] == ""
    assert duplicate["copy"].startswith("Duplicate no. 2, of")
    assert {k: v for k, v in duplicate.items() if k != "copy"} == {
        k: v for k, v in original.items() if k != "copy"
    }
    with i18n.speaking("it"):
        assert "uplicato" in certificates.words(row, address="", copy=copy, by=by)["copy"]
    assert replacements.pdf(made, address="https://x.example/1", by=by).startswith(b"%PDF-")


def test_a_duplicate_is_never_taken_out(make):
    make.duplicate(make.certificate())
    for statement in ("DELETE FROM courses_duplicates", "UPDATE courses_duplicates SET number = 9"):
        with pytest.raises(Exception, match="only grows"):
            db.session.execute(text(statement))
        db.session.rollback()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("state = 'revoked', ended_at = issued_at", "ended_has_reason"),
        ("state = 'valid', ended_at = issued_at", "ended_has_time"),
        ("replaced_by_id = id", "replaced_by"),
    ],
)
def test_the_database_keeps_how_a_certificate_ends(change, name, make):
    make.certificate()
    with pytest.raises(IntegrityError, match=name):
        db.session.execute(text(f"UPDATE courses_certificates SET {change}"))
    db.session.rollback()


def test_the_database_keeps_one_in_force(make):
    row = make.certificate()
    facts = {c.key: getattr(row, c.key) for c in Certificate.__table__.columns}
    other = Certificate(**{**facts, "id": db.new_id(), "number": "X", "version": 1})
    db.session.add(other)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_she_is_told_by_mail_without_the_reason(make):
    row = make.ended_certificate("revoked")
    told = db.session.query(Mail).filter_by(template="courses/certificate_revoked").one()
    assert (told.person_id, told.code, told.about) == (row.group.trainees[0].id, row.number, "")


# Two at once


def revoking(row_id, by):
    return replacements.revoke(db.session.get_one(Certificate, row_id), reason="x", by=by)


def replacing(row_id, by):
    return replacements.replace(db.session.get_one(Certificate, row_id), reason="x", by=by)


def test_revoked_and_replaced_at_once_only_one_holds(make):
    row = make.certificate()
    by = manager(make, row)
    make.corrected(row, "Anna Corretta", by)
    done = race(*(unit(verb, row.id, by) for verb in (revoking, replacing) * 2))
    assert sum(isinstance(one, Certificate) for one in done) == 1
    assert all(isinstance(one, Certificate | Refused) for one in done)
    valid = db.session.query(Certificate).filter_by(state="valid").count()
    assert valid == (0 if row.state == CertificateState.REVOKED else 1)


def test_revoked_while_she_is_certified_again_leaves_one_in_force_at_most(make):
    row = make.certificate()
    by, kind, enrolment_id = manager(make, row), type(row.enrolment), row.enrolment_id

    def issue():
        return certificates.issue(db.session.get_one(kind, enrolment_id), by=by)

    done = race(unit(revoking, row.id, by), *[unit(issue)] * 3)
    assert all(isinstance(one, Certificate | Refused) for one in done)
    states = [c.state for c in certificates.history(enrolment_id)]
    assert states.count("valid") <= 1
    assert states.count("revoked") == 1
    numbers = sorted(int(c.number.split("-")[2]) for c in certificates.history(enrolment_id))
    assert numbers == list(range(1, len(numbers) + 1))


def test_duplicates_made_at_once_have_numbers_of_their_own(make):
    row = make.certificate()
    by = manager(make, row)

    def one_more():
        return replacements.duplicate(db.session.get_one(Certificate, row.id), by=by).number

    assert sorted(race(*[unit(one_more)] * 4)) == [1, 2, 3, 4]
    assert db.session.query(Duplicate).count() == 4


def test_two_who_sign_and_refuse_an_exception_at_once(make):
    from courses import exceptions

    row = make.excepted()
    people = [make.actor(make.person("manager")) for _ in range(2)]
    kind, row_id = type(row), row.id

    def sign(by):
        return certificates.issue_with_exception(db.session.get_one(kind, row_id), by=by)

    def refuse(by):
        return exceptions.refuse(db.session.get_one(kind, row_id), answer="no", by=by)

    done = race(unit(sign, people[0]), unit(sign, people[1]), unit(refuse, people[0]))
    assert sum(not isinstance(one, Refused) for one in done) == 1
    assert all(isinstance(one, Certificate | kind | Refused) for one in done)
    given = db.session.query(Certificate).count()
    assert given == (1 if row.state == "signed" else 0)


def test_nobody_writes_who_she_is_herself(make):
    row = make.certificate()
    with pytest.raises(Refused):
        identities.write(
            row.group.enrolments[0],
            name="Other Name",
            version=row.group.trainees[0].version,
            by=make.actor(row.group.trainees[0]),
        )
