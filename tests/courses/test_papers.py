"""Printed pages: their numbers, stamped books, opening only what is printed, and opening late."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from courses import papers, register, stamps
from courses.calendar import Session, SessionState
from courses.editions import Original
from courses.papers import Paper
from lms import clock, db
from lms.errors import Invalid, Refused, WrongState
from tests import races


def coordinator(make, group):
    return make.actor(group.coordinator, group.programme)


def late(make, group, *, days=1, who="coordinator", reason="The network failed"):
    session = group.sessions[0]
    with clock.held(session.ends_at + timedelta(days=days)):
        by = make.actor(getattr(group, who), group.programme)
        register.open_late(session, reason=reason, by=by)
        db.session.commit()
    return session


@pytest.mark.parametrize("original", [Original.STAMPED, Original.BOTH])
def test_a_page_on_paper_opens_only_once_it_is_printed(make, original):
    group = make.on_paper(original)
    session = group.sessions[0]
    trainer = make.actor(group.trainer, group.programme)
    with clock.held(session.starts_at), pytest.raises(Refused, match="printed page"):
        register.open_page(session, by=trainer)
    db.session.rollback()
    assert session.state == SessionState.SCHEDULED
    paper = make.printed(group)
    make.opened_page(group)
    assert (paper.number, session.page) == (101, 1)  # the electronic page keeps its own number


def test_an_electronic_page_opens_without_paper(make):
    assert make.opened_page().session.page == 1


def test_numbers_come_from_the_books_in_order_and_serve_once(make):
    group = make.class_in_motion()
    by = coordinator(make, group)
    papers.add_book(group.edition, name="B", first=50, last=51, by=by)
    papers.add_book(group.edition, name="A", first=7, last=8, by=by)
    db.session.commit()
    make.printed(group, group.sessions[0], number=8)
    found = [make.printed(group, s).number for s in group.sessions[1:4]]
    assert found == [7, 50, 51]
    with pytest.raises(Refused, match="No stamped page is left"):
        make.printed(group, group.sessions[4])


@pytest.mark.parametrize("number", [101, 99, 201])
def test_a_typed_number_is_free_and_of_a_book(make, number):
    group = make.on_paper()
    make.printed(group)
    with pytest.raises(Invalid) as refusal:
        make.printed(group, group.sessions[1], number=number)
    assert set(refusal.value.fields) == {"number"}


def test_without_a_book_any_number_can_be_typed(make):
    group = make.class_in_motion()
    assert make.printed(group, number=4711).number == 4711
    assert make.printed(group, group.sessions[1]).number == 4712  # no stamped paper: it counts on


def test_each_edition_has_its_own_numbers(make):
    assert make.printed(make.class_in_motion()).number == 1
    assert make.printed(make.class_in_motion()).number == 1


def test_a_spoiled_page_is_followed_by_another_with_the_reason(make):
    group = make.on_paper()
    make.printed(group)
    with pytest.raises(Invalid) as refusal:
        make.printed(group)
    assert set(refusal.value.fields) == {"why"}
    db.session.rollback()
    again = make.printed(group, why="The printer ate it")
    assert (again.number, again.serial) == (102, 2)
    assert papers.latest(group.sessions[0].id).number == 102
    assert papers.used(group.edition.id) == {101, 102}


def test_a_signed_page_is_not_printed_anew(make):
    group = make.signed_page()
    with pytest.raises(WrongState):
        make.printed(group)


def test_books_do_not_overlap_and_a_used_one_stays(make):
    group = make.on_paper()
    by = coordinator(make, group)
    for first, last, field in ((200, 300, "first"), (10, 9, "last"), (1000, 5000, "last")):
        with pytest.raises(Invalid) as refusal:
            papers.add_book(group.edition, name="C", first=first, last=last, by=by)
        assert set(refusal.value.fields) == {field}
    book = papers.books(group.edition.id)[0]
    make.printed(group)
    with pytest.raises(Refused):
        papers.remove_book(book, by=by)
    other = papers.add_book(group.edition, name="C", first=300, last=310, by=by)
    papers.remove_book(other, by=by)
    db.session.commit()
    assert len(papers.books(group.edition.id)) == 1


def test_the_database_refuses_a_number_twice_and_any_change(make):
    group = make.on_paper()
    paper = make.printed(group)
    facts = {c: getattr(paper, c) for c in ("programme_id", "edition_id", "at", "by_id", "number")}
    db.session.add(Paper(**facts, session_id=group.sessions[1].id, serial=1))
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(DBAPIError):
        db.session.execute(text("UPDATE courses_papers SET number = 9"))
    db.session.rollback()


def test_two_who_print_at_once_get_two_numbers(make):
    group = make.on_paper()
    by = coordinator(make, group)
    ids = [s.id for s in group.sessions[:2]]

    def printing(session_id):
        papers.print_page(db.session.get_one(Session, session_id), by=by)

    assert races.race(*(races.unit(printing, i) for i in ids)) == [None, None]
    assert papers.used(group.edition.id) == {101, 102}


# Opening late


def test_a_page_opens_late_on_its_paper_and_says_why(make):
    group = make.class_in_motion()
    make.printed(group)
    session = late(make, group)
    assert (session.state, session.page) == (SessionState.OPEN, 1)
    assert stamps.acts(session.id)[0].note == "The network failed"
    assert len(stamps.expected(session.id)) == 3


@pytest.mark.parametrize(
    ("days", "reason", "is_printed"),
    [(8, "x", True), (-1, "x", True), (1, " ", True), (1, "x", False)],
)
def test_not_too_late_not_too_early_not_without_reason_or_paper(make, days, reason, is_printed):
    group = make.class_in_motion()
    if is_printed:
        make.printed(group)
    with pytest.raises(Refused):
        late(make, group, days=days, reason=reason)


def test_how_late_is_a_setting_of_the_edition(make):
    group = make.class_in_motion()
    make.printed(group)
    group.edition.late_days = 20
    db.session.commit()
    assert late(make, group, days=19).page == 1


def test_nobody_opens_late_a_page_that_expects_her(make):
    group = make.class_in_motion()
    make.printed(group)
    group.enrolments[0].person_id = group.coordinator.id
    db.session.commit()
    with pytest.raises(Refused, match="expected on this page yourself"):
        late(make, group)


def test_the_next_pages_are_numbered_ahead_as_their_sessions_come(make):
    group = make.on_paper()
    make.printed(group, group.sessions[1])
    with clock.held(group.sessions[0].starts_at - timedelta(days=3)):
        made = papers.print_ahead(group.edition, 2, by=coordinator(make, group))
        db.session.commit()
    found = [(p.session_id, p.number) for p in made]
    assert found == [(group.sessions[0].id, 102), (group.sessions[2].id, 103)]
    with clock.held(group.sessions[5].ends_at), pytest.raises(Refused, match="printed already"):
        papers.print_ahead(group.edition, 9, by=coordinator(make, group))
