"""Plant faults one at a time, each on a copy of the checkout: every one must turn its test red.

python -m tests.faults [name ...]. A fault that stays unseen means that the test does not bite; a
fault whose text is no longer there was overtaken by a change of the code, and must be written anew.
"""

import compileall
import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests import (
    databases,
    planted_control,
    planted_outlook,
    planted_paper,
    planted_signin,
    planted_traces,
)
from tests.planted import FAULTS, Fault

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("lms", "courses", "mentoring", "casework", "templates", "tests", "pyproject.toml")
AT_ONCE = 2
PLANTED = (
    *FAULTS,
    *planted_signin.FAULTS,
    *planted_traces.FAULTS,
    *planted_paper.FAULTS,
    *planted_outlook.FAULTS,
    *planted_control.FAULTS,
)


def copy(folder: Path) -> None:
    """The checkout without its environment and history."""
    leave = shutil.ignore_patterns("__pycache__", "vendor", "*.woff2")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=leave)
        else:
            shutil.copy(source, folder / name)
    shutil.copytree(ROOT / "lms/static/vendor", folder / "lms/static/vendor")
    how = py_compile.PycInvalidationMode.CHECKED_HASH  # by what is written, not by when
    compileall.compile_dir(folder, quiet=1, invalidation_mode=how)


def run(folder: Path, tests: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Run these tests in a copy, up to the first that is red."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-x", "-q", "--assert=plain",
         "-p", "no:cacheprovider", "-o", "faulthandler_timeout=60", *tests],
        cwd=folder,
        env={**os.environ, "AFFIANCA_TEST_DATABASE": "sqlite", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=180,
    )  # fmt: skip


def plant(fault: Fault, folder: Path) -> str | None:
    """Put the fault in, run its tests, take it out. What is wrong with it, if anything."""
    path = folder / fault.file
    whole = path.read_text()
    if whole.count(fault.old) != 1:
        return f"its text is {whole.count(fault.old)} times in {fault.file}"
    path.write_text(whole.replace(fault.old, fault.new))
    try:
        done = run(folder, fault.tests)
    except subprocess.TimeoutExpired:
        return None  # a lock that is never given back is red too
    finally:
        path.write_text(whole)
    if done.returncode == 0:
        return "no test saw it"
    if done.returncode != 1:
        return f"its tests could not run:\n{done.stdout[-800:]}{done.stderr[-400:]}"
    return None


def work(folder: Path, faults: list[Fault]) -> list[str]:
    """Plant these, one after the other, in one copy."""
    if not faults:
        return []  # without a name, every test would run
    copy(folder)
    sound = run(folder, dict.fromkeys(name for fault in faults for name in fault.tests))
    if sound.returncode:
        return [f"its tests are red without any fault:\n{sound.stdout[-1500:]}"]
    unseen = []
    for fault in faults:
        wrong = plant(fault, folder)
        print(f"{'red  ' if wrong is None else 'GREEN'} {fault.name}", flush=True)
        if wrong:
            unseen.append(f"{fault.name}: {wrong}")
    return unseen


def main(names: list[str]) -> int:
    chosen = [f for f in PLANTED if not names or f.name in names]
    folders = [databases.memory_folder() for _ in range(AT_ONCE)]
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            shares = [chosen[n::AT_ONCE] for n in range(AT_ONCE)]
            unseen = [line for share in pool.map(work, folders, shares) for line in share]
    finally:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
    for line in unseen:
        print(f"unseen: {line}")
    print(f"{len(chosen) - len(unseen)} of {len(chosen)} planted faults were seen")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
