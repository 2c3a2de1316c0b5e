"""Mails: in the receiver's language, with a link that is made when sending, stored nowhere."""

import socket
import threading
from email import message_from_string

import pytest
from sqlalchemy import select, text

from lms import accounts, db, jobs, mail, tokens
from lms import app as application
from lms.mail import Mail, MailState
from lms.permissions import Role


@pytest.fixture
def invited(make):
    by = make.actor(make.person("manager"))
    person = accounts.invite("nuova@demo.example", "Nuova Persona", Role.TRAINER, by=by)
    db.session.commit()
    return person


@pytest.fixture
def row(invited):
    return db.session.scalars(select(Mail)).one()


def _link(app, row):
    return mail.write(row, app.extensions["sender"]).link


def test_a_mail_is_queued_with_what_it_tells_about(row):
    assert row.state == MailState.QUEUED
    assert [job.kind for job in jobs.latest()] == ["mail"]


def test_it_reads_in_the_receivers_language(app, row, invited):
    sender = app.extensions["sender"]
    with app.test_request_context():
        italian = mail.write(row, sender)
        invited.language = "en"
        english = mail.write(row, sender)
    assert italian.subject != english.subject
    assert "Nuova Persona" in italian.body


def test_the_link_is_in_no_table(app, row):
    secret = _link(app, row).removeprefix("/t/")
    assert tokens.find(secret, "invitation")
    for table in db.Model.metadata.tables:
        for found in db.session.execute(text(f"SELECT * FROM {table}")):
            assert secret not in " ".join(str(value) for value in found), table


def test_the_link_opens_the_page_and_opening_does_not_use_it(app, row, browse):
    link = _link(app, row)
    for _ in range(3):
        assert browse().get(link).status_code == 200
    answer = browse().post(link, {"password": "quattro gatti neri corrono"})
    assert answer.status_code == 303
    assert browse().get(link).status_code == 404


def test_a_job_delivers_it(app, row):
    db.session.commit()
    with app.app_context():
        assert jobs.run(
            application.handlers(app), application.asker, until_empty=True, around=app.app_context
        )
    db.session.expire_all()
    assert row.state == MailState.SENT


class Server(threading.Thread):
    """An SMTP server of a few lines that keeps what it is told."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.received = ""

    def run(self):
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rw", newline="\r\n") as lines:

            def say(words):
                lines.write(words + "\n")
                lines.flush()

            say("220 ready")
            inside = False
            for line in lines:
                if inside:
                    inside = line.strip() != "."
                    self.received += line if inside else ""
                    if not inside:
                        say("250 kept")
                elif line.upper().startswith("DATA"):
                    inside = True
                    say("354 go on")
                elif line.upper().startswith("QUIT"):
                    say("221 bye")
                    break
                else:
                    say("250 ok")
        self.socket.close()


def test_it_is_sent_to_a_server(app, row):
    from dataclasses import replace

    server = Server()
    server.start()
    sender = replace(app.extensions["sender"], smtp_url=f"smtp://127.0.0.1:{server.port}")
    with app.test_request_context():
        mail.deliver(row, sender)
    server.join(5)
    message = message_from_string(server.received)
    assert message["To"] == "nuova@demo.example"
    assert message["Message-ID"].startswith(f"<{row.id}@")
    assert "/t/" in message.get_payload(decode=True).decode()


def test_mails_are_shown_in_a_demo_only(make, browse, row, invited):
    from lms import installation

    person = make.person("trainee")
    mail.send(person.id, "lms/password", token_id=row.token_id, by=None)
    db.session.commit()
    assert "/t/" not in browse(person).get("/account/mails").text
    db.session.add(installation.Installation(is_demo=True, made_at=row.queued_at))
    db.session.commit()
    assert "/t/" in browse(person).get("/account/mails").text


def test_every_mail_has_words_in_both_languages(app, row):
    from pathlib import Path

    from lms import i18n, paths

    for path in sorted((paths.templates() / "mail").rglob("*.txt")):
        name = path.relative_to(paths.templates())
        letters = []
        for language in i18n.LANGUAGES:
            with i18n.speaking(language), app.test_request_context():
                letters.append(
                    app.jinja_env.get_template(str(Path(name))).render(
                        name="Anna Verdi", link="https://x/y", code="1.10", about="1.10"
                    )
                )
        assert letters[0] != letters[1], name
        for letter in letters:
            subject, _, body = letter.strip().partition("\n")
            assert subject.strip(), name
            assert body.strip(), name
