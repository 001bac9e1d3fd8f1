"""`atelier enhance`: local files, the same pipeline, no server."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from atelier.features.assets.ports import ImageDecoder, ImageFormat, ImageLimits
from atelier.features.engines.ports import ImageEngine
from atelier.features.enhancement.options import EnhancementOptions
from atelier.features.enhancement.pipeline import build
from atelier.features.enhancement.types import RESULT, STEP_LABELS, Aspect, Correction, Crop, OutputFormat
from atelier.features.imaging import Record, Stage, StageResult, Tier
from atelier.features.imaging.ports import Pipeline
from atelier.kernel.errors import AppError
from atelier.kernel.text import _

REFUSED = 2
app = typer.Typer(no_args_is_help=True)


class Workshop(Protocol):
    """What the entrypoint puts into `ctx.obj`."""

    def engine(self) -> ImageEngine: ...

    def decoder(self) -> ImageDecoder: ...


@dataclass(frozen=True)
class FolderContext:
    """A `StageContext` over a folder instead of a database."""

    source: Path
    options: Record
    scratch: Path
    notify: Callable[[float], None]
    prompt: str | None = None
    seed: int = 0
    reference: str = "local"
    done: dict[Stage, StageResult] = field(default_factory=dict)

    def record(self, stage: Stage) -> Record:
        return self.done[stage].record

    def file(self, stage: Stage, name: str) -> Path:
        return self.done[stage].files[name]

    async def progress(self, fraction: float) -> None:
        self.notify(fraction)


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    source: Path
    delivered: Path | None
    timings: Mapping[Stage, float] = field(default_factory=dict)
    records: Mapping[Stage, Record] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    refusal: str = ""


@app.command()
def enhance(  # noqa: PLR0913  each is an option on the command line
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(help=_("Photos to enhance."))],
    *,
    tier: Annotated[Tier, typer.Option(help=_("Size of the result."))] = Tier.K2,
    out: Annotated[Path, typer.Option(help=_("Folder for the results."))] = Path("enhanced"),
    output: Annotated[OutputFormat, typer.Option("--format", help=_("File format."))] = OutputFormat.JPEG,
    crop: Annotated[Crop, typer.Option(help=_("Crop around the subject."))] = Crop.NONE,
    aspect: Annotated[Aspect, typer.Option(help=_("Shape of the crop."))] = Aspect.ORIGINAL,
    straighten: Annotated[bool, typer.Option(help=_("Turn a leaning photo upright."))] = False,
    white_balance: Annotated[Correction, typer.Option(help=_("Correct colour casts."))] = Correction.AUTO,
    exposure: Annotated[Correction, typer.Option(help=_("Correct the light."))] = Correction.AUTO,
    denoise: Annotated[Correction, typer.Option(help=_("Remove noise."))] = Correction.AUTO,
    deblur: Annotated[Correction, typer.Option(help=_("Crisp up blurred photos."))] = Correction.AUTO,
    look: Annotated[float, typer.Option(min=0, max=1, help=_("Open shadows, bring out detail."))] = 0.0,
) -> None:
    """Enhance photos on this machine. Nothing is uploaded, nothing is charged, no file is overwritten."""
    chosen: dict[str, object] = {
        "tier": tier,
        "format": output,
        "crop": crop,
        "aspect": aspect,
        "straighten": straighten,
        "white_balance": white_balance,
        "exposure": exposure,
        "denoise": denoise,
        "deblur": deblur,
        "look": look,
    }
    try:
        options = EnhancementOptions.model_validate(chosen)
    except ValidationError as error:
        raise typer.BadParameter("; ".join(str(entry["msg"]) for entry in error.errors())) from error
    workshop: Workshop = ctx.obj
    out.mkdir(parents=True, exist_ok=True)
    outcomes = asyncio.run(_enhance_all(workshop, files, Order(options, out)))
    Console().print(summary(outcomes))
    if any(outcome.refusal for outcome in outcomes):
        raise typer.Exit(REFUSED)


@dataclass(frozen=True)
class Order:
    """What is wanted, and where it goes."""

    options: EnhancementOptions
    folder: Path


async def _enhance_all(workshop: Workshop, files: Sequence[Path], order: Order) -> Sequence[Outcome]:
    decoder = workshop.decoder()
    bench = Bench(decoder, build(workshop.engine(), decoder), order)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        return [await bench.enhance(path, Bar(bars, path.name, len(bench.pipeline.steps))) for path in files]


class Bar:
    """One file's progress: its name, the stage, and how far all stages are."""

    def __init__(self, bars: Progress, name: str, stages: int) -> None:
        self._bars = bars
        self._name = escape(name)
        self._task = bars.add_task(self._name, total=stages)
        self._finished = 0

    def begin(self, stage: Stage) -> None:
        self._bars.update(self._task, description=f"{self._name}  {stage.label}")

    def move(self, fraction: float) -> None:
        self._bars.update(self._task, completed=self._finished + fraction)

    def finish(self) -> None:
        self._finished += 1
        self.move(0)

    def end(self, word: str) -> None:
        self._bars.update(self._task, description=f"{self._name}  {word}")


