"""The whole policy in one table: who may do what, on whose work.

The rows are those of `tests/world.py`: the first of each kind owns them, the second holds the same
role and nothing of them. Nobody is named who may not; every permission of every package is here.
"""

import pytest
from sqlalchemy import select

from lms import db, permissions
from lms.app import PACKAGES
from lms.permissions import allowed, can
from tests import world
from tests.world import CAST

EVERYONE = " ".join(name for name in CAST if name != "elsewhere")
TEACHING = "manager coordinator coordinator2 trainer trainer2 senior senior2"

TABLE = {
    # lms
    "programme:see": ("programme", EVERYONE),
    "person:list": ("grant of trainer", "administrator manager"),
    "person:invite": ("programme", "administrator manager"),
    "audit:read": ("programme", "administrator"),
    "job:read": ("programme", "administrator"),
    "job:retry": ("job", "administrator"),
    "hub:use": ("hub", "manager"),
    # courses: the course and one's own path
    "path:walk": ("enrolment", "trainee"),
    "unit:read": ("unit", f"{TEACHING} trainee activator activator2"),
    "quiz:take": ("unit", "trainee activator activator2"),
    "quiz:answer": ("attempt", "trainee"),
    "quiz:stuck": ("edition", "coordinator trainer"),
    "quiz:allow": ("enrolment", "coordinator trainer"),
    "course:read": ("version", TEACHING),
    "course:publish": ("version", "manager"),
    # courses: editions and their people
    "edition:read": ("edition", "manager coordinator trainer trainee"),
    "edition:make": ("version", "manager"),
    "edition:plan": ("edition", "manager coordinator"),
    "edition:run": ("edition", "manager"),
    "edition:appoint": ("edition", "manager"),
    "edition:colleague": ("grant of trainer", "manager"),
    "session:trainer": ("grant of trainer", "manager coordinator"),
    "session:move": ("session", "manager coordinator"),
    "trainee:enrol": ("edition", "manager coordinator"),
    "trainee:leave": ("enrolment", "manager coordinator"),
    # courses: the register and the hours
    "register:read": ("session", "manager coordinator trainer"),
    "register:list": ("edition", "manager coordinator trainer"),
    "register:keep": ("session", "trainer"),
    "exit:attest": ("expected", "trainer"),
    "terms:read": ("edition", "manager coordinator"),
    "terms:write": ("edition", "manager"),
    "logo:read": ("logo", "manager coordinator"),
    "logo:remove": ("logo", "manager"),
    "delivery:keep": ("delivering", "manager"),
    "delivery:give": ("edition", "manager"),
    "papers:keep": ("edition", "manager coordinator"),
    "book:remove": ("book", "manager coordinator"),
    "page:print": ("session", "coordinator trainer"),
    "page:number": ("session", "coordinator"),
    "page:late": ("session", "coordinator"),
    "page:transcribe": ("session", "coordinator trainer"),
    "scan:attach": ("session", "coordinator trainer"),
    "scan:read": ("scan", "manager coordinator trainer"),
    "scan:compare": ("session", "coordinator"),
    "sheet:fill": ("place", "trainee"),
    "sheet:answer": ("sheet", "trainer senior"),
    "absent:mark": ("expected", "trainer"),
    "pin:lend": ("expected", "trainer"),
    "pin:choose": ("enrolment", "trainee"),
    "absence:announce": ("session", "trainee"),
    "absence:withdraw": ("absence", "trainee"),
    "absence:list": ("edition", "coordinator"),
    "absence:read": ("absence", "coordinator trainee"),
    "page:countersign": ("session", "coordinator"),
    "trace:import": ("session", "coordinator trainer"),
    "trace:name": ("expected", "coordinator trainer"),
    "page:bar": ("session", "coordinator trainer"),
    "correction:ask": ("session", "coordinator trainer"),
    "correction:person": ("expected", "coordinator trainer"),
    "correction:decide": ("correction", "manager coordinator"),
    "correction:list": ("edition", "manager coordinator"),
    "line:contest": ("line", "trainee"),
    "contest:answer": ("contest", "coordinator"),
    "credit:record": ("enrolment", "manager coordinator"),
    "credit:read": ("credit", "manager coordinator"),
    "credit:confirm": ("credit", "manager"),
    "makeup:plan": ("session", "manager coordinator"),
    "hours:certify": ("edition", "manager"),
    "session:check-in": ("enrolment", "trainee"),
    "hours:own": ("enrolment", "trainee"),
    "hours:read": ("enrolment", "manager coordinator"),
    "hours:list": ("edition", "manager coordinator"),
    # courses: certification
    "certification:read": ("edition", "manager coordinator"),
    "dossier:read": ("enrolment", "manager coordinator"),
    "trainee:certify": ("enrolment", "manager"),
    # courses: control, closing and inspection
    "control:see": ("edition", "manager coordinator"),
    "page:take": ("session", "manager coordinator trainer inspector"),
    "register:print": ("edition", "manager coordinator inspector"),
    "register:export": ("edition", "manager coordinator inspector"),
    "paper:attach": ("edition", "manager coordinator"),
    "paper:trainer": ("part", "manager coordinator"),
    "paper:read": ("enclosure", "manager coordinator inspector"),
    "closing:read": ("closing", "manager coordinator inspector"),
    "closing:make": ("edition", "manager"),
    "edition:reopen": ("edition", "manager"),
    "inspector:admit": ("edition", "manager"),
    "inspector:dismiss": ("grant", "manager"),
    "register:inspect": ("edition", "inspector"),
    "page:inspect": ("session", "inspector"),
    "bundle:make": ("edition", "manager"),
    "bundle:take": ("bundle", "manager"),
    "trainees:certify": ("edition", "manager"),
    "trainee:identify": ("enrolment", "manager coordinator"),
    "certification:defer": ("enrolment", "manager"),
    "exception:propose": ("enrolment", "manager"),
    "exception:sign": ("exception", "manager coordinator"),
    "exception:withdraw": ("exception of the manager", "manager"),
    "certificate:read": ("certificate", "manager trainee coordinator"),
    "certificate:replace": ("certificate", "manager"),
    "certificate:revoke": ("certificate", "manager"),
    "certificate:duplicate": ("certificate", "manager coordinator"),
    "duplicate:read": ("duplicate", "manager coordinator"),
    "batch:read": ("batch", "manager"),
    "batch:fetch": ("batch", "manager"),
    # mentoring
    "assignment:followed": ("assignment", "senior"),
    "assignment:list": ("assignment", "manager"),
    "assignment:senior": ("grant of senior", "manager"),
    "assignment:person": ("grant of trainee2", "manager"),
    "assignment:end": ("assignment", "manager"),
    "review:list": ("review", "senior"),
    # casework: the network and its referrals
    "network:read": ("body", "manager senior senior2 activator activator2"),
    "network:edit": ("body", "manager"),
    "network:partner": ("grant of partner", "manager"),
    "referral:send": ("body", "partner"),
    "referral:hub": ("hub", "partner partner2"),
    "referral:sent": ("referral", "partner"),
    "referral:inform": ("referral", "partner"),
    "referral:triage": ("referral", "manager"),
    "case:assign": ("referral", "manager"),
    # casework: activators
    "activator:read": ("activator", "manager"),
    "activator:make": ("grant of trainee2", "manager"),
    "activator:authorise": ("activator", "manager"),
    "activator:supervise": ("activator", "manager"),
    "activator:release": ("activator", "manager"),
    "activator:choose": ("activator", "manager"),
    "authorisation:read": ("activator", "manager activator"),
    "authorisation:accept": ("activator", "activator"),
    # casework: cases, persons and plans
    "case:list": ("case", "manager activator senior"),
    "case:read": ("case", "activator senior"),
    "case:note": ("case", "activator"),
    "case:move": ("case", "activator"),
    "identity:read": ("identity", "activator senior"),
    "identity:write": ("identity", "activator"),
    "social:read": ("social", "activator senior"),
    "social:write": ("social", "activator"),
    "special:read": ("special", "activator"),
    "special:write": ("special", "activator"),
    "plan:begin": ("case", "activator"),
    "plan:read": ("plan", "activator senior"),
    "plan:edit": ("plan", "activator"),
    "plan:submit": ("plan", "activator"),
    "plan:review": ("plan", "senior"),
}
POLICY = {p.name: p for package in PACKAGES for p in package.permissions()}


