"""Who a trainee is, as her document says: sealed, written by somebody else, on the certificate."""

from datetime import date, timedelta

import pytest

from courses import identities
from lms import clock, db, keys
from lms.chains import Entry
from lms.errors import Invalid, Refused, Stale

CODE = "RSSNNA90E57L219X"


@pytest.fixture
def group(make):
    return make.class_in_motion(trainees=1)


def write(make, group, **more):
    facts = {"name": "Anna Rossi", "birth_date": date(1990, 5, 17), "birth_place": "Torino (TO)"}
    began = {"version": group.enrolments[0].person.version}
    by = make.actor(group.manager)
    changed = identities.write(group.enrolments[0], **{**facts, **began, **more}, by=by)
    db.session.commit()
    return changed


def test_it_lies_sealed_with_her_own_key(make, group):
    changed = write(make, group, tax_code="rss nna 90e57 l219x")
    person = group.trainees[0]
    assert changed == ["name", "birth_date", "birth_place", "tax_code"]
    assert (person.name, person.sort_name) == ("Anna Rossi", "rossi anna")
    assert not any(b"Torino" in bytes(v) for v in (person.birth_place, person.tax_code))
    known = identities.of(person, by=make.actor(group.manager))
    assert (known.birth_date, known.birth_place, known.tax_code) == (
        "1990-05-17", "Torino (TO)", CODE,
    )  # fmt: skip
    keys.destroy(db.session.get_one(keys.SubjectKey, person.key_id))
    assert identities.of(person, by=make.actor(group.manager)).erased
    with pytest.raises(Refused, match="erased"):
        write(make, group)
    db.session.rollback()


def test_only_what_changed_is_recorded_and_never_its_content(make, group):
    write(make, group)
    assert write(make, group) == []
    assert write(make, group, birth_place="Ivrea") == ["birth_place"]
    entries = db.session.query(Entry).filter_by(what="trainee identity written").all()
    assert len(entries) == 2
    assert not any(b"Ivrea" in e.body or b"Anna" in e.body for e in entries)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "李华"),
        ("birth_date", date(1899, 12, 31)),
        ("birth_date", clock.today() + timedelta(days=1)),
        ("tax_code", "RSSNNA90E57L219"),
        ("tax_code", "123"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(field, value, make, group):
    with pytest.raises(Invalid) as refusal:
        write(make, group, **{field: value})
    assert list(refusal.value.fields) == [field]
    db.session.rollback()


def test_what_was_saved_meanwhile_is_not_lost(make, group):
    version = group.trainees[0].version
    write(make, group)
    with pytest.raises(Stale):
        write(make, group, name="Other Name", version=version)
    db.session.rollback()
    assert group.trainees[0].name == "Anna Rossi"


def test_what_is_left_empty_is_not_known(make, group):
    write(make, group)
    write(make, group, birth_date=None, birth_place="")
    person = group.trainees[0]
    assert (person.birth_date, person.birth_place) == (None, None)
