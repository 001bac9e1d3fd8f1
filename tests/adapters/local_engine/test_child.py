"""The child process: walled in, told nothing, and never left behind."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import anyio
import numpy as np
import pytest
from PIL import Image

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.adapters.local_engine.engine import LocalEngine
from atelier.adapters.local_engine.process import GIBIBYTE, Allowance, ChildRunner
from atelier.features.assets.errors import DamagedImage, SlowImage
from atelier.features.assets.ports import ImageFormat, ImageLimits
from atelier.features.engines.errors import EngineFailed, EngineTimeout
from atelier.features.engines.ports import Adjustments, EnhanceRequest
from tests.adapters.local_engine.images import demo_pixels, noisy

LARGE = EnhanceRequest(4096, ImageFormat.PNG, 100, seed=1, adjustments=Adjustments(look=0.5))


def children() -> list[int]:
    """The live decoder children of this process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if fields[1] == str(os.getpid()) and fields[0] != "Z" and b"local_engine.child" in command:
            found.append(int(status.parent.name))
    return found


async def first_child() -> int:
    for _look in range(1000):
        if found := children():
            return found[0]
        await anyio.sleep(0.01)
    raise AssertionError("no child appeared")


@pytest.fixture
def slow_photo(tmp_path: Path) -> Path:
    """Noisy and large, so that work on it takes a while."""
    path = tmp_path / "slow.png"
    Image.fromarray(noisy(demo_pixels(1600), 12)).save(path, compress_level=1)
    return path


async def test_cancelling_ends_the_child_and_leaves_no_file(
    engine: LocalEngine, slow_photo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    work = asyncio.create_task(engine.enhance(slow_photo, LARGE, out / "result.png"))
    await first_child()
    await anyio.sleep(0.3)

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert children() == []
    assert list(out.iterdir()) == []


async def test_a_child_killed_from_outside_is_a_failed_engine(
    engine: LocalEngine, slow_photo: Path, tmp_path: Path
) -> None:
    work = asyncio.create_task(engine.enhance(slow_photo, LARGE, tmp_path / "result.png"))
    os.kill(await first_child(), 9)

    with pytest.raises(EngineFailed):
        await work


async def test_a_child_killed_while_it_decodes_is_a_damaged_image(decoder: LocalDecoder, slow_photo: Path) -> None:
    work = asyncio.create_task(decoder.inspect(slow_photo, ImageLimits(), name="holiday.png"))
    os.kill(await first_child(), 11)

    with pytest.raises(DamagedImage, match="damaged") as caught:
        await work

    assert "holiday.png" in str(caught.value)


async def test_time_is_limited(runner: ChildRunner, slow_photo: Path, tmp_path: Path) -> None:
    short = Allowance(seconds=0.5, cpu_seconds=30, memory=3 * GIBIBYTE)

    with pytest.raises(EngineTimeout):
        await LocalEngine(runner, allowance=short).enhance(slow_photo, LARGE, tmp_path / "result.png")
    with pytest.raises(SlowImage):
        await LocalDecoder(runner, allowance=Allowance(0.01, 1, GIBIBYTE)).inspect(slow_photo, ImageLimits())

    assert children() == []


async def test_memory_is_limited(runner: ChildRunner, slow_photo: Path, tmp_path: Path) -> None:
    small = Allowance(seconds=60, cpu_seconds=30, memory=GIBIBYTE // 4)

    with pytest.raises(EngineFailed):
        await LocalEngine(runner, allowance=small).enhance(slow_photo, LARGE, tmp_path / "result.png")


async def test_processor_time_is_limited(runner: ChildRunner, slow_photo: Path, tmp_path: Path) -> None:
    brief = Allowance(seconds=60, cpu_seconds=1, memory=3 * GIBIBYTE)

    with pytest.raises(EngineFailed):
        await LocalEngine(runner, allowance=brief).enhance(slow_photo, LARGE, tmp_path / "result.png")


async def test_the_child_is_told_nothing_of_ours(
    engine: LocalEngine, slow_photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    work = asyncio.create_task(engine.enhance(slow_photo, LARGE, tmp_path / "result.png"))
    child = await first_child()

    told = Path(f"/proc/{child}/environ").read_bytes()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert b"secret" not in told
    assert b"VIPS_CONCURRENCY=1" in told


async def test_no_more_children_run_at_once_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(path)
    decoder, most = LocalDecoder(ChildRunner(max_children=2)), 0

    async with anyio.create_task_group() as group:
        for _number in range(6):
            group.start_soon(decoder.inspect, path, ImageLimits())
        for _look in range(40):
            most = max(most, len(children()))
            await anyio.sleep(0.01)

    assert 1 <= most <= 2


async def test_progress_is_told_and_the_engine_is_healthy(engine: LocalEngine, demo: Path, tmp_path: Path) -> None:
    told: list[float] = []

    async def listen(fraction: float) -> None:
        told.append(fraction)

    request = EnhanceRequest(320, ImageFormat.JPEG, 80, seed=1)
    await engine.enhance(demo, request, tmp_path / "result.jpg", progress=listen)

    assert told == sorted(told)
    assert len(told) >= 4
    assert (await engine.health()).is_ready


async def test_a_photo_of_forty_megapixels_does_not_fill_the_memory(runner: ChildRunner, tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    Image.new("RGB", (8000, 5000), (90, 120, 60)).save(path, quality=60)
    bounds: Mapping[str, int] = {"max_pixels": 100_000_000, "max_pages": 50, "max_aspect": 100}

    command = {"command": "inspect", "path": str(path), "bounds": bounds}
    reply = await runner.run(command, Allowance(60, 30, 2 * GIBIBYTE))

    assert (reply.result["width"], reply.result["height"]) == (8000, 5000)
    assert reply.usage["peak_rss"] < 150_000_000