def test_every_permission_is_in_the_table():
    assert set(TABLE) == set(POLICY)


def test_the_table(database):
    """Both ways of asking, one row and a list, say what is written above."""
    made, wrong = world.build(), []
    for name, (kind, names) in TABLE.items():
        row, permission = made.rows[kind], POLICY[name]
        assert isinstance(row, permission.model), f"{name}: {kind} is not its row"
        for who in CAST:
            me, expected = made.actors[who], who in names.split()
            listed = db.session.scalars(select(permission.model).where(allowed(me, permission)))
            if can(me, permission, row) is not expected or (row in listed.all()) is not expected:
                wrong.append(f"{who} {'may not' if expected else 'may'} {name}")
            if expected:
                assert permission.held_by(me)
    assert wrong == []
    assert not can(None, POLICY["programme:see"], made.programme)


def test_no_list_crosses_from_one_programme_into_another(database):
    """Whatever she holds in TWO, not one row of ONE is hers."""
    made = world.build()
    me = made.actors["elsewhere"]
    for name, permission in POLICY.items():
        for row in db.session.scalars(select(permission.model).where(allowed(me, permission))):
            owner = getattr(row, "programme_id", row.id)
            assert owner == made.other.id, name


# Sentences that do not come from the table


def test_an_administrator_reads_no_case_no_answer_and_no_hours():
    for name in ("case:read", "case:list", "plan:read", "identity:read", "social:read",
                 "special:read", "quiz:answer", "hours:read", "referral:triage"):  # fmt: skip
        assert permissions.Role.ADMINISTRATOR not in POLICY[name].roles(), name


