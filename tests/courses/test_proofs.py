"""A control bundle proves itself: whatever was changed in it is named, without any database."""

import hashlib
import io
import json
import zipfile

import pytest

from courses import bundles, proofs
from lms import frozen, keys
from tests.demonstration import proved

KINDS = (
    "pages/page-003.pdf",
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
    "certificates/*.pdf",
    "certificates/*.json",
    "access/log_registro.csv",
    "closing/edition-1.pdf",
    "closing/edition-1.csv",
    "closing/edition-1.json",
    "closing/2026-11-1.json",
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
)
"""One of each kind of file that a bundle holds."""
_made = {}


@pytest.fixture
def whole(make, tmp_path):
    """The files of a bundle by name; made once, for a bundle needs nothing but itself."""
    if not _made:
        group = make.controlled_class()
        taken = bundles.take(make.bundle(group), by=make.actor(group.manager))
        with zipfile.ZipFile(io.BytesIO(b"".join(taken))) as bundle:
            _made.update({name: bundle.read(name) for name in bundle.namelist()})
    return dict(_made)


@pytest.fixture
def faults(tmp_path):
    """What is said of a bundle with these files."""

    def say(files, key=""):
        path = tmp_path / "bundle.zip"
        with zipfile.ZipFile(path, "w") as bundle:
            for name, content in files.items():
                bundle.writestr(name, content)
        return proofs.prove(path, key=key).faults

    return say


def named(whole, kind):
    folder, _, ending = kind.partition("*")
    if not ending:
        return kind
    return next(
        n for n in whole if n.startswith(folder) and n.endswith(ending) and "attestati" not in n
    )


def signed(whole, change):
    """The files as somebody who has the key would sign them after a change of the manifest."""
    told = json.loads(whole["manifest.json"])
    change(told)
    manifest = frozen.canonical(told)
    return whole | {"manifest.json": manifest, "manifest.sig": bundles.signature_of(manifest)}


def test_every_kind_of_file_is_tried(whole):
    assert {named(whole, kind).rpartition("/")[0] for kind in KINDS} == {
        name.rpartition("/")[0] for name in whole
    }
    assert {name.rpartition(".")[2] for name in whole} == {
        kind.rpartition(".")[2] for kind in KINDS
    }


def test_a_bundle_that_nobody_changed_holds(whole, faults):
    assert faults(whole) == []
    assert faults(whole, key=keys.public_key().upper()) == []


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_byte_changed_is_named(whole, faults, kind, place):
    name = named(whole, kind)
    content = bytearray(whole[name])
    at = {"first": 0, "middle": len(content) // 2, "last": len(content) - 1}[place]
    content[at] ^= 1
    said = faults(whole | {name: bytes(content)})
    assert said
    assert any(fault.startswith(f"{name}: ") for fault in said), said
    if not name.startswith("manifest"):
        assert {fault.split(": ")[0] for fault in said} == {name}


@pytest.mark.parametrize("kind", ["pages/page-001.pdf", "manifest.json", "manifest.sig"])
def test_a_byte_of_the_zip_itself_is_named(whole, tmp_path, kind):
    """Changed on the disk, where the zip's own checksum sees it first."""
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in whole.items():
            bundle.writestr(name, content)
    kept = bytearray(path.read_bytes())
    kept[kept.find(whole[kind]) + 5] ^= 1
    path.write_bytes(bytes(kept))
    assert any(f.startswith(f"{kind}: ") for f in proofs.prove(path).faults)


def test_a_file_taken_out_or_slipped_in_is_named(whole, faults):
    less = {n: c for n, c in whole.items() if n != "pages/page-002.pdf"}
    assert faults(less) == ["pages/page-002.pdf: it is missing"]
    more = whole | {"pages/page-099.pdf": b"%PDF"}
    assert faults(more) == ["pages/page-099.pdf: the manifest does not know this file"]
    for name in ("manifest.json", "manifest.sig"):
        assert faults({n: c for n, c in whole.items() if n != name}) == [
            f"{name}: it is missing or was changed"
        ]


def test_two_files_with_one_name_are_named(whole, tmp_path):
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in whole.items():
            bundle.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate"):
            bundle.writestr("readme.txt", b"other")
    assert any(f.startswith("readme.txt: ") for f in proofs.prove(path).faults)


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04" + bytes(60)])
def test_what_is_no_zip_is_said(tmp_path, content):
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    assert proofs.prove(path).faults == ["bundle.zip: it is no whole zip file"]


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"{}", b'{"format":"affianca/bundle/1"}', b"\xff"]
)
def test_a_manifest_that_says_nothing_is_named(whole, faults, manifest):
    said = faults(whole | {"manifest.json": manifest})
    assert any(f.startswith("manifest.json: ") for f in said)


