"""Everything that is checked, and what was not run on this machine: python -m tests.run [--quick].

In this order: the tests on SQLite, the same on PostgreSQL, planted faults, processes, the browser.
What this machine has not is said as "not run: ..."; where CI is set, that is a failure too.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests import databases

ROOT = Path(__file__).resolve().parent.parent
JAR = ROOT / ".cache" / "vnu.jar"
PYTEST = ["-m", "pytest", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider"]
ELSEWHERE = ["--ignore=tests/browser", "--ignore=tests/processes"]
FILES = ["tests/test_repository.py", "tests/test_templates.py", "tests/test_words.py",
         "tests/test_architecture.py", "tests/test_wheel.py", "tests/test_privacy.py",
         "tests/test_links.py", "tests/test_stale_forms.py"]  # fmt: skip
"""They look at files, links and what pages say, which are the same on every database."""


SLOW = ["tests/test_wheel.py", "tests/test_sweep.py", "tests/test_links.py",
        "tests/lms/test_hostile.py"]  # fmt: skip
"""They go through every address as every person: left out of --quick, never of the whole."""


def absent():
    """What this machine cannot do, in the words that are printed."""
    found = []
    if not shutil.which("chromium"):
        found.append("browser")
    if databases.programs() is None:
        found.append("postgresql")
    if not shutil.which("java") or not JAR.exists():
        found.append("html")
    return found


def parts(missing, quick):
    """Name, words after python, environment: one line for each thing that is run."""
    on = {"AFFIANCA_TEST_DATABASE": "postgresql"}
    left = [f"--ignore={name}" for name in SLOW] if quick else []
    yield "SQLite", [*PYTEST, *ELSEWHERE, *left, "tests"], {}
    if "postgresql" not in missing and not quick:
        left_out = [f"--ignore={name}" for name in FILES]
        yield "PostgreSQL", [*PYTEST, *ELSEWHERE, *left_out, "tests"], on
    if quick:
        return
    yield "planted faults", ["-m", "tests.faults"], {}
    yield "processes", ["-m", "pytest", "-p", "no:cacheprovider", "tests/processes"], {}
    if "browser" not in missing:
        yield "browser", [*PYTEST, "tests/browser"], {}


def main(arguments):
    quick = "--quick" in arguments
    missing, began = absent(), time.monotonic()
    for name in missing:
        print(f"not run: {name}", flush=True)
    strict = os.environ.get("CI") == "true"
    failed = list(missing) if strict else []
    for name, words, environment in parts(missing, quick):
        print(f"-- {name}", flush=True)
        part_began = time.monotonic()
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=os.environ | environment)
        print(f"-- {name}: {time.monotonic() - part_began:.0f} s", flush=True)
        if done.returncode:
            failed.append(name)
    seconds = time.monotonic() - began
    print(f"{'failed: ' + ', '.join(failed) if failed else 'all passed'}, in {seconds:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
