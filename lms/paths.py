"""Where templates and the files that travel with the code lie, in a checkout and installed."""

from pathlib import Path

HERE = Path(__file__).resolve().parent


def templates() -> Path:
    """The templates: inside the installed package, or beside it in a checkout."""
    installed = HERE / "templates"
    return installed if installed.is_dir() else HERE.parent / "templates"


def static() -> Path:
    return HERE / "static"


def fonts() -> Path:
    return HERE / "fonts"


def translations() -> Path:
    return HERE / "translations"


def refused_passwords() -> Path:
    return HERE / "data" / "refused_passwords.txt"


def migrations() -> Path:
    return HERE / "migrations"


def content() -> Path:
    """The lessons that come with the program."""
    return HERE.parent / "courses" / "content"
