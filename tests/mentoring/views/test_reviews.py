"""What waits for a senior trainer's opinion, in one list."""

from lms import accounts


def test_a_senior_finds_what_waits_for_her(make, browse):
    plan = make.submitted_plan()
    page = browse(accounts.get(make.reader(plan).id)).get("/reviews")
    assert "waits for your opinion by" in page.text
    assert f"Plan of {plan.case.code}" in page.text
    assert f"/casework/plans/{plan.id}/review" in page.text


def test_what_others_review_is_not_in_it(make, browse):
    plan = make.submitted_plan()
    page = browse(make.assignment().senior).get("/reviews")
    assert "Nothing waits for your opinion." in page.text
    assert plan.case.code not in page.text


def test_it_is_for_seniors(make, browse):
    for role in ("manager", "activator", "trainee"):
        assert browse(make.person(role)).get("/reviews").status_code == 404


def test_the_first_page_says_what_waits(make, browse):
    plan = make.submitted_plan()
    page = browse(accounts.get(make.reader(plan).id)).get("/")
    assert f"waits for your opinion on {plan.case.code}" in page.text


def test_statements_do_not_grow_with_what_waits(make, browse, statements):
    plan = make.submitted_plan()
    senior = accounts.get(make.reader(plan).id)
    browser = browse(senior)
    browser.get("/reviews")
    with statements() as few:
        browser.get("/reviews")
    for _ in range(4):
        make.submitted_plan(senior=senior)
    with statements() as many:
        page = browser.get("/reviews")
    assert page.text.count("/review") >= 5
    assert len(few) == len(many)
