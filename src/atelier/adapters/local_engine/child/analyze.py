"""What is wrong with a photo, as a record."""

from collections.abc import Callable
from pathlib import Path

from atelier.adapters.local_engine.child.picture import take, upright_size
from atelier.adapters.local_engine.child.plan import describe, make_plan
from atelier.adapters.local_engine.child.protocol import Json

ALL_ON = {"denoise": True, "deblur": True, "white_balance": True, "exposure": True, "look": 0.0}
WHOLE = {"angle": 0.0, "box": (0.0, 0.0, 1.0, 1.0)}


def run_analyze(command: Json, progress: Callable[[float], None]) -> Json:
    path = Path(str(command["path"]))
    width, height = upright_size(path)
    picture = take(path, int(str(command["longest_edge"])), WHOLE, keep_alpha=False)
    progress(0.3)
    found = describe(picture.rgb, make_plan(picture.rgb, ALL_ON))
    rows, columns = picture.rgb.shape[:2]
    return {"width": width, "height": height, "measured_at": [columns, rows], **found}


def run_health(_command: Json, _progress: Callable[[float], None]) -> Json:
    """Everything the engine needs was loaded to get here."""
    return {"ready": True}
