"""The settings of a register by page: who writes, what is refused, the original, the logos."""

from dataclasses import asdict
from io import BytesIO

from courses import terms
from courses.terms import Terms

PDF = b"%PDF-1.7 authorised"


def as_is(edition):
    return Terms(**{name: getattr(edition, name) for name in Terms.__annotations__})


def form(edition, **changes):
    typed = {**asdict(as_is(edition)), "version": edition.version, **changes}
    return {k: "" if v is None else v for k, v in typed.items()}


def test_the_manager_writes_and_the_coordinator_reads(make, browse):
    group = make.class_in_motion()
    url = f"/editions/{group.edition.id}/register-settings"
    answer = browse(group.manager).post(url, form(group.edition, operator_code="OP-9"))
    assert answer.status_code == 303
    page = browse(group.coordinator).get(url)
    assert "OP-9" in page.text
    assert "Save the settings" not in page.text
    refused = browse(group.coordinator).post(url, form(group.edition, operator_code="X"))
    assert refused.status_code == 404


def test_a_stale_save_shows_both(make, browse):
    group = make.class_in_motion()
    url, browser = f"/editions/{group.edition.id}/register-settings", browse(group.manager)
    mine = form(group.edition, site="Via Dora 2")
    browser.post(url, form(group.edition, site="Via Po 1"))
    page = browser.post(url, mine)
    assert page.status_code == 409
    assert "Via Dora 2" in page.text
    assert "Via Po 1" in page.text


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(make, browse):
    group = make.class_in_motion()
    url = f"/editions/{group.edition.id}/register-settings"
    page = browse(group.manager).post(url, form(group.edition, ticks="2/3 some"))
    assert page.status_code == 422
    assert 'id="ticks-error"' in page.text
    assert "2/3 some" in page.text


def test_the_original_changes_by_page_once_authorised(make, browse):
    group = make.on_paper()
    url, browser = f"/editions/{group.edition.id}/register-settings", browse(group.manager)
    wanted = {"original": "electronic", "version": group.edition.version}
    page = browser.post(f"{url}/original", wanted)
    assert page.status_code == 422
    assert "written authorisation first" in page.text
    browser.post(
        f"{url}/authorisation",
        {"reference": "Prot. 1", "dated_on": "2026-01-08", "file": (BytesIO(PDF), "x.pdf")},
        content_type="multipart/form-data",
    )
    wanted["version"] = group.edition.version
    assert browser.post(f"{url}/original", wanted).status_code == 303
    answer = browser.get(f"/editions/{group.edition.id}/authorisation")
    assert answer.data == PDF
    assert "authorisation.pdf" in answer.headers["Content-Disposition"]


def test_an_authorisation_without_its_file_is_not_attached(make, browse):
    group = make.class_in_motion()
    url = f"/editions/{group.edition.id}/register-settings/authorisation"
    page = browse(group.manager).post(url, {"reference": "Prot. 1", "dated_on": "2026-01-08"})
    assert page.status_code == 422
    assert "Choose the file." in page.text


def test_a_logo_is_added_shown_and_taken_off_by_page(make, browse):
    group = make.class_in_motion()
    url, browser = f"/editions/{group.edition.id}/logos", browse(group.manager)
    browser.post(
        url,
        {"name": "Union", "file": (BytesIO(make.png()), "x.png")},
        content_type="multipart/form-data",
    )
    logo = terms.logos(group.edition.id)[0]
    assert browse(group.coordinator).get(f"/logos/{logo.id}").data == make.png()
    assert browser.post(f"/logos/{logo.id}/remove").status_code == 303
    assert "No logo stands on the pages yet." in browser.get(url).text
