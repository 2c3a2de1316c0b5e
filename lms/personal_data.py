"""What the tables of the ground hold about people."""

from lms.manifest import Personal, PersonalData
from lms.privacy import personal, plain

_ACCOUNT = ("account holder", "while the account exists and ten years after the last certificate")


def _account(kind: str, why: str, erase: str = "anonymise") -> Personal:
    return personal(_ACCOUNT[0], kind, why, _ACCOUNT[1], erase)


_TRACE = personal(
    "account holder",
    "trace",
    "shows who did what",
    "ten years, then whole months are dropped",
    "keep",
)
_SIGN_IN = personal(
    "account holder", "trace", "keeps a person signed in and lets her end it", "30 days", "delete"
)
_LINK = personal(
    "account holder", "account", "lets a person in by a link", "90 days after it ends", "delete"
)
_DRAFT = personal(
    "account holder and whom she writes about", "social", "keeps what was typed", "90 days", "key"
)

_CONTACT = personal("privacy contact", "contact", "is published", "while in office", "keep")

PERSONAL_DATA: PersonalData = {
    "programmes": {
        **plain("id code name funder organiser project_code"),
        "privacy_name": _CONTACT,
        "privacy_mail": _CONTACT,
    },
    "hubs": plain("id programme_id letter name territory"),
    "persons": {
        **plain("id key_id is_invented created_at version"),
        "mail": _account("contact", "signing in and mails of the programme"),
        "name": _account("identity", "the register, the certificate, who writes to whom"),
        "sort_name": _account("identity", "order of lists"),
        "language": _account("account", "the language of pages and mails"),
        "state": _account("account", "whether the person may sign in"),
        "password": _account("account", "signing in", "delete"),
        "tax_code": _account("identity", "the certificate and the funder's exports", "key"),
        "birth_date": _account("identity", "the certificate and the funder's exports", "key"),
        "birth_place": _account("identity", "the certificate and the funder's exports", "key"),
        "factor_secret": _account("account", "the second factor", "key"),
        "factor_step": _account("account", "the second factor", "delete"),
    },
    "grants": {
        **plain("id programme_id granted_at"),
        "person_id": _account("account", "which role whoever holds"),
        "role": _account("account", "what a person may do"),
    },
    "subject_keys": plain("id programme_id kind master wrapped created_at destroyed_at"),
    "sign_ins": {
        **plain("id programme_id digest"),
        **dict.fromkeys(
            ["person_id", "began_at", "seen_at", "proved_at", "factor_at", "ended_at"], _SIGN_IN
        ),
    },
    "sign_in_tries": {
        **plain("id kind count last_at"),
        "subject": _SIGN_IN,
    },
    "recovery_codes": {**plain("id digest"), "person_id": _SIGN_IN, "used_at": _SIGN_IN},
    "tokens": {
        **plain("id programme_id purpose digest issued_at expires_at"),
        "subject_id": _LINK,
        "used_at": _LINK,
        "revoked_at": _LINK,
    },
    "once": {
        **plain("id key body at"),
        "person_id": _TRACE,
        "address": _TRACE,
        "target": _TRACE,
        "receipt": personal(
            "account holder and whom the receipt names", "trace",
            "gives a form that is sent again its first answer", "30 days", "delete",
        ),
    },
    "drafts": {
        **plain("id programme_id key_id began_from saved_at"),
        "person_id": _DRAFT,
        "form": _DRAFT,
        "body": _DRAFT,
    },
    "jobs": {
        **plain(
            "id programme_id kind arguments key state run_at attempts lease_until worker error "
            "created_at ended_at"
        ),
        "asker_id": _TRACE,
    },
    "mails": {
        **plain("id programme_id template code token_id state queued_at sent_at"),
        "person_id": _TRACE,
        "link": _TRACE,
        "about": _TRACE,
    },
    "files": {
        **plain("id programme_id topic owner_id media_type size digest key_id kept_at"),
        "data_key": _DRAFT,
        "by_id": _TRACE,
    },
    "frozen_documents": {
        **plain("id programme_id kind subject_id number at salt digest key_id"),
        "by_id": _TRACE,
        "body": personal(
            "whom the document is about", "social", "proves what was approved or certified",
            "as the topic that froze it", "key",
        ),
    },
    "chains": plain("id kind owner_id length head"),
    "chain_entries": {
        **plain("chain_id sequence segment at what row_table previous hash"),
        "actor_id": _TRACE,
        "row_id": _TRACE,
        "body": _TRACE,
    },
    "chain_subjects": {**plain("chain_id sequence"), "subject_id": _TRACE},
    "counters": plain("id programme_id owner_id series last"),
    "installation": plain("id is_demo made_at"),
}  # fmt: skip
