"""Whether a result still shows what its source shows."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from atelier.adapters.local_engine.child.arrays import Bytes, Floats, grey
from atelier.adapters.local_engine.child.loading import written_metadata
from atelier.adapters.local_engine.child.picture import take
from atelier.adapters.local_engine.child.protocol import Json

EDGE = 256
WHOLE = {"angle": 0.0, "box": (0.0, 0.0, 1.0, 1.0)}
WINDOW = (17, 17)
QUIET = 4.0


def run_compare(command: Json, _progress: Callable[[float], None]) -> Json:
    frame: Mapping[str, Any] = command["frame"]  # type: ignore[assignment]
    result = Path(str(command["result"]))
    after = _grey(result, WHOLE)
    before = np.asarray(cv2.resize(_grey(Path(str(command["path"])), frame), after.shape[::-1]), np.uint8)
    return {
        "structure": round(structure(before, after), 4),
        "spread": round(float(after.std()), 2),
        "source_spread": round(float(before.std()), 2),
        "metadata": list(written_metadata(result)),
    }


def _grey(path: Path, frame: Mapping[str, Any]) -> Bytes:
    luma = grey(take(path, EDGE, frame, keep_alpha=False).rgb)
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), 1.0), np.uint8)


def structure(before: Bytes, after: Bytes) -> float:
    """Local correlation, weighted by the detail of both: light and colour may change, edges may not."""
    first, second = before.astype(np.float32), after.astype(np.float32)
    first_mean, second_mean = _mean(first), _mean(second)
    first_var, second_var = _mean(first**2) - first_mean**2, _mean(second**2) - second_mean**2
    covariance = _mean(first * second) - first_mean * second_mean
    spread = np.sqrt(np.maximum(first_var, 0) * np.maximum(second_var, 0))
    weight = np.sqrt(spread)
    if float(weight.mean()) < QUIET / 4:
        return 1.0 if max(first.std(), second.std()) < QUIET else 0.0
    correlation = covariance / np.maximum(spread, 1e-3)
    return float((correlation * weight).sum() / weight.sum())


def _mean(values: Floats) -> Floats:
    return np.asarray(cv2.blur(values, WINDOW), np.float32)
