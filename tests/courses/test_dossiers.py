"""All about a trainee on one page, and on paper: the same statements whatever is in it."""

import json

from courses import dossiers, exceptions, replacements
from lms import db, i18n


def words(make, row, by=None):
    enrolment = row.group.enrolments[0]
    return dossiers.words(dossiers.of(enrolment, by=by or make.actor(row.group.manager)))


def test_it_tells_hours_pages_quizzes_exceptions_and_certificates(make):
    row = make.ended_certificate("replaced")
    told = words(make, row)
    tables = {t["caption"]: t["rows"] for t in told["tables"]}
    assert told["name"] == "Anna Corretta"
    assert [len(tables[c]) for c in ("Hours by module", "Pages of the register", "Quizzes")] == [
        3, 6, 1,
    ]  # fmt: skip
    assert [r[0] for r in tables["Certificates"]] == [row.replaced_by.number, row.number]
    assert "canary-reason to replace" in json.dumps(tables["Certificates"])
    assert tables["Still missing"] == []


def test_an_exception_stands_in_it_with_both_names(make):
    row = make.excepted()
    second = make.actor(make.person("manager"))
    exceptions.refuse(row, answer="Too few", by=second)
    db.session.commit()
    (told,) = next(t["rows"] for t in words(make, row)["tables"] if t["caption"] == "Exceptions")
    assert told[0] == "exception refused"
    assert told[1] == "canary-reason of an exception"
    assert row.group.manager.name in told[2]
    assert second.name in told[3]


def test_it_prints_in_both_languages(make):
    row = make.ended_certificate("revoked")
    by = make.actor(row.group.manager)
    for tongue in i18n.LANGUAGES:
        with i18n.speaking(tongue):
            made = dossiers.pdf(dossiers.of(row.group.enrolments[0], by=by))
        assert made.startswith(b"%PDF-")


def test_as_many_statements_for_a_long_history_as_for_none(make, statements):
    plain, rich = make.certifiable(1260), make.ended_certificate("replaced")
    by = make.actor(rich.group.manager)
    replacements.duplicate(rich.replaced_by, by=by)
    db.session.commit()
    counts = []
    for group in (plain, rich.group):
        db.session.expunge_all()
        enrolment = db.session.get_one(type(group.enrolments[0]), group.enrolments[0].id)
        with statements() as seen:
            dossiers.words(dossiers.of(enrolment, by=by))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_what_is_valid_and_what_waits_is_told(make):
    row = make.certificate()
    by = make.actor(row.group.manager)
    assert dossiers.of(row.group.enrolments[0], by=by).valid == row
    replacements.revoke(row, reason="x", by=by)
    db.session.commit()
    assert dossiers.of(row.group.enrolments[0], by=by).valid is None
    waiting = make.excepted()
    assert dossiers.of(waiting.group.enrolments[0], by=by).proposed == waiting
