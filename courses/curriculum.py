"""The curriculum: what is taught, in which units, for how many minutes.

A course comes from a folder of lessons and quizzes, and is kept as numbered versions. A draft can
be read and then published; a published version is frozen, because editions are held on it; the
next one retires it, and editions that began on it end on it.
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses import folders, questions
from courses.folders import Mode
from courses.questions import QuestionVersion
from lms import audit, clock, db, i18n
from lms.flow import Flow, Word, say
from lms.i18n import lazy
from lms.permissions import Actor
from lms.programmes import Programme

__all__ = ["Mode"]


class VersionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


FLOW = Flow(
    publish=({VersionState.DRAFT}, VersionState.PUBLISHED),
    retire=({VersionState.PUBLISHED}, VersionState.RETIRED),
)

say(
    {
        VersionState.DRAFT: Word(lazy("draft"), "turn", "pen"),
        VersionState.PUBLISHED: Word(lazy("published"), "good", "ok"),
        VersionState.RETIRED: Word(lazy("retired"), "", "lock"),
    }
)


class CourseVersion(db.Model):
    """One version of the whole course."""

    __tablename__ = "courses_versions"
    __table_args__ = (
        db.owned(),
        UniqueConstraint("programme_id", "number"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="draft_is_unpublished"),
        Index(
            "ix_courses_versions_one_published",
            "programme_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    code: Mapped[db.Code]
    number: Mapped[int] = mapped_column()
    title_it: Mapped[db.Short] = mapped_column(String(200))
    title_en: Mapped[db.Short] = mapped_column(String(200))
    minutes: Mapped[db.Minutes]
    state: Mapped[VersionState] = mapped_column(db.choice(VersionState), default=VersionState.DRAFT)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the content of the folder: two with the same are the same course."""
    imported_at: Mapped[db.Moment]
    published_at: Mapped[db.Moment | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    @property
    def title(self) -> str:
        return spoken(self.title_it, self.title_en)


class Module(db.Model):
    """A macro-area of the course."""

    __tablename__ = "courses_modules"
    __table_args__ = (
        db.owned(),
        db.within("courses_versions", "version_id"),
        UniqueConstraint("version_id", "number"),
        CheckConstraint("minutes > 0", name="minutes_are_some"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    version_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    title_it: Mapped[db.Short] = mapped_column(String(200))
    title_en: Mapped[db.Short] = mapped_column(String(200))
    minutes: Mapped[db.Minutes]

    @property
    def title(self) -> str:
        return spoken(self.title_it, self.title_en)


class Unit(db.Model):
    """A lesson: its minutes, how it is held, what one can do afterwards, its text."""

    __tablename__ = "courses_units"
    __table_args__ = (
        db.owned(),
        db.within("courses_versions", "version_id"),
        db.within("courses_modules", "module_id"),
        UniqueConstraint("version_id", "code"),
        CheckConstraint("minutes > 0", name="minutes_are_some"),
        CheckConstraint(
            "(pass_percent IS NULL) = (attempts IS NULL)", name="quiz_has_both_figures"
        ),
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="percent_is_one"),
        CheckConstraint("attempts > 0", name="attempts_are_some"),
        CheckConstraint("gate IS NULL OR pass_percent IS NOT NULL", name="gate_has_quiz"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    version_id: Mapped[UUID] = mapped_column(Uuid)
    module_id: Mapped[UUID] = mapped_column(Uuid)
    code: Mapped[db.Code]
    position: Mapped[int] = mapped_column()
    title_it: Mapped[db.Short] = mapped_column(String(200))
    title_en: Mapped[db.Short] = mapped_column(String(200))
    minutes: Mapped[db.Minutes]
    mode: Mapped[Mode] = mapped_column(db.choice(Mode, "mode_known"))
    outcomes_it: Mapped[str] = mapped_column(Text)
    outcomes_en: Mapped[str] = mapped_column(Text)
    """What one can do afterwards, one to a line."""
    body_it: Mapped[str] = mapped_column(Text, deferred=True, deferred_group="lesson")
    body_en: Mapped[str] = mapped_column(Text, deferred=True, deferred_group="lesson")
    assessment_it: Mapped[str] = mapped_column(Text)
    assessment_en: Mapped[str] = mapped_column(Text)
    gate: Mapped[str | None] = mapped_column(String(40))
    """What passing its quiz opens: "casework"."""
    pass_percent: Mapped[int | None]
    attempts: Mapped[int | None]
    module: Mapped[Module] = relationship(foreign_keys=[module_id])

    @property
    def title(self) -> str:
        return spoken(self.title_it, self.title_en)

    @property
    def body(self) -> str:
        return spoken(self.body_it, self.body_en)

    @property
    def outcomes(self) -> list[str]:
        return spoken(self.outcomes_it, self.outcomes_en).splitlines()

    @property
    def assessment(self) -> str:
        return spoken(self.assessment_it, self.assessment_en)

    @property
    def is_taught(self) -> bool:
        """Whether it is held in sessions, with a page of the register."""
        return self.mode != Mode.SELF_PACED

    @property
    def has_quiz(self) -> bool:
        return self.pass_percent is not None


class UnitQuestion(db.Model):
    """A question of the quiz of a unit."""

    __tablename__ = "courses_unit_questions"
    __table_args__ = (
        db.owned(),
        db.within("courses_units", "unit_id"),
        db.within("courses_question_versions", "question_id"),
        UniqueConstraint("unit_id", "question_id"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    unit_id: Mapped[UUID] = mapped_column(Uuid)
    question_id: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column()


# Scopes


def in_force(_: Actor) -> ColumnElement[bool]:
    """The units of the course as it is taught now: what an activator may read again."""
    return Unit.version_id.in_(
        select(CourseVersion.id).where(CourseVersion.state == VersionState.PUBLISHED)
    )


# Rules


def spoken(it: str, en: str) -> str:
    """The one in the reader's language."""
    return en if i18n.language() == "en" else it


# Queries


def versions(programme_id: UUID) -> list[CourseVersion]:
    """All versions, newest first."""
    query = (
        select(CourseVersion)
        .where(CourseVersion.programme_id == programme_id)
        .order_by(CourseVersion.number.desc())
    )
    return list(db.session.scalars(query))


def is_published() -> ColumnElement[bool]:
    """The versions of which an edition can be made."""
    return CourseVersion.state == VersionState.PUBLISHED


def published(programme_id: UUID) -> CourseVersion | None:
    """The version on which new editions are made."""
    return db.session.scalar(
        select(CourseVersion).where(
            CourseVersion.programme_id == programme_id,
            CourseVersion.state == VersionState.PUBLISHED,
        )
    )


def modules(version_id: UUID) -> list[Module]:
    query = select(Module).where(Module.version_id == version_id).order_by(Module.number)
    return list(db.session.scalars(query))


def units(version_id: UUID) -> list[Unit]:
    """The units of a version, module after module."""
    query = (
        select(Unit)
        .join(Module, Module.id == Unit.module_id)
        .where(Unit.version_id == version_id)
        .order_by(Module.number, Unit.position)
    )
    return list(db.session.scalars(query))


def count_questions(unit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many questions the quiz of each unit has."""
    query = (
        select(UnitQuestion.unit_id, func.count())
        .where(UnitQuestion.unit_id.in_(list(unit_ids)))
        .group_by(UnitQuestion.unit_id)
    )
    return dict(db.session.execute(query).all())


def quiz(unit_id: UUID) -> list[QuestionVersion]:
    """The questions of a unit, as they are written."""
    query = (
        select(QuestionVersion)
        .join(UnitQuestion, UnitQuestion.question_id == QuestionVersion.id)
        .where(UnitQuestion.unit_id == unit_id)
        .order_by(UnitQuestion.position)
    )
    return list(db.session.scalars(query))


def same(course: folders.Course, programme_id: UUID) -> CourseVersion | None:
    """The newest version, if it already says what this folder says."""
    last = next(iter(versions(programme_id)), None)
    return last if last is not None and last.digest == course.digest else None


# Operations


def import_folder(path: Path, *, by: Actor) -> CourseVersion:
    """The folder as a new draft; the newest version itself where nothing changed.

    Raises folders.WrongFolder with every place that is not right.
    """
    return keep(folders.read(path), by=by)


def keep(course: folders.Course, *, by: Actor) -> CourseVersion:
    """Keep a course that was read from a folder, as the next version."""
    db.session.execute(
        select(Programme.id).where(Programme.id == by.programme_id).with_for_update(key_share=True)
    )
    if unchanged := same(course, by.programme_id):
        return unchanged
    last = next(iter(versions(by.programme_id)), None)
    version = CourseVersion(
        programme_id=by.programme_id,
        number=last.number + 1 if last else 1,
        digest=course.digest,
        imported_at=clock.now(),
        **course.facts,
    )
    db.session.add(version)
    for module in course.modules:
        _keep_module(version, module, by)
    audit.record("course imported", version, by=by, detail={"number": version.number})
    return version


def _keep_module(version: CourseVersion, module: folders.ModuleFolder, by: Actor) -> None:
    owner = {"programme_id": version.programme_id, "version_id": version.id}
    row = Module(**owner, **module.facts)
    db.session.add(row)
    for unit in module.units:
        lesson = Unit(**owner, module_id=row.id, **unit.facts)
        db.session.add(lesson)
        for position, question in enumerate(questions.keep(unit.questions, by=by), 1):
            db.session.add(
                UnitQuestion(
                    programme_id=version.programme_id,
                    unit_id=lesson.id,
                    question_id=question.id,
                    position=position,
                )
            )


def publish(version: CourseVersion, *, by: Actor) -> CourseVersion | None:
    """Freeze a draft: new editions are made on it. Gives the version that it retires, if any."""
    db.session.execute(
        select(Programme.id).where(Programme.id == by.programme_id).with_for_update(key_share=True)
    )
    before = published(by.programme_id)
    if version.state == VersionState.DRAFT and before is not None:
        retire(before, by=by)
        db.session.flush()
    FLOW.move(version, "publish", published_at=clock.now())
    audit.record("course published", version, by=by, detail={"number": version.number})
    return before


def retire(version: CourseVersion, *, by: Actor) -> None:
    """No new edition is made on it; those that began on it go on."""
    FLOW.move(version, "retire")
    audit.record("course retired", version, by=by, detail={"number": version.number})
