"""The six stages of an enhancement."""

from dataclasses import asdict, dataclass
from typing import ClassVar

from pydantic import BaseModel

from atelier.features.assets.ports import Frame, ImageDecoder, ImageFormat, ImageLimits, Likeness
from atelier.features.engines import NotSupported
from atelier.features.engines.ports import Adjustments, Capabilities, EnhanceRequest, FrameRequest, ImageEngine
from atelier.features.enhancement import errors
from atelier.features.enhancement.frames import frame_of
from atelier.features.enhancement.options import EnhancementOptions
from atelier.features.enhancement.prompts import NEGATIVE, write_prompt
from atelier.features.enhancement.story import tell
from atelier.features.enhancement.types import PRODUCT, RESULT, VERSION, Correction, Crop, Prompt
from atelier.features.imaging import Record, Stage, StageResult
from atelier.features.imaging.ports import Pipeline, StageContext
from atelier.kernel.errors import AppError
from atelier.kernel.text import _

RESULT_LIMITS = ImageLimits(max_bytes=200_000_000)
LEAST_STRUCTURE = 0.5
BLANK_SPREAD = 2.0
NO_ANALYSIS: Record = {"words": [], "steps": [], "luminance": {}, "is_default": True}


def build(engine: ImageEngine, decoder: ImageDecoder) -> Pipeline:
    """The recipe on one engine; `decoder` checks what the engine made."""
    steps = (Analyze(engine), Cut(engine), Describe(), Generate(engine), Check(decoder), Deliver())
    able = engine.capabilities()

    def refuse(options: BaseModel) -> None:
        refuse_unsupported(able, EnhancementOptions.model_validate(options.model_dump()))

    return Pipeline(PRODUCT, VERSION, able.name, EnhancementOptions, steps, refuse, tell, "enhancement:new")


def refuse_unsupported(engine: Capabilities, options: EnhancementOptions) -> None:
    """Say no to what the engine cannot do, before anything is held or charged."""
    if PRODUCT not in engine.products:
        raise NotSupported(engine=engine.name, what=PRODUCT)
    if options.tier.value not in engine.tiers:
        raise NotSupported(engine=engine.name, what=options.tier.value)
    if ImageFormat(options.format) not in engine.formats:
        raise NotSupported(engine=engine.name, what=options.format.value)


@dataclass(frozen=True)
class Analyze:
    """Measures what is wrong with the photo."""

    engine: ImageEngine
    stage: ClassVar[Stage] = Stage.ANALYZING
    is_hard: ClassVar[bool] = False

    async def run(self, context: StageContext) -> StageResult:
        options = EnhancementOptions.model_validate(context.options)
        try:
            found = await self.engine.analyze(context.source, longest_edge=options.tier.longest_edge)
        except AppError as error:
            return StageResult({**NO_ANALYSIS, "error": error.code()}, warning=_("The photo could not be measured."))
        return StageResult({**found, "is_default": False})


@dataclass(frozen=True)
class Cut:
    """Decides what part is kept; the cut itself is made while generating, so that no pixel is computed twice."""

    engine: ImageEngine
    stage: ClassVar[Stage] = Stage.CROPPING
    is_hard: ClassVar[bool] = False

    async def run(self, context: StageContext) -> StageResult:
        options = EnhancementOptions.model_validate(context.options)
        wants_crop = options.crop is Crop.AUTO
        if not wants_crop and not options.straighten:
            return StageResult(_frame_record(Frame(), "not-asked"))
        request = FrameRequest(options.straighten, wants_crop, options.aspect.ratio)
        try:
            found = await self.engine.frame(context.source, request)
        except AppError as error:
            record = {**_frame_record(Frame(), "kept"), "error": error.code()}
            return StageResult(record, warning=_("The photo could not be cropped; the whole picture is kept."))
        return StageResult(_frame_record(found.frame, found.why))


def _frame_record(frame: Frame, why: str) -> dict[str, object]:
    return {"frame": {"angle": frame.angle, "box": list(frame.box)}, "is_kept": frame.keeps_all, "why": why}


