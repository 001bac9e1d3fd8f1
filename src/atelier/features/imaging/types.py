"""The words of paid image work, and the values that travel between its stages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from atelier.kernel.text import _

Record = Mapping[str, object]
"""JSON that a stage recorded; a later stage, another worker or a page reads it."""


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        return self in {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED}


class Stage(StrEnum):
    """The steps of a pipeline, in their order."""

    ANALYZING = "analyzing"
    CROPPING = "cropping"
    PROMPTING = "prompting"
    GENERATING = "generating"
    CHECKING = "checking"
    DELIVERING = "delivering"

    @property
    def label(self) -> str:
        return STAGE_LABELS[self]


STAGE_LABELS: Mapping[Stage, str] = {
    Stage.ANALYZING: _("Analysing"),
    Stage.CROPPING: _("Cropping"),
    Stage.PROMPTING: _("Describing"),
    Stage.GENERATING: _("Enhancing"),
    Stage.CHECKING: _("Checking"),
    Stage.DELIVERING: _("Delivering"),
}


class Tier(StrEnum):
    """The size of the result: its longest edge in pixels."""

    FREE = "free"
    K1 = "1k"
    K2 = "2k"
    K4 = "4k"

    @property
    def longest_edge(self) -> int:
        return {Tier.FREE: 1024, Tier.K1: 1024, Tier.K2: 2048, Tier.K4: 4096}[self]


@dataclass(frozen=True)
class StageResult:
    """What a stage leaves behind: a JSON record, files by name, and a warning when it made do with a default."""

    record: Record
    files: Mapping[str, Path] = field(default_factory=dict)
    warning: str | None = None


class ErrorClass(StrEnum):
    """Whose fault a failure is decides what follows: see `retry_after`."""

    USER = "user"
    TRANSIENT = "transient"
    QUOTA = "quota"
    CONTENT = "content"
    BUG = "bug"
    WORKER_DEATH = "worker_death"
    DEADLINE = "deadline"
    NEEDS_INPUT = "needs_input"


class InputRole(StrEnum):
    SOURCE = "source"
    BLEND = "blend"
    REFERENCE = "reference"
    MASK = "mask"


class JobSource(StrEnum):
    """Where the wish came from."""

    WEB = "web"
    API = "api"
    MCP = "mcp"
    DRIVE = "drive"
    ANONYMOUS = "anonymous"
    DEMO = "demo"


class Verdict(StrEnum):
    """What the checking stage said."""

    PASSED = "passed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Claim:
    """A job that this worker may work on, for as long as it keeps the lease."""

    job_id: UUID
    user_id: UUID
    attempt: int
    product: str
    failures: int
    max_attempts: int
    hold_id: UUID | None
    cost_held: int


@dataclass(frozen=True)
class Work:
    """All that a worker needs to know to run a claimed job, read once."""

    parameters: Record
    prompt: str | None
    seed: int
    engine: str
    recipe: str
    source_key: str
    source_name: str
    done: Mapping[Stage, "StageDone"]


@dataclass(frozen=True)
class StageDone:
    """A stage as it was recorded; a later attempt goes on from there."""

    record: Record
    files: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Wish:
    """A job to be made."""

    product: str
    image_id: UUID
    options: Record
    prompt: str | None = None
    source: JobSource = JobSource.WEB
    api_key_id: UUID | None = None
    submission_key: str | None = None
    retry_of: UUID | None = None


@dataclass(frozen=True)
class Quote:
    """What a job would cost, and what would be left."""

    product: str
    options: Record
    unit: str
    units: int
    available: int

    @property
    def is_affordable(self) -> bool:
        return self.units <= self.available

    @property
    def left(self) -> int:
        return self.available - self.units
