"""The wheel: installed away from the checkout, it holds all four packages and serves a page."""

import os
import subprocess
import sys
import zipfile

import pytest

from tests.sources import PACKAGES, ROOT

SERVE = """
import os, pathlib
from lms import app, settings
import courses, mentoring, casework, lms
here = pathlib.Path(os.environ["INSTALLED"]).resolve()
for package in (lms, courses, mentoring, casework):
    assert pathlib.Path(package.__file__).resolve().is_relative_to(here), package.__file__
from lms import paths
for place in (paths.templates(), paths.static(), paths.fonts(), paths.translations(),
              paths.content(), paths.migrations(), paths.refused_passwords()):
    assert place.exists() and place.is_relative_to(here), place
served = app.create_app(settings.read(os.environ))
answer = served.test_client().get("/sign-in", headers={"Accept-Language": "it"})
assert answer.status_code == 200, answer.status_code
assert "Accedi" in answer.text or "Entra" in answer.text, answer.text
style = served.test_client().get("/static/affianca.css")
assert style.status_code == 200 and len(style.data) > 1000
print("served")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*command, "--no-deps", "--no-index", "--target", folder, wheel], check=True)
    return folder


def test_it_holds_the_packages_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_it_works_away_from_the_checkout(installed, tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AFFIANCA_")} | {
        "PYTHONPATH": str(installed),
        "INSTALLED": str(installed),
        "AFFIANCA_DATA": str(tmp_path / "var"),
    }
    run = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
    made = subprocess.run([sys.executable, "-m", "lms.cli", "init"], **run)
    assert made.returncode == 0, made.stderr
    served = subprocess.run([sys.executable, "-c", SERVE], **run)
    assert served.returncode == 0, served.stderr
    assert served.stdout.strip() == "served"
