"""The control bundle: made piece by piece, whole, nobody's name on its files."""

import csv
import io
import json
import zipfile

import pytest

from courses import bundles, contents, inspection, proofs, register
from courses.bundles import FLOW, BundleState
from lms import audit, clock, db, files, jobs, keys
from lms.errors import Refused
from tests.making.control import ADDRESS, PAPER

MOVES = {
    BundleState.MAKING: {"finish", "fail"},
    BundleState.READY: set(),
    BundleState.FAILED: set(),
}


@pytest.mark.parametrize("state", list(BundleState))
def test_moves_open_in_each_state(state):
    assert FLOW.open_to(state) == MOVES[state]


def opened(row, by):
    return zipfile.ZipFile(io.BytesIO(b"".join(bundles.take(row, by=by))))


def rows(bundle, name):
    text = bundle.read(name).decode("utf-8-sig").split("\r\n\r\n")[0]
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


@pytest.fixture
def group(make):
    found = make.controlled_class()
    found.by = make.actor(found.manager)
    return found


def test_a_bundle_holds_everything_and_proves_itself(make, group, tmp_path):
    row = make.bundle(group)
    assert row.state == BundleState.READY
    with opened(row, group.by) as bundle:
        names = bundle.namelist()
        (tmp_path / "b.zip").write_bytes(b"".join(bundles.take(row, by=group.by)))
        number = next(n for n in names if n.startswith("certificates/ONE"))[13:].split(".")[0]
        assert sorted(names) == sorted(
            [
                *(f"pages/page-{n:03d}.pdf" for n in range(1, 6)),
                "register/registro.csv",
                "register/righe.csv",
                "register/ore.csv",
                "calendar/calendario.csv",
                "calendar/changes.csv",
                "calendar/bodies.csv",
                "traces/connections.csv",
                "traces/files.csv",
                "traces/page-002-1.csv",
                "scans/page-004-1.pdf",
                "scans/scans.csv",
                "scans/printed.csv",
                "sheets/sheets.csv",
                "corrections/rettifiche.csv",
                "corrections/requests.csv",
                "corrections/contests.csv",
                "corrections/anomalies.csv",
                "register/credits.csv",
                "certificates/attestati.csv",
                "certificates/duplicates.csv",
                f"certificates/{number}.pdf",
                f"certificates/{number}.json",
                "access/log_registro.csv",
                *(
                    f"closing/{what}-1.{kind}"
                    for what in ("2026-11", "edition")
                    for kind in ("pdf", "csv", "json")
                ),
                "papers/appointment-01.pdf",
                "papers/agreement-01.pdf",
                "papers/authorisation-01.pdf",
                "papers/authorisations.csv",
                "papers/calendar-01.pdf",
                "papers/papers.csv",
                "visits/visits.csv",
                "readme.txt",
                "manifest.json",
                "manifest.sig",
            ]
        )
        assert bundle.read("papers/agreement-01.pdf") == PAPER + b"agreement"
        assert len(rows(bundle, "register/registro.csv")) == 10
        assert len(rows(bundle, "traces/connections.csv")) == 2
        assert len(rows(bundle, "corrections/rettifiche.csv")) == 1
        [request] = rows(bundle, "corrections/requests.csv")
        assert (request[0], request[9], request[12]) == (
            "3",
            group.coordinator.name,
            group.manager.name,
        )
        assert b"bus" not in bundle.read("corrections/requests.csv")
        assert len(rows(bundle, "papers/papers.csv")) == 3
        assert [r[1] for r in rows(bundle, "papers/authorisations.csv")] == ["PROT-12/2026"]
        assert bundle.read("scans/page-004-1.pdf") == PAPER + b"page"
        assert [r[6] for r in rows(bundle, "scans/scans.csv")] == [group.coordinator.name]
        assert bundle.read("traces/page-002-1.csv").startswith(b"Name (Original Name),")
        assert [r[0] for r in rows(bundle, "traces/files.csv")] == ["traces/page-002-1.csv"]
        assert [r[8] for r in rows(bundle, "sheets/sheets.csv")] == [group.trainer.name]
        assert [r[2:] for r in rows(bundle, "calendar/bodies.csv")] == [["5", "5", "1050"]]
        assert [r[3] for r in rows(bundle, "visits/visits.csv")] == ["2"]
        assert [r[2] for r in rows(bundle, "calendar/changes.csv")] == ["Session not held"]
        access = [r[3] for r in rows(bundle, "access/log_registro.csv")]
        assert access.count("Hours of a page certified") == 5
        assert "Control bundle asked for" in access
        assert keys.public_key() in bundle.read("readme.txt").decode()
    found = proofs.prove(tmp_path / "b.zip")
    assert found.faults == []
    assert (found.edition, found.pages, found.files) == (group.edition.code, 5, len(names) - 2)
    assert found.minutes == 5 * 210 + 2 * 210 + 150 + 120


