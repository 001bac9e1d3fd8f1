"""The statements of the job engine. Claims, heartbeats and endings are plain SQL: each decides a race by itself."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import insert

from atelier.features.imaging.models import Job, JobDetails, JobInput, JobOutput, JobStage
from atelier.features.imaging.types import Claim, ErrorClass, JobStatus, Stage
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session

CLAIM = text(
    """
    UPDATE jobs SET status = 'running', attempt = attempt + 1, worker_id = :worker_id, revision = revision + 1,
        lease_until = clock_timestamp() + :lease * interval '1 second',
        started_at = coalesce(started_at, clock_timestamp())
    WHERE id IN (
        SELECT id FROM jobs WHERE status = 'queued' AND available_at <= clock_timestamp()
        ORDER BY turn, id LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    RETURNING id, user_id, attempt, product, failures, max_attempts, hold_id, cost_held
    """
)
BEAT = text(
    """
    UPDATE jobs SET lease_until = clock_timestamp() + :lease * interval '1 second'
    WHERE id = :job_id AND attempt = :attempt AND status = 'running' RETURNING id
    """
)
ADVANCE = text(
    """
    UPDATE jobs SET stage = :stage, progress = :progress, revision = revision + 1,
        lease_until = clock_timestamp() + :lease * interval '1 second'
    WHERE id = :job_id AND attempt = :attempt AND status = 'running' RETURNING revision
    """
)
SUCCEED = text(
    """
    UPDATE jobs SET status = 'succeeded', progress = 1000, revision = revision + 1, cost_captured = :captured,
        lease_until = NULL, worker_id = NULL, finished_at = clock_timestamp(), error_class = NULL, error_code = NULL
    WHERE id = :job_id AND attempt = :attempt AND status = 'running' RETURNING id
    """
)
FAIL = text(
    """
    UPDATE jobs SET status = 'failed', revision = revision + 1, lease_until = NULL, worker_id = NULL,
        finished_at = clock_timestamp(), error_class = :error_class, error_code = :error_code
    WHERE id = :job_id AND attempt = :attempt AND status = 'running' RETURNING id
    """
)
AGAIN = text(
    """
    UPDATE jobs SET status = 'queued', revision = revision + 1, lease_until = NULL, worker_id = NULL,
        failures = failures + :counted, error_class = :error_class, error_code = :error_code,
        available_at = clock_timestamp() + :wait * interval '1 second'
    WHERE id = :job_id AND attempt = :attempt AND status = 'running' RETURNING id
    """
)
CANCEL = text(
    """
    UPDATE jobs SET status = 'canceled', revision = revision + 1, lease_until = NULL, worker_id = NULL,
        finished_at = clock_timestamp()
    WHERE id = :job_id AND user_id = :user_id AND status IN ('queued', 'running') RETURNING hold_id
    """
)
LOST = text(
    """
    UPDATE jobs SET worker_deaths = worker_deaths + 1, revision = revision + 1, lease_until = NULL, worker_id = NULL,
        status = CASE WHEN worker_deaths + 1 >= :deaths THEN 'failed' ELSE 'queued' END,
        error_class = 'worker_death', error_code = 'worker-lost',
        finished_at = CASE WHEN worker_deaths + 1 >= :deaths THEN clock_timestamp() END
    WHERE id = :job_id AND status = 'running' AND lease_until < clock_timestamp()
    RETURNING id, user_id, product, hold_id, status, error_code
    """
)
OVERDUE = text(
    """
    UPDATE jobs SET status = 'failed', revision = revision + 1, lease_until = NULL, worker_id = NULL,
        error_class = 'deadline', error_code = 'deadline-passed', finished_at = clock_timestamp()
    WHERE id = :job_id AND status IN ('queued', 'running') AND deadline_at < clock_timestamp()
    RETURNING id, user_id, product, hold_id, status, error_code
    """
)
RECORD_STAGE = text(
    """
    INSERT INTO job_stages
        (id, user_id, job_id, stage, attempt, output, files, source, warning, started_at, finished_at)
    VALUES (:id, :user_id, :job_id, :stage, :attempt, cast(:output AS jsonb), cast(:files AS jsonb), :source, :warning,
            :started_at, clock_timestamp())
    ON CONFLICT (job_id, stage) DO NOTHING
    """
)


async def claim_jobs(session: Session, worker_id: str, *, limit: int, lease: float) -> Sequence[Claim]:
    """The next jobs whose turn it is; nobody else gets them while the lease lives, by the database's clock."""
    rows = await session.execute(CLAIM, {"worker_id": worker_id, "limit": limit, "lease": lease})
    return [
        Claim(
            job_id=row.id,
            user_id=row.user_id,
            attempt=row.attempt,
            product=row.product,
            failures=row.failures,
            max_attempts=row.max_attempts,
            hold_id=row.hold_id,
            cost_held=row.cost_held,
        )
        for row in rows
    ]


async def beat(session: Session, claim: Claim, lease: float) -> bool:
    """Keep the lease; False when the job is no longer ours."""
    values = {"job_id": claim.job_id, "attempt": claim.attempt, "lease": lease}
    return await session.scalar(BEAT, values) is not None


async def advance(session: Session, claim: Claim, stage: Stage, *, progress: int, lease: float) -> bool:
    """Say where the job is, which also keeps the lease; False when the job is no longer ours."""
    values = {
        "job_id": claim.job_id,
        "attempt": claim.attempt,
        "stage": stage,
        "progress": progress,
        "lease": lease,
    }
    return await session.scalar(ADVANCE, values) is not None


async def succeed(session: Session, claim: Claim, captured: int) -> bool:
    """Whoever gets the row has won the race against a cancel."""
    values = {"job_id": claim.job_id, "attempt": claim.attempt, "captured": captured}
    return await session.scalar(SUCCEED, values) is not None


async def fail(session: Session, claim: Claim, error_class: ErrorClass, error_code: str) -> bool:
    values = {"job_id": claim.job_id, "attempt": claim.attempt, "error_class": error_class, "error_code": error_code}
    return await session.scalar(FAIL, values) is not None


async def put_back(
    session: Session,
    claim: Claim,
    *,
    wait: float,
    counted: bool,
    error_class: ErrorClass | None,
    error_code: str | None,
) -> bool:
    """Queue the job again after `wait` seconds; `counted` uses up one of its tries."""
    values = {
        "job_id": claim.job_id,
        "attempt": claim.attempt,
        "wait": wait,
        "counted": int(counted),
        "error_class": error_class,
        "error_code": error_code,
    }
    return await session.scalar(AGAIN, values) is not None


async def cancel(session: Session, user_id: UUID, job_id: UUID) -> "Row[Any] | None":
    """End an open job; None when it has ended already."""
    return (await session.execute(CANCEL, {"user_id": user_id, "job_id": job_id})).one_or_none()


async def list_stray(session: ReadSession, limit: int) -> Sequence[UUID]:
    """Jobs whose worker went silent, and those past their deadline."""
    rows = await session.execute(
        text(
            """
            (SELECT id FROM jobs WHERE status = 'running' AND lease_until < clock_timestamp() LIMIT :limit)
            UNION
            (SELECT id FROM jobs WHERE status IN ('queued', 'running') AND deadline_at < clock_timestamp() LIMIT :limit)
            """
        ),
        {"limit": limit},
    )
    return [row.id for row in rows]


async def take_stray(session: Session, job_id: UUID, *, deaths: int) -> "Row[Any] | None":
    """End a job that is overdue; else queue one whose worker went silent, or end it when it has cost too many."""
    late = (await session.execute(OVERDUE, {"job_id": job_id})).one_or_none()
    return late or (await session.execute(LOST, {"job_id": job_id, "deaths": deaths})).one_or_none()


async def record_stage(session: Session, claim: Claim, stage: Stage, values: Mapping[str, Any]) -> None:
    """Keep what a stage found, once for each job; the caller has checked the fence in this transaction."""
    row = {
        "id": new_id(),
        "user_id": claim.user_id,
        "job_id": claim.job_id,
        "stage": stage,
        "attempt": claim.attempt,
        **values,
        "output": json.dumps(values["output"]),
        "files": json.dumps(values["files"]),
    }
    await session.execute(RECORD_STAGE, row)


async def add_job(session: Session, values: Mapping[str, Any]) -> UUID | None:
    """None when the person has already submitted with this key."""
    return await session.scalar(insert(Job).values(dict(values)).on_conflict_do_nothing().returning(Job.id))


async def find_job(session: ReadSession, user_id: UUID, job_id: UUID) -> Job | None:
    return await session.scalar(select(Job).where(Job.user_id == user_id, Job.id == job_id, Job.deleted_at.is_(None)))


async def find_job_by_key(session: ReadSession, user_id: UUID, submission_key: str) -> UUID | None:
    return await session.scalar(select(Job.id).where(Job.user_id == user_id, Job.submission_key == submission_key))


async def get_details(session: ReadSession, user_id: UUID, job_id: UUID) -> JobDetails:
    found = select(JobDetails).where(JobDetails.user_id == user_id, JobDetails.job_id == job_id)
    return (await session.scalars(found)).one()


async def list_inputs(session: ReadSession, user_id: UUID, job_ids: Sequence[UUID]) -> Sequence[JobInput]:
    return (
        await session.scalars(select(JobInput).where(JobInput.user_id == user_id, JobInput.job_id.in_(job_ids)))
    ).all()


async def list_outputs(session: ReadSession, user_id: UUID, job_ids: Sequence[UUID]) -> Sequence[JobOutput]:
    outputs = select(JobOutput).where(JobOutput.user_id == user_id, JobOutput.job_id.in_(job_ids))
    return (await session.scalars(outputs.order_by(JobOutput.number))).all()


async def list_stages(session: ReadSession, user_id: UUID, job_id: UUID) -> Sequence[JobStage]:
    stages = select(JobStage).where(JobStage.user_id == user_id, JobStage.job_id == job_id)
    return (await session.scalars(stages.order_by(JobStage.finished_at))).all()


async def list_jobs(
    session: ReadSession, user_id: UUID, *, before: UUID | None, limit: int, status: JobStatus | None = None
) -> Sequence[Job]:
    """Newest first, from below `before`."""
    jobs = select(Job).where(Job.user_id == user_id, Job.deleted_at.is_(None))
    if before is not None:
        jobs = jobs.where(Job.id < before)
    if status is not None:
        jobs = jobs.where(Job.status == status)
    return (await session.scalars(jobs.order_by(Job.id.desc()).limit(limit))).all()


async def list_changed(session: ReadSession, user_id: UUID, *, since: datetime, limit: int = 200) -> Sequence[Job]:
    """Jobs that changed after `since`, oldest change first."""
    jobs = select(Job).where(Job.user_id == user_id, Job.updated_at > since)
    return (await session.scalars(jobs.order_by(Job.updated_at).limit(limit))).all()


async def list_open(session: ReadSession, user_id: UUID, *, limit: int = 200) -> Sequence[Job]:
    jobs = select(Job).where(Job.user_id == user_id, Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]))
    return (await session.scalars(jobs.order_by(Job.id.desc()).limit(limit))).all()


