"""What part of a picture to keep: level where the cues agree, cropped where the subject is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from atelier.adapters.local_engine.child.analyze import WHOLE
from atelier.adapters.local_engine.child.arrays import Bytes, grey
from atelier.adapters.local_engine.child.picture import take, turned
from atelier.adapters.local_engine.child.protocol import Json
from atelier.adapters.local_engine.child.saliency import best_window, interest
from atelier.adapters.local_engine.child.tilt import find_tilt, level_box

TILT_EDGE, CROP_EDGE = 1024, 384


def run_frame(command: Json, _progress: Callable[[float], None]) -> Json:
    request: Mapping[str, Any] = command["request"]  # type: ignore[assignment]
    rgb = take(Path(str(command["path"])), TILT_EDGE, WHOLE, keep_alpha=False).rgb
    angle, why = find_tilt(grey(rgb)) if request["straighten"] else (0.0, "kept")
    if angle:
        rgb = turned(rgb, angle)
    box = level_box(rgb.shape[1], rgb.shape[0], angle)
    if request["crop"]:
        box, why = _crop(rgb, box, request["aspect"])
    return {"frame": {"angle": angle, "box": [round(value, 5) for value in box]}, "why": why}


def _crop(rgb: Bytes, box: tuple[float, float, float, float], aspect: float | None) -> tuple[Any, str]:
    rows, columns = rgb.shape[:2]
    left, top = round(box[0] * columns), round(box[1] * rows)
    width, height = max(1, round(box[2] * columns)), max(1, round(box[3] * rows))
    level = rgb[top : top + height, left : left + width]
    found, why = best_window(interest(level, CROP_EDGE), aspect or width / height, width / height)
    x, y, across, down = found
    return (box[0] + x * box[2], box[1] + y * box[3], across * box[2], down * box[3]), why