def test_no_name_of_anybody_is_a_name_of_a_file(make, group):
    row = make.bundle(group)
    everybody = [*group.trainees, group.trainer, group.coordinator, group.manager]
    with opened(row, group.by) as bundle:
        said = " ".join(bundle.namelist()).casefold()
    for person in everybody:
        assert person.name.casefold() not in said
        assert person.mail.split("@")[0] not in said.split("/")
        assert str(person.id) not in said


def test_the_manifest_is_canonical_and_lists_every_file(make, group):
    from lms import frozen

    with opened(make.bundle(group), group.by) as bundle:
        content = bundle.read("manifest.json")
        told = json.loads(content)
        assert frozen.canonical(told) == content
        assert {f["name"] for f in told["files"]} == set(bundle.namelist()) - {
            "manifest.json",
            "manifest.sig",
        }
    assert told["key"] == keys.public_key()
    assert told["chain"]["length"] == len(told["chain"]["entries"])


def test_a_bundle_says_how_far_it_has_come(make, group, monkeypatch):
    monkeypatch.setattr(bundles, "AT_ONCE", 0)
    row = make.asked_bundle(group)
    db.session.query(jobs.Job).filter_by(kind="mail").delete()
    seen = [(row.done, row.pieces)]
    for _ in range(3):
        make.work(times=1)
        db.session.refresh(row)
        seen.append((row.done, row.pieces))
    assert row.state == BundleState.MAKING
    assert seen == [(0, 0), (1, 44), (2, 44), (3, 44)]


def test_a_bundle_is_made_in_several_jobs_that_each_keep_something(make, group, monkeypatch):
    monkeypatch.setattr(bundles, "AT_ONCE", 0.05)
    row = make.asked_bundle(group)
    seen = []
    while row.state == BundleState.MAKING and len(seen) < 60:
        make.work(times=1)
        db.session.refresh(row)
        seen.append(row.done)
    assert row.state == BundleState.READY
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


def test_a_register_that_grows_meanwhile_makes_it_begin_anew(make, group, monkeypatch):
    monkeypatch.setattr(bundles, "AT_ONCE", 0.05)
    row = make.asked_bundle(group)
    db.session.query(jobs.Job).filter_by(kind="mail").delete()
    make.work(times=2)
    inspection.note(group.edition, text="Another visit", by=group.by)
    db.session.commit()
    make.work()
    db.session.refresh(row)
    assert (row.state, row.attempt) == (BundleState.READY, 2)
    with opened(row, group.by) as bundle:
        assert len(rows(bundle, "visits/visits.csv")) == 2


def test_a_register_that_never_rests_gives_no_bundle(make, group, monkeypatch):
    monkeypatch.setattr(bundles, "AT_ONCE", 0)
    monkeypatch.setattr(bundles, "MOST_ATTEMPTS", 2)
    row = make.asked_bundle(group)
    db.session.query(jobs.Job).filter_by(kind="mail").delete()
    for number in range(6):
        make.work(times=1)
        inspection.note(group.edition, text=f"Visit {number}", by=group.by)
        db.session.commit()
    db.session.refresh(row)
    assert row.state == BundleState.FAILED
    with pytest.raises(Refused, match="not ready"):
        bundles.take(row, by=group.by)
    assert make.bundle(group).state == BundleState.READY


