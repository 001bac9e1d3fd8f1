"""A worker process: jobs, tasks, schedules and events, on as many machines as wanted."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from atelier.entrypoints import registry
from atelier.entrypoints.wiring import wire
from atelier.features import engines
from atelier.features.assets import Gate
from atelier.features.engines.ports import ImageEngine
from atelier.features.imaging import Pace, Pipelines, Worker
from atelier.runtime.db import DbRole, Sessions, connect
from atelier.runtime.events import keep_feeding
from atelier.runtime.ports import Ports
from atelier.runtime.settings import Settings
from atelier.runtime.tasks import TaskContext
from atelier.runtime.tasks.worker import build_app, run_tasks

log = structlog.get_logger(__name__)

RESTART_SECONDS = 2.0
STATEMENT_SECONDS = 60


def job_worker(settings: Settings, sessions: Sessions, ports: Ports) -> Worker:
    """The part that runs paid jobs."""
    pace = Pace(
        jobs_at_once=settings.worker.jobs_at_once,
        lease_seconds=settings.worker.lease_seconds,
        sweep_seconds=settings.worker.sweep_seconds,
    )
    return Worker(sessions, ports.get(Pipelines), ports.get(Gate), pace)


async def run_worker(settings: Settings, url: str) -> None:
    """Work until SIGTERM or SIGINT; then finish or hand back what is in hand."""
    sessions = connect(url, settings.database, statement_seconds=STATEMENT_SECONDS)
    ports = wire(settings)
    context = TaskContext(sessions, ports)
    handlers = registry.handlers()
    subscriptions = [item for feature in handlers for item in feature.subscriptions]
    await _note_engines(sessions, ports)
    worker = job_worker(settings, sessions, ports)
    log.info("worker_started", worker=worker.id, jobs_at_once=worker.pace.jobs_at_once)
    parts: Sequence[tuple[str, Callable[[], Coroutine[Any, Any, None]]]] = (
        ("jobs", worker.run),
        ("tasks", lambda: run_tasks(build_app(url, handlers, context))),
        ("events", lambda: keep_feeding(subscriptions, context)),
    )
    running = [asyncio.create_task(_keep(name, run), name=name) for name, run in parts]
    await _told_to_stop()
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    await sessions.close()
    log.info("worker_stopped", worker=worker.id)


async def _note_engines(sessions: Sessions, ports: Ports) -> None:
    engine = ports.get(ImageEngine)  # type: ignore[type-abstract]
    name = engine.capabilities().name
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await engines.put_engine(session, name, name)


async def _keep(name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """A part that breaks off (the database restarts, say) begins again after a moment."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("part_failed", part=name)
        await asyncio.sleep(RESTART_SECONDS)


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop.set)
    await stop.wait()
