"""One photo, from file to enhanced file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2

from atelier.adapters.local_engine.child.corrections import correct
from atelier.adapters.local_engine.child.encoding import HAS_ALPHA, encode
from atelier.adapters.local_engine.child.enlarge import enlarge
from atelier.adapters.local_engine.child.picture import Picture, take, to_image
from atelier.adapters.local_engine.child.plan import Plan, make_plan
from atelier.adapters.local_engine.child.protocol import Json

LOADED, PLANNED, CORRECTED, ENLARGED = 0.1, 0.25, 0.8, 0.9


def run_enhance(command: Json, progress: Callable[[float], None]) -> Json:
    request: Mapping[str, Any] = command["request"]  # type: ignore[assignment]
    kind, out = str(request["format"]), Path(str(command["out"]))
    longest_edge, keep_alpha = int(request["longest_edge"]), kind in HAS_ALPHA
    picture = take(Path(str(command["path"])), longest_edge, request["frame"], keep_alpha=keep_alpha)
    progress(LOADED)
    plan = make_plan(picture.rgb, request["adjustments"])
    progress(PLANNED)
    rgb = correct(picture.rgb, plan, lambda share: progress(PLANNED + (CORRECTED - PLANNED) * share))
    _log_resize(plan, picture)
    alpha = picture.alpha
    if picture.scale > 1:
        rgb = enlarge(rgb, picture.size)
        alpha = None if alpha is None else cv2.resize(alpha, picture.size, interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    progress(ENLARGED)
    encode(to_image(rgb, alpha), out, kind, quality=int(request["quality"]))
    width, height = picture.size
    return {"width": width, "height": height, "steps": plan.steps, "scale": round(picture.scale, 4)}


def _log_resize(plan: Plan, picture: Picture) -> None:
    rows, columns = picture.rgb.shape[:2]
    why = {-1: "reduced", 0: "same-size", 1: "enlarged"}[(picture.scale > 1) - (picture.scale < 1)]
    numbers = {"scale": picture.scale, "from_width": columns, "from_height": rows}
    plan.log("resize", why, applied=picture.scale != 1, **numbers)
