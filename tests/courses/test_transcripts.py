"""The network failed: times typed from paper by one, confirmed by another, marked as from paper."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from courses import attendance, pages, register, stamps, transcripts, verification
from courses.presence import StampKind
from courses.stamps import ActKind, StampSource
from courses.transcripts import PaperTime, TranscriptState
from lms import clock, db
from lms.errors import Invalid, Refused, Stale, WrongState

DAY = timedelta(days=1)


def actor(make, group, who):
    return make.actor(getattr(group, who), group.programme)


def confirm(make, group, who="trainer", **more):
    found = transcripts.of_page(group.session.id)
    with clock.held(group.session.ends_at + DAY):
        made = transcripts.confirm(
            group.session, version=found.version, by=actor(make, group, who), **more
        )
        db.session.commit()
    return made


def sources(group, number=0):
    found = stamps.of_page(group.session.id).get(group.enrolments[number].id, [])
    return [(s.kind, s.source) for s in found]


def window(group):
    return group.session.starts_at, group.session.ends_at


def test_what_one_typed_and_another_confirmed_is_on_the_page_as_from_paper(make):
    group = make.opened_late()
    start, end = window(group)
    late = start + timedelta(minutes=30)
    make.handed_over(group, [(start, end), (late, end), None])
    assert stamps.of_page(group.session.id) == {}  # typed is not yet counted
    assert len(confirm(make, group)) == 4
    assert sources(group) == [("in", StampSource.PAPER), ("out", StampSource.PAPER)]
    found = attendance.marks(group.session)
    assert [found[e.id].minutes for e in group.enrolments] == [210, 180, 0]
    sheet = pages.sheet(group.session)
    assert sheet.is_from_paper
    assert sheet.rows[0].sources == [StampSource.PAPER]
    with clock.held(end + DAY):
        by = actor(make, group, "trainer")
        register.sign(group.session, topic="On paper", head_count=2, by=by)
        db.session.commit()
    assert next(verification.verify()).fault is None
    assert stamps.from_paper(group.sessions) == {group.session.id}


def test_who_typed_does_not_confirm(make):
    group = make.handed_over()
    with pytest.raises(Refused, match="You typed these times yourself"):
        confirm(make, group, "coordinator")
    db.session.rollback()
    assert stamps.of_page(group.session.id) == {}


def test_the_database_itself_asks_for_two_persons(make):
    group = make.handed_over()
    found = transcripts.of_page(group.session.id)
    found.state, found.confirmed_at = TranscriptState.CONFIRMED, clock.now()
    found.confirmed_by_id = found.typed_by_id
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("change", ["state = 'waiting', scan_id = NULL", "state = 'confirmed'"])
def test_the_database_asks_for_the_scan_and_for_who_confirmed(make, change):
    make.handed_over()
    with pytest.raises(DBAPIError):
        db.session.execute(text(f"UPDATE courses_transcripts SET {change}"))
    db.session.rollback()


def test_nobody_who_is_on_the_page_types_or_confirms(make):
    group = make.handed_over()
    group.enrolments[0].person_id = group.trainer.id
    db.session.commit()
    with pytest.raises(Refused, match="expected on this page yourself"):
        confirm(make, group)
    db.session.rollback()
    with pytest.raises(Refused, match="expected on this page yourself"):
        make.typed(group, [], by=group.trainer)


def test_without_the_scan_nothing_is_handed_over(make):
    group = make.opened_late()
    found = make.typed(group, [window(group)])
    with pytest.raises(Refused, match="Attach the scan"):
        transcripts.hand_over(
            group.session, version=found.version, by=actor(make, group, "coordinator")
        )


def test_without_a_printed_page_nothing_is_typed(make):
    group = make.opened_page()
    with pytest.raises(Refused, match="its number first"):
        make.typed(group, [window(group)])


def test_a_stale_grid_wins_nothing(make):
    group = make.opened_late()
    start, end = window(group)
    first = make.typed(group, [(start, end)]).version
    make.typed(group, [(start, end - timedelta(minutes=9))], at=end + 2 * DAY)
    for version in (first, None):
        with pytest.raises(Stale) as stale, clock.held(end + DAY):
            transcripts.type_times(
                group.session, {}, version=version, by=actor(make, group, "trainer")
            )
        db.session.rollback()
    assert "12:21" in stale.value.theirs[group.trainees[0].name]
    with pytest.raises(Stale):
        transcripts.hand_over(group.session, version=first, by=actor(make, group, "coordinator"))


def test_who_confirms_sees_the_last_version_or_nothing(make):
    group = make.handed_over()
    with pytest.raises(Stale):
        transcripts.confirm(group.session, version=1, by=actor(make, group, "trainer"))


def test_sent_back_typed_again_and_confirmed(make):
    group = make.handed_over()
    found, by = transcripts.of_page(group.session.id), actor(make, group, "trainer")
    with pytest.raises(Invalid):
        transcripts.send_back(group.session, reason=" ", version=found.version, by=by)
    transcripts.send_back(group.session, reason="Line two", version=found.version, by=by)
    db.session.commit()
    with pytest.raises(WrongState):
        confirm(make, group)
    db.session.rollback()
    make.handed_over(group, [window(group), None, None])
    assert len(confirm(make, group)) == 2


def test_what_is_handed_over_is_not_typed_on(make):
    group = make.handed_over()
    with pytest.raises(WrongState):
        make.typed(group, [])


def test_it_is_confirmed_once(make):
    group = make.handed_over()
    confirm(make, group)
    with pytest.raises(WrongState):
        confirm(make, group)


def test_a_page_is_not_signed_while_its_times_wait(make):
    group = make.handed_over()
    by = actor(make, group, "trainer")
    with clock.held(group.session.ends_at + DAY), pytest.raises(Refused, match="not confirmed"):
        register.sign(group.session, topic="x", head_count=0, by=by)


def failed_midway(make):
    """Two signed in by code; then the network failed, and all signed out on the paper."""
    group = make.class_in_motion()
    make.printed(group)
    make.opened_page(group)
    make.scan(group, 0, group.session.starts_at)
    make.scan(group, 1, group.session.starts_at)
    return group


def test_the_paper_adds_what_the_stamps_lack(make):
    group = failed_midway(make)
    start, end = window(group)
    make.handed_over(group, [(None, end), (None, end), (start, end)])
    confirm(make, group)
    assert sources(group) == [("in", StampSource.CODE), ("out", StampSource.PAPER)]
    assert sources(group, 2) == [("in", StampSource.PAPER), ("out", StampSource.PAPER)]


def test_each_difference_is_shown_and_the_stamp_stays(make):
    group = failed_midway(make)
    start, end = window(group)
    make.handed_over(group, [(start + timedelta(minutes=20), end), None, (start, end)])
    rows = transcripts.rows(group.session, transcripts.of_page(group.session.id))
    assert [row.is_different for row in rows] == [True, True, False]
    assert rows[0].differs(StampKind.IN)
    assert not rows[0].differs(StampKind.OUT)
    assert rows[1].is_only_stamped
    with pytest.raises(Invalid) as refusal:
        confirm(make, group)
    assert set(refusal.value.fields) == {"seen"}
    db.session.rollback()
    confirm(make, group, seen=True)
    came = stamps.of_page(group.session.id)[group.enrolments[0].id][0]
    assert (came.at, came.source) == (start, StampSource.CODE)


@pytest.mark.parametrize(
    ("came", "went", "field"),
    [
        (None, 10, "in_1"),
        (-16, 10, "in_1"),
        (210, 215, "in_1"),
        (30, 30, "out_1"),
        (30, 20, "out_1"),
        (30, 221, "out_1"),
    ],
)
def test_what_cannot_be_is_said_beside_the_person(make, came, went, field):
    group = make.opened_late()
    start = group.session.starts_at
    times = tuple(None if m is None else start + timedelta(minutes=m) for m in (came, went))
    with pytest.raises(Invalid) as refusal:
        make.typed(group, [times])
    assert set(refusal.value.fields) == {field}


def test_no_time_is_typed_that_has_not_come(make):
    group = failed_midway(make)
    start, end = window(group)
    with pytest.raises(Invalid) as refusal:
        make.typed(group, [(None, end)], at=start + timedelta(minutes=60))
    assert set(refusal.value.fields) == {"out_1"}


def test_an_exit_that_the_paper_lacks_is_attested_as_ever(make):
    group = make.opened_late()
    start, end = window(group)
    make.handed_over(group, [(start, None), None, None])
    confirm(make, group)
    by = actor(make, group, "trainer")
    with clock.held(end + DAY):
        register.attest_exit(group.session, group.enrolments[0].id, end, by=by)
        db.session.commit()
    assert attendance.marks(group.session)[group.enrolments[0].id].minutes == 210


def test_the_database_refuses_an_exit_before_the_entry(make):
    group = make.opened_late()
    start, end = window(group)
    found = make.typed(group, [(start, end)])
    row = db.session.query(PaperTime).filter_by(transcript_id=found.id).one()
    row.went = start - DAY
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()


def test_a_page_where_nobody_came_is_from_paper_too(make):
    group = make.opened_late()
    make.handed_over(group, [None, None, None])
    confirm(make, group)
    assert pages.sheet(group.session).is_from_paper
    assert {a.kind for a in stamps.acts(group.session.id)} == {ActKind.OPENED, ActKind.COPIED}
