"""What a control bundle contains, part by part."""

from courses import contents
from lms import db, i18n


def named(part, group, make):
    return [name for name, _ in part(group.edition, make.actor(group.manager, group.programme))]


def test_every_page_has_its_file_and_no_session_without_page(make):
    group = make.certified_page()
    make.opened_page(group, group.sessions[1])
    assert named(contents.pages, group, make) == ["pages/page-001.pdf", "pages/page-002.pdf"]


def test_papers_are_numbered_by_kind_and_never_by_name(make):
    group = make.class_in_motion()
    make.enclosure(group)
    make.enclosure(group)
    assert sorted(named(contents.papers, group, make)) == [
        "papers/calendar-01.pdf",
        "papers/calendar-02.pdf",
        "papers/papers.csv",
    ]


def test_a_revoked_certificate_keeps_its_dossier_and_loses_its_page(make):
    certificate = make.ended_certificate("revoked")
    edition, by = certificate.enrolment.edition, make.actor(make.person("manager"))
    found = [n for n, _ in contents.issued(edition, "https://demo.example/verify/", by)]
    assert found == [f"certificates/{certificate.number}.json"]


def test_what_changed_the_calendar_is_told_with_what_was_before(make):
    from courses import changes

    group = make.class_in_motion()
    by = make.actor(group.coordinator, group.programme)
    changes.cancel(group.sessions[0], reason="The room was flooded", by=by)
    db.session.commit()
    with i18n.speaking("en"):
        [(name, content)] = contents.moves(group.edition, by)
        said = content().decode("utf-8-sig")
    assert name == "calendar/changes.csv"
    assert group.coordinator.name in said


def test_the_readme_is_made_in_both_languages(make, app):
    said = []
    for language in ("it", "en"):
        with i18n.speaking(language):
            [(_, content)] = contents.readme(None, None)
            said.append(content().decode())
    assert said[0] != said[1]
    assert all("lms hours verify" in text for text in said)