@dataclass(frozen=True)
class Describe:
    """Writes the words that an engine which takes words would get; they are stored with every job."""

    stage: ClassVar[Stage] = Stage.PROMPTING
    is_hard: ClassVar[bool] = False

    async def run(self, context: StageContext) -> StageResult:
        options = EnhancementOptions.model_validate(context.options)
        prompt = write_prompt(context.record(Stage.ANALYZING), options, context.prompt)
        return StageResult({"prompt": prompt.text, "negative_prompt": prompt.negative})


@dataclass(frozen=True)
class Generate:
    """Lets the engine make the picture."""

    engine: ImageEngine
    stage: ClassVar[Stage] = Stage.GENERATING
    is_hard: ClassVar[bool] = True

    async def run(self, context: StageContext) -> StageResult:
        options = EnhancementOptions.model_validate(context.options)
        refuse_unsupported(self.engine.capabilities(), options)
        said = context.record(Stage.PROMPTING)
        prompt = Prompt(str(said.get("prompt", "")), str(said.get("negative_prompt", NEGATIVE)))
        frame = frame_of(context.record(Stage.CROPPING))
        request = enhance_request(options, frame=frame, prompt=prompt, seed=context.seed)
        out = context.scratch / f"{RESULT}.{request.format.extension}"
        made = await self.engine.enhance(context.source, request, out, progress=context.progress)
        return StageResult(made.to_record(), {RESULT: out})


def enhance_request(options: EnhancementOptions, *, frame: Frame, prompt: Prompt, seed: int) -> EnhanceRequest:
    allowed = Adjustments(
        denoise=options.denoise is Correction.AUTO,
        deblur=options.deblur is Correction.AUTO,
        white_balance=options.white_balance is Correction.AUTO,
        exposure=options.exposure is Correction.AUTO,
        look=options.look,
    )
    return EnhanceRequest(
        longest_edge=options.tier.longest_edge,
        format=ImageFormat(options.format),
        quality=options.quality,
        seed=seed,
        frame=frame,
        adjustments=allowed,
        prompt=prompt.text,
        negative_prompt=prompt.negative,
    )


@dataclass(frozen=True)
class Check:
    """Opens the result as if a stranger had sent it, and compares it with the photo."""

    decoder: ImageDecoder
    stage: ClassVar[Stage] = Stage.CHECKING
    is_hard: ClassVar[bool] = True

    async def run(self, context: StageContext) -> StageResult:
        options = EnhancementOptions.model_validate(context.options)
        result = context.file(Stage.GENERATING, RESULT)
        facts = await self.decoder.inspect(result, RESULT_LIMITS)
        wanted = options.tier.longest_edge
        if max(facts.width, facts.height) != wanted or facts.format.value != options.format.value:
            raise errors.ResultHasWrongSize(width=facts.width, height=facts.height, wanted=wanted)
        await context.progress(0.5)
        frame = frame_of(context.record(Stage.CROPPING))
        likeness = await self.decoder.compare(context.source, result, frame=frame)
        refuse_bad(likeness)
        return StageResult({**facts.to_record(), **asdict(likeness), "metadata": list(likeness.metadata)})


def refuse_bad(likeness: Likeness) -> None:
    """A blank photo may give a blank result; anything else must keep its structure."""
    is_blank = likeness.spread < BLANK_SPREAD <= likeness.source_spread
    if is_blank:
        raise errors.ResultIsBlank(spread=likeness.spread)
    if likeness.structure < LEAST_STRUCTURE:
        raise errors.ResultIsAnotherPicture(structure=likeness.structure)
    if likeness.metadata:
        raise errors.ResultCarriesMetadata(found=", ".join(likeness.metadata))


@dataclass(frozen=True)
class Deliver:
    """Says what is handed over; the file itself is the one that was checked."""

    stage: ClassVar[Stage] = Stage.DELIVERING
    is_hard: ClassVar[bool] = True

    async def run(self, context: StageContext) -> StageResult:
        checked = context.record(Stage.CHECKING)
        result = context.file(Stage.GENERATING, RESULT)
        kept = ("format", "width", "height")
        return StageResult({**{key: checked[key] for key in kept}, "size": result.stat().st_size})
