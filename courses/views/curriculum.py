from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for

from courses import (
    curriculum,
    policy,
)
from courses.curriculum import VersionState
from lms.guard import allow, me
from lms.i18n import gettext
from lms.permissions import can

bp = Blueprint("curriculum", __name__, url_prefix="/courses")


@bp.get("")
@allow(policy.READ_COURSE)
def versions():
    found = curriculum.versions(me().programme_id)
    return render_template(
        "courses/curriculum/versions.html",
        versions=found,
        in_force=next((v for v in found if v.state == VersionState.PUBLISHED), None),
        publishes=policy.PUBLISH_COURSE.held_by(me()),
    )


@bp.get("/<uuid:version>")
@allow(policy.READ_COURSE, "version")
def show(version):
    units = curriculum.units(version.id)
    return render_template(
        "courses/curriculum/show.html",
        version=version,
        modules=curriculum.modules(version.id),
        units={key: list(some) for key, some in groupby(units, lambda unit: unit.module_id)},
        questions=curriculum.count_questions(unit.id for unit in units),
        in_force=curriculum.published(version.programme_id),
        may_publish=version.state == VersionState.DRAFT
        and can(me(), policy.PUBLISH_COURSE, version),
    )


@bp.post("/<uuid:version>/publish")
@allow(policy.PUBLISH_COURSE, "version")
def publish(version):
    before = curriculum.publish(version, by=me())
    flash(
        gettext(
            "Version %(number)s is published: new editions are made on it.", number=version.number
        )
    )
    if before is not None:
        flash(
            gettext("Version %(number)s is retired: its editions end on it.", number=before.number)
        )
    return redirect(url_for(".show", version=version.id), 303)
