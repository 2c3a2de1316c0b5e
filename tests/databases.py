"""The two databases that every test can run on, and the way back to an empty one."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import close_all_sessions

from lms import db

KIND = os.environ.get("AFFIANCA_TEST_DATABASE", "sqlite")


def programs() -> Path | None:
    """Where PostgreSQL's own programs lie, if it is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    found_initdb = shutil.which("initdb")
    return Path(found_initdb).parent if found_initdb else None


def _as_user() -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as the user postgres, or nobody."""
    if os.geteuid() != 0:
        return []
    user = (
        "postgres"
        if subprocess.run(["id", "postgres"], capture_output=True).returncode == 0
        else "nobody"
    )
    return ["setpriv", "--reuid", user, "--regid", _group(user), "--clear-groups", "--"]


def _group(user: str) -> str:
    return subprocess.run(
        ["id", "-gn", user], capture_output=True, text=True, check=True
    ).stdout.strip()


@contextmanager
def postgresql() -> Iterator[str]:
    """A fresh server on a socket of its own; gives the address of its database."""
    folder, bin = memory_folder(), programs()
    assert bin is not None, "PostgreSQL is not installed"
    before = _as_user()
    if before:
        shutil.chown(folder, before[2])
    options = (
        f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off "
        "-c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
    )
    run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL}
    data = folder / "data"
    subprocess.run(
        [
            *before,
            bin / "initdb",
            "-D",
            data,
            "-U",
            "affianca",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        **run,
    )
    subprocess.run(
        [*before, bin / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
        **run,
    )
    try:
        yield f"postgresql+psycopg://affianca@/postgres?host={folder}"
    finally:
        subprocess.run(
            [*before, bin / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"], **run
        )
        shutil.rmtree(folder, ignore_errors=True)


def memory_folder() -> Path:
    """A folder in memory where there is one: commits stay real and cost nothing."""
    shared = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="affianca", dir=shared if shared.is_dir() else None))


class Restore:
    """Back to the empty schema before each test; commits in between are real."""

    def __init__(self) -> None:
        self.copy: sqlite3.Connection | None = None
        if db.engine().dialect.name == "sqlite":
            self.copy = sqlite3.connect(":memory:", check_same_thread=False)
            live = self._live()
            live.backup(self.copy)
            live.close()

    def _live(self) -> sqlite3.Connection:
        return sqlite3.connect(str(db.engine().url.database), timeout=20)

    def __call__(self) -> None:
        close_all_sessions()  # a request that broke may have left its transaction open
        if self.copy is not None:
            live = self._live()
            self.copy.backup(live)
            live.close()
            return
        tables = [t.name for t in db.Model.metadata.tables.values()]
        with db.engine().begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text("; ".join(f"DELETE FROM {t}" for t in tables)))
            connection.execute(text("SET session_replication_role = DEFAULT"))


class Snapshot:
    """All rows as they are now, and the way back to them."""

    def __init__(self) -> None:
        db.session.commit()
        self.copy: sqlite3.Connection | None = None
        self.rows: dict = {}
        if db.engine().dialect.name == "sqlite":
            self.copy = sqlite3.connect(":memory:", check_same_thread=False)
            live = sqlite3.connect(str(db.engine().url.database), timeout=20)
            live.backup(self.copy)
            live.close()
            return
        with db.engine().connect() as connection:
            for table in db.Model.metadata.tables.values():
                found = connection.execute(table.select()).mappings()
                self.rows[table] = [dict(row) for row in found]

    def restore(self) -> None:
        db.session.commit()
        if self.copy is not None:
            live = sqlite3.connect(str(db.engine().url.database), timeout=20)
            self.copy.backup(live)
            live.close()
        else:
            with db.engine().begin() as connection:
                connection.execute(text("SET session_replication_role = replica"))
                connection.execute(text("; ".join(f"DELETE FROM {t.name}" for t in self.rows)))
                for table, rows in self.rows.items():
                    if rows:
                        connection.execute(table.insert(), rows)
                connection.execute(text("SET session_replication_role = DEFAULT"))
        db.session.expire_all()
