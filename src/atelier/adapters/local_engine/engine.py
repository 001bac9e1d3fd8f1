"""The `local` engine: classical processing on this machine, in a limited child, at no cost."""

import glob
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from atelier.adapters.local_engine.decoder import REFUSALS, refused
from atelier.adapters.local_engine.process import (
    GIBIBYTE,
    Allowance,
    ChildDied,
    ChildNotStarted,
    ChildRefused,
    ChildRunner,
    ChildTooSlow,
    Reply,
    absolute,
)
from atelier.features.assets.ports import Frame, ImageFormat
from atelier.features.engines import EngineFailed, EngineTimeout, EngineUnavailable, NotSupported
from atelier.features.engines.ports import (
    Capabilities,
    EnhanceRequest,
    EnhanceResult,
    FrameFound,
    FrameRequest,
    Health,
    Progress,
    Record,
    StepLog,
)
from atelier.kernel.errors import AppError

NAME = "local"
VERSION = "1"
ALLOWANCE = Allowance(seconds=240, cpu_seconds=180, memory=3 * GIBIBYTE)
CAPABILITIES = Capabilities(
    name=NAME,
    version=VERSION,
    products=frozenset({"enhancement"}),
    tiers=frozenset({"free", "1k", "2k", "4k"}),
    formats=frozenset({ImageFormat.JPEG, ImageFormat.WEBP, ImageFormat.PNG, ImageFormat.AVIF}),
    max_longest_edge=4096,
    is_deterministic=True,
    is_local=True,
)


class LocalEngine:
    """`ImageEngine` without model weights: it corrects what it measures and invents nothing."""

    def __init__(self, runner: ChildRunner, *, allowance: Allowance = ALLOWANCE) -> None:
        self._runner = runner
        self._allowance = allowance

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def health(self) -> Health:
        try:
            await self._run({"command": "health"})
        except AppError as error:
            return Health(is_ready=False, detail=error.code())
        return Health(is_ready=True, detail="ready")

    async def analyze(self, source: Path, *, longest_edge: int) -> Record:
        command = {"command": "analyze", "path": absolute(source), "longest_edge": longest_edge}
        return {**(await self._run(command, name=source.name)).result, "engine": NAME, "version": VERSION}

    async def frame(self, source: Path, request: FrameRequest) -> FrameFound:
        command = {"command": "frame", "path": absolute(source), "request": asdict(request)}
        found = (await self._run(command, name=source.name)).result
        x, y, width, height = found["frame"]["box"]
        return FrameFound(Frame(found["frame"]["angle"], (x, y, width, height)), found["why"])

    async def enhance(
        self, source: Path, request: EnhanceRequest, out: Path, *, progress: Progress | None = None
    ) -> EnhanceResult:
        _check(request)
        paths = {"path": absolute(source), "out": absolute(out)}
        command = {"command": "enhance", **paths, "request": asdict(request)}
        try:
            made = (await self._run(command, name=source.name, progress=progress)).result
        finally:
            _remove_unfinished(out)
        return _result(made, out)

    async def _run(self, command: Mapping[str, object], *, name: str = "", progress: Progress | None = None) -> Reply:
        try:
            return await self._runner.run(command, self._allowance, progress=progress)
        except ChildRefused as refusal:
            if refusal.code in REFUSALS:
                raise refused(refusal.code, refusal.context, name) from refusal
            raise EngineFailed(engine=NAME) from refusal
        except ChildTooSlow as error:
            raise EngineTimeout(engine=NAME) from error
        except ChildDied as error:
            raise EngineFailed(engine=NAME) from error
        except ChildNotStarted as error:
            raise EngineUnavailable(engine=NAME) from error


def _check(request: EnhanceRequest) -> None:
    if request.format not in CAPABILITIES.formats:
        raise NotSupported(engine=NAME, what=f"output as {request.format}")
    if request.longest_edge > CAPABILITIES.max_longest_edge:
        raise NotSupported(engine=NAME, what=f"more than {CAPABILITIES.max_longest_edge} pixels")


def _remove_unfinished(out: Path) -> None:
    """A child that was killed while writing leaves its part behind."""
    for part in out.parent.glob(f"{glob.escape(out.name)}.part*"):
        part.unlink(missing_ok=True)


def _result(made: Mapping[str, Any], out: Path) -> EnhanceResult:
    return EnhanceResult(
        path=out,
        width=made["width"],
        height=made["height"],
        size=out.stat().st_size,
        steps=tuple(StepLog(**step) for step in made["steps"]),
        scale=made["scale"],
        engine=NAME,
        version=VERSION,
    )
