"""What a certificate says, in both languages; what it never says."""

import json
import re
from datetime import UTC, datetime

import pytest

from courses import attestations
from lms import documents, i18n

AT = datetime(2026, 11, 12, 8, tzinfo=UTC)
DOSSIER = {
    "person": {
        "name": "Anna Rossi",
        "birth_date": "1990-05-17",
        "birth_place": "Torino (TO)",
        "tax_code": "RSSNNA90E57L219X",
    },
    "programme": {
        "organiser": "Ente", "name": "P", "funder": "Funder", "project_code": "B19J21000000006",
    },
    "edition": {
        "name": "Prima", "code": "RDO-1", "starts_on": "2026-01-12", "ends_on": "2026-07-12",
        "operator_code": "D123", "course_code": "C77", "site": "Torino, via Dora 12",
    },
    "course": {"title_it": "Corso", "title_en": "Course", "minutes": 6300},
    "minutes": {
        "certified": 5400,
        "credited": 630,
        "by_mode": {"classroom": 3900, "live": 1200, "made_up": 300, "self_paced": 0},
    },
    "modules": [
        {"number": n, "title_it": f"Modulo {n}", "title_en": f"Module {n}", "certified": 1800,
         "planned": 2100}
        for n in (1, 2, 3)
    ],
    "final": None,
    "decided": {"name": "Marta Manager"},
}  # fmt: skip
FINAL = {"on": "2026-07-01T08:00:00.000000Z", "percent": 85}


def told(tongue="it", **changed):
    with i18n.speaking(tongue):
        return attestations.told(
            {**DOSSIER, **changed}, number="RDO-2026-0001-ABCDE", issued_at=AT,
            address="https://x.example/verify/RDO-2026-0001-ABCDE",
        )  # fmt: skip


def test_all_that_the_rules_ask_for_is_there():
    said = told()
    whole = json.dumps(said, ensure_ascii=False)
    for words in (
        "Anna Rossi", "17 maggio 1990", "Torino (TO)", "RSSNNA90E57L219X", "RDO-2026-0001-ABCDE",
        "RDO-1", "CUP B19J21000000006", "D123", "C77", "via Dora 12", "Ente", "Funder", "Corso",
        "12 gennaio 2026", "12 luglio 2026", "Marta Manager", "12 novembre 2026",
    ):  # fmt: skip
        assert words in whole, words
    assert (said["hours"], said["of"]) == (i18n.hours(5400), f"di {i18n.hours(6300)} previste")
    assert said["beside"] == [
        f"in aula {i18n.hours(3900)}",
        f"in diretta a distanza {i18n.hours(1200)}",
        f"recuperate {i18n.hours(300)}",
        f"non dovute per crediti riconosciuti {i18n.hours(630)}",
    ]
    assert said["modules"][0] == ["1. Modulo 1", i18n.hours(1800), i18n.hours(2100)]


@pytest.mark.parametrize("tongue", i18n.LANGUAGES)
@pytest.mark.parametrize("final", [None, FINAL])
def test_it_is_never_called_a_certification_of_competences(tongue, final):
    said = told(tongue, final=final)
    assert "13/2013" in said["not_competences"]
    rest = json.dumps({k: v for k, v in said.items() if k != "not_competences"}).casefold()
    assert "competen" not in rest


def test_the_final_test_is_told_only_where_it_was_passed():
    assert (told()["kind"], told()["final"]) == ("Attestato di frequenza", "")
    said = told(final=FINAL)
    assert said["kind"] == "Attestato di frequenza e profitto"
    assert said["final"] == "Prova finale superata il 1 luglio 2026 con 85 su 100"
    assert told("en", final=FINAL)["kind"] == "Certificate of attendance and achievement"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, ""),
        ({"birth_date": "1990-05-17"}, "born on 17 May 1990"),
        ({"birth_place": "Torino"}, "born in Torino"),
        ({"tax_code": "X"}, "tax code X"),
        ({"birth_date": "1990-05-17", "birth_place": "Torino"}, "born on 17 May 1990 in Torino"),
    ],
)
def test_what_is_not_known_is_left_out(known, said):
    person = {"name": "A", "birth_date": None, "birth_place": None, "tax_code": None, **known}
    assert told("en", person=person)["born"] == said


@pytest.mark.parametrize("tongue", i18n.LANGUAGES)
def test_it_is_one_page_that_readers_and_archives_can_use(tongue):
    """The compiler refuses what is not PDF/A-2a and PDF/UA-1; all that may be said fits a page."""
    assert pages(told(tongue, final=FINAL, modules=titled(12))) == 1
    assert pages(told(tongue, final=FINAL, modules=titled(300))) > 1


def titled(times):
    title = {"title_it": "Modulo lungo " * times, "title_en": "Long module " * times}
    return [{**module, **title} for module in DOSSIER["modules"]]


def pages(said):
    made = documents.pdf("courses/certificate.typ", said, at=AT)
    assert b"pdfaid:part>2<" in made.replace(b" ", b"")
    assert b"pdfuaid:part>1<" in made.replace(b" ", b"")
    return int(re.search(rb"/Type/Pages/Count (\d+)", made)[1])
