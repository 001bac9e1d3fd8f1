"""The words of paid image work, and the values that travel between its stages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

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
