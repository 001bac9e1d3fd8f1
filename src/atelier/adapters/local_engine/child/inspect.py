"""The gate: what the image is, found by its header first and by decoding every pixel last."""

from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import pyvips

from atelier.adapters.local_engine.child.loading import heif, kind_of, open_page
from atelier.adapters.local_engine.child.protocol import Json, Refusal
from atelier.adapters.local_engine.child.structure import check_structure
from atelier.adapters.local_engine.child.tiff import refuse_camera_raw

SIDEWAYS = range(5, 9)
BITS = {"uchar": 8, "char": 8, "ushort": 16, "short": 16, "uint": 32, "int": 32, "float": 32, "double": 64}
COLOURS = {"b-w": "grey", "grey16": "grey", "cmyk": "cmyk", "lab": "lab", "labs": "lab"}
MEGA = 1_000_000


def run_inspect(command: Json, _progress: Callable[[float], None]) -> Json:
    path, bounds = Path(str(command["path"])), _numbers(command["bounds"])
    kind = kind_of(path)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        check_structure(kind, data)
        if kind == "tiff":
            refuse_camera_raw(data)
    try:
        return _inspect(path, kind, bounds)
    except (pyvips.Error, ValueError, EOFError, RuntimeError, SyntaxError, LookupError) as error:
        raise Refusal("damaged-image") from error


def _numbers(bounds: Any) -> dict[str, int]:  # noqa: ANN401  JSON
    return {str(name): int(value) for name, value in bounds.items()}


def _inspect(path: Path, kind: str, bounds: dict[str, int]) -> Json:
    if kind == "heic":
        _check_heif_header(path, bounds)
    first = open_page(path, kind)
    pages = first.get("n-pages") if first.get_typeof("n-pages") else 1
    _check_header((first.width, first.height), pages, bounds)
    for number in range(pages):
        page = open_page(path, kind, number) if number else first
        _check_header((page.width, page.height), pages, bounds)
        if kind != "jpeg" or not _decodes_without_warning(path):
            page.avg()
    return _facts(first, kind, pages)


def _decodes_without_warning(path: Path) -> bool:
    """A JPEG with a part cut out of its middle decodes to grey without an error: the codec only warns."""
    try:
        open_page(path, "jpeg", fail_on="warning").avg()
    except pyvips.Error as error:
        if "Corrupt JPEG data" in str(error):
            raise Refusal("damaged-image") from error
        return False
    return True


def _check_heif_header(path: Path, bounds: dict[str, int]) -> None:
    found = heif().open_heif(str(path))
    _check_header(found.size, len(found), bounds)


def _check_header(size: tuple[int, int], pages: int, bounds: dict[str, int]) -> None:
    width, height = size
    if pages > bounds["max_pages"]:
        raise Refusal("too-many-pages", pages=pages, limit=bounds["max_pages"])
    pixels = width * height * pages
    if pixels > bounds["max_pixels"]:
        raise Refusal("too-many-pixels", megapixels=-(-pixels // MEGA), limit=bounds["max_pixels"] // MEGA)
    if max(width, height) > bounds["max_aspect"] * min(width, height):
        raise Refusal("too-elongated", width=width, height=height)


def _facts(image: Any, kind: str, pages: int) -> Json:  # noqa: ANN401  pyvips has no types
    turn = image.get("orientation") if image.get_typeof("orientation") else 1
    turn = turn if turn in range(1, 9) else 1
    width, height = image.width, image.height
    if turn in SIDEWAYS:
        width, height = height, width
    return {
        "format": kind,
        "width": width,
        "height": height,
        "orientation": turn,
        "pages": pages,
        "bits": image.get("bits-per-sample") if image.get_typeof("bits-per-sample") else BITS.get(image.format, 8),
        "colour": COLOURS.get(image.interpretation, "rgb"),
        "has_alpha": bool(image.hasalpha()),
        "has_icc": bool(image.get_typeof("icc-profile-data")),
    }
