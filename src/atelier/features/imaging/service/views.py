"""Jobs as people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from atelier.features import assets
from atelier.features.assets import ImageView
from atelier.features.imaging import queries
from atelier.features.imaging.errors import JobNotFound
from atelier.features.imaging.models import Job, JobDetails, JobStage
from atelier.features.imaging.types import JobStatus, Stage
from atelier.kernel.pagination import DEFAULT_LIMIT, Slice, decode_cursor
from atelier.runtime.db import ReadSession
from atelier.runtime.storage import LinkSigner


@dataclass(frozen=True)
class StageLine:
    """A stage of one job: waiting, active, done, or stopped there."""

    stage: Stage
    state: str
    seconds: float | None
    warning: str | None
    output: dict[str, Any]


@dataclass(frozen=True)
class JobLine:
    """A job in a list."""

    job: Job
    source: ImageView | None
    result: ImageView | None

    @property
    def picture(self) -> ImageView | None:
        return self.result or self.source


@dataclass(frozen=True)
class JobView:
    """A job on its own page."""

    job: Job
    details: JobDetails
    stages: Sequence[StageLine]
    source: ImageView | None
    result: ImageView | None

    def output(self, stage: Stage) -> dict[str, Any]:
        return next((line.output for line in self.stages if line.stage is stage), {})


async def view_job(session: ReadSession, signer: LinkSigner, user_id: UUID, job_id: UUID) -> JobView:
    """Raises JobNotFound, for somebody else's job too."""
    job = await queries.find_job(session, user_id, job_id)
    if job is None:
        raise JobNotFound(job=str(job_id))
    (line,) = await view_lines(session, signer, user_id, [job])
    recorded = await queries.list_stages(session, user_id, job_id)
    details = await queries.get_details(session, user_id, job_id)
    return JobView(job, details, _track(job, recorded), line.source, line.result)


async def view_lines(session: ReadSession, signer: LinkSigner, user_id: UUID, jobs: Sequence[Job]) -> Sequence[JobLine]:
    """The jobs with the pictures that they were made from and made, in a fixed number of queries."""
    ids = [job.id for job in jobs]
    inputs = {row.job_id: row.image_id for row in await queries.list_inputs(session, user_id, ids)}
    outputs = {row.job_id: row.image_id for row in await queries.list_outputs(session, user_id, ids) if row.is_chosen}
    wanted = [image_id for image_id in (*inputs.values(), *outputs.values()) if image_id]
    images = await assets.list_images_by_id(session, user_id, wanted)
    views: dict[UUID | None, ImageView] = {
        view.id: view for view in await assets.view_images(session, signer, user_id, images)
    }
    return [JobLine(job, views.get(inputs.get(job.id)), views.get(outputs.get(job.id))) for job in jobs]


async def list_jobs(
    session: ReadSession,
    signer: LinkSigner,
    user_id: UUID,
    *,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
    status: JobStatus | None = None,
) -> Slice[JobLine]:
    """The person's jobs, newest first."""
    rows = await queries.list_jobs(session, user_id, before=decode_cursor(cursor), limit=limit + 1, status=status)
    page = Slice.of(rows, limit, lambda job: job.id)
    return Slice(await view_lines(session, signer, user_id, page.items), page.next_cursor)


def _track(job: Job, recorded: Sequence[JobStage]) -> Sequence[StageLine]:
    done = {row.stage: row for row in recorded}
    return [_stage_line(job, stage, done.get(stage)) for stage in Stage]


def _stage_line(job: Job, stage: Stage, row: JobStage | None) -> StageLine:
    if row is not None:
        state = "warning" if row.warning else "done"
        return StageLine(stage, state, _seconds(row.started_at, row.finished_at), row.warning, row.output)
    if job.stage is stage and job.status is JobStatus.RUNNING:
        return StageLine(stage, "active", None, None, {})
    if job.stage is stage and job.status is JobStatus.FAILED:
        return StageLine(stage, "failed", None, None, {})
    return StageLine(stage, "pending", None, None, {})


def _seconds(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds(), 2)
