"""Files: encrypted on disk, whole or not there, erased with their owner."""

import pytest

from lms import db, files, keys
from lms.errors import Invalid

PDF = b"%PDF-1.7\n" + b"parole che nessuno deve leggere " * 50


@pytest.fixture
def me(make):
    return make.actor(make.person("activator"))


@pytest.fixture
def owner(make):
    return make.hub()


@pytest.fixture
def key(me):
    made = keys.new_key(keys.Subject.CASE, me.programme_id)
    db.session.commit()
    return made


def test_bytes_on_disk_are_encrypted(me, owner, key):
    row = files.keep(PDF, "hubs", owner, key_id=key.id, by=me)
    db.session.commit()
    stored = files._place(row.id).read_bytes()
    assert b"parole" not in stored
    assert b"%PDF" not in stored
    assert files.read(row, by=me) == PDF
    assert (row.media_type, row.size) == ("application/pdf", len(PDF))


def test_no_unfinished_file_is_left(me, owner, key):
    row = files.keep(PDF, "hubs", owner, key_id=key.id, by=me)
    assert not list(files._place(row.id).parent.glob("*.part"))
    db.session.rollback()


@pytest.mark.parametrize("content", [b"", b"<script>", b"MZ\x90", b"GIF89a", b"PK\x03\x04"])
def test_other_kinds_are_refused(content, me, owner, key):
    with pytest.raises(Invalid):
        files.keep(content, "hubs", owner, key_id=key.id, by=me)


def test_a_file_that_is_too_large_is_refused(me, owner, key):
    with pytest.raises(Invalid):
        files.keep(b"%PDF-" + bytes(files.LARGEST), "hubs", owner, key_id=key.id, by=me)


def test_bytes_moved_to_another_file_are_refused(me, owner, key):
    one = files.keep(PDF, "hubs", owner, key_id=key.id, by=me)
    other = files.keep(PDF + b"other", "hubs", owner, key_id=key.id, by=me)
    db.session.commit()
    files._place(one.id).write_bytes(files._place(other.id).read_bytes())
    with pytest.raises(keys.Unreadable):
        files.read(one, by=me)


def test_changed_bytes_are_refused(me, owner, key):
    row = files.keep(PDF, "hubs", owner, key_id=key.id, by=me)
    place = files._place(row.id)
    changed = bytearray(place.read_bytes())
    changed[40] ^= 1
    place.write_bytes(bytes(changed))
    with pytest.raises(keys.Unreadable):
        files.read(row, by=me)
    db.session.rollback()


def test_erasing_the_owner_erases_the_file(me, owner, key):
    row = files.keep(PDF, "hubs", owner, key_id=key.id, by=me)
    keys.destroy(key)
    db.session.commit()
    with pytest.raises(keys.Erased):
        files.read(row, by=me)


def test_reading_a_file_is_recorded_under_its_owner(me, owner, key):
    from lms import audit

    row = files.keep(PDF, "hubs", owner, key_id=key.id, by=me)
    db.session.commit()
    before = len(audit.who_saw(owner.id))
    files.read(row, by=me)
    db.session.commit()
    assert len(audit.who_saw(owner.id)) == before + 1


def test_names_on_disk_say_nothing(me, owner, key):
    row = files.keep(PDF, "hubs", owner, key_id=key.id, by=me)
    assert files._place(row.id).name == row.id.hex
    db.session.rollback()


@pytest.mark.parametrize("length", [0, 1, files.CHUNK - 1, files.CHUNK, files.CHUNK * 2 + 7])
def test_a_stream_of_any_length_is_read_as_it_was_written(length, me, owner, key):
    written = bytes(n % 251 for n in range(length))
    stream = files.Stream()
    for start in range(0, length, 100_000):
        stream.write(written[start : start + 100_000])
    row = stream.kept("hubs", owner, "application/zip", key_id=key.id, by=me)
    assert (row.size, b"".join(files.chunks(row, by=me))) == (length, written)
    assert all(len(chunk) <= files.CHUNK for chunk in files.chunks(row, by=me))
    db.session.rollback()


def test_chunks_cannot_be_left_out_or_change_places(me, owner, key):
    stream = files.Stream()
    stream.write(b"a" * files.CHUNK + b"b" * files.CHUNK + b"c")
    row = stream.kept("hubs", owner, "application/zip", key_id=key.id, by=me)
    place, step = files._place(row.id), files.CHUNK + 16
    stored = place.read_bytes()
    one, two, three = stored[:step], stored[step : 2 * step], stored[2 * step :]
    for wrong in (two + one + three, one + three, one + two, three):
        place.write_bytes(wrong)
        with pytest.raises(keys.Unreadable):
            files.read(row, by=me)
    db.session.rollback()


def test_a_stream_that_is_dropped_leaves_nothing(me):
    stream = files.Stream()
    stream.write(b"x" * (files.CHUNK + 1))
    stream.dropped()
    assert not list(files._place(stream.id).parent.glob(f"{stream.id.hex}*"))


def test_what_is_forgotten_can_never_be_read_again_though_its_bytes_lie_there(me, owner, key):
    row = files.keep(PDF, "hubs", owner, key_id=key.id, by=me)
    db.session.commit()
    place, file_id = files._place(row.id), row.id
    files.forget(row)
    db.session.flush()
    db.session.rollback()
    assert files.read(db.session.get(files.File, file_id), by=me) == PDF, "nothing was committed"
    files.forget(db.session.get(files.File, file_id))
    db.session.commit()
    assert db.session.get(files.File, file_id) is None, "and with it the key of the bytes"
    assert not place.exists()
