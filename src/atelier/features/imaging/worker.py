"""Running jobs: claim, work stage by stage, record, deliver. A killed worker loses only the stage it was in."""

import asyncio
import contextlib
import os
import random
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from atelier.features.assets import Gate
from atelier.features.assets.ports import ImageLimits
from atelier.features.engines import CallRecord, record_call
from atelier.features.imaging import service
from atelier.features.imaging.errors import LostLease
from atelier.features.imaging.ports import Pipeline, Pipelines, Step
from atelier.features.imaging.service import Failure
from atelier.features.imaging.service.signals import WORK
from atelier.features.imaging.types import Claim, ErrorClass, Record, Stage, StageDone, StageResult, Work
from atelier.kernel.clock import utc_now
from atelier.kernel.errors import AppError, Invalid, NotFound, RateLimited, TooLarge, Unavailable, Unsupported
from atelier.kernel.ids import new_id
from atelier.kernel.text import _
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.storage import Blobs
from atelier.runtime.telemetry import STAGE_SECONDS

log = structlog.get_logger(__name__)

BUG_ATTEMPTS = 2
DATABASE_TROUBLE = (DBAPIError, PoolTimeout, OSError)
PROGRESS_EVERY_SECONDS = 0.4
PARKED_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 120.0
RESULT = "result"
RESULT_LIMITS = ImageLimits(max_bytes=500_000_000)


@dataclass(frozen=True)
class Pace:
    """How a worker keeps time. Tests make it quick."""

    jobs_at_once: int = 2
    lease_seconds: float = 30
    sweep_seconds: float = 5
    poll_seconds: float = 2
    stop_seconds: float = 20


