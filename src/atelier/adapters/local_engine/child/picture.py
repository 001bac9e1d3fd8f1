"""A picture as arrays, cut to its frame, at the size it is worked on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyvips

from atelier.adapters.local_engine.child.arrays import Bytes
from atelier.adapters.local_engine.child.loading import flatten, kind_of, load, open_page

SIDEWAYS = range(5, 9)
RGBA = 4


@dataclass(frozen=True)
class Picture:
    """Pixels no larger than the target, the exact target size, and the transparency where it is kept."""

    rgb: Bytes
    alpha: Bytes | None
    size: tuple[int, int]
    scale: float


@dataclass(frozen=True)
class Cut:
    """A frame in numbers: turn by `angle` degrees, then keep the box given in fractions."""

    angle: float
    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of(cls, frame: Mapping[str, Any]) -> "Cut":
        return cls(float(frame["angle"]), *(float(value) for value in frame["box"]))

    @property
    def keeps_all(self) -> bool:
        return self == Cut(0.0, 0.0, 0.0, 1.0, 1.0)


def upright_size(path: Path) -> tuple[int, int]:
    header = open_page(path, kind_of(path))
    turned = header.get_typeof("orientation") and header.get("orientation") in SIDEWAYS
    return (header.height, header.width) if turned else (header.width, header.height)


def take(path: Path, longest_edge: int, frame: Mapping[str, Any], *, keep_alpha: bool) -> Picture:
    """Load what the frame keeps, reduced to the target where it is larger."""
    cut, (width, height) = Cut.of(frame), upright_size(path)
    kept = cut.width * width, cut.height * height
    scale = longest_edge / max(kept)
    size = max(1, round(kept[0] * scale)), max(1, round(kept[1] * scale))
    working = size if scale < 1 else (max(1, round(kept[0])), max(1, round(kept[1])))
    image = load(path, round(max(width, height) * scale) if scale < 1 else None)
    pixels = np.asarray((image if keep_alpha else flatten(image)).numpy(), np.uint8)
    pixels = np.ascontiguousarray(_cut(pixels, cut, working))
    alpha = np.ascontiguousarray(pixels[..., 3]) if pixels.shape[2] == RGBA else None
    return Picture(np.ascontiguousarray(pixels[..., :3]), alpha, size, scale)


def _cut(pixels: Bytes, cut: Cut, size: tuple[int, int]) -> Bytes:
    if cut.angle:
        pixels = turned(pixels, cut.angle)
    rows, columns = pixels.shape[:2]
    width, height = min(size[0], columns), min(size[1], rows)
    left = min(round(cut.x * columns), columns - width)
    top = min(round(cut.y * rows), rows - height)
    pixels = pixels[top : top + height, left : left + width]
    if (width, height) != size:
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return pixels


def turned(pixels: Bytes, angle: float) -> Bytes:
    """Turn about the centre; the corners that fall outside repeat the edge and are cut by the frame."""
    rows, columns = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), angle, 1.0)
    size, repeat = (columns, rows), cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LANCZOS4, borderMode=repeat), np.uint8)


def to_image(rgb: Bytes, alpha: Bytes | None) -> Any:  # noqa: ANN401  pyvips has no types
    pixels = rgb if alpha is None else np.dstack([rgb, alpha])
    return pyvips.Image.new_from_array(pixels, interpretation="srgb")
