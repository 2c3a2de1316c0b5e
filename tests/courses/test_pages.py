"""A page as it is read: who is on it, how she is marked, what is still missing."""

from courses import pages
from lms import clock


def test_a_sheet_lists_everybody_expected_in_order_and_counts_who_is_inside(make):
    group = make.opened_page(trainees=3)
    make.scan(group, 0, group.session.starts_at)
    make.scan(group, 1, group.session.starts_at)
    make.scan(group, 1, group.session.ends_at)
    with clock.held(group.session.ends_at):
        sheet = pages.sheet(group.session)
    assert [row.number for row in sheet.rows] == [1, 2, 3]
    assert [row.name for row in sheet.rows] == sorted(p.name for p in group.trainees)
    assert sheet.inside == 2


def test_who_has_not_signed_out_is_missing_once_the_session_is_over(make):
    group = make.opened_page(trainees=2)
    make.scan(group, 0, group.session.starts_at)
    with clock.held(group.session.ends_at):
        missing = pages.sheet(group.session).missing
    assert [row.enrolment_id for row in missing] == [group.enrolments[0].id]


def test_a_batch_adds_up_minutes_by_trainee_and_module(make):
    group = make.class_in_motion(trainees=1)
    make.certified_pages(group, [[210], [100], [0], [0], [0], [0]])
    minutes, names = pages.batch(group.sessions)
    assert minutes[group.enrolments[0].id][1] == 310
    assert names[group.enrolments[0].id] == group.trainees[0].name
