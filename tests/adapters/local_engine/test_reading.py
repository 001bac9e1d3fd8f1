"""Every kind of image that people have: read upright, in the right colours, without what it says about them."""

import io
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import pyvips
from PIL import Image, ImageCms

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.features.assets.ports import DerivativeSpec, ImageFacts, ImageFormat, ImageLimits
from tests.adapters.local_engine.images import (
    QUADRANTS,
    corners,
    demo_pixels,
    is_close,
    jpeg,
    lit,
    quadrants,
    vips_image,
)

LIMITS = ImageLimits()
AS_PNG = DerivativeSpec("copy", 400, ImageFormat.PNG)
# How Pillow turns an upright image so that a viewer which obeys the tag turns it back.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


async def read(decoder: LocalDecoder, path: Path, folder: Path) -> tuple[ImageFacts, Image.Image]:
    facts = await decoder.inspect(path, LIMITS)
    made = await decoder.derive(path, [AS_PNG], folder)
    with Image.open(made[0].path) as opened:
        return facts, opened.copy()


@pytest.mark.parametrize("turn", STORED)
async def test_each_orientation_comes_out_upright(turn: int, decoder: LocalDecoder, tmp_path: Path) -> None:
    stored, how = quadrants(), STORED[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    (tmp_path / "turned.jpg").write_bytes(jpeg(stored.transpose(how) if how is not None else stored, exif=exif))

    facts, upright = await read(decoder, tmp_path / "turned.jpg", tmp_path)

    assert (facts.width, facts.height, facts.orientation) == (96, 64, turn)
    assert upright.size == (96, 64)
    assert is_close(corners(upright), QUADRANTS)


@pytest.mark.parametrize("kind", [ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.AVIF, ImageFormat.TIFF])
async def test_each_format_is_read(kind: ImageFormat, decoder: LocalDecoder, tmp_path: Path) -> None:
    options = {"lossless": True} if kind is ImageFormat.WEBP else {}
    quadrants().save(tmp_path / "photo", kind.value, **options)

    facts, image = await read(decoder, tmp_path / "photo", tmp_path)

    assert (facts.format, facts.width, facts.height, facts.pages, facts.bits) == (kind, 96, 64, 1, 8)
    assert is_close(corners(image), QUADRANTS)
    assert ImageFacts.from_record(facts.to_record()) == facts


@pytest.mark.parametrize("turn", [1, 6])
async def test_a_heic_photo_is_read_upright(turn: int, decoder: LocalDecoder, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    stored = quadrants(128, 128) if turn == 1 else quadrants(128, 128).transpose(Image.Transpose.ROTATE_90)
    pillow_heif.from_pillow(stored).save(tmp_path / "photo.heic", quality=95, exif=exif.tobytes())

    facts, image = await read(decoder, tmp_path / "photo.heic", tmp_path)

    assert (facts.format, facts.width, facts.height) == (ImageFormat.HEIC, 128, 128)
    assert is_close(corners(image), QUADRANTS, within=30)


async def test_a_wide_gamut_profile_is_obeyed(decoder: LocalDecoder, tmp_path: Path) -> None:
    wanted = lit(demo_pixels(), 3)
    wide = vips_image(wanted).icc_transform("p3", input_profile="srgb")
    wide.write_to_file(str(tmp_path / "wide.png"))

    facts, image = await read(decoder, tmp_path / "wide.png", tmp_path)
    await decoder.derive(tmp_path / "wide.png", [DerivativeSpec("same", 480, ImageFormat.PNG)], tmp_path)

    converted = np.asarray(Image.open(tmp_path / "same.png"), int)
    ignored = np.asarray(Image.open(tmp_path / "wide.png"), int)
    assert facts.has_icc
    assert image.width == 400
    assert np.abs(converted - wanted).mean() < 1.0 < np.abs(ignored - wanted).mean()


async def test_printing_colours_become_screen_colours(decoder: LocalDecoder, tmp_path: Path) -> None:
    flat = Image.new("CMYK", (64, 64), (0, 0, 0, 0))
    flat.paste((0, 255, 255, 0), (32, 0, 64, 64))
    (tmp_path / "print.jpg").write_bytes(jpeg(flat))

    facts, image = await read(decoder, tmp_path / "print.jpg", tmp_path)

    left, red = image.getpixel((8, 32)), image.getpixel((56, 32))
    assert facts.colour == "cmyk"
    assert isinstance(left, tuple)
    assert min(left) > 240
    assert isinstance(red, tuple)
    assert red[0] > 180
    assert max(red[1:]) < 90


@pytest.mark.parametrize("suffix", ["png", "tif"])
async def test_sixteen_bits_become_eight(suffix: str, decoder: LocalDecoder, tmp_path: Path) -> None:
    deep = (vips_image(np.asarray(quadrants())).cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    deep.write_to_file(str(tmp_path / f"deep.{suffix}"))

    facts, image = await read(decoder, tmp_path / f"deep.{suffix}", tmp_path)

    assert facts.bits == 16
    assert is_close(corners(image), QUADRANTS, within=2)


@pytest.mark.parametrize("mode", ["L", "P", "LA", "1", "I;16"])
async def test_grey_and_palette_images_are_read(mode: str, decoder: LocalDecoder, tmp_path: Path) -> None:
    if mode == "I;16":
        Image.fromarray(np.full((32, 32), 128 * 257, np.uint16)).save(tmp_path / "grey.png")
    else:
        Image.new("L", (32, 32), 128).convert(mode).save(tmp_path / "grey.png")

    facts, image = await read(decoder, tmp_path / "grey.png", tmp_path)

    shade = np.asarray(image.convert("RGB")).mean()
    assert (facts.width, facts.height) == (32, 32)
    assert mode == "1" or abs(shade - 128) < 2


async def test_transparency_becomes_white_where_the_target_has_none(decoder: LocalDecoder, tmp_path: Path) -> None:
    glass = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    glass.paste((0, 0, 255, 255), (32, 0, 64, 64))
    glass.save(tmp_path / "glass.png")

    facts = await decoder.inspect(tmp_path / "glass.png", LIMITS)
    specs = [DerivativeSpec("flat", 64, ImageFormat.JPEG, 95), DerivativeSpec("clear", 64, ImageFormat.WEBP)]
    flat, clear = await decoder.derive(tmp_path / "glass.png", specs, tmp_path)

    with Image.open(flat.path) as opened:
        white = opened.getpixel((8, 32))
    with Image.open(clear.path) as opened:
        mode = opened.mode
    assert facts.has_alpha
    assert isinstance(white, tuple)
    assert min(white) > 250
    assert mode == "RGBA"


async def test_every_page_of_a_document_is_checked_and_the_first_is_used(decoder: LocalDecoder, tmp_path: Path) -> None:
    pages = [quadrants(), Image.new("RGB", (20, 20)), Image.new("L", (30, 10))]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])

    facts, image = await read(decoder, tmp_path / "pages.tif", tmp_path)

    assert (facts.pages, facts.width, facts.height) == (3, 96, 64)
    assert is_close(corners(image), QUADRANTS)


async def test_copies_are_smaller_never_larger_and_say_nothing(decoder: LocalDecoder, tmp_path: Path) -> None:
    path = tmp_path / "telling.jpg"
    path.write_bytes(telling_jpeg())
    specs = [
        DerivativeSpec("thumb", 80),
        DerivativeSpec("web", 5000, ImageFormat.AVIF),
        DerivativeSpec("mail", 200, ImageFormat.JPEG),
    ]

    made = await decoder.derive(path, specs, tmp_path)

    assert [(copy.width, copy.height) for copy in made] == [(80, 45), (480, 270), (200, 113)]
    for copy in made:
        assert not any(secret in copy.path.read_bytes() for secret in SECRETS)
        assert copy.size == copy.path.stat().st_size


SECRETS = (b"SERIAL-4711", b"Jane Roe", b"Exif", b"http://ns.adobe.com/xap", b"GPS")


def telling_jpeg() -> bytes:
    """A photo that says where, by whom and with which camera it was taken."""
    exif = Image.Exif()
    exif[0x013B], exif[0x010F] = "Jane Roe", "Camera"
    exif.get_ifd(0x8769)[0xA431] = "SERIAL-4711"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 14.0)})
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">Jane Roe</x:xmpmeta>'
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return jpeg(Image.fromarray(demo_pixels()), exif=exif, xmp=xmp, icc_profile=profile, comment=b"GPS Jane Roe")


def test_the_telling_photo_tells() -> None:
    whole = telling_jpeg()

    assert all(secret in whole for secret in SECRETS)
    assert pyvips.Image.new_from_buffer(whole, "").get_typeof("exif-data")
    assert Image.open(io.BytesIO(whole)).size == (480, 270)
