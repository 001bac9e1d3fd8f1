"""Smaller copies for pages and lists."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from atelier.adapters.local_engine.child.encoding import EXTENSIONS, HAS_ALPHA, encode
from atelier.adapters.local_engine.child.loading import flatten, load
from atelier.adapters.local_engine.child.protocol import Json


def run_derive(command: Json, progress: Callable[[float], None]) -> Json:
    wanted: list[Mapping[str, Any]] = list(command["wanted"])  # type: ignore[call-overload]
    folder = Path(str(command["folder"]))
    largest = load(Path(str(command["path"])), max(int(spec["longest_edge"]) for spec in wanted))
    made = []
    for number, spec in enumerate(wanted, start=1):
        made.append(_derive(largest, spec, folder))
        progress(number / len(wanted))
    return {"derivatives": made}


def _derive(image: Any, spec: Mapping[str, Any], folder: Path) -> Json:  # noqa: ANN401  pyvips has no types
    kind, edge = str(spec["format"]), int(spec["longest_edge"])
    small = image.thumbnail_image(edge, height=edge, size="down")
    if kind not in HAS_ALPHA:
        small = flatten(small)
    path = folder / (str(spec["name"]) + EXTENSIONS[kind])
    encode(small, path, kind, quality=int(spec["quality"]))
    return {"name": spec["name"], "path": str(path), "format": kind, "width": small.width, "height": small.height}
