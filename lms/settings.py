"""Settings: one frozen value read from AFFIANCA_* variables, checked whole at start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

PREFIX = "AFFIANCA_"
MODES = ("production", "demo")

Value = TypeVar("Value")


class WrongSettings(Exception):
    """One or more variables cannot be used; the message names every one of them."""


@dataclass(frozen=True)
class Settings:
    """Everything that an operator decides about one installation."""

    data: Path = Path("var")
    database_url: str = ""
    keys: Path = Path("var/keys.json")
    anchor: Path = Path("var/anchor.jsonl")
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 16
    mode: str = "production"
    smtp_url: str = ""
    mail_from: str = "affianca@localhost"
    trusted_proxies: int = 0
    application_role: str = ""
    clock_file: Path | None = None

    @property
    def url(self) -> str:
        """The database: PostgreSQL if one is named, else the embedded SQLite file."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'affianca.sqlite3'}"

    @property
    def secure(self) -> bool:
        """Whether people reach the program by https."""
        return self.public_url.startswith("https://")

    @property
    def hostname(self) -> str:
        return urlsplit(self.public_url).hostname or "localhost"


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with http:// or https://")
    return text.rstrip("/")


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return text


def _smtp(text: str) -> str:
    if urlsplit(text).scheme not in ("smtp", "smtps", "smtp+starttls"):
        raise ValueError("must begin with smtp://, smtp+starttls:// or smtps://")
    return text


def _mode(text: str) -> str:
    if text not in MODES:
        raise ValueError("must be production or demo")
    return text


READERS: Mapping[str, Callable[[str], object]] = {
    "data": Path,
    "database_url": _database,
    "keys": Path,
    "anchor": Path,
    "public_url": _address,
    "host": str,
    "port": _number(1, 65535),
    "threads": _number(1, 256),
    "mode": _mode,
    "smtp_url": _smtp,
    "mail_from": str,
    "trusted_proxies": _number(0, 5),
    "application_role": str,
    "clock_file": Path,
}


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in these variables. Raises WrongSettings with every mistake at once."""
    given = {k: v for k, v in environment.items() if k.startswith(PREFIX) and v != ""}
    values: dict[str, object] = {}
    wrong: list[str] = []
    for variable, text in sorted(given.items()):
        name = variable.removeprefix(PREFIX).lower()
        if name not in READERS:
            wrong.append(f"{variable}: there is no such setting")
            continue
        try:
            values[name] = READERS[name](text)
        except ValueError as error:
            wrong.append(f"{variable}: {error}")
    data = values.get("data", Settings.data)
    if isinstance(data, Path):
        values.setdefault("keys", data / "keys.json")
        values.setdefault("anchor", data / "anchor.jsonl")
    if values.get("clock_file") and values.get("mode") != "demo":
        wrong.append("AFFIANCA_CLOCK_FILE: only with AFFIANCA_MODE=demo")
    if wrong:
        raise WrongSettings("These settings cannot be used:\n  " + "\n  ".join(wrong))
    return Settings(**values)  # type: ignore[arg-type]  # each value came from its own reader
