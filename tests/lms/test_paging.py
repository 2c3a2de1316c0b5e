"""Long lists: twenty-five rows at a time, in the same statements, with the filters asked for."""

import re

import pytest

from lms import accounts, db, jobs, paging
from lms.permissions import Role


def people(make, number):
    return [make.person("trainee") for _ in range(number)]


def referrals(make, number):
    hub, by = make.hub(), make.partner()
    return [make.referral(hub=hub, by=by) for _ in range(number)]


def queued(make, number):
    by = make.actor(make.person("manager"))
    found = [jobs.ask("mail", by=by, mail_id=str(db.new_id())) for _ in range(number)]
    db.session.commit()
    return found


def cases(make, number):
    activator = make.activator()
    return [make.case(activator) for _ in range(number)]


LISTS = {
    "/admin/people": (people, "administrator"),
    "/admin/audit": (people, "administrator"),
    "/admin/jobs": (queued, "administrator"),
    "/casework/referrals": (referrals, "manager"),
    "/casework/referrals/sent": (referrals, "partner"),
    "/casework/cases": (cases, "manager"),
}


@pytest.fixture
def reader(make, browse):
    def client(role):
        person = make.person(role)
        partners = db.session.query(accounts.Grant).filter_by(role=Role.PARTNER)
        sender = partners.filter(accounts.Grant.person_id != person.id).first()
        return browse(sender.person if role == "partner" and sender else person)

    return client


def rows(page):
    return re.findall(r"<tr.*?</tr>", page.partition("<tbody>")[2], re.DOTALL)


@pytest.mark.parametrize("listing", LISTS)
def test_a_list_has_25_rows_a_page_and_leads_on_and_back(make, browse, statements, listing, reader):
    fill, role = LISTS[listing]
    made = fill(make, 26)
    assert len(made) > paging.MOST
    browser = reader(role)
    browser.get(listing)
    with statements() as seen:
        first = browser.get(listing).text
    assert len(rows(first)) == paging.MOST
    assert 'rel="prev"' not in first
    onward = re.search(r'rel="next" href="([^"]+)"', first).group(1)
    with statements() as later:
        second = browser.get(onward).text
    assert 0 < len(rows(second)) <= paging.MOST
    assert re.search(r'rel="prev" href="([^"]+)"', second).group(1) == f"{listing}?page=1"
    assert len(seen) == len(later)
    if listing not in ("/admin/audit", "/admin/jobs"):  # whose rows read alike
        assert not set(rows(first)) & set(rows(second))


@pytest.mark.parametrize("listing", LISTS)
@pytest.mark.parametrize("page", ["0", "-1", "x", "99", "9999999999999999999999"])
def test_a_page_that_is_not_there_is_empty_or_the_first(make, browse, reader, listing, page):
    fill, role = LISTS[listing]
    fill(make, 1)
    answer = reader(role).get(f"{listing}?page={page}")
    assert answer.status_code == 200
    assert 'rel="next"' not in answer.text


def test_the_pager_keeps_what_else_the_address_asks_for(app):
    with app.test_request_context("/admin/people?q=Ada+B&q=C&page=2&_scheme=javascript&endpoint=x"):
        pager = paging.pager(25, 80)
    assert pager.next_url == "/admin/people?q=Ada+B&q=C&_scheme=javascript&endpoint=x&page=3"
    assert pager.previous_url.endswith("&page=1")
    assert pager.summary == "26–50 of 80"
