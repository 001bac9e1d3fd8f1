"""What the local engine does to a photo: much to a bad one, nothing to a good one, the same every time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from atelier.adapters.local_engine.engine import LocalEngine
from atelier.features.assets.errors import TruncatedImage
from atelier.features.assets.ports import Frame, ImageFormat
from atelier.features.engines.errors import EngineFailed, NotSupported
from atelier.features.engines.ports import Adjustments, EnhanceRequest, EnhanceResult
from atelier.kernel.errors import AppError
from tests.adapters.local_engine.images import Pixels, demo_pixels, lit, noisy, psnr
from tests.adapters.local_engine.test_reading import SECRETS, telling_jpeg

WIDTH = 640
REQUEST = EnhanceRequest(WIDTH, ImageFormat.PNG, 100, seed=1)
OFF = Adjustments(denoise=False, deblur=False, white_balance=False, exposure=False)


def good_photo() -> Pixels:
    """The demo photo with its light given back: exposed well, and small enough to have lost its noise."""
    return lit(demo_pixels(WIDTH), 3.3)


async def enhanced(
    engine: LocalEngine, pixels: Pixels, folder: Path, request: EnhanceRequest = REQUEST
) -> tuple[Pixels, EnhanceResult]:
    Image.fromarray(pixels).save(folder / "source.png")
    result = await engine.enhance(folder / "source.png", request, folder / "result.png")
    with Image.open(result.path) as opened:
        return np.asarray(opened.convert("RGB")), result


def applied(result: EnhanceResult) -> set[str]:
    return {step.name for step in result.steps if step.was_applied}


async def test_a_good_photo_comes_out_as_it_went_in(engine: LocalEngine, tmp_path: Path) -> None:
    good = good_photo()

    after, result = await enhanced(engine, good, tmp_path)

    assert psnr(good, after) >= 38
    assert applied(result) == set()
    assert {step.name: step.why for step in result.steps} == {
        "denoise": "clean",
        "deblur": "sharp",
        "white-balance": "uncertain",
        "exposure": "well-exposed",
        "look": "not-asked",
        "resize": "same-size",
    }


@pytest.mark.parametrize("factor", [0.3, 0.55])
async def test_a_dark_photo_gets_its_light_back(factor: float, engine: LocalEngine, tmp_path: Path) -> None:
    good = good_photo()
    dark = lit(good, factor)

    after, result = await enhanced(engine, dark, tmp_path)

    assert applied(result) == {"exposure"}
    assert psnr(good, after) > psnr(good, dark) + 8


@pytest.mark.parametrize("sigma", [10, 20])
async def test_a_noisy_photo_gets_calm(sigma: int, engine: LocalEngine, tmp_path: Path) -> None:
    good = good_photo()
    rough = noisy(good, sigma)

    after, result = await enhanced(engine, rough, tmp_path)

    assert applied(result) == {"denoise"}
    assert psnr(good, after) > psnr(good, rough) + 2.5


async def test_a_cast_on_a_colourless_scene_is_partly_undone(engine: LocalEngine, tmp_path: Path) -> None:
    luma = np.asarray(Image.fromarray(good_photo()).convert("L"))
    neutral = np.dstack([luma, luma, luma])
    warm = np.clip(neutral * np.array([1.05, 0.97, 0.72]), 0, 255).astype(np.uint8)

    after, result = await enhanced(engine, warm, tmp_path)

    assert "white-balance" in applied(result)
    before_gap, after_gap = warm[..., 0].mean() - warm[..., 2].mean(), after[..., 0].mean() - after[..., 2].mean()
    assert 0 < after_gap < 0.7 * before_gap


async def test_a_strongly_blurred_photo_gets_crisper(engine: LocalEngine, tmp_path: Path) -> None:
    soft = np.asarray(Image.fromarray(good_photo()).filter(ImageFilter.GaussianBlur(2.2)))

    after, result = await enhanced(engine, soft, tmp_path)

    assert applied(result) == {"deblur"}
    assert edge_strength(after) > 1.1 * edge_strength(soft)


def edge_strength(rgb: Pixels) -> float:
    return float(np.abs(np.diff(rgb.astype(float), axis=1)).mean())


async def test_each_correction_can_be_switched_off(engine: LocalEngine, tmp_path: Path) -> None:
    bad = noisy(lit(good_photo(), 0.3), 12)

    after, result = await enhanced(engine, bad, tmp_path, replace(REQUEST, adjustments=OFF))

    assert np.array_equal(after, bad)
    assert {step.why for step in result.steps if step.name in {"denoise", "exposure"}} == {"switched-off"}


async def test_the_look_is_made_only_when_asked(engine: LocalEngine, tmp_path: Path) -> None:
    good = good_photo()

    after, result = await enhanced(engine, good, tmp_path, replace(REQUEST, adjustments=Adjustments(look=0.8)))

    assert applied(result) == {"look"}
    assert 18 < psnr(good, after) < 36


async def test_a_look_has_no_seams_between_strips(engine: LocalEngine, tmp_path: Path) -> None:
    tall = np.repeat(np.linspace(40, 200, 1400).astype(np.uint8)[:, None], 3, axis=1)[:, None].repeat(300, axis=1)
    request = replace(REQUEST, longest_edge=1400, adjustments=replace(OFF, look=1.0))

    after, _result = await enhanced(engine, tall, tmp_path, request)

    steps = np.abs(np.diff(after[:, 150, 0].astype(int)))
    assert steps.max() <= 3


@pytest.mark.parametrize("kind", [ImageFormat.JPEG, ImageFormat.WEBP, ImageFormat.AVIF, ImageFormat.PNG])
async def test_the_same_request_gives_the_same_bytes(
    kind: ImageFormat, engine: LocalEngine, demo: Path, tmp_path: Path
) -> None:
    request = EnhanceRequest(320, kind, 80, seed=3)

    for name in ("first", "second"):
        await engine.enhance(demo, request, tmp_path / name)

    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    with Image.open(tmp_path / "first") as opened:
        assert opened.format == kind.value.upper()


@pytest.mark.parametrize(("edge", "why"), [(1024, "reduced"), (2048, "same-size"), (4096, "enlarged")])
async def test_each_size_is_met_exactly_and_enlarging_is_told(
    edge: int, why: str, engine: LocalEngine, demo: Path, tmp_path: Path
) -> None:
    request = replace(REQUEST, longest_edge=edge, format=ImageFormat.JPEG, quality=80, adjustments=OFF)

    result = await engine.enhance(demo, request, tmp_path / "result.jpg")

    with Image.open(result.path) as opened:
        assert opened.size == (result.width, result.height) == (edge, edge * 9 // 16)
    assert result.steps[-1].why == why
    assert (result.is_enlarged, result.scale) == (edge > 2048, edge / 2048)


async def test_enlarging_invents_nothing(engine: LocalEngine, tmp_path: Path) -> None:
    good = good_photo()
    small = np.asarray(Image.fromarray(good).resize((320, 180), Image.Resampling.BOX))

    after, _result = await enhanced(engine, small, tmp_path, replace(REQUEST, adjustments=OFF))

    nearest = np.asarray(Image.fromarray(small).resize((640, 360), Image.Resampling.BICUBIC))
    back = np.asarray(Image.fromarray(after).resize((320, 180), Image.Resampling.BOX))
    assert psnr(good, after) > psnr(good, nearest)
    assert psnr(small, back) > 40


async def test_nothing_of_the_sources_metadata_is_delivered(engine: LocalEngine, tmp_path: Path) -> None:
    (tmp_path / "telling.jpg").write_bytes(telling_jpeg())

    for kind in (ImageFormat.JPEG, ImageFormat.WEBP, ImageFormat.AVIF, ImageFormat.PNG):
        out = tmp_path / f"result.{kind.extension}"
        await engine.enhance(tmp_path / "telling.jpg", replace(REQUEST, format=kind, quality=80), out)

        assert not any(secret in out.read_bytes() for secret in SECRETS)
        with Image.open(out) as opened:
            assert opened.info.get("icc_profile")


async def test_a_frame_is_cut_out_exactly(engine: LocalEngine, tmp_path: Path) -> None:
    good = good_photo()
    request = replace(REQUEST, longest_edge=320, adjustments=OFF, frame=Frame(0.0, (0.25, 0.0, 0.5, 0.5)))

    after, result = await enhanced(engine, good, tmp_path, request)

    assert (result.width, result.height) == (320, 180)
    assert np.array_equal(after, good[:180, 160:480])


async def test_transparency_survives_where_the_format_has_it(engine: LocalEngine, tmp_path: Path) -> None:
    glass = Image.fromarray(good_photo()).convert("RGBA")
    glass.paste((0, 0, 0, 0), (0, 0, 100, 360))
    glass.save(tmp_path / "glass.png")

    await engine.enhance(tmp_path / "glass.png", REQUEST, tmp_path / "clear.png")
    await engine.enhance(tmp_path / "glass.png", replace(REQUEST, format=ImageFormat.JPEG), tmp_path / "flat.jpg")

    with Image.open(tmp_path / "clear.png") as clear, Image.open(tmp_path / "flat.jpg") as flat:
        assert clear.getpixel((50, 100))[3] == 0  # type: ignore[index]
        assert min(flat.getpixel((50, 100))) > 250  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (replace(REQUEST, format=ImageFormat.TIFF), NotSupported),
        (replace(REQUEST, longest_edge=9000), NotSupported),
    ],
)
async def test_what_it_cannot_do_it_says(
    request_: EnhanceRequest, refusal: type[AppError], engine: LocalEngine, demo: Path, tmp_path: Path
) -> None:
    with pytest.raises(refusal):
        await engine.enhance(demo, request_, tmp_path / "result")

    assert not engine.capabilities().can_generate_from_text


async def test_a_broken_source_is_the_files_fault_and_a_missing_folder_ours(
    engine: LocalEngine, demo: Path, tmp_path: Path
) -> None:
    (tmp_path / "cut.jpg").write_bytes(demo.read_bytes()[:2])
    with pytest.raises(AppError) as caught:
        await engine.enhance(tmp_path / "cut.jpg", REQUEST, tmp_path / "result.png")
    assert not isinstance(caught.value, EngineFailed | TruncatedImage)

    with pytest.raises(EngineFailed):
        await engine.enhance(demo, REQUEST, tmp_path / "nowhere" / "result.png")
