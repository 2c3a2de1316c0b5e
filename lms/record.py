"""What is done with accounts and sign-ins, as the audit record says it."""

from collections.abc import Iterable

from lms.i18n import gettext, lazy
from lms.manifest import Manifest

RECORD = {
    "account invited": lazy("Account invited"),
    "role granted": lazy("Role given"),
    "language changed": lazy("Language changed"),
    "password chosen by invitation": lazy("Password chosen by the link of an invitation"),
    "password chosen by password": lazy("Password chosen by the link for a forgotten one"),
    "password changed": lazy("Password changed"),
    "password given again": lazy("Password given again"),
    "signed in": lazy("Signed in"),
    "signed out": lazy("Signed out"),
    "other sign-ins ended": lazy("Other sign-ins ended"),
    "programme changed": lazy("Another programme chosen"),
    "second factor enrolled": lazy("Second factor added"),
    "second factor shown": lazy("Second factor shown"),
    "refused sign-in": lazy("A sign-in failed"),
    "refused second factor": lazy("A wrong code"),
    "refused password": lazy("A wrong password, given again"),
    "job tried again": lazy("A job tried again"),
}


def said(packages: Iterable[Manifest], whats: Iterable[str]) -> dict[str, str]:
    """Each of these as a person reads it: an act, what was opened, what was refused."""
    packages = list(packages)
    words = {what: str(word) for package in packages for what, word in package.record.items()}
    for package in packages:
        for permission in package.permissions():
            title = gettext("opened under “%(permission)s”", permission=permission.title)
            words[f"open {permission.name}"[:80]] = title
    words["open account"] = gettext("opened in one’s own account")
    words["open command"] = gettext("opened by a command or a job")
    return {what: words.get(what) or _refused(what) for what in whats}


def _refused(what: str) -> str:
    verb, _, rest = what.partition(" ")
    return gettext("refused: %(what)s", what=rest) if verb == "refused" else what
