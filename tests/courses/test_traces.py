"""The attendance file of a live lesson: shown, imported, kept, replaced, and set beside stamps."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import (
    attendance,
    ledger,
    platform_names,
    presence,
    register,
    stamps,
    traces,
    verification,
)
from courses.calendar import Session, SessionMode, SessionState
from courses.layouts import Columns, Layout
from courses.ledger import Source
from courses.presence import GAP, Span, StampKind, Window
from courses.stamps import StampSource, expected
from courses.traces import Import
from lms import clock, db, files
from lms.errors import Invalid, Refused, WrongState
from lms.keys import SubjectKey
from tests.races import race, unit

MINUTE = timedelta(minutes=1)
NINE = datetime(2026, 11, 12, 8, 0, tzinfo=UTC)
LESSON = Window(NINE, NINE + timedelta(minutes=210))


def import_it(make, group, content, columns=None, by=None):
    by = by or make.actor(group.trainer, group.programme)
    with clock.held(group.session.ends_at + 10 * MINUTE):
        row = traces.import_file(group.session, content, columns, by=by)
        db.session.commit()
    return row


def sign(make, group, heads, note=""):
    with clock.held(group.session.ends_at + 20 * MINUTE):
        register.sign(
            group.session,
            topic="What was taught",
            head_count=heads,
            note=note,
            by=make.actor(group.trainer, group.programme),
        )
        db.session.commit()


def faults():
    return [v.fault for v in verification.verify() if v.fault]


# Merging


def test_who_is_back_within_two_minutes_has_not_been_away():
    def merged(gap):
        spans = [(NINE, NINE + 60 * MINUTE), (NINE + 60 * MINUTE + gap, NINE + 120 * MINUTE)]
        return len(presence.merged(spans, LESSON))

    assert merged(timedelta(0)) == merged(GAP) == 1
    assert merged(GAP + timedelta(seconds=1)) == 2


def test_connections_are_cut_to_the_lesson():
    spans = [
        (NINE - 30 * MINUTE, NINE - 10 * MINUTE),
        (NINE - 1 * MINUTE, NINE + 5 * MINUTE),
        (NINE + 200 * MINUTE, NINE + 250 * MINUTE),
        (NINE + 210 * MINUTE, NINE + 230 * MINUTE),
    ]
    assert presence.merged(spans, LESSON) == [
        Span(NINE, NINE + 5 * MINUTE),
        Span(NINE + 200 * MINUTE, NINE + 210 * MINUTE),
    ]


SECONDS = st.integers(-4000, 17_000)


@given(st.lists(st.tuples(SECONDS, SECONDS).map(sorted), max_size=12))
def test_merged_connections_never_overlap_and_never_leave_the_lesson(found):
    spans = [(NINE + timedelta(seconds=a), NINE + timedelta(seconds=b)) for a, b in found]
    merged = presence.merged(spans, LESSON)
    for span in merged:
        assert LESSON.start <= span.start < span.end <= LESSON.end
    for one, other in zip(merged, merged[1:], strict=False):
        assert other.start - one.end > GAP
    told = sum((presence.overlap(Span(*s), LESSON) for s in spans), timedelta())
    count = sum((s.end - s.start for s in merged), timedelta())
    assert count <= told + GAP * max(len(spans) - 1, 0)
    inside = [presence.overlap(Span(*s), LESSON) for s in spans]
    assert count >= max(inside, default=timedelta())
    assert presence.merged([(s.start, s.end) for s in merged], LESSON) == merged


@given(
    st.lists(st.tuples(SECONDS, SECONDS).map(sorted), max_size=4),
    st.lists(st.tuples(SECONDS, SECONDS).map(sorted), max_size=4),
)
def test_how_far_two_tellings_are_apart_is_the_same_from_both_sides(one, other):
    first, second = (
        [Span(NINE + timedelta(seconds=a), NINE + timedelta(seconds=b)) for a, b in spans]
        for spans in (one, other)
    )
    far = presence.apart(first, second, LESSON)
    assert far == presence.apart(second, first, LESSON) >= timedelta()
    assert presence.apart(first, first, LESSON) == timedelta()


# Importing


def test_a_file_becomes_the_trace_of_the_page(make):
    group = make.live_page(trainees=3)
    one, other, absent = group.trainees
    content = make.attendance_file(
        group.session,
        (one.name, one.mail, -10, 60),
        (one.name, one.mail, 61, 230),
        (other.name, "", 30, 90),
        (other.name, "", 100, 210),
        (group.trainer.name, group.trainer.mail, -20, 215),
    )
    row = import_it(make, group, content)
    found = attendance.traced(group.session)
    begins = group.session.starts_at
    assert found == {
        group.enrolments[0].id: [Span(begins, begins + 210 * MINUTE)],
        group.enrolments[1].id: [
            Span(begins + 30 * MINUTE, begins + 90 * MINUTE),
            Span(begins + 100 * MINUTE, begins + 210 * MINUTE),
        ],
    }
    assert (row.number, row.layout, row.columns) == (1, Layout.ZOOM, "")
    assert row.digest == hashlib.sha256(content).digest() == row.file.digest
    assert files.read(row.file, by=make.actor(group.trainer)) == content
    assert row.file.media_type == "text/csv"
    sign(make, group, 2)
    lines = {e.id: ledger.lines(e.id)[0] for e in group.enrolments}
    assert [(n.minutes, n.source) for n in lines.values()] == [
        (210, Source.TRACE),
        (170, Source.TRACE),
        (0, Source.PRESENCE),
    ]
    assert not faults()


def test_a_file_lies_under_the_key_of_its_edition(make):
    """It is of many people: it goes with none of them."""
    group = make.traced_page(trainees=2)
    row = db.session.query(Import).one()
    assert db.session.get(SubjectKey, row.file.key_id).kind == "edition"
    assert row.file.key_id not in {p.key_id for p in (*group.trainees, group.trainer)}


def test_a_later_file_replaces_an_earlier_one_until_the_page_is_signed(make):
    group = make.traced_page(trainees=1)
    person = group.trainees[0]
    content = make.attendance_file(group.session, (person.name, person.mail, 0, 90))
    assert import_it(make, group, content).number == 2
    assert attendance.marks(group.session)[group.enrolments[0].id].minutes == 90
    assert [row.number for row in traces.imports(group.session.id)] == [2, 1]
    sign(make, group, 0, "She left early")
    with pytest.raises(WrongState, match="signed"):
        import_it(make, group, make.whole_file(group))
    db.session.rollback()
    assert not faults()


def test_the_coordinator_may_import_too_and_a_trainee_of_the_class_never(make):
    group = make.live_page(trainees=2)
    content = make.whole_file(group)
    with pytest.raises(Refused, match="expected on this page yourself"):
        import_it(make, group, content, by=make.actor(group.trainees[0], group.programme))
    db.session.rollback()
    by = make.actor(group.coordinator, group.programme)
    assert import_it(make, group, content, by=by).by_id == by.id


def test_a_page_takes_a_trace_only_while_it_is_open_and_live(make):
    group = make.class_in_motion(trainees=1)
    group.session = group.sessions[0]
    content = make.whole_file(group)
    with pytest.raises(Refused, match="classroom"):
        import_it(make, group, content)
    db.session.rollback()
    group.session.mode = SessionMode.LIVE
    db.session.commit()
    with pytest.raises(Refused, match="Open the page first"):
        import_it(make, group, content)
    db.session.rollback()


def test_nothing_is_imported_while_somebody_is_unknown(make):
    group = make.live_page(trainees=1)
    person = group.trainees[0]
    content = make.attendance_file(
        group.session, (person.name, person.mail, 0, 210), ("Telefono", "", 0, 210)
    )
    with pytest.raises(Refused, match="one person in the file"):
        import_it(make, group, content)
    db.session.rollback()
    (unknown,) = traces.check(group.session, content).unknown
    by = make.actor(group.trainer, group.programme)
    platform_names.tell(group.session, unknown, None, by=by)
    db.session.commit()
    import_it(make, group, content)
    assert list(attendance.traced(group.session)) == [group.enrolments[0].id]


def test_two_names_of_one_person_are_one_presence(make):
    group = make.live_page(trainees=1)
    person = group.trainees[0]
    content = make.attendance_file(
        group.session, (person.name, person.mail, 0, 100), ("Telefono", "", 90, 150)
    )
    (unknown,) = traces.check(group.session, content).unknown
    by = make.actor(group.trainer, group.programme)
    platform_names.tell(group.session, unknown, expected(group.session.id)[0], by=by)
    db.session.commit()
    import_it(make, group, content)
    assert attendance.marks(group.session)[group.enrolments[0].id].minutes == 150


def test_a_file_of_another_lesson_is_refused(make):
    group = make.live_page(trainees=1)
    person = group.trainees[0]
    for connection, why in (
        ((person.name, person.mail, 300, 500), "Is it the right file?"),
        ((person.name, person.mail, 24 * 60, 25 * 60), "Line 2: it is of"),
        ((group.trainer.name, "", 0, 210), "Is it the right file?"),
    ):
        with pytest.raises(Refused, match=why):
            import_it(make, group, make.attendance_file(group.session, connection))
        db.session.rollback()
    assert attendance.last_import(group.session.id) == 0


def test_another_file_is_imported_by_its_chosen_columns(make):
    group = make.live_page(trainees=1)
    content = f"Chi;Dalle;Alle\n{group.trainees[0].name};12.11.2026 09:00;12.11.2026 12:00"
    columns = Columns(1, name=0, joined=1, left=2)
    row = import_it(make, group, content.encode(), columns)
    assert (row.layout, row.columns) == (
        Layout.CHOSEN,
        '{"heading": 1, "name": 0, "joined": 1, "left": 2}',
    )
    assert attendance.marks(group.session)[group.enrolments[0].id].minutes == 180


def test_a_file_that_waits_comes_back_as_it_was(make):
    group = make.live_page(trainees=1)
    content, columns = make.whole_file(group), Columns(3, name=0, at=1, action=2, shift=0)
    assert traces.unpacked(traces.packed(content, columns)) == (content, columns)
    assert traces.unpacked(traces.packed(content)) == (content, None)
    with pytest.raises(Invalid, match="too long"):
        traces.packed(bytes(traces.LARGEST + 1))


def test_two_who_import_at_once_give_two_numbers(make):
    group = make.live_page(trainees=2)
    content = make.whole_file(group)
    actors = [make.actor(p, group.programme) for p in (group.trainer, group.coordinator)]
    with clock.held(group.session.ends_at + 10 * MINUTE):
        rows = race(
            *(unit(_import, group.session.id, content, by) for by in actors),
        )
    assert sorted(rows) == [1, 2]
    assert not faults()


def _import(session_id, content, by):
    return traces.import_file(db.session.get(Session, session_id), content, by=by).number


# Verification


def test_an_import_is_never_changed(make):
    make.traced_page(trainees=1)
    for statement in (
        "UPDATE courses_trace_imports SET number = 7",
        "DELETE FROM courses_trace_imports",
    ):
        with pytest.raises(Exception, match="only grows"):
            db.session.execute(db.text(statement))
        db.session.rollback()


def test_a_file_put_in_the_place_of_another_is_named(make):
    group = make.traced_page(trainees=1)
    db.session.execute(
        db.text("UPDATE files SET digest = :other"), {"other": hashlib.sha256(b"x").digest()}
    )
    db.session.commit()
    assert faults() == ["page 1: attendance file 1 is not the one imported"]
    assert group.session.state == SessionState.OPEN


def test_an_import_without_columns_says_which_layout(make):
    make.traced_page(trainees=1)
    row = db.session.query(Import).one()
    copy = {c.key: getattr(row, c.key) for c in Import.__table__.columns if c.key != "id"}
    for wrong, name in (
        ({"number": 0}, "numbered_from_one"),
        ({"number": 2, "layout": Layout.CHOSEN}, "chosen_says_columns"),
        ({}, "courses_trace_imports"),
    ):
        db.session.add(Import(**{**copy, **wrong}))
        with pytest.raises(Exception, match=name):
            db.session.flush()
        db.session.rollback()


# Signature and trace


def _stamped(make, group, number, begins, ends):
    for kind, minute in ((StampKind.IN, begins), (StampKind.OUT, ends)):
        if minute is not None:
            at = group.session.starts_at + minute * MINUTE
            stamps.stamp(
                group.session,
                group.enrolments[number].id,
                kind,
                StampSource.CODE,
                at,
                by=make.actor(group.trainees[number], group.programme),
            )
    db.session.commit()


def test_a_signature_more_than_five_minutes_from_the_trace_is_listed(make):
    group = make.live_page(trainees=6)
    times = [(0, 210), (5, 210), (6, 210), (0, None), (0, 100), None]
    for number, one in enumerate(times):
        if one:
            _stamped(make, group, number, *one)
    people = [(p.name, p.mail, 0, 210) for p in group.trainees]
    people[4] = (group.trainees[4].name, group.trainees[4].mail, 100, 210)
    assert traces.differences(group.session) == []
    import_it(make, group, make.attendance_file(group.session, *people))
    found = {d.enrolment_id: d.minutes for d in traces.differences(group.session)}
    assert found == {group.enrolments[2].id: 6, group.enrolments[4].id: 210}


def test_who_signed_and_was_never_connected_differs_by_all_of_it(make):
    group = make.live_page(trainees=2)
    _stamped(make, group, 0, 0, 180)
    person = group.trainees[1]
    content = make.attendance_file(group.session, (person.name, person.mail, 0, 210))
    import_it(make, group, content)
    (one,) = traces.differences(group.session)
    assert (one.enrolment_id, one.minutes, list(one.traced)) == (group.enrolments[0].id, 180, [])


def test_in_a_mixed_lesson_who_was_in_the_room_does_not_differ(make):
    group = make.live_page(SessionMode.MIXED, trainees=2)
    _stamped(make, group, 0, 0, 210)
    person = group.trainees[1]
    content = make.attendance_file(group.session, (person.name, person.mail, 0, 210))
    import_it(make, group, content)
    assert traces.differences(group.session) == []


def test_the_shares_of_a_bar_are_hundredths_of_the_lesson():
    spans = [Span(NINE, NINE + 21 * MINUTE), Span(NINE + 105 * MINUTE, None)]
    assert traces.shares(spans, LESSON) == [(0.0, 10.0)]


def test_a_file_of_ten_takes_as_many_statements_as_of_two(make, statements):
    counts = []
    for trainees in (2, 10):
        group = make.live_page(trainees=trainees)
        content = make.whole_file(group)
        db.session.expire_all()
        with statements() as seen:
            assert len(traces.check(group.session, content).spans) == trainees
        counts.append(len(seen))
    assert counts[0] == counts[1]