def test_one_bundle_at_a_time(make, group):
    make.asked_bundle(group)
    with pytest.raises(Refused, match="being made"):
        bundles.ask(group.edition, address=ADDRESS, by=group.by)


def test_an_edition_without_pages_has_no_bundle(make):
    group = make.class_in_motion()
    with pytest.raises(Refused, match="no page"):
        bundles.ask(group.edition, address=ADDRESS, by=make.actor(group.manager))


def test_what_was_erased_is_left_out_and_said(make, group, tmp_path):
    keys.destroy(db.session.get(keys.SubjectKey, group.trainees[0].key_id))
    db.session.commit()
    row = make.bundle(group)
    assert row.state == BundleState.READY
    with opened(row, group.by) as bundle:
        told = json.loads(bundle.read("manifest.json"))
        assert "papers/agreement-01.pdf" in told["erased"]
        assert "papers/agreement-01.pdf" not in bundle.namelist()
        assert len([n for n in told["erased"] if n.startswith("certificates/")]) == 2
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"".join(bundles.take(row, by=group.by)))
    proven = proofs.prove(path)
    assert (proven.faults, proven.erased) == ([], told["erased"])


def test_pieces_are_encrypted_and_go_with_the_key_of_their_bundle(make, group):
    row = make.bundle(group)
    kept = bundles._kept(row)
    stored = files._place(kept[0].file_id).read_bytes()
    assert b"%PDF" not in stored
    keys.destroy(db.session.get(keys.SubjectKey, row.key_id))
    db.session.commit()
    with pytest.raises(keys.Erased):
        bundles.take(row, by=group.by)


def test_asking_and_taking_are_recorded_and_so_is_what_was_opened(make, group):
    row = make.bundle(group)
    b"".join(bundles.take(row, by=group.by))
    db.session.commit()
    said = [e.what for e in inspection.access(group.edition)]
    assert {"bundle asked", "bundle ready", "open bundle:make"} <= set(said)
    newest = [e.what for e in audit.latest(group.programme.id, most=3)]
    assert "bundle taken" in newest


def test_a_topic_adds_its_part_by_one_line(make, group, monkeypatch):
    def scans(edition, by):
        yield "scans/page-001.pdf", lambda: b"%PDF-scan"

    monkeypatch.setattr(contents, "PARTS", (*contents.PARTS, scans))
    with opened(make.bundle(group), group.by) as bundle:
        assert bundle.read("scans/page-001.pdf") == b"%PDF-scan"


def test_a_bundle_of_a_running_edition_holds_its_open_page(make, tmp_path):
    group = make.certified_page()
    make.opened_page(group, group.sessions[1])
    make.scan(group, 0, group.sessions[1].starts_at)
    register.bar(
        make.opened_page(group, group.sessions[2]).session,
        reason="Fire alarm",
        by=make.actor(group.coordinator),
    )
    by = make.actor(group.manager)
    path = tmp_path / "b.zip"
    path.write_bytes(b"".join(bundles.take(make.bundle(group), by=by)))
    found = proofs.prove(path)
    assert (found.faults, found.pages) == ([], 3)


def test_the_database_refuses_a_ready_bundle_without_its_time(make):
    row = make.asked_bundle(make.closed_class())
    row.state = BundleState.READY
    with pytest.raises(Exception, match="ready_has_time"):
        db.session.flush()
    db.session.rollback()


def test_nobody_is_kept_waiting_while_pieces_are_made(make, group, monkeypatch):
    """Whoever signs in meanwhile writes at once: making holds no lock of the database."""
    made = []

    def watched(edition, by):
        def content():
            with db.unit():
                audit.record("page printed", edition, by=group.by)
            made.append(clock.now())
            return b"x"

        yield "watched.txt", content

    monkeypatch.setattr(contents, "PARTS", (watched,))
    assert make.bundle(group).state == BundleState.READY
    assert len(made) == 1
