"""The command `lms`: everything that an operator does, beside the pages."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
from flask import Flask

from casework import traces
from lms import (
    accounts,
    audit,
    chains,
    clock,
    db,
    files,
    installation,
    jobs,
    keys,
    migrations,
    proofs,
    serving,
    settings,
    tokens,
)
from lms import (
    app as application,
)
from lms.errors import WrongState
from lms.permissions import Actor, Role
from lms.settings import Settings

ANCHOR_EVERY = 300
"""Seconds between two lines of the anchor."""


def read_settings() -> Settings:
    """The settings, or a plain message and exit 2."""
    try:
        found = settings.read(os.environ)
    except settings.WrongSettings as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from error
    clock.steer(found.clock_file)
    return found


def open_database(found: Settings) -> None:
    """Bind the database, the ring and the files of these settings to the process."""
    if not found.keys.exists():
        raise click.ClickException(f"There is no key ring at {found.keys}: run `lms init` first.")
    db.bind(db.connect(found.url, threads=found.threads))
    keys.bind(keys.Ring.load(found.keys))
    files.bind(found.data / "files")


@contextmanager
def at_work(*, write: bool = True) -> Iterator[Settings]:
    """A command's transaction, with the database open and up to date."""
    found = read_settings()
    open_database(found)
    migrations.require_current()
    with db.unit(write=write):
        yield found


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Affianca: the training and the casework of opportunity networks."""
    context.obj = at_work  # what the commands of the packages do their work in


@main.command()
def init() -> None:
    """Make the data folder, the key ring and the database."""
    found = read_settings()
    found.data.mkdir(parents=True, exist_ok=True)
    made = installation.make_ring(found.keys)
    click.echo(f"Key ring {found.keys}: {'made' if made else 'already there'}")
    open_database(found)
    click.echo(f"Database: {migrations.upgrade()}")


@main.command()
def upgrade() -> None:
    """Bring the database to the form that this version needs."""
    found = read_settings()
    open_database(found)
    click.echo(migrations.upgrade(found.application_role))


@main.command()
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="The day that the demo begins from."
)
def demo(today: object) -> None:
    """Fill an empty database with a believable programme, the same every time."""
    from lms import demo as filler

    day = today.date() if today else None  # type: ignore[attr-defined]  # click gives a datetime
    with at_work() as found:
        try:
            filler.fill(day or clock.today(), public_url=found.public_url)
        except installation.NotReady as error:
            raise click.ClickException(str(error)) from error
    show_sign_ins()


def show_sign_ins() -> None:
    from lms import demo as filler

    click.echo(f"One sign-in per role; the password of each is: {filler.PASSWORD}")
    for address, role in filler.SIGN_INS:
        click.echo(f"  {address:28} {role}")


@main.command()
@click.option("--jobs/--no-jobs", "with_jobs", default=True, help="Also run the jobs (default).")
def serve(with_jobs: bool) -> None:
    """Serve the pages; starts and watches `lms jobs run` unless told otherwise."""
    found = read_settings()
    open_database(found)
    migrations.require_current()
    try:
        with db.unit(write=False):
            installation.check(found)
    except installation.NotReady as error:
        raise click.ClickException(str(error)) from error
    db.engine().dispose()
    click.echo(f"Affianca answers on {found.public_url}")
    serving.run(found, with_jobs=with_jobs)


@main.command()
def up() -> None:
    """What `make run` calls: make, fill with the demo and serve whatever is not there yet."""
    os.environ.setdefault("AFFIANCA_MODE", "demo")
    found = read_settings()
    found.data.mkdir(parents=True, exist_ok=True)
    installation.make_ring(found.keys)
    open_database(found)
    migrations.upgrade()
    with db.unit(write=False):
        empty = installation.is_empty()
    if empty:
        from lms import demo as filler

        click.echo("Filling the demo ...")
        with db.unit():
            filler.fill(clock.today(), public_url=found.public_url)
    show_sign_ins()
    db.engine().dispose()
    os.execv(sys.executable, [sys.executable, "-m", "lms.cli", "serve"])  # noqa: S606 - our own


@main.command()
@click.argument("code")
@click.argument("name")
@click.option("--privacy-name", required=True, help="Who answers about personal data.")
@click.option("--privacy-mail", required=True, help="Where to write about personal data.")
@click.option("--hub", "hubs", multiple=True, help="LETTER:NAME:TERRITORY, once per hub.")
def programme(
    code: str, name: str, privacy_name: str, privacy_mail: str, hubs: tuple[str, ...]
) -> None:
    """Make a programme and its hubs."""
    from lms import programmes

    with at_work():
        row = programmes.create(code, name, privacy_name=privacy_name, privacy_mail=privacy_mail)
        for text in hubs:
            letter, hub, territory = text.split(":", 2)
            programmes.add_hub(row, letter, hub, territory)
    click.echo(f"{code}: made, with {len(hubs)} hubs")


@main.command()
@click.argument("address")
@click.argument("name")
@click.argument("role", type=click.Choice([r.value for r in Role]))
@click.option("--programme", required=True, help="The code of the programme.")
def invite(address: str, name: str, role: str, programme: str) -> None:
    """Invite somebody: how the first manager of a programme comes in."""
    from lms import programmes

    with at_work() as found:
        row = programmes.by_code(programme)
        if row is None:
            raise click.ClickException(f"There is no programme {programme}.")
        by = Actor(UUID(int=0), row.id, frozenset(), "lms invite")
        person = accounts.by_mail(address) or accounts.create(address, name)
        accounts.grant(person, Role(role), by=None, programme_id=row.id)
        token = accounts.invitation(person, by=by)
        link = f"{found.public_url}/t/{tokens.written(token.id)}" if token else "(active)"
    click.echo(f"{address} is {role} of {programme}: {link}")


@main.group(name="jobs")
def jobs_group() -> None:
    """Work done outside the requests."""


def _worker() -> Flask:
    found = read_settings()
    app = application.create_app(found)
    migrations.require_current()
    return app


@jobs_group.command("run")
@click.option("--parent", type=int, help="End when this process is gone.")
@click.option("--until-empty", is_flag=True, help="End when nothing is due.")
def jobs_run(parent: int | None, until_empty: bool) -> None:
    """Do jobs as they fall due."""
    app = _worker()
    found: Settings = app.extensions["affianca"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    last = [0.0]

    def anchor() -> None:
        if time.monotonic() - last[0] > ANCHOR_EVERY:
            last[0] = time.monotonic()
            with db.unit(write=False):
                audit.anchor(found.anchor)

    done = jobs.run(
        application.handlers(app),
        application.asker,
        until_empty=until_empty,
        parent=parent,
        around=app.app_context,
        between=anchor,
    )
    click.echo(f"{done} jobs done")


@jobs_group.command("list")
def jobs_list() -> None:
    """The newest jobs and how they went."""
    with at_work(write=False):
        for job in jobs.latest():
            click.echo(
                f"{job.id} {job.state.value:8} {job.kind:16} {job.attempts} {job.error or ''}"
            )


@jobs_group.command("retry")
@click.argument("job_id", type=click.UUID)
def jobs_retry(job_id: UUID) -> None:
    """Give a job that failed for good another series of attempts."""
    with at_work():
        job = db.session.get(jobs.Job, job_id)
        if job is None:
            raise click.ClickException("There is no such job.")
        try:
            jobs.retry(job, by=None)
        except WrongState as refusal:
            raise click.ClickException(str(refusal.message)) from refusal
    click.echo("It will be tried again.")


@main.group(name="audit")
def audit_group() -> None:
    """The tamper-evident record of who did and saw what."""


@audit_group.command("verify")
@click.option("--anchor", type=click.Path(path_type=Path), help="Default: AFFIANCA_ANCHOR.")
def audit_verify(anchor: Path | None) -> None:
    """Check every audit chain, the anchor and the triggers; exit 1 names the first fault."""
    with at_work(write=False) as found:
        report(verify_chains(chains.Kind.AUDIT), audit.anchor_fault(anchor or found.anchor))


def verify_chains(kind: chains.Kind) -> str | None:
    """The first fault in the chains of a kind, or in the protection of the tables."""
    if missing := db.missing_triggers(db.session.connection()):
        return f"table {missing[0]}: its trigger was dropped, so rows can be changed unseen"
    for chain in chains.all_chains(kind):
        count, fault = proofs.verify(chain)
        if fault:
            return str(fault)
        click.echo(f"{kind.value} chain {chain.owner_id}: {count} entries hold")
    return None


def report(*faults: str | None) -> None:
    """Say that all holds, or exit 1 with the first fault."""
    for fault in faults:
        if fault:
            click.echo(fault, err=True)
            raise SystemExit(1)
    click.echo("All holds.")


@audit_group.command("anchor")
def audit_anchor() -> None:
    """Write the heads of all chains, signed, outside the database."""
    with at_work(write=False) as found:
        count = audit.anchor(found.anchor)
    click.echo(f"{count} chains anchored in {found.anchor}")


@audit_group.command("who-saw")
@click.argument("case_id", type=click.UUID)
def audit_who_saw(case_id: UUID) -> None:
    """Who opened a case or its referral, when, and under which permission."""
    with at_work(write=False):
        entries = traces.of_case(case_id)
        names = accounts.names(entry.actor_id for entry in entries)
        for entry in entries:
            name = names.get(entry.actor_id) if entry.actor_id else None
            click.echo(f"{entry.at.isoformat()} {entry.actor_id} {name or '-'}: {entry.what}")


@main.command()
def routes() -> None:
    """Every address, and the permission it asks for."""
    app = _worker()
    for line in application.route_list(app):
        click.echo(line)


@main.command()
def manifests() -> None:
    """What each package hands to the application."""
    for package in application.PACKAGES:
        click.echo(package.name)
        for permission in package.permissions():
            click.echo(f"  permission {permission.name}")
        for extended, role, _ in package.grants:
            click.echo(f"  grant {extended.name} to {role.value}")
        for tab in package.navigation:
            click.echo(f"  tab {tab.endpoint}")
        for link in package.foot:
            click.echo(f"  foot {link.endpoint}")
        for kind in package.jobs:
            click.echo(f"  job {kind}")


@main.command()
def words() -> None:
    """Bring the catalogues up to date with the sources; says what is still to be translated."""
    from lms import catalogue

    for line in catalogue.update():
        click.echo(line)


@main.command("bench")
@click.option("--json", "as_json", is_flag=True)
@click.option("--sign-ins", type=click.IntRange(1, 3000), help="So many people sign in instead.")
@click.option("--within", type=click.FloatRange(1, 600), default=60, help="In so many seconds.")
@click.option("--lines", type=click.IntRange(1), help="Verify a register of so many lines instead.")
@click.option(
    "--into", default="", help="For --lines: an empty database; default, a file of its own."
)
@click.option(
    "--certificates",
    type=click.IntRange(1, 100_000),
    help="Instead: certify so many trainees in one batch, in an installation of its own.",
)
def bench_command(
    as_json: bool,
    sign_ins: int | None,
    within: float,
    lines: int | None,
    into: str,
    certificates: int | None,
) -> None:
    """Measure pages against an empty Flask page on the same server."""
    from lms import arrivals, bench, bench_certificates, bulk

    if sign_ins:
        arrivals.run(sign_ins, within, as_json=as_json)
    elif lines:
        bulk.run(lines, into=into)
    elif certificates:
        bench_certificates.run(certificates, as_json=as_json)
    else:
        bench.run(as_json=as_json)


def _add_package_commands() -> None:
    for package in application.PACKAGES:
        for command in package.commands:
            main.add_command(command)


_add_package_commands()

if __name__ == "__main__":
    main()
