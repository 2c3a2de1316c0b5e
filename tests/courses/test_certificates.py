"""The number of a certificate has no gaps; the same certificate has the same bytes."""

import threading
from contextvars import Context

import pytest

from courses import certificates
from courses.certificates import FLOW, CertificateState
from lms import clock, db, i18n
from lms.errors import Refused

MOVES = {
    CertificateState.VALID: {"replace", "revoke"},
    CertificateState.REPLACED: set(),
    CertificateState.REVOKED: set(),
}


@pytest.mark.parametrize("state", list(CertificateState))
def test_moves_open_in_each_state(state):
    assert FLOW.open_to(state) == MOVES[state]


def test_numbers_count_without_gaps(make):
    group = make.certifiable(1260, 1260, 1260)
    manager = make.actor(group.manager)
    numbers = [certificates.issue(e, by=manager).number for e in group.enrolments]
    year = clock.today().year
    assert [n[:-6] for n in numbers] == [f"ONE-{year}-{n:04d}" for n in (1, 2, 3)]
    assert all(set(n[-5:]) <= set(certificates.LETTERS) for n in numbers)


def test_two_who_certify_at_once_make_one_certificate(make):
    group = make.certifiable(1260)
    manager, enrolment_id = make.actor(group.manager), group.enrolments[0].id
    db.session.commit()
    said = []

    def certify():
        try:
            with db.unit():
                row = db.session.get_one(type(group.enrolments[0]), enrolment_id)
                said.append(certificates.issue(row, by=manager).number)
        except Refused as refusal:
            said.append(str(refusal.message))

    threads = [threading.Thread(target=Context().run, args=(certify,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.session.query(certificates.Certificate).count() == 1
    assert [s.startswith("ONE-") for s in said].count(True) == 1
    assert len(said) == 2
    other = make.certifiable(1260)
    number = certificates.issue(other.enrolments[0], by=make.actor(other.manager)).number
    assert number.split("-")[2] == "0002"


def test_the_pdf_says_number_hours_and_what_it_is_not(make, monkeypatch):
    row = make.certificate()
    told = {}
    monkeypatch.setattr(certificates.documents, "pdf", lambda _, data, at: told.update(data))
    with i18n.speaking("it"):
        certificates.pdf(
            row, address="https://x.example/verify/1", by=make.actor(row.group.manager)
        )
    assert told["kind"] == "Attestato di frequenza"
    assert told["name"] == row.group.trainees[0].name
    assert row.number in told["number"]
    assert told["hours"] == i18n.hours(1260)
    assert [m[1] for m in told["modules"]] == [i18n.hours(420)] * 3
    assert told["not_competences"].startswith("L’attestato non costituisce qualifica né")
    assert "https://x.example/verify/1" in told["verify"]


def test_the_same_certificate_has_the_same_bytes(make):
    row = make.certificate()
    by = make.actor(row.group.manager)
    first, second = (
        certificates.pdf(row, address="https://x.example/verify/1", by=by) for _ in range(2)
    )
    assert first == second
    assert first.startswith(b"%PDF-")


def test_only_a_valid_certificate_is_held(make):
    held, revoked = make.certificate(), make.ended_certificate("revoked")
    for row, holds in ((held, True), (revoked, False)):
        person = row.group.trainees[0]
        assert certificates.holds_one(person.id, row.programme_id) is holds
    assert not certificates.holds_one(held.group.trainees[0].id, make.programme().id)
