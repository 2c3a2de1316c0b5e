"""The leaves of the register: what was stamped, what counts, what was corrected, and the hashes."""

from datetime import UTC, datetime, timedelta

import pytest

from courses import attendance, leaves, ledger, register
from courses.attendance import Basis
from courses.calendar import SessionMode
from courses.editions import Rounding
from courses.leaves import Links
from courses.presence import StampKind
from courses.stamps import StampSource
from lms import chains, clock, db
from lms.chains import Kind


def entries(edition):
    chain = next(c for c in chains.all_chains(Kind.REGISTER) if c.owner_id == edition.id)
    return list(chains.entries(chain))


def amended(make, group, number, came, went, minutes):
    """An approved correction of one person on a signed page."""
    by, enrolment = make.actor(group.manager), group.enrolments[number]
    attendance.amend(group.session, enrolment.id, (came, went) if came else None, by=by)
    ledger.correct(group.session, enrolment.id, minutes, by=by)
    db.session.commit()


def test_a_leaf_says_who_was_there_from_when_to_when(make):
    group = make.signed_page()
    leaf = leaves.leaf(group.session)
    start, end = group.session.starts_at, group.session.ends_at
    assert [(p.number, p.name) for p in leaf.people] == [
        (n, person.name) for n, person in enumerate(group.trainees, 1)
    ]
    for person in leaf.people:
        assert person.mark.came == start - timedelta(minutes=3)
        assert person.mark.went == end + timedelta(minutes=2)
        assert (person.raw, person.minutes, person.posted) == (210, 210, 210)
        assert (person.basis, person.sources, person.changes) == (Basis.STAMPS, [], [])
    assert (leaf.came, leaf.inside, leaf.minutes) == (3, 3, 630)


def test_raw_and_recognised_minutes_are_both_said(make):
    group = make.opened_page(trainees=2, rounding=Rounding.BLOCKS, rounding_minutes=30)
    start, end = group.session.starts_at, group.session.ends_at
    make.scan(group, 0, start - timedelta(minutes=1))
    make.scan(group, 0, end - timedelta(minutes=7))
    with clock.held(end + timedelta(minutes=1)):
        register.sign(group.session, topic="x", head_count=0, by=make.actor(group.trainer))
    late, absent = leaves.leaf(group.session).people
    assert (late.raw, late.minutes) == (203, 180)
    assert (absent.raw, absent.minutes) == (0, 0)


def test_an_attested_exit_says_so_and_by_whom(make):
    group = make.opened_page(trainees=1)
    make.scan(group, 0, group.session.starts_at)
    with clock.held(group.session.ends_at + timedelta(minutes=1)):
        register.attest_exit(
            group.session,
            group.enrolments[0].id,
            group.session.ends_at,
            by=make.actor(group.trainer),
        )
    leaf = leaves.leaf(group.session)
    [person] = leaf.people
    assert person.sources == [StampSource.ATTESTED]
    attested = next(s for s in person.stamps if s.kind == StampKind.OUT)
    assert leaf.names[attested.by_id] == group.trainer.name


def test_a_correction_shows_what_was_before_and_after(make):
    group = make.certified_page()
    start, end = group.session.starts_at, group.session.ends_at
    amended(make, group, 1, start + timedelta(minutes=30), end, 180)
    amended(make, group, 1, None, None, 0)
    leaf = leaves.leaf(group.session)
    person = leaf.people[1]
    assert [(c.before.minutes, c.after.minutes) for c in person.changes] == [(210, 180), (180, 0)]
    assert person.changes[0].before.came == start - timedelta(minutes=3)
    assert person.changes[0].after.came == start + timedelta(minutes=30)
    assert person.changes[1].after.came is None
    assert (person.minutes, person.basis) == (0, Basis.AMENDMENT)
    assert all(group.manager.name in c.why for c in leaf.changes)
    assert [len(p.changes) for p in leaf.people] == [0, 2, 0]


def test_a_live_lesson_is_read_by_its_last_trace(make):
    group = make.opened_page(trainees=2)
    session, start = group.session, group.session.starts_at
    session.mode = SessionMode.LIVE
    db.session.flush()
    make.scan(group, 0, start)
    one, two = (e.id for e in group.enrolments)
    by = make.actor(group.coordinator)
    hour = timedelta(hours=1)
    attendance.trace(session, {one: [(start, start + hour)]}, by=by)
    attendance.trace(session, {two: [(start, start + hour), (start + 2 * hour, start + 3 * hour)]},
                     by=by)  # fmt: skip
    db.session.commit()
    first, second = leaves.leaf(session).people
    assert (first.basis, first.mark.spans, len(first.stamps)) == (Basis.STAMPS, (), 1)
    assert (second.basis, len(second.mark.spans), second.raw) == (Basis.TRACE, 2, 120)


def test_paper_has_the_hash_of_the_pages_last_entry_and_of_the_days(make):
    group = make.certified_page()
    make.opened_page(group, group.sessions[1])
    make.scan(group, 0, group.sessions[1].starts_at)
    every = entries(group.edition)
    first, second = leaves.leaves(group.edition)
    assert first.hash == next(e.hash for e in every if e.what == "page certified")
    assert first.hash == first.day_hash
    assert second.hash == second.day_hash == every[-1].hash
    assert (first.of, second.of) == (2, 2)
    assert leaves.printed(group.sessions[0]) == first


def test_a_later_correction_is_the_pages_last_entry_and_not_the_days(make):
    group = make.certified_page()
    before = leaves.printed(group.session)
    with clock.held(group.session.starts_at + timedelta(days=2)):
        amended(make, group, 0, None, None, 0)
    after = leaves.printed(group.session)
    assert after.day_hash == before.day_hash
    assert after.hash == entries(group.edition)[-1].hash


@pytest.mark.parametrize(
    ("day", "found"), [(11, None), (12, b"b"), (13, b"c"), (14, b"c"), (20, b"c")]
)
def test_the_days_last_entry_is_counted_in_italian_days(day, found):
    links = Links(
        [
            (None, b"a", datetime(2026, 11, 12, 7, tzinfo=UTC)),
            (None, b"b", datetime(2026, 11, 12, 22, 59, tzinfo=UTC)),
            (None, b"c", datetime(2026, 11, 12, 23, 0, tzinfo=UTC)),
        ]
    )
    assert links.up_to(datetime(2026, 11, day, tzinfo=UTC).date()) == found


def test_a_register_is_read_with_the_same_statements_however_long_it_is(make, statements):
    group = make.certified_page(trainees=1)
    with statements() as few:
        leaves.leaves(group.edition)
    for session in group.sessions[1:4]:
        make.certified_page(group, session)
    db.session.expire_all()
    with statements() as many:
        assert len(leaves.leaves(group.edition)) == 4
    assert len(many) <= len(few) + 1  # the edition itself, read anew


def test_a_leaf_changes_its_mark_with_all_that_is_added(make):
    group = make.opened_page()
    seen = [leaves.leaf(group.session).mark]
    make.scan(group, 0, group.session.starts_at)
    seen.append(leaves.leaf(group.session).mark)
    make.scan(group, 0, group.session.ends_at)
    seen.append(leaves.leaf(group.session).mark)
    assert len(set(seen)) == 3