async def count_open(session: ReadSession, user_id: UUID) -> int:
    jobs = select(func.count()).where(Job.user_id == user_id, Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]))
    return await session.scalar(jobs) or 0


async def count_delivered(session: ReadSession, user_id: UUID, *, since: datetime | None = None) -> int:
    jobs = select(func.count()).where(Job.user_id == user_id, Job.status == JobStatus.SUCCEEDED)
    if since is not None:
        jobs = jobs.where(Job.finished_at >= since)
    return await session.scalar(jobs) or 0


async def count_ahead(session: ReadSession, turn: int) -> int:
    """How many queued jobs have their turn before this one; the system counts over all customers."""
    jobs = select(func.count()).where(Job.status == JobStatus.QUEUED, Job.turn < turn)
    return await session.scalar(jobs) or 0


async def set_hold(session: Session, job_id: UUID, hold_id: UUID) -> None:
    await session.execute(text("UPDATE jobs SET hold_id = :hold WHERE id = :job"), {"hold": hold_id, "job": job_id})


async def get_work_row(session: ReadSession, user_id: UUID, job_id: UUID) -> "Row[Any]":
    """A job's wish and its source file, for the worker."""
    row = await session.execute(
        text(
            """
            SELECT d.parameters, d.prompt, d.seed, d.engine, d.recipe, f.storage_key, i.name
            FROM job_details d JOIN job_inputs n ON n.job_id = d.job_id AND n.role = 'source'
            JOIN files f ON f.id = n.file_id LEFT JOIN images i ON i.id = n.image_id
            WHERE d.user_id = :user_id AND d.job_id = :job_id AND f.user_id = d.user_id
            """
        ),
        {"user_id": user_id, "job_id": job_id},
    )
    return row.one()


async def set_error_message(session: Session, job_id: UUID, message: str) -> None:
    await session.execute(
        text("UPDATE job_details SET error_message = :message WHERE job_id = :job"), {"message": message, "job": job_id}
    )


async def find_turn(session: ReadSession, user_id: UUID, job_id: UUID) -> int | None:
    return await session.scalar(select(Job.turn).where(Job.user_id == user_id, Job.id == job_id))
