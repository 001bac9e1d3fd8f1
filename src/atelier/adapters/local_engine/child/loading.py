"""Opens images with libvips (and HEIC with pillow-heif): only the formats that we accept, only as upright sRGB."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyvips

from atelier.adapters.local_engine.child.protocol import Refusal
from atelier.adapters.local_engine.child.sniff import HEAD, sniff

if TYPE_CHECKING:
    from types import ModuleType

ALLOWED = ("Jpeg", "Png", "Webp", "Heif", "Tiff")
FAIL_ON = "error"
RGB = 3
WHITE = [255, 255, 255]

# An allow-list: a loader that a newer libvips brings stays shut until someone opens it here.
pyvips.operation_block_set("VipsForeignLoad", True)  # noqa: FBT003  the C function's own signature
for _name in ALLOWED:
    pyvips.operation_block_set(f"VipsForeignLoad{_name}", False)  # noqa: FBT003
pyvips.cache_set_max(0)

Image = Any
"""A `pyvips.Image`; the library carries no types."""


def kind_of(path: Path) -> str:
    with path.open("rb") as file:
        return sniff(file.read(HEAD))


def open_page(path: Path, kind: str, page: int = 0, *, fail_on: str = FAIL_ON) -> Image:
    """The header of one page; pixels follow when they are asked for."""
    if kind == "heic":
        return _from_heif(path, page)
    options: dict[str, object] = {"fail_on": fail_on, "access": "sequential"}
    if page:
        options["page"] = page
    return pyvips.Image.new_from_file(str(path), **options)


def heif() -> "ModuleType":
    try:
        return importlib.import_module("pillow_heif")
    except ImportError as error:
        raise Refusal("heic-not-installed") from error


def _from_heif(path: Path, page: int) -> Image:
    frame = heif().open_heif(str(path), convert_hdr_to_8bit=True)[page]
    bands = len(frame.mode)
    packed = bytes(frame.data) if frame.stride == frame.size[0] * bands else _unpadded(frame, bands)
    image = pyvips.Image.new_from_memory(packed, *frame.size, bands, "uchar")
    image = image.copy(interpretation="srgb" if bands >= RGB else "b-w")
    profile = frame.info.get("icc_profile")
    if profile:
        image = image.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _unpadded(frame: Any, bands: int) -> bytes:  # noqa: ANN401  pillow-heif's own class, loaded by name
    width, height = frame.size
    rows, data = width * bands, memoryview(frame.data)
    return b"".join(data[row * frame.stride : row * frame.stride + rows] for row in range(height))


def load(path: Path, longest_edge: int | None = None) -> Image:
    """An upright 8-bit sRGB image with 3 bands, or 4 with transparency, no larger than asked."""
    kind, edge = kind_of(path), longest_edge or 1_000_000
    sized: dict[str, object] = {"height": edge, "size": "down", "export_profile": "srgb"}
    try:
        if kind == "jpeg":
            image = pyvips.Image.thumbnail(str(path), edge, fail_on=FAIL_ON, **sized)
        else:
            # Not the loader's own thumbnail: a TIFF or AVIF may carry a small copy that shows something else.
            image = open_page(path, kind).thumbnail_image(edge, **sized)
        return _as_srgb(image)
    except pyvips.Error as error:
        raise Refusal("damaged-image") from error


def _as_srgb(image: Image) -> Image:
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    if image.format != "uchar":
        image = image.cast("uchar")
    return image.copy_memory()


def flatten(image: Image) -> Image:
    return image.flatten(background=WHITE) if image.hasalpha() else image


def written_metadata(path: Path) -> Sequence[str]:
    """What a file says beyond its pixels, its colours and how it was compressed."""
    spoken = ("exif", "xmp", "iptc", "png-comment", "photoshop", "gif-comment", "image-description", "jpeg-thumbnail")
    return tuple(name for name in open_page(path, kind_of(path)).get_fields() if name.startswith(spoken))
