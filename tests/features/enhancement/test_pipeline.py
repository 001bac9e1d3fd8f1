"""The six stages, run one after the other as the job engine runs them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from atelier.features.engines.errors import EngineFailed, NotSupported
from atelier.features.engines.ports import (
    Capabilities,
    EnhanceRequest,
    EnhanceResult,
    FrameFound,
    FrameRequest,
    Health,
    ImageEngine,
    Progress,
    Record,
)
from atelier.features.enhancement import errors
from atelier.features.enhancement.commands import FolderContext
from atelier.features.enhancement.options import EnhancementOptions
from atelier.features.enhancement.pipeline import build, refuse_unsupported
from atelier.features.enhancement.types import RESULT, OutputFormat
from atelier.features.imaging.types import Stage, Tier
from atelier.kernel.errors import AppError
from tests.features.enhancement.conftest import Workshop


class FakeEngine:
    """Refuses to measure and to frame, and delivers whatever `paint` puts into the file."""

    def __init__(self, real: ImageEngine, paint: Callable[[Path, Path], None]) -> None:
        self._real = real
        self._paint = paint

    def capabilities(self) -> Capabilities:
        return self._real.capabilities()

    async def health(self) -> Health:
        return await self._real.health()

    async def analyze(self, source: Path, *, longest_edge: int) -> Record:
        raise EngineFailed(engine="fake")

    async def frame(self, source: Path, request: FrameRequest) -> FrameFound:
        raise NotSupported(engine="fake", what="framing")

    async def enhance(
        self, source: Path, request: EnhanceRequest, out: Path, *, progress: Progress | None = None
    ) -> EnhanceResult:
        self._paint(source, out)
        return EnhanceResult(out, 0, 0, 0, steps=(), scale=1, engine="fake", version="1")


async def run(engine: ImageEngine, workshop: Workshop, context: FolderContext) -> FolderContext:
    for step in build(engine, workshop.decoder()).steps:
        context.done[step.stage] = await step.run(context)
    return context


def context_for(source: Path, scratch: Path, **options: object) -> FolderContext:
    chosen = EnhancementOptions.model_validate({"tier": "1k", **options}).model_dump(mode="json")
    return FolderContext(source, chosen, scratch, notify=lambda _fraction: None, prompt="Make it sell.")


async def test_six_stages_take_a_photo_to_its_delivery(workshop: Workshop, demo: Path, tmp_path: Path) -> None:
    done = (await run(workshop.engine(), workshop, context_for(demo, tmp_path))).done

    assert list(done) == list(Stage)
    records = {stage: json.loads(json.dumps(dict(result.record))) for stage, result in done.items()}
    assert "dark" in records[Stage.ANALYZING]["words"]
    assert records[Stage.CROPPING]["why"] == "not-asked"
    assert "underexposed" in records[Stage.PROMPTING]["prompt"]
    assert "Make it sell." in records[Stage.PROMPTING]["prompt"]
    assert {step["name"] for step in records[Stage.GENERATING]["steps"] if step["was_applied"]} >= {"exposure"}
    assert records[Stage.CHECKING]["structure"] > 0.9
    result = done[Stage.GENERATING].files[RESULT]
    size = result.stat().st_size
    assert records[Stage.DELIVERING] == {"format": "jpeg", "width": 1024, "height": 576, "size": size}
    assert all(outcome.warning is None for outcome in done.values())


async def test_the_measured_plan_is_the_one_that_is_carried_out(workshop: Workshop, demo: Path, tmp_path: Path) -> None:
    done = (await run(workshop.engine(), workshop, context_for(demo, tmp_path))).done

    made = json.loads(json.dumps(dict(done[Stage.GENERATING].record)))["steps"]
    planned = json.loads(json.dumps(dict(done[Stage.ANALYZING].record)))["steps"]
    assert made[: len(planned)] == planned


async def test_a_crop_goes_through_all_stages(workshop: Workshop, demo: Path, tmp_path: Path) -> None:
    context = context_for(demo, tmp_path, crop="auto", aspect="1:1", format="webp")

    done = (await run(workshop.engine(), workshop, context)).done

    assert done[Stage.CROPPING].record["is_kept"] is False
    assert (done[Stage.DELIVERING].record["width"], done[Stage.DELIVERING].record["height"]) == (1024, 1024)


def as_it_is(source: Path, out: Path) -> None:
    with Image.open(source) as opened:
        opened.resize((1024, 576)).save(out)


def blank(source: Path, out: Path) -> None:
    Image.new("RGB", (1024, 576), (255, 255, 255)).save(out)


def mirrored(source: Path, out: Path) -> None:
    with Image.open(source) as opened:
        opened.resize((1024, 576)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(out)


def too_small(source: Path, out: Path) -> None:
    with Image.open(source) as opened:
        opened.resize((512, 288)).save(out)


def telling(source: Path, out: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    with Image.open(source) as opened:
        opened.resize((1024, 576)).save(out, exif=exif)


async def test_soft_stages_make_do_and_say_so(workshop: Workshop, demo: Path, tmp_path: Path) -> None:
    engine = FakeEngine(workshop.engine(), as_it_is)

    done = (await run(engine, workshop, context_for(demo, tmp_path, straighten=True))).done

    assert done[Stage.ANALYZING].warning
    assert done[Stage.ANALYZING].record["is_default"] is True
    assert done[Stage.CROPPING].warning
    assert done[Stage.CROPPING].record["is_kept"] is True
    assert done[Stage.DELIVERING].record["width"] == 1024


@pytest.mark.parametrize(
    ("paint", "refusal"),
    [
        (blank, errors.ResultIsBlank),
        (mirrored, errors.ResultIsAnotherPicture),
        (too_small, errors.ResultHasWrongSize),
        (telling, errors.ResultCarriesMetadata),
    ],
)
async def test_a_bad_result_is_not_delivered(
    paint: Callable[[Path, Path], None], refusal: type[AppError], workshop: Workshop, demo: Path, tmp_path: Path
) -> None:
    context = context_for(demo, tmp_path)

    with pytest.raises(refusal):
        await run(FakeEngine(workshop.engine(), paint), workshop, context)

    assert Stage.DELIVERING not in context.done


async def test_a_blank_photo_may_stay_blank(workshop: Workshop, tmp_path: Path) -> None:
    blank(tmp_path, tmp_path / "page.png")

    done = (await run(workshop.engine(), workshop, context_for(tmp_path / "page.png", tmp_path))).done

    assert done[Stage.DELIVERING].record["width"] == 1024


async def test_a_lost_source_fails_the_job(workshop: Workshop, demo: Path, tmp_path: Path) -> None:
    lost = tmp_path / "photo.jpg"
    shutil.copy(demo, lost)
    lost.write_bytes(lost.read_bytes()[:1000])

    with pytest.raises(AppError):
        await run(workshop.engine(), workshop, context_for(lost, tmp_path))


def test_what_the_engine_cannot_do_is_refused_before_any_charge(workshop: Workshop) -> None:
    able = workshop.engine().capabilities()
    options = EnhancementOptions(tier=Tier.K4, format=OutputFormat.AVIF)

    refuse_unsupported(able, options)

    for less in (frozenset[str](), frozenset({"free"})):
        unable = Capabilities(
            name="other",
            version="1",
            products=able.products,
            tiers=less,
            formats=able.formats,
            max_longest_edge=1024,
            is_deterministic=False,
            is_local=False,
        )
        with pytest.raises(NotSupported, match="cannot do this"):
            refuse_unsupported(unable, options)
