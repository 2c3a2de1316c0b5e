"""The words of the audit record: whatever is recorded, a person can read it in her language."""

import ast
import re
from itertools import chain

import pytest
from sqlalchemy import select

from casework import beneficiaries, cases
from courses.credits import CreditState
from courses.presence import StampKind
from courses.stamps import ActKind
from lms import accounts, db, i18n, record
from lms import app as application
from lms.app import PACKAGES
from lms.chains import Chain, Entry, Kind
from tests import sources, world

WORDS = {what: words for package in PACKAGES for what, words in package.record.items()}
COMPUTED = {
    "casework/beneficiaries.py": beneficiaries.WRITTEN.values(),
    "casework/cases.py": [f"case {move.replace('_', ' ')}" for move in cases.REASONS],
    "courses/contests.py": ["contest rejected", "contest accepted"],
    "courses/credits.py": [
        f"credit {state}" for state in (CreditState.CONFIRMED, CreditState.DECLINED)
    ],
    "courses/stamps.py": [
        *(f"stamped {kind.value}" for kind in StampKind),
        *(f"page {kind.value}" for kind in ActKind),
    ],
    "lms/accounts.py": [f"password chosen by {purpose}" for purpose in accounts.PURPOSES],
    "lms/guard.py": [],  # the address that was refused, and why
    "lms/sign_ins.py": ["refused second factor", "refused password"],
}
"""Where what is recorded is put together: all that it can be, by module."""


def recorded():
    """By module, each thing given to audit.record or audit.refused; None where it is computed."""
    for path, text in sources.modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
                before = CALLS[ast.unparse(node.func)]
                what = node.args[0]
                literal = what.value if isinstance(what, ast.Constant) else None
                yield path, literal and before + literal


CALLS = {"audit.record": "", "stamps.chained": "", "stamps.told": "", "audit.refused": "refused "}
LITERAL = sorted({what for _, what in recorded() if what})


def test_the_sources_record_something():
    assert len(LITERAL) > 60
    assert "plan submitted" in LITERAL
    assert "refused sign-in" in LITERAL


@pytest.mark.parametrize("what", sorted({*LITERAL, *chain(*COMPUTED.values())}))
def test_what_is_recorded_has_its_word(what):
    said = {}
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            said[language] = str(WORDS[what]).strip()
    assert all(said.values())
    assert said["it"] != said["en"]


def test_where_it_is_computed_all_that_it_can_be_is_listed():
    assert {module for module, what in recorded() if what is None} == set(COMPUTED)


def test_no_word_is_left_of_what_is_recorded_no_more():
    assert set(WORDS) == {*LITERAL, *chain(*COMPUTED.values())}
    assert sum(len(package.record) for package in PACKAGES) == len(WORDS)


SAID = {
    "open identity:read": "opened under “Read who an accompanied person is”",
    "open account": "opened in one’s own account",
    "open command": "opened by a command or a job",
    "plan approved": "Plan approved",
    "refused 404 GET /admin/audit": "refused: opening /admin/audit, not there, or not for this "
    "person",
    "refused 404 GET no such address": "refused: opening an address that does not exist, not "
    "there, or not for this person",
    "refused 409 POST /casework/cases/<uuid:case>/plan": "refused: sending to "
    "/casework/cases/…/plan, not possible at that moment",
    "refused 409 POST /casework/plans/<uuid:plan>/<kind>/<in": "refused: sending to "
    "/casework/plans/…/…/…, not possible at that moment",
    "refused 418 GET /": "refused: opening /, answered with 418",
}


@pytest.mark.parametrize("what", SAID)
def test_a_reading_is_said_by_its_permission_and_a_refusal_by_its_address_and_why(what):
    with i18n.speaking("en"):
        assert record.said(PACKAGES, [what]) == {what: SAID[what]}


def test_a_refusal_is_said_in_the_language_of_its_reader():
    for what in SAID:
        with i18n.speaking("it"):
            (said,) = record.said(PACKAGES, [what]).values()
        assert said != SAID[what]
        assert not re.search(r"GET|POST|uuid|no such|refused", said)


def test_every_kind_of_job_and_every_fault_of_one_has_its_words(app):
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            assert set(record.kinds(PACKAGES)) == set(application.handlers(app))
    faults = (
        "SMTPRecipientsRefused", "SMTPAuthenticationError", "SMTPServerDisconnected",
        "ConnectionRefusedError", "TimeoutError", "gaierror", "Erased", "KeyError",
    )  # fmt: skip
    with i18n.speaking("it"):
        words = [record.why(fault) for fault in faults]
    assert len(set(words)) == 5
    assert not any(fault in "".join(words) for fault in faults)


def test_everything_that_a_whole_programme_leaves_in_the_record_is_said(database):
    world.build()
    query = select(Entry.what).join(Chain, Chain.id == Entry.chain_id).distinct()
    whats = set(db.session.scalars(query.where(Chain.kind == Kind.AUDIT)))
    assert len(whats) > 20
    assert not [what for what, said in record.said(PACKAGES, whats).items() if said == what]


def test_the_page_is_in_the_language_of_its_reader(make, browse):
    admin = make.person("administrator")
    make.person("trainee")
    browser = browse(admin)
    browser.post("/account/language", {"language": "it"})
    shown = browser.get("/admin/audit").text
    assert "Ruolo assegnato" in shown
    assert "Lingua cambiata" in shown
    assert "role granted" not in shown