@dataclass(frozen=True)
class Bench:
    """Takes one file after the other through the pipeline."""

    decoder: ImageDecoder
    pipeline: Pipeline
    order: Order

    async def enhance(self, path: Path, bar: Bar) -> Outcome:
        """A file that fails is named, and the next one has its turn."""
        try:
            await self.decoder.inspect(path, ImageLimits())
            with tempfile.TemporaryDirectory(prefix="atelier-enhance-") as scratch:
                return await self._run_stages(path, bar, Path(scratch))
        except FileNotFoundError:
            refusal = _("There is no such file.")
        except (AppError, OSError) as error:
            refusal = str(error)
        bar.end(_("refused"))
        return Outcome(path, None, refusal=refusal)

    async def _run_stages(self, path: Path, bar: Bar, scratch: Path) -> Outcome:
        options = self.order.options.model_dump(mode="json")
        context = FolderContext(path, options, scratch, bar.move)
        timings: dict[Stage, float] = {}
        for step in self.pipeline.steps:
            bar.begin(step.stage)
            started = time.perf_counter()
            context.done[step.stage] = await step.run(context)
            timings[step.stage] = time.perf_counter() - started
            bar.finish()
        extension = ImageFormat(self.order.options.format).extension
        delivered = _place(context.file(Stage.GENERATING, RESULT), self.order.folder / f"{path.stem}.{extension}")
        bar.end(_("delivered"))
        records = {stage: result.record for stage, result in context.done.items()}
        warnings = [result.warning for result in context.done.values() if result.warning]
        return Outcome(path, delivered, timings, records, warnings)


def _place(result: Path, wanted: Path) -> Path:
    """Copy under the first free name: an existing file, a result of ours included, is never overwritten."""
    number = 0
    while True:
        target = wanted if not number else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        try:
            with target.open("xb") as placed, result.open("rb") as made:
                shutil.copyfileobj(made, placed)
        except FileExistsError:
            number += 1
            continue
        return target


def summary(outcomes: Sequence[Outcome]) -> Table:
    """A row for each file."""
    table = Table(_("Photo"), _("Stages, seconds"), _("Applied"), _("Result"), show_lines=True)
    for outcome in outcomes:
        name = escape(str(outcome.source))
        if outcome.refusal:
            table.add_row(name, "", "", f"[red]{escape(outcome.refusal)}[/red]")
            continue
        timings = "\n".join(f"{stage.label} {seconds:.2f}" for stage, seconds in outcome.timings.items())
        table.add_row(name, timings, _applied(outcome), _result(outcome))
    return table


def _applied(outcome: Outcome) -> str:
    steps = outcome.records[Stage.GENERATING].get("steps")
    made: list[Mapping[str, Any]] = list(steps) if isinstance(steps, tuple | list) else []
    names = [STEP_LABELS.get(step["name"], step["name"]) for step in made if step["was_applied"]]
    return "\n".join([*names, *outcome.warnings]) or _("nothing: the photo is fine")


def _result(outcome: Outcome) -> str:
    final = outcome.records[Stage.DELIVERING]
    size = f"{final['width']} x {final['height']}, {int(str(final['size'])) / 1000:.0f} kB"
    return f"{escape(str(outcome.delivered))}\n{size}"
