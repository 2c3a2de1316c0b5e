"""The words of the audit record: whatever is recorded, a person can read it in her language."""

import ast
from itertools import chain

import pytest
from sqlalchemy import select

from casework import beneficiaries, cases
from courses.credits import CreditState
from courses.presence import StampKind
from courses.stamps import ActKind
from lms import accounts, db, i18n, record
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
    "lms/guard.py": [],  # the address that was refused, which is said as it is
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


def test_a_reading_is_said_by_its_permission_and_a_refusal_by_its_address():
    whats = [
        "open identity:read", "open account", "open command", "refused 404 GET /admin/audit",
        "plan approved",
    ]  # fmt: skip
    with i18n.speaking("en"):
        assert record.said(PACKAGES, whats) == {
            "open identity:read": "opened under “Read who an accompanied person is”",
            "open account": "opened in one’s own account",
            "open command": "opened by a command or a job",
            "refused 404 GET /admin/audit": "refused: 404 GET /admin/audit",
            "plan approved": "Plan approved",
        }


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
