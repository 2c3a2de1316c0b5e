"""How the register of an edition is kept: its settings, its original, its logos."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from courses import terms
from courses.editions import Original, Rounding
from courses.terms import Authorisation, Logo, Terms
from lms import clock, db, files
from lms.chains import Entry
from lms.errors import Invalid, Stale, WrongState

PDF = b"%PDF-1.7 authorised"


def manager(make, group):
    return make.actor(group.manager, group.programme)


def as_is(edition):
    return Terms(**{name: getattr(edition, name) for name in Terms.__annotations__})


def amend(make, group, *, version=None, **changes):
    edition = group.edition
    terms.amend(
        edition,
        replace(as_is(edition), **changes),
        version=version or edition.version,
        by=manager(make, group),
    )
    db.session.commit()


def authorised(make, group, **facts):
    row = terms.authorise(
        group.edition,
        PDF,
        reference=facts.pop("reference", "Prot. 12/2026"),
        dated_on=facts.pop("dated_on", clock.today()),
        by=manager(make, group),
    )
    db.session.commit()
    return row


def choose(make, group, original):
    edition = group.edition
    terms.choose_original(edition, original, version=edition.version, by=manager(make, group))
    db.session.commit()


def test_the_settings_are_kept_and_recorded(make):
    group = make.class_in_motion()
    amend(make, group, practice_number="P-7", ticks="4/5 2/3", live_percent=30, contest_days=15)
    edition = group.edition
    assert (edition.practice_number, edition.live_percent, edition.contest_days) == ("P-7", 30, 15)
    assert edition.ticks == "2/3 4/5"
    entry = db.session.query(Entry).filter_by(what="terms changed").one()
    assert b'"contest_days":"10"' in entry.body


def test_a_stale_save_wins_nothing(make):
    group = make.class_in_motion()
    old = group.edition.version
    amend(make, group, site="Via Po 1")
    with pytest.raises(Stale):
        amend(make, group, site="Via Dora 2", version=old)
    db.session.rollback()
    assert group.edition.site == "Via Po 1"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("ticks", {"ticks": "2/3 most"}),
        ("ticks", {"ticks": "3/0"}),
        ("ticks", {"ticks": "4/3"}),
        ("rounding_minutes", {"rounding": Rounding.EXACT, "rounding_minutes": 5}),
        ("rounding_minutes", {"rounding": Rounding.TOLERANCE, "rounding_minutes": 0}),
        ("rounding_minutes", {"rounding": Rounding.BLOCKS, "rounding_minutes": 20}),
        ("least_percent", {"least_percent": 80}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(make, field, changes):
    group = make.class_in_motion()
    with pytest.raises(Invalid) as refusal:
        amend(make, group, **changes)
    assert set(refusal.value.fields) == {field}


def test_rounding_stands_once_a_page_is_signed(make):
    group = make.class_in_motion()
    amend(make, group, rounding=Rounding.BLOCKS, rounding_minutes=15)
    make.signed_page(group)
    with pytest.raises(Invalid) as refusal:
        amend(make, group, rounding_minutes=30)
    assert set(refusal.value.fields) == {"rounding_minutes"}
    db.session.rollback()
    amend(make, group, site="Via Po 1")
    assert group.edition.rounding_minutes == 15


def test_thresholds_stand_once_hours_are_certified(make):
    group = make.certified_page()
    for changes in ({"least_percent": 60}, {"live_percent": 10}):
        with pytest.raises(Invalid):
            amend(make, group, **changes)
        db.session.rollback()


def test_a_closed_edition_keeps_its_terms(make):
    group = make.class_in_motion()
    group.edition.state = "closed"
    db.session.commit()
    with pytest.raises(WrongState):
        amend(make, group, site="Via Po 1")


def test_paper_gives_way_only_to_a_written_authorisation(make):
    group = make.class_in_motion()
    choose(make, group, Original.BOTH)
    with pytest.raises(Invalid):
        choose(make, group, Original.ELECTRONIC)
    db.session.rollback()
    given = authorised(make, group)
    assert group.edition.original == Original.BOTH  # attaching alone changes nothing
    choose(make, group, Original.ELECTRONIC)
    assert group.edition.original == Original.ELECTRONIC
    chosen = db.session.query(Entry).filter_by(what="original register chosen")
    entry = chosen.order_by(Entry.sequence.desc()).first()
    assert str(given.id).encode() in entry.body


def test_the_authorisation_of_another_edition_is_none(make):
    group, other = make.class_in_motion(), make.class_in_motion()
    choose(make, group, Original.STAMPED)
    authorised(make, other)
    with pytest.raises(Invalid):
        choose(make, group, Original.ELECTRONIC)


def test_a_page_keeps_the_original_it_was_opened_under(make):
    group = make.on_paper()
    make.printed(group)
    make.opened_page(group)
    authorised(make, group)
    choose(make, group, Original.ELECTRONIC)
    make.opened_page(group, group.sessions[1])
    assert [s.original for s in group.sessions[:3]] == ["stamped", "electronic", None]


def test_an_authorisation_has_its_file_and_is_never_changed(make):
    group = make.class_in_motion()
    row = authorised(make, group)
    assert files.read(row.file, by=manager(make, group)) == PDF
    with pytest.raises(DBAPIError):
        db.session.execute(text("UPDATE courses_authorisations SET reference = 'other'"))
    db.session.rollback()
    with pytest.raises(Invalid):
        authorised(make, group, dated_on=clock.today() + timedelta(days=2))


def test_logos_stand_in_order_and_can_be_taken_off(make):
    group = make.class_in_motion()
    for name in ("Union", "Region"):
        terms.add_logo(group.edition, make.png(), name=name, by=manager(make, group))
        db.session.commit()
    first = terms.logos(group.edition.id)[0]
    assert [logo["name"] for logo in terms.drawn(group.edition.id, by=manager(make, group))] == [
        "Union",
        "Region",
    ]
    terms.remove_logo(first, by=manager(make, group))
    db.session.commit()
    assert [logo.name for logo in terms.logos(group.edition.id)] == ["Region"]


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x89PNG\r\n\x1a\nbroken", b"\xff\xd8\xffno"])
def test_only_a_picture_that_can_be_printed_is_a_logo(make, content):
    group = make.class_in_motion()
    with pytest.raises(Invalid):
        terms.add_logo(group.edition, content, name="Union", by=manager(make, group))


def test_the_database_asks_for_the_reference_and_for_whose_a_logo_is(make):
    group = make.class_in_motion()
    row = authorised(make, group)
    facts = {c: getattr(row, c) for c in ("programme_id", "edition_id", "file_id", "at", "by_id")}
    for wrong in (
        Authorisation(**facts, number=2, reference="", dated_on=date(2026, 1, 1), digest=b"x"),
        Logo(
            **{k: facts[k] for k in ("programme_id", "edition_id", "file_id")}, position=1, name=""
        ),
    ):
        db.session.add(wrong)
        with pytest.raises(DBAPIError):
            db.session.flush()
        db.session.rollback()
