from flask import Blueprint, render_template

from courses import (
    curriculum,
    path,
    policy,
    quizzes,
)
from lms import clock
from lms.guard import allow, me
from lms.permissions import can

bp = Blueprint("path", __name__, url_prefix="/path")


@bp.get("")
@allow(policy.WALK_PATH)
def show():
    return render_template(
        "courses/path/show.html",
        path=path.of(me().id, me().programme_id),
        today=clock.today(),
        Stance=path.Stance,
        gate_by=path.gate_by,
    )


@bp.get("/units/<uuid:unit>")
@allow(policy.READ_UNIT, "unit", also=[policy.TAKE_QUIZ])
def unit(unit):
    mine = policy.WALK_PATH.held_by(me())
    step = path.step(unit, me().id) if mine else None
    takes = unit.has_quiz and can(me(), policy.TAKE_QUIZ, unit)
    return render_template(
        "courses/path/unit.html",
        unit=unit,
        step=step,
        quiz=(step.quiz if step else quizzes.standings([unit], me().id).get(unit.id))
        if takes
        else None,
        retries=quizzes.retries(unit.id, me().id) if takes else [],
        questions=curriculum.count_questions([unit.id]).get(unit.id, 0),
        reads_course=policy.READ_COURSE.held_by(me()),
        walks=mine,
    )
