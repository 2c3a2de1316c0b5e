"""The papers of an edition: attached once, kept for good, said to be missing until then."""

import hashlib

import pytest

from courses import enclosures, verification
from courses.editions import EditionGrant, Part
from courses.enclosures import EnclosureKind
from lms import db
from lms.errors import Invalid
from tests.making.control import PAPER


def part_of(group):
    query = db.session.query(EditionGrant).filter_by(edition_id=group.edition.id)
    return query.filter_by(person_id=group.trainer.id, role=Part.TRAINER).one()


def test_letters_and_agreements_are_missing_until_they_are_attached(make):
    group = make.class_in_motion(trainees=2)
    trainers, trainees = [group.trainer], group.trainees

    def missing():
        found = enclosures.of_edition(group.edition.id)
        return enclosures.lacking(found, trainers, trainees)

    assert missing() == {
        EnclosureKind.APPOINTMENT: trainers,
        EnclosureKind.AGREEMENT: trainees,
    }
    make.enclosure(group, EnclosureKind.APPOINTMENT, trainer=part_of(group))
    make.enclosure(group, EnclosureKind.AGREEMENT, trainee=group.enrolments[0])
    assert missing() == {
        EnclosureKind.APPOINTMENT: [],
        EnclosureKind.AGREEMENT: [trainees[1]],
    }


def test_a_paper_reads_as_it_came_and_stands_in_the_chain(make):
    group = make.class_in_motion()
    row = make.enclosure(group)
    by = make.actor(group.coordinator, group.programme)
    assert enclosures.read(row, by=by) == PAPER
    assert row.digest == hashlib.sha256(PAPER).digest()
    assert [v.fault for v in verification.verify()] == [None]


@pytest.mark.parametrize(
    ("kind", "field"),
    [(EnclosureKind.APPOINTMENT, "trainer"), (EnclosureKind.AGREEMENT, "trainee")],
)
def test_a_paper_of_somebody_says_whose(make, kind, field):
    group, other = make.class_in_motion(), make.class_in_motion()
    foreign = part_of(other) if field == "trainer" else other.enrolments[0]
    for given in (None, foreign):
        with pytest.raises(Invalid) as refused:
            make.enclosure(group, kind, **{field: given})
        assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("content", [None, b"", b"MZ a program"])
def test_what_is_no_document_is_refused(make, content):
    with pytest.raises(Invalid) as refused:
        make.enclosure(make.class_in_motion(), content=content)
    assert set(refused.value.fields) == {"file"}


def test_the_database_wants_somebody_for_a_letter_and_nobody_for_a_calendar(make):
    row = make.enclosure()
    values = {c.name: getattr(row, c.name) for c in enclosures.Enclosure.__table__.columns}
    values |= {"id": db.new_id(), "kind": EnclosureKind.AGREEMENT}
    with pytest.raises(Exception, match="about_somebody"):
        db.session.execute(enclosures.Enclosure.__table__.insert().values(**values))
    db.session.rollback()
