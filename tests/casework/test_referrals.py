"""Referrals: sealed, answered once, and the sender hears without anything leaking."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from casework import referrals
from casework.beneficiaries import Identity
from casework.referrals import Referral, ReferralState
from lms import accounts, clock, db, keys
from lms.errors import Invalid, Refused, WrongState
from lms.mail import Mail
from tests.making.referrals import NAME, SURNAME


@pytest.fixture
def manager(make):
    return make.actor(make.person("manager"))


def by_sender(make, referral):
    return make.actor(accounts.get(referral.sent_by_id))


def test_what_was_written_lies_sealed(make):
    referral = make.referral()
    row = db.session.execute(
        text("SELECT name, surname, contact, reason, needs FROM casework_referrals")
    ).one()
    assert all(b"anar" not in bytes(value) for value in row)
    assert referral.key_id is not None


def test_codes_count_up_within_a_hub(make):
    hub, other = make.hub(letter="A"), make.hub(letter="B")
    codes = [make.referral(hub=h).code for h in (hub, hub, other)]
    year = clock.today().year
    assert codes == [f"R-A-{year}-0001", f"R-A-{year}-0002", f"R-B-{year}-0001"]


@pytest.mark.parametrize("empty", [{"name": " "}, {"reason": ""}])
def test_a_referral_says_who_and_why(make, empty):
    with pytest.raises(Invalid) as refusal:
        referrals.send(
            make.body(), hub=make.hub(), urgency=referrals.Urgency.SOON,
            **{"name": "Somebody", "reason": "Something", **empty},
            by=make.actor(make.person("partner")),
        )  # fmt: skip
    assert set(refusal.value.fields) == set(empty)


def test_acceptance_gives_the_person_the_key_of_the_referral(make, manager):
    referral = make.referral()
    person = referrals.accept(referral, by=manager)
    db.session.commit()
    identity = keys.open_row(make.parts(person.id).identity, by=manager)
    assert person.key_id == referral.key_id
    assert (identity.first_name, identity.family_name) == (NAME, SURNAME)
    assert db.session.get(keys.SubjectKey, person.key_id).kind == keys.Subject.BENEFICIARY


def test_erasing_the_person_erases_her_referral_too(make, manager):
    referral = make.referral()
    person = referrals.accept(referral, by=manager)
    db.session.commit()
    keys.destroy(db.session.get(keys.SubjectKey, person.key_id))
    db.session.commit()
    assert keys.open_row(referral, by=manager).erased
    assert keys.open_row(db.session.query(Identity).one(), by=manager).erased


def test_the_sender_is_asked_and_answers(make, manager):
    referral = make.referral()
    question = referrals.ask(referral, "Where does she live?", by=manager)
    assert referral.state == ReferralState.WAITING
    referrals.inform(referral, "At her sister's.", by=by_sender(make, referral))
    assert referral.state == ReferralState.RECEIVED
    assert keys.open_row(question, by=manager).told == "At her sister's."


def test_declining_needs_words_for_the_sender(make, manager):
    with pytest.raises(Invalid):
        referrals.decline(make.referral(), " ", by=manager)


def test_the_sender_reads_why_it_was_declined(make, manager):
    referral = make.referral()
    referrals.decline(referral, "The services of work are nearer to her.", by=manager)
    db.session.commit()
    told = referrals.answer(referral, by=by_sender(make, referral))
    assert told == "The services of work are nearer to her."


def test_a_referral_expires_after_thirty_days_without_an_answer(make, manager):
    referral = make.referral()
    referrals.ask(referral, "Where does she live?", by=manager)
    db.session.commit()
    with pytest.raises(Refused):
        referrals.expire(referral, by=manager)
    with clock.held(clock.now() + timedelta(days=31)):
        referrals.expire(referral, by=manager)
    assert referral.state == ReferralState.EXPIRED


MOVES = {
    "ask": lambda r, by: referrals.ask(r, "What?", by=by),
    "inform": lambda r, by: referrals.inform(r, "That.", by=by),
    "accept": lambda r, by: referrals.accept(r, by=by),
    "decline": lambda r, by: referrals.decline(r, "No.", by=by),
    "expire": lambda r, by: referrals.expire(r, by=by),
}


@pytest.mark.parametrize("move", MOVES)
def test_an_answered_referral_is_not_answered_again(make, manager, move):
    referral = make.referral()
    referrals.decline(referral, "No.", by=manager)
    db.session.commit()
    with pytest.raises(WrongState):
        MOVES[move](referral, manager)
    db.session.rollback()


def test_mails_carry_the_code_and_nothing_that_was_written(make, manager):
    referral = make.referral()
    referrals.ask(referral, "canary-question", by=manager)
    referrals.inform(referral, "canary-information", by=by_sender(make, referral))
    referrals.accept(referral, answer="canary-answer", by=manager)
    db.session.commit()
    mails = db.session.query(Mail).filter_by(person_id=referral.sent_by_id).all()
    assert [m.template for m in mails if m.template.startswith("casework")] == [
        "casework/referral_question",
        "casework/referral_answered",
    ]
    assert all(m.code == referral.code for m in mails)
    assert not any("anar" in f"{m.code}{m.link}{m.about}" for m in mails)


def test_the_database_wants_a_person_for_what_is_accepted(make):
    make.referral()
    with pytest.raises(Exception, match="accepted_has_person"):
        db.session.execute(text("UPDATE casework_referrals SET state = 'accepted'"))
    db.session.rollback()
    assert db.session.query(Referral).one().state == ReferralState.RECEIVED
