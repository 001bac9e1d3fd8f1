"""Ending jobs from outside the worker: a cancel, a lost worker, a passed deadline."""

from datetime import datetime
from uuid import UUID

from atelier.features import credits
from atelier.features.imaging import queries
from atelier.features.imaging.errors import JobEnded, JobNotFound
from atelier.features.imaging.messages import JobFailed
from atelier.features.imaging.service.signals import announce
from atelier.features.imaging.types import JobStatus
from atelier.runtime.db import Session
from atelier.runtime.events import publish
from atelier.runtime.telemetry import JOBS_ENDED

MAX_WORKER_DEATHS = 3
BATCH = 100


async def cancel_job(session: Session, user_id: UUID, job_id: UUID, *, now: datetime) -> None:
    """End an open job and give its units back. Raises JobNotFound, or JobEnded when it was delivered first."""
    canceled = await queries.cancel(session, user_id, job_id)
    if canceled is None:
        job = await queries.find_job(session, user_id, job_id)
        if job is None:
            raise JobNotFound
        if job.status is JobStatus.CANCELED:
            return
        raise JobEnded(status=job.status.value)
    if canceled.hold_id is not None:
        await credits.release_hold(session, canceled.hold_id, now=now)
    announce(session, user_id)


async def sweep_jobs(session: Session, *, now: datetime) -> int:
    """Take up jobs whose worker went silent, stop the poisonous and the overdue; how many were touched."""
    lost = await queries.take_lost(session, deaths=MAX_WORKER_DEATHS, limit=BATCH)
    overdue = await queries.take_overdue(session, limit=BATCH)
    for row in (*lost, *overdue):
        if row.status != JobStatus.FAILED:
            announce(session, row.user_id, has_work=True)
            continue
        if row.hold_id is not None:
            await credits.release_hold(session, row.hold_id, now=now)
        code = "deadline-passed" if row in overdue else "worker-lost"
        await publish(session, JobFailed(job_id=row.id, user_id=row.user_id, product=row.product, error_code=code))
        announce(session, row.user_id)
        JOBS_ENDED.labels(row.product, "failed").inc()
    return len(lost) + len(overdue)
