"""What a product (enhancement, staging, …) gives to the job engine, and what it is given while it runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from atelier.features.assets.ports import Frame
from atelier.features.imaging.types import Record, Stage, StageResult


class StageContext(Protocol):
    """All that a stage may touch: the picture, what was found so far, a scratch folder and a voice. Never a session."""

    @property
    def source(self) -> Path:
        """The untouched original, as a local file. Read only."""

    @property
    def options(self) -> Record:
        """The frozen options of the job, already validated."""

    @property
    def prompt(self) -> str | None:
        """The customer's own words."""

    @property
    def seed(self) -> int: ...

    @property
    def reference(self) -> str:
        """`job:stage`, the same for every attempt: the idempotency key for a provider."""

    @property
    def scratch(self) -> Path:
        """An empty folder that is removed after the stage."""

    def record(self, stage: Stage) -> Record:
        """What an earlier stage recorded."""

    def file(self, stage: Stage, name: str) -> Path:
        """A file that an earlier stage left, as a local copy."""

    async def progress(self, fraction: float) -> None:
        """Say how far this stage is, 0 to 1. Cheap: it is thinned out before it is stored."""


class Step(Protocol):
    """One stage of a pipeline."""

    @property
    def stage(self) -> Stage: ...

    @property
    def is_hard(self) -> bool:
        """Whether its failure fails the job; a soft step falls back to a default and leaves a warning."""

    async def run(self, context: StageContext) -> StageResult:
        """Do the work. It may be run again after a crash, so equal input gives equal output."""


@dataclass(frozen=True)
class Deed:
    """A correction: whether it was made, and why or why not, in the reader's language."""

    label: str
    was_made: bool
    why: str


@dataclass(frozen=True)
class Story:
    """How a picture was made, in words for people: (label, value) of what was measured, and what was done about it."""

    measured: Sequence[tuple[str, str]] = ()
    deeds: Sequence[Deed] = ()
    frame: Frame = field(default_factory=Frame)
    """The part of the source that the result shows."""


def no_story(_records: Mapping[Stage, Record]) -> Story:
    return Story()


@dataclass(frozen=True)
class Pipeline:
    """A product's recipe as code. The version is frozen into each job."""

    product: str
    version: str
    engine: str
    options: type[BaseModel]
    steps: Sequence[Step]
    refuse: Callable[[BaseModel], None]
    """Raises NotSupported for options that the engine cannot do, before anything is held."""

    tell: Callable[[Mapping[Stage, Record]], Story] = no_story
    """Turns what the stages recorded into words."""

    form: str | None = None
    """The route of the page that orders this product; it takes `?job=` to begin from an earlier job."""

    @property
    def recipe(self) -> str:
        """What a job remembers it was made with."""
        return f"{self.product}/{self.version}"


class Pipelines(dict[str, Pipeline]):
    """By product, filled at the composition root."""