# Somebody who could sign


def test_a_bundle_signed_by_somebody_else_is_seen_with_the_key(whole, faults, monkeypatch):
    ours = keys.public_key()
    other = keys.Ring.new()
    monkeypatch.setattr(keys, "_rings", [other])
    forged = signed(whole, lambda told: None)
    assert faults(forged) == []
    assert faults(forged, key=ours) == [f"manifest.sig: it was signed with another key than {ours}"]


def _entry(told, what, change):
    """Change what the first entry of this kind tells of; its hash stays."""
    for entry in told["chain"]["entries"]:
        body = json.loads(entry["body"])
        if body["what"] == what:
            change(body)
            entry["body"] = frozen.canonical(body).decode()
            return entry["sequence"]
    raise AssertionError(what)


def _anew(told):
    """Compute the chain anew, as somebody would who has changed one of its entries."""
    previous = bytes(32)
    for entry in told["chain"]["entries"]:
        previous = hashlib.sha256(previous + entry["body"].encode()).digest()
        entry["hash"] = previous.hex()
    told["chain"]["head"] = previous.hex()


def test_a_changed_entry_is_named(whole, faults):
    def change(told):
        _entry(told, "stamped in", lambda body: body["row"].update(source="pin"))

    [said] = faults(signed(whole, change))
    assert said.startswith("manifest.json: entry ")
    assert said.endswith("of the register was changed")


def test_an_entry_taken_out_and_a_cut_end_are_named(whole, faults):
    def taken_out(told):
        del told["chain"]["entries"][4]

    def cut(told):
        del told["chain"]["entries"][-1]

    assert any("entry 5 of the register is missing" in f for f in faults(signed(whole, taken_out)))
    assert any("the end was cut off" in f for f in faults(signed(whole, cut)))


def test_minutes_that_the_stamps_do_not_give_are_named(whole, faults):
    def change(told):
        _entry(told, "line posted", lambda body: body["row"].update(minutes=200))
        _anew(told)

    said = faults(signed(whole, change))
    assert any("page 1: person" in f and "not those of her stamps" in f for f in said)
    assert any("is not the sum of her lines" in f for f in said)


def test_a_stamp_moved_by_an_hour_is_named(whole, faults):
    def earlier(body):
        body["row"]["at"] = body["row"]["at"].replace("T11:", "T10:")

    def change(told):
        _entry(told, "stamped out", earlier)
        _anew(told)

    assert any("not those of her stamps" in f for f in faults(signed(whole, change)))


def test_another_window_or_another_rounding_is_named(whole, faults):
    def shorter(told):
        for session in told["sessions"]:
            if session["page"] == 1:
                session["ends_at"] = session["ends_at"].replace("T11:30", "T11:00")

    def blocks(told):
        told["edition"] |= {"rounding": "blocks", "rounding_minutes": 60}

    for change in (shorter, blocks):
        assert any("page 1: person" in f for f in faults(signed(whole, change)))


def test_a_page_in_another_state_is_named(whole, faults):
    def change(told):
        told["sessions"][0]["state"] = "signed"

    assert any("page 1: its state" in f for f in faults(signed(whole, change)))


def test_another_total_is_named(whole, faults):
    def change(told):
        told["totals"][min(told["totals"])][1] += 60

    assert faults(signed(whole, change)) == [
        "manifest.json: the total of trainee 1 is not the sum of her lines"
    ]


