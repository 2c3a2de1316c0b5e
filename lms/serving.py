"""Serving: the web server over the application, and the jobs that run beside it."""

import os
import signal
import subprocess
import sys
import threading
import time

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from lms import app, clock, settings
from lms.settings import Settings


def run(found: Settings, *, with_jobs: bool, factory: str = "lms.serving:make") -> None:
    """Serve until told to stop; with jobs, keep `lms jobs run` going beside."""
    stop = watch_jobs() if with_jobs else threading.Event()
    try:
        Granian(
            factory,
            factory=True,
            address=found.host,
            port=found.port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=found.threads,
            backpressure=256,
            websockets=False,
            log_access=False,
            log_level=LogLevels.error,
        ).serve()
    finally:
        stop.set()


def make() -> Flask:
    """The application of a serving process, with its settings from the environment."""
    found = settings.read(os.environ)
    clock.steer(found.clock_file)
    return app.create_app(found)


def watch_jobs() -> threading.Event:
    """Keep one `lms jobs run` going beside this process until the event is set."""
    stop = threading.Event()
    command = [sys.executable, "-m", "lms.cli", "jobs", "run", "--parent", str(os.getpid())]

    def watch() -> None:
        while not stop.is_set():
            child = subprocess.Popen(command)  # noqa: S603 - our own command
            while child.poll() is None and not stop.wait(0.3):
                pass
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.wait(10)
            elif not stop.is_set():
                time.sleep(1)

    threading.Thread(target=watch, daemon=True).start()
    return stop
