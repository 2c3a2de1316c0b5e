"""Traces: whoever has read what concerns a case is found from the case, also before it began."""

from uuid import uuid4

from casework import traces
from lms import accounts, db, drafts


def _whats(case, person):
    return [e.what for e in traces.of_case(case.id) if e.actor_id == person.id]


def test_who_read_the_referral_before_there_was_a_case_has_seen_the_case(make, browse):
    partner, manager = make.partner(), make.person("manager")
    referral = make.referral(by=partner)
    browse(manager).get(f"/casework/referrals/{referral.id}")
    browse(manager).post(f"/casework/referrals/{referral.id}/accept", {"answer": "We begin."})
    browse(partner).get(f"/casework/referrals/sent/{referral.id}")
    case = make.case_of(referral)
    assert "referral sent" in _whats(case, partner)
    assert "open referral:sent" in _whats(case, partner)
    assert {"open referral:triage", "referral accepted", "person taken in"} <= set(
        _whats(case, manager)
    )
    assert [e.at for e in traces.of_case(case.id)] == sorted(e.at for e in traces.of_case(case.id))


def test_a_draft_about_the_person_is_found_from_her_case(make):
    case = make.case()
    me = make.actor(accounts.get(case.activator_id))
    row = make.parts(case.beneficiary_id).special
    drafts.save("/x", {"health": "words"}, key_id=row.key_id, subject=row.id, by=me)
    db.session.commit()
    assert _whats(case, me) == ["open command"]


def test_readers_of_another_case_are_not_named(make, browse):
    one, other = make.case(), make.case()
    browse(accounts.get(other.activator_id)).get(f"/casework/cases/{other.id}")
    assert other.activator_id not in {e.actor_id for e in traces.of_case(one.id)}
    assert other.activator_id in {e.actor_id for e in traces.of_case(other.id)}
    assert traces.of_case(uuid4()) == []


def test_the_statements_do_not_grow_with_the_traces(make, browse, statements):
    case = make.case()
    case_id, activator = case.id, accounts.get(case.activator_id)
    for pages in (0, 5):
        for _ in range(pages):
            browse(activator).get(f"/casework/cases/{case_id}")
        with statements() as seen:
            traces.of_case(case_id)
        assert len([said for said in seen if said.startswith("SELECT")]) == 2


def test_the_command_names_who_has_read_the_referral(make, browse, command):
    partner, manager = make.partner(), make.person("manager", name="Letizia Legge")
    referral = make.referral(by=partner)
    browse(manager).get(f"/casework/referrals/{referral.id}")
    browse(manager).post(f"/casework/referrals/{referral.id}/accept", {"answer": ""})
    case = make.case_of(referral)
    said = command("audit", "who-saw", str(case.id)).output
    assert f"{manager.id} Letizia Legge: open referral:triage" in said
    assert str(partner.id) in said