@pytest.mark.parametrize(
    "name", ["traces/page-002-1.csv", "scans/page-004-1.pdf", "papers/calendar-01.pdf"]
)
def test_a_file_that_the_register_knows_is_missed(whole, faults, name):
    """Even when somebody who can sign takes it out of the manifest too."""

    def change(told):
        told["files"] = [file for file in told["files"] if file["name"] != name]

    less = {n: content for n, content in whole.items() if n != name}
    assert faults(signed(less, change)) == [
        "manifest.json: files that the register knows are missing: 1"
    ]


def _without(told, *names):
    told["files"] = [file for file in told["files"] if file["name"] not in names]


def test_what_was_erased_hides_nothing_else_that_is_missing(whole, faults):
    """Erased is only what is said to be so, by its own place."""
    erased, gone = "papers/agreement-01.pdf", "papers/appointment-01.pdf"

    def one(told):
        _without(told, erased)
        told["erased"].append(erased)

    def both(told):
        one(told)
        _without(told, gone)

    def in_its_place(told):
        """The place of what is gone is said to be that of what was erased."""
        both(told)
        told["attached"] = {
            row: erased if name == gone else name for row, name in told["attached"].items()
        }

    less = {name: content for name, content in whole.items() if name != erased}
    assert faults(signed(less, one)) == []
    del less[gone]
    missing = "manifest.json: files that the register knows are missing: "
    assert faults(signed(less, both)) == [f"{missing}1"]
    assert faults(signed(less, in_its_place)) == [f"{missing}2"]


def test_of_two_papers_that_are_alike_each_has_its_file(whole, faults):
    """One sheet, attached twice: one of the two files does not stand for both."""

    def change(told):
        rows = [row for row, name in told["attached"].items() if name.startswith("papers/a")]
        told["attached"][rows[0]] = told["attached"][rows[1]]

    assert any(
        "files that the register knows are missing" in f for f in faults(signed(whole, change))
    )


@pytest.mark.parametrize("kind", ["closing/edition-1.json", "certificates/*.json"])
def test_a_frozen_document_that_was_not_frozen_so_is_named(whole, faults, kind):
    """Even by somebody who puts the new hash into a manifest that she can sign."""
    name = named(whole, kind)
    content = whole[name].replace(b"Edition", b"Edizion", 1)
    assert content != whole[name]

    def change(told):
        for file in told["files"]:
            if file["name"] == name:
                file["sha256"] = hashlib.sha256(content).hexdigest()

    assert faults(signed(whole | {name: content}, change)) == [
        f"{name}: it is not the document that was frozen"
    ]


def test_a_sheet_that_the_register_does_not_know_is_named(whole, faults):
    name = "closing/edition-1.json"
    sheet = json.loads(whole[name])
    sheet["people"][0]["total"] += 60
    content = frozen.canonical(sheet)

    def change(told):
        for file in told["files"]:
            if file["name"] == name:
                file |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for document in told["frozen"]:
            if document["name"] == name:
                salt = bytes.fromhex(document["salt"])
                document["digest"] = frozen.digest(salt, content).hex()

    assert faults(signed(whole | {name: content}, change)) == [
        f"{name}: the register knows another closing sheet",
        f"{name}: the total of person 1 is not that of the register",
    ]


# In a process of its own


def test_a_fresh_process_verifies_a_bundle_without_any_database(whole, tmp_path):
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in whole.items():
            bundle.writestr(name, content)
    done = proved(path, "--key", keys.public_key(), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "All holds." in done.stdout
    assert "erased" not in done.stdout
    assert keys.public_key() in done.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bundle.zip"]
    content = bytearray(whole["papers/agreement-01.pdf"])
    content[10] ^= 1
    with zipfile.ZipFile(path, "w") as bundle:
        for name, kept in (whole | {"papers/agreement-01.pdf": bytes(content)}).items():
            bundle.writestr(name, kept)
    done = proved(path, folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip() == "papers/agreement-01.pdf: it was changed"


def test_the_command_prints_the_public_key(command):
    assert command("hours", "key").output.strip() == keys.public_key()
