"""Ending jobs from outside the worker: a cancel, a lost worker, a passed deadline."""

from datetime import datetime
from uuid import UUID

import structlog

from atelier.features import credits
from atelier.features.imaging import queries
from atelier.features.imaging.errors import JobEnded, JobNotFound
from atelier.features.imaging.messages import JobFailed
from atelier.features.imaging.service.signals import announce
from atelier.features.imaging.types import JobStatus
from atelier.runtime.db import DbRole, Session, Sessions
from atelier.runtime.events import publish
from atelier.runtime.telemetry import JOBS_ENDED

log = structlog.get_logger(__name__)

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


async def sweep_jobs(sessions: Sessions, *, now: datetime) -> int:
    """Take up jobs whose worker went silent, stop the poisonous and the overdue, one by one; how many."""
    async with sessions.read(role=DbRole.SYSTEM) as reader:
        stray = await queries.list_stray(reader, BATCH)
    touched = 0
    for job_id in stray:
        try:
            async with sessions.begin(role=DbRole.SYSTEM) as session:
                touched += await _take_up(session, job_id, now)
        except Exception:
            log.exception("stray_job_stuck", job_id=str(job_id))
    return touched


async def _take_up(session: Session, job_id: UUID, now: datetime) -> int:
    row = await queries.take_stray(session, job_id, deaths=MAX_WORKER_DEATHS)
    if row is None:
        return 0
    announce(session, row.user_id, has_work=row.status != JobStatus.FAILED)
    if row.status == JobStatus.FAILED:
        if row.hold_id is not None:
            await credits.release_hold(session, row.hold_id, now=now)
        failed = JobFailed(job_id=row.id, user_id=row.user_id, product=row.product, error_code=row.error_code)
        await publish(session, failed)
        JOBS_ENDED.labels(row.product, "failed").inc()
    return 1
