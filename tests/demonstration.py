"""The demo in a scratch folder, served as an operator would serve it, for browsers and clients."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms import db, files, keys
from lms.settings import Settings
from tests.databases import memory_folder
from tests.sources import ROOT

PASSWORD = re.compile(r"password of each is: (.+)")


@dataclass
class Server:
    """One `lms serve`, and where it answers."""

    url: str
    process: subprocess.Popen

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The variables of an installation in this folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AFFIANCA_")}
    return kept | {"AFFIANCA_DATA": str(folder), "AFFIANCA_MODE": "demo"} | more


def lms(*words: str, **variables: str) -> str:
    """Run a command of the program; its words. Raises when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "lms.cli", *words],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(f"lms {' '.join(words)}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout


ALONE = """
import sys

def refuse(event, _):
    if event in ("socket.connect", "socket.getaddrinfo", "sqlite3.connect"):
        raise SystemExit(f"there is nothing here for {event}")

sys.addaudithook(refuse)
from lms.cli import main
main()
"""


def proved(bundle: Path, *more: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """`lms hours verify BUNDLE` in an empty folder: no settings, no keys, no database, no network.

    Whoever looks for one of the last two comes to an end there.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AFFIANCA_")}
    found = os.pathsep.join([str(ROOT), *filter(None, [kept.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-c", ALONE, "hours", "verify", str(bundle), *more],
        cwd=folder,
        env=kept | {"PYTHONPATH": found},
        capture_output=True,
        text=True,
        timeout=120,
    )


def serve(
    variables: dict[str, str], *words: str, log: Path | None = None, own_group: bool = False
) -> Server:
    """Start `lms serve` on a free port, and wait until it answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    output = log.open("a") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-m", "lms.cli", "serve", *words],
        cwd=ROOT,
        env=variables | {"AFFIANCA_PORT": str(port), "AFFIANCA_PUBLIC_URL": url},
        stdout=output,
        stderr=output,
        start_new_session=own_group,
    )
    if log:
        output.close()
    server = Server(url, process)
    if not answers(url):
        server.stop()
        raise RuntimeError(f"lms serve does not answer on {url}")
    return server


def answers(url: str, *, within: float = 60) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.1)
    return False


@dataclass
class Demonstration:
    """The demo of one folder: its server, its password, and its database for questions."""

    folder: Path
    password: str
    server: Server
    database_url: str = ""

    @property
    def url(self) -> str:
        return self.server.url

    @contextmanager
    def database(self) -> Iterator[Settings]:
        """Bind the demo's database, keys and files to this process for a while."""
        found = Settings(
            data=self.folder,
            keys=self.folder / "keys.json",
            mode="demo",
            database_url=self.database_url,
        )
        engine_before = db._sessions.kw.get("bind")
        ring_before, store_before = keys._rings[:], files._store[:]
        engine = db.connect(found.url, threads=2)
        db.bind(engine)
        keys.bind(keys.Ring.load(found.keys))
        files.bind(found.data / "files")
        try:
            with db.scope(write=False):
                yield found
        finally:
            engine.dispose()
            if engine_before is not None:
                db.bind(engine_before)
            keys._rings[:], files._store[:] = ring_before, store_before


@contextmanager
def demonstration() -> Iterator[Demonstration]:
    """A filled demo, served until the block ends."""
    folder = memory_folder()
    variables = environment(folder)
    try:
        lms("init", **variables)
        said = PASSWORD.search(lms("demo", **variables))
        assert said, "lms demo prints its password"
        server = serve(variables, "--no-jobs", log=folder / "server.log")
        try:
            yield Demonstration(folder, said.group(1).strip(), server)
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
