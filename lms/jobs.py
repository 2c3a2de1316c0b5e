"""Work for later, queued in the same transaction as what asked for it.

A job is done exactly once for what it writes: its effects and the word *done* are one commit. A
worker that dies loses its lease, and another does the job. A long job is many short transactions:
between two of them it keeps its lease, and who takes it over goes on from what is written. Jobs
carry ids, never content.
"""

import json
import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from random import uniform
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms import audit, clock, db
from lms.errors import WrongState
from lms.flow import Word, say
from lms.i18n import lazy
from lms.permissions import Actor

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
log = logging.getLogger(__name__)


class JobState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


say(
    {
        JobState.READY: Word(lazy("waiting"), "", "wait"),
        JobState.RUNNING: Word(lazy("running"), "", "late"),
        JobState.DONE: Word(lazy("done"), "good", "ok"),
        JobState.DEAD: Word(lazy("failed"), "bad", "none"),
    }
)


class Job(db.Model):
    """One piece of work, who asked for it, and how it went."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_run_at", "state", "run_at"),)

    id: Mapped[db.Id]
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programmes.id"))
    asker_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[str] = mapped_column(Text, default="{}")
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    """Two jobs with one key are one job."""
    state: Mapped[JobState] = mapped_column(db.choice(JobState), default=JobState.READY)
    run_at: Mapped[db.Moment]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[db.Moment | None]
    worker: Mapped[str | None] = mapped_column(String(120))
    error: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[db.Moment]
    ended_at: Mapped[db.Moment | None]


Handler = Callable[..., None]
Actors = Callable[[Job], Actor | None]


@dataclass(frozen=True)
class Long:
    """A handler whose work is many transactions of its own: nobody else waits until all is done.

    It is called outside any transaction, with `keep` to be called between two of its own.
    """

    work: Handler

    def __call__(self, **facts: Any) -> None:
        self.work(**facts)


class Overtaken(Exception):
    """Another worker has this job now: the lease was lost."""


# Operations


def ask(
    kind: str,
    *,
    by: Actor | None,
    key: str | None = None,
    after: timedelta = timedelta(),
    **arguments: str,
) -> Job | None:
    """Queue a job. Returns None when one with the same key already is."""
    if key and db.session.scalar(select(Job.id).where(Job.key == key)):
        return None
    now = clock.now()
    job = Job(
        programme_id=by.programme_id if by else None,
        asker_id=by.id if by else None,
        kind=kind,
        arguments=json.dumps(arguments),
        key=key,
        run_at=now + after,
        created_at=now,
    )
    db.session.add(job)
    return job


def retry(job: Job, *, by: Actor | None) -> None:
    """Give a job that failed for good another series of attempts. Raises WrongState."""
    if job.state != JobState.DEAD:
        raise WrongState(lazy("Only a job that has failed for good is tried again."))
    job.state, job.attempts, job.run_at, job.error = JobState.READY, 0, clock.now(), None
    job.ended_at = None
    audit.record("job tried again", job, by=by, detail={"kind": job.kind})


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _due() -> Any:
    now = clock.now()
    return or_(
        and_(Job.state == JobState.READY, Job.run_at <= now),
        and_(Job.state == JobState.RUNNING, Job.lease_until < now),
    )


def _claim(worker: str) -> UUID | None:
    """Take the next job that is due, under a lease; None when there is none."""
    with db.unit(write=False):
        if db.session.scalar(select(Job.id).where(_due()).limit(1)) is None:
            return None
    with db.unit():
        job = db.session.scalar(
            select(Job)
            .where(_due())
            .order_by(Job.run_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.state, job.worker = JobState.RUNNING, worker
        job.lease_until, job.attempts = clock.now() + LEASE, job.attempts + 1
        return job.id


def _finish(job_id: UUID, worker: str) -> bool:
    """Say *done*, in the transaction of the effects. False when the lease was lost."""
    done = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
        .values(state=JobState.DONE, ended_at=clock.now(), error=None)
        .returning(Job.id)
    )
    return done.first() is not None


def _fail(job_id: UUID, worker: str, error: str) -> None:
    with db.unit():
        job = db.session.get(Job, job_id, with_for_update=True)
        if job is None or job.worker != worker or job.state != JobState.RUNNING:
            return
        job.error = error[:400]
        if job.attempts >= MOST_ATTEMPTS:
            job.state, job.ended_at = JobState.DEAD, clock.now()
        else:
            wait = 2**job.attempts * uniform(0.8, 1.2)  # noqa: S311 - spreads retries, no secret
            job.state, job.run_at = JobState.READY, clock.now() + timedelta(seconds=wait)


def run_one(worker: str, handlers: Mapping[str, Handler], actor: Actors) -> bool:
    """Do one job that is due. Returns whether there was one."""
    job_id = _claim(worker)
    if job_id is None:
        return False
    try:
        _work(job_id, worker, handlers, actor)
    except Exception as error:
        # The one place that catches everything: a job that fails is kept, seen and tried again.
        log.exception("job %s failed", job_id)
        _fail(job_id, worker, type(error).__name__)
    return True


def _work(job_id: UUID, worker: str, handlers: Mapping[str, Handler], actor: Actors) -> None:
    with db.scope(write=True):
        job = db.session.get_one(Job, job_id)
        handler, facts, by = handlers[job.kind], json.loads(job.arguments), actor(job)
        if not isinstance(handler, Long):
            handler(**facts, by=by)
            if _finish(job_id, worker):
                db.session.commit()
            else:
                db.session.rollback()
            return
    handler(**facts, by=by, keep=partial(_renew, job_id, worker))
    with db.unit():
        _finish(job_id, worker)


def _renew(job_id: UUID, worker: str) -> None:
    """Keep the lease of a long job. Raises Overtaken when it was lost."""
    with db.unit():
        kept = db.session.execute(
            update(Job)
            .where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
            .values(lease_until=clock.now() + LEASE)
            .returning(Job.id)
        )
        if kept.first() is None:
            raise Overtaken(str(job_id))


def run(
    handlers: Mapping[str, Handler],
    actor: Actors,
    *,
    until_empty: bool = False,
    parent: int | None = None,
    around: Callable[[], AbstractContextManager[object]],
    between: Callable[[], None] = lambda: None,
) -> int:
    """Do jobs as they fall due; ends when empty if told so, or when the parent process is gone.

    `between` is called before each look for work: what has to happen every few minutes.
    """
    worker, done = worker_name(), 0
    while parent is None or os.getppid() == parent:
        between()
        with around():
            worked = run_one(worker, handlers, actor)
        if worked:
            done += 1
        elif until_empty:
            break
        else:
            time.sleep(0.5)
    return done


# Queries


def named(key: str) -> Job | None:
    """The job that was asked for under this key."""
    return db.session.scalar(select(Job).where(Job.key == key))


def latest(*, most: int = 100) -> list[Job]:
    """The newest jobs of the installation."""
    return list(db.session.scalars(select(Job).order_by(Job.created_at.desc()).limit(most)))


def of_programme(programme_id: UUID, *, most: int, start: int = 0) -> tuple[list[Job], int]:
    """The newest jobs of a programme and of none; how many in all."""
    mine = or_(Job.programme_id == programme_id, Job.programme_id.is_(None))
    query = select(Job).where(mine).order_by(Job.created_at.desc(), Job.id)
    count = select(func.count()).select_from(Job).where(mine)
    found = db.session.scalars(query.limit(most).offset(start))
    return list(found), db.session.scalar(count) or 0
