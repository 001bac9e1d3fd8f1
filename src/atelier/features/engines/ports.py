"""What an image engine is to us, be it this machine or a provider far away."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from atelier.features.engines.types import (
    Adjustments,
    Capabilities,
    EnhanceRequest,
    EnhanceResult,
    FrameFound,
    FrameRequest,
    Health,
    Record,
    StepLog,
)

__all__ = [
    "Adjustments",
    "Capabilities",
    "EnhanceRequest",
    "EnhanceResult",
    "FrameFound",
    "FrameRequest",
    "Health",
    "ImageEngine",
    "Progress",
    "Record",
    "StepLog",
]

Progress = Callable[[float], Awaitable[None]]
"""Told how far the work is, 0 to 1."""


class ImageEngine(Protocol):
    """Raises the errors of `engines.errors`, and those of `assets.errors` where the file is at fault."""

    def capabilities(self) -> Capabilities: ...

    async def health(self) -> Health: ...

    async def analyze(self, source: Path, *, longest_edge: int) -> Record:
        """Measure the faults of the picture at the size it will be worked on."""

    async def frame(self, source: Path, request: FrameRequest) -> FrameFound:
        """Suggest what part to keep; the whole picture when there is no good reason to cut."""

    async def enhance(
        self, source: Path, request: EnhanceRequest, out: Path, *, progress: Progress | None = None
    ) -> EnhanceResult:
        """Write the enhanced picture to `out`. A cancelled call leaves nothing running and no file."""
