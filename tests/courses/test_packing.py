"""The certificates of many in one file: set one by one, encrypted, gone after a while."""

import io
from datetime import timedelta
from zipfile import ZipFile

import pytest

from courses import batches, certificates, packing, replacements
from courses.batches import BatchState
from courses.certificates import Certificate
from lms import app as application
from lms import clock, db, files, jobs, keys
from lms.chains import Entry
from lms.errors import Refused
from lms.jobs import Job, JobState


def run_jobs(app, kinds=("certificates", "forget certificates")):
    """The work that waits, as the worker does it."""
    db.session.commit()
    for job in db.session.query(Job).filter(Job.kind.not_in(kinds)):
        job.state = JobState.DONE
    db.session.commit()
    done = jobs.run(
        application.handlers(app), application.asker, until_empty=True, around=app.app_context
    )
    db.session.expire_all()
    return done


def packed(make, app, *minutes):
    group = make.certifiable(*minutes)
    batch = make.batch(group)
    run_jobs(app)
    batch.group = group
    return batch


def content(batch, by):
    return b"".join(packing.content(batch, by=by)[0])


def test_each_certificate_is_in_the_file_under_its_number(make, app):
    batch = packed(make, app, 1260, 944, 1260)
    by = make.actor(batch.group.manager)
    assert (batch.state, batch.packed) == (BatchState.DONE, 2)
    archive = ZipFile(io.BytesIO(content(batch, by)))
    assert archive.testzip() is None
    rows = db.session.query(Certificate).order_by(Certificate.number).all()
    assert sorted(archive.namelist()) == [f"{row.number}.pdf" for row in rows]
    address = app.extensions["affianca"].public_url + "/verify/"
    for row in rows:
        whole = certificates.pdf(row, address=address + row.number, by=by)
        assert archive.read(f"{row.number}.pdf") == whole


def test_the_file_lies_encrypted_and_names_nobody(make, app):
    batch = packed(make, app, 1260)
    stored = files._place(batch.file_id).read_bytes()
    assert b"PK\x03\x04" not in stored
    assert b"%PDF" not in stored
    name = batch.group.trainees[0].name.encode()
    assert name not in content(batch, make.actor(batch.group.manager))[:200]


def test_who_was_revoked_or_erased_meanwhile_is_left_out(make, app):
    group = make.certifiable(1260, 1260, 1260)
    batch, by = make.batch(group), make.actor(group.manager)
    rows = [certificates.of_enrolments([e.id])[e.id] for e in group.enrolments]
    replacements.revoke(rows[0], reason="x", by=by)
    keys.destroy(db.session.get_one(keys.SubjectKey, group.trainees[1].key_id))
    run_jobs(app)
    archive = ZipFile(io.BytesIO(content(batch, by)))
    assert archive.namelist() == [f"{rows[2].number}.pdf"]


def test_a_worker_that_dies_leaves_nothing_and_another_goes_on(make, app, monkeypatch):
    group = make.certifiable(1260, 1260)
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    batch, whole = make.batch(group), certificates.set_page
    calls = []

    def dies(said, *, at):
        calls.append(said["number"])
        if len(calls) == 2:
            raise RuntimeError("the power is cut")
        return whole(said, at=at)

    monkeypatch.setattr(certificates, "set_page", dies)
    run_jobs(app)
    assert (batch.state, batch.file_id) == (BatchState.PACKING, None)
    assert not list(files._store[0].rglob("*.part"))
    job = jobs.named(f"certificates {batch.id}")
    with clock.held(job.run_at + timedelta(seconds=1)):
        run_jobs(app)
    assert (batch.state, batch.packed, job.state) == (BatchState.DONE, 2, JobState.DONE)
    assert db.session.query(Certificate).count() == 2


def test_the_lease_is_kept_and_the_progress_told(make, app, monkeypatch):
    monkeypatch.setattr(packing, "STEP", 1)
    group = make.certifiable(1260, 1260)
    batch, kept, seen = make.batch(group), [], []
    by, batch_id = make.actor(group.manager), batch.id
    db.session.commit()

    def keep():
        kept.append(1)
        with db.unit(write=False):
            seen.append(db.session.get_one(batches.Batch, batch_id).packed)

    address = "https://x.example/verify/"
    packing.work(batch_id=str(batch_id), address=address, by=by, keep=keep)
    assert (kept, seen) == ([1, 1], [0, 1])


def test_a_worker_that_was_overtaken_stops(make, app, monkeypatch):
    monkeypatch.setattr(packing, "STEP", 1)
    group = make.certifiable(1260)
    batch = make.batch(group)
    db.session.commit()

    def keep():
        raise jobs.Overtaken("another")

    by = make.actor(group.manager)
    db.session.commit()
    with pytest.raises(jobs.Overtaken):
        packing.work(batch_id=str(batch.id), address="", by=by, keep=keep)
    db.session.expire_all()
    assert batch.file_id is None


def test_it_is_taken_away_after_some_days(make, app):
    batch = packed(make, app, 1260)
    by, place = make.actor(batch.group.manager), files._place(batch.file_id)
    assert place.exists()
    with clock.held(clock.now() + packing.KEPT + timedelta(minutes=1)):
        run_jobs(app)
    assert batch.file_id is None
    assert not place.exists()
    with pytest.raises(Refused, match="not there any more"):
        packing.content(batch, by=by)


def test_opening_the_dossiers_is_recorded_as_its_asker_s(make, app):
    batch = packed(make, app, 1260, 1260)
    found = db.session.query(Entry).filter(Entry.what == "open command").all()
    assert {entry.actor_id for entry in found} == {batch.group.manager.id}


def test_a_file_that_was_changed_is_not_handed_out(make, app):
    batch = packed(make, app, 1260)
    by, place = make.actor(batch.group.manager), files._place(batch.file_id)
    changed = bytearray(place.read_bytes())
    changed[-1] ^= 1
    place.write_bytes(bytes(changed))
    with pytest.raises(keys.Unreadable):
        content(batch, by)
    place.write_bytes(bytes(changed[: len(changed) // 2]))
    with pytest.raises(keys.Unreadable):
        content(batch, by)
