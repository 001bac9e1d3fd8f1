"""What opens untrusted images for us, far away from this process."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from atelier.features.assets.types import (
    Derivative,
    DerivativeSpec,
    Frame,
    ImageFacts,
    ImageFormat,
    ImageLimits,
    Likeness,
)

__all__ = [
    "Derivative",
    "DerivativeSpec",
    "Frame",
    "ImageDecoder",
    "ImageFacts",
    "ImageFormat",
    "ImageLimits",
    "Likeness",
]


class ImageDecoder(Protocol):
    """Decodes in a limited child process. Nothing that a file holds may harm or stop the caller."""

    async def inspect(self, path: Path, limits: ImageLimits, *, name: str | None = None) -> ImageFacts:
        """Decode every pixel and say what the image is; `name` is what people call the file.

        Raises the errors of `assets.errors`, in the order size, kind, header, pixels.
        """

    async def derive(self, path: Path, wanted: Sequence[DerivativeSpec], folder: Path) -> Sequence[Derivative]:
        """Write smaller copies into `folder`, each as `NAME.EXTENSION`."""

    async def compare(self, source: Path, result: Path, *, frame: Frame | None = None) -> Likeness:
        """Say how alike two images are; `frame` is the part of the source that the result shows."""