@dataclass
class Worker:
    """One worker process. `run` goes on until it is cancelled."""

    sessions: Sessions
    pipelines: Pipelines
    gate: Gate
    pace: Pace = field(default_factory=Pace)
    id: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{str(new_id())[-6:]}")

    async def run(self) -> None:
        """Work until cancelled; then finish or hand back what is in hand."""
        running: set[asyncio.Task[None]] = set()
        sweeper = asyncio.create_task(self._keep_sweeping())
        try:
            async with self.sessions.signals.listen(WORK) as woken:
                while True:
                    await self._fill(running)
                    await _next(woken, running, self.pace.poll_seconds)
        finally:
            sweeper.cancel()
            await self._stop(running)

    async def run_due(self) -> int:
        """Run all that is due now, one after the other; how many jobs. For tests and one-off use."""
        ran = 0
        await self.sweep()
        while claims := await self._claim(1):
            for claim in claims:
                await self.work(claim)
                ran += 1
        return ran

    async def sweep(self) -> int:
        return await service.sweep_jobs(self.sessions, now=utc_now())

    async def work(self, claim: Claim) -> None:
        """Run one claimed job to its end, or to the end of this attempt."""
        logged = log.bind(job_id=str(claim.job_id), attempt=claim.attempt)
        beating = asyncio.create_task(self._keep_lease(claim))
        working = asyncio.create_task(self._run_stages(claim))
        try:
            await asyncio.wait({beating, working}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
            else:
                await _cancelled(working)  # the lease is gone: the engine's child stops at once
                await beating
        except LostLease:
            logged.info("job_lost")
        except asyncio.CancelledError:
            await _cancelled(working)
            async with self.sessions.begin(role=DbRole.SYSTEM) as session:
                await service.hand_back(session, claim)
            raise
        except Exception as error:
            failure = classify(error, claim)
            logged.warning("job_attempt_failed", code=failure.code, wait=failure.wait, exc_info=failure.code == "bug")
            async with self.sessions.begin(role=DbRole.SYSTEM) as session:
                await service.give_up(session, claim, failure, now=utc_now())
        finally:
            await _cancelled(beating)

    async def _fill(self, running: "set[asyncio.Task[None]]") -> None:
        running -= {task for task in running if task.done()}
        free = self.pace.jobs_at_once - len(running)
        if free > 0:
            for claim in await self._claim(free):
                running.add(asyncio.create_task(self.work(claim), name=f"job {claim.job_id}"))

    async def _claim(self, limit: int) -> "list[Claim]":
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            return list(await service.claim_jobs(session, self.id, limit=limit, lease=self.pace.lease_seconds))

    async def _keep_sweeping(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception:
                log.exception("sweep_failed")
            await asyncio.sleep(self.pace.sweep_seconds * random.uniform(0.8, 1.2))  # noqa: S311 - jitter

    async def _keep_lease(self, claim: Claim) -> None:
        """Ends, with LostLease, when the job is no longer ours."""
        while True:
            await asyncio.sleep(self.pace.lease_seconds / 3)
            try:
                async with self.sessions.begin(role=DbRole.SYSTEM) as session:
                    await service.keep_lease(session, claim, self.pace.lease_seconds)
            except DATABASE_TROUBLE as error:
                # The lease lives on in the database; when it has run out there, the next beat says so.
                log.warning("beat_missed", job_id=str(claim.job_id), error=type(error).__name__)

    async def _stop(self, running: "set[asyncio.Task[None]]") -> None:
        """Give running jobs some time to end, then hand them back."""
        if running:
            _done, late = await asyncio.wait(running, timeout=self.pace.stop_seconds)
            for task in late:
                await _cancelled(task)

    async def _run_stages(self, claim: Claim) -> None:
        async with self.sessions.read(role=DbRole.SYSTEM) as session:
            work = await service.get_work(session, claim)
        pipeline = self.pipelines[claim.product]
        done = dict(work.done)
        for step in pipeline.steps:
            if step.stage not in done:
                done[step.stage] = await self._run_step(claim, work, step, done=done, pipeline=pipeline)
        await self._deliver(claim, work, done)

    async def _run_step(  # noqa: PLR0917 - the parts of one step
        self, claim: Claim, work: Work, step: Step, done: dict[Stage, StageDone], pipeline: Pipeline
    ) -> StageDone:
        started_at, started = utc_now(), time.perf_counter()
        await self._say(claim, step.stage, 0)
        async with _context(self, claim, work, stage=step.stage, done=done) as context:
            result = await _soft(step, context)
            files = await _keep_files(self.gate.blobs, result)
        values = {
            "output": dict(result.record),
            "files": files,
            "source": "default" if result.warning else "engine",
            "warning": result.warning,
            "started_at": started_at,
        }
        call = CallRecord(pipeline.engine, f"{claim.job_id}:{step.stage}", claim.attempt, started_at, utc_now())
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            await service.finish_stage(session, claim, step.stage, values, lease=self.pace.lease_seconds)
            if step.stage is Stage.GENERATING:
                await record_call(session, claim.user_id, call)
        STAGE_SECONDS.labels(claim.product, step.stage).observe(time.perf_counter() - started)
        return StageDone(result.record, files)

    async def _say(self, claim: Claim, stage: Stage, fraction: float) -> None:
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            await service.say_progress(session, claim, stage, fraction, lease=self.pace.lease_seconds)

    async def _deliver(self, claim: Claim, work: Work, done: dict[Stage, StageDone]) -> None:
        file = done[Stage.GENERATING].files[RESULT]
        name = f"{Path(work.source_name).stem}-{work.parameters.get('tier', 'result')}{file['suffix']}"
        async with self.gate.blobs.as_file(str(file["key"])) as path:
            prepared = await self.gate.prepare(path, name, RESULT_LIMITS)
        async with self.sessions.begin(role=DbRole.SYSTEM) as session:
            await service.complete_job(session, claim, prepared, now=utc_now())


@dataclass(frozen=True)
class _Context:
    """The StageContext of one stage."""

    source: Path
    options: Record
    prompt: str | None
    seed: int
    reference: str
    scratch: Path
    done: "dict[Stage, StageDone]"
    files: "dict[tuple[Stage, str], Path]"
    say: Any
    last: "list[float]"

    def record(self, stage: Stage) -> Record:
        return self.done[stage].record if stage in self.done else {}

    def file(self, stage: Stage, name: str) -> Path:
        return self.files[stage, name]

    async def progress(self, fraction: float) -> None:
        now = time.monotonic()
        if now - self.last[0] >= PROGRESS_EVERY_SECONDS:
            self.last[0] = now
            await self.say(fraction)


@contextlib.asynccontextmanager
async def _context(
    worker: Worker, claim: Claim, work: Work, *, stage: Stage, done: "dict[Stage, StageDone]"
) -> "AsyncIterator[_Context]":
    async def say(fraction: float) -> None:
        await worker._say(claim, stage, fraction)  # noqa: SLF001 - the same module

    async with contextlib.AsyncExitStack() as stack:
        blobs: Blobs = worker.gate.blobs
        files = {
            (earlier, name): await stack.enter_async_context(blobs.as_file(str(file["key"])))
            for earlier, ended in done.items()
            for name, file in ended.files.items()
        }
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="atelier-stage-"))
        yield _Context(
            source=await stack.enter_async_context(blobs.as_file(work.source_key)),
            options=work.parameters,
            prompt=work.prompt,
            seed=work.seed,
            reference=f"{claim.job_id}:{stage}",
            scratch=Path(folder),
            done=done,
            files=files,
            say=say,
            last=[0.0],
        )


