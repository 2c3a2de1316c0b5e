"""What a plan says, row by row: how it goes now, strengths, goals, actions, undertakings, supports,
risks, and the days on which to look at it together.

Each row, and each of the two fixed headings, is a *section* of the plan: it keeps its id through
all versions, so that a comment on it finds it again. Texts are sealed with the case's key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column, with_polymorphic

from lms import clock, db, i18n, keys, text
from lms.errors import Invalid, NotFound
from lms.flow import Word, say, unchanged, word
from lms.i18n import Lazy, lazy
from lms.permissions import Actor


class SectionKind(StrEnum):
    """In the order in which a plan is read."""

    SITUATION = "situation"
    STRENGTHS = "strengths"
    GOAL = "goal"
    ACTION = "action"
    UNDERTAKING = "undertaking"
    SUPPORT = "support"
    RISK = "risk"
    CHECK = "check"


say(
    {
        SectionKind.SITUATION: Word(lazy("How it goes now")),
        SectionKind.STRENGTHS: Word(lazy("Strengths")),
        SectionKind.GOAL: Word(lazy("Goals"), "", "star"),
        SectionKind.ACTION: Word(lazy("Who does what"), "", "list"),
        SectionKind.UNDERTAKING: Word(lazy("Undertakings"), "", "pen"),
        SectionKind.SUPPORT: Word(lazy("Supports"), "", "people"),
        SectionKind.RISK: Word(lazy("Hitches"), "", "warn"),
        SectionKind.CHECK: Word(lazy("Checks"), "", "cal"),
    }
)

FIXED = (SectionKind.SITUATION, SectionKind.STRENGTHS)
"""Every plan has each of these exactly once."""


def _shared() -> Any:
    """A column that several kinds of rows have."""
    return mapped_column(use_existing_column=True)


class Row(db.Model):
    """One section of a plan: whose case and plan, in what place, saved by whom.

    All kinds stand in one table, so that a plan is read in one statement.
    """

    __tablename__ = "casework_plan_rows"
    __table_args__ = (
        db.owned(),
        db.within("casework_plans", "plan_id"),
        db.within("casework_cases", "case_id"),
        UniqueConstraint("plan_id", "kind", "place"),
        CheckConstraint("place > 0", name="place_counts_from_one"),
        CheckConstraint(
            "kind IN ('situation', 'strengths', 'undertaking', 'support', 'risk') "
            "OR due_on IS NOT NULL",
            name="what_is_dated_has_a_day",
        ),
        CheckConstraint(
            "kind NOT IN ('situation', 'strengths') OR NOT is_removed", name="fixed_stays"
        ),
    )
    FIELDS: ClassVar[tuple[str, ...]] = ()
    """The sealed texts that this kind has."""

    id: Mapped[db.Id]
    programme_id: Mapped[db.ProgrammeId]
    case_id: Mapped[UUID] = mapped_column(Uuid)
    plan_id: Mapped[UUID] = mapped_column(Uuid)
    key_id: Mapped[db.KeyId]
    kind: Mapped[SectionKind] = mapped_column(db.choice(SectionKind, "kind_known"))
    place: Mapped[int]
    """Counted within its kind; the place of a row that was removed stays empty."""
    saved_at: Mapped[db.Moment]
    saved_by_id: Mapped[db.PersonId]
    is_removed: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version, "polymorphic_on": kind}


class Situation(Row):
    """How it goes now, as she tells it and as the activator sees it."""

    __mapper_args__ = {"polymorphic_identity": SectionKind.SITUATION}
    FIELDS = ("words",)
    words: Mapped[db.Sealed | None] = _shared()


class Strengths(Row):
    """What there is to build on."""

    __mapper_args__ = {"polymorphic_identity": SectionKind.STRENGTHS}
    FIELDS = ("words",)
    words: Mapped[db.Sealed | None] = _shared()


class Goal(Row):
    """What she wants, in her words, and how both will see that it is reached.

    The five levels say beforehand what would be much less than expected, and what much more.
    """

    __mapper_args__ = {"polymorphic_identity": SectionKind.GOAL}
    FIELDS = ("words", "result", "much_less", "less", "expected", "more", "much_more")
    words: Mapped[db.Sealed | None] = _shared()
    result: Mapped[db.Sealed | None]
    much_less: Mapped[db.Sealed | None]
    less: Mapped[db.Sealed | None]
    expected: Mapped[db.Sealed | None]
    more: Mapped[db.Sealed | None]
    much_more: Mapped[db.Sealed | None]


class Action(Row):
    """A step, with who takes it and by when."""

    __mapper_args__ = {"polymorphic_identity": SectionKind.ACTION}
    FIELDS = ("what", "who")
    what: Mapped[db.Sealed | None] = _shared()
    who: Mapped[db.Sealed | None]


class Undertaking(Row):
    """What one party to the plan promises the others."""

    __mapper_args__ = {"polymorphic_identity": SectionKind.UNDERTAKING}
    FIELDS = ("party", "what")
    party: Mapped[db.Sealed | None]
    what: Mapped[db.Sealed | None] = _shared()


class Support(Row):
    """What a service or somebody near gives: what, how often, until when."""

    __mapper_args__ = {"polymorphic_identity": SectionKind.SUPPORT}
    FIELDS = ("what", "giver", "rhythm")
    what: Mapped[db.Sealed | None] = _shared()
    giver: Mapped[db.Sealed | None]
    rhythm: Mapped[db.Sealed | None]


class Risk(Row):
    """What may get in the way, and what is done then."""

    __mapper_args__ = {"polymorphic_identity": SectionKind.RISK}
    FIELDS = ("what", "response")
    what: Mapped[db.Sealed | None] = _shared()
    response: Mapped[db.Sealed | None]


class Check(Row):
    """A day on which the plan is looked at together, with whom, and at what."""

    __mapper_args__ = {"polymorphic_identity": SectionKind.CHECK}
    FIELDS = ("company", "look_at")
    company: Mapped[db.Sealed | None]
    look_at: Mapped[db.Sealed | None]


BY_KIND: Mapping[SectionKind, Any] = {
    SectionKind.SITUATION: Situation,
    SectionKind.STRENGTHS: Strengths,
    SectionKind.GOAL: Goal,
    SectionKind.ACTION: Action,
    SectionKind.UNDERTAKING: Undertaking,
    SectionKind.SUPPORT: Support,
    SectionKind.RISK: Risk,
    SectionKind.CHECK: Check,
}
LEVELS = ("much_less", "less", "expected", "more", "much_more")
"""The five levels of a goal, from -2 to +2."""


@dataclass(frozen=True)
class Section:
    """A row as it is read: what it is, what it says, its fields beside it."""

    id: UUID
    kind: SectionKind
    place: int
    title: str
    text: str
    fields: SimpleNamespace
    version: int


# Rules


def kind(name: str) -> SectionKind:
    """The kind of section that an address names. Raises NotFound."""
    try:
        return SectionKind(name)
    except ValueError:
        raise NotFound() from None


def title(kind: SectionKind, number: int) -> str:
    """What a section is called in its plan: "Goal 2"."""
    return str(word(kind).label if kind in FIXED else ONE[kind]) % {"n": number}


ONE: Mapping[SectionKind, Lazy] = {
    SectionKind.GOAL: lazy("Goal %(n)s"),
    SectionKind.ACTION: lazy("Step %(n)s"),
    SectionKind.UNDERTAKING: lazy("Undertaking %(n)s"),
    SectionKind.SUPPORT: lazy("Support %(n)s"),
    SectionKind.RISK: lazy("Hitch %(n)s"),
    SectionKind.CHECK: lazy("Check %(n)s"),
}


def said(kind: SectionKind, fields: Any) -> str:
    """The text of a section, in whole lines, as it is read and reviewed."""
    lines = _LINES[kind](fields)
    return text.normal("\n".join(line for line in lines if line))


def _by(day: date | None) -> str:
    return i18n.gettext("By %(day)s.", day=i18n.date_year(day)) if day else ""


def _labelled(label: Lazy, value: str | None) -> str:
    return f"{label}: {value}" if value else ""


def _goal(f: Any) -> list[str]:
    return [
        f.words,
        _labelled(lazy("How we will see it"), f.result),
        _by(f.due_on),
        _labelled(lazy("Much less than expected (-2)"), f.much_less),
        _labelled(lazy("Less than expected (-1)"), f.less),
        _labelled(lazy("As expected (0)"), f.expected),
        _labelled(lazy("More than expected (+1)"), f.more),
        _labelled(lazy("Much more than expected (+2)"), f.much_more),
    ]


_LINES: Mapping[SectionKind, Any] = {
    SectionKind.SITUATION: lambda f: [f.words],
    SectionKind.STRENGTHS: lambda f: [f.words],
    SectionKind.GOAL: _goal,
    SectionKind.ACTION: lambda f: [f.what, _labelled(lazy("Who"), f.who), _by(f.due_on)],
    SectionKind.UNDERTAKING: lambda f: [f"{f.party}: {f.what}", _by(f.due_on)],
    SectionKind.SUPPORT: lambda f: [
        f.what,
        _labelled(lazy("From whom"), f.giver),
        _labelled(lazy("How often"), f.rhythm),
        f.due_on and i18n.gettext("Until %(day)s.", day=i18n.date_year(f.due_on)),
    ],
    SectionKind.RISK: lambda f: [f.what, _labelled(lazy("What we do then"), f.response)],
    SectionKind.CHECK: lambda f: [
        i18n.date_year(f.due_on),
        _labelled(lazy("Together with"), f.company),
        _labelled(lazy("What we look at"), f.look_at),
    ],
}


# Queries


def rows(plan_id: UUID) -> list[Row]:
    """All the rows of a plan in the order in which it is read, in one statement."""
    every = with_polymorphic(Row, "*")
    query = select(every).where(every.plan_id == plan_id, every.is_removed.is_(False))
    order = list(SectionKind)
    return sorted(keys.scalars(query), key=lambda row: (order.index(row.kind), row.place))


def sections(plan_id: UUID, language: str, *, by: Actor) -> list[Section]:
    """What the plan says now, section by section, in its own language."""
    with i18n.speaking(language):
        return [_section(plain, n) for n, plain in _numbered(keys.open_rows(rows(plan_id), by=by))]


def _numbered(plains: Iterable[SimpleNamespace]) -> list[tuple[int, SimpleNamespace]]:
    counted: dict[SectionKind, int] = {}
    found = []
    for plain in plains:
        kind = plain.row.kind
        counted[kind] = counted.get(kind, 0) + 1
        found.append((counted[kind], plain))
    return found


def _section(plain: SimpleNamespace, number: int) -> Section:
    row = plain.row
    plain.due_on = row.due_on
    return Section(
        id=row.id,
        kind=row.kind,
        place=row.place,
        title=title(row.kind, number),
        text="" if plain.erased else said(row.kind, plain),
        fields=plain,
        version=row.version,
    )


def get(plan_id: UUID, kind: SectionKind, place: int) -> Any:
    """The row at this place of a plan. Raises NotFound."""
    model = BY_KIND[kind]
    row = db.session.scalar(
        select(model).where(
            model.plan_id == plan_id, model.place == place, model.is_removed.is_(False)
        )
    )
    if row is None:
        raise NotFound()
    return row


# Operations


def add(kind: SectionKind, *, plan: Any, facts: Mapping[str, Any], by: Actor) -> Any:
    """Another row of the plan, in the next place of its kind. The plan is locked by the caller."""
    model = BY_KIND[kind]
    row = model(
        programme_id=plan.programme_id,
        case_id=plan.case_id,
        plan_id=plan.id,
        key_id=plan.key_id,
        place=_next_place(model, plan.id),
    )
    _write(row, facts, by=by)
    db.session.add(row)
    return row


def _next_place(model: Any, plan_id: UUID) -> int:
    query = select(model.place).where(model.plan_id == plan_id).order_by(model.place.desc())
    return (db.session.scalar(query.limit(1)) or 0) + 1


def write(row: Any, *, version: int | None, facts: Mapping[str, Any], by: Actor) -> None:
    """Save what a row says. Raises Stale when somebody saved it meanwhile."""
    unchanged(row, version, lambda: typed(row, by=by))
    _write(row, facts, by=by)


def remove(row: Any, *, version: int | None, by: Actor) -> None:
    """Take a row out of the plan; the versions that were handed in keep it."""
    if row.kind in FIXED:
        raise Invalid(kind=lazy("Every plan keeps this section."))
    unchanged(row, version, lambda: typed(row, by=by))
    row.is_removed, row.saved_at, row.saved_by_id = True, clock.now(), by.id


def typed(row: Any, *, by: Actor) -> dict[str, str]:
    """The fields of a row as they stand in its form."""
    plain = keys.open_row(row, by=by)
    found = {name: getattr(plain, name) or "" for name in row.FIELDS}
    if row.due_on:
        found["due_on"] = row.due_on.isoformat()
    return found


def _write(row: Any, facts: Mapping[str, Any], *, by: Actor) -> None:
    keys.seal(row, by=by, **{name: facts.get(name) or None for name in row.FIELDS})
    row.due_on = facts.get("due_on")
    row.saved_at, row.saved_by_id = clock.now(), by.id
