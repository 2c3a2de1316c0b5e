"""The files of the project, as the tests read them: in a checkout or a bare copy of one."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("lms", "courses", "mentoring", "casework")
OURS = (*PACKAGES, "templates", "tests", ".ci")
TOP = ("Makefile", "README.md", "pyproject.toml")
NOT_OURS = {"vendor", "__pycache__", "data", "fonts", "attendance_files"}


@cache
def files():
    """Every text file that people of this project have written."""
    found = [ROOT / name for name in TOP if (ROOT / name).exists()]
    for folder in OURS:
        found += [
            path
            for path in sorted((ROOT / folder).rglob("*"))
            if path.is_file()
            and not NOT_OURS & set(path.relative_to(ROOT).parts)
            and path.suffix not in (".png", ".pyc", ".woff2", ".ttf", ".ico", ".jpg")
        ]
    return found


@cache
def modules():
    """Path and text of each module of the four packages."""
    found = [p for p in files() if p.suffix == ".py"]
    return [
        (str(p.relative_to(ROOT)), p.read_text())
        for p in found
        if p.relative_to(ROOT).parts[0] in PACKAGES
    ]


def python(*packages):
    """The text of all modules of these packages, or of all four."""
    wanted = packages or PACKAGES
    return "\n".join(text for path, text in modules() if path.split("/")[0] in wanted)
