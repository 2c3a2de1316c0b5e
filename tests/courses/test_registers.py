"""The register as documents: what stands on a page, on all of them, and on the grid."""

from datetime import timedelta

import pytest

from courses import attendance, ledger, register, registers
from lms import audit, db, i18n
from lms.errors import Refused
from tests.courses.test_leaves import amended


@pytest.fixture
def told(monkeypatch):
    """What a document is made of, instead of the document."""
    found = {}
    monkeypatch.setattr(registers.documents, "pdf", lambda _, data, at: found.update(data))
    return found


def test_a_page_says_whose_it_is_and_what_was_done(make, told):
    group = make.certified_page()
    edition = group.edition
    edition.practice_number, edition.operator_code, edition.course_code = "P-77", "B123", "C-9"
    edition.project_code, edition.site = "B19J21000000006", "Via Po 1, Torino"
    db.session.commit()
    with i18n.speaking("it"):
        registers.page_pdf(group.session)
    [page] = told["pages"]
    facts = dict(page["facts"])
    assert (
        facts
        | {
            "Pratica n.": "P-77",
            "Codice operatore": "B123",
            "Codice corso": "C-9",
            "CUP": "B19J21000000006",
            "Sede di svolgimento": "Via Po 1, Torino",
            "Docente": group.trainer.name,
            "Previste": "9:00:00–12:30:00, 210′",
            "Metodo": "in aula",
        }
        == facts
    )
    assert page["number"] == "pag. 1 di 1"
    assert page["heading"].startswith("1.1")
    assert page["topic"][1] == "What was taught"
    assert len(page["signed"]) == 4
    assert page["signed"][1] == (
        "Pagina firmata", f"{group.trainer.name}, 12 novembre 2026, 12:35:00"
    )  # fmt: skip
    assert [len(line.split(": ")[1]) for line in page["hashes"]] == [64, 64]
    number, name, came, went, raw, minutes, how = page["rows"][0]
    assert (number, name) == ("1", group.trainees[0].name)
    assert (came["new"], went["new"]) == (["8:57:00"], ["12:32:00"])
    assert (raw, minutes, how) == ("210", "210", "Presente")


def test_a_correction_is_struck_in_place_and_told_below(make, told):
    group = make.certified_page()
    start, end = group.session.starts_at, group.session.ends_at
    amended(make, group, 1, start + timedelta(minutes=30), end, 180)
    registers.page_pdf(group.session)
    [page] = told["pages"]
    _, _, came, went, _, minutes, how = page["rows"][1]
    assert came == {"old": "8:57:00", "new": ["9:30:00"]}
    assert went == {"old": "12:32:00", "new": ["12:30:00"]}
    assert minutes == {"old": "210", "new": ["180"]}
    assert "amended" in how
    [said] = page["changes"]
    assert "8:57:00–12:32:00 (210′)" in said
    assert "9:30:00–12:30:00 (180′)" in said
    assert group.manager.name in said


def test_an_open_page_says_that_nobody_has_signed_it(make, told):
    group = make.opened_page()
    registers.page_pdf(group.session)
    assert "not signed yet" in told["pages"][0]["state"]


def test_a_barred_page_keeps_its_number_and_says_why(make, told):
    group = make.opened_page()
    register.bar(group.session, reason="The room was flooded", by=make.actor(group.coordinator))
    registers.page_pdf(group.session)
    [page] = told["pages"]
    assert page["state"] == "Barred: The room was flooded"
    assert page["number"] == "page 1 of 1"


def test_the_whole_register_has_every_page_in_order(make, told):
    group = make.certified_page()
    make.attended_page(group, group.sessions[1])
    registers.register_pdf(group.edition)
    assert [p["number"] for p in told["pages"]] == ["page 1 of 2", "page 2 of 2"]
    assert group.trainees[0].name not in told["title"]


def test_a_session_without_page_and_an_empty_register_are_refused(make):
    group = make.class_in_motion()
    with pytest.raises(Refused, match="no page yet"):
        registers.page_pdf(group.session if hasattr(group, "session") else group.sessions[0])
    with pytest.raises(Refused, match="no page yet"):
        registers.register_pdf(group.edition)


def test_the_way_to_the_whole_register_is_there_once_it_has_a_page(make, browse):
    group = make.class_in_motion()
    ways = {
        group.coordinator: ["/editions/{}/control"],
        make.inspector(group): [
            f"/inspection/editions/{{}}{page}" for page in ("", "/changes", "/papers", "/visits")
        ],
    }
    for is_open in (False, True):
        if is_open:
            make.opened_page(group)
        for person, pages in ways.items():
            browser = browse(person)
            for page in pages:
                answer = browser.get(page.format(group.edition.id))
                assert answer.status_code == 200
                assert (f"/editions/{group.edition.id}/register.pdf" in answer.text) is is_open


def test_the_grid_has_the_minutes_and_the_blank_one_has_none(make, told):
    group = make.certified_page()
    amended(make, group, 0, None, None, 0)
    registers.grid_pdf(group.edition)
    [sheet] = told["sheets"]
    assert [c[0] for c in sheet["columns"]] == ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"]
    assert [row["cells"][0] for row in sheet["rows"]] == ["0", "210", "210"]
    assert [row["sum"] for row in sheet["rows"]] == ["0", "210", "210"]
    assert {cell for row in sheet["rows"] for cell in row["cells"][1:]} == {""}
    registers.grid_pdf(group.edition, blank=True)
    [sheet] = told["sheets"]
    assert {c for row in sheet["rows"] for c in [*row["cells"], row["sum"]]} == {""}


def test_a_grid_needs_somebody_in_it(make):
    with pytest.raises(Refused):
        registers.grid_pdf(make.class_in_motion(trainees=0).edition)


def test_documents_are_made_in_both_languages(make):
    group = make.certified_page(trainees=2)
    amended(make, group, 0, None, None, 0)
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            for made in (
                registers.page_pdf(group.session),
                registers.register_pdf(group.edition),
                registers.grid_pdf(group.edition),
                registers.grid_pdf(group.edition, blank=True),
            ):
                assert made.startswith(b"%PDF-")
                assert b"pdfuaid" in made or b"/StructTreeRoot" in made


def test_who_takes_a_page_along_is_recorded(make):
    group = make.certified_page()
    registers.print_page(group.session, by=make.actor(group.coordinator))
    registers.print_register(group.edition, by=make.actor(group.coordinator))
    registers.print_grid(group.edition, blank=True, by=make.actor(group.coordinator))
    db.session.commit()
    newest = [e.what for e in audit.latest(group.programme.id, most=3)]
    assert newest == ["grid printed", "register printed", "page taken"]


def test_the_sum_of_a_leaf_is_the_sum_of_the_ledger(make):
    group = make.certified_page()
    amended(make, group, 2, None, None, 0)
    leaf = registers.leaves.leaf(group.session)
    assert leaf.minutes == sum(ledger.posted(group.session.id).values()) == 420
    assert attendance.marks(group.session)[group.enrolments[2].id].minutes == 0
