"""Jobs as the API takes and shows them."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from atelier.features.imaging.models import Job
from atelier.features.imaging.service import JobLine, JobView
from atelier.features.imaging.service.views import StageLine
from atelier.features.imaging.types import ErrorClass, JobStatus, Quote, Stage

OPTIONS: JsonDict = {"tier": "2k"}


class QuoteCreate(BaseModel):
    """What a job would cost."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"product": "enhancement", "options": OPTIONS}]}
    )

    product: str = Field(max_length=64, description="The product's code in the catalogue.")
    options: dict[str, Any] = Field(
        default_factory=dict, description="The product's options; what is left out is default."
    )


class QuoteRead(BaseModel):
    product: str
    options: dict[str, Any] = Field(description="All options, the defaults filled in.")
    unit: str
    units: int = Field(description="The price.")
    available: int = Field(description="What you can spend now.")
    left: int = Field(description="What would be left.")
    is_affordable: bool

    @classmethod
    def of(cls, quote: Quote) -> Self:
        return cls.model_validate(quote, from_attributes=True)


class JobCreate(BaseModel):
    """A job to be made from one image."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"product": "enhancement", "image": "01935e0f-7c1b-7cc0-9d7a-0a1b2c3d4e5f", "options": OPTIONS}
            ]
        },
    )

    product: str = Field(max_length=64, description="The product's code in the catalogue.")
    image: UUID = Field(description="The image to work on, as answered by `POST /uploads`.")
    options: dict[str, Any] = Field(
        default_factory=dict, description="The product's options; what is left out is default."
    )
    prompt: str | None = Field(None, max_length=4000, description="Your own words for this picture.")


class JobLinks(BaseModel):
    """Where to go on."""

    status: str
    events: str
    cancel: str
    result: str


class StageRead(BaseModel):
    """A stage: `pending`, `active`, `done`, `warning` (done with a default) or `failed`."""

    name: Stage
    state: str
    seconds: float | None
    note: str | None

    @classmethod
    def of(cls, line: StageLine) -> Self:
        return cls(name=line.stage, state=line.state, seconds=line.seconds, note=line.warning)


class JobError(BaseModel):
    """Why a job failed: nothing was charged."""

    error_class: ErrorClass
    code: str
    message: str | None


class JobRead(BaseModel):
    """A job. `revision` grows with each change and is the id of its events."""

    id: UUID
    product: str
    tier: str
    status: JobStatus
    stage: Stage | None
    progress: float = Field(description="Of the running stage, in percent.")
    revision: int
    unit: str
    cost_held: int = Field(description="Set aside when the job was ordered.")
    cost_captured: int = Field(description="Taken for what was delivered.")
    error: JobError | None
    source_image: UUID | None
    result_image: UUID | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: JobLinks

    @classmethod
    def of(cls, line: JobLine, message: str | None = None) -> Self:
        job = line.job
        return cls(
            id=job.id,
            product=job.product,
            tier=job.tier,
            status=job.status,
            stage=job.stage,
            progress=job.progress / 10,
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


class JobFull(JobRead):
    """A job with its stages, its options and what was measured."""

    stages: list[StageRead]
    options: dict[str, Any]
    prompt: str | None
    recipe: str
    engine: str
    analysis: dict[str, Any]
    engine_prompt: str | None
    position: int | None = Field(None, description="How many jobs have their turn before this one.")

    @classmethod
    def of_view(cls, view: JobView, position: int | None = None) -> Self:
        short = JobRead.of(JobLine(view.job, view.source, view.result), view.details.error_message)
        prompt = view.output(Stage.PROMPTING).get("prompt")
        return cls(
            **short.model_dump(),
            stages=[StageRead.of(line) for line in view.stages],
            options=view.details.parameters,
            prompt=view.details.prompt,
            recipe=view.details.recipe,
            engine=view.details.engine,
            analysis=view.output(Stage.ANALYZING),
            engine_prompt=str(prompt) if prompt else None,
            position=position,
        )


class JobPage(BaseModel):
    items: list[JobRead]
    next_cursor: str | None


def links(job_id: UUID) -> JobLinks:
    base = f"/api/v1/jobs/{job_id}"
    return JobLinks(status=base, events=f"{base}/events", cancel=f"{base}/cancel", result=f"{base}/result")


def _error(job: Job, message: str | None) -> JobError | None:
    if job.status is not JobStatus.FAILED or job.error_class is None:
        return None
    return JobError(error_class=job.error_class, code=job.error_code or "unknown", message=message)
