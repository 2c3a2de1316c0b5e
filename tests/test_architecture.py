"""The rules between packages, as written in pyproject.toml."""

from pathlib import Path

from importlinter import cli

ROOT = Path(__file__).resolve().parent.parent


def test_packages_import_each_other_only_as_agreed(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.lint_imports(no_cache=True) == 0
