"""What the tables of casework hold about people."""

from lms.manifest import PersonalData
from lms.privacy import personal, plain

_WHY = "accompanying the person"
_KEEP = "five years after the case is closed"
_CASE = personal("accompanied person", "social", _WHY, _KEEP, "key")
_IDENTITY = personal("accompanied person", "identity", "reaching the person", _KEEP, "key")
_SPECIAL = personal("accompanied person", "special", _WHY, _KEEP, "key")
_WORKER = personal(
    "account holder", "trace", "shows who has the case in hand and who did what", _KEEP, "keep"
)
_STANDING = personal(
    "activator", "account", "shows since when she may hold cases, and why", "ten years", "keep"
)

PERSONAL_DATA: PersonalData = {
    "casework_bodies": plain("id programme_id name kind state version"),
    "casework_operators": {
        **plain("id programme_id body_id"),
        "person_id": personal(
            "partner", "account", "says who speaks for a body", "while she does", "delete"
        ),
        "since": personal(
            "partner", "account", "says who speaks for a body", "while she does", "delete"
        ),
    },
    "casework_referrals": {
        **plain(
            "id programme_id code body_id hub_id key_id state received_at answered_at "
            "beneficiary_id version"
        ),
        "sent_by_id": _WORKER,
        "answered_by_id": _WORKER,
        "urgency": _CASE,
        "is_informed": _CASE,
        "name": _IDENTITY,
        "surname": _IDENTITY,
        "contact": _IDENTITY,
        "reason": _CASE,
        "needs": _CASE,
        "answer": _CASE,
    },
    "casework_referral_questions": {
        **plain("id programme_id referral_id key_id asked_at told_at"),
        "asked": _CASE,
        "asked_by_id": _WORKER,
        "told": _CASE,
    },
    "casework_beneficiaries": plain("id programme_id key_id made_at"),
    "casework_identities": {
        **plain("id programme_id beneficiary_id key_id version"),
        **dict.fromkeys(
            ["first_name", "family_name", "contact", "birth_date", "languages"], _IDENTITY
        ),
    },
    "casework_social": {
        **plain("id programme_id beneficiary_id key_id version"),
        **dict.fromkeys(["household", "home", "work", "people"], _CASE),
    },
    "casework_special": {
        **plain("id programme_id beneficiary_id key_id version"),
        **dict.fromkeys(["health", "measures"], _SPECIAL),
    },
    "casework_activators": {
        **plain("id programme_id hub_id authorisation_id file_id version"),
        **dict.fromkeys(
            [
                "person_id", "stage", "made_at", "authorised_on", "accepted_at", "supervised_at",
                "supervised_by_id", "autonomous_at", "autonomous_by_id",
            ],
            _STANDING,
        ),
    },
    "casework_cases": {
        **plain(
            "id programme_id code hub_id beneficiary_id referral_id key_id state opened_at "
            "contact_by version"
        ),
        "activator_id": _WORKER,
    },
    "casework_events": {
        **plain("id programme_id case_id kind at detail"),
        "by_id": _WORKER,
    },
    "casework_notes": {
        **plain("id programme_id case_id key_id at outcome next_on"),
        "by_id": _WORKER,
        "said": _CASE,
        "next_step": _CASE,
    },
    "casework_plans": {
        **plain(
            "id programme_id case_id key_id language state number begun_at approved_at version"
        ),
        "approved_by_id": _WORKER,
    },
    "casework_plan_rows": {
        **plain("id programme_id case_id plan_id key_id kind place saved_at is_removed version"),
        "saved_by_id": _WORKER,
        **dict.fromkeys(
            [
                "words", "result", "due_on", "much_less", "less", "expected", "more", "much_more",
                "what", "who", "party", "giver", "rhythm", "response", "company", "look_at",
            ],
            _CASE,
        ),
    },
}  # fmt: skip
