"""The application, a database that is empty before each test, and people who browse."""

import re
import shutil
from contextlib import contextmanager
from contextvars import Context
from hashlib import sha256
from typing import ClassVar
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event

from lms import app as application
from lms import db, i18n, installation, keys
from lms.settings import Settings
from tests import databases
from tests import make as makers
from tests.pages import Page

CSRF = "c" * 40


class Client(FlaskClient):
    """Answer each request as a server would: in an empty context, after the test's commit.

    Inside the test's own context a forgotten commit would go unnoticed, and the first person
    signed in would stay signed in.
    """

    checked: ClassVar[set[bytes]] = set()
    """The pages that were looked at already; a refusal is one and the same for everybody."""

    def open(self, *args, **kwargs):
        db.session.commit()
        response = Context().run(super().open, *args, **kwargs)
        db.session.expire_all()
        moved = 300 < response.status_code < 400
        zipped = "Content-Encoding" in response.headers
        if response.mimetype == "text/html" and not moved and not zipped and response.data:
            digest = sha256(response.data).digest()
            if digest not in self.checked:
                Page(response.text).check()
                self.checked.add(digest)
        return response

    def post(self, url, data=None, *, once=None, **kwargs):
        token = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(
            CSRF
        )
        fields = {"csrf_token": token, "once": once or str(uuid4()), **(data or {})}
        return super().post(url, data=fields, **kwargs)


@pytest.fixture(scope="session")
def settings():
    folder = databases.memory_folder()
    made = Settings(
        data=folder, keys=folder / "keys.json", anchor=folder / "anchor.jsonl", mode="demo"
    )
    installation.make_ring(made.keys)
    yield made
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def address(settings):
    """The database that this run is about."""
    if databases.KIND == "postgresql":
        with databases.postgresql() as url:
            yield url
    else:
        yield settings.url


@pytest.fixture(scope="session")
def app(settings, address):
    """The application as it is served, on an empty schema."""
    keys.bind(keys.Ring.load(settings.keys))
    app = application.create_app(Settings(**{**vars(settings), "database_url": address}), bind=True)
    app.testing = True
    app.test_client_class = Client
    db.Model.metadata.create_all(db.engine())
    yield app
    db.engine().dispose()


@pytest.fixture(scope="session")
def restore(app):
    return databases.Restore()


@pytest.fixture(autouse=True)
def database(restore):
    """Each test starts from the empty schema; commits are real."""
    restore()
    with db.scope(write=True), i18n.speaking("en"):
        yield db
        db.session.rollback()


@pytest.fixture
def make(database):
    return makers


@pytest.fixture
def browse(app):
    """browse(person) is a client with that person signed in; browse() one with nobody."""

    def client(person=None, *, programme=None, proven=True):
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["csrf_token"] = CSRF
            session["language"] = "en"
            if person is not None:
                session["sign_in"] = makers.sign_in(person, programme=programme, proven=proven)
        return browser

    return client


@pytest.fixture
def command(app, settings, address, monkeypatch):
    """command("audit", "verify") runs `lms audit verify` on the database of the tests."""
    from click.testing import CliRunner

    from lms import cli, migrations

    found = Settings(**{**vars(settings), "database_url": address})
    monkeypatch.setattr(cli, "read_settings", lambda: found)
    monkeypatch.setattr(cli, "open_database", lambda _: None)
    monkeypatch.setattr(migrations, "require_current", lambda: None)

    def run(*words):
        db.session.commit()
        answer = Context().run(CliRunner().invoke, cli.main, words)
        db.session.expire_all()
        if answer.exception and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer

    return run


@pytest.fixture
def statements(app):
    """`with statements() as seen:` gathers the SQL that is executed inside the block."""

    @contextmanager
    def watch():
        seen: list[str] = []

        def note(connection, cursor, statement, parameters, context, executemany):
            seen.append(re.sub(r"\s+", " ", statement))

        event.listen(db.engine(), "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine(), "before_cursor_execute", note)

    return watch
