"""Plans in each state: begun, written, handed in, sent back, approved. Texts are canaries."""

from datetime import date

from casework import plans, versions
from casework.cases import CaseState
from casework.goals import SectionKind
from lms import accounts, db
from mentoring import reviews
from mentoring.comments import CommentKind

SITUATION = "Canaria has two children. She sews well, and waits for the B1 course."
WANTS = "I want a job that lets me fetch the children at four."
DAY = date(2027, 3, 15)


def plan_case(programme=None, senior=None, **facts):
    """A case that is ready for its plan, of an activator whom a senior trainer follows."""
    from tests import make

    row = make.case(programme=programme, state=CaseState.PLANNING, **facts)
    make.assignment(accounts.get(row.activator_id), senior, programme)
    return row


def writer(plan, programme=None):
    """The activator of a plan's case, at work."""
    from tests import make

    return make.actor(accounts.get(plan.case.activator_id), programme)


def reader(plan, programme=None):
    """The senior trainer who follows the activator, at work."""
    from mentoring import assignments
    from tests import make

    senior = assignments.senior_of(plan.case.activator_id, plan.programme_id)
    return make.actor(senior, programme)


def empty_plan(programme=None, case=None, **facts):
    """A plan that has just been begun."""
    from tests import make

    case = case or plan_case(programme, **facts)
    row = plans.begin(case, by=make.actor(accounts.get(case.activator_id), programme))
    db.session.commit()
    return row


def plan(programme=None, **facts):
    """A plan that is written and could be handed in."""
    row = empty_plan(programme, **facts)
    by = writer(row, programme)
    plans.save_row(row, SectionKind.SITUATION, 1, {"words": SITUATION}, version=1, by=by)
    plans.add_row(
        row,
        SectionKind.GOAL,
        {"words": WANTS, "result": "She begins a placement as a seamstress.", "due_on": DAY},
        by=by,
    )
    plans.add_row(
        row,
        SectionKind.ACTION,
        {"what": "Call the school for the B1 course.", "who": "Canaria", "due_on": DAY},
        by=by,
    )
    plans.add_row(
        row, SectionKind.CHECK, {"due_on": DAY, "look_at": "How the placement goes."}, by=by
    )
    db.session.commit()
    return row


def submitted_plan(programme=None, **facts):
    """A plan whose first version waits for the senior trainer."""
    row = plan(programme, **facts)
    versions.submit(row, by=writer(row, programme))
    db.session.commit()
    return row


def plan_comment(plan, kind=CommentKind.MUST_CHANGE, section=1, quote="", said="Say it plainly."):
    """What the senior trainer says of a section of the version under review."""
    row = reviews.comment(
        versions.round_of(plan), section, kind=kind, said=said, quote=quote, by=reader(plan)
    )
    db.session.commit()
    return row


def returned_plan(quote="", **facts):
    """A plan that came back with one thing to change in its first section."""
    row = submitted_plan(**facts)
    plan_comment(row, quote=quote)
    versions.send_back(row, "Nearly there.", by=reader(row))
    db.session.commit()
    return row


def resubmitted_plan(quote="", words=SITUATION + " On Tuesdays.", **facts):
    """A plan that came back, was changed and answered, and is handed in again."""
    from mentoring import comments

    row = returned_plan(quote, **facts)
    by = writer(row)
    plans.save_row(row, SectionKind.SITUATION, 1, {"words": words}, version=2, by=by)
    comment = comments.of_subject(row.id)[0]
    reviews.answer(versions.round_of(row), comment, "Done, and dated.", by=by)
    versions.submit(row, by=by)
    db.session.commit()
    return row


def approved_plan(**facts):
    """A plan whose first version is approved."""
    row = submitted_plan(**facts)
    versions.approve(row, "Well done.", by=reader(row))
    db.session.commit()
    return row
