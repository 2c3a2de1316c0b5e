"""Programmes and their hubs: the tenants of an installation, and the places they work in."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from lms import db


class Programme(db.Model):
    """A funded programme. Brand, funder and privacy contact are its settings, never code."""

    __tablename__ = "programmes"

    id: Mapped[db.Id]
    code: Mapped[db.Code] = mapped_column(String(40), unique=True)
    name: Mapped[db.Short]
    funder: Mapped[str] = mapped_column(Text, default="")
    organiser: Mapped[db.Short] = mapped_column(String(120), default="")
    project_code: Mapped[db.Code] = mapped_column(String(40), default="")
    """The CUP, the unique code of a publicly funded project."""
    privacy_name: Mapped[db.Short]
    privacy_mail: Mapped[db.Short]


class Hub(db.Model):
    """A snodo: a territory, with the activators who stand there and the cases it holds."""

    __tablename__ = "hubs"
    __table_args__ = (
        db.owned(),
        UniqueConstraint("programme_id", "letter"),
        CheckConstraint("length(letter) = 1", name="letter_is_one"),
    )

    id: Mapped[db.Id]
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"))
    letter: Mapped[str] = mapped_column(String(1))
    """Begins the code of each of its cases: A-2026-0042."""
    name: Mapped[db.Short]
    territory: Mapped[db.Short]


# Queries


def hubs(programme_id: UUID) -> list[Hub]:
    query = select(Hub).where(Hub.programme_id == programme_id).order_by(Hub.letter)
    return list(db.session.scalars(query))


def get(programme_id: UUID) -> Programme:
    return db.session.get_one(Programme, programme_id)


def find(programme_id: UUID) -> Programme | None:
    return db.session.get(Programme, programme_id)


def only() -> Programme | None:
    """The programme of an installation that has one: for pages before signing in."""
    found = list(db.session.scalars(select(Programme).limit(2)))
    return found[0] if len(found) == 1 else None


def by_code(code: str) -> Programme | None:
    return db.session.scalar(select(Programme).where(Programme.code == code))


# Operations


def create(code: str, name: str, *, privacy_name: str, privacy_mail: str, **more: str) -> Programme:
    """A new programme, with no hub and nobody in it yet."""
    row = Programme(
        code=code,
        name=name,
        privacy_name=privacy_name,
        privacy_mail=privacy_mail,
        **more,
    )
    db.session.add(row)
    return row


def add_hub(programme: Programme, letter: str, name: str, territory: str) -> Hub:
    row = Hub(
        id=db.new_id(), programme_id=programme.id, letter=letter, name=name, territory=territory
    )
    db.session.add(row)
    return row
