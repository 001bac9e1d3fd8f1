"""Jobs in the words of the API."""

from uuid import UUID

from atelier.features.imaging.models import Job
from atelier.features.imaging.schemas import JobError, JobFull, JobLinks, JobRead, StageRead
from atelier.features.imaging.service.views import JobLine, JobView
from atelier.features.imaging.types import JobStatus, Stage

PERCENT = 10
"""Progress is stored in permille."""


def represent(line: JobLine, message: str | None = None) -> JobRead:
    """A job as it stands in lists and answers."""
    job = line.job
    return JobRead(
        id=job.id,
        product=job.product,
        tier=job.tier,
        status=job.status,
        stage=job.stage,
        progress=job.progress / PERCENT,
        revision=job.revision,
        unit=job.unit,
        cost_held=job.cost_held,
        cost_captured=job.cost_captured,
        error=_error(job, message),
        source_image=line.source.id if line.source else None,
        result_image=line.result.id if line.result else None,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        links=links(job.id),
    )


def represent_fully(view: JobView, position: int | None = None) -> JobFull:
    """A job with its stages and what was measured."""
    short = represent(JobLine(view.job, view.source, view.result), view.details.error_message)
    prompt = view.output(Stage.PROMPTING).get("prompt")
    return JobFull(
        **short.model_dump(),
        stages=[
            StageRead(name=line.stage, state=line.state, seconds=line.seconds, note=line.warning)
            for line in view.stages
        ],
        options=view.details.parameters,
        prompt=view.details.prompt,
        recipe=view.details.recipe,
        engine=view.details.engine,
        analysis=view.output(Stage.ANALYZING),
        engine_prompt=str(prompt) if prompt else None,
        position=position,
    )


def links(job_id: UUID) -> JobLinks:
    base = f"/api/v1/jobs/{job_id}"
    return JobLinks(status=base, events=f"{base}/events", cancel=f"{base}/cancel", result=f"{base}/result")


def _error(job: Job, message: str | None) -> JobError | None:
    if job.status is not JobStatus.FAILED or job.error_class is None:
        return None
    return JobError(error_class=job.error_class, code=job.error_code or "unknown", message=message)
