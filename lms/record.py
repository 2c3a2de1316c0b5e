"""What is done with accounts, sign-ins and jobs, as a person reads it in the record."""

import re
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


def kinds(packages: Iterable[Manifest]) -> dict[str, str]:
    """Each kind of job as a person reads it."""
    return {kind: str(word) for package in packages for kind, word in package.works.items()}


ANSWERS = {
    "400": lazy("it could not be read"),
    "403": lazy("it did not come from our own page"),
    "404": lazy("not there, or not for this person"),
    "405": lazy("not done in this way"),
    "409": lazy("not possible at that moment"),
    "410": lazy("erased"),
    "413": lazy("too large"),
    "429": lazy("too many tries"),
    "500": lazy("a fault of the program"),
    "503": lazy("too much at once"),
}
"""Why something was refused, by the number of the answer."""
MAIL_FAULTS = ("SMTP", "Connection", "Timeout", "gaierror", "SSL", "BrokenPipe")


def why(error: str) -> str:
    """Why a job did not succeed, from the kind of its error."""
    if error == "SMTPRecipientsRefused":
        return gettext("The mail server does not take mail for this address.")
    if error == "SMTPAuthenticationError":
        return gettext("The mail server does not let us in: look at its password in the settings.")
    if error.startswith(MAIL_FAULTS):
        return gettext("The mail server could not be reached, or did not take it.")
    if error == "Erased":
        return gettext("What it was about has been erased.")
    return gettext("A fault of the program: its log says which.")


def _refused(what: str) -> str:
    """A refusal: to open an address or to send something to it, and why."""
    verb, _, rest = what.partition(" ")
    status, _, asked = rest.partition(" ")
    method, _, address = asked.partition(" ")
    if verb != "refused" or not status.isdecimal():
        return what
    if address == "no such address":
        address = gettext("an address that does not exist")
    said = {
        "address": re.sub(r"<[^>]*(>|$)", "…", address),  # the record cuts what is long
        "why": ANSWERS.get(status) or gettext("answered with %(number)s", number=status),
    }
    if method in ("GET", "HEAD"):
        return gettext("refused: opening %(address)s, %(why)s", **said)
    return gettext("refused: sending to %(address)s, %(why)s", **said)
