"""Jobs as the API takes and shows them."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from atelier.features.imaging.types import ErrorClass, JobStatus, Quote, Stage, Tier

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


class JobError(BaseModel):
    """Why a job failed: nothing was charged."""

    error_class: ErrorClass
    code: str
    message: str | None


class JobRead(BaseModel):
    """A job. `revision` grows with each change and is the id of its events."""

    id: UUID
    product: str
    tier: Tier | None
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


class JobPage(BaseModel):
    items: list[JobRead]
    next_cursor: str | None
