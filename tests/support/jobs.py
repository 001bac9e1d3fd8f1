"""Jobs for tests: pictures in the store, and a product whose stages the test controls."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from PIL import Image as Pillow
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.adapters.local_engine.process import ChildRunner
from atelier.features.assets import Gate, ImageSource, keep_image
from atelier.features.assets.ports import ImageLimits
from atelier.features.imaging import (
    Pace,
    Pipeline,
    Pipelines,
    Stage,
    StageContext,
    StageResult,
    Wish,
    Worker,
    submit_job,
)
from atelier.kernel.actor import Actor, Role, Via
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.storage import Blobs

PRODUCT = "enhancement"


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tier: str = "2k"


def accept(_options: BaseModel) -> None:
    """The stub engine can do everything."""


@dataclass
class StubStep:
    """A stage that counts its runs, may fail as told, and may wait to be let through."""

    stage: Stage
    is_hard: bool = True
    runs: int = 0
    errors: list[Exception] = field(default_factory=list)
    gate: asyncio.Event | None = None
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, context: StageContext) -> StageResult:
        self.runs += 1
        self.began.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        if self.stage is not Stage.GENERATING:
            return StageResult({"runs": self.runs})
        out = context.scratch / "result.jpg"
        out.write_bytes(context.source.read_bytes())
        return StageResult({"runs": self.runs}, {"result": out})


@dataclass
class Stub:
    """A product whose engine is the test."""

    steps: Mapping[Stage, StubStep] = field(default_factory=lambda: {stage: StubStep(stage) for stage in Stage})

    def pipelines(self) -> Pipelines:
        pipeline = Pipeline(PRODUCT, "test", "stub", Options, tuple(self.steps.values()), accept)
        return Pipelines({PRODUCT: pipeline})


def new_gate(folder: Path) -> Gate:
    return Gate(Blobs.local(folder / "files"), LocalDecoder(ChildRunner()))


def actor_of(user_id: UUID, *, is_verified: bool = True) -> Actor:
    return Actor(user_id, Role.USER, Via.SESSION, credential_id=user_id, is_verified=is_verified)


def photo(folder: Path, name: str = "photo.jpg", size: tuple[int, int] = (96, 64)) -> Path:
    """A small real JPEG."""
    path = folder / name
    picture = Pillow.effect_mandelbrot(size, (-2, -1.2, 1, 1.2), 60).convert("RGB")
    picture.save(path, quality=90)
    return path


async def new_image(sessions: Sessions, gate: Gate, user_id: UUID, folder: Path) -> UUID:
    prepared = await gate.prepare(photo(folder), "photo.jpg", ImageLimits())
    async with sessions.begin(user_id=user_id) as session:
        return (await keep_image(session, user_id, prepared, ImageSource.UPLOAD)).id


async def order(sessions: Sessions, pipelines: Pipelines, user_id: UUID, image_id: UUID, **changes: object) -> UUID:
    facts: dict[str, object] = {"product": PRODUCT, "image_id": image_id, "options": {"tier": "2k"}}
    wish = Wish(**(facts | changes))  # type: ignore[arg-type]
    async with sessions.begin(user_id=user_id) as session:
        return await submit_job(session, pipelines, actor_of(user_id), wish, now=utc_now())


def new_worker(sessions: Sessions, pipelines: Pipelines, gate: Gate, **pace: float) -> Worker:
    quick: dict[str, float] = {"lease_seconds": 5, "sweep_seconds": 0.2, "poll_seconds": 0.2, "stop_seconds": 0.2}
    return Worker(sessions, pipelines, gate, Pace(**(quick | pace)))  # type: ignore[arg-type]


async def status_of(sessions: Sessions, job_id: UUID) -> str:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        return str(await session.scalar(text("SELECT status FROM jobs WHERE id = :id"), {"id": job_id}))
