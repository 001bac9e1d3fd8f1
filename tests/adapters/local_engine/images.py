"""Makes real image files, sound and hostile ones."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

from atelier.adapters.local_engine.child.arrays import light_of, to_bytes, to_srgb

Pixels = NDArray[np.uint8]
DEMO = Path("src/atelier/entrypoints/demo/photo.jpg")
QUADRANTS = ((230, 30, 30), (30, 200, 40), (40, 60, 220), (220, 210, 40))


def quadrants(width: int = 96, height: int = 64) -> Image.Image:
    """Red, green / blue, yellow: any turn or mirroring shows."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = QUADRANTS[0], QUADRANTS[1]
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = QUADRANTS[2], QUADRANTS[3]
    return Image.fromarray(pixels)


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quadrants."""
    rgb = np.asarray(image.convert("RGB"))
    rows, columns = rgb.shape[:2]
    places = ((1, 1), (1, 3), (3, 1), (3, 3))
    return [tuple(int(value) for value in rgb[rows * down // 4, columns * across // 4]) for down, across in places]


def is_close(found: Sequence[tuple[int, ...]], wanted: Sequence[tuple[int, ...]], *, within: int = 12) -> bool:
    return bool(np.abs(np.array(found, int) - np.array(wanted, int)).max() <= within)


def demo_pixels(width: int = 480) -> Pixels:
    return np.asarray(Image.open(DEMO).resize((width, width * 9 // 16), Image.Resampling.LANCZOS))


def lit(rgb: Pixels, factor: float) -> Pixels:
    """The photo with that share of its light."""
    return to_bytes(to_srgb(light_of(rgb) * np.float32(factor)))


def noisy(rgb: Pixels, sigma: float) -> Pixels:
    noise = np.random.default_rng(7).normal(0, sigma, rgb.shape)
    return np.clip(rgb + noise + 0.5, 0, 255).astype(np.uint8)


def psnr(first: Pixels, second: Pixels) -> float:
    error = float(((first.astype(float) - second.astype(float)) ** 2).mean())
    return 99.0 if error == 0 else 10 * float(np.log10(255**2 / error))


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (image or quadrants()).save(file, "JPEG", **{"quality": 95, "subsampling": 0, **options})
    return file.getvalue()


def png(image: Image.Image | None = None) -> bytes:
    file = io.BytesIO()
    (image or quadrants()).save(file, "PNG")
    return file.getvalue()


def zipped(name: str = "META-INF/MANIFEST.MF") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "Main-Class: Evil")
    return file.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(side: int = 30_000) -> bytes:
    """A small file of side x side black and white pixels."""
    rows, packer = (side + 7) // 8 + 1, zlib.compressobj(9)
    block = bytes(rows * 1000)
    packed = b"".join(packer.compress(block) for _ in range(side // 1000)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def vips_image(rgb: Pixels) -> "pyvips.Image":
    return pyvips.Image.new_from_array(rgb).copy(interpretation="srgb")