def test_a_manager_reads_no_case_content():
    for name in ("case:read", "plan:read", "identity:read", "social:read", "special:read"):
        assert permissions.Role.MANAGER not in POLICY[name].roles(), name


def test_what_opens_a_case_or_certifies_hours_asks_for_a_second_factor():
    for name, permission in POLICY.items():
        kind = name.split(":")[0]
        if kind in ("case", "plan", "identity", "social", "special") or "certify" in name:
            assert permission.factor, name
    assert POLICY["hours:certify"].fresh


def test_an_inspector_and_a_partner_never_see_a_case():
    for role in (permissions.Role.INSPECTOR, permissions.Role.PARTNER, permissions.Role.TRAINEE):
        for name, permission in POLICY.items():
            if name.split(":")[0] in ("case", "plan", "identity", "social", "special"):
                assert role not in permission.roles(), name


def test_who_writes_a_plan_never_reviews_it():
    assert not POLICY["plan:edit"].roles() & POLICY["plan:review"].roles()


def test_an_inspector_changes_nothing_but_her_own_note():
    held = {n for n, p in POLICY.items() if permissions.Role.INSPECTOR in p.roles()}
    assert held == {
        "programme:see", "page:take", "register:print", "register:export", "paper:read",
        "closing:read", "register:inspect", "page:inspect",
    }  # fmt: skip


def test_who_signs_a_page_does_not_countersign_or_certify_it():
    keep, countersign, certify = (
        POLICY[n].roles() for n in ("register:keep", "page:countersign", "hours:certify")
    )
    assert not keep & countersign
    assert not keep & certify
    assert not countersign & certify


def test_a_coordinator_prepares_and_the_manager_decides():
    """What she does in the manager's stead ends where people are named and editions begin."""
    hers = {n for n, p in POLICY.items() if permissions.Role.COORDINATOR in p.roles()}
    assert {"edition:plan", "session:move", "trainee:enrol", "page:countersign"} <= hers
    assert not hers & {"edition:make", "edition:appoint", "edition:colleague", "edition:run"}


@pytest.mark.parametrize("name", ["case:read", "plan:read", "identity:read"])
def test_access_ends_with_the_relation(name, database):
    """The very next question after a senior trainer's time has ended is answered with no."""
    made = world.build()
    kind = TABLE[name][0]
    me, row = made.actors["senior"], made.rows[kind]
    assert can(me, POLICY[name], row)
    from mentoring import assignments

    assignments.end(made.rows["assignment"], by=made.actors["manager"])
    db.session.commit()
    assert not can(me, POLICY[name], row)
