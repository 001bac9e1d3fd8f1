"""Files that must not get in: each is refused for the right reason, by name, and harms nothing."""

import io
from pathlib import Path

import pytest
from PIL import Image

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.adapters.local_engine.process import GIBIBYTE, Allowance, ChildRefused, ChildRunner
from atelier.features.assets import errors
from atelier.features.assets.ports import ImageLimits
from atelier.kernel.errors import AppError
from tests.adapters.local_engine.images import demo_pixels, jpeg, png, png_bomb, quadrants, zipped

SVG = b'<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LIMITS = ImageLimits()


def saved(format_: str, **options: object) -> bytes:
    file = io.BytesIO()
    quadrants().save(file, format_, **options)
    return file.getvalue()


def tiff_pages(count: int) -> bytes:
    pages = [Image.new("RGB", (4, 4)) for _ in range(count)]
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    return file.getvalue()


HOSTILE = {
    "an empty file": (b"", errors.EmptyFile),
    "a text file": (b"Dear sir or madam,\n", errors.NotAnImage),
    "a page": (b"<!doctype html><p>Hello", errors.NotAnImage),
    "an archive": (zipped(), errors.NotAnImage),
    "a drawing": (SVG, errors.SvgNotAccepted),
    "a drawing in UTF-16": (SVG.decode().encode("utf-16"), errors.SvgNotAccepted),
    "a GIF": (saved("GIF"), errors.FormatNotAccepted),
    "a GIF with a JAR behind it": (saved("GIF") + zipped(), errors.FormatNotAccepted),
    "a bitmap": (saved("BMP"), errors.FormatNotAccepted),
    "a document": (b"%PDF-1.7\n%...", errors.FormatNotAccepted),
    "a film": (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + bytes(64), errors.FormatNotAccepted),
    "a camera raw file": (b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(64), errors.FormatNotAccepted),
    "only a JPEG's first bytes": (b"\xff\xd8\xff", errors.TruncatedImage),
    "a PNG without its end": (png()[:-12], errors.TruncatedImage),
    "half a PNG": (png()[: len(png()) // 2], errors.TruncatedImage),
    "half a WebP": (saved("WEBP")[: len(saved("WEBP")) // 2], errors.TruncatedImage),
    "half an AVIF": (saved("AVIF")[: len(saved("AVIF")) // 2], errors.TruncatedImage),
    "half a TIFF": (saved("TIFF")[:3000], errors.DamagedImage),
    "a PNG of rubbish": (png()[:60] + bytes(40) + png()[100:], errors.DamagedImage),
    "a bomb of 900 megapixels": (png_bomb(), errors.TooManyPixels),
    "too many pages": (tiff_pages(51), errors.TooManyPages),
    "a thread": (png(Image.new("RGB", (1, 101))), errors.TooElongated),
    "a JPEG with a ZIP behind it": (jpeg() + zipped("a.txt"), errors.AmbiguousFile),
    "a JPEG with a JAR behind it": (jpeg() + zipped(), errors.AmbiguousFile),
    "a JPEG with a program behind it": (jpeg() + b"MZ\x90\x00" + bytes(200), errors.AmbiguousFile),
    "a JPEG with a document in its comment": (jpeg(comment=b"%PDF-1.4\n1 0 obj"), errors.AmbiguousFile),
    "a JPEG with PHP in its comment": (jpeg(comment=b"<?php system($_GET[0]); ?>"), errors.AmbiguousFile),
    "a PNG with a page behind it": (png() + b"<html><body onload=alert(1)>", errors.AmbiguousFile),
    "a WebP with a ZIP behind it": (saved("WEBP") + zipped(), errors.AmbiguousFile),
    "a TIFF with a ZIP behind it": (saved("TIFF") + zipped(), errors.AmbiguousFile),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_file_is_refused_by_name(kind: str, decoder: LocalDecoder, tmp_path: Path) -> None:
    content, refusal = HOSTILE[kind]
    path = tmp_path / "stored-0815"
    path.write_bytes(content)

    with pytest.raises(AppError) as caught:
        await decoder.inspect(path, LIMITS, name="holiday.jpg")

    assert type(caught.value) is refusal
    assert "holiday.jpg" in str(caught.value)
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
async def test_a_jpeg_cut_short_anywhere_is_refused(share: float, decoder: LocalDecoder, tmp_path: Path) -> None:
    whole = jpeg(quadrants(400, 300), progressive=True)
    path = tmp_path / "cut.jpg"
    path.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(errors.TruncatedImage):
        await decoder.inspect(path, LIMITS)


async def test_a_jpeg_whose_middle_is_missing_is_refused(decoder: LocalDecoder, tmp_path: Path) -> None:
    whole = jpeg(Image.fromarray(demo_pixels()))
    path = tmp_path / "hole.jpg"
    path.write_bytes(whole[: len(whole) // 2] + whole[-2:])

    with pytest.raises(errors.DamagedImage):
        await decoder.inspect(path, LIMITS)


async def test_a_file_above_the_limit_is_refused_unread(decoder: LocalDecoder, tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(100_000_000)

    with pytest.raises(errors.FileTooLarge) as caught:
        await decoder.inspect(path, LIMITS)

    assert "100.0 MB; the limit is 50 MB" in str(caught.value)


async def test_a_bomb_costs_the_child_next_to_nothing(runner: ChildRunner, tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_bomb())
    bounds = {"max_pixels": 100_000_000, "max_pages": 50, "max_aspect": 100}

    with pytest.raises(ChildRefused) as caught:
        await runner.run({"command": "inspect", "path": str(path), "bounds": bounds}, Allowance(60, 30, 2 * GIBIBYTE))

    assert path.stat().st_size < 200_000
    assert caught.value.usage["peak_rss"] < 80_000_000


@pytest.mark.parametrize(
    "tail", [b"\x00" * 64, jpeg(quadrants(32, 32)), b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + bytes(64)]
)
async def test_what_cameras_append_is_accepted(tail: bytes, decoder: LocalDecoder, tmp_path: Path) -> None:
    path = tmp_path / "motion.jpg"
    path.write_bytes(jpeg() + tail)

    facts = await decoder.inspect(path, LIMITS)

    assert (facts.width, facts.height) == (96, 64)


async def test_the_content_decides_and_not_the_name(decoder: LocalDecoder, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(jpeg())

    facts = await decoder.inspect(path, LIMITS)

    assert facts.format == "jpeg"
