"""The course as it is delivered with the program, imported and published."""

import shutil
from functools import cache
from pathlib import Path

from sqlalchemy import select

from courses import curriculum, folders
from courses.curriculum import Unit
from lms import db

CONTENT = Path(curriculum.__file__).parent / "content"


@cache
def _read():
    """The folder is read once: what is kept of it is what tests are about."""
    return folders.read(CONTENT)


def course(programme=None, published=True):
    """The version of the course in force; imported on the first call."""
    from tests import make

    programme = programme or make.default_programme()
    row = curriculum.published(programme.id)
    if row is None or not published:
        manager = make.actor(make.person("manager", programme=programme), programme)
        row = curriculum.keep(_read(), by=manager)
        if published:
            db.session.flush()
            curriculum.publish(row, by=manager)
        db.session.commit()
    return row


def unit(code="1.10", programme=None):
    """A unit of the course in force."""
    version = course(programme)
    return db.session.scalar(select(Unit).where(Unit.version_id == version.id, Unit.code == code))


def course_folder(path):
    """A copy of the course's folder that a test may spoil."""
    return Path(shutil.copytree(CONTENT, path / "content"))
