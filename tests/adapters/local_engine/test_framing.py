"""Straightening and cropping: only where there is something to go by."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.adapters.local_engine.engine import LocalEngine
from atelier.features.assets.ports import Frame
from atelier.features.engines.ports import FrameRequest
from tests.adapters.local_engine.images import quadrants

LEVEL = FrameRequest(straighten=True)


def house(lean: float) -> Image.Image:
    """Walls, windows and a roof line, leaning."""
    image = Image.new("RGB", (900, 600), (150, 180, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((150, 120, 750, 560), fill=(190, 170, 150))
    for across in range(200, 700, 120):
        for down in range(170, 500, 110):
            draw.rectangle((across, down, across + 70, down + 70), fill=(50, 60, 80))
    return image.rotate(lean, Image.Resampling.BICUBIC, fillcolor=(150, 180, 220))


@pytest.mark.parametrize("lean", [-4.0, -2.0, 3.0])
async def test_a_leaning_house_is_put_upright(lean: float, engine: LocalEngine, tmp_path: Path) -> None:
    house(lean).save(tmp_path / "house.png")

    found = await engine.frame(tmp_path / "house.png", LEVEL)

    assert found.why == "tilted"
    assert abs(found.frame.angle + lean) < 0.3
    x, y, width, height = found.frame.box
    assert 0 < x < 0.1
    assert abs(x - y) < 1e-6
    assert abs(width - height) < 1e-6


@pytest.mark.parametrize(("lean", "why"), [(0.0, "level"), (8.0, "cues-disagree")])
async def test_what_is_level_or_leans_too_far_is_left(
    lean: float, why: str, engine: LocalEngine, tmp_path: Path
) -> None:
    house(lean).save(tmp_path / "house.png")

    found = await engine.frame(tmp_path / "house.png", LEVEL)

    assert (found.frame, found.why) == (Frame(), why)


async def test_without_lines_nothing_is_turned(engine: LocalEngine, tmp_path: Path) -> None:
    fog = np.random.default_rng(1).normal(128, 3, (300, 400, 3)).astype(np.uint8)
    Image.fromarray(fog).save(tmp_path / "fog.png")

    found = await engine.frame(tmp_path / "fog.png", LEVEL)

    assert (found.frame, found.why) == (Frame(), "no-cues")


@pytest.mark.parametrize(("aspect", "size"), [(1.0, (300, 300)), (16 / 9, (533, 300)), (0.8, (240, 300))])
async def test_a_crop_has_the_wanted_shape_and_keeps_the_subject(
    aspect: float, size: tuple[int, int], engine: LocalEngine, tmp_path: Path
) -> None:
    image = Image.new("RGB", (900, 300), (120, 130, 120))
    image.paste(quadrants(120, 120), (720, 90))
    image.save(tmp_path / "scene.png")

    found = await engine.frame(tmp_path / "scene.png", FrameRequest(crop=True, aspect=aspect))

    x, _y, width, height = found.frame.box
    assert found.why == "subject"
    assert abs(width * 900 / (height * 300) - size[0] / size[1]) < 0.02
    assert x * 900 <= 720
    assert (x + width) * 900 >= 840


async def test_another_picture_is_not_alike(decoder: LocalDecoder, demo: Path, tmp_path: Path) -> None:
    house(0).save(tmp_path / "house.png")
    Image.new("RGB", (640, 360), (128, 128, 128)).save(tmp_path / "blank.png")
    with Image.open(demo) as opened:
        opened.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "mirrored.png")

    same = await decoder.compare(demo, demo)
    others = [await decoder.compare(demo, tmp_path / f"{name}.png") for name in ("house", "blank", "mirrored")]

    assert same.structure > 0.99
    assert all(other.structure < 0.4 for other in others)
