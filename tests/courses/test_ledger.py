"""Lines of minutes: posted when a page is signed, certified with it."""

from datetime import timedelta

from courses import ledger, register, stamps
from courses.stamps import ActKind
from lms import clock, db

SOON = timedelta(minutes=5)


def at_work(make, group, who="trainer"):
    return make.actor(getattr(group, who), group.programme)


def sign(make, group, *, at=None, head_count=3, **facts):
    with clock.held(at or group.session.ends_at + SOON):
        register.sign(
            group.session,
            topic=facts.pop("topic", "What was taught"),
            head_count=head_count,
            by=at_work(make, group),
            **facts,
        )
        db.session.commit()


def test_signing_posts_one_line_for_each_expected_also_for_the_absent(make):
    group = make.opened_page(trainees=2)
    make.scan(group, 0, group.session.starts_at)
    make.scan(group, 0, group.session.ends_at)
    sign(make, group, head_count=1)
    assert ledger.posted(group.session.id) == {
        group.enrolments[0].id: 210,
        group.enrolments[1].id: 0,
    }
    assert [a.kind for a in stamps.acts(group.session.id)] == [ActKind.OPENED, ActKind.SIGNED]


def test_certifying_makes_recorded_minutes_certified(make):
    group = make.countersigned_page()
    ids = [e.id for e in group.enrolments]
    before = ledger.totals(ids)[ids[0]]
    assert (before.recorded, before.certified) == (210, 0)
    register.certify([group.session], by=at_work(make, group, "manager"))
    db.session.commit()
    after = ledger.totals(ids)[ids[0]]
    assert (after.recorded, after.certified) == (210, 210)
    assert after.by_module[1].certified == 210