async def _soft(step: Step, context: _Context) -> StageResult:
    """A soft step that fails leaves a warning instead of failing the job."""
    try:
        return await step.run(context)
    except AppError as error:
        if step.is_hard:
            raise
        return StageResult({"error": error.code()}, warning=_("This step was skipped: ") + str(error))


async def _keep_files(blobs: Blobs, result: StageResult) -> "dict[str, dict[str, object]]":
    kept = {}
    for name, path in result.files.items():
        digest = await blobs.keep(path)
        kept[name] = {"key": digest.key, "sha256": digest.sha256, "size": digest.size, "suffix": path.suffix}
    return kept


def classify(error: Exception, claim: Claim) -> Failure:
    """Whose fault an error is, and so whether and when to try again."""
    if isinstance(error, DATABASE_TROUBLE):
        wait = _wait(claim.failures, claim.max_attempts)
        return Failure(ErrorClass.TRANSIENT, "storage-unreachable", _("Our storage did not answer."), wait)
    code = error.code() if isinstance(error, AppError) else "bug"
    if isinstance(error, RateLimited):
        return Failure(ErrorClass.QUOTA, code, str(error), PARKED_SECONDS, is_counted=False)
    if isinstance(error, Unavailable):
        return Failure(ErrorClass.TRANSIENT, code, str(error), _wait(claim.failures, claim.max_attempts))
    if isinstance(error, Invalid | TooLarge | Unsupported | NotFound):
        return Failure(ErrorClass.USER, code, str(error), None)
    if isinstance(error, AppError):
        return Failure(ErrorClass.CONTENT, code, str(error), None)
    return Failure(ErrorClass.BUG, code, _("Something went wrong on our side."), _wait(claim.failures, BUG_ATTEMPTS))


def _wait(tries: int, most: int) -> float | None:
    """Full jitter: somewhere up to 2, 4, 8 … seconds; None when the tries are used up."""
    if tries + 1 >= most:
        return None
    return random.uniform(0, min(LONGEST_WAIT_SECONDS, 2.0 ** (tries + 1)))  # noqa: S311 - jitter


async def _next(woken: "asyncio.Queue[str]", running: "set[asyncio.Task[None]]", seconds: float) -> None:
    """Until there may be something to do: a signal, a finished job, or some time."""
    waiting = asyncio.create_task(woken.get())
    try:
        await asyncio.wait({waiting, *running}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _cancelled(waiting)


async def _cancelled(task: "asyncio.Task[Any]") -> None:
    """Cancel and wait for the end; its own outcome does not matter any more."""
    task.cancel()
    await asyncio.wait({task})
