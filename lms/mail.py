"""Mail: a template, a receiver and ids; written and sent only when its job runs.

A mail about a case says that something awaits under its code, and nothing else. Links are made
while sending. Where no mail server is set (only in a demo) the mails are read inside the program.
"""

import smtplib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from jinja2 import Environment
from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock, db, i18n, jobs, tokens
from lms.permissions import Actor


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"


class Mail(db.Model):
    """One mail to one person with an account."""

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_person_id_queued_at", "person_id", "queued_at"),)

    id: Mapped[db.Id]
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    template: Mapped[str] = mapped_column(String(80))
    """A file under templates/mail; its first line is the subject."""
    link: Mapped[str] = mapped_column(String(200), default="")
    """The path that the mail leads to; no personal data in it."""
    code: Mapped[str] = mapped_column(String(40), default="")
    """The readable code of the thing it is about: A-2026-0042, 1.10."""
    about: Mapped[str] = mapped_column(Text, default="")
    """Further words for mails about the course; empty in mails about a case."""
    token_id: Mapped[UUID | None] = mapped_column(ForeignKey("tokens.id"))
    state: Mapped[MailState] = mapped_column(db.choice(MailState), default=MailState.QUEUED)
    queued_at: Mapped[db.Moment]
    sent_at: Mapped[db.Moment | None]


@dataclass(frozen=True)
class Letter:
    """A mail as it reads: rendered in the receiver's language."""

    subject: str
    body: str
    link: str


@dataclass(frozen=True)
class Sender:
    """What sending needs: templates, the public address, a server."""

    templates: Environment
    public_url: str
    smtp_url: str
    mail_from: str
    receiver: Any
    """Person id -> (mail, name, language)."""


# Operations


def send(
    person_id: UUID,
    template: str,
    *,
    link: str = "",
    code: str = "",
    about: str = "",
    token_id: UUID | None = None,
    by: Actor | None,
) -> Mail:
    """Queue a mail, in the transaction of what it tells about."""
    row = Mail(
        programme_id=by.programme_id if by else None,
        person_id=person_id,
        template=template,
        link=link,
        code=code,
        about=about,
        token_id=token_id,
        queued_at=clock.now(),
    )
    db.session.add(row)
    jobs.ask("mail", by=by, mail_id=str(row.id))
    return row


def write(row: Mail, sender: Sender) -> Letter:
    """The mail as the receiver reads it."""
    _, name, language = sender.receiver(row.person_id)
    link = row.link
    if row.token_id:
        link = f"/t/{tokens.written(row.token_id)}"
    values: Mapping[str, str] = {
        "name": name,
        "link": sender.public_url + link,
        "code": row.code,
        "about": row.about,
    }
    with i18n.speaking(language):
        text = sender.templates.get_template(f"mail/{row.template}.txt").render(values)
    subject, _, body = text.strip().partition("\n")
    return Letter(subject.strip(), body.strip() + "\n", link)


def deliver(row: Mail, sender: Sender) -> None:
    """Send it now. Sending twice is possible after a crash; the Message-ID stays the same."""
    letter = write(row, sender)
    if sender.smtp_url:
        address, _, _ = sender.receiver(row.person_id)
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = (
            letter.subject,
            sender.mail_from,
            address,
        )
        message["Message-ID"] = f"<{row.id}@{urlsplit(sender.public_url).hostname}>"
        message.set_content(letter.body)
        with closing(_server(sender.smtp_url)) as server:
            server.send_message(message)
    row.state, row.sent_at = MailState.SENT, clock.now()


def _server(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    server = kind(parts.hostname or "localhost", parts.port or 0, timeout=20)
    if parts.scheme == "smtp+starttls":
        server.starttls()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


# Queries


def get(mail_id: UUID) -> Mail:
    return db.session.get_one(Mail, mail_id)


def received(person_id: UUID, *, most: int = 50) -> list[Mail]:
    """A person's mails, newest first: only a demo shows them."""
    query = (
        select(Mail).where(Mail.person_id == person_id).order_by(Mail.queued_at.desc()).limit(most)
    )
    return list(db.session.scalars(query))
