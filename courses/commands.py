"""The commands of courses: what an operator does beside the pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

import click

from courses import curriculum, folders, proofs, verification
from courses.folders import Course, WrongFolder
from lms import audit, chains, keys, programmes
from lms.chains import Kind
from lms.permissions import Actor
from lms.programmes import Programme
from lms.settings import Settings

AtWork = Callable[..., AbstractContextManager[object]]
FOLDER = click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER"
)


@click.group(name="curriculum")
def curriculum_group() -> None:
    """The course as a folder of lessons and quizzes."""


@curriculum_group.command("check")
@FOLDER
def check(folder: Path) -> None:
    """Read a folder without keeping anything; exit 1 says every place that is not right."""
    course = _read(folder)
    click.echo(f"All holds: {_summary(course)}.")


@curriculum_group.command("import")
@FOLDER
@click.option("--programme", "code", help="The code of the programme, where there are several.")
@click.pass_obj
def import_(at_work: AtWork, folder: Path, code: str | None) -> None:
    """Keep a folder as the next version of the course: a draft, which a manager publishes."""
    course = _read(folder)
    with at_work():
        programme = _programme(code)
        by = Actor(UUID(int=0), programme.id, frozenset(), "lms curriculum import")
        same = curriculum.same(course, programme.id)
        version = same or curriculum.keep(course, by=by)
        number, state = version.number, version.state.value
    if same:
        click.echo(f"Nothing changed: version {number}, {state}, already says this.")
    else:
        click.echo(f"Version {number} is kept as a {state}: {_summary(course)}.")


@click.group(name="hours")
def hours_group() -> None:
    """The register and its ledger of minutes."""


@hours_group.command("verify")
@click.argument(
    "bundle", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--anchor", type=click.Path(exists=True, path_type=Path), help="Default: AFFIANCA_ANCHOR."
)
@click.option("--key", default="", help="The public key that must have signed the bundle.")
@click.pass_obj
def verify(
    at_work: Callable[..., AbstractContextManager[Settings]],
    bundle: Path | None,
    anchor: Path | None,
    key: str,
) -> None:
    """Check every register: chain, rows, page numbers, minutes; exit 1 names the first fault.

    With the path of a control bundle, check that bundle and nothing else: it needs neither a
    database nor the network; exit 1 names each file that was changed.
    """
    if bundle is not None:
        _prove(bundle, key)
        return
    with at_work(write=False) as found:
        fault = verification.unprotected()
        many = verification.processes_for(chains.count(Kind.REGISTER))
        for edition in verification.verify(processes=many):
            if edition.fault or fault:
                fault = fault or f"edition {edition.edition}, {edition.fault}"
                break
            click.echo(
                f"edition {edition.edition}: {edition.pages} pages, {edition.entries} entries, "
                f"{edition.minutes:,} minutes hold"
            )
        fault = fault or audit.anchor_fault(anchor or found.anchor)
    if fault:
        click.echo(fault, err=True)
        raise SystemExit(1)
    click.echo("All holds.")


@hours_group.command("key")
@click.pass_obj
def key(at_work: AtWork) -> None:
    """Print the public key that control bundles of this installation are signed with."""
    with at_work(write=False):
        click.echo(keys.public_key())


def _prove(bundle: Path, key: str) -> None:
    found = proofs.prove(bundle, key=key)
    for fault in found.faults:
        click.echo(fault, err=True)
    if found.faults:
        raise SystemExit(1)
    click.echo(
        f"edition {found.edition}: {found.files} files, {found.pages} pages, "
        f"{found.entries} entries, {found.minutes:,} minutes hold"
    )
    for name in found.erased:
        click.echo(f"{name}: erased before the bundle was made")
    click.echo(f"Signed with the key {found.key}")
    if not key:
        click.echo("Compare it with the one on the closing sheet, or name it with --key.")
    click.echo("All holds.")


def _read(folder: Path) -> Course:
    try:
        return folders.read(folder)
    except WrongFolder as wrong:
        for fault in wrong.faults:
            click.echo(str(fault), err=True)
        things = "thing is" if len(wrong.faults) == 1 else "things are"
        raise click.ClickException(
            f"{len(wrong.faults)} {things} not right, so nothing was kept."
        ) from wrong


def _summary(course: Course) -> str:
    units = [unit for module in course.modules for unit in module.units]
    asked = sum(len(unit.questions) for unit in units)
    return (
        f"{len(course.modules)} modules, {len(units)} units, "
        f"{course.facts['minutes']:,} minutes, {asked} questions"
    )


def _programme(code: str | None) -> Programme:
    row = programmes.by_code(code) if code else programmes.only()
    if row is None:
        raise click.ClickException(
            f"There is no programme {code}." if code else "Say which: --programme CODE."
        )
    return row
