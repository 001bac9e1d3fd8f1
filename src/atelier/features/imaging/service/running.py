"""What a worker may write, each write fenced by the attempt that it claimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier.features import assets, credits
from atelier.features.assets import ImageSource, PreparedImage
from atelier.features.imaging import queries
from atelier.features.imaging.errors import LostLease
from atelier.features.imaging.messages import JobDelivered, JobFailed
from atelier.features.imaging.models import JobOutput
from atelier.features.imaging.service.signals import announce
from atelier.features.imaging.types import Claim, ErrorClass, Stage, StageDone, Work
from atelier.runtime.db import ReadSession, Session
from atelier.runtime.events import publish
from atelier.runtime.telemetry import JOBS_ENDED

PERMILLE = 1000


@dataclass(frozen=True)
class Failure:
    """What went wrong, whose fault it is, and what to do: `wait` seconds and again, or give up when None."""

    error_class: ErrorClass
    code: str
    message: str
    wait: float | None
    is_counted: bool = True


async def claim_jobs(session: Session, worker_id: str, *, limit: int, lease: float) -> Sequence[Claim]:
    """Take the next jobs; their pages are told."""
    claims = await queries.claim_jobs(session, worker_id, limit=limit, lease=lease)
    for claim in claims:
        announce(session, claim.user_id)
    return claims


async def get_work(session: ReadSession, claim: Claim) -> Work:
    """The job's wish, its source, and what earlier attempts have finished."""
    row = await queries.get_work_row(session, claim.user_id, claim.job_id)
    stages = await queries.list_stages(session, claim.user_id, claim.job_id)
    return Work(
        parameters=row.parameters,
        prompt=row.prompt,
        seed=row.seed,
        engine=row.engine,
        recipe=row.recipe,
        source_key=row.storage_key,
        source_name=row.name or "photo",
        done={stage.stage: StageDone(stage.output, stage.files) for stage in stages},
    )


async def keep_lease(session: Session, claim: Claim, lease: float) -> None:
    """Raises LostLease when the job is no longer this worker's."""
    if not await queries.beat(session, claim, lease):
        raise LostLease


async def say_progress(session: Session, claim: Claim, stage: Stage, fraction: float, *, lease: float) -> None:
    """Store and announce where the job is. Raises LostLease."""
    progress = max(0, min(PERMILLE, round(fraction * PERMILLE)))
    if not await queries.advance(session, claim, stage, progress=progress, lease=lease):
        raise LostLease
    announce(session, claim.user_id)


async def finish_stage(
    session: Session, claim: Claim, stage: Stage, values: Mapping[str, Any], *, lease: float
) -> None:
    """Record a stage's effect once. Raises LostLease, and then nothing is recorded."""
    await say_progress(session, claim, stage, 1.0, lease=lease)
    await queries.record_stage(session, claim, stage, values)


async def complete_job(session: Session, claim: Claim, prepared: PreparedImage, *, now: datetime) -> None:
    """Deliver: the picture, the capture and the final state in one transaction.

    Raises LostLease when a cancel, the deadline or another attempt was first, and then nothing is delivered or charged.
    """
    if not await queries.succeed(session, claim, claim.cost_held):
        raise LostLease
    image = await assets.keep_image(session, claim.user_id, prepared, ImageSource.JOB)
    session.add(
        JobOutput(
            user_id=claim.user_id,
            job_id=claim.job_id,
            number=1,
            image_id=image.id,
            file_id=image.file_id,
            is_chosen=True,
            captured_units=claim.cost_held,
        )
    )
    await session.flush()  # its place is before the money, as in the lock order
    if claim.hold_id is not None:
        captured = await credits.capture_hold(
            session, claim.hold_id, claim.cost_held, product=claim.product, now=now, source_id=claim.job_id
        )
        if not captured:
            raise LostLease
    await publish(
        session,
        JobDelivered(job_id=claim.job_id, user_id=claim.user_id, product=claim.product, units=claim.cost_held),
    )
    announce(session, claim.user_id)
    JOBS_ENDED.labels(claim.product, "succeeded").inc()


async def give_up(session: Session, claim: Claim, failure: Failure, *, now: datetime) -> None:
    """End this attempt: queued again after a wait, or failed with the units given back. Nothing without the lease."""
    if failure.wait is not None:
        ours = await queries.put_back(
            session,
            claim,
            wait=failure.wait,
            counted=failure.is_counted,
            error_class=failure.error_class,
            error_code=failure.code,
        )
        if ours:
            announce(session, claim.user_id)
        return
    if not await queries.fail(session, claim, failure.error_class, failure.code):
        return
    await queries.set_error_message(session, claim.job_id, failure.message)
    if claim.hold_id is not None:
        await credits.release_hold(session, claim.hold_id, now=now)
    await publish(
        session,
        JobFailed(job_id=claim.job_id, user_id=claim.user_id, product=claim.product, error_code=failure.code),
    )
    announce(session, claim.user_id)
    JOBS_ENDED.labels(claim.product, "failed").inc()


async def hand_back(session: Session, claim: Claim) -> None:
    """A worker that stops gives its job back at once; no try is used up."""
    if await queries.put_back(session, claim, wait=0, counted=False, error_class=None, error_code=None):
        announce(session, claim.user_id, has_work=True)
